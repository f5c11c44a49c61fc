/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of what a query finds. Without an order things come as they are found, and pages reach past any number; sorted,
 * each page looks through all that the query may mean, API_LOOKED_ALL at most. Deviation: a total that was not asked to be
 * accurate is at most 10,000, and may count what the query means only in part. */
#include "flow/api/api_query.h"

#include "codec/base64.h"
#include "flow/api/api_tables.h"
#include "model/seal/seal.h"

enum {
    PAGE_ARENA = MB(24),      /* the hits in front of a page far behind, and a large answer */
    LOOKED_BEHIND_PAGE = 250, /* for the total */
    START_MAX = API_COUNTED
};

/* clang-format off */
#define C(member) FIELD_AT(struct api_query_criteria, member)
static const struct field criteria_fields[] = {
    API_CRITERIA_FIELDS,
    {.name = "accurateTotal", .kind = FIELD_BOOL,    .offset = C(accurate_total)},
    {.name = "ids",           .kind = FIELD_UUIDS,   .offset = C(ids)},
    {.name = "nextResults",   .kind = FIELD_TEXT,    .offset = C(next_results), .max = 65536},
    {.name = "query",         .kind = FIELD_TEXT,    .offset = C(query), .max = 16384},
    {.name = "queryString",   .kind = FIELD_TEXT,    .offset = C(query_string), .max = 4096},
    {.name = "sortFields",    .kind = FIELD_OBJECTS, .offset = C(sort_fields), .max = API_ORDER_MAX, .more.table = &api_order_table},
};
const struct field_table api_user_criteria_table = FIELD_TABLE("UserSearchCriteria", criteria_fields, struct api_query_criteria, NULL);
const struct field_table api_entity_criteria_table = FIELD_TABLE("EntitySearchCriteria", criteria_fields, struct api_query_criteria, NULL);

#define N(member) FIELD_AT(struct api_query_next, member)
static const struct field next_fields[] = {
    {.name = "accurateTotal", .kind = FIELD_BOOL,    .offset = N(accurate_total)},
    {.name = "id",            .kind = FIELD_UUID,    .offset = N(id)},
    {.name = "key1",          .kind = FIELD_TEXT,    .offset = N(keys[0])},
    {.name = "key2",          .kind = FIELD_TEXT,    .offset = N(keys[1])},
    {.name = "key3",          .kind = FIELD_TEXT,    .offset = N(keys[2])},
    {.name = "key4",          .kind = FIELD_TEXT,    .offset = N(keys[3])},
    {.name = "need",          .kind = FIELD_INT,     .offset = N(need), .max = SEARCH_NEEDS_MAX},
    {.name = "number",        .kind = FIELD_INT,     .offset = N(number), .min = INT64_MIN, .max = INT64_MAX},
    {.name = "orderBy",       .kind = FIELD_TEXT,    .offset = N(order_by), .max = 60},
    {.name = "query",         .kind = FIELD_TEXT,    .offset = N(query), .max = 16384},
    {.name = "queryString",   .kind = FIELD_TEXT,    .offset = N(query_string), .max = 4096},
    {.name = "sortFields",    .kind = FIELD_OBJECTS, .offset = N(sort_fields), .max = API_ORDER_MAX, .more.table = &api_order_table},
    {.name = "tenantId",      .kind = FIELD_UUID,    .offset = N(tenant_id)},
    {.name = "total",         .kind = FIELD_INT,     .offset = N(total), .max = INT64_MAX},
};
static const struct field_table next_table = FIELD_TABLE("NextResults", next_fields, struct api_query_next, NULL);
/* clang-format on */

enum err
api_query_criteria_read(struct api_query_page *page, const struct field_table *table)
{
    enum err e = api_criteria_read(page->rq, table, &page->criteria);

    return e ? e : api_faults(page->rq);
}

