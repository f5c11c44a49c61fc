/* SPDX-License-Identifier: Apache-2.0 */
/* Memory for what lives longer than a request and is no arena: connections, caches, pools.
 * The only malloc outside arena.c and map.c; torture tests can make it fail (arena_fail_after). */
#pragma once
#include "base/base.h"

/* n zeroed bytes, or NULL. */
MUST_USE void *mem_new(size_t n);
/* Resizes a block of mem_new's (new bytes are not zeroed); NULL leaves the old one as it was. */
MUST_USE void *mem_resize(void *p, size_t n);
void mem_free(void *p);

/* For a library that takes its memory from here (OpenSSL): not zeroed, and left alone by arena_fail_after. */
MUST_USE void *mem_watched_new(size_t n);
MUST_USE void *mem_watched_resize(void *p, size_t n);
/* Had such a library, or who called mem_note_short, too little on this thread since it was asked last? OpenSSL answers a key that is none and a key it
 * had no memory to read in the same way, so whoever refuses something asks before the caller is blamed. */
bool mem_ran_short(void);
void mem_note_short(void);
/* Tests: the nth watched allocation from now, and all later ones, of every thread fail; -1: none. */
void mem_fail_watched_after(long n);

#define MEM_NEW(type) ((type *)mem_new(sizeof(type)))
