/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/search. People are found by ids, by a query string or by a raw query. Without an order they come as they are
 * found, and pages reach past any number; sorted, a query may mean SORTED_MAX people. Deviation: a total that was not
 * asked to be accurate is at most 10,000, and may count people whom the query means only in part. */
#include <stdlib.h>

#include "codec/base64.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_search.h"
#include "flow/api/api_user.h"
#include "flow/api/api_user_query.h"
#include "model/seal/seal.h"

enum {
    SORTED_MAX = API_COUNTED,
    SORT_FIELDS_MAX = 4,
    SORT_KEY_MAX = 100,
    USER_BYTES = 800,         /* of an answer */
    LOOKED_BEHIND_PAGE = 250, /* for the total */
    START_MAX = API_COUNTED
};

struct sort_field { /* type SortField */
    str missing, name;
    int order; /* asc, desc */
};
struct criteria { /* type UserSearchCriteria */
    struct api_criteria base;
    struct field_texts ids;
    str query, query_string, next_results;
    bool accurate_total;
    struct field_list sort_fields;
};
/* clang-format off */
static const char *const orders[] = {"asc", "desc", NULL};
#define F(member) FIELD_AT(struct sort_field, member)
static const struct field sort_fields[] = {
    {.name = "missing", .kind = FIELD_TEXT, .offset = F(missing), .max = 40}, /* people without it come last */
    {.name = "name",    .kind = FIELD_TEXT, .offset = F(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "order",   .kind = FIELD_ENUM, .offset = F(order), .more.names = orders},
};
static const struct field_table sort_table = FIELD_TABLE("SortField", sort_fields, struct sort_field, NULL);

#define C(member) FIELD_AT(struct criteria, member)
static const struct field criteria_fields[] = {
    API_CRITERIA_FIELDS,
    {.name = "accurateTotal", .kind = FIELD_BOOL,    .offset = C(accurate_total)},
    {.name = "ids",           .kind = FIELD_UUIDS,   .offset = C(ids)},
    {.name = "nextResults",   .kind = FIELD_TEXT,    .offset = C(next_results), .max = 65536},
    {.name = "query",         .kind = FIELD_TEXT,    .offset = C(query), .max = 16384},
    {.name = "queryString",   .kind = FIELD_TEXT,    .offset = C(query_string), .max = 4096},
    {.name = "sortFields",    .kind = FIELD_OBJECTS, .offset = C(sort_fields), .max = SORT_FIELDS_MAX, .more.table = &sort_table},
};
const struct field_table api_user_criteria_table = FIELD_TABLE("UserSearchCriteria", criteria_fields, struct criteria, NULL);

/* What nextResults holds, sealed: the query with its order, and where the next page begins. */
struct next {
    str query, query_string, order_by;
    bool accurate_total;
    struct field_list sort_fields;
    int64_t row;                             /* of sorted people */
    int64_t total;                           /* as the first page gave it */
    struct uuid tenant_id, id;               /* of those that come as they are found */
    int64_t need, number;
};
#define N(member) FIELD_AT(struct next, member)
static const struct field next_fields[] = {
    {.name = "accurateTotal", .kind = FIELD_BOOL,    .offset = N(accurate_total)},
    {.name = "id",            .kind = FIELD_UUID,    .offset = N(id)},
    {.name = "need",          .kind = FIELD_INT,     .offset = N(need), .max = SEARCH_NEEDS_MAX},
    {.name = "number",        .kind = FIELD_INT,     .offset = N(number), .min = INT64_MIN, .max = INT64_MAX},
    {.name = "orderBy",       .kind = FIELD_TEXT,    .offset = N(order_by), .max = 60},
    {.name = "query",         .kind = FIELD_TEXT,    .offset = N(query), .max = 16384},
    {.name = "queryString",   .kind = FIELD_TEXT,    .offset = N(query_string), .max = 4096},
    {.name = "row",           .kind = FIELD_INT,     .offset = N(row), .max = INT32_MAX},
    {.name = "sortFields",    .kind = FIELD_OBJECTS, .offset = N(sort_fields), .max = SORT_FIELDS_MAX, .more.table = &sort_table},
    {.name = "tenantId",      .kind = FIELD_UUID,    .offset = N(tenant_id)},
    {.name = "total",         .kind = FIELD_INT,     .offset = N(total), .max = INT64_MAX},
};
static const struct field_table next_table = FIELD_TABLE("NextResults", next_fields, struct next, NULL);
/* clang-format on */

enum { MEMBERSHIPS, REGISTRATIONS, PART_COUNT };
static const str parts[PART_COUNT] = {S("memberships"), S("registrations")};

struct page { /* one search on its way */
    struct rq *rq;
    struct criteria criteria;
    struct next next;
    struct api_user_query query;
    struct sort_field order[SORT_FIELDS_MAX];
    size_t order_count;
    struct json_out *out;
    int64_t matched, shown, looked_when_full;
    const struct api_user_hunt *hunt;
    struct api_user_place last; /* shown */
    struct sorted *sorted;
    bool has_left_out[PART_COUNT];
};

/* expand names the parts that are wanted; without it all are there. */
static enum err
read_expand(struct page *page)
{
    bool is_get = page->rq->http->method == HTTP_GET || page->rq->http->method == HTTP_HEAD;
    const struct json *body = NULL, *given;
    struct field_texts texts = {NULL, 0};
    enum err e = is_get ? api_query_all(page->rq, "expand", &texts) : rq_json(page->rq, &body);

    given = json_get(body, S("expand"));
    if (e != ERR_OK || (texts.count == 0 && (given == NULL || given->type != JSON_ARRAY))) {
        return e;
    }
    for (size_t part = 0; part < PART_COUNT; part++) {
        page->has_left_out[part] = true;
        for (size_t i = 0; i < texts.count; i++) {
            page->has_left_out[part] &= !str_eq(texts.items[i], parts[part]);
        }
        for (const struct json *v = given ? given->first : NULL; v != NULL; v = v->next) {
            str text;
            page->has_left_out[part] &= !(json_str(v, &text) && str_eq(text, parts[part]));
        }
    }
    return ERR_OK;
}

static void
put_expandable(const struct page *page)
{
    json_out_name(page->out, S("expandable"));
    json_out_array(page->out);
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (page->has_left_out[i]) {
            json_out_str(page->out, parts[i]);
        }
    }
    json_out_array_end(page->out);
}

