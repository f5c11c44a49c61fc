/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of one user's tokens. Written to a small segment, so that writers touch few pages however many
 * users there are, and a row for the tokens of each head, not of each token: who looks for one knows its head, and few
 * of a small segment have it. A row of an import holds more users and is changed in place, if it still is what was read. */
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

void
word_number_put(uint8_t *to, int64_t number)
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
    word_number_put(to, segment);
    for (size_t i = 0; i < tokens->count; i++) {
        word_number_put(to + 8 * (1 + i), tokens->of[i]);
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

int64_t
word_large_of(int64_t small)
{
    return word_is_small(small)   ? FIRST_LARGE + (small - FIRST_SMALL) / SMALL_IN_LARGE
           : small >= PLAIN_SMALL ? FIRST_LARGE + (small - PLAIN_SMALL) / SMALL_IN_LARGE
                                  : (small - OLD_SMALL) / OLD_IN_LARGE;
}

enum err
word_last_between(struct rq *rq, int64_t from, int64_t end, int64_t *ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, WORD_LAST, &row, DB_VALUES(DB_I64(from), DB_I64(end)));

    *ret = e == ERR_OK && row != NULL && !db_is_null(row, 0) ? db_i64(row, 0) : 0;
    return e;
}

/* Where there is no small one, the first of the large one behind those that are there or that versions before
 * have begun. */
static enum err
first_segment(struct rq *rq, int64_t *ret)
{
    int64_t large, plain = 0, last = FIRST_LARGE - 1;
    enum err e = word_last_between(rq, FIRST_LARGE, OLD_SMALL, &large);

    e = e ? e : word_last_between(rq, PLAIN_SMALL, FIRST_BULK, &plain);
    last = MAX(last, large);
    last = plain ? MAX(last, word_large_of(plain)) : last;
    *ret = FIRST_SMALL + (last + 1 - FIRST_LARGE) * SMALL_IN_LARGE;
    return e;
}

static enum err
read_segment(struct rq *rq)
{
    struct house_segment *newest = &rq->house->word_segment;
    int64_t segment;
    enum err e = word_last_between(rq, FIRST_SMALL, END_SMALL, &segment);

    if (e == ERR_OK && segment == 0) {
        e = first_segment(rq, &segment);
    }
    if (e == ERR_OK) {
        newest->number = segment;
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
    word_tokens_of(tenant, NULL, &list, &ret->tokens);
    ret->packed = word_pack(rq->arena, ret->segment, &ret->tokens);
    return e ? e : arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

/* The tokens beside their head. */
static bytes
others_of(struct rq *rq, const struct word_tokens *tokens, int64_t head)
{
    uint8_t *to = arena_alloc(rq->arena, tokens->count * TOKEN_BYTES);
    size_t n = 0;

    for (size_t i = 0; to != NULL && i < tokens->count; i++) {
        if (tokens->heads[i] == head && tokens->of[i] != head) {
            word_number_put(to + n, tokens->of[i]);
            n += TOKEN_BYTES;
        }
    }
    return (bytes){to ? to : (const uint8_t *)"", n};
}

void
word_rows_write(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, const struct word_rows *rows)
{
    for (size_t i = 0; i < rows->tokens.count; i++) {
        int64_t token = rows->tokens.of[i];

        if (rows->tokens.heads[i] == token) {
            rq_write(rq, WORD_INSERT, DB_NEW, ERR_AGAIN,
                DB_VALUES(DB_I64(rows->segment), DB_ID(&tenant->id), DB_I64(token), DB_ID(&user_id),
                    DB_BYTES(others_of(rq, &rows->tokens, token))));
        }
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

/* The rows of one segment that stand under these tokens, as many of them as a statement takes. */
static void
delete_rows(struct rq *rq, const struct tenant *tenant, struct uuid user_id, int64_t segment,
    const int64_t *tokens, size_t count)
{
    enum { BEFORE = 3, AT_ONCE = 16 };
    struct db_value values[BEFORE + AT_ONCE] = {
        DB_I64(segment), DB_ID(&tenant->id), DB_ID(&user_id)};

    for (size_t at = 0; at < count; at += AT_ONCE) {
        for (size_t i = 0; i < AT_ONCE; i++) {
            values[BEFORE + i] = DB_I64(tokens[MIN(at + i, count - 1)]);
        }
        rq_write(rq, WORD_DELETE, DB_ANY, ERR_OK, values, COUNT(values));
    }
}

/* Rows of a large segment end after those of the small one: on PostgreSQL each statement sees what was committed before it, and
 * who holds the lock of the small one's heads sees all that the job has moved, and the job finds them gone. */
enum err
word_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id, bytes words)
{
    int64_t segment, tokens[WORD_TOKENS_MAX];
    size_t count = word_unpack(words, &segment, tokens);
    bool is_bulk = segment >= FIRST_BULK && !word_is_small(segment);
    enum err e = ERR_OK;

    if (!is_bulk) {
        delete_rows(rq, tenant, user_id, segment, tokens, count);
        delete_rows(rq, tenant, user_id, word_large_of(segment), tokens, count);
    }
    for (size_t i = 0; is_bulk && e == ERR_OK && i < count; i++) {
        e = word_posting_forget(rq, tenant, user_id, segment, tokens[i]);
    }
    return e;
}
