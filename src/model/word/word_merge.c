/* SPDX-License-Identifier: Apache-2.0 */
/* Small segments become part of large ones, where each token has a row. A row of a head is taken away by a statement that
 * finds it only as it was read, in the set that adds its tokens: who changed or ended the user meanwhile makes the
 * set miss, and a crash leaves all or nothing of it. */
#include "model/statements.h"
#include "model/word/word_internal.h"

static const bytes nobody = {(const uint8_t *)"", 0};

static enum err
oldest_between(struct rq *rq, int64_t from, int64_t end, int64_t *ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, WORD_OLDEST, &row, DB_VALUES(DB_I64(from), DB_I64(end)));

    *ret = e == ERR_OK && row != NULL && !db_is_null(row, 0) ? db_i64(row, 0) : 0;
    return e;
}

/* What a version before has written has a row a token already. */
static enum err
move_plain(struct rq *rq, int64_t from, size_t max)
{
    struct db_row *end = NULL;
    int64_t to = word_large_of(from);
    enum err e = rq_read(rq, WORD_NTH, &end, DB_VALUES(DB_I64(from), DB_I64((int64_t)max - 1)));

    if (e == ERR_OK && end != NULL) {
        rq_write(rq, WORD_MOVE_SOME, DB_ANY, ERR_OK,
            DB_VALUES(DB_I64(from), DB_I64(to), end->col[0], end->col[1]));
    } else if (e == ERR_OK) {
        rq_write(rq, WORD_MOVE, DB_ANY, ERR_OK, DB_VALUES(DB_I64(from), DB_I64(to)));
    }
    return e;
}

/* How many rows it becomes. */
static size_t
tokens_in(const struct db_row *row)
{
    return 1 + db_bytes(row, 3).n / TOKEN_BYTES;
}

static void
remove_head(struct rq *rq, const struct db_row *row, int64_t from)
{
    bytes others = db_bytes(row, 3);

    rq_write(rq, WORD_POSTING_DELETE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_I64(from), row->col[0], row->col[1], row->col[2],
            DB_BYTES(others.n ? others : nobody)));
}

static void
add_tokens(struct rq *rq, const struct db_row *row, int64_t to)
{
    bytes others = db_bytes(row, 3);

    rq_write(rq, WORD_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_I64(to), row->col[0], row->col[1], row->col[2], DB_BYTES(nobody)));
    for (size_t at = 0; at + TOKEN_BYTES <= others.n; at += TOKEN_BYTES) {
        rq_write(rq, WORD_INSERT, DB_NEW, ERR_AGAIN,
            DB_VALUES(DB_I64(to), row->col[0], DB_I64(word_number(others.p + at)), row->col[2],
                DB_BYTES(nobody)));
    }
}

/* First all that goes, then all that comes: rows that are only added share statements (io/db/sqlite_rows.c). */
static enum err
move_heads(struct rq *rq, int64_t from, size_t max)
{
    struct db_row *rows;
    size_t few = (max + 1) / 2, heads = 0, moved = 0; /* most have more than one token */
    enum err e = rq_read_all(
        rq, WORD_OLDEST_ROWS, few, &rows, DB_VALUES(DB_I64(from), DB_I64((int64_t)few)));

    for (const struct db_row *row = rows; e == ERR_OK && row != NULL && moved < max;
         row = row->next) {
        remove_head(rq, row, from);
        moved += tokens_in(row);
        heads++;
    }
    for (; e == ERR_OK && heads > 0; rows = rows->next, heads--) {
        add_tokens(rq, rows, word_large_of(from));
    }
    return e == ERR_OK && arena_failed(rq->arena) ? FAIL_SERVER(rq) : e;
}

enum err
word_merge(struct rq *rq, size_t max, size_t *ret_count)
{
    int64_t from, last;
    enum err e = oldest_between(rq, OLD_SMALL, FIRST_BULK, &from);

    CHECK(max > 0);
    *ret_count = 0;
    if (e == ERR_OK && from > 0) {
        *ret_count = max;
        /* To change a row's key costs much more than to add a row. */
        return move_plain(rq, from, (max + 1) / 2);
    }
    e = e ? e : oldest_between(rq, FIRST_SMALL, END_SMALL, &from);
    e = e ? e : word_last_between(rq, FIRST_SMALL, END_SMALL, &last);
    if (e != ERR_OK || last - from <= SMALL_KEPT) {
        return e;
    }
    *ret_count = max;
    return move_heads(rq, from, max);
}
