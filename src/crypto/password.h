/* SPDX-License-Identifier: Apache-2.0 */
/* Password hashes under the names FusionAuth gives them, and Argon2id, our default.
 *
 *   argon2id                          libsodium; factor = memory in KiB (19456); t 2, p 1 (RFC 9106 s3.1)
 *   bcrypt                            factor = log2 rounds; over 72 bytes refused, never truncated
 *   scrypt                            factor = log2 of N (14); r 8, p 1, 512-bit key (RFC 7914)
 *   salted-pbkdf2-hmac-sha256         factor = iterations; 256-bit key
 *   salted-pbkdf2-hmac-sha256-512     the same, 512-bit key
 *   salted-pbkdf2-hmac-sha512-512     factor = iterations; 512-bit key
 *   salted-hmac-sha256                HMAC of the password under the salt; factor unused
 *   salted-sha512, -sha256, -md5      factor = rounds: digest(... digest(password + salt))
 *   salted-pbkdf2-hmac-sha1           factor = iterations; 256-bit key (ASP.NET Identity 2)
 *   phpass-md5, phpass-sha512         factor = rounds (8192: WordPress, 32768: Drupal); salt as it is; also
 *                                     by the name FusionAuth's reference gives it, phppass-sha512
 *   firebase-scrypt                   factor = r (8); salt "SALT:SEPARATOR:SIGNERKEY[:MEMORY]"; only known again
 * Salt and hash are base64 text, bcrypt's in its own alphabet, as FusionAuth imports them. */
#pragma once
#include "base/str.h"

struct arena;
struct rng;

enum { PASSWORD_MAX_BYTES = 1024 };

struct password_hash {
    str scheme; /* a name of the list above */
    int64_t factor;
    str salt, hash;
};

/* True if the scheme is one of the list; *ret_default_factor, unless NULL, is what FusionAuth or
 * RFC 9106 uses when none is given. */
bool password_scheme_known(str scheme, int64_t *ret_default_factor);
/* True if password_make can make it: all but what needs the key of another server. */
bool password_scheme_made(str scheme);
/* True if factor is within what the scheme can do and we allow (an attacker could import a factor
 * that blocks a core for a day). */
bool password_factor_ok(str scheme, int64_t factor);

/* Hashes text freshly salted. Milliseconds of CPU: only on the hash pool. False on unknown scheme,
 * bad factor or no memory. */
MUST_USE bool password_make(struct arena *arena, struct rng *rng, str scheme, int64_t factor,
    str text, struct password_hash *ret);
/* Whether text is the password behind record; constant time in the digest. False when there was no
 * memory to tell: nobody may then be told that the password is wrong. */
MUST_USE bool password_judge(const struct password_hash *record, str text, bool *ret_right);
/* The same where no memory counts as wrong. */
MUST_USE bool password_check(const struct password_hash *record, str text);
/* Spends the time a check of the default scheme takes and returns false: for unknown users. */
bool password_check_nobody(str text);
/* Gives back the memory (some 20 MiB) this thread keeps between Argon2id hashes: for a hash pool
 * that falls idle. The thread's end does it too. */
void password_idle(void);
/* True if record should be made again under scheme and factor (rehash on sign-in). */
bool password_is_stale(const struct password_hash *record, str scheme, int64_t factor);
