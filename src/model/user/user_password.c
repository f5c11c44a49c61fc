/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords of users: the tenant's rules, hashing, hashes made elsewhere. The codes of what a
 * password lacks are FusionAuth's. Length counts characters, not bytes. */
#include "codec/utf8.h"
#include "model/user/user_import.h"
#include "model/user/user_internal.h"

#include <utf8proc.h>

enum { BCRYPT_MAX_BYTES = 72, LOGIN_ID_MIN = 3 };

struct makeup { /* what a password is made of */
    int64_t chars;
    bool has_upper, has_lower, has_number, has_other, fits;
};

struct faults { /* where faults of one user's password go */
    struct field_reader *reader;
    const char *path;
    bool has_fault;
};

static void
add_fault(struct faults *faults, const char *member, const char *code, const char *message)
{
    struct arena *arena = faults->reader->arena;
    const char *dot = faults->path[0] ? "." : "";
    const char *at = str_z(arena, str_fmt(arena, "%s%s%s", faults->path, dot, member));

    faults->has_fault = true;
    field_fault(faults->reader, at ? at : faults->path, code, message);
}

static void
add_char(struct makeup *makeup, utf8proc_int32_t code)
{
    makeup->chars++;
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LT:
        makeup->has_upper = true;
        break;
    case UTF8PROC_CATEGORY_LL:
        makeup->has_lower = true;
        break;
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        break;
    case UTF8PROC_CATEGORY_ND:
        makeup->has_number = true;
        makeup->has_other = true;
        break;
    default:
        makeup->has_other = true;
    }
}

static struct makeup
makeup_of(str password, str scheme)
{
    struct makeup makeup = {.fits = password.n <= PASSWORD_MAX_BYTES};

    if (str_eq(scheme, S("bcrypt"))) {
        makeup.fits = password.n <= BCRYPT_MAX_BYTES; /* the rest would not count: refused */
    }
    while (password.n) {
        size_t n = utf8_char_bytes(password);
        utf8proc_int32_t code = 0xfffd;
        if (n) {
            utf8proc_iterate((const utf8proc_uint8_t *)password.p, (utf8proc_ssize_t)n, &code);
        }
        add_char(&makeup, code);
        password = str_skip(password, n ? n : 1);
    }
    return makeup;
}

/* True if the password lacks what the rule asks for. */
typedef bool lacks(const struct password_rules *rules, const struct makeup *makeup);

static bool
is_too_short(const struct password_rules *rules, const struct makeup *makeup)
{
    return makeup->chars < rules->min_length;
}

static bool
is_too_long(const struct password_rules *rules, const struct makeup *makeup)
{
    return makeup->chars > rules->max_length || !makeup->fits;
}

static bool
is_single_case(const struct password_rules *rules, const struct makeup *makeup)
{
    return rules->needs_mixed_case && (!makeup->has_upper || !makeup->has_lower);
}

static bool
is_only_alpha(const struct password_rules *rules, const struct makeup *makeup)
{
    return rules->needs_non_alpha && !makeup->has_other;
}

static bool
is_without_number(const struct password_rules *rules, const struct makeup *makeup)
{
    return rules->needs_number && !makeup->has_number;
}

/* clang-format off */
static const struct {
    lacks *test;
    const char *code, *message;
} rules_of_passwords[] = {
    {is_too_short,      "tooShort",      "Choose a longer password."},
    {is_too_long,       "tooLong",       "Choose a shorter password."},
    {is_single_case,    "singleCase",    "Use upper and lower case letters in the password."},
    {is_only_alpha,     "onlyAlpha",     "Use a character in the password that is no letter."},
    {is_without_number, "requireNumber", "Use a digit in the password."},
};
/* clang-format on */

static void
check_login_ids(struct faults *faults, const struct user *user)
{
    struct arena *arena = faults->reader->arena;
    str folded = identity_fold(arena, user->password);
    struct identities list = identity_list(arena, user);

    for (size_t i = 0; i < list.count; i++) {
        str id = list.of[i].normal;
        if (list.of[i].kind == IDENTITY_PHONE) {
            id = str_skip(id, 1);
        } else if (list.of[i].kind == IDENTITY_USERNAME) {
            id =
                identity_normal(arena, user->username); /* without the digits that make it unique */
        }
        if (id.n >= LOGIN_ID_MIN && str_find_str(folded, id) < folded.n) {
            add_fault(faults, "password", identity_words[list.of[i].kind].contains,
                "Choose a password that does not contain the login id.");
        }
    }
}

