/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of one user's tokens. Written to a small segment, so that writers touch few pages however many
 * users there are; a row of an import holds more users and is changed in place, if it still is what was
 * read. */
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"
#include "model/word/word_internal.h"

int64_t
word_number(const uint8_t *at)
{
    uint64_t n = 0;

    for (int i = 0; i < 8; i++) {
        n = n << 8 | at[i];
    }
    return (int64_t)n;
}

static void
put_number(uint8_t *to, int64_t number)
{
    for (int i = 0; i < 8; i++) {
        to[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
    }
}

bytes
word_pack(struct arena *arena, int64_t segment, const struct word_tokens *tokens)
{
    size_t n = 8 * (1 + tokens->count);
    uint8_t *to = arena_alloc(arena, n);

    if (to == NULL) {
        return (bytes){NULL, 0};
    }
    put_number(to, segment);
    for (size_t i = 0; i < tokens->count; i++) {
        put_number(to + 8 * (1 + i), tokens->of[i]);
    }
    return (bytes){to, n};
}

size_t
word_unpack(bytes words, int64_t *ret_segment, int64_t ret[static WORD_TOKENS_MAX])
{
    size_t count = words.n >= 8 ? MIN(words.n / 8 - 1, (size_t)WORD_TOKENS_MAX) : 0;

    *ret_segment = words.n >= 8 ? word_number(words.p) : 0;
    for (size_t i = 0; i < count; i++) {
        ret[i] = word_number(words.p + 8 * (1 + i));
    }
    return count;
}

/* What a small segment becomes part of. */
static int64_t
large_of(int64_t small)
{
    return small >= FIRST_SMALL ? FIRST_LARGE + (small - FIRST_SMALL) / SMALL_IN_LARGE
                                : (small - OLD_SMALL) / OLD_IN_LARGE;
}

static enum err
read_segment(struct rq *rq)
{
    struct house_segment *newest = &rq->house->word_segment;
    struct db_row *row;
    enum err e = rq_read(rq, WORD_LAST, &row, DB_VALUES(DB_I64(FIRST_SMALL), DB_I64(FIRST_BULK)));

    if (e == ERR_OK) {
        newest->number = row != NULL && !db_is_null(row, 0) ? db_i64(row, 0) : FIRST_SMALL;
        newest->read_at = rq->now;
    }
    return e;
}

/* It is read now and then only, for what other nodes begin: one that is not the newest any more, or one that nothing is in
 * because what began it was refused, does as well. */
enum err
word_segment(struct rq *rq, int64_t *ret)
{
    struct house_segment *newest = &rq->house->word_segment;
    int64_t age = rq->now - newest->read_at;
    uint16_t dice;
    enum err e = newest->number == 0 || age < 0 || age > SEGMENT_MS ? read_segment(rq) : ERR_OK;

    *ret = newest->number;
    rng_fill(rq->rng, &dice, sizeof dice);
    if (e == ERR_OK && dice % USERS_IN_SMALL == 0) {
        newest->number = ++*ret;
    }
    return e;
}

enum err
word_rows_make(
    struct rq *rq, const struct tenant *tenant, const struct user *user, struct word_rows *ret)
{
    struct word_list list;
    enum err e = word_segment(rq, &ret->segment);

    word_list_of(rq->arena, user, &list);
    word_tokens_of(tenant, &list, &ret->tokens);
    ret->packed = word_pack(rq->arena, ret->segment, &ret->tokens);
    return e ? e : arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

void
word_rows_write(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, const struct word_rows *rows)
{
    const bytes nobody = {(const uint8_t *)"", 0};

    for (size_t i = 0; i < rows->tokens.count; i++) {
        rq_write(rq, WORD_INSERT, DB_NEW, ERR_AGAIN,
            DB_VALUES(DB_I64(rows->segment), DB_ID(&tenant->id), DB_I64(rows->tokens.of[i]),
                DB_ID(&user_id), DB_BYTES(nobody)));
    }
}

static bool
is_same(const struct word_tokens *tokens, const int64_t *old, size_t old_count)
{
    size_t i = 0;

    while (i < tokens->count && i < old_count && tokens->of[i] == old[i]) {
        i++;
    }
    return i == tokens->count && i == old_count;
}

enum err
word_change_user(struct rq *rq, const struct tenant *tenant, bytes words, const struct user *after,
    bytes *ret_words)
{
    int64_t segment, old[WORD_TOKENS_MAX];
    size_t old_count = word_unpack(words, &segment, old);
    struct word_rows rows;
    enum err e = word_rows_make(rq, tenant, after, &rows);

    *ret_words = (bytes){NULL, 0};
    if (e != ERR_OK || is_same(&rows.tokens, old, old_count)) {
        return e;
    }
    e = word_forget_user(rq, tenant, after->id, words);
    if (e == ERR_OK) {
        word_rows_write(rq, tenant, after->id, &rows);
        *ret_words = rows.packed;
    }
    return e;
}

enum err
word_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id, bytes words)
{
    int64_t segment, tokens[WORD_TOKENS_MAX];
    size_t count = word_unpack(words, &segment, tokens);
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        if (segment >= FIRST_BULK) {
            e = word_posting_forget(rq, tenant, user_id, segment, tokens[i]);
        } else {
            rq_write(rq, WORD_DELETE, DB_ANY, ERR_OK,
                DB_VALUES(DB_I64(segment), DB_I64(large_of(segment)), DB_ID(&tenant->id),
                    DB_I64(tokens[i]), DB_ID(&user_id)));
        }
    }
    return e;
}

enum err
word_merge(struct rq *rq, size_t max, size_t *ret_count)
{
    const struct db_value small[] = {DB_I64(OLD_SMALL), DB_I64(FIRST_BULK)};
    struct db_row *oldest = NULL, *last = NULL, *end = NULL;
    int64_t from;
    enum err e = rq_read(rq, WORD_OLDEST, &oldest, small, COUNT(small));

    CHECK(max > 0);
    e = e ? e : rq_read(rq, WORD_LAST, &last, small, COUNT(small));
    *ret_count = 0;
    if (e != ERR_OK || oldest == NULL || last == NULL || db_is_null(oldest, 0)) {
        return e;
    }
    from = db_i64(oldest, 0);
    if (db_i64(last, 0) - from <= SMALL_KEPT) {
        return ERR_OK;
    }
    *ret_count = max;
    e = rq_read(rq, WORD_NTH, &end, DB_VALUES(DB_I64(from), DB_I64((int64_t)max - 1)));
    if (e == ERR_OK && end != NULL) {
        rq_write(rq, WORD_MOVE_SOME, DB_ANY, ERR_OK,
            DB_VALUES(DB_I64(from), DB_I64(large_of(from)), end->col[0], end->col[1]));
    } else if (e == ERR_OK) {
        rq_write(rq, WORD_MOVE, DB_ANY, ERR_OK, DB_VALUES(DB_I64(from), DB_I64(large_of(from))));
    }
    return e;
}
