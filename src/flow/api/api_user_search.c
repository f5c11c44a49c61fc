/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/search and /api/user/bulk. People are found by ids, or by one login id: everything else
 * about them is sealed. A query that would need more is refused, never answered with too few. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_search.h"
#include "flow/api/api_user.h"

enum { BULK_MAX = 500 };

struct criteria { /* type UserSearchCriteria */
    struct api_criteria base;
    struct field_texts ids;
    str query, query_string, next_results;
    bool accurate_total;
};
/* clang-format off */
#define C(member) FIELD_AT(struct criteria, member)
static const struct field criteria_fields[] = {
    API_CRITERIA_FIELDS,
    {.name = "accurateTotal", .kind = FIELD_BOOL,  .offset = C(accurate_total)}, /* it always is */
    {.name = "ids",           .kind = FIELD_UUIDS, .offset = C(ids)},
    {.name = "nextResults",   .kind = FIELD_LATER},
    {.name = "query",         .kind = FIELD_TEXT,  .offset = C(query), .max = 8192},
    {.name = "queryString",   .kind = FIELD_TEXT,  .offset = C(query_string), .max = 1024},
    {.name = "sortFields",    .kind = FIELD_LATER},
};
const struct field_table api_user_criteria_table = FIELD_TABLE("UserSearchCriteria", criteria_fields, struct criteria, NULL);
/* clang-format on */

/* "email:ann@example.com" to its two halves; the quotes of a phrase fall away. */
static bool
split_query(str query, str *ret_type, str *ret_value)
{
    static const char *const types[] = {"email", "username", "phoneNumber"};
    size_t colon = str_find(query, ':');
    str value = str_trim(query);

    *ret_type = NO_STR;
    for (size_t i = 0; i < COUNT(types); i++) {
        if (str_eq(str_trim(str_head(query, colon)), str_from(types[i])) && colon < query.n) {
            *ret_type = str_from(types[i]);
            value = str_trim(str_skip(query, colon + 1));
        }
    }
    if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"') {
        value = str_head(str_skip(value, 1), value.n - 2);
    }
    for (size_t i = 0; i < value.n; i++) {
        if (memchr("*?~^:()[]{}\"\\/ \t\r\n", value.p[i], 19) != NULL) {
            return false;
        }
    }
    *ret_value = value;
    /* A bare word may be a name, which we could not find: only what has an @ is surely a login
     * id. */
    return value.n > 0 && (ret_type->n || str_find(value, '@') < value.n);
}

