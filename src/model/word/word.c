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

static int64_t
make_token(const struct tenant *tenant, enum word_part part, str text)
{
    return (int64_t)hash_blind64(key32_bytes(&tenant->index_key),
        part == WORD_WHOLE ? S("whole word") : S("word prefix"), str_bytes(text));
}

int64_t
word_token(const struct tenant *tenant, str word)
{
    return make_token(tenant, WORD_WHOLE, word);
}

/* As above, once for each text that many users have. */
static int64_t
recall_token(
    const struct tenant *tenant, const struct word_memo *memo, enum word_part part, str text)
{
    struct word_memo_slot *slot;
    uint32_t at = (uint32_t)part;

    if (memo == NULL || text.n > sizeof slot->text) {
        return make_token(tenant, part, text);
    }
    for (size_t i = 0; i < text.n; i++) {
        at = (at ^ (uint8_t)text.p[i]) * 0x01000193u;
    }
    slot = &memo->slots[(at ^ at >> 15) & (memo->room - 1)];
    if (slot->part != part || !str_eq((str){slot->text, slot->length}, text)) {
        slot->token = make_token(tenant, part, text);
        slot->part = (uint8_t)part;
        slot->length = (uint8_t)text.n;
        memcpy(slot->text, text.p, text.n);
    }
    return slot->token;
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

/* What begins with @ or + is found whole. */
static bool
has_beginnings(str word)
{
    return word.n > 0 && word.p[0] != '@' && word.p[0] != '+';
}

static struct word_key
key_whole(const struct tenant *tenant, const struct word_memo *memo, str word)
{
    struct word_key key = {recall_token(tenant, memo, WORD_WHOLE, word), 0};
    size_t n = has_beginnings(word) ? bytes_of(word, WORD_PREFIX_MIN) : 0;

    key.head = n ? recall_token(tenant, memo, WORD_BEGINNING, str_head(word, n)) : key.token;
    return key;
}

struct word_key
word_key_whole(const struct tenant *tenant, str word)
{
    return key_whole(tenant, NULL, word);
}

bool
word_key_prefix(const struct tenant *tenant, str prefix, struct word_key *ret, bool *ret_is_exact)
{
    size_t n = bytes_of(prefix, WORD_PREFIX_MIN);

    ret->head = n ? make_token(tenant, WORD_BEGINNING, str_head(prefix, n)) : 0;
    return word_prefix_token(tenant, prefix, &ret->token, ret_is_exact);
}

bool
word_prefix_token(const struct tenant *tenant, str prefix, int64_t *ret, bool *ret_is_exact)
{
    for (size_t i = 0; i < COUNT(ladder); i++) {
        size_t n = bytes_of(prefix, ladder[i]);
        if (n > 0) {
            *ret = make_token(tenant, WORD_BEGINNING, str_head(prefix, n));
            *ret_is_exact = n == prefix.n;
            return true;
        }
    }
    return false;
}

static void
add_token(struct word_tokens *tokens, int64_t token, int64_t head)
{
    size_t at = tokens->count;

    for (size_t i = 0; i < tokens->count; i++) {
        if (tokens->of[i] == token) {
            return;
        }
    }
    for (; at > 0 && tokens->of[at - 1] > token; at--) {
        tokens->of[at] = tokens->of[at - 1];
        tokens->heads[at] = tokens->heads[at - 1];
    }
    tokens->of[at] = token;
    tokens->heads[at] = head;
    tokens->count++;
}

static void
add_tokens(
    const struct tenant *tenant, const struct word_memo *memo, str word, struct word_tokens *ret)
{
    struct word_key whole = key_whole(tenant, memo, word);

    add_token(ret, whole.token, whole.head);
    for (size_t i = 0; i < COUNT(ladder) && has_beginnings(word); i++) {
        size_t n = bytes_of(word, ladder[i]);
        if (n > 0) {
            add_token(ret,
                ladder[i] == WORD_PREFIX_MIN
                    ? whole.head
                    : recall_token(tenant, memo, WORD_BEGINNING, str_head(word, n)),
                whole.head);
        }
    }
}

void
word_tokens_of(const struct tenant *tenant, const struct word_memo *memo,
    const struct word_list *list, struct word_tokens *ret)
{
    ret->count = 0;
    for (size_t i = 0; i < list->count; i++) {
        add_tokens(tenant, memo, list->of[i], ret);
    }
}

void
word_tokens_one(const struct tenant *tenant, str word, struct word_tokens *ret)
{
    const struct word_list list = {{word}, 1};

    word_tokens_of(tenant, NULL, &list, ret);
}
