/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an account may still be acted for: one point read, for tokens that are presented again (OA-63). */
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/user/user.h"

enum err
user_stands(struct rq *rq, const struct tenant *tenant, struct uuid id, bool *ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, USER_STANDING, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));
    int64_t expiry = row ? db_i64(row, 1) : 0;

    *ret = row != NULL && db_i64(row, 0) && (expiry == 0 || expiry > rq->now);
    return e;
}

enum err
user_exists(struct rq *rq, const struct tenant *tenant, struct uuid id, bool *ret)
{
    struct user *user;
    struct db_row *row;
    enum err e = rq_read(rq, USER_STANDING, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));

    *ret = row != NULL;
    if (e == ERR_OK && *ret
        && rq->guards_admins) { /* a change about somebody is a change of them */
        e = user_load(rq, tenant, id, USER_PLAIN, &user);
    }
    return e;
}
