/* SPDX-License-Identifier: Apache-2.0 */
/* The end of a tenant: every room's rows of it in one write set. Its wrapped key goes with its
 * row, so what a backup still holds of it cannot be read without that backup's own copy of the
 * row. */
#include "model/apikey/apikey.h"
#include "model/application/application.h"
#include "model/audit/audit.h"
#include "model/cache/cache.h"
#include "model/code/code.h"
#include "model/consent/consent.h"
#include "model/dossier/dossier.h"
#include "model/entity/entity.h"
#include "model/event/event.h"
#include "model/eventlog/eventlog.h"
#include "model/group/group.h"
#include "model/idp/idp.h"
#include "model/family/family.h"
#include "model/key/key.h"
#include "model/link/link.h"
#include "model/outbox/outbox.h"
#include "model/passkey/passkey.h"
#include "model/record/record.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/session/session.h"
#include "model/statements.h"
#include "model/tally/tally.h"
#include "model/ticket/ticket.h"
#include "model/token/token.h"
#include "model/user/user.h"
#include "model/webhooklog/webhooklog.h"

enum { MAX_APPLICATIONS = 100000 };

/* What is compiled must not outlive its rows. */
static enum err
drop_compiled(struct rq *rq, const struct tenant *tenant)
{
    const struct key **keys;
    struct uuid *ids;
    size_t count;
    enum err e = application_ids(rq, tenant->id, MAX_APPLICATIONS, &ids, &count);

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        cache_drop_on_commit(rq, CACHE_APPLICATION, ids[i]);
        e = record_drop_refs(rq, RECORD_BY_APPLICATION, ids[i]);
    }
    e = e ? e : key_list(rq, tenant->id, &keys, &count);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        if (uuid_eq(keys[i]->tenant_id, tenant->id)) {
            cache_drop_on_commit(rq, CACHE_SIGNING_KEY, keys[i]->id);
        }
    }
    cache_drop_on_commit(rq, CACHE_TENANT, tenant->id);
    return e;
}

enum err
tenant_delete(struct rq *rq, const struct tenant *tenant)
{
    static const int statements_of_tenant[] = {APPLICATION_REMOVE_TENANT, KEY_REMOVE_TENANT};
    enum err e = drop_compiled(rq, tenant);

    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, TENANT_REMOVE, DB_ONE, ERR_NOT_FOUND, DB_VALUES(DB_ID(&tenant->id)));
    for (size_t i = 0; i < COUNT(statements_of_tenant); i++) {
        rq_write(rq, statements_of_tenant[i], DB_ANY, ERR_SERVER, DB_VALUES(DB_ID(&tenant->id)));
    }
    e = apikey_forget_tenant(rq, tenant->id);
    if (e != ERR_OK) {
        return e;
    }
    seal_erase_tenant_keys(rq, tenant);
    record_forget_tenant(rq, tenant);
    group_forget_tenant(rq, tenant);
    entity_grant_forget_tenant(rq, tenant);
    user_forget_tenant(rq, tenant);
    session_forget_tenant(rq, tenant);
    code_forget_tenant(rq, tenant);
    ticket_forget_tenant(rq, tenant);
    passkey_forget_tenant(rq, tenant);
    token_revoke_tenant(rq, tenant);
    consent_forget_tenant(rq, tenant);
    idp_forget_tenant(rq, tenant);
    link_forget_tenant(rq, tenant);
    event_forget_tenant(rq, tenant);
    audit_forget_tenant(rq, tenant);
    tally_forget_tenant(rq, tenant);
    eventlog_forget_tenant(rq, tenant);
    webhooklog_forget_tenant(rq, tenant);
    dossier_forget_tenant(rq, tenant);
    family_forget_tenant(rq, tenant);
    outbox_forget_tenant(rq, tenant);
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

/* The rows go first; once they are gone, at the next turn, the note. */
static enum err
finish_one(struct rq *rq, const struct seal_erasure *erasure)
{
    const struct tenant *tenant;
    bool is_pending = false;
    enum err e = tenant_load(rq, erasure->tenant_id, &tenant);

    seal_hold_erasure(rq, erasure); /* first: what follows may write the note anew */
    if (e == ERR_OK && tenant != NULL && uuid_is_nil(erasure->user_id)) {
        is_pending = true;
        e = tenant_delete(rq, tenant);
    } else if (e == ERR_OK && tenant != NULL) {
        e = user_finish_erasure(rq, tenant, erasure->user_id, &is_pending);
    }
    if (e == ERR_OK && !is_pending) {
        seal_drop_erasure(rq, erasure);
    }
    return e;
}

enum err
tenant_finish_erasures(struct rq *rq, size_t max, size_t *ret_count)
{
    struct seal_erasure *list;
    enum err e = seal_erasures(rq, max, &list, ret_count);

    for (size_t i = 0; e == ERR_OK && i < *ret_count; i++) {
        e = finish_one(rq, &list[i]);
    }
    return e;
}
