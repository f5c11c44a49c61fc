/* SPDX-License-Identifier: Apache-2.0 */
/* Password hashes: FusionAuth's schemes by its own names, so that imported records keep working,
 * those of others (password_moved.c), and Argon2id (RFC 9106), our default.
 *
 * Deviation: the salt and key length of argon2id are fixed (16 and 32 bytes, t 2, p 1). bcrypt
 * refuses what it could not hash whole: more than 72 bytes, or a NUL. Invariant: with a
 * well-formed record and a password within the limits the whole work is done before the compare. */
#include "crypto/password.h"

#include <errno.h>

#include <crypt.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "base/arena.h"
#include "base/rng.h"
#include "codec/base64.h"
#include "crypto/crypto_internal.h"
#include "crypto/password_internal.h"

enum {
    ARGON2_SALT_BYTES = crypto_pwhash_argon2id_SALTBYTES,
    ARGON2_PASSES = 2,
    SCRYPT_BLOCKS = 8,
    BCRYPT_SALT_CHARS = 22,
    BCRYPT_MAX_BYTES = 72,
    BCRYPT_RANDOM_BYTES = 16,
    SALT_BYTES = 32, /* of the salts we make for FusionAuth's schemes, as FusionAuth does */
    ARENA_BYTES = 16 * 1024,
};

struct scheme;

enum form { /* of salt and hash */
    FORM_BASE64,
    FORM_BCRYPT, /* both in bcrypt's alphabet */
    FORM_PHPASS, /* the salt as it is, the hash in phpass's alphabet or in base64 */
    FORM_GIVEN,  /* the salt as it is, the hash in base64; not made here */
};

/* Writes scheme->hash_bytes of digest. salt is decoded where its form is base64. False with errno ENOMEM when
 * there was no memory, which says nothing of the password. */
typedef bool digest_fn(
    const struct scheme *scheme, int64_t factor, bytes salt, str text, uint8_t *to);

struct scheme {
    str name;
    int64_t default_factor, min_factor, max_factor;
    enum crypto_md md;
    size_t salt_bytes, hash_bytes;
    digest_fn *digest;
    enum form form;
};

static bool
digest_argon2id(const struct scheme *scheme, int64_t factor, bytes salt, str text, uint8_t *to)
{
    bool ok;

    if (salt.n != ARGON2_SALT_BYTES) {
        return false;
    }
    password_memory_begin();
    ok = crypto_pwhash_argon2id(to, scheme->hash_bytes, text.n ? text.p : "", text.n, salt.p,
             ARGON2_PASSES, (size_t)factor * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13)
         == 0;
    password_memory_end();
    errno = ok ? errno : ENOMEM; /* its other reasons are excluded by is_allowed */
    return ok;
}

static bool
digest_pbkdf2(const struct scheme *scheme, int64_t factor, bytes salt, str text, uint8_t *to)
{
    bool ok = PKCS5_PBKDF2_HMAC(text.n ? text.p : "", (int)text.n, salt.p, (int)salt.n, (int)factor,
                  crypto_algs.md[scheme->md], (int)scheme->hash_bytes, to)
              == 1;

    if (!ok) {
        ERR_clear_error();
        errno = ENOMEM;
    }
    return ok;
}

/* The digest of password and salt, then again and again of the digest before. */
static bool
digest_salted(const struct scheme *scheme, int64_t factor, bytes salt, str text, uint8_t *to)
{
    bytes first[] = {str_bytes(text), salt}, again = {to, scheme->hash_bytes};

    crypto_digest(scheme->md, first, COUNT(first), to);
    for (int64_t i = 1; i < factor; i++) {
        crypto_digest(scheme->md, &again, 1, to);
    }
    return true;
}

/* FusionAuth keeps a factor for this scheme and does not use it. */
static bool
digest_hmac(const struct scheme *scheme, int64_t factor, bytes salt, str text, uint8_t *to)
{
    bytes data = str_bytes(text);

    (void)factor;
    crypto_hmac(scheme->md, salt, &data, 1, to);
    return true;
}

static bool
digest_bcrypt(const struct scheme *scheme, int64_t factor, bytes salt, str text, uint8_t *to)
{
    AUTO(arena_end)
    struct arena *arena = arena_new(MAX(ARENA_BYTES, 2 * sizeof(struct crypt_data)));
    struct crypt_data *data = arena ? ARENA_NEW(arena, struct crypt_data) : NULL;
    const char *phrase, *setting, *made;
    size_t head;

    if (data == NULL) {
        errno = ENOMEM;
        return false;
    }
    if (salt.n != BCRYPT_SALT_CHARS || text.n > BCRYPT_MAX_BYTES) {
        return false;
    }
    arena_keep_secret(arena);
    phrase = str_z(arena, text); /* NULL for an inner NUL */
    setting = str_z(arena, str_fmt(arena, "$2b$%02d$" STRF, (int)factor, STRV(bytes_str(salt))));
    made = phrase && setting ? crypt_r(phrase, setting, data) : NULL;
    if (made == NULL) {
        return false;
    }
    head = sizeof "$2b$00$" - 1 + BCRYPT_SALT_CHARS;
    if (strlen(made) != head + scheme->hash_bytes) { /* "*0": the setting was refused */
        return false;
    }
    memcpy(to, made + head, scheme->hash_bytes);
    return true;
}

