/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-2 (FIPS 180-4), HMAC (RFC 2104) and HKDF (RFC 5869) on contexts kept per thread.
 *
 * A digest has no way to fail that input could reach. The first one of a thread takes memory; when
 * there is none, libsodium's, which takes none, stands in (SHA-384, SHA-1 and MD5 have no such stand-in). */
#include "crypto/hash.h"

#include <sodium.h>

#include "crypto/crypto_internal.h"

enum { PARTS_MAX = 16, MAC_PARTS_MAX = 2 * PARTS_MAX };

size_t
crypto_md_bytes(enum crypto_md md)
{
    static const uint8_t sizes[CRYPTO_MD_COUNT] = {
        [CRYPTO_SHA1] = 20,
        [CRYPTO_SHA256] = 32,
        [CRYPTO_SHA384] = 48,
        [CRYPTO_SHA512] = 64,
        [CRYPTO_MD5] = 16,
    };

    return sizes[md];
}

static bool
digest_kept(enum crypto_md md, const bytes *parts, size_t count, uint8_t *to)
{
    struct crypto_thread *t = crypto_thread_here();
    bool ok;

    if (t->md[md] == NULL) {
        t->md[md] = EVP_MD_CTX_new();
    }
    ok = t->md[md] != NULL && EVP_DigestInit_ex2(t->md[md], crypto_algs.md[md], NULL) == 1;
    for (size_t i = 0; ok && i < count; i++) {
        ok = EVP_DigestUpdate(t->md[md], parts[i].p, parts[i].n) == 1;
    }
    return ok && EVP_DigestFinal_ex(t->md[md], to, NULL) == 1;
}

static void
digest_sha256(const bytes *parts, size_t count, uint8_t *to)
{
    crypto_hash_sha256_state state;

    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < count; i++) {
        crypto_hash_sha256_update(&state, (const uint8_t *)parts[i].p, parts[i].n);
    }
    crypto_hash_sha256_final(&state, to);
}

static void
digest_sha512(const bytes *parts, size_t count, uint8_t *to)
{
    crypto_hash_sha512_state state;

    crypto_hash_sha512_init(&state);
    for (size_t i = 0; i < count; i++) {
        crypto_hash_sha512_update(&state, (const uint8_t *)parts[i].p, parts[i].n);
    }
    crypto_hash_sha512_final(&state, to);
}

void
crypto_digest(enum crypto_md md, const bytes *parts, size_t count, uint8_t *to)
{
    static void (*const stand_ins[CRYPTO_MD_COUNT])(const bytes *, size_t, uint8_t *) = {
        [CRYPTO_SHA256] = digest_sha256, [CRYPTO_SHA512] = digest_sha512};

    if (!digest_kept(md, parts, count, to)) {
        CHECK(stand_ins[md] != NULL);
        stand_ins[md](parts, count, to);
    }
}

/* RFC 2104 s2: H(key ^ opad | H(key ^ ipad | data)). Written out, because the library's own takes
 * memory at each use, and a request that finds none left must not end the process. */
void
crypto_hmac(enum crypto_md md, bytes key, const bytes *parts, size_t count, uint8_t *to)
{
    size_t block_n = md == CRYPTO_SHA384 || md == CRYPTO_SHA512 ? 128 : 64;
    uint8_t block[128] = {0}, inner[CRYPTO_MD_BYTES];
    bytes all[MAC_PARTS_MAX + 1] = {{block, block_n}};

    CHECK(count <= MAC_PARTS_MAX); /* our own lists, never input's */
    if (key.n > block_n) {
        crypto_digest(md, &key, 1, block);
    } else if (key.n) {
        memcpy(block, key.p, key.n);
    }
    for (size_t i = 0; i < block_n; i++) {
        block[i] ^= 0x36;
    }
    for (size_t i = 0; i < count; i++) {
        all[i + 1] = parts[i];
    }
    crypto_digest(md, all, count + 1, inner);
    for (size_t i = 0; i < block_n; i++) {
        block[i] ^= 0x36 ^ 0x5c;
    }
    all[1] = (bytes){inner, crypto_md_bytes(md)};
    crypto_digest(md, all, 2, to);
    secret_wipe(block, sizeof block);
    secret_wipe(inner, sizeof inner);
}

struct digest
sha256(bytes data)
{
    struct digest d;

    crypto_digest(CRYPTO_SHA256, &data, 1, d.b);
    return d;
}

bool
hash_sha2(size_t length, bytes data, uint8_t ret[SHA512_BYTES])
{
    static const enum crypto_md all[] = {CRYPTO_SHA256, CRYPTO_SHA384, CRYPTO_SHA512};

    for (size_t i = 0; i < COUNT(all); i++) {
        if (crypto_md_bytes(all[i]) == length) {
            return digest_kept(all[i], &data, 1, ret);
        }
    }
    return false;
}

bool
hash_sha1(bytes data, uint8_t ret[SHA1_BYTES])
{
    return digest_kept(CRYPTO_SHA1, &data, 1, ret);
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

struct sha1_mac
hash_hmac_sha1(bytes key, bytes data)
{
    struct sha1_mac mac;

    crypto_hmac(CRYPTO_SHA1, key, &data, 1, mac.b);
    return mac;
}

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

uint64_t
hash_blind64(bytes key, str label, bytes data)
{
    uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = {0};
    uint8_t out[crypto_generichash_blake2b_BYTES_MIN];
    uint64_t ret = 0;

    CHECK(label.n <= sizeof personal && key.n <= crypto_generichash_blake2b_KEYBYTES_MAX);
    memcpy(personal, label.p, label.n);
    CHECK(crypto_generichash_blake2b_salt_personal(
              out, sizeof out, data.p, data.n, key.p, key.n, NULL, personal)
          == 0);
    for (size_t i = 0; i < sizeof ret; i++) {
        ret = ret << 8 | out[i];
    }
    return ret;
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
