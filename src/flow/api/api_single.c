/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of what the house has once. */
#include "flow/api/api_single.h"

#include "model/system/system.h"

enum err
api_single_load_id(struct api_call *call, struct uuid id)
{
    struct rq *rq = call->rq;
    void *thing;
    enum err e = api_check_house(rq);

    e = e ? e : system_single(rq, api_record_of(call)->kind, id, &thing);
    e = e ? e : api_resource_tenant(call, (struct uuid){{0}});
    call->id = id;
    call->before = e ? NULL : thing;
    return e;
}

enum err
api_single_load(struct api_call *call)
{
    return api_single_load_id(call, system_single_id(api_record_of(call)->kind));
}

enum err
api_single_store(struct api_call *call)
{
    const struct record *head = call->before;

    return head->insert_instant == 0
               ? record_create(call->rq, api_record_of(call)->kind, NULL, call->after)
               : record_update(call->rq, api_record_of(call)->kind, NULL, call->after);
}

static struct api_resource
resource_of(struct rq *rq)
{
    const struct api_record *record = rq->about;
    struct api_resource resource = record->resource;

    resource.table = record->kind->table;
    return resource;
}

enum err
api_single_retrieve(struct rq *rq)
{
    struct api_resource resource = resource_of(rq);

    return api_resource_retrieve(rq, &resource);
}

enum err
api_single_change(struct rq *rq)
{
    struct api_resource resource = resource_of(rq);

    return api_resource_change(rq, &resource);
}
