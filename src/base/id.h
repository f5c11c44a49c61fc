/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs by value; the ones we make are version 7, so that keys arrive in order (RFC 9562 s5.7). */
#pragma once
#include "base/str.h"

struct rng;

struct uuid {
    uint8_t b[16];
};

enum { UUID_TEXT = 36 };

/* A new version 7 id of this time (milliseconds since 1970): 74 bits are random. */
struct uuid uuid_make(int64_t now_ms, struct rng *rng);
/* The same for many at once: after last, whose time it has (RFC 9562 s6.2 method 2: what is random grows by something
 * random, up to 2^40), so that rows in the order of their ids are added at the end of a tree. Whoever knows one
 * of them is nearer to the next: never a secret. A nil last, and in the rarest case any other, gives a fresh one. */
struct uuid uuid_next(struct uuid last, int64_t now_ms, struct rng *rng);
/* Strict 8-4-4-4-12 hexadecimal of either case (RFC 9562 s4); false for anything else. */
MUST_USE bool uuid_parse(str text, struct uuid *ret);
/* Lower-case text, in the arena or into 36 bytes of the caller's. */
str uuid_text(struct arena *arena, struct uuid id);
void uuid_write(struct uuid id, char to[static UUID_TEXT]);
bool uuid_eq(struct uuid a, struct uuid b);
/* Less than, equal to or greater than zero: the order of rows that are keyed by ids. */
int uuid_cmp(struct uuid a, struct uuid b);
bool uuid_is_nil(struct uuid id);
/* Milliseconds since 1970 of a version 7 id (RFC 9562 s5.7); without meaning for other versions. */
int64_t uuid_ms(struct uuid id);
bytes uuid_bytes(const struct uuid *id); /* borrowed from id */
/* From a 16-byte column; the nil UUID for any other length. */
struct uuid uuid_from(bytes b);
