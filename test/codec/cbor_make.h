/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR written for tests: values one after the other into a buffer, in the shortest form. */
#pragma once
#include "base/buf.h"

static inline void
cbor_head(struct buf *buf, unsigned major, uint64_t value)
{
    unsigned n = value < 24 ? 0 : value <= UINT8_MAX ? 1 : value <= UINT16_MAX ? 2 : 4;

    buf_char(buf, (char)(major << 5 | (n == 0 ? (unsigned)value : n == 1 ? 24 : n == 2 ? 25 : 26)));
    for (unsigned i = n; i > 0; i--) {
        buf_char(buf, (char)(value >> (8 * (i - 1)) & 255));
    }
}
static inline void
cbor_put_int(struct buf *buf, int64_t value)
{
    cbor_head(buf, value < 0, (uint64_t)(value < 0 ? -1 - value : value));
}
static inline void
cbor_put_bytes(struct buf *buf, bytes value)
{
    cbor_head(buf, 2, value.n);
    buf_str(buf, bytes_str(value));
}
static inline void
cbor_put_text(struct buf *buf, str value)
{
    cbor_head(buf, 3, value.n);
    buf_str(buf, value);
}
static inline void
cbor_put_array(struct buf *buf, size_t count)
{
    cbor_head(buf, 4, count);
}
static inline void
cbor_put_map(struct buf *buf, size_t count)
{
    cbor_head(buf, 5, count);
}
