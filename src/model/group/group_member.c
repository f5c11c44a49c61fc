/* SPDX-License-Identifier: Apache-2.0 */
/* The rows that say who is in which group. */
#include "model/group/group.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

void
group_member_put(struct rq *rq, const struct tenant *tenant, const struct membership *member)
{
    record_hold(rq, &group_kind, member->group_id);
    group_member_put_held(rq, tenant, member);
}

void
group_member_put_held(struct rq *rq, const struct tenant *tenant, const struct membership *member)
{
    rq_write(rq, GROUP_MEMBER_PUT, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&member->group_id), DB_ID(&member->user_id),
            DB_ID(&member->id), DB_I64(member->insert_instant)));
}

void
group_member_remove(
    struct rq *rq, const struct tenant *tenant, struct uuid group_id, struct uuid user_id)
{
    rq_write(rq, GROUP_MEMBER_REMOVE, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&group_id), DB_ID(&user_id)));
}

void
group_forget(struct rq *rq, const struct tenant *tenant, struct uuid group_id)
{
    rq_write(rq, GROUP_MEMBER_FORGET_GROUP, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&group_id)));
}

void
group_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(rq, GROUP_MEMBER_FORGET_USER, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}

enum err
group_users(struct rq *rq, const struct tenant *tenant, const struct group_page *page,
    struct uuid *ret, size_t *ret_count)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, GROUP_USERS, page->max, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&page->group_id), DB_ID(&page->before_id),
            DB_I64((int64_t)page->max)));

    *ret_count = 0;
    for (const struct db_row *row = e ? NULL : rows; row != NULL; row = row->next) {
        ret[(*ret_count)++] = uuid_from(db_bytes(row, 0));
    }
    return e;
}

enum err
group_users_count(
    struct rq *rq, const struct tenant *tenant, struct uuid group_id, int64_t max, int64_t *ret)
{
    struct db_row *row;
    enum err e = rq_read(
        rq, GROUP_USERS_COUNT, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&group_id), DB_I64(max)));

    *ret = e == ERR_OK && row != NULL ? db_i64(row, 0) : 0;
    return e;
}

static struct membership
member_of(const struct db_row *row)
{
    return (struct membership){.group_id = uuid_from(db_bytes(row, 0)),
        .user_id = uuid_from(db_bytes(row, 1)),
        .id = uuid_from(db_bytes(row, 2)),
        .insert_instant = db_i64(row, 3)};
}

static enum err
read_page(struct rq *rq, const struct tenant *tenant, const struct group_query *q,
    struct db_row **ret, struct db_row **ret_total)
{
    const struct db_value page[] = {DB_I64(q->rows), DB_I64(q->start)};
    struct uuid by = uuid_is_nil(q->user_id) ? q->group_id : q->user_id;
    bool is_of_user = !uuid_is_nil(q->user_id);
    enum err e;

    if (uuid_is_nil(by)) {
        e = rq_read_all(rq, GROUP_MEMBERS_OF_TENANT, (size_t)q->rows, ret,
            DB_VALUES(DB_ID(&tenant->id), page[0], page[1]));
        return e ? e : rq_read(rq, GROUP_COUNT_OF_TENANT, ret_total, DB_VALUES(DB_ID(&tenant->id)));
    }
    e = rq_read_all(rq, is_of_user ? GROUP_MEMBERS_OF_USER : GROUP_MEMBERS_OF_GROUP,
        (size_t)q->rows, ret, DB_VALUES(DB_ID(&tenant->id), DB_ID(&by), page[0], page[1]));
    return e ? e
             : rq_read(rq, is_of_user ? GROUP_COUNT_OF_USER : GROUP_COUNT_OF_GROUP, ret_total,
                 DB_VALUES(DB_ID(&tenant->id), DB_ID(&by)));
}

/* Of one person in one group there is at most one row: the person's are few, so they are all read. */
static void
keep_group(const struct group_query *q, struct membership *list, size_t *count, size_t *total)
{
    size_t kept = 0;

    if (uuid_is_nil(q->group_id) || uuid_is_nil(q->user_id)) {
        return;
    }
    for (size_t i = 0; i < *count; i++) {
        if (uuid_eq(list[i].group_id, q->group_id)) {
            list[kept++] = list[i];
        }
    }
    *count = *total = kept;
}

enum err
group_members(struct rq *rq, const struct tenant *tenant, const struct group_query *query,
    struct membership **ret, size_t *ret_count, size_t *ret_total)
{
    struct db_row *rows = NULL, *total = NULL;
    size_t n;
    enum err e = read_page(rq, tenant, query, &rows, &total);

    if (e != ERR_OK) {
        return e;
    }
    n = db_row_count(rows);
    *ret = ARENA_ARRAY(rq->arena, MAX(n, 1), struct membership);
    *ret_count = n;
    *ret_total = total ? (size_t)db_i64(total, 0) : 0;
    n = 0;
    for (const struct db_row *row = rows; *ret != NULL && row != NULL; row = row->next) {
        (*ret)[n++] = member_of(row);
    }
    if (*ret == NULL) {
        return FAIL_SERVER(rq);
    }
    keep_group(query, *ret, ret_count, ret_total);
    return ERR_OK;
}

enum err
group_member_by_id(struct rq *rq, const struct tenant *tenant, struct uuid id,
    struct membership *ret, bool *ret_found)
{
    struct db_row *row;
    enum err e = rq_read(rq, GROUP_MEMBER_BY_ID, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));

    *ret_found = e == ERR_OK && row != NULL;
    if (*ret_found) {
        *ret = member_of(row);
    }
    return e;
}
