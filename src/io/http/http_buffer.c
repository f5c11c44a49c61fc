/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers of connections. A connection that waits has none; one that works takes the loop's most
 * recently used one, so that thousands of idle connections cost little and the working ones share
 * warm memory. Invariant: what was written is wiped before a buffer is kept, moved or freed. */
#include "io/http/http_buffer.h"

#include <string.h>

#include "base/mem.h"
#include "io/http/http_internal.h"

enum { LINK_BYTES = sizeof(char *) };

static char *
take_kept(struct http_loop *loop)
{
    char *p = loop->free_buffers;

    if (p == NULL) {
        return mem_new(HTTP_BUFFER_BYTES);
    }
    memcpy(
        &loop->free_buffers, p, sizeof loop->free_buffers); /* its first bytes link to the next */
    memset(p, 0, LINK_BYTES);
    loop->free_buffer_count--;
    return p;
}

static void
give_back(struct http_loop *loop, struct http_buffer *b)
{
    explicit_bzero(b->p, b->used);
    if (b->cap != HTTP_BUFFER_BYTES || loop->free_buffer_count == HTTP_KEPT) {
        mem_free(b->p);
        return;
    }
    memcpy(b->p, &loop->free_buffers, LINK_BYTES);
    loop->free_buffers = b->p;
    loop->free_buffer_count++;
}

void
http_buffer_clear(struct http_loop *loop, struct http_buffer *b)
{
    if (b->p != NULL) {
        give_back(loop, b);
    }
    *b = (struct http_buffer){0};
}

static bool
grow(struct http_loop *loop, struct http_buffer *b, size_t cap)
{
    struct http_buffer fresh = {.cap = MAX(cap, (size_t)HTTP_BUFFER_BYTES)};

    fresh.p = fresh.cap == HTTP_BUFFER_BYTES ? take_kept(loop) : mem_new(fresh.cap);
    if (fresh.p == NULL) {
        return false;
    }
    fresh.end = fresh.used = b->end - b->start;
    if (b->p != NULL) {
        memcpy(fresh.p, b->p + b->start, fresh.end);
        give_back(loop, b);
    }
    *b = fresh;
    return true;
}

bool
http_buffer_reserve(struct http_loop *loop, struct http_buffer *b, size_t n, size_t max)
{
    size_t have = b->end - b->start;

    if (n <= b->cap - b->end) {
        return true;
    }
    if (n > max || have > max - n) {
        return false;
    }
    if (b->start > 0 && n <= b->cap - have) {
        memmove(b->p, b->p + b->start, have);
        b->start = 0;
        b->end = have;
        return true;
    }
    return grow(loop, b, MAX(MIN(MAX(b->cap, have) * 2, max), have + n));
}

bool
http_buffer_add(struct http_loop *loop, struct http_buffer *b, str s)
{
    if (!http_buffer_reserve(loop, b, s.n, SIZE_MAX / 4)) {
        return false;
    }
    if (s.n > 0) {
        memcpy(b->p + b->end, s.p, s.n);
        b->end += s.n;
        b->used = MAX(b->used, b->end);
    }
    return true;
}

void
http_buffer_free_kept(struct http_loop *loop)
{
    while (loop->free_buffers != NULL) {
        mem_free(take_kept(loop));
    }
}
