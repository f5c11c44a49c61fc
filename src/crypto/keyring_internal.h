/* SPDX-License-Identifier: Apache-2.0 */
/* The master key's file, apart from its meaning. */
#pragma once
#include "base/base.h"
#include "base/str.h"

struct arena;
struct rng;

#define KEYRING_WORD "cardea-master-1"

enum { KEYRING_MAX_KEYS = 32, KEYRING_FILE_BYTES = 4096, KEYRING_ARENA_BYTES = 32 * 1024 };

/* The text of the file. On failure false, *ret_why, and errno (ENOENT when there is none). */
MUST_USE bool keyring_file_read(
    struct arena *arena, const char *path, str *ret_text, const char **ret_why);
/* Creates the file with one fresh key. True also if it exists by now: somebody was faster. */
MUST_USE bool keyring_file_create(
    struct arena *arena, const char *path, struct rng *rng, const char **ret_why);
