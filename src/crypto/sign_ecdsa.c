/* SPDX-License-Identifier: Apache-2.0 */
/* ECDSA signatures between JOSE's r||s (RFC 7518 s3.4) and DER (RFC 3279 s2.2.3), by hand:
 *
 *   30 len  02 len r  02 len s      with len >= 128 written as 81 len (P-521 only)
 * Refused both ways: wrong lengths, and r or s that is zero or not below the order. */
#include "crypto/sign_internal.h"

enum { DER_SEQUENCE = 0x30, DER_INTEGER = 0x02, DER_LONG_1 = 0x81 };

/* 0 < v < order; both are of the curve's length. Signatures are public: no constant time needed. */
static bool
is_in_range(const struct sign_curve *curve, const uint8_t *v)
{
    uint8_t any = 0;

    for (size_t i = 0; i < curve->bytes; i++) {
        any |= v[i];
    }
    if (any == 0) {
        return false;
    }
    for (size_t i = 0; i < curve->bytes; i++) {
        if (v[i] != curve->order[i]) {
            return v[i] < curve->order[i];
        }
    }
    return false;
}

/* Writes v as a minimal non-negative INTEGER; returns its length. */
static size_t
put_integer(const struct sign_curve *curve, const uint8_t *v, uint8_t *to)
{
    size_t skip = 0, n, pad;

    while (skip < curve->bytes - 1 && v[skip] == 0) {
        skip++;
    }
    n = curve->bytes - skip;
    pad = v[skip] >> 7;
    to[0] = DER_INTEGER;
    to[1] = (uint8_t)(n + pad);
    to[2] = 0;
    memcpy(to + 2 + pad, v + skip, n);
    return 2 + pad + n;
}

size_t
sign_ecdsa_to_der(const struct sign_curve *curve, bytes raw, uint8_t to[static SIGN_DER_MAX_BYTES])
{
    uint8_t body[SIGN_DER_MAX_BYTES];
    size_t n, head = 0;

    if (raw.n != 2 * curve->bytes || !is_in_range(curve, raw.p)
        || !is_in_range(curve, raw.p + curve->bytes)) {
        return 0;
    }
    n = put_integer(curve, raw.p, body);
    n += put_integer(curve, raw.p + curve->bytes, body + n);
    to[head++] = DER_SEQUENCE;
    if (n >= 128) {
        to[head++] = DER_LONG_1;
    }
    to[head++] = (uint8_t)n;
    memcpy(to + head, body, n);
    return head + n;
}

/* Takes a minimal INTEGER and writes it left-padded to the curve's length. */
static bool
take_integer(const struct sign_curve *curve, bytes *in, uint8_t *to)
{
    size_t n;
    const uint8_t *v = in->p + 2;

    if (in->n < 3 || in->p[0] != DER_INTEGER || in->p[1] == 0 || in->p[1] > in->n - 2) {
        return false;
    }
    n = in->p[1];
    if (v[0] & 0x80 || (v[0] == 0 && (n == 1 || !(v[1] & 0x80)))) {
        return false; /* negative, zero or not minimal */
    }
    *in = (bytes){v + n, in->n - 2 - n};
    if (v[0] == 0) {
        v++;
        n--;
    }
    if (n > curve->bytes) {
        return false;
    }
    memset(to, 0, curve->bytes - n);
    memcpy(to + curve->bytes - n, v, n);
    return is_in_range(curve, to);
}

size_t
sign_ecdsa_from_der(const struct sign_curve *curve, bytes der, uint8_t *to)
{
    size_t head = 2;

    if (der.n < 2 || der.p[0] != DER_SEQUENCE) {
        return 0;
    }
    if (der.p[1] == DER_LONG_1) {
        head = 3;
        if (der.n < 3 || der.p[2] < 128) {
            return 0;
        }
    } else if (der.p[1] >= 128) {
        return 0;
    }
    if (der.p[head - 1] != der.n - head) {
        return 0;
    }
    der = (bytes){der.p + head, der.n - head};
    if (!take_integer(curve, &der, to) || !take_integer(curve, &der, to + curve->bytes)
        || der.n != 0) {
        return 0;
    }
    return 2 * curve->bytes;
}
