/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-2 (FIPS 180-4), HMAC (RFC 2104) and HKDF (RFC 5869) on contexts kept per thread.
 *
 * A digest has no way to fail that input could reach, so a refusal of the library ends the
 * process. */
#include "crypto/hash.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <sodium.h>

#include "crypto/crypto_internal.h"

size_t
crypto_md_bytes(enum crypto_md md)
{
    static const uint8_t sizes[CRYPTO_MD_COUNT] = {
        [CRYPTO_SHA256] = 32,
        [CRYPTO_SHA384] = 48,
        [CRYPTO_SHA512] = 64,
        [CRYPTO_MD5] = 16,
    };

    return sizes[md];
}

void
crypto_digest(enum crypto_md md, const bytes *parts, size_t count, uint8_t *to)
{
    struct crypto_thread *t = crypto_thread_here();
    bool ok;

    if (t->md[md] == NULL) {
        t->md[md] = EVP_MD_CTX_new();
        CHECK(t->md[md] != NULL);
    }
    ok = EVP_DigestInit_ex2(t->md[md], crypto_algs.md[md], NULL) == 1;
    for (size_t i = 0; ok && i < count; i++) {
        ok = EVP_DigestUpdate(t->md[md], parts[i].p, parts[i].n) == 1;
    }
    CHECK(ok && EVP_DigestFinal_ex(t->md[md], to, NULL) == 1);
}

static EVP_MAC_CTX *
new_hmac(enum crypto_md md)
{
    static const char names[CRYPTO_MD_COUNT][8] = {"SHA256", "SHA384", "SHA512", "MD5"};
    EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(crypto_algs.hmac);
    char name[8]; /* OSSL_PARAM wants it writable */
    OSSL_PARAM params[2] = {OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};

    memcpy(name, names[md], sizeof name);
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0);
    CHECK(ctx != NULL && EVP_MAC_CTX_set_params(ctx, params) == 1);
    return ctx;
}

static EVP_MAC_CTX *
hmac_context(enum crypto_md md)
{
    struct crypto_thread *t = crypto_thread_here();

    if (t->hmac[md] == NULL) {
        t->hmac[md] = new_hmac(md);
    }
    return t->hmac[md];
}

void
crypto_hmac(enum crypto_md md, bytes key, const bytes *parts, size_t count, uint8_t *to)
{
    static const uint8_t none[1];
    EVP_MAC_CTX *ctx = hmac_context(md);
    size_t n = 0;
    bool ok;

    ok = EVP_MAC_init(ctx, key.n ? key.p : none, key.n, NULL) == 1;
    for (size_t i = 0; ok && i < count; i++) {
        ok = parts[i].n == 0 || EVP_MAC_update(ctx, parts[i].p, parts[i].n) == 1;
    }
    CHECK(ok && EVP_MAC_final(ctx, to, &n, crypto_md_bytes(md)) == 1);
    CHECK(n == crypto_md_bytes(md));
}

struct digest
sha256(bytes data)
{
    struct digest d;

    crypto_digest(CRYPTO_SHA256, &data, 1, d.b);
    return d;
}

struct digest
hmac_sha256(bytes key, bytes data)
{
    struct digest d;

    crypto_hmac(CRYPTO_SHA256, key, &data, 1, d.b);
    return d;
}

static void
write_u64(uint8_t to[static 8], uint64_t v)
{
    for (int i = 0; i < 8; i++) {
        to[i] = (uint8_t)(v >> (56 - 8 * i));
    }
}

enum { PARTS_MAX = 16 };

struct digest
hmac_sha256_parts(bytes key, const bytes *parts, size_t count)
{
    uint8_t lengths[PARTS_MAX][8];
    bytes all[2 * PARTS_MAX];
    struct digest d;

    CHECK(count <= PARTS_MAX); /* our own lists, never input's */
    for (size_t i = 0; i < count; i++) {
        write_u64(lengths[i], parts[i].n);
        all[2 * i] = BYTES_OF(lengths[i]);
        all[2 * i + 1] = parts[i];
    }
    crypto_hmac(CRYPTO_SHA256, key, all, 2 * count, d.b);
    return d;
}

struct key32
crypto_hkdf(bytes secret, const bytes *info, size_t count)
{
    static const uint8_t first_block[1] = {1};
    bytes parts[PARTS_MAX + 1];
    struct digest prk;
    struct key32 key;

    CHECK(count <= PARTS_MAX);
    for (size_t i = 0; i < count; i++) {
        parts[i] = info[i];
    }
    parts[count] = BYTES_OF(first_block);
    crypto_hmac(CRYPTO_SHA256, (bytes){NULL, 0}, &secret, 1, prk.b); /* RFC 5869 s2.2 */
    crypto_hmac(CRYPTO_SHA256, digest_bytes(&prk), parts, count + 1, key.b);
    secret_wipe(&prk, sizeof prk);
    return key;
}

struct key32
key_derive(const struct key32 *key, str label, bytes context)
{
    uint8_t length[8];
    bytes info[3] = {BYTES_OF(length), str_bytes(label), context};

    write_u64(length, label.n); /* so that ("ab", "c") and ("a", "bc") differ */
    return crypto_hkdf(key32_bytes(key), info, COUNT(info));
}

bool
ct_eq(bytes a, bytes b)
{
    return a.n == b.n && (a.n == 0 || sodium_memcmp(a.p, b.p, a.n) == 0);
}

void
secret_wipe(void *p, size_t n)
{
    if (n != 0) {
        sodium_memzero(p, n);
    }
}

void
key32_wipe(struct key32 *key)
{
    secret_wipe(key, sizeof *key);
}
