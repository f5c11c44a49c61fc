/* SPDX-License-Identifier: Apache-2.0 */
/* What finds a user: emails, usernames and telephone numbers in one namespace, brought to one form
 * (Unicode NFKC_Casefold, UAX 31 s2.3) so that no two accounts look alike to a person, and stored
 * only as a blind index. */
#include "codec/utf8.h"
#include "model/statements.h"
#include "model/user/user_internal.h"

#include <utf8proc.h>

enum {
    FOLD_MAX = 1024,
    MAX_NORMAL = 255,
    PHONE_DIGITS_MIN = 7,
    PHONE_DIGITS_MAX = 15,
    NANP_DIGITS = 10
};

/* clang-format off */
const struct identity_words identity_words[IDENTITY_KIND_COUNT] = {
    [IDENTITY_EMAIL]    = {"email",       "A user with this email address exists already.", "email",       "containsEmail"},
    [IDENTITY_PHONE]    = {"phoneNumber", "A user with this phone number exists already.",  "phoneNumber", "containsPhoneNumber"},
    [IDENTITY_USERNAME] = {"username",    "A user with this username exists already.",      "username",    "containsUsername"},
};
/* clang-format on */

static bool
is_ascii(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* One pass of NFKC_Casefold; the code points stand in 4 bytes each and become UTF-8 in place. */
static str
fold_once(struct arena *arena, str value)
{
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    utf8proc_int32_t codes[FOLD_MAX + 2]; /* reencode wants room for one more */
    str folded = NO_STR;
    utf8proc_ssize_t n = utf8proc_decompose(
        (const utf8proc_uint8_t *)value.p, (utf8proc_ssize_t)value.n, codes, FOLD_MAX + 1, options);

    /* Otherwise it is no UTF-8, nothing is left, or there are more code points than bytes allowed. */
    if (n > 0 && n <= FOLD_MAX) {
        n = utf8proc_reencode(codes, n, options);
        if (n > 0 && n <= FOLD_MAX) {
            folded = str_dup(arena, (str){(const char *)codes, (size_t)n});
        }
    }
    secret_wipe(codes, sizeof codes); /* passwords are folded too */
    return folded;
}

str
identity_fold(struct arena *arena, str value)
{
    str once;

    if (value.n == 0 || value.n > FOLD_MAX) {
        return NO_STR;
    }
    if (is_ascii(value)) {
        return str_lower(arena, value);
    }
    /* A second pass reaches the fixed point where folding uncovers something to compose. */
    once = fold_once(arena, value);
    return once.n ? fold_once(arena, once) : NO_STR;
}

static bool
is_space(utf8proc_int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
        return true;
    default:
        return false;
    }
}

/* Length of the last character of well-formed text. */
static size_t
last_char(str s)
{
    size_t n = 1;

    while (n < s.n && n < 4 && ((unsigned char)s.p[s.n - n] & 0xc0) == 0x80) {
        n++;
    }
    return n;
}

static utf8proc_int32_t
code_at(str s)
{
    utf8proc_int32_t code = -1;

    utf8proc_iterate((const utf8proc_uint8_t *)s.p, (utf8proc_ssize_t)s.n, &code);
    return code;
}

static str
trim_spaces(str s)
{
    while (s.n && is_space(code_at(s))) {
        s = str_skip(s, utf8_char_bytes(s));
    }
    while (s.n && is_space(code_at(str_skip(s, s.n - last_char(s))))) {
        s.n -= last_char(s);
    }
    return s;
}

/* "+855 (12) 345-678" to "+85512345678"; false for what is no telephone number. */
static bool
take_phone(struct arena *arena, str s, str *ret)
{
    struct buf buf;

    buf_init(&buf, arena, MAX_NORMAL);
    buf_char(&buf, '+');
    for (size_t i = 1; i < s.n; i++) {
        if (s.p[i] >= '0' && s.p[i] <= '9') {
            buf_char(&buf, s.p[i]);
        } else if (memchr(" -()./", s.p[i], 6) == NULL) {
            return false;
        }
    }
    return buf_done(&buf, ret) && ret->n > 1;
}

str
identity_normal(struct arena *arena, str value)
{
    str normal = trim_spaces(identity_fold(arena, value)), phone;

    if (normal.n && normal.p[0] == '+' && take_phone(arena, normal, &phone)) {
        return phone;
    }
    return normal.n <= MAX_NORMAL ? normal : NO_STR;
}

bool
identity_is_phone(str normal)
{
    if (normal.n < 1 + PHONE_DIGITS_MIN || normal.n > 1 + PHONE_DIGITS_MAX || normal.p[0] != '+'
        || normal.p[1] == '0') {
        return false;
    }
    for (size_t i = 1; i < normal.n; i++) {
        if (normal.p[i] < '0' || normal.p[i] > '9') {
            return false;
        }
    }
    return true;
}

