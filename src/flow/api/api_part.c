/* SPDX-License-Identifier: Apache-2.0 */
/* Items of an application's lists. Two calls that change the same application at once are told
 * apart by its version: the later one runs again over the other's result. */
#include "flow/api/api_part.h"

static const struct field_list *
list_of(const struct api_call *call)
{
    return (const void *)((const char *)call->application + call->resource->list);
}

/* The member of an item that has this name on the wire. */
static void *
member_of(const struct api_call *call, const void *item, const char *name)
{
    return (char *)(uintptr_t)item + api_field(call->resource->table, name)->offset;
}

static const void *
item_at(const struct api_call *call, size_t i)
{
    return (const char *)list_of(call)->items + i * call->resource->table->size;
}

static const void *
find_item(const struct api_call *call)
{
    for (size_t i = 0; i < list_of(call)->count; i++) {
        const struct uuid *id = member_of(call, item_at(call, i), "id");
        if (uuid_eq(*id, call->id)) {
            return item_at(call, i);
        }
    }
    return NULL;
}

static enum err
find_application(struct api_call *call)
{
    struct uuid id;
    enum err e = rq_segment_id(call->rq, 0, "applicationId", &id);

    e = e ? e : api_application_of(call->rq, id, &call->tenant, &call->application);
    return e == ERR_OK && call->application == NULL ? api_not_found(call->rq) : e;
}

enum err
api_part_load(struct api_call *call)
{
    enum err e = find_application(call);

    call->before = e ? NULL : find_item(call);
    return e;
}

enum err
api_part_place(struct api_call *call)
{
    enum err e = find_application(call);

    if (e == ERR_OK && !uuid_is_nil(call->id) && find_item(call) != NULL) {
        api_resource_taken(call);
    }
    return e;
}

enum err
api_part_write(struct api_call *call)
{
    struct application *app = ARENA_NEW(call->rq->arena, struct application);
    const struct field_list *old = list_of(call);
    size_t size = call->resource->table->size;
    struct field_list *new;
    char *to;

    if (app == NULL) {
        return FAIL_SERVER(call->rq);
    }
    *app = *call->application;
    new = (struct field_list *)(void *)((char *)app + call->resource->list);
    new->items = to = arena_array(call->rq->arena, old->count + 1, size);
    if (to == NULL) {
        return FAIL_SERVER(call->rq);
    }
    for (size_t i = 0; i < old->count; i++) {
        const void *item = item_at(call, i);
        const void *kept = item == call->before ? call->after : item;
        if (kept != NULL) {
            memcpy(to, kept, size);
            to += size;
        }
    }
    if (call->before == NULL && call->after != NULL) {
        memcpy(to, call->after, size);
        to += size;
    }
    new->count = (size_t)(to - (char *)new->items) / size;
    return application_update(call->rq, app);
}

void
api_part_settle(struct api_call *call, str name, const char *path, const char *message)
{
    const void *before = call->before;
    int64_t *inserted = member_of(call, call->after, "insertInstant");

    *(struct uuid *)member_of(call, call->after, "id") = call->id;
    *inserted = before ? *(int64_t *)member_of(call, before, "insertInstant") : call->rq->now;
    *(int64_t *)member_of(call, call->after, "lastUpdateInstant") = call->rq->now;
    for (size_t i = 0; i < list_of(call)->count; i++) {
        const void *item = item_at(call, i);
        const str *other = member_of(call, item, "name");
        if (item != before && name.n && str_eq(*other, name)) {
            field_fault(&call->reader, path, "duplicate", message);
        }
    }
}
