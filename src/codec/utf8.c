/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 by the table of RFC 3629 s4: the first byte says how many follow and what the second one
 * may be; that alone excludes overlong forms, surrogates and what lies above U+10FFFF. */
#include "codec/utf8.h"

/* clang-format off */
static const struct lead {
    uint8_t from, to;           /* first byte */
    uint8_t low, high;          /* bounds of the second */
    uint8_t bytes;
} leads[] = {
    { 0xC2, 0xDF, 0x80, 0xBF, 2 },
    { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
    { 0xE1, 0xEC, 0x80, 0xBF, 3 },
    { 0xED, 0xED, 0x80, 0x9F, 3 },
    { 0xEE, 0xEF, 0x80, 0xBF, 3 },
    { 0xF0, 0xF0, 0x90, 0xBF, 4 },
    { 0xF1, 0xF3, 0x80, 0xBF, 4 },
    { 0xF4, 0xF4, 0x80, 0x8F, 4 },
};
/* clang-format on */

static bool
fits_lead(const struct lead *lead, const uint8_t *p, size_t n)
{
    if (n < lead->bytes || p[1] < lead->low || p[1] > lead->high) {
        return false;
    }
    for (size_t i = 2; i < lead->bytes; i++) {
        if ((p[i] & 0xC0) != 0x80) {
            return false;
        }
    }
    return true;
}

size_t
utf8_char_bytes(str s)
{
    const uint8_t *p = (const uint8_t *)s.p;

    if (s.n == 0) {
        return 0;
    }
    if (p[0] < 0x80) {
        return 1;
    }
    for (size_t i = 0; i < COUNT(leads); i++) {
        if (p[0] >= leads[i].from && p[0] <= leads[i].to) {
            return fits_lead(&leads[i], p, s.n) ? leads[i].bytes : 0;
        }
    }
    return 0;
}

/* Bytes of plain ASCII at the start of s, found eight at a time. */
static size_t
ascii_run(str s)
{
    size_t n = 0;

    while (s.n - n >= 8) {
        uint64_t word;
        memcpy(&word, s.p + n, 8);
        if (word & 0x8080808080808080u) {
            break;
        }
        n += 8;
    }
    while (n < s.n && (uint8_t)s.p[n] < 0x80) {
        n++;
    }
    return n;
}

bool
utf8_is_valid(str s)
{
    while (s.n) {
        size_t n = ascii_run(s);
        n = n ? n : utf8_char_bytes(s);
        if (n == 0) {
            return false;
        }
        s = str_skip(s, n);
    }
    return true;
}

size_t
utf8_write(uint32_t code, char to[static 4])
{
    static const uint8_t marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (size_t i = n; i-- > 1; code >>= 6) {
        to[i] = (char)(0x80 | (code & 0x3F));
    }
    to[0] = (char)(marks[n] | code);
    return n;
}
