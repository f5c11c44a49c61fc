/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and searches of applications. */
#include "flow/api/api_application.h"

#include <stdlib.h>

#include "flow/api/api_endpoints.h"
#include "flow/api/api_search.h"

enum { ROLES, SCOPES, PART_COUNT, SECRET = PART_COUNT, LEFT_OUT_COUNT };
static const str parts[PART_COUNT] = {S("roles"), S("scopes")};

static enum err
put_application(struct rq *rq, const void *ctx, struct uuid id, struct json_out *out)
{
    const bool *is_left_out = ctx;
    const struct application *app;
    struct application shown;
    enum err e = application_any(rq, id, &app);

    if (e == ERR_OK && app != NULL) {
        shown = *app;
        shown.roles.count = is_left_out[ROLES] ? 0 : app->roles.count;
        shown.scopes.count = is_left_out[SCOPES] ? 0 : app->scopes.count;
        if (is_left_out[SECRET] && !rq->is_operator) {
            shown.oauth.client_secret = NO_STR;
        }
        field_write(&application_table, api_audience(rq), &shown, out);
    }
    return e;
}

/* clang-format off */
static const char *const states[] = {"Active", "Inactive", "PendingDelete", NULL};
struct application_criteria {
    struct api_criteria base;
    struct uuid tenant_id;
    int state;
    bool is_universal;
    bool by_universal; /* only these, or only all others, as is_universal says */
};
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
    {.name = "state",     .kind = FIELD_ENUM, .offset = FIELD_AT(struct application_criteria, state), .default_int = -1, .more.names = states},
    {.name = "tenantId",  .kind = FIELD_UUID, .offset = FIELD_AT(struct application_criteria, tenant_id)},
    {.name = "universal", .kind = FIELD_BOOL, .offset = FIELD_AT(struct application_criteria, is_universal)},
};
const struct field_table api_application_criteria_table = FIELD_TABLE("ApplicationSearchCriteria", criteria_fields, struct application_criteria, NULL);
/* clang-format on */

static bool
is_wanted(const struct application_criteria *criteria, const struct application_name *name)
{
    bool is_in_state =
        criteria->state < 0 || criteria->state == (name->active ? STATE_ACTIVE : STATE_INACTIVE);

    return is_in_state
           && (!criteria->by_universal || criteria->is_universal == uuid_is_nil(name->tenant_id))
           && (criteria->base.name.n == 0 || api_name_matches(criteria->base.name, name->name));
}

static int
by_tenant_id(const void *a, const void *b)
{
    return uuid_cmp(((const struct tenant_name *)a)->id, ((const struct tenant_name *)b)->id);
}

/* What a search of "tenant ASC" sorts by. */
static str
tenant_of(const struct tenant_name *tenants, size_t count, struct uuid id)
{
    const struct tenant_name wanted = {.id = id};
    const struct tenant_name *found =
        bsearch(&wanted, tenants, count, sizeof *tenants, by_tenant_id);

    return found ? found->name : NO_STR;
}

/* Puts the names of their tenants in the places of hits' own, and the order by those in that of "tenant". */
static enum err
sort_by_tenant(struct rq *rq, struct application_criteria *criteria, struct application_name *names,
    size_t count)
{
    str order = criteria->base.order_by, word = str_head(order, S("tenant").n);
    struct tenant_name *tenants;
    size_t tenant_count;
    enum err e;

    if (!str_ieq(word, S("tenant"))) {
        return ERR_OK;
    }
    criteria->base.order_by =
        str_join(rq->arena, (str[]){S("name"), str_skip(order, word.n)}, 2, NO_STR);
    e = tenant_names(rq, API_NAMES_MAX, &tenants, &tenant_count);
    if (e == ERR_OK) {
        qsort(tenants, tenant_count, sizeof *tenants, by_tenant_id);
    }
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        names[i].name = tenant_of(tenants, tenant_count, names[i].tenant_id);
    }
    return e;
}

