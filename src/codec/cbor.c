/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR (RFC 8949 s3), only the canonical form of CTAP2 (s8 of its specification).
 *
 * Invariant: a value is accepted in one encoding alone, and its depth, count and cost are bounded by what came. */
#include "codec/cbor.h"

#include "base/arena.h"
#include "codec/utf8.h"

/* RFC 8949 s3.1: the major types, which are also the order of keys of different types. */
enum major { UNSIGNED, NEGATIVE, BYTE_STRING, TEXT_STRING, ARRAY, MAP, TAG, SIMPLE };
enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21, SIMPLE_NULL = 22 };

struct reader {
    struct arena *arena;
    bytes in;
    size_t nodes, depth;
};

static bool take_value(struct reader *r, struct cbor *to);

/* The argument behind an initial byte, in its shortest form (RFC 8949 s3, s4.2.1). */
static bool
take_head(struct reader *r, enum major *ret_major, uint64_t *ret)
{
    uint8_t info;
    size_t n;
    uint64_t value = 0;

    if (r->in.n == 0) {
        return false;
    }
    *ret_major = (enum major)(r->in.p[0] >> 5);
    info = r->in.p[0] & 31;
    n = info < 24 ? 0 : (size_t)1 << (info - 24);
    if (info > 27 || r->in.n - 1 < n) {
        return false; /* 28 to 30 mean nothing, 31 is a length that comes later */
    }
    for (size_t i = 1; i <= n; i++) {
        value = value << 8 | r->in.p[i];
    }
    if (n == 0) {
        value = info;
    } else if (n == 1 ? value < 24 : value >> (4 * n) == 0) {
        return false; /* there is a shorter head */
    }
    r->in = (bytes){r->in.p + 1 + n, r->in.n - 1 - n};
    *ret = value;
    return true;
}

static bool
read_string(struct reader *r, bool is_text, uint64_t length, struct cbor *to)
{
    if (length > r->in.n) {
        return false;
    }
    to->type = is_text ? CBOR_TEXT : CBOR_BYTES;
    to->data = (bytes){r->in.p, (size_t)length};
    r->in = (bytes){r->in.p + length, r->in.n - (size_t)length};
    return !is_text || utf8_is_valid(bytes_str(to->data));
}

static struct cbor *
take_node(struct reader *r)
{
    struct cbor *node = r->nodes < CBOR_MAX_NODES ? ARENA_NEW(r->arena, struct cbor) : NULL;

    r->nodes++;
    return node != NULL && take_value(r, node) ? node : NULL;
}

/* CTAP2 s8: by major type, then by length, then byte for byte. */
static bool
is_before(bytes a, bytes b)
{
    if (a.p[0] >> 5 != b.p[0] >> 5) {
        return a.p[0] >> 5 < b.p[0] >> 5;
    }
    return a.n != b.n ? a.n < b.n : str_cmp(bytes_str(a), bytes_str(b)) < 0;
}

static bool
read_members(struct reader *r, bool is_map, uint64_t count, struct cbor *to)
{
    const struct cbor **at = &to->first;
    const struct cbor *last = NULL;

    to->type = is_map ? CBOR_MAP : CBOR_ARRAY;
    if (count > r->in.n || r->depth == CBOR_MAX_DEPTH) {
        return false; /* every value takes a byte at least */
    }
    to->count = (size_t)count;
    r->depth++;
    for (size_t i = 0; i < to->count; i++) {
        const struct cbor *key = is_map ? take_node(r) : NULL;
        struct cbor *value = is_map && key == NULL ? NULL : take_node(r);

        if (value == NULL || (last != NULL && !is_before(last->raw, key->raw))) {
            return false;
        }
        value->key = last = key;
        *at = value;
        at = &value->next;
    }
    r->depth--;
    return true;
}

static bool
read_simple(uint64_t value, struct cbor *to)
{
    if (value < SIMPLE_FALSE || value > SIMPLE_NULL) {
        return false;
    }
    to->type = value == SIMPLE_FALSE ? CBOR_FALSE : value == SIMPLE_TRUE ? CBOR_TRUE : CBOR_NULL;
    return true;
}

static bool
read_body(struct reader *r, enum major major, uint64_t value, struct cbor *to)
{
    switch (major) {
    case UNSIGNED:
    case NEGATIVE:
        to->type = CBOR_INT;
        to->number = major == UNSIGNED ? (int64_t)value : -1 - (int64_t)value;
        return value <= INT64_MAX;
    case BYTE_STRING:
    case TEXT_STRING:
        return read_string(r, major == TEXT_STRING, value, to);
    case ARRAY:
    case MAP:
        return read_members(r, major == MAP, value, to);
    case SIMPLE:
        return read_simple(value, to);
    case TAG:
        break;
    }
    return false;
}

static bool
take_value(struct reader *r, struct cbor *to)
{
    const uint8_t *start = r->in.p;
    enum major major;
    uint64_t value;

    if (!take_head(r, &major, &value) || !read_body(r, major, value, to)) {
        return false;
    }
    to->raw = (bytes){start, (size_t)(r->in.p - start)};
    return true;
}

bool
cbor_take(struct arena *arena, bytes *in, const struct cbor **ret)
{
    struct reader r = {.arena = arena, .in = *in};
    const struct cbor *root = take_node(&r);

    if (root == NULL) {
        return false;
    }
    *in = r.in;
    *ret = root;
    return true;
}

bool
cbor_parse(struct arena *arena, bytes in, const struct cbor **ret)
{
    const struct cbor *root;

    if (!cbor_take(arena, &in, &root) || in.n != 0) {
        return false;
    }
    *ret = root;
    return true;
}

const struct cbor *
cbor_get(const struct cbor *map, str name)
{
    const struct cbor *v = map != NULL && map->type == CBOR_MAP ? map->first : NULL;

    while (v != NULL && !(v->key->type == CBOR_TEXT && str_eq(bytes_str(v->key->data), name))) {
        v = v->next;
    }
    return v;
}

const struct cbor *
cbor_at(const struct cbor *map, int64_t label)
{
    const struct cbor *v = map != NULL && map->type == CBOR_MAP ? map->first : NULL;

    while (v != NULL && !(v->key->type == CBOR_INT && v->key->number == label)) {
        v = v->next;
    }
    return v;
}

bool
cbor_int(const struct cbor *v, int64_t *ret)
{
    if (v == NULL || v->type != CBOR_INT) {
        return false;
    }
    *ret = v->number;
    return true;
}

bool
cbor_bytes(const struct cbor *v, bytes *ret)
{
    if (v == NULL || v->type != CBOR_BYTES) {
        return false;
    }
    *ret = v->data;
    return true;
}

bool
cbor_str(const struct cbor *v, str *ret)
{
    if (v == NULL || v->type != CBOR_TEXT) {
        return false;
    }
    *ret = bytes_str(v->data);
    return true;
}
