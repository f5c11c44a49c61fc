/* SPDX-License-Identifier: Apache-2.0 */
/* /api/entity/search: entities by ids, by a query string or by a raw query (api_query.h). They come in the order of
 * their ids. A word of what they are called, a type, a parent, a grant narrow; else a tenant's entities are opened one
 * after the other. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_entity.h"
#include "flow/api/api_query.h"
#include "flow/api/api_tables.h"
#include "model/entity/entity_word.h"

enum {
    AT_ONCE = 500,
    OPENED_AT_ONCE = 50, /* that come with what they hold */
    PASSED_AS_ONE = 16,  /* passing as many by costs what looking at one does */
    GRANTS_MAX = 1000,   /* of one entity, to be looked through */
    GRANTS_ARENA = MB(64),
    HITS_ARENA = MB(16), /* what OPENED_AT_ONCE hold */
    TYPES_KEPT = 16,
    TYPES_NAMED = 1000, /* of which it is known what they are called */
    TYPE_NAME = 800
};

struct type_names { /* that were read last */
    struct uuid ids[TYPES_KEPT];
    char bytes[TYPES_KEPT][TYPE_NAME];
    str names[TYPES_KEPT];
    size_t next;
};
struct look {
    struct api_hunt *hunt;
    bool has_grants; /* the query names them */
    struct type_names *types;
    struct record_hit hits[AT_ONCE];
    size_t count;
};

static const struct search_need *
need_of(const struct api_hunt *hunt)
{
    const struct search_plan *plan = &hunt->query->plan;

    return plan->count ? &plan->needs[hunt->place.need] : NULL;
}

static struct record_page
page_of(const struct search_need *need, struct uuid tenant_id)
{
    struct record_page page = {.tenant_id = tenant_id, .narrow = RECORD_OF_TENANT};

    if (need != NULL && (need->kind == NEED_TYPE || need->kind == NEED_PARENT)) {
        page.narrow = need->kind == NEED_TYPE ? RECORD_MARKED : RECORD_USING;
        page.uses = need->kind == NEED_TYPE ? &entity_type_kind : &entity_kind;
        page.used_id = need->id;
    }
    return page;
}

static bool
is_word(const struct search_need *need)
{
    return need->kind == NEED_WORD || need->kind == NEED_PREFIX;
}

static struct entity_word
word_of(const struct search_need *need, struct uuid after, size_t max)
{
    return (struct entity_word){need->text, need->kind == NEED_PREFIX, after, max};
}

static enum err
read_granted(
    struct rq *rq, const struct tenant *tenant, const struct search_need *need, struct look *look)
{
    const struct entity_grant_query query = {
        .recipient_id = need->id, .rows = AT_ONCE, .after_entity = look->hunt->place.id};
    struct entity_grant_row *rows = ARENA_ARRAY(rq->arena, AT_ONCE, struct entity_grant_row);
    enum err e = rows ? entity_grant_rows(rq, tenant, &query, rows, &look->count) : FAIL_SERVER(rq);

    for (size_t i = 0; e == ERR_OK && i < look->count; i++) {
        look->hits[i] = (struct record_hit){rows[i].entity_id, true, NULL};
    }
    return e;
}

/* Candidates behind the place, in their order; none: this need has no more. What they hold may come with them. */
static enum err
read_hits(struct rq *rq, const struct tenant *tenant, struct look *look)
{
    const struct search_need *need = need_of(look->hunt);
    struct record_page page = page_of(need, tenant->id);

    look->count = 0;
    if (need != NULL && need->kind == NEED_ID) {
        look->hits[0] = (struct record_hit){need->id, true, NULL};
        look->count = uuid_is_nil(look->hunt->place.id);
        return ERR_OK;
    }
    if (need != NULL && need->kind == NEED_RECIPIENT) {
        return read_granted(rq, tenant, need, look);
    }
    if (need != NULL && is_word(need)) {
        const struct entity_word word = word_of(need, look->hunt->place.id, AT_ONCE);
        return entity_word_find(rq, tenant, &word, look->hits, &look->count);
    }
    page.after = look->hunt->place.id;
    page.max = page.narrow == RECORD_MARKED ? AT_ONCE : OPENED_AT_ONCE;
    return record_ids(rq, &entity_kind, &page, look->hits, &look->count);
}