enum err
api_query_read(struct rq *rq, const struct search_scope *scope, str query_string, str raw,
    const char *path, struct api_query *ret)
{
    const char *why = NULL, *at = str_z(rq->arena,
                                str_fmt(rq->arena, "%s%s", path, raw.n ? "query" : "queryString"));
    bool is_read = raw.n ? search_json_parse(rq->arena, scope, raw, &ret->tree, &why)
                         : search_parse(rq->arena, scope, query_string, &ret->tree, &why);

    if (arena_failed(rq->arena) || at == NULL) {
        return FAIL_SERVER(rq);
    }
    if (!is_read) {
        return api_refuse(rq, at, "invalid", why);
    }
    search_plan_make(rq->arena, scope, ret->tree, &ret->plan);
    ret->is_ascending = false;
    return api_tenants(rq, &ret->tenants, &ret->tenant_count);
}

/* The tenant under whose key nextResults is sealed. */
static enum err
sealing_tenant(struct rq *rq, const struct tenant **ret)
{
    enum err e = ERR_OK;

    if (api_is_bound(rq)) {
        e = api_tenant(rq);
        *ret = rq->tenant;
    } else {
        e = tenant_or_default(rq, (struct uuid){{0}}, ret);
    }
    return e == ERR_OK && *ret == NULL ? api_not_found(rq) : e;
}

static struct seal_place
next_place(const struct api_query_page *page, const struct tenant *tenant)
{
    return (struct seal_place){"search", page->kind->name, tenant->id, {{0}}};
}

static enum err
put_next(struct api_query_page *page)
{
    const struct tenant *tenant = NULL;
    struct rq *rq = page->rq;
    struct json_out out;
    struct buf buf;
    str text;
    enum err e = sealing_tenant(rq, &tenant);

    if (e != ERR_OK) {
        return e;
    }
    rq_json_out(rq, &buf, &out);
    field_write(&next_table, FIELD_FOR_STORE, &page->next, &out);
    if (!buf_done(&buf, &text)) {
        return FAIL_SERVER(rq);
    }
    text = base64url_text(
        rq->arena, seal_put(rq, &tenant->key, next_place(page, tenant), str_bytes(text)));
    json_put_str(page->out, S("nextResults"), text);
    return text.n ? ERR_OK : FAIL_SERVER(rq);
}

static bool
open_next(struct api_query_page *page, const struct tenant *tenant)
{
    struct rq *rq = page->rq;
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {rq->arena, &faults};
    struct fault before = rq->fault;
    const struct json *value;
    bytes raw, plain;

    if (!base64url_decode(rq->arena, page->criteria.next_results, &raw)) {
        return false;
    }
    if (seal_get(rq, &tenant->key, next_place(page, tenant), raw, &plain) != ERR_OK) {
        rq->fault = before; /* somebody's own text, or another tenant's */
        return false;
    }
    return json_parse(rq->arena, bytes_str(plain), &value, NULL)
           && field_read(&reader, &next_table, FIELD_STORED, value, NO_STR, &page->next);
}

static bool
goes_on(const struct api_query_page *page)
{
    return !uuid_is_nil(page->next.tenant_id);
}

/* nextResults stands for the whole search it came from; how many rows is asked anew. */
static enum err
begin(struct api_query_page *page)
{
    struct api_query_criteria *c = &page->criteria;
    const struct tenant *tenant = NULL;
    enum err e;

    if (c->next_results.n == 0) {
        page->next = (struct api_query_next){.query = c->query,
            .query_string = c->query_string,
            .order_by = c->base.order_by,
            .accurate_total = c->accurate_total,
            .sort_fields = c->sort_fields};
        return ERR_OK;
    }
    c->base.start = 0;
    e = sealing_tenant(page->rq, &tenant);
    if (e == ERR_OK && !open_next(page, tenant)) {
        e = api_refuse(page->rq, "search.nextResults", "invalid",
            "Send nextResults as the last page gave it.");
    }
    return e;
}

static enum err
read_order(struct api_query_page *page)
{
    const struct api_order_field *fields = page->next.sort_fields.items;
    const struct search_scope *scope = page->kind->scope;
    struct api_order *order = &page->order;

    for (size_t i = 0; i < page->next.sort_fields.count; i++) {
        if (!api_order_add(order, scope, &fields[i])) {
            return api_refuse(page->rq, "search.sortFields", "invalid", page->kind->no_order);
        }
    }
    if (order->count == 0 && page->next.order_by.n
        && !api_order_read(order, scope, page->next.order_by)) {
        return api_refuse(page->rq, "search.orderBy", "invalid", page->kind->no_order);
    }
    if (scope == &search_people && order->count == 1 && page->query.plan.count == 0
        && str_eq(order->of[0].name, S("insertInstant"))) {
        page->query.is_ascending = order->of[0].order == 0; /* as they come */
        order->count = 0;
    }
    return ERR_OK;
}

