/* SPDX-License-Identifier: Apache-2.0 */
/* The server's things, kind by kind. */
#include "app/state.h"

#include "app/house.h"
#include "app/operator.h"
#include "base/arena.h"
#include "model/apikey/apikey.h"
#include "model/cache/cache.h"
#include "model/entity/entity.h"
#include "model/record/record.h"
#include "model/tenant/tenant.h"

enum {
    PAGE = 100,
    SMALL_PAGE = 10, /* large themes fit in one answer */
    PAGE_ARENA = MB(512),
    CURSOR_BYTES = 4096
};

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
    return read_object(s->things->arena, part) && things_note(s->things, part);
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
    return read_object(s->things->arena, thing) && things_note(s->things, thing)
           && things_add_parts(s->things, thing, add_part, s);
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

static bool
each_of_page(struct state *s, const struct json *answer, const struct entity_visit *visit)
{
    const struct managed *kind = managed_find(S("entities"));
    const struct json *list = json_get(answer, str_from(kind->list));

    for (const struct json *item = list ? list->first : NULL; item != NULL; item = item->next) {
        struct thing thing = {.kind = kind, .item = item};
        thing_read_head(&thing);
        if (!read_object(s->things->arena, &thing) || !visit->entity(visit->ctx, &thing)) {
            return false;
        }
    }
    return true;
}

static bool
each_page(struct state *s, const struct entity_visit *visit)
{
    char next[CURSOR_BYTES];
    const struct json *answer;
    size_t page = PAGE, n = 0;
    bool is_more = true;
    str text;

    while (is_more) {
        str query = str_fmt(s->things->arena, "numberOfResults=%zu%s" STRF, page,
            n ? "&nextResults=" : "", STRV(((str){next, n})));
        if (get(s, S("/api/entity/search"), query, &answer)) {
            is_more = json_str(json_get(answer, S("nextResults")), &text);
            if (!each_of_page(s, answer, visit) || (is_more && text.n > sizeof next)) {
                return false;
            }
            n = is_more ? text.n : 0;
            memcpy(next, is_more ? text.p : "", n);
        } else if (page > SMALL_PAGE) {
            page = SMALL_PAGE; /* too much for one answer */
        } else {
            return false;
        }
        arena_reset(s->things->arena);
    }
    return true;
}

bool
state_each_entity(struct dispatch *dispatch, struct house *house, str tenant_id,
    const struct entity_visit *visit, str *ret_why)
{
    AUTO(arena_end) struct arena *arena = arena_new(PAGE_ARENA);
    struct things page = {.arena = arena};
    struct state s = {dispatch, house, &page, ret_why, tenant_id};
    bool is_done;

    *ret_why = S("there is not enough memory, or the database cannot be read");
    if (arena == NULL) {
        return false;
    }
    arena_keep_secret(arena);
    is_done = each_page(&s, visit);
    if (!is_done) { /* it may stand on the page */
        *ret_why = str_dup(visit->arena, *ret_why);
    }
    return is_done;
}

/* Of a page: how many there were, SIZE_MAX for a fault. */
static size_t
visit_grants(struct rq *rq, const struct tenant *tenant, struct entity_grant_query *query,
    const struct entity_visit *visit)
{
    struct entity_grant_row *rows = ARENA_ARRAY(rq->arena, PAGE, struct entity_grant_row);
    size_t count = 0;
    enum err e = rows ? entity_grant_rows(rq, tenant, query, rows, &count) : FAIL_SERVER(rq);

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        struct entity_grant grant;
        bool found = false;
        e = entity_grant_load(rq, tenant, query->entity_id, rows[i].recipient_id, &grant, &found);
        if (e == ERR_OK && found && !visit->grant(visit->ctx, &grant)) {
            return SIZE_MAX;
        }
        query->after_recipient = rows[i].recipient_id;
    }
    return e == ERR_OK ? count : SIZE_MAX;
}

bool
state_each_grant(
    struct house *house, str tenant_id, str entity_id, const struct entity_visit *visit)
{
    struct entity_grant_query query = {.rows = PAGE};
    size_t count = PAGE;
    struct uuid id;

    if (!uuid_parse(tenant_id, &id) || !uuid_parse(entity_id, &query.entity_id)) {
        return false;
    }
    while (count == PAGE) {
        AUTO(arena_end) struct arena *arena = arena_new(PAGE_ARENA);
        const struct tenant *tenant = NULL;
        struct rq rq;
        if (arena == NULL) {
            return false;
        }
        arena_keep_secret(arena);
        house_begin(house, arena, &rq);
        count = tenant_load(&rq, id, &tenant) == ERR_OK && tenant != NULL
                    ? visit_grants(&rq, tenant, &query, visit)
                    : SIZE_MAX;
        cache_end_request(&rq);
    }
    return count != SIZE_MAX;
}

struct keeping { /* of an entity with its grants */
    struct state *s;
    struct thing *of;
};

/* What is visited goes: what is kept is written down and read again. */
static bool
parse_again(struct arena *arena, const struct buf *buf, const struct json **ret)
{
    str text;

    return buf_done(buf, &text) && json_parse(arena, text, ret, NULL);
}

static bool
keep_grant(void *ctx, const struct entity_grant *grant)
{
    struct keeping *k = ctx;
    struct things *things = k->s->things;
    const struct managed *kind = managed_part(S("grants"));
    const struct json *item;
    struct json_out out;
    struct thing *part;
    struct buf buf;

    buf_init(&buf, things->arena, MB(1));
    json_out_init(&out, &buf);
    field_write(kind->table, FIELD_FOR_FILE, grant, &out);
    part = parse_again(things->arena, &buf, &item) ? things_add(things, kind, k->of, item) : NULL;
    return part != NULL && add_part(k->s, part, 0);
}

static bool
keep_entity(void *ctx, const struct thing *entity)
{
    struct keeping *k = ctx;
    struct things *things = k->s->things;
    struct entity_visit visit = {.grant = keep_grant, .ctx = k};
    const struct json *item;
    struct json_out out;
    struct buf buf;

    buf_init(&buf, things->arena, MB(1));
    json_out_init(&out, &buf);
    json_out_value(&out, entity->item);
    if (!parse_again(things->arena, &buf, &item) || !add(k->s, entity->kind, item)) {
        return false;
    }
    k->of = things->items[things->count - 1];
    k->of->parts |= UINT32_C(1) << managed_index(managed_part(S("grants")));
    return state_each_grant(k->s->house, entity->tenant, entity->id, &visit);
}

bool
state_read_entities(
    struct dispatch *dispatch, struct house *house, struct things *ret, str *ret_why)
{
    struct state s = {dispatch, house, ret, ret_why, NO_STR};
    struct keeping keeping = {.s = &s};
    struct entity_visit visit = {.entity = keep_entity, .ctx = &keeping, .arena = ret->arena};
    size_t count = ret->count;

    for (size_t i = 0; i < count; i++) {
        const struct thing *t = ret->items[i];
        if (managed_is(t->kind, "tenants")
            && !state_each_entity(dispatch, house, t->id, &visit, ret_why)) {
            return false;
        }
    }
    return true;
}
