/* SPDX-License-Identifier: Apache-2.0 */
/* Blind tokens: how sealed people are found by a word or its beginning (docs/decisions/0019). A token is a keyed digest,
 * under the tenant's index key, of a whole word or of its first 2, 3, 5 or 8 characters; rows of tokens are
 * written with the user, and go with the user. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "base/str.h"

struct arena;
struct rq;
struct tenant;
struct user;

enum {
    WORDS_MAX = 24,
    WORD_TOKENS_MAX = WORDS_MAX * 5,
    WORD_PREFIX_MIN = 2,
    WORD_USERS_MAX = 4096 + 64
};

struct word_list { /* folded, each once */
    str of[WORDS_MAX];
    size_t count;
};
struct word_tokens { /* sorted, each once */
    int64_t of[WORD_TOKENS_MAX];
    int64_t heads[WORD_TOKENS_MAX]; /* of each: that of the first two characters of its word */
    size_t count;
};
struct
    word_key { /* what is looked for, and its head: rows of new people are found by heads alone */
    int64_t token, head;
};

/* Cuts the next word (letters, marks, digits) off folded text; false at the end. *ret_is_last: the text ends with
 * it. */
bool word_cut(str *text, str *ret, bool *ret_is_last);
/* Adds the words of folded text. */
void word_list_add(struct word_list *list, str folded);
/* The words that find the user: of the names, of the username, of what stands before the @ of the email address, what
 * follows it as one word ("@example.com"), telephone numbers, a username that others may have chosen as one ("=ann"). */
void word_list_of(struct arena *arena, const struct user *user, struct word_list *ret);

/* Whether s starts with, has somewhere, ends with another text, in any case; *ret_after: what follows it. */
bool word_like_start(str s, str start, str *ret_after);
bool word_like_find(str s, str part, str *ret_after);
bool word_like_end(str s, str end);

/* Whether the list has this folded word; and the word of a username that others may have chosen, too. */
bool word_list_has(const struct word_list *list, str folded);
str word_of_username(struct arena *arena, str username);

/* The tokens of a folded word: of itself and of its beginnings. */
void word_tokens_one(const struct tenant *tenant, str word, struct word_tokens *ret);
/* The token of a whole word. */
int64_t word_token(const struct tenant *tenant, str word);
struct word_key word_key_whole(const struct tenant *tenant, str word);
/* The token of the longest beginning that has one, of at least WORD_PREFIX_MIN characters, else false;
 * *ret_is_exact: it is prefix itself. */
bool word_prefix_token(const struct tenant *tenant, str prefix, int64_t *ret, bool *ret_is_exact);
bool word_key_prefix(
    const struct tenant *tenant, str prefix, struct word_key *ret, bool *ret_is_exact);

/* The rows of a user's tokens, made and then declared, behind the row of the user. */
struct word_rows {
    int64_t segment;
    struct word_tokens tokens;
    bytes packed; /* what users.words is to hold */
};
MUST_USE enum err word_rows_make(
    struct rq *rq, const struct tenant *tenant, const struct user *user, struct word_rows *ret);
void word_rows_write(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, const struct word_rows *rows);
/* Declares what a change of the user does to the tokens; *ret_words as above, empty when nothing changes. words: as they
 * are now. */
MUST_USE enum err word_change_user(struct rq *rq, const struct tenant *tenant, bytes words,
    const struct user *after, bytes *ret_words);
/* Declares the end of a user's tokens: words as users.words has them. */
MUST_USE enum err word_forget_user(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, bytes words);

/* Many users at once: their tokens, then rows that hold up to 64 users each. */
struct word_bulk;
MUST_USE enum err word_bulk_new(
    struct rq *rq, const struct tenant *tenant, size_t max_users, struct word_bulk **ret);
MUST_USE enum err word_bulk_add(
    struct rq *rq, struct word_bulk *bulk, const struct user *user, bytes *ret_words);
MUST_USE enum err word_bulk_write(struct rq *rq, struct word_bulk *bulk);

/* Where a reading of a token's users stands: newest segments first. */
struct word_place {
    int64_t segment;    /* INT64_MAX: at the beginning */
    struct uuid before; /* in that segment users with a smaller id are to come */
};
extern const struct word_place word_start;
/* Users with the token from the place on, at most WORD_USERS_MAX, with the place behind each; *ret_count 0 at
 * the end. */
struct word_hit {
    struct uuid id;
    struct word_place place;
};
MUST_USE enum err word_users(struct rq *rq, const struct tenant *tenant, struct word_key key,
    struct word_place from, struct word_hit ret[static WORD_USERS_MAX], size_t *ret_count);
/* How many users have the token; counting stops at about max. */
MUST_USE enum err word_count(
    struct rq *rq, const struct tenant *tenant, struct word_key key, int64_t max, int64_t *ret);

/* For a job: declares that rows of the oldest of the small segments become about max rows of a large one, and how many; 0: all
 * are where they belong. A segment that is moved in part is whole to readers: all segments are read, and ends look in
 * both. Whoever changes one of those rows meanwhile makes the job's step fail with ERR_AGAIN. */
MUST_USE enum err word_merge(struct rq *rq, size_t max, size_t *ret_count);
