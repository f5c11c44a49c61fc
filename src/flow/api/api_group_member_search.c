/* SPDX-License-Identifier: Apache-2.0 */
/* /api/group/member/search: memberships of a group, of a person or of a tenant. Rows of the database say which;
 * what they hold is read in the people's profiles. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_search.h"
#include "flow/api/api_sorted.h"
#include "flow/api/api_tables.h"
#include "model/group/group.h"
#include "model/user/user.h"

/* clang-format off */
struct member_criteria {
    struct api_criteria base;
    struct uuid group_id, tenant_id, user_id;
};
#define C(member) FIELD_AT(struct member_criteria, member)
static const struct field criteria_fields[] = {
    API_CRITERIA_FIELDS,
    {.name = "groupId",  .kind = FIELD_UUID, .offset = C(group_id)},
    {.name = "tenantId", .kind = FIELD_UUID, .offset = C(tenant_id)},
    {.name = "userId",   .kind = FIELD_UUID, .offset = C(user_id)},
};
const struct field_table api_member_criteria_table = FIELD_TABLE("GroupMemberSearchCriteria", criteria_fields, struct member_criteria, NULL);
/* clang-format on */

/* The data of a membership is in the person's profile. */
static enum err
write_found(struct rq *rq, const struct tenant *tenant, const struct membership *found,
    struct json_out *out)
{
    const struct membership *own;
    struct api_scratch scratch;
    struct user *user;
    enum err e;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = user_load(rq, tenant, found->user_id, USER_PLAIN, &user);
    own = e == ERR_OK && user != NULL ? user->memberships.items : NULL;
    for (size_t i = 0; own != NULL && i < user->memberships.count; i++) {
        if (uuid_eq(own[i].group_id, found->group_id)) {
            field_write(&membership_table, FIELD_FOR_API, &own[i], out);
        }
    }
    api_scratch_end(rq, &scratch);
    return e;
}

/* The tenant asked for, of the group asked for, or the call's own. */
static enum err
tenant_of(struct rq *rq, const struct member_criteria *criteria, const struct tenant **ret)
{
    struct uuid id = criteria->tenant_id;
    void *group = NULL;
    enum err e = ERR_OK;

    *ret = NULL;
    if (uuid_is_nil(id) && !uuid_is_nil(criteria->group_id)) {
        e = record_load(rq, &group_kind, criteria->group_id, &group);
        id = group ? ((const struct group *)group)->head.tenant_id : id;
        if (e != ERR_OK || group == NULL) {
            return e;
        }
    }
    if (uuid_is_nil(id)) {
        e = api_tenant(rq);
        *ret = rq->tenant;
        return e;
    }
    return api_may_see(rq, id) ? tenant_load(rq, id, ret) : ERR_OK;
}

enum { SORT_MAX = 10000 };
static const char *const columns[] = {"insertInstant", "groupId", "id", "userId", NULL};

static void
add_sorted(struct api_sorted *sorted, const struct membership *m, size_t at)
{
    const struct uuid ids[] = {m->group_id, m->id, m->user_id};

    if (sorted->column == 0) {
        api_sorted_add_number(sorted, (int64_t)at, m->id, m->insert_instant);
    } else {
        api_sorted_add(
            sorted, (int64_t)at, m->id, uuid_text(sorted->arena, ids[sorted->column - 1]));
    }
}

/* In the order that is asked for: all are looked at, and then cut to the page. */
static enum err
find_sorted(struct rq *rq, const struct tenant *tenant, const struct member_criteria *criteria,
    struct membership **list, size_t *count, size_t *total)
{
    const struct group_query query = {criteria->group_id, criteria->user_id, 0, SORT_MAX + 1};
    const struct api_sorted_hit *hits;
    struct membership *page;
    struct api_sorted sorted;
    enum err e = api_sorted_start(rq, &criteria->base, columns, &sorted);

    e = e ? e : group_members(rq, tenant, &query, list, count, total);
    if (e == ERR_OK && *count > SORT_MAX) {
        return api_refuse(rq, "search.orderBy", "tooMany",
            "There are too many members to sort: leave the order out.");
    }
    for (size_t i = 0; e == ERR_OK && i < *count; i++) {
        add_sorted(&sorted, &(*list)[i], i);
    }
    if (e != ERR_OK) {
        return e;
    }
    hits = api_sorted_page(&sorted, count);
    page = hits ? ARENA_ARRAY(rq->arena, MAX(*count, (size_t)1), struct membership) : NULL;
    for (size_t i = 0; page != NULL && i < *count; i++) {
        page[i] = (*list)[hits[i].seq];
    }
    *list = page;
    return page ? ERR_OK : FAIL_SERVER(rq);
}

static enum err
find_members(struct rq *rq, const struct tenant *tenant, const struct member_criteria *criteria,
    struct membership **list, size_t *count, size_t *total)
{
    const struct group_query query = {
        criteria->group_id, criteria->user_id, criteria->base.start, criteria->base.rows};

    return criteria->base.order_by.n ? find_sorted(rq, tenant, criteria, list, count, total)
                                     : group_members(rq, tenant, &query, list, count, total);
}

enum err
api_group_member_search(struct rq *rq)
{
    struct member_criteria criteria;
    struct membership *list = NULL;
    const struct tenant *tenant = NULL;
    struct api_answer answer;
    size_t count = 0, total = 0;
    enum err e = api_criteria_read(rq, &api_member_criteria_table, &criteria);

    e = e ? e : tenant_of(rq, &criteria, &tenant);
    if (e == ERR_OK && tenant != NULL) {
        e = find_members(rq, tenant, &criteria, &list, &count, &total);
    }
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("members"));
    json_out_array(&answer.out);
    for (size_t i = 0; e == ERR_OK && list != NULL && i < count; i++) {
        e = write_found(rq, tenant, &list[i], &answer.out);
    }
    json_out_array_end(&answer.out);
    json_put_i64(&answer.out, S("total"), (int64_t)total);
    return e ? e : api_answer_send(rq, &answer, 200);
}
