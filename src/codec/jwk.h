/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Web Keys (RFC 7517, RFC 7518 s6, RFC 8037) as text; crypto/sign makes keys of them.
 *
 * Refused: unknown kty, missing or non-canonical members, a member of the wrong length for its
 * curve. */
#pragma once
#include "base/str.h"

struct json;
struct json_out;

enum jwk_type { JWK_RSA, JWK_EC, JWK_OKP, JWK_OCT };

struct jwk {
    enum jwk_type type;
    str kid, alg, use, crv;    /* empty when absent */
    bytes n, e;                /* RSA */
    bytes x, y;                /* EC; OKP has x */
    bytes k;                   /* oct */
    bytes d, p, q, dp, dq, qi; /* private parts, empty in a public key */
    bytes x5c;                 /* DER of its certificate, written and not read (RFC 7517 s4.7) */
    str x5t, x5t_s256;
};

/* Reads a key, private parts too where they are there; its bytes are on the arena. False when it is refused. */
MUST_USE bool jwk_read(struct arena *arena, const struct json *value, struct jwk *ret);
/* Writes the public members only, as one object; never k or d (an oct key writes nothing:
 * false). */
MUST_USE bool jwk_write_public(struct json_out *out, const struct jwk *jwk);
/* RFC 7638 s3 input: the canonical JSON to hash for a thumbprint; empty on failure. */
str jwk_thumbprint_input(struct arena *arena, const struct jwk *jwk);
