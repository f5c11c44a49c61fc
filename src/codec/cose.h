/* SPDX-License-Identifier: Apache-2.0 */
/* COSE public keys of authenticators (RFC 9052 s7, RFC 9053 s7, RFC 8230, WebAuthn s5.8.5) as a jwk, which crypto/sign
 * makes keys of.
 *
 * Refused: an algorithm not in the table, a key type or curve that is not the algorithm's, members beyond those the
 * type asks for (WebAuthn s6.5.1.1), compressed points, coordinates of the wrong length. */
#pragma once
#include "base/str.h"

struct cbor;
struct jwk;

/* A COSE_Key; *ret_alg is its number in IANA's registry, jwk->alg its name. */
MUST_USE bool cose_read(const struct cbor *key, int64_t *ret_alg, struct jwk *ret);

/* The algorithms in the order in which we prefer them: the number at an index; 0 behind the last. */
int64_t cose_alg_at(size_t index);
/* JOSE's name, "ES256"; empty for a number that is not in the table. */
str cose_alg_name(int64_t alg);
