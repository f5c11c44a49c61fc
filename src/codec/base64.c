/* SPDX-License-Identifier: Apache-2.0 */
/* Base 64 (RFC 4648): one coder, two alphabets. Decoding is canonical, so that every byte string has
 * exactly one text: a changed text never stands for the same signature or key. */
#include "codec/base64.h"

#include "base/arena.h"

static const char url_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char std_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Value of each character plus one, so that zero means "not in the alphabet". */
#define DIGITS_COMMON                                                                              \
    ['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6, ['G'] = 7, ['H'] = 8,        \
    ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, \
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23,            \
    ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30,            \
    ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37,            \
    ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44,            \
    ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50, ['y'] = 51,            \
    ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56, ['4'] = 57, ['5'] = 58,            \
    ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62
static const uint8_t url_digits[256] = {DIGITS_COMMON, ['-'] = 63, ['_'] = 64};
static const uint8_t std_digits[256] = {DIGITS_COMMON, ['+'] = 63, ['/'] = 64};

static size_t
encoded_bytes(size_t n)
{
    return n / 3 * 4 + (n % 3 ? n % 3 + 1 : 0);
}

/* Writes the characters of in without padding. */
static void
encode(const char *alphabet, bytes in, char *to)
{
    const uint8_t *p = in.p;
    size_t n = in.n;

    for (; n >= 3; n -= 3, p += 3) {
        *to++ = alphabet[p[0] >> 2];
        *to++ = alphabet[(p[0] & 3) << 4 | p[1] >> 4];
        *to++ = alphabet[(p[1] & 15) << 2 | p[2] >> 6];
        *to++ = alphabet[p[2] & 63];
    }
    if (n) {
        uint8_t second = n == 2 ? p[1] : 0;
        *to++ = alphabet[p[0] >> 2];
        *to++ = alphabet[(p[0] & 3) << 4 | second >> 4];
        if (n == 2) {
            *to++ = alphabet[(second & 15) << 2];
        }
    }
}

/* Reads characters without padding; spare bits must be zero (RFC 4648 s3.5). */
static bool
decode(const uint8_t *digits, struct arena *arena, str in, bytes *ret)
{
    size_t n = in.n / 4 * 3 + in.n % 4 * 3 / 4, made = 0;
    const uint8_t *p = (const uint8_t *)in.p;
    uint8_t *to;
    uint32_t word = 0;

    if (in.n % 4 == 1 || (to = arena_alloc(arena, n)) == NULL) {
        return false;
    }
    for (size_t i = 0; i < in.n; i++) {
        uint32_t digit = digits[p[i]];
        if (digit == 0) {
            return false;
        }
        word = word << 6 | (digit - 1);
        if (i % 4 == 3) {
            to[made++] = (uint8_t)(word >> 16);
            to[made++] = (uint8_t)(word >> 8);
            to[made++] = (uint8_t)word;
        }
    }
    if (in.n % 4 == 2) {
        to[made++] = (uint8_t)(word >> 4);
    } else if (in.n % 4 == 3) {
        to[made++] = (uint8_t)(word >> 10);
        to[made++] = (uint8_t)(word >> 2);
    }
    if ((in.n % 4 == 2 && word & 15) || (in.n % 4 == 3 && word & 3)) {
        return false;
    }
    *ret = (bytes){to, made};
    return true;
}

void
base64url_encode(struct buf *buf, bytes in)
{
    char *to = in.n ? buf_reserve(buf, encoded_bytes(in.n)) : NULL;

    if (to != NULL) {
        encode(url_alphabet, in, to);
        buf->n += encoded_bytes(in.n);
    }
}

bool
base64url_decode(struct arena *arena, str in, bytes *ret)
{
    return decode(url_digits, arena, in, ret);
}

void
base64_encode(struct buf *buf, bytes in)
{
    size_t n = encoded_bytes(in.n);
    char *to = in.n ? buf_reserve(buf, (n + 3) / 4 * 4) : NULL;

    if (to != NULL) {
        encode(std_alphabet, in, to);
        memcpy(to + n, "==", -n % 4);
        buf->n += (n + 3) / 4 * 4;
    }
}

bool
base64_decode(struct arena *arena, str in, bytes *ret)
{
    if (in.n % 4 != 0) {
        return false;
    }
    for (int i = 0; i < 2 && in.n && in.p[in.n - 1] == '='; i++) {
        in.n--;
    }
    return decode(std_digits, arena, in, ret);
}

static str
text(struct arena *arena, bytes in, void (*encode_to)(struct buf *, bytes))
{
    struct buf buf;
    str ret = NO_STR;

    buf_init(&buf, arena, SIZE_MAX);
    encode_to(&buf, in);
    return buf_done(&buf, &ret) ? ret : NO_STR;
}

str
base64url_text(struct arena *arena, bytes in)
{
    return text(arena, in, base64url_encode);
}

str
base64_text(struct arena *arena, bytes in)
{
    return text(arena, in, base64_encode);
}
