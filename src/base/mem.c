/* SPDX-License-Identifier: Apache-2.0 */
/* The heap, with the same switch for torture tests as the arenas. */
#include "base/mem.h"

#include <stdlib.h>

#include "base/arena.h"

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
