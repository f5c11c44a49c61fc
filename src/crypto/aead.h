/* SPDX-License-Identifier: Apache-2.0 */
/* AES-256-GCM sealing (NIST SP 800-38D): version byte, random 96-bit nonce, ciphertext, tag. */
#pragma once
#include "crypto/hash.h"

struct arena;
struct rng;

enum { AEAD_NONCE_BYTES = 12, AEAD_OVERHEAD = 1 + AEAD_NONCE_BYTES + 16 };

/* Seals plain under key, bound to aad (unseal needs the same). Result in the arena: AEAD_OVERHEAD
 * longer than plain; empty when the arena fails. */
bytes aead_seal(
    struct arena *arena, struct rng *rng, const struct key32 *key, bytes aad, bytes plain);
/* Opens what aead_seal made; false when key, aad or a single bit differs. */
MUST_USE bool aead_open(
    struct arena *arena, const struct key32 *key, bytes aad, bytes sealed, bytes *ret);
