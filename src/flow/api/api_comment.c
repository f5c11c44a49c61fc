/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/comment. Comments are sealed, so a search opens them one after the other: of a person, or of a tenant with
 * at most SEARCHED_MAX. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_people.h"
#include "flow/api/api_search.h"
#include "flow/api/api_tables.h"
#include "model/comment/comment.h"

#include <stdlib.h>

enum { SEARCHED_MAX = 20000 };

enum err
api_comment_create(struct rq *rq)
{
    const struct tenant *tenant = NULL;
    struct comment comment;
    struct user *user;
    enum err e = api_people_read(rq, "userComment", comment_kind.table, &comment);

    if (e == ERR_OK && !uuid_is_nil(comment.head.user_id)) {
        e = api_people_find(rq, comment.head.user_id, "userComment.userId", &tenant, &user);
    }
    e = e ? e : api_people_check(rq, comment.commenter_id, "userComment.commenterId");
    e = e ? e : api_faults(rq);
    e = e ? e : dossier_add(rq, tenant, &comment_kind, &comment);
    e = e ? e : api_people_note(rq, tenant, "user.comment", &comment_kind, NULL, &comment);
    return e ? e : api_people_answer(rq, "userComment", &comment_kind, &comment);
}

enum err
api_comment_retrieve(struct rq *rq)
{
    const struct tenant *tenant;
    struct dossier_list list;
    struct api_answer answer;
    struct user *user;
    struct uuid id;
    enum err e = rq_segment_id(rq, 0, "userId", &id);

    e = e ? e : api_user_find(rq, id, &tenant, &user);
    if (e == ERR_OK && user == NULL) {
        return api_not_found(rq);
    }
    e = e ? e : dossier_of_user(rq, tenant, &comment_kind, id, &list);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("userComments"));
    json_out_array(&answer.out);
    for (size_t i = 0; i < list.count; i++) {
        field_write(comment_kind.table, FIELD_FOR_API, list.items[i], &answer.out);
    }
    json_out_array_end(&answer.out);
    return api_answer_send(rq, &answer, 200);
}

/* clang-format off */
struct criteria {
    struct api_criteria base;
    str comment;
    struct uuid commenter_id, tenant_id, user_id;
};
#define C(member) FIELD_AT(struct criteria, member)
static const struct field criteria_fields[] = {
    {.name = "comment",     .kind = FIELD_TEXT, .offset = C(comment)},
    {.name = "commenterId", .kind = FIELD_UUID, .offset = C(commenter_id)},
    API_CRITERIA_FIELDS,
    {.name = "tenantId",    .kind = FIELD_UUID, .offset = C(tenant_id)},
    {.name = "userId",      .kind = FIELD_UUID, .offset = C(user_id)},
};
const struct field_table api_comment_criteria_table = FIELD_TABLE("UserCommentSearchCriteria", criteria_fields, struct criteria, NULL);
/* clang-format on */

struct search { /* one search on its way */
    struct rq *rq;
    struct criteria criteria;
    struct arena *keep; /* outlives each batch */
    struct found {
        struct found *next;
        struct comment comment;
    } * found;
    size_t count, seen;
};

static bool
is_wanted(const struct criteria *c, const struct comment *comment)
{
    return (uuid_is_nil(c->commenter_id) || uuid_eq(c->commenter_id, comment->commenter_id))
           && (uuid_is_nil(c->user_id) || uuid_eq(c->user_id, comment->head.user_id))
           && (c->comment.n == 0 || api_name_matches(c->comment, comment->text));
}

static enum err
keep(struct search *s, const struct dossier_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct comment *comment = list->items[i];
        struct found *found =
            is_wanted(&s->criteria, comment) ? ARENA_NEW(s->keep, struct found) : NULL;
        if (found != NULL) {
            *found = (struct found){s->found, *comment};
            found->comment.text = str_dup(s->keep, comment->text);
            s->found = found;
            s->count++;
        }
    }
    s->seen += list->count;
    return arena_failed(s->keep) ? FAIL_SERVER(s->rq) : ERR_OK;
}

/* The next DOSSIER_MAX after *after, opened on memory that is given back. */
static enum err
look_at_batch(struct search *s, const struct tenant *tenant, struct uuid *after, bool *ret_is_last)
{
    struct api_scratch scratch;
    struct dossier_list list;
    enum err e;

    if (!api_scratch_begin(s->rq, &scratch)) {
        return FAIL_SERVER(s->rq);
    }
    e = dossier_of_tenant(s->rq, tenant, &comment_kind, *after, &list);
    e = e ? e : keep(s, &list);
    *ret_is_last = e != ERR_OK || list.count < DOSSIER_MAX;
    if (e == ERR_OK && list.count) {
        *after = ((const struct dossier *)list.items[list.count - 1])->id;
    }
    api_scratch_end(s->rq, &scratch);
    return e;
}

