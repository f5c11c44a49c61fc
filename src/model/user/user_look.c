/* SPDX-License-Identifier: Apache-2.0 */
/* Everybody's row and registrations opened once, to see what a damaged disk has made of them. */
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

enum { LOOKED_AT_ONCE = 50 };

static void
look_at(struct rq *rq, struct user_look *look)
{
    const struct tenant *tenant = NULL;
    struct fault before = rq->fault;
    struct user *user = NULL;
    enum err e = tenant_load(rq, look->at.tenant_id, &tenant);

    if (e == ERR_OK && tenant != NULL) {
        e = user_load(rq, tenant, look->at.id, USER_REGISTRATIONS, &user);
    }
    if (e != ERR_OK) {
        rq->fault = before;
        look->broken = look->broken_count++ == 0 ? look->at : look->broken;
    } else if (user == NULL) {
        look->erased++;
    } else {
        look->opened++;
    }
}

/* What is not behind the last one is a sign of a damaged index, and would be met again for ever. */
static bool
is_behind(const struct user_cursor *last, struct uuid tenant_id, struct uuid id)
{
    int order = uuid_cmp(tenant_id, last->tenant_id);

    return order > 0 || (order == 0 && uuid_cmp(id, last->id) > 0);
}

enum err
user_look(struct rq *rq, struct user_look *look)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, USER_AFTER, LOOKED_AT_ONCE, &rows,
        DB_VALUES(DB_ID(&look->at.tenant_id), DB_ID(&look->at.id)));

    look->at.is_at_end = e == ERR_OK && rows == NULL;
    for (const struct db_row *row = rows; row != NULL && e == ERR_OK; row = row->next) {
        struct uuid tenant_id = uuid_from(db_bytes(row, 0)), id = uuid_from(db_bytes(row, 1));

        if (!is_behind(&look->at, tenant_id, id)) {
            return FAIL_SERVER(rq);
        }
        look->at.tenant_id = tenant_id;
        look->at.id = id;
        look_at(rq, look);
    }
    return e;
}
