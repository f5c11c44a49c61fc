/* SPDX-License-Identifier: Apache-2.0 */
/* Digests, MACs, key derivation, constant-time comparison and wiping. Contexts and algorithms are
 * fetched once and kept per thread (a fetch costs more than the hash). */
#pragma once
#include "base/str.h"

enum { SHA1_BYTES = 20, SHA256_BYTES = 32, SHA512_BYTES = 64, KEY_BYTES = 32 };

struct digest {
    uint8_t b[SHA256_BYTES];
};
struct key32 {
    uint8_t b[KEY_BYTES]; /* a secret: wipe with secret_wipe */
};

/* SHA-256 (FIPS 180-4); it cannot fail. */
struct digest sha256(bytes data);
/* The digest of SHA-2 that is 32, 48 or 64 bytes long (FIPS 180-4). False for other lengths and without memory. */
MUST_USE bool hash_sha2(size_t length, bytes data, uint8_t ret[SHA512_BYTES]);
/* Only where somebody else's lists are of SHA-1 digests. False without memory. */
MUST_USE bool hash_sha1(bytes data, uint8_t ret[SHA1_BYTES]);
struct digest hmac_sha256(bytes key, bytes data);
/* What OAuth 1.0a signs with (RFC 5849 s3.4.2), and nothing else: an HMAC does not lean on what SHA-1 lost. */
struct sha1_mac {
    uint8_t b[20];
};
struct sha1_mac hash_hmac_sha1(bytes key, bytes data);
/* HMAC over parts as if they stood behind each other, each preceded by its length (64 bit, big
 * endian): no two lists of parts give the same input. */
struct digest hmac_sha256_parts(bytes key, const bytes *parts, size_t count);
/* 64 bits of keyed BLAKE2b (RFC 7693), of its own for each label of at most 16 bytes: for blind tokens, many a user,
 * whose rare collisions somebody resolves. */
uint64_t hash_blind64(bytes key, str label, bytes data);
/* HKDF-SHA256 (RFC 5869) with an empty salt, for subkeys: key32 for a label and a context. */
struct key32 key_derive(const struct key32 *key, str label, bytes context);

/* The only comparison allowed on secrets, tokens and digests; lengths are public. */
bool ct_eq(bytes a, bytes b);
/* Overwrites memory in a way the compiler keeps. */
void secret_wipe(void *p, size_t n);
void key32_wipe(struct key32 *key); /* for AUTO */

static inline bytes
digest_bytes(const struct digest *d)
{
    return (bytes){d->b, sizeof d->b};
}
static inline bytes
key32_bytes(const struct key32 *k)
{
    return (bytes){k->b, sizeof k->b};
}

/* Fetches algorithms; once at start, before any other call of crypto/. False when OpenSSL or
 * libsodium lacks something. */
MUST_USE bool crypto_init(void);
