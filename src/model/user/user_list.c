/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of a tenant's users and of an application's, a page at a time, and how many there are: for searches that
 * nothing narrows. Nothing is unsealed. */
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

enum err
user_list(struct rq *rq, const struct tenant *tenant, const struct user_page *page,
    struct user_listed *ret, size_t *ret_count)
{
    const struct db_value limit = DB_I64((int64_t)page->max);
    bool is_of_application = !uuid_is_nil(page->application_id);
    struct db_row *rows;
    enum err e = is_of_application ? rq_read_all(rq, REGISTRATION_USERS, page->max, &rows,
                     DB_VALUES(DB_ID(&tenant->id), DB_ID(&page->application_id),
                         DB_ID(&page->from.id), limit))
                                   : rq_read_all(rq, page->is_ascending ? USER_OLDEST : USER_NEWEST,
                                       page->max, &rows,
                                       DB_VALUES(DB_ID(&tenant->id), DB_I64(page->from.instant),
                                           DB_ID(&page->from.id), limit));

    *ret_count = 0;
    for (const struct db_row *row = e ? NULL : rows; row != NULL; row = row->next) {
        ret[(*ret_count)++] = (struct user_listed){
            is_of_application ? 0 : db_i64(row, 1), uuid_from(db_bytes(row, 0))};
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
