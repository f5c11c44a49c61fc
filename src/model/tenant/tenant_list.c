/* SPDX-License-Identifier: Apache-2.0 */
/* Names of tenants, for lists and searches: nothing is unsealed. */
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

enum column { ID, NAME, INSERTED };

enum err
tenant_names(struct rq *rq, size_t max, struct tenant_name **ret, size_t *ret_count)
{
    struct db_row *rows;
    size_t n;
    enum err e = rq_read_all(rq, TENANT_NAMES, max, &rows, NULL, 0);

    if (e != ERR_OK) {
        return e;
    }
    n = db_row_count(rows);
    *ret = ARENA_ARRAY(rq->arena, n, struct tenant_name);
    *ret_count = n;
    n = 0;
    for (const struct db_row *row = rows; *ret != NULL && row != NULL; row = row->next) {
        (*ret)[n++] = (struct tenant_name){
            uuid_from(db_bytes(row, ID)), db_str(row, NAME), db_i64(row, INSERTED)};
    }
    return *ret ? ERR_OK : FAIL_SERVER(rq);
}

enum err
tenant_ids_after(struct rq *rq, struct uuid after, size_t max, struct uuid **ret, size_t *ret_count)
{
    struct db_row *rows;
    enum err e =
        rq_read_all(rq, TENANT_AFTER, max, &rows, DB_VALUES(DB_ID(&after), DB_I64((int64_t)max)));

    return e ? e : rq_ids(rq, rows, ret, ret_count);
}

enum err
tenant_only_there(struct rq *rq, struct uuid *ids, size_t *count)
{
    const struct tenant *tenant;
    size_t kept = 0;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < *count; i++) {
        e = tenant_load(rq, ids[i], &tenant);
        if (e == ERR_OK && tenant != NULL) {
            ids[kept++] = ids[i];
        }
    }
    *count = kept;
    return e;
}
