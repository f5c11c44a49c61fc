/* SPDX-License-Identifier: Apache-2.0 */
/* Bump arenas over malloc'ed blocks. Invariants: 1 used never exceeds max; 2 after a failure
 * nothing is handed out until reset; 3 a secret arena's bytes are wiped before reuse. */
#include "base/arena.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 16, FIRST_BLOCK = 4096 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ALIGN) unsigned char data[];
};

struct arena {
    struct block *first, *last;
    size_t max, usual_max, used;
    bool failed, secret;
};

static atomic_long allocations_left = -1;

void
arena_fail_after(long n)
{
    atomic_store(&allocations_left, n);
}

bool
arena_is_told_to_fail(void)
{
    long left = atomic_load_explicit(&allocations_left, memory_order_relaxed);

    if (left < 0) {
        return false;
    }
    if (left == 0) {
        return true;
    }
    atomic_fetch_sub(&allocations_left, 1);
    return false;
}

static struct block *
block_new(size_t size)
{
    struct block *b = malloc(sizeof *b + size);

    if (b != NULL) {
        b->next = NULL;
        b->size = size;
        b->used = 0;
    }
    return b;
}

static void
block_free(struct block *b, bool secret)
{
    if (secret) {
        explicit_bzero(b->data, b->used);
    }
    free(b);
}

struct arena *
arena_new(size_t max_bytes)
{
    struct arena *a;

    if (arena_is_told_to_fail()) {
        return NULL;
    }
    a = calloc(1, sizeof *a);
    if (a != NULL) {
        a->max = a->usual_max = max_bytes;
    }
    return a;
}

void
arena_allow(struct arena *a, size_t max_bytes)
{
    a->max = max_bytes > a->max ? max_bytes : a->max;
}

static void
free_blocks_after(struct arena *a, struct block *keep)
{
    struct block *b = keep ? keep->next : a->first;

    while (b != NULL) {
        struct block *next = b->next;
        block_free(b, a->secret);
        b = next;
    }
    if (keep != NULL) {
        keep->next = NULL;
    }
}

void
arena_free(struct arena *a)
{
    if (a == NULL) {
        return;
    }
    free_blocks_after(a, NULL);
    free(a);
}

void
arena_end(struct arena **a)
{
    arena_free(*a);
    *a = NULL;
}

void
arena_reset(struct arena *a)
{
    a->max = a->usual_max;
    free_blocks_after(a, a->first);
    if (a->first != NULL) {
        if (a->secret) {
            explicit_bzero(a->first->data, a->first->used);
        }
        a->first->used = 0;
    }
    a->last = a->first;
    a->used = 0;
    a->failed = false;
    a->secret = false;
}

void
arena_keep_secret(struct arena *a)
{
    a->secret = true;
}

static void *
fail(struct arena *a)
{
    a->failed = true;
    return NULL;
}

static bool
add_block(struct arena *a, size_t n)
{
    size_t size = a->last ? MIN(a->last->size * 2, KB(256)) : FIRST_BLOCK;
    struct block *b = block_new(MAX(size, n));

    if (b == NULL) {
        return false;
    }
    if (a->last != NULL) {
        a->last->next = b;
    } else {
        a->first = b;
    }
    a->last = b;
    return true;
}

void *
arena_alloc(struct arena *a, size_t n)
{
    size_t need;
    void *p;

    if (a->failed || n > a->max || arena_is_told_to_fail()) {
        return fail(a);
    }
    need = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    need = need ? need : ALIGN;
    if (need > a->max - a->used) {
        return fail(a);
    }
    if ((a->last == NULL || need > a->last->size - a->last->used) && !add_block(a, need)) {
        return fail(a);
    }
    p = a->last->data + a->last->used;
    a->last->used += need;
    a->used += need;
    return memset(p, 0, need);
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
    size_t n;

    if (__builtin_mul_overflow(count, size, &n)) {
        return fail(a);
    }
    return arena_alloc(a, n);
}

/* Grows in place when p is the newest allocation of the last block: buffers grow at no cost. */
static bool
grow_in_place(struct arena *a, unsigned char *p, size_t old_n, size_t new_n)
{
    size_t old_need = MAX((old_n + ALIGN - 1) & ~(size_t)(ALIGN - 1), (size_t)ALIGN);
    size_t more;

    if (a->last == NULL || p + old_need != a->last->data + a->last->used || new_n > a->max) {
        return false;
    }
    more = ((new_n + ALIGN - 1) & ~(size_t)(ALIGN - 1)) - old_need;
    if (more > a->last->size - a->last->used || more > a->max - a->used) {
        return false;
    }
    memset(p + old_need, 0, more);
    a->last->used += more;
    a->used += more;
    return true;
}

void *
arena_grow(struct arena *a, void *p, size_t old_n, size_t new_n)
{
    void *fresh;

    CHECK(new_n >= old_n);
    if (a->failed || arena_is_told_to_fail()) {
        return fail(a);
    }
    if (p != NULL && grow_in_place(a, p, old_n, new_n)) {
        return p;
    }
    fresh = arena_alloc(a, new_n);
    if (fresh != NULL && p != NULL) {
        memcpy(fresh, p, old_n);
    }
    return fresh;
}

bool
arena_failed(const struct arena *a)
{
    return a->failed;
}

size_t
arena_used(const struct arena *a)
{
    return a->used;
}
