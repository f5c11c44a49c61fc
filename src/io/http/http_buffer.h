/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers of connections and bodies, lent by the loop and wiped before reuse. */
#pragma once
#include "base/str.h"

struct http_loop;

/* Bytes start..end are waiting; 0..used were ever written and are wiped before reuse, because
 * requests carry passwords and answers carry tokens. p is NULL while nothing waits. */
struct http_buffer {
    char *p;
    size_t start, end, used, cap;
};

/* Room for at least n more bytes in a buffer that never exceeds max; false if there is none. */
MUST_USE bool http_buffer_reserve(
    struct http_loop *loop, struct http_buffer *b, size_t n, size_t max);
MUST_USE bool http_buffer_add(struct http_loop *loop, struct http_buffer *b, str s);
/* Wipes and gives back the memory. */
void http_buffer_clear(struct http_loop *loop, struct http_buffer *b);
void http_buffer_free_kept(struct http_loop *loop);
