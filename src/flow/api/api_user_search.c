/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/search: people by ids, by a query string or by a raw query (api_query.h). */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_tables.h"
#include "flow/api/api_user.h"
#include "flow/api/api_user_query.h"

enum { USER_BYTES = 800 }; /* of an answer */

enum { MEMBERSHIPS, REGISTRATIONS, PART_COUNT };
static const str parts[PART_COUNT] = {S("memberships"), S("registrations")};

struct expanded_page {
    struct api_query_page base; /* comes first: put_user gets the page back */
    bool has_left_out[PART_COUNT];
};

static void
put_user(const struct api_query_page *base, const void *thing)
{
    const struct expanded_page *page = (const struct expanded_page *)base;
    struct user shown = *(const struct user *)thing;

    if (page->has_left_out[MEMBERSHIPS]) {
        shown.memberships.count = 0;
    }
    if (page->has_left_out[REGISTRATIONS]) {
        shown.registrations.count = 0;
    }
    user_write(&shown, base->out);
}

static enum err
load_user(struct rq *rq, const struct tenant *tenant, struct uuid id, const void **ret)
{
    struct user *user = NULL;
    enum err e = user_load(rq, tenant, id, USER_REGISTRATIONS, &user);

    *ret = user;
    return e;
}

static str
sort_key(struct arena *arena, const void *thing, str name, bool is_down)
{
    return search_sort_key(arena, thing, name, is_down);
}

static const struct api_query_kind kind = {
    .scope = &search_people,
    .name = "next",
    .no_order = "People cannot be sorted by that: name a field such as lastName, email, login, "
                "insertInstant or data.x.",
    .hunt = api_user_hunt_run,
    .count = api_user_query_count,
    .sort_key = sort_key,
    .put = put_user,
    .load = load_user,
    .tenant_of = api_user_tenant,
};

enum err
api_user_search(struct rq *rq)
{
    struct expanded_page *page = ARENA_NEW(rq->arena, struct expanded_page);
    struct api_answer answer;
    enum err e;

    if (page == NULL) {
        return FAIL_SERVER(rq);
    }
    page->base.rq = rq;
    page->base.kind = &kind;
    page->base.out = &answer.out;
    e = api_query_criteria_read(&page->base, &api_user_criteria_table);
    e = e ? e : api_expand_read(rq, parts, PART_COUNT, page->has_left_out);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    if (buf_reserve(&answer.buf, (size_t)page->base.criteria.base.rows * USER_BYTES) == NULL) {
        return FAIL_SERVER(rq);
    }
    api_expand_put(parts, PART_COUNT, page->has_left_out, page->base.out);
    json_out_name(&answer.out, S("users"));
    json_out_array(&answer.out);
    e = api_query_put(&page->base);
    return e ? e : api_answer_send(rq, &answer, 200);
}

/* What is written is found at once: there is nothing to refresh. */
enum err
api_user_search_refresh(struct rq *rq)
{
    return rq_answer_empty(rq, 200);
}
