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
    str tenant; /* whose things are read; empty: everybody's */
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
    struct operator_call call = {
        .method = "GET", .path = path, .query = query, .tenant_id = s->tenant};
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
    thing_settle_id(s->things->arena, part);
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
    struct state s = {dispatch, house, ret, ret_why, NO_STR};

    *ret_why = S("there is not enough memory, or the database cannot be read");
    for (size_t i = 0; i < managed_count; i++) {
        bool is_here = managed[i].part_of == NULL && !managed_is(&managed[i], "entities");
        if (is_here && !read_kind(&s, &managed[i])) {
            return false;
        }
    }
    return true;
}

static void
put_members(const struct json *item, struct json_out *out)
{
    for (const struct json *m = item->first; m != NULL; m = m->next) {
        if (!str_eq(m->name, S("entity"))) {
            json_out_name(out, m->name);
            json_out_value(out, m);
        }
    }
}

/* Those of an entity that are not people's, page after page. */
static bool
put_grants(struct state *s, str entity, struct json_out *out)
{
    const struct json *answer = NULL, *list;
    size_t count = PAGE;

    for (size_t row = 0; count == PAGE; row += PAGE) {
        str query = str_fmt(s->things->arena, "entityId=" STRF "&numberOfResults=%d&startRow=%zu",
            STRV(entity), PAGE, row);
        if (!get(s, S("/api/entity/grant/search"), query, &answer)) {
            return false;
        }
        list = json_get(answer, S("grants"));
        count = list ? list->count : 0;
        for (const struct json *g = list ? list->first : NULL; g != NULL; g = g->next) {
            if (json_get(g, S("recipientEntityId")) != NULL) {
                json_out_object(out);
                put_members(g, out);
                json_out_object_end(out);
            }
        }
    }
    return true;
}

static bool
with_grants(struct state *s, const struct json *entity, const struct json **ret)
{
    struct arena *arena = s->things->arena;
    struct json_out out;
    struct buf buf;
    str id = NO_STR, text;

    (void)!json_str(json_get(entity, S("id")), &id);
    buf_init(&buf, arena, MB(64));
    json_out_init(&out, &buf);
    json_out_object(&out);
    put_members(entity, &out);
    json_out_name(&out, S("grants"));
    json_out_array(&out);
    if (!put_grants(s, id, &out)) {
        return false;
    }
    json_out_array_end(&out);
    json_out_object_end(&out);
    return buf_done(&buf, &text) && json_parse(arena, text, ret, NULL);
}

static bool
add_entities(struct state *s, const struct managed *kind, const struct json *answer)
{
    const struct json *list = json_get(answer, str_from(kind->list)), *whole = NULL;

    for (const struct json *item = list ? list->first : NULL; item != NULL; item = item->next) {
        if (!with_grants(s, item, &whole) || !add(s, kind, whole)) {
            return false;
        }
    }
    return true;
}

/* Of a tenant, page after page. */
static bool
read_entities(struct state *s, const struct managed *kind)
{
    struct arena *arena = s->things->arena;
    const struct json *answer;
    size_t page = PAGE;
    bool is_more = true;
    str next = NO_STR;

    while (is_more) {
        str query = str_fmt(
            arena, "numberOfResults=%zu%s" STRF, page, next.n ? "&nextResults=" : "", STRV(next));
        if (get(s, S("/api/entity/search"), query, &answer)) {
            is_more = json_str(json_get(answer, S("nextResults")), &next);
            if (!add_entities(s, kind, answer)) {
                return false;
            }
        } else if (page > SMALL_PAGE) {
            page = SMALL_PAGE;
        } else {
            return false;
        }
    }
    return true;
}

/* Calls one for each tenant that was read. */
static bool
each_tenant(struct state *s, bool (*one)(struct state *s, void *ctx), void *ctx)
{
    size_t count = s->things->count;

    for (size_t i = 0; i < count; i++) {
        if (managed_is(s->things->items[i]->kind, "tenants")) {
            s->tenant = s->things->items[i]->id;
            if (!one(s, ctx)) {
                return false;
            }
        }
    }
    return true;
}

static bool
count_tenant(struct state *s, void *ctx)
{
    size_t *sum = ctx;
    const struct json *answer;
    int64_t total = 0;

    if (!get(s, S("/api/entity/search"), S("numberOfResults=0&accurateTotal=true"), &answer)) {
        return false;
    }
    (void)!json_i64(json_get(answer, S("total")), &total);
    *sum += (size_t)total;
    return true;
}

static bool
read_tenant(struct state *s, void *ctx)
{
    (void)ctx;
    return read_entities(s, managed_find(S("entities")));
}

bool
state_read_entities(struct dispatch *dispatch, struct things *ret, size_t *ret_count, str *ret_why)
{
    struct state s = {dispatch, NULL, ret, ret_why, NO_STR};

    *ret_why = S("there is not enough memory, or the database cannot be read");
    *ret_count = 0;
    return each_tenant(&s, count_tenant, ret_count)
           && (*ret_count > STATE_ENTITIES_MAX || each_tenant(&s, read_tenant, NULL));
}