static void
check_scheme(struct faults *faults, const struct user *user, bool is_imported)
{
    if (user->given_scheme.n
        && !(is_imported ? password_scheme_known(user->given_scheme, NULL)
                         : password_scheme_made(user->given_scheme))) {
        add_fault(faults, "encryptionScheme", "invalid",
            "Name a password scheme this server knows, such as argon2id or bcrypt.");
    } else if (user->given_factor
               && (user->given_scheme.n == 0
                   || !password_factor_ok(user->given_scheme, user->given_factor))) {
        add_fault(faults, "factor", "invalid",
            "Give a factor within what the password scheme allows, together with the scheme.");
    }
}

void
user_check_password(struct field_reader *reader, const struct tenant *tenant,
    const struct user *user, const char *path)
{
    struct faults faults = {reader, path, false};
    str scheme = user->given_scheme.n ? user->given_scheme : tenant->encryption.scheme;
    struct makeup makeup = makeup_of(user->password, scheme);

    arena_keep_secret(reader->arena);
    check_scheme(&faults, user, false);
    if (user->password.n == 0) {
        add_fault(&faults, "password", "blank", "Choose a password.");
        return;
    }
    for (size_t i = 0; i < COUNT(rules_of_passwords); i++) {
        if (rules_of_passwords[i].test(&tenant->password, &makeup)) {
            add_fault(
                &faults, "password", rules_of_passwords[i].code, rules_of_passwords[i].message);
        }
    }
    if (tenant->password.refuses_login_id) {
        check_login_ids(&faults, user);
    }
}

bool
user_check_plain(struct field_reader *reader, const struct tenant *tenant, const struct user *user,
    const char *path)
{
    struct faults faults = {reader, path, false};
    str scheme = user->given_scheme.n ? user->given_scheme : tenant->encryption.scheme;

    arena_keep_secret(reader->arena);
    check_scheme(&faults, user, false);
    if (!makeup_of(user->password, scheme).fits) {
        add_fault(&faults, "password", "tooLong", "This password is too long for its scheme.");
    }
    return !faults.has_fault;
}

/* A later instant than the last one, so that a sign-in with the old password notices. */
static void
keep_hash(struct rq *rq, struct user *user, struct password_hash hash)
{
    user->scheme = hash.scheme;
    user->factor = hash.factor;
    user->salt = hash.salt;
    user->hash = hash.hash;
    user->password_instant = MAX(rq->now, user->password_instant + 1);
}

enum err
user_set_password(struct rq *rq, const struct tenant *tenant, struct user *user)
{
    str scheme = user->given_scheme.n ? user->given_scheme : tenant->encryption.scheme;
    int64_t factor = user->given_scheme.n ? user->given_factor : tenant->encryption.factor;
    struct password_hash hash;
    enum err e = rq_needs_hash(rq);

    if (e != ERR_OK) {
        return e;
    }
    arena_keep_secret(rq->arena);
    if (factor == 0 && !password_scheme_known(scheme, &factor)) {
        return FAIL_SERVER(rq);
    }
    if (!password_make(rq->arena, rq->rng, scheme, factor, user->password, &hash)) {
        return FAIL_SERVER(rq);
    }
    keep_hash(rq, user, hash);
    return ERR_OK;
}

/* base64 of either alphabet, bcrypt's or phpass's, parts joined by colons: at most 2048 characters. */
static bool
is_encoded(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool is_alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_alnum && memchr("+/=.-_:", c, 7) == NULL) {
            return false;
        }
    }
    return s.n <= USER_HASH_MAX;
}

bool
user_import_password(
    struct rq *rq, struct field_reader *reader, struct user *user, const char *path)
{
    struct faults faults = {reader, path, false};
    struct password_hash hash = {
        user->given_scheme, user->given_factor, user->given_salt, user->password};

    if (hash.factor == 0 && !password_scheme_known(hash.scheme, &hash.factor)) {
        hash.factor = 0; /* said below: the scheme is the fault */
    }
    if (hash.scheme.n == 0) {
        add_fault(&faults, "encryptionScheme", "blank", "Name the scheme of the hash.");
    }
    check_scheme(&faults, user, true);
    if (hash.hash.n == 0 || !is_encoded(hash.hash)) {
        add_fault(&faults, "password", "invalid", "Give the hash of the password in base64.");
    }
    if (!is_encoded(hash.salt)) {
        add_fault(&faults, "salt", "invalid", "Give the salt of the hash in base64.");
    }
    if (faults.has_fault) {
        return false;
    }
    keep_hash(rq, user, hash);
    return true;
}