static void
put_user(const struct page *page, const struct user *user)
{
    struct user shown = *user;

    if (page->has_left_out[MEMBERSHIPS]) {
        shown.memberships.count = 0;
    }
    if (page->has_left_out[REGISTRATIONS]) {
        shown.registrations.count = 0;
    }
    user_write(&shown, page->out);
}

/* The tenant under whose key nextResults is sealed. */
static enum err
sealing_tenant(struct rq *rq, const struct tenant **ret)
{
    struct uuid id;
    enum err e = api_is_bound(rq) ? api_tenant(rq) : tenant_default_id(rq, &id);

    if (e == ERR_OK && !api_is_bound(rq)) {
        e = tenant_load(rq, id, ret);
    } else {
        *ret = rq->tenant;
    }
    return e == ERR_OK && *ret == NULL ? api_not_found(rq) : e;
}

static struct seal_place
next_place(const struct tenant *tenant)
{
    return (struct seal_place){"search", "next", tenant->id, {{0}}};
}

static enum err
put_next(struct page *page)
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
    text =
        base64url_text(rq->arena, seal_put(rq, &tenant->key, next_place(tenant), str_bytes(text)));
    json_put_str(page->out, S("nextResults"), text);
    return text.n ? ERR_OK : FAIL_SERVER(rq);
}

static bool
open_next(struct rq *rq, const struct tenant *tenant, str sealed, struct next *ret)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {rq->arena, &faults};
    struct fault before = rq->fault;
    const struct json *value;
    bytes raw, plain;

    if (!base64url_decode(rq->arena, sealed, &raw)) {
        return false;
    }
    if (seal_get(rq, &tenant->key, next_place(tenant), raw, &plain) != ERR_OK) {
        rq->fault = before; /* somebody's own text, or another tenant's */
        return false;
    }
    return json_parse(rq->arena, bytes_str(plain), &value, NULL)
           && field_read(&reader, &next_table, FIELD_STORED, value, NO_STR, ret);
}

