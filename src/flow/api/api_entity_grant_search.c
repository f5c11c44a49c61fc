/* SPDX-License-Identifier: Apache-2.0 */
/* /api/entity/grant/search: grants of an entity, of a person, of both or of all, by the name of their entity. Their rows
 * are read one after the other, GRANTS_MAX at most; of entities the names, of the page the grants are opened. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_entity.h"
#include "flow/api/api_order.h"
#include "flow/api/api_search.h"
#include "flow/api/api_tables.h"
#include "model/user/user.h"

enum {
    AT_ONCE = 200,
    GRANTS_MAX = 200000,   /* to be looked at */
    SEARCH_ARENA = MB(96), /* a page behind all of them */
    NAME_BYTES = 800
};

/* clang-format off */
struct grant_criteria {
    struct api_criteria base;
    struct uuid entity_id, user_id;
};
#define C(member) FIELD_AT(struct grant_criteria, member)
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
    {.name = "entityId", .kind = FIELD_UUID, .offset = C(entity_id)},
    {.name = "userId",   .kind = FIELD_UUID, .offset = C(user_id)},
};
const struct field_table api_entity_grant_criteria_table = FIELD_TABLE("EntityGrantSearchCriteria", criteria_fields, struct grant_criteria, NULL);
/* clang-format on */

/* In a hit, id is the entity and tenant_id the recipient: both are of one tenant, which the entity knows. */
struct search {
    struct rq *rq;
    struct grant_criteria criteria;
    struct api_order order;
    bool is_by_name;
    struct api_order_top top;
    size_t looked;
    struct uuid named; /* the entity whose name was read last */
    size_t name_n;
    char name[NAME_BYTES];
};

static bool
read_order(struct search *search)
{
    static const struct {
        const char *words;
        bool is_by_name, is_down;
    } orders[] = {{"", true, false}, {"name", true, false}, {"name ASC", true, false},
        {"name DESC", true, true}, {"insertInstant", false, false},
        {"insertInstant ASC", false, false}, {"insertInstant DESC", false, true}};

    for (size_t i = 0; i < COUNT(orders); i++) {
        if (str_ieq(search->criteria.base.order_by, str_from(orders[i].words))) {
            search->is_by_name = orders[i].is_by_name;
            search->order.of[0].order = orders[i].is_down;
            search->order.count = 1;
            return true;
        }
    }
    return false;
}

/* On the search's own memory: what is around is given back. */
static enum err
read_name(struct search *search, struct uuid entity_id)
{
    void *thing = NULL;
    enum err e = ERR_OK;

    if (!uuid_eq(search->named, entity_id)) {
        e = record_load(search->rq, &entity_kind, entity_id, &thing);
        search->named = entity_id;
        search->name_n = 0;
    }
    if (thing != NULL) {
        str name = ((const struct entity *)thing)->name;
        search->name_n = MIN(name.n, sizeof search->name);
        memcpy(search->name, name.p, search->name_n);
    }
    return e;
}

static enum err
judge(struct search *search, const struct entity_grant_row *row)
{
    const struct grant_criteria *c = &search->criteria;
    struct api_order_hit hit = {
        .order = &search->order, .tenant_id = row->recipient_id, .id = row->entity_id};
    bool has_name = c->base.name.n > 0;
    str name;
    enum err e = ERR_OK;

    if (!uuid_is_nil(c->entity_id) && !uuid_eq(c->entity_id, row->entity_id)) {
        return ERR_OK;
    }
    if (has_name || search->is_by_name) {
        e = read_name(search, row->entity_id);
    }
    name = (str){search->name, search->name_n};
    if (e != ERR_OK || (has_name && !api_name_matches(c->base.name, name))) {
        return e;
    }
    hit.keys[0] = search->is_by_name
                      ? identity_fold(search->rq->arena, name)
                      : str_fmt(search->rq->arena, "%020lld", (long long)row->insert_instant);
    hit.keys[0] = api_order_key(search->rq->arena, &search->order.of[0], hit.keys[0]);
    api_order_top_add(&search->top, &hit);
    return arena_failed(search->rq->arena) ? FAIL_SERVER(search->rq) : ERR_OK;
}

/* The next rows, on memory that is given back. */
static enum err
look_at_some(struct search *search, const struct tenant *tenant, struct entity_grant_query *query,
    bool *ret_is_last)
{
    struct rq *rq = search->rq;
    struct entity_grant_row *rows = ARENA_ARRAY(rq->arena, AT_ONCE, struct entity_grant_row);
    size_t count = 0;
    enum err e = rows ? entity_grant_rows(rq, tenant, query, rows, &count) : FAIL_SERVER(rq);

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = judge(search, &rows[i]);
        query->after_entity = rows[i].entity_id;
        query->after_recipient = rows[i].recipient_id;
    }
    search->looked += count;
    *ret_is_last = count < AT_ONCE;
    return e;
}

