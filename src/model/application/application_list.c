/* SPDX-License-Identifier: Apache-2.0 */
/* Names of applications, for lists and searches: nothing is unsealed. */
#include "model/application/application.h"
#include "model/rq/rq.h"
#include "model/statements.h"

enum column { ID, TENANT, NAME, IS_ACTIVE, INSERTED };

enum err
application_names(struct rq *rq, struct uuid tenant_id, size_t max, struct application_name **ret,
    size_t *ret_count)
{
    struct db_row *rows;
    size_t n;
    enum err e = uuid_is_nil(tenant_id) ? rq_read_all(rq, APPLICATION_NAMES, max, &rows, NULL, 0)
                                        : rq_read_all(rq, APPLICATION_NAMES_OF_TENANT, max, &rows,
                                            DB_VALUES(DB_ID(&tenant_id)));

    if (e != ERR_OK) {
        return e;
    }
    n = db_row_count(rows);
    *ret = ARENA_ARRAY(rq->arena, n, struct application_name);
    *ret_count = n;
    n = 0;
    for (const struct db_row *row = rows; *ret != NULL && row != NULL; row = row->next) {
        (*ret)[n++] = (struct application_name){
            .id = uuid_from(db_bytes(row, ID)),
            .tenant_id = uuid_from(db_bytes(row, TENANT)),
            .name = db_str(row, NAME),
            .active = db_i64(row, IS_ACTIVE) != 0,
            .insert_instant = db_i64(row, INSERTED),
        };
    }
    return *ret ? ERR_OK : FAIL_SERVER(rq);
}
