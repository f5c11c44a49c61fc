/* SPDX-License-Identifier: Apache-2.0 */
/* Which tenants have a user of an id: FusionAuth's ids are unique over all tenants, ours within one. */
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

enum err
user_tenants(struct rq *rq, struct uuid id, size_t max, struct uuid **ret, size_t *ret_count)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, USER_TENANTS, max, &rows, DB_VALUES(DB_ID(&id)));

    e = e ? e : rq_ids(rq, rows, ret, ret_count);
    return e ? e : tenant_only_there(rq, *ret, ret_count);
}
