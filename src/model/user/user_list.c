/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of a tenant's users and of an application's, a page at a time, and how many there are: for searches that
 * nothing narrows. Nothing is unsealed. */
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

enum err
user_list(struct rq *rq, const struct tenant *tenant, bool is_ascending, struct user_listed from,
    size_t max, struct user_listed *ret, size_t *ret_count)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, is_ascending ? USER_OLDEST : USER_NEWEST, max, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_I64(from.instant), DB_ID(&from.id), DB_I64((int64_t)max)));

    *ret_count = 0;
    for (const struct db_row *row = e ? NULL : rows; row != NULL; row = row->next) {
        ret[(*ret_count)++] = (struct user_listed){db_i64(row, 1), uuid_from(db_bytes(row, 0))};
    }
    return e;
}

enum err
registration_list(struct rq *rq, const struct tenant *tenant, struct uuid application_id,
    struct uuid before, size_t max, struct user_listed *ret, size_t *ret_count)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, REGISTRATION_USERS, max, &rows,
        DB_VALUES(
            DB_ID(&tenant->id), DB_ID(&application_id), DB_ID(&before), DB_I64((int64_t)max)));

    *ret_count = 0;
    for (const struct db_row *row = e ? NULL : rows; row != NULL; row = row->next) {
        ret[(*ret_count)++] = (struct user_listed){0, uuid_from(db_bytes(row, 0))};
    }
    return e;
}

enum err
user_count(struct rq *rq, const struct tenant *tenant, struct uuid application_id, int64_t max,
    int64_t *ret)
{
    struct db_row *row;
    enum err e = uuid_is_nil(application_id)
                     ? rq_read(rq, USER_COUNT, &row, DB_VALUES(DB_ID(&tenant->id), DB_I64(max)))
                     : rq_read(rq, REGISTRATION_COUNT, &row,
                         DB_VALUES(DB_ID(&tenant->id), DB_ID(&application_id), DB_I64(max)));

    *ret = e == ERR_OK && row != NULL ? db_i64(row, 0) : 0;
    return e;
}
