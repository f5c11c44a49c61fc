/* SPDX-License-Identifier: Apache-2.0 */
/* Base 32 (RFC 4648 s6). Not in constant time: a secret is read once, when a person sets it up. */
#include "codec/base32.h"

#include "base/arena.h"

enum { GROUP_BYTES = 5, GROUP_TEXT = 8, DIGIT_BITS = 5, NO_DIGIT = 32 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

str
base32_text(struct arena *arena, bytes in)
{
    size_t n = in.n / GROUP_BYTES * GROUP_TEXT + (in.n % GROUP_BYTES * 8 + 4) / DIGIT_BITS;
    char *to = n ? arena_alloc(arena, n) : NULL;
    const uint8_t *p = in.p;
    uint32_t word = 0;
    size_t made = 0;
    int bits = 0;

    if (to == NULL) {
        return NO_STR;
    }
    for (size_t i = 0; i < in.n; i++) {
        word = word << 8 | p[i];
        for (bits += 8; bits >= DIGIT_BITS; bits -= DIGIT_BITS) {
            to[made++] = alphabet[word >> (bits - DIGIT_BITS) & 31];
        }
        word &= 31; /* what is left over is less than a digit */
    }
    if (bits) {
        to[made++] = alphabet[word << (DIGIT_BITS - bits) & 31];
    }
    return (str){to, made};
}

static uint32_t
digit_of(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (uint32_t)(c - 'A');
    }
    if (c >= 'a' && c <= 'z') {
        return (uint32_t)(c - 'a');
    }
    return c >= '2' && c <= '7' ? (uint32_t)(c - '2') + 26 : NO_DIGIT;
}

/* base32 = *digit *6"=" : padding fills the last group of eight, or is left out; RFC 4648 s6 */
static bool
take_padding(str *in)
{
    size_t whole = in->n;

    while (in->n && in->p[in->n - 1] == '=') {
        in->n--;
    }
    return whole == in->n || (whole % GROUP_TEXT == 0 && whole - in->n < GROUP_TEXT);
}

bool
base32_decode(struct arena *arena, str in, bytes *ret)
{
    uint32_t word = 0;
    size_t made = 0;
    int bits = 0;
    uint8_t *to;

    if (!take_padding(&in) || (to = arena_alloc(arena, in.n * DIGIT_BITS / 8 + 1)) == NULL) {
        return false;
    }
    for (size_t i = 0; i < in.n; i++) {
        uint32_t digit = digit_of(in.p[i]);
        if (digit == NO_DIGIT) {
            return false;
        }
        word = (word << DIGIT_BITS | digit) & 0xfff;
        bits += DIGIT_BITS;
        if (bits >= 8) {
            bits -= 8;
            to[made++] = (uint8_t)(word >> bits);
        }
    }
    if (bits >= DIGIT_BITS || word & ((1u << bits) - 1)) {
        return false; /* a digit that adds no byte, or bits to spare: a second text for the same bytes */
    }
    *ret = (bytes){to, made};
    return true;
}
