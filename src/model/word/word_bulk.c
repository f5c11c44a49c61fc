/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of many users in one set: sorted, so that they are written one behind the other, up to
 * POSTING_NEW users to a row. Invariant: within a token the users of a row lie in order, and rows do not
 * overlap. */
#include <stdlib.h>

#include "base/mem.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"
#include "model/word/word_internal.h"

struct pair {
    int64_t token;
    struct uuid id;
};
enum { MEMO_ROOM = 1024 };
struct word_bulk {
    struct arena *arena; /* of the request that began it: users may be made on another */
    const struct tenant *tenant;
    int64_t segment;
    struct pair *pairs;
    size_t count, room;
    struct word_memo memo;
};

enum err
word_bulk_new(struct rq *rq, const struct tenant *tenant, size_t max_users, struct word_bulk **ret)
{
    struct word_bulk *bulk = ARENA_NEW(rq->arena, struct word_bulk);
    uint32_t dice;

    if (bulk == NULL) {
        return FAIL_SERVER(rq);
    }
    rng_fill(rq->rng, &dice, sizeof dice);
    *bulk = (struct word_bulk){.arena = rq->arena,
        .tenant = tenant,
        .segment = FIRST_BULK + rq->now * 1024 + dice % 1024, /* two at once do not share one */
        .room = max_users * 4};
    bulk->pairs = ARENA_ARRAY(rq->arena, MAX(bulk->room, 1), struct pair);
    bulk->memo.room = max_users < 16 ? 64 : MEMO_ROOM;
    bulk->memo.slots = ARENA_ARRAY(rq->arena, bulk->memo.room, struct word_memo_slot);
    *ret = bulk;
    return bulk->pairs && bulk->memo.slots ? ERR_OK : FAIL_SERVER(rq);
}

static bool
make_room(struct word_bulk *bulk, size_t more)
{
    size_t room = bulk->room * 2 + more;
    struct pair *pairs;

    if (bulk->count + more <= bulk->room) {
        return true;
    }
    pairs = ARENA_ARRAY(bulk->arena, room, struct pair);
    if (pairs == NULL) {
        return false;
    }
    if (bulk->count > 0) {
        memcpy(pairs, bulk->pairs, bulk->count * sizeof *pairs);
    }
    bulk->pairs = pairs;
    bulk->room = room;
    return true;
}

enum err
word_bulk_add(struct rq *rq, struct word_bulk *bulk, const struct user *user, bytes *ret_words)
{
    struct word_tokens tokens;
    struct word_list list;

    word_list_of(rq->arena, user, &list);
    word_tokens_of(bulk->tenant, &bulk->memo, &list, &tokens);
    *ret_words = word_pack(rq->arena, bulk->segment, &tokens);
    if (ret_words->n == 0 || !make_room(bulk, tokens.count)) {
        return FAIL_SERVER(rq);
    }
    for (size_t i = 0; i < tokens.count; i++) {
        bulk->pairs[bulk->count++] = (struct pair){tokens.of[i], user->id};
    }
    return ERR_OK;
}

static int
by_token(const void *a, const void *b)
{
    const struct pair *left = a, *right = b;

    if (left->token != right->token) {
        return left->token < right->token ? -1 : 1;
    }
    return uuid_cmp(left->id, right->id);
}

static uint32_t
upper_half(const struct pair *pair)
{
    return (uint32_t)(((uint64_t)pair->token ^ (uint64_t)INT64_MIN) >> 32);
}

/* Stable, by one byte of the upper half. */
static void
sort_by_byte(const struct pair *from, struct pair *to, size_t count, int shift)
{
    size_t at[257] = {0};

    for (size_t i = 0; i < count; i++) {
        at[(upper_half(&from[i]) >> shift & 0xff) + 1]++;
    }
    for (size_t i = 1; i < 256; i++) {
        at[i] += at[i - 1];
    }
    for (size_t i = 0; i < count; i++) {
        to[at[upper_half(&from[i]) >> shift & 0xff]++] = from[i];
    }
}

/* Tokens are as good as random, so their upper halves put nearly all in order; runs that share one are looked at again. A
 * hundred thousand people have millions of pairs, and comparing them costs ten times as much. */
static void
sort_pairs(struct pair *pairs, size_t count)
{
    struct pair *spare = mem_new(MAX(count, 1) * sizeof *pairs);
    size_t end;

    if (spare == NULL) {
        qsort(pairs, count, sizeof *pairs, by_token);
        return;
    }
    for (int shift = 0; shift < 32; shift += 16) {
        sort_by_byte(pairs, spare, count, shift);
        sort_by_byte(spare, pairs, count, shift + 8);
    }
    mem_free(spare);
    for (size_t at = 0; at < count; at = end) {
        bool is_ordered = true;
        for (end = at + 1; end < count && upper_half(&pairs[end]) == upper_half(&pairs[at]);
             end++) {
            is_ordered = is_ordered && by_token(&pairs[end - 1], &pairs[end]) <= 0;
        }
        if (!is_ordered) {
            qsort(&pairs[at], end - at, sizeof *pairs, by_token);
        }
    }
}

static bool
write_row(struct rq *rq, const struct word_bulk *bulk, const struct pair *pairs, size_t count)
{
    size_t n = (count - 1) * ID_BYTES;
    uint8_t *others = arena_alloc(rq->arena, MAX(n, 1));

    if (others == NULL) {
        return false;
    }
    for (size_t i = 1; i < count; i++) {
        memcpy(others + (i - 1) * ID_BYTES, pairs[i].id.b, ID_BYTES);
    }
    rq_write(rq, WORD_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_I64(bulk->segment), DB_ID(&bulk->tenant->id), DB_I64(pairs->token),
            DB_ID(&pairs->id), DB_BYTES(((bytes){others, n}))));
    return true;
}

enum err
word_bulk_write(struct rq *rq, struct word_bulk *bulk)
{
    bool is_sound = true;
    size_t count;

    if (bulk->count > 0) {
        sort_pairs(bulk->pairs, bulk->count);
    }
    for (size_t at = 0; is_sound && at < bulk->count; at += count) {
        count = 1;
        while (at + count < bulk->count && count < POSTING_NEW
               && bulk->pairs[at + count].token == bulk->pairs[at].token) {
            count++;
        }
        is_sound = write_row(rq, bulk, &bulk->pairs[at], count);
    }
    return is_sound && !arena_failed(rq->arena) ? ERR_OK : FAIL_SERVER(rq);
}