static enum err
look_at_tenant(struct search *s, struct uuid id)
{
    const struct tenant *tenant;
    struct uuid after = {{0}};
    bool is_last = false;
    enum err e = tenant_load(s->rq, id, &tenant);

    while (e == ERR_OK && tenant != NULL && !is_last) {
        e = look_at_batch(s, tenant, &after, &is_last);
        if (e == ERR_OK && s->seen > SEARCHED_MAX) {
            e = api_refuse(s->rq, "search.userId", "tooMany",
                "There are too many comments to look at: name the user, or a tenant.");
        }
    }
    return e;
}

static enum err
look_at_person(struct search *s)
{
    const struct tenant *tenant;
    struct dossier_list list;
    enum err e = api_user_tenant(s->rq, s->criteria.user_id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    e = dossier_of_user(s->rq, tenant, &comment_kind, s->criteria.user_id, &list);
    return e ? e : keep(s, &list);
}

static enum err
look(struct search *s)
{
    struct uuid *ids;
    size_t count;
    enum err e;

    if (!uuid_is_nil(s->criteria.user_id)) {
        return look_at_person(s);
    }
    e = api_tenants(s->rq, &ids, &count);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        if (api_is_bound(s->rq) || uuid_is_nil(s->criteria.tenant_id)
            || uuid_eq(s->criteria.tenant_id, ids[i])) {
            e = look_at_tenant(s, ids[i]);
        }
    }
    return e;
}

enum order { BY_INSTANT, BY_COMMENT, BY_COMMENTER, BY_ID, BY_TENANT, BY_USER, ORDER_COUNT };
static const char *const orders[ORDER_COUNT] = {
    "insertInstant", "comment", "commenterId", "id", "tenantId", "userId"};

struct sorting {
    enum order by;
    bool is_down;
};

static int
compare(const void *a, const void *b, void *ctx)
{
    const struct comment *left = *(const struct comment *const *)a;
    const struct comment *right = *(const struct comment *const *)b;
    const struct sorting *sorting = ctx;
    const int by[ORDER_COUNT] = {
        [BY_INSTANT] = (left->head.insert_instant > right->head.insert_instant)
                       - (left->head.insert_instant < right->head.insert_instant),
        [BY_COMMENT] = str_cmp(left->text, right->text),
        [BY_COMMENTER] = uuid_cmp(left->commenter_id, right->commenter_id),
        [BY_TENANT] = uuid_cmp(left->head.tenant_id, right->head.tenant_id),
        [BY_USER] = uuid_cmp(left->head.user_id, right->head.user_id),
    };
    int order = by[sorting->by];

    order = order ? order : uuid_cmp(left->head.id, right->head.id);
    return sorting->is_down ? -order : order;
}

/* order = [ name [ SP ( "ASC" / "DESC" ) ] ] */
static bool
read_order(str words, struct sorting *ret)
{
    str name = str_head(words, str_find(words, ' ')), way = str_trim(str_skip(words, name.n));

    *ret = (struct sorting){BY_INSTANT, str_ieq(way, S("DESC"))};
    if (!ret->is_down && way.n && !str_ieq(way, S("ASC"))) {
        return false;
    }
    for (size_t i = 0; i < COUNT(orders); i++) {
        if (str_eq(name, str_from(orders[i]))) {
            ret->by = (enum order)i;
            return true;
        }
    }
    return name.n == 0;
}

static enum err
answer_page(struct search *s, struct sorting *sorting)
{
    const struct comment **all =
        ARENA_ARRAY(s->rq->arena, MAX(s->count, 1), const struct comment *);
    size_t n = 0, end = MIN(s->count, (size_t)(s->criteria.base.start + s->criteria.base.rows));
    struct api_answer answer;

    if (all == NULL) {
        return FAIL_SERVER(s->rq);
    }
    for (const struct found *f = s->found; f != NULL; f = f->next) {
        all[n++] = &f->comment;
    }
    qsort_r(all, n, sizeof *all, compare, sorting);
    api_answer_start(s->rq, &answer);
    json_put_i64(&answer.out, S("total"), (int64_t)n);
    json_out_name(&answer.out, S("userComments"));
    json_out_array(&answer.out);
    for (size_t i = (size_t)s->criteria.base.start; i < end; i++) {
        field_write(comment_kind.table, FIELD_FOR_API, all[i], &answer.out);
    }
    json_out_array_end(&answer.out);
    return api_answer_send(s->rq, &answer, 200);
}

enum err
api_comment_search(struct rq *rq)
{
    struct search search = {.rq = rq, .keep = rq->arena};
    struct sorting sorting;
    enum err e = api_criteria_read(rq, &api_comment_criteria_table, &search.criteria);

    if (e == ERR_OK && !read_order(search.criteria.base.order_by, &sorting)) {
        e = api_refuse(rq, "search.orderBy", "invalid",
            "Order by comment, commenterId, id, insertInstant, tenantId or userId, then ASC or "
            "DESC.");
    }
    e = e ? e : look(&search);
    return e ? e : answer_page(&search, &sorting);
}
