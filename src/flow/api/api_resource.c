/* SPDX-License-Identifier: Apache-2.0 */
/* The four verbs over a resource's table. Order: who and which, the body, the rules, and only
 * when no fault was found the writes; so that nothing is half-written and all faults come in one
 * answer. */
#include "flow/api/api_resource.h"

enum err
api_resource_start(struct rq *rq, const struct api_resource *resource, struct api_call *call)
{
    *call = (struct api_call){.rq = rq, .resource = resource, .reader = api_reader(rq)};
    CHECK(resource->beside->size <= sizeof call->beside);
    return rq_segment_id(rq, resource->id_at, resource->id_name, &call->id);
}

enum err
api_resource_load(struct rq *rq, const struct api_resource *resource, struct api_call *call)
{
    enum err e = api_resource_start(rq, resource, call);

    e = e ? e : resource->load(call);
    return e == ERR_OK && call->before == NULL ? api_not_found(rq) : e;
}

void
api_resource_taken(struct api_call *call)
{
    field_fault(&call->reader, call->resource->id_name, "duplicate",
        "Something with this id exists already: choose another, or leave it out.");
}

enum err
api_resource_tenant(struct api_call *call, struct uuid id)
{
    enum err e = tenant_or_default(call->rq, id, &call->tenant);

    return e == ERR_OK && call->tenant == NULL ? FAIL_SERVER(call->rq) : e;
}

static bool
is_about_user(const struct api_resource *resource)
{
    return str_eq(str_from(resource->id_name), S("userId"));
}

enum err
api_resource_audit(struct api_call *call, const char *kind)
{
    struct api_change change = {
        .kind = kind,
        .id = call->id,
        .table = call->resource->table,
        .before = call->before,
        .after = call->after,
        .user_id = call->user_id,
    };

    if (is_about_user(call->resource)) {
        change.user_id = call->id;
    }
    if (call->application != NULL) {
        change.application_id = call->application->id;
    }
    return api_audit(call->rq, call->tenant, &change);
}

enum err
api_resource_answer(struct api_call *call, const void *object)
{
    const struct api_resource *resource = call->resource;
    struct api_answer answer;

    api_answer_start(call->rq, &answer);
    json_out_name(&answer.out, str_from(resource->name));
    if (resource->write != NULL) {
        resource->write(call->rq, object, &answer.out);
    } else {
        field_write(resource->table, api_audience(call->rq), object, &answer.out);
    }
    if (call->write_more != NULL) {
        call->write_more(call->more, &answer.out);
    }
    return api_answer_send(call->rq, &answer, 200);
}

/* Reads the object over call->after and asks the resource's rules; faults are collected. */
static enum err
read_object(struct api_call *call)
{
    const struct api_resource *resource = call->resource;
    bool is_read = field_read(&call->reader, resource->table, call->mode, call->value,
        str_from(resource->name), call->after);

    if (!is_read && arena_failed(call->rq->arena)) {
        return FAIL_SERVER(call->rq);
    }
    return resource->check(call);
}

static enum err
make_room(struct api_call *call)
{
    call->after = arena_alloc(call->rq->arena, call->resource->table->size);
    if (call->after == NULL) {
        return FAIL_SERVER(call->rq);
    }
    arena_keep_secret(call->rq->arena); /* what is copied may hold keys */
    if (call->before != NULL) {
        memcpy(call->after, call->before, call->resource->table->size);
    }
    return ERR_OK;
}

enum err
api_resource_create(struct rq *rq, const struct api_resource *resource)
{
    const char *const objects[] = {resource->name, NULL};
    const struct json *body;
    struct api_call call;
    enum err e = api_resource_start(rq, resource, &call);

    e = e ? e : api_body(rq, objects, resource->beside, call.beside, &body);
    if (e != ERR_OK) {
        return e;
    }
    call.mode = FIELD_CREATE;
    call.value = json_get(body, str_from(resource->name));
    e = resource->place(&call);
    if (uuid_is_nil(call.id)) {
        call.id = rq_new_id(rq);
        call.has_new_id = true;
    }
    e = e ? e : make_room(&call);
    e = e ? e : read_object(&call);
    e = e ? e : api_faults(rq);
    e = e ? e : resource->create(&call);
    e = e ? e : api_resource_audit(&call, resource->created);
    return e ? e : api_resource_answer(&call, call.after);
}

enum err
api_resource_retrieve(struct rq *rq, const struct api_resource *resource)
{
    struct api_call call;
    enum err e = api_resource_load(rq, resource, &call);

    return e ? e : api_resource_answer(&call, call.before);
}

enum err
api_resource_change(struct rq *rq, const struct api_resource *resource)
{
    struct api_call call;
    struct api_patch patch;
    enum err e = api_resource_load(rq, resource, &call);

    if (e != ERR_OK) {
        return e;
    }
    patch = (struct api_patch){
        resource->name, resource->table, call.before, resource->beside, call.beside};
    e = api_patch_body(rq, &patch, &call.value, &call.mode);
    e = e ? e : make_room(&call);
    e = e ? e : read_object(&call);
    e = e ? e : api_faults(rq);
    e = e ? e : resource->update(&call);
    e = e ? e : api_resource_audit(&call, resource->updated);
    return e ? e : api_resource_answer(&call, call.after);
}

enum err
api_resource_delete(struct rq *rq, const struct api_resource *resource)
{
    struct api_call call;
    enum err e = api_resource_load(rq, resource, &call);

    e = e ? e : resource->remove(&call);
    e = e ? e : api_faults(rq);
    e = e ? e : api_resource_audit(&call, resource->deleted);
    return e ? e : rq_answer_empty(rq, 200);
}
