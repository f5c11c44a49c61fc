/* SPDX-License-Identifier: Apache-2.0 */
/* Arenas: memory with one lifetime, a cap, and a failure that sticks.
 *
 * An allocation beyond the cap (or when the system has none) returns NULL and marks the arena
 * failed; every later one fails too, so a run of copies is checked once, with arena_failed, at
 * its end. One arena belongs to one thread at a time. */
#pragma once
#include "base/base.h"

struct arena;

/* Makes an arena that will hand out at most max_bytes; NULL when memory is short. */
MUST_USE struct arena *arena_new(size_t max_bytes);

/* Frees an arena, wiping it if arena_keep_secret was called; NULL is fine. */
void arena_free(struct arena *arena);

/* For AUTO(arena_end): frees the arena a local variable points to. */
void arena_end(struct arena **arena);

/* Forgets everything handed out, keeps the first block, clears the failure; wipes if secret. */
void arena_reset(struct arena *arena);

/* Lets the arena hand out up to max_bytes, if that is more than it may: for the few requests that need much;
 * arena_reset takes it back. */
void arena_allow(struct arena *arena, size_t max_bytes);

/* Promises that this arena's bytes are overwritten before they are reused or freed (invariant
 * 5). */
void arena_keep_secret(struct arena *arena);

/* Hands out n zeroed bytes aligned for any type; NULL once the arena has failed. */
MUST_USE void *arena_alloc(struct arena *arena, size_t n);

/* The same for count items of size bytes; an overflowing product fails the arena. */
MUST_USE void *arena_array(struct arena *arena, size_t count, size_t size);

/* Grows a block from old_n to new_n bytes in place when it was the last one, else by copying. */
MUST_USE void *arena_grow(struct arena *arena, void *p, size_t old_n, size_t new_n);

/* True once an allocation failed since the last reset. */
bool arena_failed(const struct arena *arena);

/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, count, type) ((type *)arena_array((arena), (count), sizeof(type)))

/* Torture tests only: lets the next n allocations of this process succeed and fails the one after
 * and all later ones; a negative n switches the failing off (the start state). */
void arena_fail_after(long n);
/* Counts one allocation for arena_fail_after and says whether it has to fail (base/mem.c). */
bool arena_is_told_to_fail(void);