/* A number of the North American plan: an area code and an exchange begin with 2 to 9. */
static bool
is_north_american(str digits)
{
    return digits.n == NANP_DIGITS && digits.p[0] >= '2' && digits.p[3] >= '2';
}

/* Without + as FusionAuth reads it: a number of the North American plan, with or without its 1. */
str
identity_phone(struct arena *arena, str value)
{
    str s = trim_spaces(identity_fold(arena, value)), phone;

    if (s.n && s.p[0] != '+') {
        s = str_fmt(arena, "+" STRF, STRV(s));
        if (!take_phone(arena, s, &phone)) {
            return NO_STR;
        }
        if (is_north_american(str_skip(phone, 1))) {
            return str_fmt(arena, "+1" STRF, STRV(str_skip(phone, 1)));
        }
        return phone.n && phone.p[1] == '1' && is_north_american(str_skip(phone, 2)) ? phone
                                                                                     : NO_STR;
    }
    return s.n && take_phone(arena, s, &phone) && identity_is_phone(phone) ? phone : NO_STR;
}

/* Email addresses in small letters and numbers in E.164, as FusionAuth has them. */
void
user_settle(struct arena *arena, struct user *user)
{
    str phone = identity_phone(arena, user->phone_number);

    user->email = str_lower(arena, user->email);
    if (phone.n) {
        user->phone_number = phone;
    }
}

static bool
has_normal(const struct identities *list, str normal)
{
    for (size_t i = 0; i < list->count; i++) {
        if (str_eq(list->of[i].normal, normal)) {
            return true;
        }
    }
    return false;
}

struct identities
identity_list(struct arena *arena, const struct user *user)
{
    const str values[IDENTITY_KIND_COUNT] = {
        [IDENTITY_EMAIL] = user->email,
        [IDENTITY_PHONE] = user->phone_number,
        [IDENTITY_USERNAME] = user_unique_username(user),
    };
    struct identities list = {0};

    for (int kind = 0; kind < IDENTITY_KIND_COUNT; kind++) {
        str normal = identity_normal(arena, values[kind]);
        /* One namespace: a username that is the user's own email address is one identity. */
        if (normal.n && !has_normal(&list, normal)) {
            list.of[list.count++] = (struct identity){.kind = (enum identity_kind)kind,
                .value = kind == IDENTITY_USERNAME ? user->username : values[kind],
                .normal = normal};
        }
    }
    return list;
}

struct identities
identity_list_blind(struct rq *rq, const struct tenant *tenant, const struct user *user)
{
    struct identities list = identity_list(rq->arena, user);

    for (size_t i = 0; i < list.count; i++) {
        list.of[i].blind = seal_blind(rq, tenant, list.of[i].normal);
    }
    return list;
}

const struct identity *
identity_find(const struct identities *list, bytes blind)
{
    for (size_t i = 0; i < list->count; i++) {
        if (ct_eq(list->of[i].blind, blind)) {
            return &list->of[i];
        }
    }
    return NULL;
}

/* Whether somebody else has the identity, somebody who was not erased. */
static enum err
is_taken(struct rq *rq, const struct username_wish *wish, bytes blind, bool *ret)
{
    const struct tenant *tenant = wish->tenant;
    struct db_row *row;
    struct uuid holder;
    bool is_erased;
    enum err e = rq_read(rq, IDENTITY_HOLDER, &row, DB_VALUES(DB_ID(&tenant->id), DB_BYTES(blind)));

    *ret = false;
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    holder = uuid_from(db_bytes(row, 0));
    if (uuid_eq(holder, wish->user->id)) {
        return ERR_OK;
    }
    e = user_clear_erased(rq, tenant, holder, &is_erased);
    *ret = !is_erased;
    return e;
}

enum err
user_check_taken(struct rq *rq, const struct tenant *tenant, const struct user *before,
    struct user *user, struct field_reader *reader, const char *path)
{
    struct username_wish wish = {tenant, before, user, reader, path, is_taken, NULL, false};
    enum err settled = user_settle_username(rq, &wish);
    struct identities list;

    if (settled != ERR_OK) {
        return settled;
    }
    list = identity_list_blind(rq, tenant, user);

    for (size_t i = 0; i < list.count; i++) {
        const struct identity_words *words = &identity_words[list.of[i].kind];
        bool taken = false, is_drawn = wish.is_free && list.of[i].kind == IDENTITY_USERNAME;
        enum err e = is_drawn ? ERR_OK : is_taken(rq, &wish, list.of[i].blind, &taken);
        if (e != ERR_OK) {
            return e;
        }
        if (taken) {
            const char *at =
                str_z(reader->arena, str_fmt(reader->arena, "%s.%s", path, words->member));
            field_fault(reader, at ? at : path, "duplicate", words->duplicate);
        }
    }
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}
