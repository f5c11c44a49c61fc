/* SPDX-License-Identifier: Apache-2.0 */
/* Users of a token, segment by segment, newest first; within one by id, greatest first. In small segments they stand
 * under the token's head, and which of them have the token is told by the row. */
#include "base/arena.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/word/word_internal.h"

enum {
    SEGMENTS_AT_ONCE = 32,
    ROWS_AT_ONCE = WORD_USERS_MAX / POSTING_MAX - 1,
    SCRATCH_BYTES = KB(256) /* rows of heads, as many as are read at once */
};

const struct word_place word_start = {
    INT64_MAX, {{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}}};

struct taking { /* hits being gathered */
    struct word_place from;
    struct word_hit *hits; /* NULL: they are only counted */
    size_t count, enough;
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
        if (taking->hits != NULL) {
            taking->hits[taking->count] = (struct word_hit){id, {segment, id}};
        }
        taking->count++;
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

static bool
holds(const struct db_row *row, struct word_key key)
{
    bytes others = db_bytes(row, 1);
    bool is_held = key.token == key.head;

    for (size_t at = 0; !is_held && at + TOKEN_BYTES <= others.n; at += TOKEN_BYTES) {
        is_held = word_number(others.p + at) == key.token;
    }
    return is_held;
}

/* All of a small segment, or enough of it; rows of the head may be many more than are taken, and do not stay. */
static enum err
take_holders(struct rq *rq, const struct tenant *tenant, struct word_key key, int64_t segment,
    struct taking *taking)
{
    struct uuid before = segment < taking->from.segment ? word_start.before : taking->from.before;
    size_t count = ROWS_AT_ONCE;
    struct db_row *rows;
    enum err e = ERR_OK;

    while (e == ERR_OK && count == ROWS_AT_ONCE && taking->count < taking->enough) {
        arena_reset(rq->arena);
        e = rq_read_all(rq, WORD_USERS, ROWS_AT_ONCE, &rows,
            DB_VALUES(DB_I64(segment), DB_ID(&tenant->id), DB_I64(key.head), DB_ID(&before),
                DB_I64(ROWS_AT_ONCE)));
        count = 0;
        for (; e == ERR_OK && rows != NULL; rows = rows->next, count++) {
            before = uuid_from(db_bytes(rows, 0));
            if (holds(rows, key)) {
                take_id(taking, segment, before);
            }
        }
    }
    return e;
}

static enum err
take_small(struct rq *rq, const struct tenant *tenant, struct word_key key, int64_t segment,
    struct taking *taking)
{
    AUTO(arena_end) struct arena *scratch = arena_new(SCRATCH_BYTES);
    struct arena *own = rq->arena;
    enum err e;

    if (scratch == NULL) {
        return FAIL_SERVER(rq);
    }
    rq->arena = scratch;
    e = take_holders(rq, tenant, key, segment, taking);
    rq->arena = own;
    return e;
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
word_users(struct rq *rq, const struct tenant *tenant, struct word_key key, struct word_place from,
    struct word_hit ret[static WORD_USERS_MAX], size_t *ret_count)
{
    struct taking taking = {from, ret, 0, POSTING_MAX};
    struct segments segments = {NULL, from.segment};
    bool is_end = false;
    int64_t segment;
    enum err e = ERR_OK;

    db_reads_widely(rq->db);
    /* Of a rare word each segment has few. */
    while (e == ERR_OK && !is_end && taking.count < taking.enough) {
        e = next_segment(rq, &segments, &segment, &is_end);
        if (e == ERR_OK && !is_end) {
            e = word_is_small(segment) ? take_small(rq, tenant, key, segment, &taking)
                                       : take_segment(rq, tenant, key.token, segment, &taking);
        }
    }
    (void)db_reads_release(rq->db);
    *ret_count = taking.count;
    return e;
}

static enum err
count_segment(struct rq *rq, const struct tenant *tenant, struct word_key key, int64_t segment,
    int64_t max, int64_t *count)
{
    struct taking taking = {.from = word_start, .enough = (size_t)max};
    bool is_small = word_is_small(segment);
    struct db_row *row = NULL;
    enum err e;

    if (is_small && key.token != key.head) {
        e = take_small(rq, tenant, key, segment, &taking);
        *count += (int64_t)taking.count;
        return e;
    }
    e = rq_read(rq, is_small ? WORD_HEADS : WORD_COUNT, &row,
        DB_VALUES(DB_I64(segment), DB_ID(&tenant->id), DB_I64(key.token), DB_I64(max)));
    *count += e == ERR_OK && row != NULL ? db_i64(row, 0) : 0;
    return e;
}

enum err
word_count(
    struct rq *rq, const struct tenant *tenant, struct word_key key, int64_t max, int64_t *ret)
{
    struct segments segments = {NULL, INT64_MAX};
    bool is_end = false;
    int64_t segment;
    enum err e = ERR_OK;

    *ret = 0;
    db_reads_widely(rq->db);
    while (e == ERR_OK && !is_end && *ret < max) {
        e = next_segment(rq, &segments, &segment, &is_end);
        if (e == ERR_OK && !is_end) {
            e = count_segment(rq, tenant, key, segment, max, ret);
        }
    }
    (void)db_reads_release(rq->db);
    return e;
}
