/* SPDX-License-Identifier: Apache-2.0 */
/* UUID text and version 7 (RFC 9562 s4, s5.7). */
#include "base/id.h"

#include "base/arena.h"
#include "base/rng.h"

struct uuid
uuid_make(int64_t now_ms, struct rng *rng)
{
    struct uuid id;

    rng_fill(rng, id.b + 6, 10);
    for (int i = 0; i < 6; i++) {
        id.b[i] = (uint8_t)((uint64_t)now_ms >> (40 - 8 * i));
    }
    id.b[6] = (uint8_t)(0x70 | (id.b[6] & 0x0f));
    id.b[8] = (uint8_t)(0x80 | (id.b[8] & 0x3f));
    return id;
}

struct uuid
uuid_next(struct uuid last, int64_t now_ms, struct rng *rng)
{
    static const uint64_t random_bits = ((uint64_t)1 << 62) - 1;
    uint8_t step[5];
    uint64_t tail = 0, more = 0;

    for (int i = 8; i < 16; i++) {
        tail = tail << 8 | last.b[i];
    }
    rng_fill(rng, step, sizeof step);
    for (size_t i = 0; i < sizeof step; i++) {
        more = more << 8 | step[i];
    }
    tail = (tail & random_bits) + more + 1;
    if (uuid_is_nil(last) || tail > random_bits) {
        return uuid_make(now_ms, rng);
    }
    tail |= (uint64_t)1 << 63; /* the variant */
    for (int i = 15; i >= 8; i--, tail >>= 8) {
        last.b[i] = (uint8_t)tail;
    }
    return last;
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool
is_dash_at(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

bool
uuid_parse(str text, struct uuid *ret)
{
    struct uuid id = {0};
    size_t digit = 0;

    if (text.n != UUID_TEXT) {
        return false;
    }
    for (size_t i = 0; i < UUID_TEXT; i++) {
        int v = hex_value(text.p[i]);
        if (is_dash_at(i)) {
            if (text.p[i] != '-') {
                return false;
            }
            continue;
        }
        if (v < 0) {
            return false;
        }
        id.b[digit / 2] = (uint8_t)(id.b[digit / 2] << 4 | v);
        digit++;
    }
    *ret = id;
    return true;
}

void
uuid_write(struct uuid id, char to[static UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < sizeof id.b; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) { /* RFC 9562 s4 */
            *to++ = '-';
        }
        *to++ = digits[id.b[i] >> 4];
        *to++ = digits[id.b[i] & 15];
    }
}

str
uuid_text(struct arena *arena, struct uuid id)
{
    char *p = arena_alloc(arena, UUID_TEXT);

    if (p == NULL) {
        return NO_STR;
    }
    uuid_write(id, p);
    return (str){p, UUID_TEXT};
}

bool
uuid_eq(struct uuid a, struct uuid b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

int
uuid_cmp(struct uuid a, struct uuid b)
{
    return memcmp(a.b, b.b, sizeof a.b);
}

bool
uuid_is_nil(struct uuid id)
{
    return uuid_eq(id, (struct uuid){0});
}

int64_t
uuid_ms(struct uuid id)
{
    uint64_t ms = 0;

    for (size_t i = 0; i < 6; i++) {
        ms = ms << 8 | id.b[i];
    }
    return (int64_t)ms;
}

bytes
uuid_bytes(const struct uuid *id)
{
    return (bytes){id->b, sizeof id->b};
}

struct uuid
uuid_from(bytes b)
{
    struct uuid id = {0};

    if (b.n == sizeof id.b) {
        memcpy(id.b, b.p, sizeof id.b);
    }
    return id;
}
