/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what is read has one encoding alone, so writing the tree again gives the very bytes that came. */
#include "codec/cbor.h"

#include "base/arena.h"
#include "base/buf.h"

static void
write_head(struct buf *buf, unsigned major, uint64_t value)
{
    unsigned n = value < 24            ? 0
                 : value <= UINT8_MAX  ? 1
                 : value <= UINT16_MAX ? 2
                 : value <= UINT32_MAX ? 4
                                       : 8;
    unsigned info = n == 0 ? (unsigned)value : n == 1 ? 24 : n == 2 ? 25 : n == 4 ? 26 : 27;

    buf_char(buf, (char)(major << 5 | info));
    for (unsigned i = n; i > 0; i--) {
        buf_char(buf, (char)(value >> (8 * (i - 1)) & 255));
    }
}

static void
write_value(struct buf *buf, const struct cbor *v)
{
    static const unsigned majors[] = {
        [CBOR_BYTES] = 2,
        [CBOR_TEXT] = 3,
        [CBOR_ARRAY] = 4,
        [CBOR_MAP] = 5,
        [CBOR_FALSE] = 7,
        [CBOR_TRUE] = 7,
        [CBOR_NULL] = 7,
    };

    if (v->type == CBOR_INT) {
        write_head(buf, v->number < 0, (uint64_t)(v->number < 0 ? -1 - v->number : v->number));
    } else if (v->type >= CBOR_FALSE) {
        write_head(buf, 7, 20 + (uint64_t)(v->type - CBOR_FALSE));
    } else {
        write_head(buf, majors[v->type], v->type >= CBOR_ARRAY ? v->count : v->data.n);
        buf_str(buf, bytes_str(v->data));
    }
    for (const struct cbor *m = v->first; m != NULL; m = m->next) {
        CHECK((m->key != NULL) == (v->type == CBOR_MAP));
        if (m->key != NULL) {
            write_value(buf, m->key);
        }
        write_value(buf, m);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    bytes in = {data, n}, rest = in;
    const struct cbor *v;
    struct buf buf;
    str text;

    CHECK(arena != NULL);
    if (n > KB(64)) {
        return 0;
    }
    if (!cbor_take(arena, &rest, &v)) {
        CHECK(rest.p == in.p && rest.n == in.n);
        return 0;
    }
    CHECK(v->raw.p == data && v->raw.n + rest.n == n);
    buf_init(&buf, arena, KB(64));
    write_value(&buf, v);
    CHECK(buf_done(&buf, &text) && str_eq(text, bytes_str(v->raw)));
    return 0;
}
