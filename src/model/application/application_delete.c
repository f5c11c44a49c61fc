/* SPDX-License-Identifier: Apache-2.0 */
/* The end of an application: its row at once; what people have with it in the steps of model/removal. */
#include "model/application/application.h"
#include "model/cache/cache.h"
#include "model/record/record.h"
#include "model/removal/removal.h"
#include "model/rq/rq.h"
#include "model/statements.h"

enum err
application_delete(struct rq *rq, const struct application *application)
{
    struct uuid owner = application->universal.is ? (struct uuid){{0}} : application->tenant_id;
    enum err e;

    rq_write(rq, APPLICATION_REMOVE, DB_ONE, ERR_NOT_FOUND,
        DB_VALUES(DB_ID(&owner), DB_ID(&application->id)));
    removal_begin(rq, (struct removal){owner, application->id});
    e = record_drop_refs(rq, RECORD_BY_APPLICATION, application->id);
    cache_drop_on_commit(rq, CACHE_APPLICATION, application->id);
    return e == ERR_OK && arena_failed(rq->arena) ? FAIL_SERVER(rq) : e;
}
