/* SPDX-License-Identifier: Apache-2.0 */
/* What a word is, and its tokens. Words are cut from text in one form (NFKC_Casefold), so that a query and a
 * name meet. A token is 64 bits of keyed BLAKE2b (RFC 7693): two words may share one, so what it finds is
 * looked at again wherever that matters. */
#include "model/word/word_internal.h"

#include "base/arena.h"
#include "codec/utf8.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

#include <utf8proc.h>

/* Beginnings that have a token: few rows a user, yet a prefix of two is narrow enough to be looked through. */
static const size_t ladder[] = {8, 5, 3, 2};

static bool
is_of_word(str s, size_t *ret_bytes)
{
    utf8proc_int32_t code = -1;

    *ret_bytes = utf8_char_bytes(s);
    if (*ret_bytes == 0) {
        *ret_bytes = 1;
        return false;
    }
    utf8proc_iterate((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)*ret_bytes, &code);
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return true;
    default:
        return false;
    }
}

bool
word_cut(str *text, str *ret, bool *ret_is_last)
{
    size_t n, start = 0, end;

    while (start < text->n && !is_of_word(str_skip(*text, start), &n)) {
        start += n;
    }
    end = start;
    while (end < text->n && is_of_word(str_skip(*text, end), &n)) {
        end += n;
    }
    *ret = str_head(str_skip(*text, start), end - start);
    *ret_is_last = end == text->n;
    *text = str_skip(*text, end);
    return ret->n > 0;
}

bool
word_list_has(const struct word_list *list, str folded)
{
    for (size_t i = 0; i < list->count; i++) {
        if (str_eq(list->of[i], folded)) {
            return true;
        }
    }
    return false;
}

static void
add_word(struct word_list *list, str word)
{
    if (word.n > 0 && list->count < WORDS_MAX && !word_list_has(list, word)) {
        list->of[list->count++] = word;
    }
}

void
word_list_add(struct word_list *list, str folded)
{
    bool is_last;
    str word;

    while (word_cut(&folded, &word, &is_last)) {
        add_word(list, word);
    }
}

static void
add_email(struct word_list *list, str folded)
{
    size_t at = str_find(folded, '@');

    word_list_add(list, str_head(folded, at));
    add_word(list, str_skip(folded, MIN(at, folded.n)));
}

/* +85512345678, and the digits alone, by which it is found with its beginning. */
static void
add_phone(struct word_list *list, str normal)
{
    if (str_starts(normal, S("+"))) {
        add_word(list, normal);
    }
    word_list_add(list, normal);
}

str
word_of_username(struct arena *arena, str username)
{
    return str_fmt(arena, "=" STRF, STRV(identity_normal(arena, username)));
}

void
word_list_of(struct arena *arena, const struct user *user, struct word_list *ret)
{
    ret->count = 0;
    if (user->unique_username.n) { /* else it is a login id, which finds by itself */
        add_word(ret, word_of_username(arena, user->username));
    }
    add_email(ret, identity_fold(arena, user->email));
    word_list_add(ret, identity_fold(arena, user->first_name));
    word_list_add(ret, identity_fold(arena, user->last_name));
    word_list_add(ret, identity_fold(arena, user->full_name));
    word_list_add(ret, identity_fold(arena, user->middle_name));
    word_list_add(ret, identity_fold(arena, user_unique_username(user)));
    add_phone(ret, identity_normal(arena, user->phone_number));
    add_phone(ret, identity_normal(arena, user->mobile_phone));
}

int64_t
word_token(const struct tenant *tenant, str word)
{
    return (int64_t)hash_blind64(key32_bytes(&tenant->index_key), S("whole word"), str_bytes(word));
}

static int64_t
token_of_head(const struct tenant *tenant, str head)
{
    return (int64_t)hash_blind64(
        key32_bytes(&tenant->index_key), S("word prefix"), str_bytes(head));
}

/* The bytes of the first count characters; 0 when there are fewer. */
static size_t
bytes_of(str word, size_t count)
{
    size_t n, at = 0;

    while (count > 0 && at < word.n) {
        (void)is_of_word(str_skip(word, at), &n);
        at += n;
        count--;
    }
    return count ? 0 : at;
}

bool
word_prefix_token(const struct tenant *tenant, str prefix, int64_t *ret, bool *ret_is_exact)
{
    for (size_t i = 0; i < COUNT(ladder); i++) {
        size_t n = bytes_of(prefix, ladder[i]);
        if (n > 0) {
            *ret = token_of_head(tenant, str_head(prefix, n));
            *ret_is_exact = n == prefix.n;
            return true;
        }
    }
    return false;
}

static void
add_token(struct word_tokens *tokens, int64_t token)
{
    size_t at = tokens->count;

    for (size_t i = 0; i < tokens->count; i++) {
        if (tokens->of[i] == token) {
            return;
        }
    }
    for (; at > 0 && tokens->of[at - 1] > token; at--) {
        tokens->of[at] = tokens->of[at - 1];
    }
    tokens->of[at] = token;
    tokens->count++;
}

void
word_tokens_of(const struct tenant *tenant, const struct word_list *list, struct word_tokens *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < list->count; i++) {
        add_token(ret, word_token(tenant, list->of[i]));
        /* What begins with @ or + is found whole. */
        for (size_t k = 0; k < COUNT(ladder) && list->of[i].p[0] != '@' && list->of[i].p[0] != '+';
             k++) {
            size_t n = bytes_of(list->of[i], ladder[k]);
            if (n > 0) {
                add_token(ret, token_of_head(tenant, str_head(list->of[i], n)));
            }
        }
    }
}

void
word_tokens_one(const struct tenant *tenant, str word, struct word_tokens *ret)
{
    const struct word_list list = {{word}, 1};

    word_tokens_of(tenant, &list, ret);
}
