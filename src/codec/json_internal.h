/* SPDX-License-Identifier: Apache-2.0 */
/* What the three files of JSON share and nobody else sees. */
#pragma once
#include <endian.h>

#include "codec/json.h"

/* The members of an object ordered by name, equal names by their place; to be given to mem_free.
 * NULL when memory is short. */
MUST_USE const struct json **json_sorted(const struct json *object);

/* Bytes at the start of [p, end) that stand for themselves in a string (RFC 8259 s7) and are ASCII:
 * all but quote, backslash, controls and what has the high bit. Eight at a time: in each byte of
 * the word, "below 0x20", "is a quote" and "is a backslash" all show as a borrow into the high bit.
 * A borrow can spoil higher bytes only, so the lowest flag is true. */
static inline size_t
json_plain_run(const char *p, const char *end)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    const char *at = p;

    for (; end - at >= 8; at += 8) {
        uint64_t word, flags;
        memcpy(&word, at, 8);
        word = le64toh(word);
        flags = (word - ones * 0x20) | ((word ^ (ones * '"')) - ones)
                | ((word ^ (ones * '\\')) - ones) | word;
        if (flags & highs) {
            return (size_t)(at - p) + (size_t)__builtin_ctzll(flags & highs) / 8;
        }
    }
    while (at < end && (uint8_t)(*at - 0x20) < 0x60 && *at != '"' && *at != '\\') {
        at++;
    }
    return (size_t)(at - p);
}
