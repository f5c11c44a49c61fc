/* SPDX-License-Identifier: Apache-2.0 */
/* Signing keys and JWS (RFC 7515, RFC 7518 s3, RFC 8037). A key is bound to exactly one
 * algorithm: a token whose header names another is refused before any arithmetic, "none" always
 * (RFC 8725 s3.1). Keys are immutable and shared between threads; each thread keeps its own
 * contexts for them. */
#pragma once
#include "base/str.h"

struct arena;
struct json_out;
struct jwk;
struct jwt;
struct rng;
struct sign_key;

/* clang-format off */
#define SIGN_ALGS(X) /* name, minimum key bits */                                                  \
    X(RS256, 2048) X(RS384, 2048) X(RS512, 2048) X(PS256, 2048) X(PS384, 2048) X(PS512, 2048)      \
    X(ES256, 256) X(ES384, 384) X(ES512, 521) X(EdDSA, 256) X(HS256, 256) X(HS384, 384) X(HS512, 512)
/* clang-format on */

enum sign_alg {
    SIGN_NONE, /* no algorithm at all: never valid */
#define X(name, bits) SIGN_##name,
    SIGN_ALGS(X)
#undef X
        SIGN_ALG_COUNT
};

/* Exact name ("ES256"), SIGN_NONE for anything else; case matters (RFC 7515 s4.1.1). FusionAuth's
 * "Ed25519" is read as EdDSA. */
enum sign_alg sign_alg_by_name(str name);
str sign_alg_name(enum sign_alg alg);
bool sign_alg_is_symmetric(enum sign_alg alg);

/* Makes a fresh key; RSA sizes 2048, 3072, 4096 (bits 0: the least allowed), ignored for curves;
 * HS keys get as many random bytes as their hash is long. NULL on failure. */
MUST_USE struct sign_key *sign_key_generate(enum sign_alg alg, int bits, struct rng *rng);
/* From PEM (PKCS#8, PKCS#1, SEC1; SPKI or X.509 certificate for a public key). NULL if the key does
 * not fit the algorithm or is too weak. */
MUST_USE struct sign_key *sign_key_from_pem(enum sign_alg alg, str pem);
MUST_USE struct sign_key *sign_key_from_jwk(enum sign_alg alg, const struct jwk *jwk);
/* HMAC secret; at least as long as the hash (RFC 7518 s3.2). */
MUST_USE struct sign_key *sign_key_from_secret(enum sign_alg alg, bytes secret);
/* The public part of a key under an algorithm that its kind of key has (RSA: another digest, PSS); a reference to the
 * key itself when that is its own. NULL if it does not fit. */
MUST_USE struct sign_key *sign_key_under(struct sign_key *key, enum sign_alg alg);

/* One more holder; gives key. */
struct sign_key *sign_key_ref(struct sign_key *key);
void sign_key_unref(struct sign_key *key); /* wipes with the last one; NULL is fine */

/* What it is: its algorithm, its size in bits, whether it can sign. */
enum sign_alg sign_key_alg(const struct sign_key *key);
int sign_key_bits(const struct sign_key *key);
bool sign_key_has_private(const struct sign_key *key);
/* PKCS#8 PEM or, for HS, the raw secret: for sealing into storage. False without a private part. */
MUST_USE bool sign_key_export_private(struct arena *arena, const struct sign_key *key, str *ret);
/* SPKI PEM; false for HS keys. */
MUST_USE bool sign_key_export_public(struct arena *arena, const struct sign_key *key, str *ret);
/* The public members as a jwk (kid, alg, use left empty); false for HS keys. */
MUST_USE bool sign_key_to_jwk(struct arena *arena, const struct sign_key *key, struct jwk *ret);

/* Signs bytes: raw JWS signature (r||s for ECDSA). */
MUST_USE bool sign_make(struct arena *arena, const struct sign_key *key, bytes input, bytes *ret);
MUST_USE bool sign_check(const struct sign_key *key, bytes input, bytes signature);
/* The same for a signature as authenticators make it: ECDSA's is DER (WebAuthn s6.5.5). */
MUST_USE bool sign_check_der(const struct sign_key *key, bytes input, bytes signature);

/* A whole compact token: header {"alg","typ","kid"} (typ and kid left out when empty), the
 * claims text as given. The empty slice on failure. */
str sign_jwt(struct arena *arena, const struct sign_key *key, str typ, str kid, str claims_json);
/* True if the token's alg is the key's and its signature holds. */
MUST_USE bool sign_check_jwt(const struct sign_key *key, const struct jwt *jwt);
