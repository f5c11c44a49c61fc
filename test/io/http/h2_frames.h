/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/2 frames written by hand, so that a test can break each rule: fields go out as HPACK literals
 * (RFC 7541 s6.2.2). */
#pragma once
#include "test/io/http/tls_client.h"

enum {
    H2C_DATA,
    H2C_HEADERS,
    H2C_PRIORITY,
    H2C_RST,
    H2C_SETTINGS,
    H2C_PING = 6,
    H2C_GOAWAY,
    H2C_WINDOW,
    H2C_CONT
};
enum { H2C_END_STREAM = 1, H2C_ACK = 1, H2C_END_HEADERS = 4 };

static inline void
h2c_write(struct tls_client *t, int type, int flags, int stream, str payload)
{
    unsigned char head[9] = {(unsigned char)(payload.n >> 16), (unsigned char)(payload.n >> 8),
        (unsigned char)payload.n, (unsigned char)type, (unsigned char)flags,
        (unsigned char)(stream >> 24), (unsigned char)(stream >> 16), (unsigned char)(stream >> 8),
        (unsigned char)stream};
    char *all = mem_new(sizeof head + payload.n);

    memcpy(all, head, sizeof head);
    if (payload.n > 0) {
        memcpy(all + sizeof head, payload.p, payload.n);
    }
    tls_client_send(t, (str){all, sizeof head + payload.n});
    mem_free(all);
}

/* A string literal of HPACK without Huffman coding: 7-bit prefixed length. */
static inline size_t
h2c_literal(unsigned char *to, str s)
{
    size_t n = 0, rest = s.n;

    if (rest < 127) {
        to[n++] = (unsigned char)rest;
    } else {
        to[n++] = 127;
        for (rest -= 127; rest >= 128; rest >>= 7) {
            to[n++] = (unsigned char)(128 | (rest & 127));
        }
        to[n++] = (unsigned char)rest;
    }
    for (size_t i = 0; i < s.n; i++) {
        to[n++] = s.p[i] == '\1' ? 0 : (unsigned char)s.p[i];
    }
    return n;
}

/* Fields "name\0value\0..." ended by an empty name, as one header block; \1 inside stands for NUL. */
static inline str
h2c_block(const char *fields, char *to)
{
    size_t n = 0;

    while (*fields) {
        str name = str_from(fields), value = str_from(fields + name.n + 1);
        to[n++] = 0;
        n += h2c_literal((unsigned char *)to + n, name);
        n += h2c_literal((unsigned char *)to + n, value);
        fields = value.p + value.n + 1;
    }
    return (str){to, n};
}