static enum err
look_at_tenant(struct search *search, const struct tenant *tenant)
{
    struct entity_grant_query query = {.entity_id = search->criteria.entity_id,
        .recipient_id = search->criteria.user_id,
        .rows = AT_ONCE};
    struct api_scratch scratch;
    bool is_last = false;
    enum err e = ERR_OK;

    if (!uuid_is_nil(query.entity_id) && !uuid_is_nil(query.recipient_id)) {
        query.entity_id = (struct uuid){{0}}; /* a person has fewer grants than a door has people */
    }
    if (!api_scratch_begin(search->rq, &scratch)) {
        return FAIL_SERVER(search->rq);
    }
    while (e == ERR_OK && !is_last && search->looked <= GRANTS_MAX) {
        e = look_at_some(search, tenant, &query, &is_last);
        api_scratch_again(search->rq);
    }
    api_scratch_end(search->rq, &scratch);
    return e;
}

static enum err
look(struct search *search)
{
    struct rq *rq = search->rq;
    const struct entity *entity = NULL;
    const struct tenant *tenant = NULL;
    struct uuid *tenants = NULL;
    size_t count = 0;
    enum err e;

    if (!uuid_is_nil(search->criteria.entity_id)) {
        e = api_entity_find(rq, search->criteria.entity_id, &tenant, &entity);
        return e || entity == NULL ? e : look_at_tenant(search, tenant);
    }
    e = api_tenants(rq, &tenants, &count);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = tenant_load(rq, tenants[i], &tenant);
        if (e == ERR_OK && tenant != NULL) {
            e = look_at_tenant(search, tenant);
        }
    }
    return e;
}

static enum err
put_hit(struct search *search, const struct api_order_hit *hit, struct json_out *out)
{
    struct rq *rq = search->rq;
    const struct tenant *tenant;
    const struct entity *entity;
    struct entity_grant grant;
    bool found = false;
    enum err e = api_entity_find(rq, hit->id, &tenant, &entity);

    if (e == ERR_OK && entity != NULL) {
        e = entity_grant_load(rq, tenant, hit->id, hit->tenant_id, &grant, &found);
    }
    return e || !found ? e : api_entity_grant_write(rq, &grant, out);
}

static enum err
put_page(struct search *search, struct json_out *out)
{
    struct api_scratch scratch;
    enum err e = ERR_OK;

    if (!api_scratch_begin(search->rq, &scratch)) {
        return FAIL_SERVER(search->rq);
    }
    api_order_top_sort(&search->top);
    for (size_t i = (size_t)search->criteria.base.start;
         e == ERR_OK && !out->buf->failed && i < search->top.count; i++) {
        e = put_hit(search, &search->top.hits[i], out);
        api_scratch_again(search->rq);
    }
    api_scratch_end(search->rq, &scratch);
    return e;
}

static enum err
begin(struct search *search)
{
    struct api_criteria *base = &search->criteria.base;
    struct rq *rq = search->rq;
    enum err e = api_criteria_read(rq, &api_entity_grant_criteria_table, &search->criteria);

    if (e == ERR_OK && !read_order(search)) {
        e = api_refuse(rq, "search.orderBy", "invalid",
            "Order by name or insertInstant, followed by ASC or DESC.");
    }
    base->start = MIN(base->start, (int64_t)GRANTS_MAX); /* nothing is behind them */
    arena_allow(rq->arena, SEARCH_ARENA);
    if (e == ERR_OK
        && !api_order_top_init(
            &search->top, rq->arena, &search->order, (size_t)base->start + (size_t)base->rows)) {
        e = FAIL_SERVER(rq);
    }
    return e;
}

enum err
api_entity_grant_search(struct rq *rq)
{
    struct search *search = ARENA_NEW(rq->arena, struct search);
    struct api_answer answer;
    enum err e;

    if (search == NULL) {
        return FAIL_SERVER(rq);
    }
    search->rq = rq;
    e = begin(search);
    e = e ? e : look(search);
    if (e == ERR_OK && search->looked > GRANTS_MAX) {
        e = api_refuse(rq, "search.userId", "tooMany",
            "Too many grants would have to be looked at: name the entity or the user.");
    }
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("grants"));
    json_out_array(&answer.out);
    e = put_page(search, &answer.out);
    json_out_array_end(&answer.out);
    json_put_i64(&answer.out, S("total"), (int64_t)search->top.behind);
    return e ? e : api_answer_send(rq, &answer, 200);
}
