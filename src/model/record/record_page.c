/* SPDX-License-Identifier: Apache-2.0 */
/* Ids of records, page by page and counted. */
#include "model/record/record.h"
#include "model/rq/rq.h"
#include "model/statements.h"

enum err
record_ids(struct rq *rq, const struct record_kind *kind, const struct record_page *page,
    struct record_hit *ret, size_t *ret_count)
{
    struct db_row *rows = NULL;
    int statement = page->narrow == RECORD_USING ? RECORD_IDS_USING : RECORD_IDS_MARKED;
    int64_t max = (int64_t)page->max;
    enum err e;

    *ret_count = 0;
    if (page->narrow == RECORD_OF_TENANT) {
        e = rq_read_all(rq, RECORD_IDS, page->max, &rows,
            DB_VALUES(
                DB_ID(&page->tenant_id), DB_I64(kind->number), DB_ID(&page->after), DB_I64(max)));
    } else {
        e = rq_read_all(rq, statement, page->max, &rows,
            DB_VALUES(DB_ID(&page->tenant_id), DB_I64(kind->number), DB_ID(&page->after),
                DB_I64(max), DB_I64(page->uses->number), DB_ID(&page->used_id)));
    }
    for (const struct db_row *row = e ? NULL : rows; row != NULL; row = row->next) {
        ret[(*ret_count)++] = (struct record_hit){uuid_from(db_bytes(row, 0)), db_i64(row, 1) != 0,
            page->narrow == RECORD_MARKED ? NULL : row};
    }
    return e;
}

enum err
record_count(
    struct rq *rq, const struct record_kind *kind, const struct record_page *page, int64_t *ret)
{
    struct db_row *row = NULL;
    int64_t max = (int64_t)MIN(page->max, (size_t)INT64_MAX);
    enum err e = page->narrow == RECORD_OF_TENANT
                     ? rq_read(rq, RECORD_COUNT, &row,
                         DB_VALUES(DB_ID(&page->tenant_id), DB_I64(kind->number), DB_I64(max)))
                     : rq_read(rq, RECORD_COUNT_USING, &row,
                         DB_VALUES(DB_ID(&page->tenant_id), DB_I64(kind->number), DB_I64(max),
                             DB_I64(page->uses->number), DB_ID(&page->used_id)));

    *ret = row != NULL ? db_i64(row, 0) : 0;
    return e;
}
