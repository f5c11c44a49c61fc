/* SPDX-License-Identifier: Apache-2.0 */
/* Items of an application's lists. Two calls that change the same application at once are told
 * apart by its version: the later one runs again over the other's result. */
#include "flow/api/api_part.h"

static const struct field_list *
list_of(const struct application *app, size_t list)
{
    return (const struct field_list *)(const void *)((const char *)app + list);
}

static struct uuid
id_of(const struct api_call *call, const void *item)
{
    size_t at = api_field(call->resource->table, "id")->offset;

    return *(const struct uuid *)(const void *)((const char *)item + at);
}

static const void *
find_item(const struct api_call *call, size_t list)
{
    const struct field_list *items = list_of(call->application, list);

    for (size_t i = 0; i < items->count; i++) {
        const void *item = (const char *)items->items + i * call->resource->table->size;
        if (uuid_eq(id_of(call, item), call->id)) {
            return item;
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
api_part_load(struct api_call *call, size_t list)
{
    enum err e = find_application(call);

    call->before = e ? NULL : find_item(call, list);
    return e;
}

enum err
api_part_place(struct api_call *call, size_t list)
{
    enum err e = find_application(call);

    if (e == ERR_OK && !uuid_is_nil(call->id) && find_item(call, list) != NULL) {
        api_resource_taken(call);
    }
    return e;
}

enum err
api_part_write(struct api_call *call, size_t list)
{
    struct application *app = ARENA_NEW(call->rq->arena, struct application);
    const struct field_list *old = list_of(call->application, list);
    size_t size = call->resource->table->size;
    struct field_list *new;
    char *to;

    if (app == NULL) {
        return FAIL_SERVER(call->rq);
    }
    *app = *call->application;
    new = (struct field_list *)(void *)((char *)app + list);
    new->items = to = arena_array(call->rq->arena, old->count + 1, size);
    if (to == NULL) {
        return FAIL_SERVER(call->rq);
    }
    for (size_t i = 0; i < old->count; i++) {
        const void *item = (const char *)old->items + i * size;
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
