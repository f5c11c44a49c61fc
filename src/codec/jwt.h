/* SPDX-License-Identifier: Apache-2.0 */
/* Compact JWS and JWT syntax (RFC 7515 s7.1, RFC 7519, RFC 8725). Says what a token claims to be;
 * whether that is true is crypto/sign's and its caller's to decide.
 *
 * Refused: not exactly three parts, non-canonical base64url, header or payload that is no JSON
 * object, duplicate members, missing or non-string alg, any crit (we understand no extension,
 * s4.1.11), b64. */
#pragma once
#include "base/str.h"

struct json;

struct jwt {
    str signing_input; /* header.payload as received */
    str alg, kid, typ; /* empty when absent */
    const struct json *header, *claims;
    bytes payload, signature; /* decoded */
};

enum { JWT_MAX_BYTES = 8192 };

/* Takes a compact JWT apart (JWT_MAX_BYTES at most); its signature is not looked at. False when it is none. */
MUST_USE bool jwt_parse(struct arena *arena, str token, struct jwt *ret);
/* The same for a JWS whose payload may be anything: claims is then NULL. */
MUST_USE bool jwt_parse_jws(struct arena *arena, str token, struct jwt *ret);
