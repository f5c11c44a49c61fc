/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded output buffers. Invariant: n <= cap <= max; after a failure nothing more is written. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"

void
buf_init(struct buf *buf, struct arena *arena, size_t max_bytes)
{
    *buf = (struct buf){.arena = arena, .max = max_bytes};
}

char *
buf_reserve(struct buf *buf, size_t n)
{
    size_t cap;
    char *p;

    if (buf->failed || n > buf->max - buf->n) {
        buf->failed = true;
        return NULL;
    }
    if (n <= buf->cap - buf->n && buf->p != NULL) {
        return buf->p + buf->n;
    }
    cap = MIN(MAX(MAX(buf->cap * 2, buf->n + n), 256), buf->max);
    p = arena_grow(buf->arena, buf->p, buf->cap, cap);
    if (p == NULL) {
        buf->failed = true;
        return NULL;
    }
    buf->p = p;
    buf->cap = cap;
    return p + buf->n;
}

void
buf_str(struct buf *buf, str s)
{
    char *to = buf_reserve(buf, s.n);

    if (to != NULL && s.n) {
        memcpy(to, s.p, s.n);
        buf->n += s.n;
    }
}

void
buf_char(struct buf *buf, char c)
{
    char *to = buf_reserve(buf, 1);

    if (to != NULL) {
        *to = c;
        buf->n++;
    }
}

void
buf_i64(struct buf *buf, int64_t value)
{
    char text[24];
    size_t at = sizeof text;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0) {
        text[--at] = '-';
    }
    buf_str(buf, (str){text + at, sizeof text - at});
}

void
buf_fmt(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    int n;
    char *to;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    to = n < 0 ? NULL : buf_reserve(buf, (size_t)n + 1);
    if (to != NULL) {
        vsnprintf(to, (size_t)n + 1, format, again);
        buf->n += (size_t)n;
    }
    va_end(again);
}

bool
buf_done(const struct buf *buf, str *ret)
{
    if (buf->failed) {
        return false;
    }
    *ret = (str){buf->p, buf->n};
    return true;
}
