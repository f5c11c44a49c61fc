/* SPDX-License-Identifier: Apache-2.0 */
/* The master key and what hangs on it (DESIGN section 7): wraps tenant keys; seals pages and
 * cookies.
 *
 * File format: one line per key, "cardea-master-1 <id 8 hex> <base64url of 32 bytes>"; the first
 * line is the current key, later lines still open what they wrapped (rotation without downtime). */
#pragma once
#include "crypto/hash.h"

struct arena;
struct keyring;
struct rng;

/* Loads the file, or creates it 0600 with a fresh key (O_EXCL, fsync of file and folder) when it
 * does not exist and may_create. NULL with *ret_why, a fixed text, when it cannot be read, is
 * not ours alone (group or others may read it) or is malformed. Key bytes live in locked memory
 * (sodium_malloc). */
MUST_USE struct keyring *keyring_open(
    const char *path, bool may_create, struct rng *rng, const char **ret_why);
void keyring_close(struct keyring *ring);

/* A key wrapped for storage, bound to its purpose ("tenant", ...) and the id of its owner. */
bytes keyring_wrap(struct keyring *ring, struct arena *arena, struct rng *rng, str purpose,
    bytes owner, const struct key32 *key);
MUST_USE bool keyring_unwrap(
    struct keyring *ring, str purpose, bytes owner, bytes wrapped, struct key32 *ret);
/* A key of the house itself, derived from the current master key: "page" state, cookies, tokens
 * of pages. */
struct key32 keyring_house_key(const struct keyring *ring, str label);