/* RFC 7914, for hashes made elsewhere. */
static bool
digest_scrypt(const struct scheme *scheme, int64_t factor, bytes salt, str text, uint8_t *to)
{
    bool ok = crypto_pwhash_scryptsalsa208sha256_ll((const uint8_t *)(text.n ? text.p : ""), text.n,
                  salt.p, salt.n, UINT64_C(1) << factor, SCRYPT_BLOCKS, 1, to, scheme->hash_bytes)
              == 0;

    errno = ok ? errno : ENOMEM; /* its other reasons are excluded by is_allowed */
    return ok;
}

static bool
digest_phpass(const struct scheme *scheme, int64_t factor, bytes salt, str text, uint8_t *to)
{
    password_phpass(scheme->md, factor, salt, text, to);
    return true;
}

static bool
digest_firebase(const struct scheme *scheme, int64_t factor, bytes salt, str text, uint8_t *to)
{
    (void)scheme;
    return password_firebase(factor, bytes_str(salt), text, to);
}

/* The most: what one check costs a core stays near a second, whatever somebody imports or sets. bcrypt's is FusionAuth's. */
/* clang-format off */
static const struct scheme schemes[] = {
/*    name                                      default  least  most      digest         salt, hash  by                form */
    { S_INIT("argon2id"),                       19456,   8192,  262144,   0,             16, 32, digest_argon2id, FORM_BASE64 },
    { S_INIT("bcrypt"),                         10,      4,     14,       0,             22, 31, digest_bcrypt,   FORM_BCRYPT },
    { S_INIT("scrypt"),                         14,      4,     17,       0,             16, 64, digest_scrypt,   FORM_BASE64 },
    { S_INIT("firebase-scrypt"),                8,       1,     8,        0,             0,  64, digest_firebase, FORM_GIVEN  },
    { S_INIT("phpass-md5"),                     8192,    1,     1000000,  CRYPTO_MD5,    8,  16, digest_phpass,   FORM_PHPASS },
    { S_INIT("phpass-sha512"),                  32768,   1,     1000000,  CRYPTO_SHA512, 8,  64, digest_phpass,   FORM_PHPASS },
    { S_INIT("phppass-sha512"),                 32768,   1,     1000000,  CRYPTO_SHA512, 8,  64, digest_phpass,   FORM_PHPASS },
    { S_INIT("salted-pbkdf2-hmac-sha1"),        10000,   1,     1500000,  CRYPTO_SHA1,   16, 32, digest_pbkdf2,   FORM_BASE64 },
    { S_INIT("salted-pbkdf2-hmac-sha256"),      24000,   1,     2000000,  CRYPTO_SHA256, 32, 32, digest_pbkdf2,   FORM_BASE64 },
    { S_INIT("salted-pbkdf2-hmac-sha256-512"),  24000,   1,     1000000,  CRYPTO_SHA256, 32, 64, digest_pbkdf2,   FORM_BASE64 },
    { S_INIT("salted-pbkdf2-hmac-sha512-512"),  24000,   1,     1000000,  CRYPTO_SHA512, 32, 64, digest_pbkdf2,   FORM_BASE64 },
    { S_INIT("salted-hmac-sha256"),             1,       0,     1000000,  CRYPTO_SHA256, 32, 32, digest_hmac,     FORM_BASE64 },
    { S_INIT("salted-sha512"),                  1,       1,     1000000,  CRYPTO_SHA512, 32, 64, digest_salted,   FORM_BASE64 },
    { S_INIT("salted-sha256"),                  20000,   1,     1000000,  CRYPTO_SHA256, 32, 32, digest_salted,   FORM_BASE64 },
    { S_INIT("salted-md5"),                     20000,   1,     1000000,  CRYPTO_MD5,    32, 16, digest_salted,   FORM_BASE64 },
};
/* clang-format on */

static const struct scheme *
scheme_of(str name)
{
    for (size_t i = 0; i < COUNT(schemes); i++) {
        if (str_eq(schemes[i].name, name)) {
            return &schemes[i];
        }
    }
    return NULL;
}

bool
password_scheme_known(str name, int64_t *ret_default_factor)
{
    const struct scheme *scheme = scheme_of(name);

    if (scheme != NULL && ret_default_factor != NULL) {
        *ret_default_factor = scheme->default_factor;
    }
    return scheme != NULL;
}

static bool
is_allowed(const struct scheme *scheme, int64_t factor)
{
    return scheme != NULL && factor >= scheme->min_factor && factor <= scheme->max_factor;
}

bool
password_factor_ok(str name, int64_t factor)
{
    return is_allowed(scheme_of(name), factor);
}