/* nextResults stands for the whole search it came from; how many rows is asked anew. */
static enum err
go_on(struct page *page)
{
    struct criteria *c = &page->criteria;
    const struct tenant *tenant = NULL;
    enum err e;

    if (c->next_results.n == 0) {
        page->next.query = c->query;
        page->next.query_string = c->query_string;
        page->next.order_by = c->base.order_by;
        page->next.accurate_total = c->accurate_total;
        page->next.sort_fields = c->sort_fields;
        page->next.row = c->base.start;
        return ERR_OK;
    }
    e = sealing_tenant(page->rq, &tenant);
    if (e == ERR_OK && !open_next(page->rq, tenant, c->next_results, &page->next)) {
        e = api_refuse(page->rq, "search.nextResults", "invalid",
            "Send nextResults as the last page gave it.");
    }
    c->base.start = page->next.row;
    return e;
}

static bool
add_order(struct page *page, str name, bool is_down)
{
    if (page->order_count == SORT_FIELDS_MAX || !search_sort_ok(name)) {
        return false;
    }
    page->order[page->order_count++] = (struct sort_field){NO_STR, name, is_down};
    return true;
}

/* "lastName ASC, insertInstant DESC" */
static bool
read_order_by(struct page *page, str text)
{
    str rest = text, part, name;

    while (str_cut(&rest, ',', &part)) {
        part = str_trim(part);
        name = str_head(part, str_find(part, ' '));
        part = str_trim(str_skip(part, name.n));
        if ((part.n && !str_ieq(part, S("asc")) && !str_ieq(part, S("desc")))
            || !add_order(page, name, str_ieq(part, S("desc")))) {
            return false;
        }
    }
    return true;
}

static enum err
read_order(struct page *page)
{
    const struct sort_field *fields = page->next.sort_fields.items;

    for (size_t i = 0; i < page->next.sort_fields.count; i++) {
        if (!add_order(page, fields[i].name, fields[i].order)) {
            return api_refuse(page->rq, "search.sortFields", "invalid",
                "People cannot be sorted by that: name a field such as lastName, email, login, "
                "insertInstant or data.x.");
        }
    }
    if (page->order_count == 0 && page->next.order_by.n
        && !read_order_by(page, page->next.order_by)) {
        return api_refuse(page->rq, "search.orderBy", "invalid",
            "Order by fields such as lastName or insertInstant, each followed by ASC or DESC.");
    }
    if (page->order_count == 1 && page->query.plan.count == 0
        && str_eq(page->order[0].name, S("insertInstant"))) {
        page->query.is_ascending = page->order[0].order == 0; /* as they come */
        page->order_count = 0;
    }
    return ERR_OK;
}

