/* SPDX-License-Identifier: Apache-2.0 */
/* Password hashes of other servers: phpass, as WordPress and Drupal 7 write it, and Firebase's scrypt
 * (RFC 7914, its result the key under which the project's signer key is encrypted).
 *
 * Deviation: FusionAuth's reference does not say in which alphabet a phpass hash is imported, so
 * either is known again: phpass's own and base64. */
#include <errno.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <sodium.h>

#include "base/arena.h"
#include "codec/base64.h"
#include "crypto/password.h"
#include "crypto/password_internal.h"

enum {
    FIREBASE_BYTES = 64, /* of a signer key, and so of a hash */
    FIREBASE_MEMORY = 14,
    FIREBASE_MEMORY_MAX = 14, /* Firebase's own bound */
    FIREBASE_ARENA = 4096,
};

/* text in the alphabet of base64url, without padding. */
static str
url_of(struct arena *arena, str text)
{
    char *url;

    while (text.n > 0 && text.p[text.n - 1] == '=') {
        text.n--;
    }
    url = arena_alloc(arena, text.n + 1);
    for (size_t i = 0; url != NULL && i < text.n; i++) {
        url[i] = (char)(text.p[i] == '+' ? '-' : text.p[i] == '/' ? '_' : text.p[i]);
    }
    return url != NULL ? (str){url, text.n} : NO_STR;
}

bool
password_decode(struct arena *arena, str text, bytes *ret)
{
    str url = url_of(arena, text);

    return url.p != NULL && base64url_decode(arena, url, ret);
}

void
password_phpass(enum crypto_md md, int64_t factor, bytes salt, str text, uint8_t *to)
{
    bytes first[] = {salt, str_bytes(text)}, again[] = {{to, crypto_md_bytes(md)}, str_bytes(text)};

    crypto_digest(md, first, COUNT(first), to);
    for (int64_t i = 0; i < factor; i++) {
        crypto_digest(md, again, COUNT(again), to);
    }
}

str
password_phpass_text(struct arena *arena, bytes raw, size_t max)
{
    static const char alphabet[] =
        "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    size_t n = MIN((raw.n * 8 + 5) / 6, max);
    char *text = arena_alloc(arena, n + 1);

    for (size_t i = 0; text != NULL && i < n; i++) {
        size_t bit = i * 6, at = bit / 8;
        unsigned high = at + 1 < raw.n ? raw.p[at + 1] : 0;
        text[i] = alphabet[((raw.p[at] | high << 8) >> (bit % 8)) & 63];
    }
    return text != NULL ? (str){text, n} : NO_STR;
}

bool
password_phpass_same(struct arena *arena, bytes made, str hash)
{
    str own = password_phpass_text(arena, made, PASSWORD_PHPASS_MAX);
    str base64 = str_head(base64url_text(arena, made), PASSWORD_PHPASS_MAX);
    str url = str_head(url_of(arena, hash), PASSWORD_PHPASS_MAX);
    bool is_own, is_base64;

    if (arena_failed(arena)) {
        return false;
    }
    is_own = ct_eq(str_bytes(own), str_bytes(hash));
    is_base64 = ct_eq(str_bytes(base64), str_bytes(url));
    return is_own || is_base64;
}

struct firebase {
    bytes salt, separator, signer_key;
    int64_t memory;
};

static bool
next_part(struct arena *arena, str *rest, bytes *ret)
{
    str part;

    return str_cut(rest, ':', &part) && password_decode(arena, part, ret);
}

static bool
read_firebase(struct arena *arena, str salt, struct firebase *ret)
{
    ret->memory = FIREBASE_MEMORY;
    return next_part(arena, &salt, &ret->salt) && next_part(arena, &salt, &ret->separator)
           && next_part(arena, &salt, &ret->signer_key) && ret->signer_key.n == FIREBASE_BYTES
           && (salt.p == NULL
               || (str_i64(salt, &ret->memory) && ret->memory >= 1
                   && ret->memory <= FIREBASE_MEMORY_MAX));
}

/* AES-256-CTR from a counter of zero. */
static bool
encrypt(const uint8_t *key, bytes plain, uint8_t *to)
{
    static const uint8_t counter[16];
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int n = 0;
    bool ok = ctx != NULL && EVP_EncryptInit_ex(ctx, EVP_aes_256_ctr(), NULL, key, counter) == 1
              && EVP_EncryptUpdate(ctx, to, &n, plain.p, (int)plain.n) == 1 && (size_t)n == plain.n;

    EVP_CIPHER_CTX_free(ctx);
    ERR_clear_error();
    return ok;
}

bool
password_firebase(int64_t factor, str salt, str text, uint8_t *to)
{
    AUTO(arena_end) struct arena *arena = arena_new(FIREBASE_ARENA);
    struct firebase given;
    uint8_t key[FIREBASE_BYTES];
    str whole;
    bool ok;

    if (arena == NULL || !read_firebase(arena, salt, &given)) {
        errno = arena == NULL || arena_failed(arena) ? ENOMEM : errno;
        return false;
    }
    arena_keep_secret(arena);
    whole = str_join(arena, (str[]){bytes_str(given.salt), bytes_str(given.separator)}, 2, NO_STR);
    ok = !arena_failed(arena)
         && crypto_pwhash_scryptsalsa208sha256_ll((const uint8_t *)(text.n ? text.p : ""), text.n,
                (const uint8_t *)whole.p, whole.n, UINT64_C(1) << given.memory, (uint32_t)factor, 1,
                key, sizeof key)
                == 0
         && encrypt(key, given.signer_key, to);
    secret_wipe(key, sizeof key);
    errno = ok ? errno : ENOMEM;
    return ok;
}
