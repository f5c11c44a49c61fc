/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share and nobody else sees. */
#pragma once
#include "model/rq/rq.h"
#include "model/word/word.h"

/* Numbers of segments by kind. A small segment FIRST_SMALL + n becomes part of the large one FIRST_LARGE + n /
 * SMALL_IN_LARGE. Only in small ones a row is a head: of all tokens of a user that have it, of which `others` holds the rest.
 * Versions before wrote a row a token there: PLAIN_SMALL + n becomes part of the same large ones, and those of the first,
 * that were greater, OLD_SMALL + n, of n / OLD_IN_LARGE. */
#define FIRST_LARGE (INT64_C(1) << 39)
#define OLD_SMALL (INT64_C(1) << 40)
#define PLAIN_SMALL (OLD_SMALL + FIRST_LARGE)
#define FIRST_BULK (INT64_C(1) << 41) /* an import's, by its instant: far above the small ones */
#define FIRST_SMALL (INT64_C(1) << 42)
#define END_SMALL (INT64_C(1) << 43)
enum {
    SMALL_IN_LARGE = 256,
    OLD_IN_LARGE = 32,
    SMALL_KEPT =
        32, /* behind the newest: by then nobody is still writing to the one that is moved */
    SEGMENT_MS = 250,     /* how long the newest one that was read is taken for it */
    USERS_IN_SMALL = 128, /* few pages, so that the users of one commit share them */
    POSTING_MAX = 64,     /* users of a row that was read */
    /* Of one that is written: with 1002 bytes SQLite keeps it in its page. A longer one has a page more, which everybody
     * who comes down the tree past it reads. */
    POSTING_NEW = 60,
    TOKEN_BYTES = 8,
    ID_BYTES = 16
};

static inline bool
word_is_small(int64_t segment)
{
    return segment >= FIRST_SMALL && segment < END_SMALL;
}
/* What a small segment, of any kind, becomes part of. */
int64_t word_large_of(int64_t small);

/* Big-endian numbers, as users.words holds them: the segment, then the tokens. */
int64_t word_number(const uint8_t *at);
void word_number_put(uint8_t *to, int64_t number);
bytes word_pack(struct arena *arena, int64_t segment, const struct word_tokens *tokens);
size_t word_unpack(bytes words, int64_t *ret_segment, int64_t ret[static WORD_TOKENS_MAX]);

/* Tokens that were made for others of one import: a token costs two rounds of BLAKE2b, and most people share
 * a domain, and beginnings of names. It ends with the import, since it holds words as they are. */
enum word_part { WORD_NONE, WORD_WHOLE, WORD_BEGINNING };
struct word_memo_slot {
    int64_t token;
    uint8_t part, length;
    char text[22];
};
struct word_memo {
    struct word_memo_slot *slots;
    size_t room; /* a power of two */
};

/* memo may be NULL. */
void word_tokens_of(const struct tenant *tenant, const struct word_memo *memo,
    const struct word_list *list, struct word_tokens *ret);
/* Declares that the row of an import that holds the user holds them no more. */
MUST_USE enum err word_posting_forget(struct rq *rq, const struct tenant *tenant,
    struct uuid user_id, int64_t segment, int64_t token);
/* The newest segment of those numbers; 0: none. */
MUST_USE enum err word_last_between(struct rq *rq, int64_t from, int64_t end, int64_t *ret);
/* The segment new rows go to: sometimes, by chance, a new one, so that nobody has to count. */
MUST_USE enum err word_segment(struct rq *rq, int64_t *ret);
