/* SPDX-License-Identifier: Apache-2.0 */
/* DELETE /api/user/bulk: people by ids or by query, at most 10,000 at once, all of them in one write set: all, or none.
 * Deviation: ids are at most 500. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_search.h"
#include "flow/api/api_tables.h"
#include "flow/api/api_user.h"
#include "flow/api/api_user_query.h"

enum { BULK_MAX = 500, BULK_BYTES = 512 * 1024 * 1024 };

struct bulk { /* type UserDeleteRequest */
    struct field_texts ids;
    bool dry_run, hard;
    int64_t limit;
    str event_info, query, query_string;
};
/* clang-format off */
#define B(member) FIELD_AT(struct bulk, member)
static const struct field bulk_fields[] = {
    {.name = "dryRun",      .kind = FIELD_BOOL,  .offset = B(dry_run)},
    {.name = "eventInfo",   .kind = FIELD_JSON,  .offset = B(event_info), .max = 8192},
    {.name = "hardDelete",  .kind = FIELD_BOOL,  .offset = B(hard)},
    {.name = "limit",       .kind = FIELD_INT,   .offset = B(limit), .min = 0, .max = 10000, .default_int = 10000},
    {.name = "query",       .kind = FIELD_TEXT,  .offset = B(query), .max = 16384},
    {.name = "queryString", .kind = FIELD_TEXT,  .offset = B(query_string), .max = 4096},
    {.name = "userIds",     .kind = FIELD_UUIDS, .offset = B(ids)},
};
const struct field_table api_user_bulk_table = FIELD_TABLE("UserDeleteRequest", bulk_fields, struct bulk, NULL);
/* clang-format on */

/* The body's word, or the query string's: ?userId=a&userId=b&hardDelete=true. */
static enum err
read_bulk(struct rq *rq, struct bulk *ret)
{
    const struct json *body;
    struct field_texts ids = {NULL, 0};
    enum err e = api_body(rq, NULL, &api_user_bulk_table, ret, &body);

    e = e ? e : api_faults(rq);
    e = e ? e : api_query_all(rq, "userId", &ids);
    if (e != ERR_OK) {
        return e;
    }
    ret->ids = ids.count ? ids : ret->ids;
    ret->dry_run = ret->dry_run || api_flag(rq, "dryRun");
    ret->hard = ret->hard || api_flag(rq, "hardDelete");
    if (ret->query_string.n == 0) {
        ret->query_string = rq_query_get(rq, S("queryString"));
    }
    if (ret->ids.count == 0 && ret->query_string.n == 0 && ret->query.n == 0) {
        return api_refuse(rq, "userId", "missing", "Name the users by their ids, or by a query.");
    }
    if (ret->ids.count > BULK_MAX) {
        return api_refuse(rq, "userId", "tooMany", "Name at most 500 users at once.");
    }
    return ERR_OK;
}

struct meant { /* people a query means */
    struct uuid *ids;
    size_t count, max;
};

static enum err
found(void *ctx, struct rq *rq, const struct tenant *tenant, const void *thing, bool *ret_is_enough)
{
    const struct user *user = thing;
    struct meant *meant = ctx;

    (void)rq;
    (void)tenant;
    meant->ids[meant->count++] = user->id;
    *ret_is_enough = meant->count == meant->max;
    return ERR_OK;
}

/* A query that means more than the limit gives the first of them: who calls again ends the others. */
static enum err
read_meant(struct rq *rq, const struct bulk *bulk, struct meant *ret)
{
    struct api_query query;
    struct api_hunt hunt = {
        .query = &query, .max_looked = API_LOOKED_ALL, .found = found, .ctx = ret};
    enum err e;

    if (bulk->ids.count) {
        return api_read_ids(rq, &bulk->ids, "userId", &ret->ids, &ret->count);
    }
    ret->max = (size_t)bulk->limit;
    ret->ids = ARENA_ARRAY(rq->arena, MAX(ret->max, 1), struct uuid);
    if (ret->ids == NULL || ret->max == 0) {
        return ret->ids ? ERR_OK : FAIL_SERVER(rq);
    }
    e = api_query_read(rq, &search_people, bulk->query_string, bulk->query, "", &query);
    e = e ? e : api_user_hunt_run(rq, &hunt);
    if (e == ERR_OK && !hunt.is_at_end && ret->count < ret->max) {
        e = api_refuse(rq, bulk->query.n ? "query" : "queryString", "tooMany",
            "Too many people would have to be looked at: narrow the query.");
    }
    return e;
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
    struct meant meant = {NULL, 0, 0};
    struct api_answer answer;
    struct bulk bulk;
    int64_t total = 0;
    bool is_found;
    enum err e = read_bulk(rq, &bulk);

    arena_allow(rq->arena, BULK_BYTES);
    e = e ? e : read_meant(rq, &bulk, &meant);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_put_bool(&answer.out, S("dryRun"), bulk.dry_run);
    json_put_bool(&answer.out, S("hardDelete"), bulk.hard);
    json_out_name(&answer.out, S("userIds"));
    json_out_array(&answer.out);
    for (size_t i = 0; e == ERR_OK && i < meant.count && total < bulk.limit; i++) {
        is_found = false;
        if (bulk.ids.count == 0 || !stands_before(meant.ids, i)) { /* a query finds nobody twice */
            e = end_one(rq, meant.ids[i], &bulk, &is_found);
        }
        if (is_found) {
            json_out_str(&answer.out, uuid_text(rq->arena, meant.ids[i]));
            total++;
        }
    }
    json_out_array_end(&answer.out);
    json_put_i64(&answer.out, S("total"), total);
    return e ? e : api_answer_send(rq, &answer, 200);
}
