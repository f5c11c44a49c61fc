/* SPDX-License-Identifier: Apache-2.0 */
/* What the three files of JSON share and nobody else sees. */
#pragma once
#include <endian.h>

#include "codec/json.h"

/* The members of an object ordered by name, equal names by their place; to be given to mem_free.
 * NULL when memory is short. */
MUST_USE const struct json **json_sorted(const struct json *object);

/* Marks, with its high bit, the first byte of eight that a string cannot hold as it stands (RFC 8259
 * s7) or that is not ASCII: "below 0x20", "is a quote" and "is a backslash" all show as a borrow into
 * the high bit. A borrow can spoil higher bytes only, so the lowest mark is true. */
static inline uint64_t
json_marks(const char *p)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t word;

    memcpy(&word, p, 8);
    word = le64toh(word);
    return highs
           & ((word - ones * 0x20) | ((word ^ (ones * '"')) - ones)
               | ((word ^ (ones * '\\')) - ones) | word);
}

/* Bytes at the start of [p, end) without such a byte. */
static inline size_t
json_plain_run(const char *p, const char *end)
{
    const char *at = p;
    uint64_t marks;

    for (; end - at >= 8; at += 8) {
        marks = json_marks(at);
        if (marks) {
            return (size_t)(at - p) + (size_t)__builtin_ctzll(marks) / 8;
        }
    }
    if (end - p >= 8) { /* the last eight, some of them seen already and found plain */
        marks = json_marks(end - 8);
        return (size_t)(end - p) - (marks ? 8 - (size_t)__builtin_ctzll(marks) / 8 : 0);
    }
    while (at < end && (uint8_t)(*at - 0x20) < 0x60 && *at != '"' && *at != '\\') {
        at++;
    }
    return (size_t)(at - p);
}