static enum err
type_name(struct rq *rq, struct type_names *types, struct uuid id, str *ret)
{
    size_t at = types->next % TYPES_KEPT;
    void *type = NULL;
    str name;
    enum err e;

    for (size_t i = 0; i < TYPES_KEPT; i++) {
        if (uuid_eq(types->ids[i], id)) {
            *ret = types->names[i];
            return ERR_OK;
        }
    }
    e = record_load(rq, &entity_type_kind, id, &type);
    name = type != NULL ? str_head(((const struct entity_type *)type)->name, TYPE_NAME) : NO_STR;
    if (name.n) {
        memcpy(types->bytes[at], name.p, name.n);
    }
    types->ids[at] = id;
    types->names[at] = (str){types->bytes[at], name.n};
    types->next++;
    *ret = types->names[at];
    return e;
}

/* ERR_FIELDS: they are too many, or too large, to be looked through. */
static enum err
read_grants(struct rq *rq, const struct tenant *tenant, struct search_entity *of)
{
    const struct entity_grant_query query = {
        .entity_id = of->entity->head.id, .rows = GRANTS_MAX + 1};
    struct fault before = rq->fault;
    struct entity_grant *list = NULL;
    size_t total;
    enum err e;

    arena_allow(rq->arena, GRANTS_ARENA);
    e = entity_grants(rq, tenant, &query, &list, &of->grant_count, &total);
    of->grants = list;
    if (arena_failed(rq->arena) || (e == ERR_OK && of->grant_count > GRANTS_MAX)) {
        rq->fault = before;
        return ERR_FIELDS;
    }
    return e;
}

static bool
is_meant(struct rq *rq, const struct api_hunt *hunt, const struct search_entity *of)
{
    for (int64_t i = 0; i < hunt->place.need; i++) {
        if (search_entity_has_need(rq->arena, of, &hunt->query->plan.needs[i])) {
            return false; /* found before */
        }
    }
    return search_matches_entity(rq->arena, hunt->query->tree, of, rq->now);
}

static enum err
look_at(struct rq *rq, const struct tenant *tenant, struct look *look, const struct record_hit *hit,
    bool *ret_is_enough)
{
    struct search_entity of = {.entity = NULL};
    void *thing = NULL;
    enum err e = record_load_hit(rq, &entity_kind, tenant->id, hit, &thing);

    of.entity = thing;
    if (e != ERR_OK || thing == NULL || !uuid_eq(of.entity->head.tenant_id, tenant->id)) {
        return e;
    }
    e = type_name(rq, look->types, of.entity->type.id, &of.type_name);
    if (e == ERR_OK && look->has_grants) {
        e = read_grants(rq, tenant, &of);
        look->hunt->looked += of.grant_count; /* each is opened, too */
    }
    if (e == ERR_OK && is_meant(rq, look->hunt, &of)) {
        e = look->hunt->found(look->hunt->ctx, rq, tenant, thing, ret_is_enough);
    }
    return e == ERR_OK && arena_failed(rq->arena) ? FAIL_SERVER(rq) : e;
}

static enum err
look_at_hits(struct rq *rq, const struct tenant *tenant, struct look *look, bool *ret_is_enough)
{
    struct api_hunt *hunt = look->hunt;
    struct api_scratch scratch;
    enum err e = ERR_OK;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    for (size_t i = 0; e == ERR_OK && i < look->count && !*ret_is_enough; i++) {
        hunt->place.id = look->hits[i].id;
        if (look->hits[i].is_marked) {
            e = look_at(rq, tenant, look, &look->hits[i], ret_is_enough);
            hunt->looked++;
            api_scratch_again(rq);
        } else {
            hunt->passed++;
        }
        *ret_is_enough |= hunt->looked + hunt->passed / PASSED_AS_ONE >= hunt->max_looked;
    }
    api_scratch_end(rq, &scratch);
    return e;
}

