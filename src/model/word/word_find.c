/* SPDX-License-Identifier: Apache-2.0 */
/* Users of a token, segment by segment, newest first; within one by id, greatest first. */
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/word/word_internal.h"

enum { SEGMENTS_AT_ONCE = 32, ROWS_AT_ONCE = WORD_USERS_MAX / POSTING_MAX - 1 };

const struct word_place word_start = {
    INT64_MAX, {{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}}};

struct taking { /* hits being gathered */
    struct word_place from;
    struct word_hit *hits;
    size_t count;
};

static bool
is_before(struct uuid a, struct uuid b)
{
    return uuid_cmp(a, b) < 0;
}

static void
take_id(struct taking *taking, int64_t segment, struct uuid id)
{
    if (segment < taking->from.segment || is_before(id, taking->from.before)) {
        taking->hits[taking->count++] = (struct word_hit){id, {segment, id}};
    }
}

/* Those of a row lie in order, smallest first. */
static void
take_row(struct taking *taking, int64_t segment, const struct db_row *row)
{
    bytes others = db_bytes(row, 1);

    for (size_t i = others.n / ID_BYTES; i > 0; i--) {
        take_id(taking, segment, uuid_from((bytes){others.p + (i - 1) * ID_BYTES, ID_BYTES}));
    }
    take_id(taking, segment, uuid_from(db_bytes(row, 0)));
}

static enum err
take_segment(struct rq *rq, const struct tenant *tenant, int64_t token, int64_t segment,
    struct taking *taking)
{
    struct uuid before = segment < taking->from.segment ? word_start.before : taking->from.before;
    struct db_row *rows;
    enum err e = rq_read_all(rq, WORD_USERS, ROWS_AT_ONCE, &rows,
        DB_VALUES(DB_I64(segment), DB_ID(&tenant->id), DB_I64(token), DB_ID(&before),
            DB_I64(ROWS_AT_ONCE)));

    if (e != ERR_OK) {
        return e;
    }
    for (const struct db_row *row = rows; row != NULL; row = row->next) {
        if (taking->count + db_bytes(row, 1).n / ID_BYTES < WORD_USERS_MAX) {
            take_row(taking, segment, row);
        }
    }
    return ERR_OK;
}

/* Segments from one on, newest first, a few at a time: who looks for a frequent word needs no more of them. */
struct segments {
    const struct db_row *rows;
    int64_t from; /* where to read on */
};

static enum err
next_segment(struct rq *rq, struct segments *s, int64_t *ret, bool *ret_is_end)
{
    struct db_row *rows;
    enum err e = ERR_OK;

    if (s->rows == NULL) { /* of each few one state */
        (void)db_reads_release(rq->db);
        db_reads_hold(rq->db);
        e = rq_read_all(rq, WORD_SEGMENTS, SEGMENTS_AT_ONCE, &rows,
            DB_VALUES(DB_I64(s->from), DB_I64(SEGMENTS_AT_ONCE)));
        s->rows = e ? NULL : rows;
    }
    *ret_is_end = s->rows == NULL;
    if (s->rows != NULL) {
        *ret = db_i64(s->rows, 0);
        s->from = *ret - 1;
        s->rows = s->rows->next;
    }
    return e;
}

enum err
word_users(struct rq *rq, const struct tenant *tenant, int64_t token, struct word_place from,
    struct word_hit ret[static WORD_USERS_MAX], size_t *ret_count)
{
    struct taking taking = {from, ret, 0};
    struct segments segments = {NULL, from.segment};
    bool is_end = false;
    int64_t segment;
    enum err e = ERR_OK;

    db_reads_widely(rq->db);
    /* Of a rare word each segment has few. */
    while (e == ERR_OK && !is_end && taking.count < POSTING_MAX) {
        e = next_segment(rq, &segments, &segment, &is_end);
        if (e == ERR_OK && !is_end) {
            e = take_segment(rq, tenant, token, segment, &taking);
        }
    }
    (void)db_reads_release(rq->db);
    *ret_count = taking.count;
    return e;
}

enum err
word_count(struct rq *rq, const struct tenant *tenant, int64_t token, int64_t max, int64_t *ret)
{
    struct segments segments = {NULL, INT64_MAX};
    struct db_row *row;
    bool is_end = false;
    int64_t segment;
    enum err e = ERR_OK;

    *ret = 0;
    db_reads_widely(rq->db);
    while (e == ERR_OK && !is_end && *ret < max) {
        e = next_segment(rq, &segments, &segment, &is_end);
        if (e == ERR_OK && !is_end) {
            e = rq_read(rq, WORD_COUNT, &row,
                DB_VALUES(DB_I64(segment), DB_ID(&tenant->id), DB_I64(token), DB_I64(max)));
            *ret += e == ERR_OK && row != NULL ? db_i64(row, 0) : 0;
        }
    }
    (void)db_reads_release(rq->db);
    return e;
}
