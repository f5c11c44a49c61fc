/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded output: text that grows in an arena up to a maximum; its failure sticks and is asked
 * about once, at the end. */
#pragma once
#include "base/str.h"

struct arena;

struct buf {
    struct arena *arena;
    char *p;
    size_t n, cap, max;
    bool failed;
};

/* An empty buffer that will hold at most max_bytes, in memory of the arena. */
void buf_init(struct buf *buf, struct arena *arena, size_t max_bytes);
void buf_str(struct buf *buf, str s);
void buf_char(struct buf *buf, char c);
void buf_i64(struct buf *buf, int64_t value);
void buf_fmt(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Room for n more bytes to be written by the caller, who then adds n to buf->n; NULL if full. */
MUST_USE char *buf_reserve(struct buf *buf, size_t n);
/* True and what was written, or false if anything did not fit. */
MUST_USE bool buf_done(const struct buf *buf, str *ret);

#define buf_lit(buf, lit) buf_str((buf), S(lit))
