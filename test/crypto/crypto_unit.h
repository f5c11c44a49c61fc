/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of crypto/ share: the start of the libraries, hexadecimal, one bit flipped. */
#pragma once
#include "unit.h"

#include "crypto/hash.h"

static inline void
crypto_unit_start(void)
{
    cr_assert(crypto_init());
}

static inline unsigned
crypto_unit_nibble(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
}

/* Bytes of a hexadecimal literal; the arena lives as long as the test's process. */
static inline bytes
hex(const char *text)
{
    static struct arena *arena;
    size_t n = strlen(text) / 2;
    uint8_t *to;

    if (arena == NULL) {
        arena = arena_new(MB(64));
    }
    to = arena_alloc(arena, n + 1);
    cr_assert(to != NULL);
    for (size_t i = 0; i < n; i++) {
        to[i] =
            (uint8_t)(crypto_unit_nibble(text[2 * i]) << 4 | crypto_unit_nibble(text[2 * i + 1]));
    }
    return (bytes){to, n};
}

/* A copy of b with bit number i turned over. */
static inline bytes
flipped(struct arena *arena, bytes b, size_t bit)
{
    bytes copy = bytes_dup(arena, b);

    cr_assert(copy.p != NULL);
    ((uint8_t *)(uintptr_t)copy.p)[bit / 8] ^= (uint8_t)(1u << bit % 8);
    return copy;
}
