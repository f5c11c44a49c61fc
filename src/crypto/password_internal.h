/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of password hashing share: the memory Argon2id works in, kept between hashes
 * (password_memory.c), and schemes of other servers (password_moved.c). */
#pragma once
#include "crypto/crypto_internal.h"

struct arena;

/* Between these two calls this thread's large anonymous mappings come from its kept memory. */
void password_memory_begin(void);
void password_memory_end(void);
/* How often kept memory was handed out, for tests; always 0 where the keeping is switched off. */
size_t password_memory_uses(void);

/* Base64 as other servers write it: of either alphabet, padded or not; no spare bits. */
MUST_USE bool password_decode(struct arena *arena, str text, bytes *ret);

enum { PASSWORD_PHPASS_MAX = 43 }; /* characters of a hash; those of a long digest are cut off */

/* phpass: the digest of salt and password, then factor times that of the last one and password. */
void password_phpass(enum crypto_md md, int64_t factor, bytes salt, str text, uint8_t *to);
/* In phpass's alphabet: six bits a character, the low ones first; at most max characters. */
str password_phpass_text(struct arena *arena, bytes raw, size_t max);
/* Whether hash is made, in that alphabet or in base64; constant time in made. */
bool password_phpass_same(struct arena *arena, bytes made, str hash);
/* Firebase's scrypt: 64 bytes. salt is "SALT:SEPARATOR:SIGNERKEY[:MEMORY]", the first three in
 * base64, MEMORY the log2 of N (14); factor is its rounds (r). False with errno ENOMEM when there
 * was no memory. */
bool password_firebase(int64_t factor, str salt, str text, uint8_t *to);
