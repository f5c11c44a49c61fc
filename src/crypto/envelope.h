/* SPDX-License-Identifier: Apache-2.0 */
/* What others encrypted for us in two layers (XML Encryption 1.1 s5.2, s5.5): a content key under an RSA key, and content
 * under that. Whatever is wrong, the answer is false and nothing else. */
#pragma once
#include "base/str.h"

struct arena;
struct sign_key;

enum { ENVELOPE_MAX_KEY = 32 };

/* RSAES-OAEP (RFC 8017 s7.1.2) without a label; digest and mask are the lengths of the digests that were used: 20, 32, 48
 * or 64. False also for a key without an RSA private part. */
MUST_USE bool envelope_open_key(struct arena *arena, const struct sign_key *key, size_t digest,
    size_t mask, bytes sealed, bytes *ret);
/* AES in GCM: 96-bit nonce, ciphertext, 128-bit tag. The key is 16, 24 or 32 bytes long. */
MUST_USE bool envelope_open_gcm(struct arena *arena, bytes key, bytes sealed, bytes *ret);
/* AES in CBC, block padding as XML Encryption has it: nothing tells a changed text from a whole one, so it is for texts
 * whose signature was checked before (no padding oracle: SA-24). */
MUST_USE bool envelope_open_cbc(struct arena *arena, bytes key, bytes sealed, bytes *ret);