static enum err
put_user(struct rq *rq, const struct user *user, struct json_out *out, int64_t *total)
{
    if (user != NULL) {
        user_write(user, out);
        (*total)++;
    }
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

/* One person after the other, each on memory that is given back: hundreds would not fit. What may
 * be refused, and what the request keeps, comes before. */
static enum err
put_by_id(struct rq *rq, struct uuid id, struct json_out *out, int64_t *total)
{
    const struct tenant *tenant;
    struct api_scratch scratch;
    struct user *user;
    enum err e = api_user_tenant(rq, id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = user_load(rq, tenant, id, USER_REGISTRATIONS, &user);
    e = e ? e : put_user(rq, user, out, total);
    api_scratch_end(rq, &scratch);
    return e;
}

static enum err
put_by_login_id(
    struct rq *rq, const struct criteria *criteria, struct json_out *out, int64_t *total)
{
    struct user *user = NULL;
    str type, value;
    enum err e;

    if (!split_query(criteria->query_string, &type, &value)) {
        return api_refuse(rq, "search.queryString", "notSupported",
            "Only one whole login id can be searched for: an email address, or "
            "email:, username: or phoneNumber: before it.");
    }
    e = api_tenant(rq);
    e = e ? e : user_find(rq, rq->tenant, value, USER_REGISTRATIONS, &user);
    if (e == ERR_OK && user != NULL && type.n
        && !api_user_has(rq, user, value, &(struct field_texts){&type, 1})) {
        user = NULL;
    }
    if (e != ERR_OK || criteria->base.start > 0 || criteria->base.rows == 0) {
        *total = user != NULL;
        return e;
    }
    return put_user(rq, user, out, total);
}

static enum err
put_all(struct rq *rq, const struct criteria *criteria, struct json_out *out, int64_t *total)
{
    struct uuid *ids;
    size_t count;
    enum err e = api_read_ids(rq, &criteria->ids, "search.ids", &ids, &count);

    if (e == ERR_OK && count > API_PAGE_MAX) {
        e = api_refuse(rq, "search.ids", "tooMany", "Ask for at most 500 ids at once.");
    }
    if (e == ERR_OK && count == 0 && criteria->query.n) {
        e = api_refuse(rq, "search.query", "notSupported",
            "Raw queries cannot be answered: search for ids, or for one login id.");
    }
    if (e == ERR_OK && count == 0) {
        return put_by_login_id(rq, criteria, out, total);
    }
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = put_by_id(rq, ids[i], out, total);
    }
    return e;
}

enum err
api_user_search(struct rq *rq)
{
    struct criteria criteria;
    struct api_answer answer;
    int64_t total = 0;
    enum err e = api_criteria_read(rq, &api_user_criteria_table, &criteria);

    e = e ? e : api_faults(rq);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_put_raw(&answer.out, S("expandable"), S("[]"));
    json_out_name(&answer.out, S("users"));
    json_out_array(&answer.out);
    e = put_all(rq, &criteria, &answer.out, &total);
    json_out_array_end(&answer.out);
    json_put_i64(&answer.out, S("total"), total);
    return e ? e : api_answer_send(rq, &answer, 200);
}

struct bulk { /* type UserDeleteRequest */
    struct field_texts ids;
    bool dry_run, hard;
    int64_t limit;
    str event_info;
};
/* clang-format off */
#define B(member) FIELD_AT(struct bulk, member)
static const struct field bulk_fields[] = {
    {.name = "dryRun",      .kind = FIELD_BOOL,  .offset = B(dry_run)},
    {.name = "eventInfo",   .kind = FIELD_JSON,  .offset = B(event_info), .max = 8192},
    {.name = "hardDelete",  .kind = FIELD_BOOL,  .offset = B(hard)},
    {.name = "limit",       .kind = FIELD_INT,   .offset = B(limit), .min = 0, .max = 10000, .default_int = 10000},
    {.name = "query",       .kind = FIELD_LATER},
    {.name = "queryString", .kind = FIELD_LATER},
    {.name = "userIds",     .kind = FIELD_UUIDS, .offset = B(ids)},
};
const struct field_table api_user_bulk_table = FIELD_TABLE("UserDeleteRequest", bulk_fields, struct bulk, NULL);
/* clang-format on */

/* The body's word, or the query string's: ?userId=a&userId=b&hardDelete=true. */
static enum err
read_bulk(struct rq *rq, struct bulk *ret, struct uuid **ret_ids, size_t *ret_count)
{
    const struct json *body;
    struct field_texts given[4] = {{NULL, 0}};
    enum err e = api_body(rq, NULL, &api_user_bulk_table, ret, &body);

    e = e ? e : api_faults(rq);
    e = e ? e : api_query_all(rq, "userId", &given[0]);
    e = e ? e : api_query_all(rq, "dryRun", &given[1]);
    e = e ? e : api_query_all(rq, "hardDelete", &given[2]);
    e = e ? e : api_query_all(rq, "queryString", &given[3]);
    if (e != ERR_OK) {
        return e;
    }
    if (given[0].count) {
        ret->ids = given[0];
    }
    ret->dry_run = ret->dry_run || (given[1].count && str_eq(given[1].items[0], S("true")));
    ret->hard = ret->hard || (given[2].count && str_eq(given[2].items[0], S("true")));
    if (ret->ids.count == 0) {
        return api_refuse(rq, given[3].count ? "queryString" : "userId",
            given[3].count ? "notSupported" : "missing", "Name the users by their ids.");
    }
    if (ret->ids.count > BULK_MAX) {
        return api_refuse(rq, "userId", "tooMany", "Name at most 500 users at once.");
    }
    return api_read_ids(rq, &ret->ids, "userId", ret_ids, ret_count);
}

/* Is there such a person? Looked at on memory that is given back. */
static enum err
is_there(struct rq *rq, const struct tenant *tenant, struct uuid id, bool *ret)
{
    struct api_scratch scratch;
    struct user *user;
    enum err e;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = user_load(rq, tenant, id, USER_PLAIN, &user);
    *ret = e == ERR_OK && user != NULL;
    api_scratch_end(rq, &scratch);
    return e;
}

static enum err
deactivate(struct rq *rq, const struct tenant *tenant, struct uuid id)
{
    struct user *user;
    enum err e = user_load(rq, tenant, id, USER_PLAIN, &user);

    return e || user == NULL || !user->active ? e : api_user_set_active(rq, tenant, user, false);
}

static enum err
end_one(struct rq *rq, struct uuid id, const struct bulk *bulk, bool *ret_found)
{
    const struct user who = {.id = id}; /* what ends a person knows no more of them */
    const struct tenant *tenant;
    enum err e = api_user_tenant(rq, id, &tenant);

    if (e == ERR_OK && tenant != NULL) {
        e = is_there(rq, tenant, id, ret_found);
    }
    if (e != ERR_OK || !*ret_found || bulk->dry_run) {
        return e;
    }
    return bulk->hard ? api_user_end(rq, tenant, &who) : deactivate(rq, tenant, id);
}

static bool
stands_before(const struct uuid *ids, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (uuid_eq(ids[j], ids[i])) {
            return true;
        }
    }
    return false;
}

/* All of them in one write set: all, or none. */
enum err
api_user_bulk_delete(struct rq *rq)
{
    struct api_answer answer;
    struct bulk bulk;
    struct uuid *ids;
    int64_t total = 0;
    size_t count = 0;
    bool is_found;
    enum err e = read_bulk(rq, &bulk, &ids, &count);

    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_put_bool(&answer.out, S("dryRun"), bulk.dry_run);
    json_put_bool(&answer.out, S("hardDelete"), bulk.hard);
    json_out_name(&answer.out, S("userIds"));
    json_out_array(&answer.out);
    for (size_t i = 0; e == ERR_OK && i < count && total < bulk.limit; i++) {
        is_found = false;
        if (!stands_before(ids, i)) {
            e = end_one(rq, ids[i], &bulk, &is_found);
        }
        if (is_found) {
            json_out_str(&answer.out, uuid_text(rq->arena, ids[i]));
            total++;
        }
    }
    json_out_array_end(&answer.out);
    json_put_i64(&answer.out, S("total"), total);
    return e ? e : api_answer_send(rq, &answer, 200);
}
