/* SPDX-License-Identifier: Apache-2.0 */
/* The memory Argon2id works in, kept between hashes (password_memory.c). */
#pragma once
#include "base/base.h"

/* Between these two calls this thread's large anonymous mappings come from its kept memory. */
void password_memory_begin(void);
void password_memory_end(void);
/* How often kept memory was handed out, for tests; always 0 where the keeping is switched off. */
size_t password_memory_uses(void);
