/* SPDX-License-Identifier: Apache-2.0 */
/* X.509 certificates that stand beside signing keys (RFC 5280): read for what they say, and made by a key for itself.
 * They are names and dates that others may look at; nothing is trusted because of one. */
#pragma once
#include "base/str.h"

struct arena;
struct rng;
struct sign_key;

enum { CERT_PEM_MAX = 16384, CERT_NAME_MAX = 4096 };

struct cert {
    bytes der;
    str issuer, subject;          /* RFC 4514, in ASCII */
    str serial;                   /* hexadecimal */
    int64_t valid_from, valid_to; /* ms */
    str md5, sha1, sha256;        /* digests of the DER: hexadecimal with colons */
    str sha1_thumb, sha256_thumb; /* base64url: x5t and x5t#S256 of RFC 7517 */
};

/* Reads one PEM certificate and whatever stands around it; false when it is none, or larger than any of ours. */
MUST_USE bool cert_read(struct arena *arena, str pem, struct cert *ret);
struct cert_order {
    str name; /* the common name of subject and issuer, cut at its 64 characters (RFC 5280 A.1) */
    int64_t from_ms, to_ms;
};
/* A certificate of an RSA or EC key for itself, as PEM; false for other keys. */
MUST_USE bool cert_make(struct arena *arena, const struct sign_key *key, struct rng *rng,
    const struct cert_order *order, str *ret);
