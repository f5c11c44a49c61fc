/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share and nobody else sees. */
#pragma once
#include "model/rq/rq.h"
#include "model/word/word.h"

/* Numbers of segments by kind. A small segment FIRST_SMALL + n becomes part of the large one FIRST_LARGE + n /
 * SMALL_IN_LARGE; what the first version wrote had greater small ones, OLD_SMALL + n, of the large one n / OLD_IN_LARGE. */
#define OLD_SMALL (INT64_C(1) << 40)
#define FIRST_LARGE (INT64_C(1) << 39)
#define FIRST_SMALL (OLD_SMALL + FIRST_LARGE)
#define FIRST_BULK (INT64_C(1) << 41) /* an import's, by its instant */
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
    ID_BYTES = 16
};

/* Big-endian numbers, as users.words holds them: the segment, then the tokens. */
int64_t word_number(const uint8_t *at);
bytes word_pack(struct arena *arena, int64_t segment, const struct word_tokens *tokens);
size_t word_unpack(bytes words, int64_t *ret_segment, int64_t ret[static WORD_TOKENS_MAX]);

void word_tokens_of(
    const struct tenant *tenant, const struct word_list *list, struct word_tokens *ret);
/* Declares that the row of an import that holds the user holds them no more. */
MUST_USE enum err word_posting_forget(struct rq *rq, const struct tenant *tenant,
    struct uuid user_id, int64_t segment, int64_t token);
/* The segment new rows go to: sometimes, by chance, a new one, so that nobody has to count. */
MUST_USE enum err word_segment(struct rq *rq, int64_t *ret);
