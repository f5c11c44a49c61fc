/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of sign share: the table of algorithms and the body of a key. */
#pragma once
#include <openssl/evp.h>
#include <stdatomic.h>

#include "crypto/crypto_internal.h"
#include "crypto/sign.h"

enum sign_kind { SIGN_KIND_RSA, SIGN_KIND_PSS, SIGN_KIND_EC, SIGN_KIND_ED, SIGN_KIND_HMAC };

enum {
    SIGN_RSA_MAX_BITS = 8192, /* what one request may make us compute has a bound */
    SIGN_RSA_MAX_BYTES = SIGN_RSA_MAX_BITS / 8,
    SIGN_FIELD_MAX_BYTES = 66, /* P-521 */
    SIGN_DER_MAX_BYTES = 3 + 2 * (2 + 1 + SIGN_FIELD_MAX_BYTES),
    SIGN_SECRET_MAX_BYTES = 4096,
    SIGN_ED_BYTES = 32,         /* seed and public key (RFC 8032 s5.1.5) */
    SIGN_ED_PRIVATE_BYTES = 64, /* libsodium's form: seed, then public key */
    SIGN_ED_SIGNATURE_BYTES = 64,
};

struct sign_curve {
    const char *group, *crv; /* OpenSSL's name, the JWK's name */
    size_t bytes;            /* of a coordinate and of r and s (RFC 7518 s3.4, s6.2.1.2) */
    uint8_t order[SIGN_FIELD_MAX_BYTES];
};

struct sign_rule {
    str name;
    enum sign_kind kind;
    enum crypto_md md;
    int min_bits;
    const struct sign_curve *curve;
};
/* The rule of an algorithm; NULL for SIGN_NONE and anything out of range. */
const struct sign_rule *sign_rule_of(enum sign_alg alg);

/* The OpenSSL contexts of one thread for one key, made when first used. A slot belongs to the
 * thread that holds its number (crypto_thread), so no lock is needed; all go with the key. */
struct sign_slot {
    EVP_PKEY_CTX *sign, *check;
};

struct sign_key {
    atomic_uint refs;
    enum sign_alg alg;
    const struct sign_rule *rule;
    int bits;
    bool has_private;
    EVP_PKEY *pkey;  /* RSA and EC */
    uint8_t *secret; /* HMAC secret, or Ed25519 private key when there is one */
    size_t secret_n;
    uint8_t ed_public[SIGN_ED_BYTES];
    struct sign_slot slots[CRYPTO_SLOTS];
};

/* A key without material; NULL when memory is short. */
struct sign_key *sign_key_new(enum sign_alg alg);
/* Takes over pkey (freed also on failure) if it fits the algorithm and is strong enough; a
 * private part has to make a signature that the public part accepts. NULL otherwise. */
struct sign_key *sign_key_adopt(enum sign_alg alg, EVP_PKEY *pkey, bool has_private);
struct sign_key *sign_key_from_seed(enum sign_alg alg, const uint8_t seed[static SIGN_ED_BYTES]);
struct sign_key *sign_key_from_ed_public(
    enum sign_alg alg, const uint8_t public[static SIGN_ED_BYTES]);
/* The RSA or EC key as OpenSSL's parameters; false on failure. */
bool sign_rsa_is_sound(EVP_PKEY *pkey);

/* RFC 7518 s3.4: r||s of fixed length to DER and back. 0 when the input is not canonical, or r
 * or s is zero or not below the order (so called psychic signatures). */
size_t sign_ecdsa_to_der(
    const struct sign_curve *curve, bytes raw, uint8_t to[static SIGN_DER_MAX_BYTES]);
size_t sign_ecdsa_from_der(const struct sign_curve *curve, bytes der, uint8_t *to);

/* Raw operations on a digest's input; to has room for SIGN_RSA_MAX_BYTES. 0 on failure. */
size_t sign_raw(const struct sign_key *key, bytes input, uint8_t *to);
