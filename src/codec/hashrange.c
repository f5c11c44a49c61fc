/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the answer of a range service, as the one of Pwned Passwords gives it:
 *
 *   answer = [ line *( [CR] LF line ) [ [CR] LF ] ]
 *   line   = 35HEXDIG ":" 1*12DIGIT        ; the rest of a digest, how often it was seen; 0: padding */
#include "codec/hashrange.h"

enum { MAX_DIGITS = 12 };

static const char hex_digits[] = "0123456789ABCDEF";

struct hashrange_hex
hashrange_hex(const uint8_t digest[HASHRANGE_DIGEST])
{
    struct hashrange_hex hex;

    for (size_t i = 0; i < HASHRANGE_DIGEST; i++) {
        hex.digits[2 * i] = hex_digits[digest[i] >> 4];
        hex.digits[2 * i + 1] = hex_digits[digest[i] & 15];
    }
    return hex;
}

static char
upper(char c)
{
    return c >= 'a' && c <= 'f' ? (char)(c - 'a' + 'A') : c;
}

/* *ret_differs is nonzero unless the line's digits are the suffix's. */
static bool
take_digits(str *in, str suffix, unsigned *ret_differs)
{
    unsigned differs = 0;

    if (in->n < HASHRANGE_SUFFIX) {
        return false;
    }
    for (size_t i = 0; i < HASHRANGE_SUFFIX; i++) {
        char c = upper(in->p[i]);
        if (memchr(hex_digits, c, 16) == NULL) {
            return false;
        }
        differs |= (unsigned char)c ^ (unsigned char)upper(suffix.p[i]);
    }
    *in = str_skip(*in, HASHRANGE_SUFFIX);
    *ret_differs = differs;
    return true;
}

static bool
take_count(str *in, int64_t *ret)
{
    size_t n = 0;
    int64_t count = 0;

    if (in->n == 0 || in->p[0] != ':') {
        return false;
    }
    *in = str_skip(*in, 1);
    while (n < in->n && n < MAX_DIGITS && in->p[n] >= '0' && in->p[n] <= '9') {
        count = count * 10 + (in->p[n++] - '0');
    }
    *in = str_skip(*in, n);
    *ret = count;
    return n > 0;
}

static bool
take_end(str *in)
{
    if (in->n && in->p[0] == '\r') {
        *in = str_skip(*in, 1);
    } else if (in->n == 0) {
        return true;
    }
    if (in->n == 0 || in->p[0] != '\n') {
        return false;
    }
    *in = str_skip(*in, 1);
    return true;
}

bool
hashrange_count(str answer, str suffix, int64_t *ret)
{
    int64_t found = 0;

    if (suffix.n != HASHRANGE_SUFFIX) {
        return false;
    }
    while (answer.n) {
        unsigned differs;
        int64_t count;

        if (!take_digits(&answer, suffix, &differs) || !take_count(&answer, &count)
            || !take_end(&answer)) {
            return false;
        }
        found += differs == 0 ? count : 0;
        found = MIN(found, INT64_C(1000000000000));
    }
    *ret = found;
    return true;
}
