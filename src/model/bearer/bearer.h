/* SPDX-License-Identifier: Apache-2.0 */
/* Bearer secrets that stand for a row: base64url(id | 256 random bits). The row is found by the id
 * and proven by the digest of the secret, the only part of it that is stored (OA-39, OA-51). */
#pragma once
#include "base/id.h"
#include "crypto/hash.h"

struct rq;

/* The text of a new secret for the row id, and the digest for its column. Empty when the arena
 * failed. */
str bearer_make(struct rq *rq, struct uuid id, struct digest *ret_digest);
/* Takes a text apart; false for what bearer_make never makes. Compare the digest with bearer_is. */
MUST_USE bool bearer_read(struct rq *rq, str text, struct uuid *ret_id, struct digest *ret_digest);
/* True if the digest is the stored one, in constant time. */
bool bearer_is(const struct digest *digest, bytes stored);
