/* SPDX-License-Identifier: Apache-2.0 */
/* The heap, with the same switch for torture tests as the arenas. */
#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/arena.h"

static _Thread_local bool is_short;
static _Atomic long watched_left = -1;

void *
mem_new(size_t n)
{
    return arena_is_told_to_fail() ? NULL : calloc(1, n);
}

void *
mem_resize(void *p, size_t n)
{
    return arena_is_told_to_fail() ? NULL : realloc(p, n);
}

void
mem_free(void *p)
{
    free(p);
}

/* Once it has failed, it goes on to: memory does not come back in the middle of a request. */
static bool
is_watched_to_fail(void)
{
    long n = atomic_load_explicit(&watched_left, memory_order_relaxed);

    if (n > 0) {
        atomic_store(&watched_left, n - 1);
    }
    return n == 0;
}

static void *
watch(void *p, size_t n)
{
    is_short |= p == NULL && n > 0;
    return p;
}

void *
mem_watched_new(size_t n)
{
    return watch(is_watched_to_fail() ? NULL : malloc(n), n);
}

void *
mem_watched_resize(void *p, size_t n)
{
    return watch(is_watched_to_fail() ? NULL : realloc(p, n), n);
}

void
mem_note_short(void)
{
    is_short = true;
}

bool
mem_ran_short(void)
{
    bool was_short = is_short;

    is_short = false;
    return was_short;
}

void
mem_fail_watched_after(long n)
{
    atomic_store(&watched_left, n);
}
