/* SPDX-License-Identifier: Apache-2.0 */
/* The server's things, kind by kind. */
#include "app/state.h"

#include "app/house.h"
#include "app/operator.h"
#include "base/arena.h"
#include "model/apikey/apikey.h"
#include "model/cache/cache.h"
#include "model/record/record.h"

enum { PAGE = 100, SMALL_PAGE = 10 /* large themes fit in one answer */ };

struct state {
    struct dispatch *dispatch;
    struct house *house;
    struct things *things;
    str *why;
};

static bool
fail(struct state *s, const char *path, int status, str body)
{
    *s->why = str_fmt(s->things->arena, "GET %s was answered with %d " STRF, path, status,
        STRV(str_head(body, 1000)));
    return false;
}

static bool
get(struct state *s, str path, str query, const struct json **ret)
{
    struct operator_call call = {.method = "GET", .path = path, .query = query};
    struct arena *arena = s->things->arena;
    str body;
    int status = operator_perform(s->dispatch, arena, &call, &body);

    return (status == 200 && json_parse(arena, body, ret, NULL))
           || fail(s, str_fmt(arena, STRF, STRV(path)).p, status, body);
}

/* The server's values are sound: what their rules would say of them today is not asked. */
static bool
read_object(struct arena *arena, struct thing *thing)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {arena, &faults};
    void *object;

    if (!thing_read_value(arena, thing)) {
        return false;
    }
    object = arena_alloc(arena, thing->table->size);
    if (object == NULL) {
        return false;
    }
    (void)!field_read(&reader, thing->table, FIELD_CREATE, thing->value, S(""), object);
    thing_tidy(thing->kind, object);
    thing->object = object;
    return !arena_failed(arena);
}

static bool
add_part(void *ctx, struct thing *part, size_t at)
{
    struct state *s = ctx;

    (void)at;
    thing_read_head(part);
    return read_object(s->things->arena, part);
}

static bool
is_built_in(const struct thing *thing)
{
    struct uuid id;

    return thing->kind->record != NULL && uuid_parse(thing->id, &id)
           && record_is_built_in(thing->kind->record, id);
}

static bool
add(struct state *s, const struct managed *kind, const struct json *item)
{
    struct thing *thing = things_add(s->things, kind, NULL, item);

    if (thing == NULL) {
        return false;
    }
    thing_read_head(thing);
    if (is_built_in(thing)) {
        s->things->count--;
        return true;
    }
    return read_object(s->things->arena, thing) && things_add_parts(s->things, thing, add_part, s);
}

static bool
add_list(struct state *s, const struct managed *kind, const struct json *answer, size_t *ret_count)
{
    const struct json *list = json_get(answer, str_from(kind->list));

    *ret_count = list ? list->count : 0;
    for (const struct json *item = list ? list->first : NULL; item != NULL; item = item->next) {
        if (!add(s, kind, item)) {
            return false;
        }
    }
    return true;
}

static bool
read_pages(struct state *s, const struct managed *kind)
{
    struct arena *arena = s->things->arena;
    const struct json *answer;
    size_t page = PAGE, count = page, row = 0;

    while (count == page) {
        if (get(s, str_fmt(arena, "%s/search", kind->path),
                str_fmt(arena, "numberOfResults=%zu&startRow=%zu", page, row), &answer)) {
            if (!add_list(s, kind, answer, &count)) {
                return false;
            }
            row += page;
        } else if (page > SMALL_PAGE) { /* too much for one answer */
            page = count = SMALL_PAGE;
        } else {
            return false;
        }
    }
    return true;
}

static bool
read_api_key(struct state *s, const struct managed *kind, struct uuid id)
{
    struct arena *arena = s->things->arena;
    struct operator_call call = {.method = "GET",
        .path = str_fmt(arena, "%s/" STRF, kind->path, STRV(uuid_text(arena, id)))};
    const struct json *answer;
    str body;
    int status = operator_perform(s->dispatch, arena, &call, &body);

    if (status == 404) {
        return true; /* its tenant has ended, and its row goes later */
    }
    return status == 200 && json_parse(arena, body, &answer, NULL)
               ? add(s, kind, json_get(answer, str_from(kind->wrapper)))
               : fail(s, kind->path, status, body);
}

/* No call lists API keys: FusionAuth has none. */
static bool
read_api_keys(struct state *s, const struct managed *kind)
{
    struct uuid *ids, last = {{0}};
    size_t count = PAGE;
    enum err e = ERR_OK;

    while (e == ERR_OK && count == PAGE) {
        struct rq rq;
        house_begin(s->house, s->things->arena, &rq);
        e = apikey_after(&rq, last, PAGE, &ids, &count);
        cache_end_request(&rq);
        for (size_t i = 0; e == ERR_OK && i < count; i++) {
            if (!read_api_key(s, kind, ids[i])) {
                return false;
            }
            last = ids[i];
        }
    }
    return e == ERR_OK;
}

/* They stand in the tenant manager's own object, by type. */
static bool
read_providers(struct state *s, const struct managed *kind, const struct json *manager)
{
    const struct json *types = json_get(manager, S("identityProviderTypeConfigurations"));

    for (const struct json *t = types ? types->first : NULL; t != NULL; t = t->next) {
        if (!add(s, kind, t)) {
            return false;
        }
    }
    return true;
}

static bool
read_kind(struct state *s, const struct managed *kind)
{
    const struct json *answer, *one;
    size_t count;

    if (managed_is(kind, "apiKeys")) {
        return read_api_keys(s, kind);
    }
    if (kind->flags & MANAGED_PAGES) {
        return read_pages(s, kind);
    }
    if (managed_is(kind, "tenantManagerProviders")) {
        return get(s, S("/api/tenant-manager"), NO_STR, &answer)
               && read_providers(s, kind, json_get(answer, S("tenantManagerConfiguration")));
    }
    if (!get(s, str_from(kind->path), NO_STR, &answer)) {
        return false;
    }
    one = json_get(answer, str_from(kind->wrapper));
    if (kind->flags & MANAGED_SINGLE) {
        return one == NULL || add(s, kind, one);
    }
    if (!add_list(s, kind, answer, &count)) {
        return false;
    }
    return !(kind->flags & MANAGED_RESTS) /* those out of use are a list of their own */
           || (get(s, str_from(kind->path), S("inactive=true"), &answer)
               && add_list(s, kind, answer, &count));
}

bool
state_read(struct dispatch *dispatch, struct house *house, struct things *ret, str *ret_why)
{
    struct state s = {dispatch, house, ret, ret_why};

    *ret_why = S("there is not enough memory, or the database cannot be read");
    for (size_t i = 0; i < managed_count; i++) {
        if (managed[i].part_of == NULL && !read_kind(&s, &managed[i])) {
            return false;
        }
    }
    return true;
}