static enum err
found_in_order(void *ctx, struct rq *rq, const struct tenant *tenant, const struct user *user,
    bool *ret_is_enough)
{
    struct page *page = ctx;
    bool is_full = page->shown >= page->criteria.base.rows;

    (void)tenant;
    page->matched++;
    if (page->matched > page->criteria.base.start && !is_full) {
        put_user(page, user);
        page->shown++;
        page->last = page->hunt->place;
        page->looked_when_full = (int64_t)page->hunt->looked;
    }
    /* What follows is only for the total: counted by the plan if that is exact, else by looking on for a while. */
    *ret_is_enough =
        page->shown >= page->criteria.base.rows
        && (page->query.plan.is_exact || !uuid_is_nil(page->next.tenant_id)
            || (!page->next.accurate_total
                && (int64_t)page->hunt->looked - page->looked_when_full >= LOOKED_BEHIND_PAGE));
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

static enum err
total_of(struct page *page, const struct api_user_hunt *hunt, int64_t *ret)
{
    bool is_first = uuid_is_nil(page->next.tenant_id);
    int64_t count = 0;
    enum err e = ERR_OK;

    *ret = is_first ? page->matched : page->next.total;
    if (!is_first || hunt->is_at_end) {
        return ERR_OK;
    }
    if (page->next.accurate_total && !page->query.plan.is_exact) {
        return api_refuse(page->rq, "search.accurateTotal", "tooMany",
            "The query means too many people to count them: narrow it.");
    }
    e = api_user_query_count(
        page->rq, &page->query, page->next.accurate_total ? INT64_MAX : API_COUNTED, &count);
    *ret = page->next.accurate_total ? count : MIN(MAX(count, *ret), API_COUNTED);
    return e;
}

/* As they are found. */
static enum err
put_in_order(struct page *page, int64_t *ret_total)
{
    bool goes_on = !uuid_is_nil(page->next.tenant_id);
    bool has_to_count = page->next.accurate_total && !page->query.plan.is_exact && !goes_on;
    struct api_user_hunt hunt = {.query = &page->query,
        .max_looked = has_to_count ? API_LOOKED_ALL : API_LOOKED_PAGE,
        .place = {page->next.tenant_id, page->next.need, page->next.number, page->next.id},
        .found = found_in_order,
        .ctx = page};
    enum err e;

    page->criteria.base.start = goes_on ? 0 : page->criteria.base.start;
    page->hunt = &hunt;
    e = api_user_hunt_run(page->rq, &hunt);
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
    page->next.row = 0;
    page->next.total = *ret_total;
    return put_next(page);
}

struct sorted {          /* people found, by what they are sorted */
    struct arena *arena; /* of the request: what is found lies on one that is given back */
    struct found {
        struct uuid tenant_id, id;
        str keys[SORT_FIELDS_MAX];
        const struct page *page;
    } * of;
    size_t count;
    bool is_too_many;
};

static enum err
found_to_sort(void *ctx, struct rq *rq, const struct tenant *tenant, const struct user *user,
    bool *ret_is_enough)
{
    struct page *page = ctx;
    struct sorted *sorted = page->sorted;
    struct found *found = &sorted->of[sorted->count];

    if (sorted->count == SORTED_MAX) {
        sorted->is_too_many = true;
        *ret_is_enough = true;
        return ERR_OK;
    }
    found->tenant_id = tenant->id;
    found->id = user->id;
    found->page = page;
    for (size_t i = 0; i < page->order_count; i++) {
        str key = search_sort_key(rq->arena, user, page->order[i].name);
        found->keys[i] = str_dup(sorted->arena, str_head(key, SORT_KEY_MAX));
    }
    sorted->count++;
    return ERR_OK;
}

static int
by_order(const void *a, const void *b)
{
    const struct found *left = a, *right = b;

    for (size_t i = 0; i < left->page->order_count; i++) {
        bool is_down = left->page->order[i].order != 0;
        int order = str_cmp(left->keys[i], right->keys[i]);
        if (order != 0 && (left->keys[i].n == 0 || right->keys[i].n == 0)) {
            return left->keys[i].n == 0 ? 1 : -1; /* without it: last, either way */
        }
        if (order != 0) {
            return is_down ? -order : order;
        }
    }
    return str_cmp(bytes_str(uuid_bytes(&left->id)), bytes_str(uuid_bytes(&right->id)));
}

static enum err
put_one(struct page *page, struct uuid tenant_id, struct uuid id)
{
    struct rq *rq = page->rq;
    const struct tenant *tenant;
    struct api_scratch scratch;
    struct user *user = NULL;
    enum err e = tenant_load(rq, tenant_id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = user_load(rq, tenant, id, USER_REGISTRATIONS, &user);
    if (e == ERR_OK && user != NULL) {
        put_user(page, user);
        page->shown++;
    }
    e = e == ERR_OK && arena_failed(rq->arena) ? FAIL_SERVER(rq) : e;
    api_scratch_end(rq, &scratch);
    return e;
}

static enum err
gather(struct page *page, struct sorted *sorted)
{
    struct api_user_hunt hunt = {
        .query = &page->query, .max_looked = API_LOOKED_ALL, .found = found_to_sort, .ctx = page};
    enum err e;

    page->sorted = sorted;
    page->hunt = &hunt;
    e = api_user_hunt_run(page->rq, &hunt);
    if (e == ERR_OK && (sorted->is_too_many || !hunt.is_at_end)) {
        e = api_refuse(page->rq, "search.sortFields", "tooMany",
            "More than 10,000 people cannot be sorted: narrow the query, or take them in no "
            "order.");
    }
    return e;
}

static enum err
put_sorted(struct page *page, int64_t *ret_total)
{
    struct sorted sorted = {
        .arena = page->rq->arena, .of = ARENA_ARRAY(page->rq->arena, SORTED_MAX + 1, struct found)};
    size_t start = (size_t)MIN(page->next.row, (int64_t)SORTED_MAX);
    size_t end = start + (size_t)page->criteria.base.rows;
    enum err e;

    if (sorted.of == NULL) {
        return FAIL_SERVER(page->rq);
    }
    e = gather(page, &sorted);
    if (e == ERR_OK && sorted.count > 0) {
        qsort(sorted.of, sorted.count, sizeof *sorted.of, by_order);
    }
    for (size_t i = start; e == ERR_OK && i < end && i < sorted.count; i++) {
        e = put_one(page, sorted.of[i].tenant_id, sorted.of[i].id);
    }
    json_out_array_end(page->out);
    *ret_total = (int64_t)sorted.count;
    page->next.row = (int64_t)end;
    return e || end >= sorted.count || page->criteria.base.rows == 0 ? e : put_next(page);
}

static enum err
put_by_query(struct page *page, int64_t *ret_total)
{
    enum err e = go_on(page);

    if (e == ERR_OK && page->criteria.base.start > START_MAX) {
        e = api_refuse(page->rq, "search.startRow", "invalid",
            "Beyond 10,000 rows go on with nextResults of the page before.");
    }
    e = e ? e
          : api_user_query_read(
              page->rq, page->next.query_string, page->next.query, "search.", &page->query);
    e = e ? e : read_order(page);
    if (e != ERR_OK) {
        return e;
    }
    return page->order_count ? put_sorted(page, ret_total) : put_in_order(page, ret_total);
}

static enum err
put_by_ids(struct page *page, int64_t *ret_total)
{
    const struct tenant *tenant;
    struct uuid *ids;
    size_t count;
    enum err e = api_read_ids(page->rq, &page->criteria.ids, "search.ids", &ids, &count);

    if (e == ERR_OK && count > API_PAGE_MAX) {
        e = api_refuse(page->rq, "search.ids", "tooMany", "Ask for at most 500 ids at once.");
    }
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = api_user_tenant(page->rq, ids[i], &tenant);
        if (e == ERR_OK && tenant != NULL) {
            e = put_one(page, tenant->id, ids[i]);
        }
    }
    json_out_array_end(page->out);
    *ret_total = page->shown;
    return e;
}

enum err
api_user_search(struct rq *rq)
{
    struct page *page = ARENA_NEW(rq->arena, struct page);
    struct api_answer answer;
    int64_t total = 0;
    enum err e;

    if (page == NULL) {
        return FAIL_SERVER(rq);
    }
    page->rq = rq;
    page->out = &answer.out;
    e = api_criteria_read(rq, &api_user_criteria_table, &page->criteria);
    e = e ? e : api_faults(rq);
    e = e ? e : read_expand(page);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    if (buf_reserve(&answer.buf, (size_t)page->criteria.base.rows * USER_BYTES) == NULL) {
        return FAIL_SERVER(rq);
    }
    put_expandable(page);
    json_out_name(&answer.out, S("users"));
    json_out_array(&answer.out);
    e = page->criteria.ids.count ? put_by_ids(page, &total) : put_by_query(page, &total);
    json_put_i64(&answer.out, S("total"), total);
    return e ? e : api_answer_send(rq, &answer, 200);
}

/* What is written is found at once: there is nothing to refresh. */
enum err
api_user_search_refresh(struct rq *rq)
{
    return rq_answer_empty(rq, 200);
}
