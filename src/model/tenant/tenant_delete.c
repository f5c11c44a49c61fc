/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a tenant: its row goes, and with it its wrapped key and every way to find what is its own; the
 * rest follows in steps (model/removal). What a backup still holds of it cannot be read without that backup's own
 * copy of the row. */
#include "model/audit/audit.h"
#include "model/cache/cache.h"
#include "model/record/record.h"
#include "model/removal/removal.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

enum { TENANTS_LOOKED_AT = 1000 };

enum err
tenant_delete(struct rq *rq, const struct tenant *tenant)
{
    rq_write(rq, TENANT_REMOVE, DB_ONE, ERR_NOT_FOUND, DB_VALUES(DB_ID(&tenant->id)));
    removal_begin(rq, (struct removal){.tenant_id = tenant->id});
    seal_erase_tenant_keys(rq, tenant);
    audit_forget_head(rq, tenant);
    record_keep_refs(rq, RECORD_BY_TENANT, tenant->id, NULL, NULL);
    cache_drop_on_commit(rq, CACHE_TENANT, tenant->id);
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

/* The rows go first; once they are gone, at the next turn, the note. */
static enum err
finish_person(struct rq *rq, const struct seal_erasure *erasure)
{
    const struct tenant *tenant;
    bool is_pending = false;
    enum err e = tenant_load(rq, erasure->tenant_id, &tenant);

    seal_hold_erasure(rq, erasure); /* first: what follows may write the note anew */
    if (e == ERR_OK && tenant != NULL) {
        e = user_finish_erasure(rq, tenant, erasure->user_id, &is_pending);
    }
    if (e == ERR_OK && !is_pending) {
        seal_drop_erasure(rq, erasure);
    }
    return e;
}

/* A tenant whose end was cut between the two stores ends now. *ret_is_cut false: its rows are being removed. */
static enum err
finish_tenant(struct rq *rq, const struct seal_erasure *erasure, bool *ret_is_cut)
{
    const struct removal removal = {.tenant_id = erasure->tenant_id};
    const struct tenant *tenant;
    bool is_removing = false;
    enum err e = tenant_load(rq, erasure->tenant_id, &tenant);

    *ret_is_cut = false;
    e = e ? e : removal_is_noted(rq, removal, &is_removing);
    if (e != ERR_OK || is_removing) {
        return e;
    }
    *ret_is_cut = true;
    seal_hold_erasure(rq, erasure);
    if (tenant != NULL) {
        return tenant_delete(rq, tenant);
    }
    removal_begin(rq, removal); /* a release before this one has noted it in one store alone */
    return ERR_OK;
}

enum err
tenant_finish_erasures(struct rq *rq, size_t max, size_t *ret_count)
{
    struct seal_erasure *people, *tenants;
    size_t tenant_count = 0;
    bool is_cut;
    enum err e = seal_erasures(rq, max, &people, ret_count);

    for (size_t i = 0; e == ERR_OK && i < *ret_count; i++) {
        e = finish_person(rq, &people[i]);
    }
    e = e ? e : seal_tenant_erasures(rq, TENANTS_LOOKED_AT, &tenants, &tenant_count);
    for (size_t i = 0; e == ERR_OK && i < tenant_count && *ret_count < max; i++) {
        e = finish_tenant(rq, &tenants[i], &is_cut);
        *ret_count += is_cut;
    }
    return e;
}
