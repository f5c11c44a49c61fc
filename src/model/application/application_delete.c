/* SPDX-License-Identifier: Apache-2.0 */
/* The end of an application: its row, and everything people have with it. */
#include "model/application/application.h"
#include "model/cache/cache.h"
#include "model/code/code.h"
#include "model/consent/consent.h"
#include "model/record/record.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/token/token.h"
#include "model/user/user.h"

enum err
application_delete(struct rq *rq, const struct application *application)
{
    const struct tenant *tenant;
    enum err e = tenant_load(rq, application->tenant_id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    rq_write(rq, APPLICATION_REMOVE, DB_ONE, ERR_NOT_FOUND,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&application->id)));
    registration_forget_application(rq, tenant, application->id);
    code_forget_application(rq, tenant, application->id); /* before what codes are redeemed for */
    token_revoke_application(rq, tenant, application->id);
    consent_forget_application(rq, tenant, application->id);
    e = record_drop_refs(rq, RECORD_BY_APPLICATION, application->id);
    cache_drop_on_commit(rq, CACHE_APPLICATION, application->id);
    return e == ERR_OK && arena_failed(rq->arena) ? FAIL_SERVER(rq) : e;
}