/* The next candidates, on memory that is given back; *ret_is_last: there was none. */
static enum err
look_on(struct rq *rq, const struct tenant *tenant, struct look *look, bool *ret_is_last,
    bool *ret_is_enough)
{
    struct api_scratch scratch;
    enum err e;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    arena_allow(rq->arena, HITS_ARENA);
    e = read_hits(rq, tenant, look);
    *ret_is_last = e == ERR_OK && look->count == 0;
    if (e == ERR_OK && look->count > 0) {
        e = look_at_hits(rq, tenant, look, ret_is_enough);
    }
    api_scratch_end(rq, &scratch);
    return e;
}

static enum err
hunt_tenant(struct rq *rq, struct look *look, bool *ret_is_enough)
{
    struct api_query_place *place = &look->hunt->place;
    int64_t needs = MAX((int64_t)look->hunt->query->plan.count, 1);
    const struct tenant *tenant;
    enum err e = tenant_load(rq, place->tenant_id, &tenant);

    while (e == ERR_OK && tenant != NULL && !*ret_is_enough && place->need < needs) {
        bool is_last = false;
        e = look_on(rq, tenant, look, &is_last, ret_is_enough);
        if (is_last) {
            place->need++;
            place->id = (struct uuid){{0}};
        }
    }
    return e;
}

static enum err
run(struct rq *rq, struct look *look)
{
    struct api_hunt *hunt = look->hunt;
    const struct api_query *query = hunt->query;
    bool is_enough = false, is_begun = uuid_is_nil(hunt->place.tenant_id);
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && !is_enough && i < query->tenant_count; i++) {
        if (!is_begun && !uuid_eq(hunt->place.tenant_id, query->tenants[i])) {
            continue;
        }
        if (is_begun) {
            hunt->place = (struct api_query_place){.tenant_id = query->tenants[i]};
        }
        is_begun = true;
        e = hunt_tenant(rq, look, &is_enough);
    }
    hunt->is_at_end = !is_enough;
    return e;
}

static enum err
hunt_entities(struct rq *rq, struct api_hunt *hunt)
{
    struct look *look = ARENA_NEW(rq->arena, struct look);
    enum err e;

    if (look == NULL || (look->types = ARENA_NEW(rq->arena, struct type_names)) == NULL) {
        return FAIL_SERVER(rq);
    }
    look->hunt = hunt;
    look->has_grants = search_names_grants(hunt->query->tree);
    e = run(rq, look);
    if (e == ERR_FIELDS) {
        return api_refuse(rq, "search.query", "tooMany",
            "An entity has too many grants to look through them: search for its grants.");
    }
    return e;
}

static enum err
count_need(struct rq *rq, const struct tenant *tenant, const struct search_need *need, int64_t max,
    int64_t *ret)
{
    struct record_page page = page_of(need, tenant->id);

    if (need != NULL && need->kind == NEED_RECIPIENT) {
        return entity_grant_count(rq, tenant, need->id, ret);
    }
    if (need != NULL && need->kind == NEED_ID) {
        *ret = 1;
        return ERR_OK;
    }
    if (need != NULL && is_word(need)) {
        const struct entity_word word = word_of(need, (struct uuid){{0}}, (size_t)max);
        return entity_word_count(rq, tenant, &word, ret);
    }
    page.max = (size_t)max;
    return record_count(rq, &entity_kind, &page, ret);
}

static enum err
count_entities(struct rq *rq, const struct api_query *query, int64_t max, int64_t *ret)
{
    const struct tenant *tenant;
    int64_t count;
    enum err e = ERR_OK;

    *ret = 0;
    for (size_t t = 0; e == ERR_OK && t < query->tenant_count; t++) {
        e = tenant_load(rq, query->tenants[t], &tenant);
        for (size_t i = 0; e == ERR_OK && tenant != NULL && i < MAX(query->plan.count, 1); i++) {
            e = count_need(
                rq, tenant, query->plan.count ? &query->plan.needs[i] : NULL, max, &count);
            *ret += e ? 0 : count;
        }
    }
    return e;
}

