/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user-action: what may be done to people. DELETE takes an action out of use; ?hardDelete=true ends it, with all
 * that was ever done by it. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_people.h"
#include "flow/api/api_records.h"
#include "model/action/action.h"

/* Clients in Go send every switch, this one as false: it is DELETE and reactivate=true that move it, as in FusionAuth.
 * An operator's files say it themselves. */
static enum err
keep_active(struct api_call *call)
{
    const struct action *before = call->before;

    if (!call->rq->is_operator) {
        ((struct action *)call->after)->active = before == NULL || before->active;
    }
    return ERR_OK;
}

const struct api_record api_useraction = {
    .resource = {API_RECORD_VERBS, .name = "userAction", .id_name = "userActionId",
        .beside = &api_beside_table, .created = "user-action.create",
        .updated = "user-action.update", .deleted = "user-action.delete"},
    .kind = &action_kind,
    .type = "UserAction",
    .plural = "userActions",
    .check = keep_active,
};

struct listing {
    struct json_out *out;
    bool wants_active;
};

static void
write_wanted(void *ctx, const void *thing)
{
    const struct listing *listing = ctx;
    const struct action *action = thing;

    if (action->active == listing->wants_active) {
        field_write(action_kind.table, FIELD_FOR_API, action, listing->out);
    }
}

enum err
api_useraction_retrieve(struct rq *rq)
{
    struct api_answer answer;
    struct listing listing = {&answer.out, !api_flag(rq, "inactive")};
    enum err e;

    if (rq->segments[0].n) {
        return api_record_retrieve(rq);
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("userActions"));
    json_out_array(&answer.out);
    e = api_record_each(rq, &api_useraction, write_wanted, &listing);
    json_out_array_end(&answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}

/* Loads the action and declares it in or out of use. */
static enum err
set_active(struct rq *rq, struct api_resource *resource, struct api_call *call, bool is_active)
{
    enum err e;

    resource->table = action_kind.table;
    e = api_resource_load(rq, resource, call);
    if (e != ERR_OK) {
        return e;
    }
    call->after = ARENA_NEW(rq->arena, struct action);
    if (call->after == NULL) {
        return FAIL_SERVER(rq);
    }
    memcpy(call->after, call->before, sizeof(struct action));
    ((struct action *)call->after)->active = is_active;
    e = record_update(rq, &action_kind, NULL, call->after);
    return e ? e
             : api_resource_audit(
                 call, is_active ? "user-action.reactivate" : "user-action.deactivate");
}

enum err
api_useraction_change(struct rq *rq)
{
    struct api_resource resource = api_useraction.resource;
    struct api_call call;
    enum err e;

    if (rq->http->method != HTTP_PUT || !api_flag(rq, "reactivate")) {
        return api_record_change(rq);
    }
    e = set_active(rq, &resource, &call, true);
    return e ? e : api_resource_answer(&call, call.after);
}

enum err
api_useraction_delete(struct rq *rq)
{
    struct api_resource resource = api_useraction.resource;
    struct api_call call;
    enum err e;

    if (!api_flag(rq, "hardDelete")) {
        e = set_active(rq, &resource, &call, false);
        return e ? e : rq_answer_empty(rq, 200);
    }
    return api_people_delete_record(rq, "userActionId", &action_log_kind);
}