static enum err
found_in_order(
    void *ctx, struct rq *rq, const struct tenant *tenant, const void *thing, bool *ret_is_enough)
{
    struct api_query_page *page = ctx;
    bool is_full = page->shown >= page->criteria.base.rows;

    (void)tenant;
    page->matched++;
    if (page->matched > page->criteria.base.start && !is_full) {
        page->kind->put(page, thing);
        page->shown++;
        page->last = page->hunt->place;
        page->looked_when_full = (int64_t)page->hunt->looked;
    }
    /* What follows is only for the total: counted by the plan if that is exact, else by looking on for a while. */
    *ret_is_enough =
        page->shown >= page->criteria.base.rows
        && (page->query.plan.is_exact || goes_on(page)
            || (!page->next.accurate_total
                && (int64_t)page->hunt->looked - page->looked_when_full >= LOOKED_BEHIND_PAGE));
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

static enum err
total_of(struct api_query_page *page, const struct api_hunt *hunt, int64_t *ret)
{
    int64_t count = 0;
    enum err e = ERR_OK;

    *ret = goes_on(page) ? page->next.total : page->matched;
    if (goes_on(page) || hunt->is_at_end) {
        return ERR_OK;
    }
    if (page->next.accurate_total && !page->query.plan.is_exact) {
        return api_refuse(page->rq, "search.accurateTotal", "tooMany",
            "The query means too many to count them: narrow it.");
    }
    e = page->kind->count(
        page->rq, &page->query, page->next.accurate_total ? INT64_MAX : API_COUNTED, &count);
    *ret = page->next.accurate_total ? count : MIN(MAX(count, *ret), API_COUNTED);
    return e;
}

/* As they are found. */
static enum err
put_in_order(struct api_query_page *page, int64_t *ret_total)
{
    bool has_to_count = page->next.accurate_total && !page->query.plan.is_exact && !goes_on(page);
    struct api_hunt hunt = {.query = &page->query,
        .max_looked = has_to_count ? API_LOOKED_ALL : API_LOOKED_PAGE,
        .place = {page->next.tenant_id, page->next.need, page->next.number, page->next.id},
        .found = found_in_order,
        .ctx = page};
    enum err e;

    page->hunt = &hunt;
    e = page->kind->hunt(page->rq, &hunt);
    json_out_array_end(page->out);
    e = e ? e : total_of(page, &hunt, ret_total);
    if (e != ERR_OK || (hunt.is_at_end && page->shown < page->criteria.base.rows)
        || page->criteria.base.rows == 0) {
        return e;
    }
    if (page->shown < page->criteria.base.rows) { /* looked at as many as one call may */
        page->last = hunt.place;
    }
    page->next.tenant_id = page->last.tenant_id;
    page->next.need = page->last.need;
    page->next.number = page->last.number;
    page->next.id = page->last.id;
    page->next.total = *ret_total;
    return put_next(page);
}

static enum err
found_to_sort(
    void *ctx, struct rq *rq, const struct tenant *tenant, const void *thing, bool *ret_is_enough)
{
    struct api_query_page *page = ctx;
    const struct api_order *order = &page->order;
    struct api_order_hit hit = {
        .order = order, .tenant_id = tenant->id, .id = page->hunt->place.id};

    (void)ret_is_enough;
    page->matched++;
    for (size_t i = 0; i < order->count; i++) {
        hit.keys[i] = api_order_key(rq->arena, &order->of[i],
            page->kind->sort_key(rq->arena, thing, order->of[i].name, order->of[i].order != 0));
    }
    api_order_top_add(page->top, &hit);
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

static enum err
gather(struct api_query_page *page, struct api_order_top *top)
{
    struct api_hunt hunt = {
        .query = &page->query, .max_looked = API_LOOKED_ALL, .found = found_to_sort, .ctx = page};
    enum err e;

    top->has_last = goes_on(page);
    top->last =
        (struct api_order_hit){&page->order, page->next.tenant_id, page->next.id, {NO_STR}, NULL};
    memcpy(top->last.keys, page->next.keys, sizeof top->last.keys);
    page->top = top;
    page->hunt = &hunt;
    e = page->kind->hunt(page->rq, &hunt);
    if (e == ERR_OK && !hunt.is_at_end) {
        e = api_refuse(page->rq, "search.sortFields", "tooMany",
            "Too many would have to be looked at to sort them: narrow the query, or take them in "
            "no "
            "order.");
    }
    api_order_top_sort(top);
    return e;
}

static enum err
put_one(struct api_query_page *page, const struct tenant *tenant, struct uuid id)
{
    struct rq *rq = page->rq;
    struct api_scratch scratch;
    const void *thing = NULL;
    enum err e;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = page->kind->load(rq, tenant, id, &thing);
    if (e == ERR_OK && thing != NULL) {
        page->kind->put(page, thing);
        page->shown++;
    }
    e = e == ERR_OK && arena_failed(rq->arena) ? FAIL_SERVER(rq) : e;
    api_scratch_end(rq, &scratch);
    return e;
}

static enum err
put_hit(struct api_query_page *page, const struct api_order_hit *hit)
{
    const struct tenant *tenant;
    enum err e = tenant_load(page->rq, hit->tenant_id, &tenant);

    return e || tenant == NULL ? e : put_one(page, tenant, hit->id);
}

static enum err
put_sorted(struct api_query_page *page, int64_t *ret_total)
{
    size_t start = (size_t)page->criteria.base.start, rows = (size_t)page->criteria.base.rows;
    const struct api_order_hit *last;
    struct api_order_top top;
    enum err e;

    if (!api_order_top_init(&top, page->rq->arena, &page->order, start + rows)) {
        return FAIL_SERVER(page->rq);
    }
    e = gather(page, &top);
    for (size_t i = start; e == ERR_OK && !page->out->buf->failed && i < top.count; i++) {
        e = put_hit(page, &top.hits[i]);
    }
    json_out_array_end(page->out);
    *ret_total = page->matched;
    if (e != ERR_OK || rows == 0 || top.behind <= top.max) {
        return e;
    }
    last = &top.hits[top.count - 1];
    page->next.tenant_id = last->tenant_id;
    page->next.id = last->id;
    memcpy(page->next.keys, last->keys, sizeof page->next.keys);
    page->next.total = *ret_total;
    return put_next(page);
}

static enum err
put_by_query(struct api_query_page *page, int64_t *ret_total)
{
    enum err e = begin(page);

    if (e == ERR_OK && page->criteria.base.start > START_MAX) {
        e = api_refuse(page->rq, "search.startRow", "invalid",
            "Beyond 10,000 rows go on with nextResults of the page before.");
    }
    e = e ? e
          : api_query_read(page->rq, page->kind->scope, page->next.query_string, page->next.query,
              "search.", &page->query);
    if (e == ERR_OK && page->kind->complete != NULL) {
        e = page->kind->complete(page->rq, &page->query.plan);
    }
    e = e ? e : read_order(page);
    if (e != ERR_OK) {
        return e;
    }
    return page->order.count ? put_sorted(page, ret_total) : put_in_order(page, ret_total);
}

static enum err
put_by_ids(struct api_query_page *page, int64_t *ret_total)
{
    const struct tenant *tenant;
    struct uuid *ids;
    size_t count;
    enum err e = api_read_ids(page->rq, &page->criteria.ids, "search.ids", &ids, &count);

    if (e == ERR_OK && count > API_PAGE_MAX) {
        e = api_refuse(page->rq, "search.ids", "tooMany", "Ask for at most 500 ids at once.");
    }
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = page->kind->tenant_of(page->rq, ids[i], &tenant);
        if (e == ERR_OK && tenant != NULL) {
            e = put_one(page, tenant, ids[i]);
        }
    }
    json_out_array_end(page->out);
    *ret_total = page->shown;
    return e;
}

enum err
api_query_put(struct api_query_page *page)
{
    int64_t total = 0;
    enum err e;

    arena_allow(page->rq->arena, PAGE_ARENA);
    e = page->criteria.ids.count ? put_by_ids(page, &total) : put_by_query(page, &total);

    json_put_i64(page->out, S("total"), total);
    return e;
}