bool
password_scheme_made(str name)
{
    const struct scheme *scheme = scheme_of(name);

    return scheme != NULL && scheme->form != FORM_GIVEN;
}

/* A fresh salt as text. bcrypt's 16 bytes are written in its own alphabet (crypt_gensalt does
 * it). */
static str
make_salt(struct arena *arena, struct rng *rng, const struct scheme *scheme)
{
    uint8_t random[SALT_BYTES];
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];

    rng_fill(rng, random, sizeof random);
    if (scheme->form == FORM_PHPASS) {
        return password_phpass_text(arena, (bytes){random, sizeof random}, scheme->salt_bytes);
    }
    if (scheme->form != FORM_BCRYPT) {
        return base64_text(arena, (bytes){random, scheme->salt_bytes});
    }
    if (crypt_gensalt_rn("$2b$", (unsigned long)scheme->default_factor, (const char *)random,
            BCRYPT_RANDOM_BYTES, setting, sizeof setting)
        == NULL) {
        return NO_STR;
    }
    return str_dup(arena, str_skip(str_from(setting), sizeof "$2b$00$" - 1));
}

/* The digest of text under a salt as it is stored. */
static bool
digest(struct arena *arena, const struct scheme *scheme, int64_t factor, str salt, str text,
    uint8_t *to)
{
    bytes raw = str_bytes(salt);

    return text.n <= PASSWORD_MAX_BYTES
           && (scheme->form != FORM_BASE64 || password_decode(arena, salt, &raw))
           && scheme->digest(scheme, factor, raw, text, to);
}

/* A digest as it is stored. */
static str
hash_text(struct arena *arena, const struct scheme *scheme, bytes raw)
{
    switch (scheme->form) {
    case FORM_BCRYPT:
        return str_dup(arena, bytes_str(raw));
    case FORM_PHPASS:
        return password_phpass_text(arena, raw, PASSWORD_PHPASS_MAX);
    default:
        return base64_text(arena, raw);
    }
}

bool
password_make(struct arena *arena, struct rng *rng, str name, int64_t factor, str text,
    struct password_hash *ret)
{
    const struct scheme *scheme = scheme_of(name);
    struct password_hash made = {.scheme = scheme ? scheme->name : NO_STR, .factor = factor};
    uint8_t hash[CRYPTO_MD_BYTES];

    if (!is_allowed(scheme, factor) || scheme->form == FORM_GIVEN) {
        return false;
    }
    made.salt = make_salt(arena, rng, scheme);
    if (made.salt.n == 0 || !digest(arena, scheme, factor, made.salt, text, hash)) {
        return false;
    }
    made.hash = hash_text(arena, scheme, (bytes){hash, scheme->hash_bytes});
    secret_wipe(hash, sizeof hash);
    if (made.hash.n == 0) {
        return false;
    }
    *ret = made;
    return true;
}

/* Whether made, which is a digest of scheme, is what a record holds. */
static bool
is_same(struct arena *arena, const struct scheme *scheme, bytes made, str hash, bytes decoded)
{
    return scheme->form == FORM_PHPASS ? password_phpass_same(arena, made, hash)
                                       : ct_eq(made, decoded);
}

bool
password_judge(const struct password_hash *record, str text, bool *ret_right)
{
    AUTO(arena_end) struct arena *arena = arena_new(ARENA_BYTES);
    const struct scheme *scheme = scheme_of(record->scheme);
    bytes want = str_bytes(record->hash);
    uint8_t hash[CRYPTO_MD_BYTES];
    bool ok;

    *ret_right = false;
    if (arena == NULL) {
        return false;
    }
    if (!is_allowed(scheme, record->factor)
        || !(scheme->form == FORM_BCRYPT || scheme->form == FORM_PHPASS
             || password_decode(arena, record->hash, &want))) {
        return !arena_failed(arena);
    }
    arena_keep_secret(arena);
    errno = 0;
    ok = digest(arena, scheme, record->factor, record->salt, text, hash);
    *ret_right =
        ok && is_same(arena, scheme, (bytes){hash, scheme->hash_bytes}, record->hash, want);
    secret_wipe(hash, sizeof hash);
    return ok || (errno != ENOMEM && !arena_failed(arena));
}

bool
password_check(const struct password_hash *record, str text)
{
    bool is_right;

    return password_judge(record, text, &is_right) && is_right;
}

bool
password_check_nobody(str text)
{
    /* A record nobody has: the work is the same, the verdict does not depend on it. */
    static const struct password_hash nobody = {
        S_INIT("argon2id"),
        19456,
        S_INIT("bm9ib2R5bm9ib2R5MTIzNA=="),
        S_INIT("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
    };

    bool matched = password_check(&nobody, text);

    (void)matched;
    return false;
}

bool
password_is_stale(const struct password_hash *record, str scheme, int64_t factor)
{
    return !str_eq(record->scheme, scheme) || record->factor != factor;
}