static enum err
find(struct rq *rq, struct application_criteria *criteria, struct api_hit **ret, size_t *ret_count)
{
    struct uuid of = criteria->tenant_id;
    struct application_name *names = NULL;
    size_t count = 0;
    enum err e = ERR_OK;

    if (api_is_bound(rq) && uuid_is_nil(of)) {
        e = api_tenant(rq);
        of = rq->tenant ? rq->tenant->id : of;
    }
    arena_allow(rq->arena, API_NAMES_ARENA);
    if (e == ERR_OK && (uuid_is_nil(of) || api_may_see(rq, of))) {
        e = application_names(rq, of, API_NAMES_MAX + 1, &names, &count);
    }
    if (e == ERR_OK && count > API_NAMES_MAX) {
        e = api_refuse(
            rq, "", "tooMany", "There are too many applications to search at once: name a tenant.");
    }
    *ret = ARENA_ARRAY(rq->arena, count, struct api_hit);
    *ret_count = 0;
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        if (is_wanted(criteria, &names[i])) {
            names[(*ret_count)++] = names[i];
        }
    }
    e = e ? e : sort_by_tenant(rq, criteria, names, *ret_count);
    for (size_t i = 0; e == ERR_OK && *ret != NULL && i < *ret_count; i++) {
        (*ret)[i] = (struct api_hit){names[i].id, names[i].name, names[i].insert_instant};
    }
    return e || *ret ? e : FAIL_SERVER(rq);
}

static enum err
put_page(struct rq *rq, const struct api_hit *hits, size_t count,
    const bool is_left_out[static LEFT_OUT_COUNT], struct json_out *out)
{
    const struct api_hits how = {S("applications"), put_application, is_left_out};

    return api_hits_write(rq, &how, hits, count, out);
}

/* Leaving it out is neither true nor false. */
static enum err
read_universal(struct rq *rq, bool *ret_is_given)
{
    const struct json *search = NULL, *given;
    enum err e = ERR_OK;

    if (rq->http->method == HTTP_GET || rq->http->method == HTTP_HEAD) {
        e = api_criteria_query(rq, &api_application_criteria_table, &search);
    } else {
        e = rq_json(rq, &search);
        search = json_get(search, S("search"));
    }
    given = json_get(search, S("universal"));
    *ret_is_given = given != NULL && given->type != JSON_NULL;
    return e;
}

enum err
api_application_search(struct rq *rq)
{
    struct application_criteria criteria;
    struct api_answer answer;
    struct api_hit *hits = NULL;
    size_t count = 0, total = 0;
    bool is_left_out[LEFT_OUT_COUNT] = {[SECRET] = true}; /* FusionAuth since 1.62 */
    enum err e = api_criteria_read(rq, &api_application_criteria_table, &criteria);

    e = e ? e : read_universal(rq, &criteria.by_universal);
    e = e ? e : api_expand_read(rq, parts, PART_COUNT, is_left_out);
    e = e ? e : find(rq, &criteria, &hits, &count);
    e = e ? e : api_page_of(rq, &criteria.base, hits, &count, &hits, &total);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    e = put_page(rq, hits, count, is_left_out, &answer.out);
    api_expand_put(parts, PART_COUNT, is_left_out, &answer.out);
    json_put_i64(&answer.out, S("total"), (int64_t)total);
    return e ? e : api_answer_send(rq, &answer, 200);
}

/* All active ones, or with ?inactive=true all others. */
enum err
api_application_list(struct rq *rq)
{
    struct application_criteria criteria = {
        .state = api_flag(rq, "inactive") ? STATE_INACTIVE : STATE_ACTIVE,
        .is_universal = true,
        .by_universal = api_flag(rq, "universal")};
    struct api_answer answer;
    struct api_hit *hits = NULL;
    size_t count = 0;
    enum err e = find(rq, &criteria, &hits, &count);

    if (e == ERR_OK && count > API_LIST_MAX) {
        e = api_refuse(
            rq, "", "tooMany", "There are too many applications to list at once: use the search.");
    }
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    e = put_page(rq, hits, count, (const bool[LEFT_OUT_COUNT]){false}, &answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}
