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

/* expand names the parts that are wanted; without it all are there. */
static enum err
read_expand(struct expanded_page *page)
{
    bool is_get =
        page->base.rq->http->method == HTTP_GET || page->base.rq->http->method == HTTP_HEAD;
    const struct json *body = NULL, *given;
    struct field_texts texts = {NULL, 0};
    enum err e =
        is_get ? api_query_all(page->base.rq, "expand", &texts) : rq_json(page->base.rq, &body);

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
put_expandable(const struct expanded_page *page)
{
    json_out_name(page->base.out, S("expandable"));
    json_out_array(page->base.out);
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (page->has_left_out[i]) {
            json_out_str(page->base.out, parts[i]);
        }
    }
    json_out_array_end(page->base.out);
}

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
sort_key(struct arena *arena, const void *thing, str name)
{
    return search_sort_key(arena, thing, name);
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
    e = e ? e : read_expand(page);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    if (buf_reserve(&answer.buf, (size_t)page->base.criteria.base.rows * USER_BYTES) == NULL) {
        return FAIL_SERVER(rq);
    }
    put_expandable(page);
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