static bool
add_type(struct search_plan *plan, struct uuid id)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->needs[i].kind == NEED_TYPE && uuid_eq(plan->needs[i].id, id)) {
            return true;
        }
    }
    if (plan->count == SEARCH_NEEDS_MAX) {
        return false;
    }
    plan->needs[plan->count++] = (struct search_need){.kind = NEED_TYPE, .id = id};
    return true;
}

/* Words narrow once all entities have theirs. */
static enum err
check_words(struct rq *rq, struct search_plan *plan)
{
    bool is_asked = false, is_ready = true;
    enum err e = ERR_OK;

    for (size_t i = 0; i < plan->count; i++) {
        is_asked = is_asked || is_word(&plan->needs[i]);
    }
    if (is_asked) {
        e = entity_word_is_ready(rq, &is_ready);
    }
    plan->count = is_ready ? plan->count : 0;
    return e;
}

/* Without a field a word may be one of what the type is called: those types narrow as well. Too many: nothing does. */
static enum err
add_types(struct rq *rq, struct search_plan *plan)
{
    struct record_name *types = NULL;
    size_t count = 0, needs = plan->count;
    bool is_asked = false, fits = true;
    enum err e = ERR_OK;

    for (size_t i = 0; i < needs; i++) {
        is_asked = is_asked || plan->needs[i].or_type;
    }
    if (is_asked) {
        e = record_names(
            rq, &entity_type_kind, (struct uuid){{0}}, TYPES_NAMED + 1, &types, &count);
    }
    for (size_t i = 0; e == ERR_OK && i < needs; i++) {
        for (size_t t = 0; plan->needs[i].or_type && fits && t < count; t++) {
            fits = !search_type_has_need(rq->arena, types[t].name, &plan->needs[i])
                   || add_type(plan, types[t].id);
        }
        plan->needs[i].or_type = false; /* it is the types' own need now */
    }
    if (!fits || count > TYPES_NAMED) {
        plan->count = 0;
    }
    return e;
}

static enum err
complete(struct rq *rq, struct search_plan *plan)
{
    enum err e = check_words(rq, plan);

    return e ? e : add_types(rq, plan);
}

static void
put_entity(const struct api_query_page *page, const void *thing)
{
    api_entity_write(page->rq, thing, page->out);
}

static enum err
load_entity(struct rq *rq, const struct tenant *tenant, struct uuid id, const void **ret)
{
    void *thing = NULL;
    enum err e = record_load(rq, &entity_kind, id, &thing);
    const struct entity *entity = thing;

    *ret = entity != NULL && uuid_eq(entity->head.tenant_id, tenant->id) ? entity : NULL;
    return e;
}

static enum err
tenant_of(struct rq *rq, struct uuid id, const struct tenant **ret)
{
    const struct entity *entity;

    return api_entity_find(rq, id, ret, &entity);
}

static str
sort_key(struct arena *arena, const void *thing, str name, bool is_down)
{
    (void)is_down; /* an entity has one value of each */
    return search_entity_sort_key(arena, thing, name);
}

static const struct api_query_kind kind = {
    .scope = &search_entities,
    .name = "nextEntity",
    .no_order = "Entities cannot be sorted by that: name a field such as name, clientId, typeId, "
                "insertInstant or data.x.",
    .hunt = hunt_entities,
    .count = count_entities,
    .sort_key = sort_key,
    .put = put_entity,
    .load = load_entity,
    .tenant_of = tenant_of,
    .complete = complete,
};

enum err
api_entity_search(struct rq *rq)
{
    struct api_query_page *page = ARENA_NEW(rq->arena, struct api_query_page);
    struct api_answer answer;
    enum err e;

    if (page == NULL) {
        return FAIL_SERVER(rq);
    }
    page->rq = rq;
    page->kind = &kind;
    page->out = &answer.out;
    e = api_query_criteria_read(page, &api_entity_criteria_table);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("entities"));
    json_out_array(&answer.out);
    e = api_query_put(page);
    return e ? e : api_answer_send(rq, &answer, 200);
}

/* What is written is found at once: there is nothing to refresh. */
enum err
api_entity_refresh(struct rq *rq)
{
    return rq_answer_empty(rq, 200);
}
