/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/comment. Comments are sealed, so a search opens them one after the other: of a person, or of a tenant with
 * at most API_SORTED_LOOKED. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_people.h"
#include "flow/api/api_sorted.h"
#include "flow/api/api_tables.h"
#include "model/comment/comment.h"

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

enum column { BY_INSTANT, BY_COMMENT, BY_COMMENTER, BY_ID, BY_TENANT, BY_USER };
static const char *const columns[] = {
    "insertInstant", "comment", "commenterId", "id", "tenantId", "userId", NULL};

struct search { /* one search on its way */
    struct rq *rq;
    struct criteria criteria;
    struct api_sorted sorted;
};

static bool
is_wanted(const struct criteria *c, const struct comment *comment)
{
    return (uuid_is_nil(c->commenter_id) || uuid_eq(c->commenter_id, comment->commenter_id))
           && (uuid_is_nil(c->user_id) || uuid_eq(c->user_id, comment->head.user_id))
           && (c->comment.n == 0 || api_name_matches(c->comment, comment->text));
}

static str
key_of(struct search *s, const struct comment *comment)
{
    struct arena *arena = s->rq->arena;

    switch ((enum column)s->sorted.column) {
    case BY_COMMENT:
        return comment->text;
    case BY_COMMENTER:
        return uuid_text(arena, comment->commenter_id);
    case BY_TENANT:
        return uuid_text(arena, comment->head.tenant_id);
    case BY_USER:
        return uuid_text(arena, comment->head.user_id);
    case BY_INSTANT:
        return str_fmt(arena, "%020lld", (long long)comment->head.insert_instant);
    case BY_ID:
        break;
    }
    return NO_STR;
}

static enum err
keep(struct search *s, const struct dossier_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct comment *comment = list->items[i];
        if (is_wanted(&s->criteria, comment)) {
            api_sorted_add(&s->sorted, 0, comment->head.id, key_of(s, comment));
        }
    }
    s->sorted.looked += list->count;
    return arena_failed(s->rq->arena) ? FAIL_SERVER(s->rq) : ERR_OK;
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
        if (e == ERR_OK && s->sorted.looked > API_SORTED_LOOKED) {
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

static enum err
write_one(struct rq *rq, const struct api_sorted_hit *hit, struct json_out *out)
{
    void *comment = NULL;
    enum err e = dossier_load(rq, &comment_kind, hit->id, &comment);

    if (e == ERR_OK && comment != NULL) {
        field_write(comment_kind.table, FIELD_FOR_API, comment, out);
    }
    return e;
}

enum err
api_comment_search(struct rq *rq)
{
    struct search search = {.rq = rq};
    struct api_criteria *base = &search.criteria.base;
    enum err e = api_criteria_read(rq, &api_comment_criteria_table, &search.criteria);

    if (e == ERR_OK && base->order_by.n == 0) {
        base->order_by = S("insertInstant ASC");
    }
    e = e ? e : api_sorted_start(rq, base, columns, &search.sorted);
    e = e ? e : look(&search);
    return e ? e : api_sorted_answer(rq, &search.sorted, S("userComments"), write_one);
}
