/* SPDX-License-Identifier: Apache-2.0 */
/* Lists and searches of tenants. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_search.h"
#include "flow/api/api_tenant.h"

/* clang-format off */
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
};
const struct field_table api_tenant_criteria_table = FIELD_TABLE("TenantSearchCriteria", criteria_fields, struct api_criteria, NULL);
/* clang-format on */

static enum err
put_tenant(struct rq *rq, const void *ctx, struct uuid id, struct json_out *out)
{
    const struct tenant *tenant;
    enum err e = tenant_load(rq, id, &tenant);

    (void)ctx;
    if (e == ERR_OK && tenant != NULL) {
        api_tenant_write(rq, tenant, out);
    }
    return e;
}

/* As FusionAuth since 1.62: secrets are shown by lists and retrieved ones, by no search. */
static enum err
put_found(struct rq *rq, const void *ctx, struct uuid id, struct json_out *out)
{
    const struct tenant *tenant;
    struct tenant shown;
    enum err e = tenant_load(rq, id, &tenant);

    (void)ctx;
    if (e == ERR_OK && tenant != NULL) {
        shown = *tenant;
        shown.mail.password = rq->is_operator ? shown.mail.password : NO_STR;
        api_tenant_write(rq, &shown, out);
    }
    return e;
}

static const struct api_hits listed = {.plural = S("tenants"), .put = put_tenant},
                             searched = {.plural = S("tenants"), .put = put_found};

enum err
api_tenant_list(struct rq *rq)
{
    struct api_answer answer;
    struct api_hit *hits;
    struct uuid *ids;
    size_t count = 0;
    enum err e = api_tenants(rq, &ids, &count);

    hits = ARENA_ARRAY(rq->arena, MAX(count, 1), struct api_hit);
    if (e != ERR_OK || hits == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (size_t i = 0; i < count; i++) {
        hits[i].id = ids[i];
    }
    api_answer_start(rq, &answer);
    e = api_hits_write(rq, &listed, hits, count, &answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}

static enum err
find(struct rq *rq, const struct api_criteria *criteria, struct api_hit **ret, size_t *ret_count)
{
    struct tenant_name *names = NULL;
    size_t count = 0;
    enum err e;

    arena_allow(rq->arena, API_NAMES_ARENA);
    e = tenant_names(rq, API_NAMES_MAX + 1, &names, &count);
    if (e != ERR_OK) {
        return e;
    }
    if (count > API_NAMES_MAX) {
        return api_refuse(rq, "", "tooMany", "There are too many tenants to search by name.");
    }
    *ret = ARENA_ARRAY(rq->arena, count, struct api_hit);
    *ret_count = 0;
    for (size_t i = 0; *ret != NULL && i < count; i++) {
        if (api_may_see(rq, names[i].id)
            && (criteria->name.n == 0 || api_name_matches(criteria->name, names[i].name))) {
            (*ret)[(*ret_count)++] =
                (struct api_hit){names[i].id, names[i].name, names[i].insert_instant};
        }
    }
    return *ret ? ERR_OK : FAIL_SERVER(rq);
}

enum err
api_tenant_search(struct rq *rq)
{
    struct api_criteria criteria;
    struct api_answer answer;
    struct api_hit *hits = NULL;
    size_t count = 0, total = 0;
    enum err e = api_criteria_read(rq, &api_tenant_criteria_table, &criteria);

    e = e ? e : find(rq, &criteria, &hits, &count);
    e = e ? e : api_page_of(rq, &criteria, hits, &count, &hits, &total);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    e = api_hits_write(rq, &searched, hits, count, &answer.out);
    json_put_i64(&answer.out, S("total"), (int64_t)total);
    return e ? e : api_answer_send(rq, &answer, 200);
}
