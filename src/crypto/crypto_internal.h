/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of crypto/ share: algorithms fetched once for the process, contexts kept per
 * thread. */
#pragma once
#include <openssl/evp.h>
#include <stdatomic.h>

#include "crypto/hash.h"

enum crypto_md {
    CRYPTO_SHA256,
    CRYPTO_SHA384,
    CRYPTO_SHA512,
    CRYPTO_MD5,
    CRYPTO_SHA1, /* only in HMACs (otp.c, hash_hmac_sha1), where collisions do not hurt, and for lists made with it */
    CRYPTO_MD_COUNT
};
enum { CRYPTO_MD_BYTES = 64, CRYPTO_POOL_BYTES = 4096, CRYPTO_SLOTS = 32 };

/* Written by crypto_init before any thread starts, read only from then on. */
struct crypto_algs {
    EVP_MD *md[CRYPTO_MD_COUNT];
    EVP_CIPHER *aes_256_gcm;
    bool has_aes; /* the processor has, and libsodium uses it (aead.c) */
    bool is_ready;
};
extern struct crypto_algs crypto_algs;

/* One per thread. A kept context holds the last key it was used with until its next use or the
 * end of its thread: that is the price of not paying for a fresh one each time. */
struct crypto_thread {
    bool is_known; /* the destructor is registered */
    int slot;      /* 0..CRYPTO_SLOTS-1, or -1 when more threads live */
    EVP_MD_CTX *md[CRYPTO_MD_COUNT];
    EVP_CIPHER_CTX *seal, *open;
    unsigned fork_count; /* of the process that filled the pool */
    size_t pool_left;
    uint8_t pool[CRYPTO_POOL_BYTES];
};
struct crypto_thread *crypto_thread_here(void);

/* OpenSSL's memory comes from base/mem (mem_ran_short). Without effect once somebody has used it; nothing else depends on it. */
void crypto_watch_memory(void);
/* Forks this process descends from; a pool filled before the last one must not be used. */
unsigned crypto_fork_count(void);

/* Length of a digest in bytes. */
size_t crypto_md_bytes(enum crypto_md md);
/* Hashes the parts as if they stood behind each other; to has room for crypto_md_bytes. */
void crypto_digest(enum crypto_md md, const bytes *parts, size_t count, uint8_t *to);
void crypto_hmac(enum crypto_md md, bytes key, const bytes *parts, size_t count, uint8_t *to);
/* HKDF-SHA256 (RFC 5869 s2) with an empty salt; the info is the parts behind each other. One
 * block. */
struct key32 crypto_hkdf(bytes secret, const bytes *info, size_t count);

/* Seals into to, AEAD_OVERHEAD longer than plain, whose bytes 1 to 12 are the nonce already. */
bool crypto_aead_seal(const struct key32 *key, bytes aad, bytes plain, uint8_t *to);
/* Opens into to, AEAD_OVERHEAD shorter than sealed. */
bool crypto_aead_open(const struct key32 *key, bytes aad, bytes sealed, uint8_t *to);
