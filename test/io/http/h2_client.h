/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP/2 client for tests over frames written by hand; answers are read with libnghttp2's
 * inflater. */
#pragma once
#include <nghttp2/nghttp2.h>

#include "test/io/http/h2_frames.h"

enum { H2C_STREAMS = 512, H2C_OPEN = -1 };

struct h2_stream_seen {
    int status, interim;
    size_t body_n;
    bool is_ended;
    int64_t reset; /* error code of RST_STREAM, or H2C_OPEN */
    char date[64], length[32];
};
struct h2_client {
    struct tls_client t;
    nghttp2_hd_inflater *inflater;
    size_t parsed;
    struct h2_stream_seen seen[H2C_STREAMS]; /* by (stream id - 1) / 2 */
    int64_t goaway;                          /* its error code, or H2C_OPEN */
    size_t ended;                            /* streams answered in full or reset */
    bool keeps_window;                       /* sends no WINDOW_UPDATE */
    uint32_t max_streams;
    uint8_t last_body_byte;
};

static inline void
h2c_frame(struct h2_client *h, int type, int flags, int stream, str payload)
{
    h2c_write(&h->t, type, flags, stream, payload);
}

static inline void
h2c_request(struct h2_client *h, int stream, int flags, const char *fields)
{
    static char block[65536];

    h2c_frame(h, H2C_HEADERS, H2C_END_HEADERS | flags, stream, h2c_block(fields, block));
}

static inline void
h2c_field(struct h2_stream_seen *seen, str name, str value)
{
    int status = (int)strtol(value.p, NULL, 10);

    if (str_eq(name, S(":status")) && status < 200) {
        seen->interim = status;
    } else if (str_eq(name, S(":status"))) {
        seen->status = status;
    } else if (str_eq(name, S("date"))) {
        snprintf(seen->date, sizeof seen->date, STRF, STRV(value));
    } else if (str_eq(name, S("content-length"))) {
        snprintf(seen->length, sizeof seen->length, STRF, STRV(value));
    }
}

static inline void
h2c_take_headers(struct h2_client *h, struct h2_stream_seen *seen, str block)
{
    int flags = 0;

    while (block.n > 0 && !(flags & NGHTTP2_HD_INFLATE_FINAL)) {
        nghttp2_nv nv;
        ssize_t n =
            nghttp2_hd_inflate_hd2(h->inflater, &nv, &flags, (const uint8_t *)block.p, block.n, 1);

        REQUIRE(n >= 0);
        block = str_skip(block, (size_t)n);
        if (flags & NGHTTP2_HD_INFLATE_EMIT) {
            h2c_field(
                seen, (str){(char *)nv.name, nv.namelen}, (str){(char *)nv.value, nv.valuelen});
        }
    }
    nghttp2_hd_inflate_end_headers(h->inflater);
}

static inline uint32_t
h2c_u32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;

    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static inline void
h2c_give_window(struct h2_client *h, int stream, size_t n)
{
    char add[4] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};

    if (n > 0 && !h->keeps_window) {
        h2c_frame(h, H2C_WINDOW, 0, 0, (str){add, 4});
        h2c_frame(h, H2C_WINDOW, 0, stream, (str){add, 4});
    }
}

static inline void
h2c_take_settings(struct h2_client *h, int flags, str payload)
{
    for (; !(flags & H2C_ACK) && payload.n >= 6; payload = str_skip(payload, 6)) {
        if (payload.p[1] == NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS) {
            h->max_streams = h2c_u32(payload.p + 2);
        }
    }
    if (!(flags & H2C_ACK)) {
        h2c_frame(h, H2C_SETTINGS, H2C_ACK, 0, NO_STR);
    }
}

static inline void
h2c_take(struct h2_client *h, int type, int flags, int stream, str payload)
{
    struct h2_stream_seen *seen = &h->seen[(stream > 0 ? stream - 1 : 0) / 2 % H2C_STREAMS];
    bool was_over = seen->is_ended || seen->reset != H2C_OPEN;

    if (type == H2C_HEADERS) {
        h2c_take_headers(h, seen, payload);
    } else if (type == H2C_DATA) {
        seen->body_n += payload.n;
        h2c_give_window(h, stream, payload.n);
    } else if (type == H2C_RST) {
        seen->reset = h2c_u32(payload.p);
    } else if (type == H2C_GOAWAY) {
        h->goaway = h2c_u32(payload.p + 4);
    } else if (type == H2C_SETTINGS) {
        h2c_take_settings(h, flags, payload);
    }
    if ((type == H2C_HEADERS || type == H2C_DATA) && (flags & H2C_END_STREAM)) {
        seen->is_ended = true;
    }
    h->ended += stream > 0 && !was_over && (seen->is_ended || seen->reset != H2C_OPEN);
}

/* Receives once and looks at every whole frame; false when nothing comes any more. */
static inline bool
h2c_receive(struct h2_client *h)
{
    struct client *c = &h->t.c;

    if (!tls_client_receive(&h->t)) {
        return false;
    }
    while (c->n - h->parsed >= 9) {
        const char *p = c->p + h->parsed;
        size_t n = h2c_u32(p) >> 8;

        if (c->n - h->parsed < 9 + n) {
            break;
        }
        h->parsed += 9 + n;
        h2c_take(h, p[3], p[4], (int)(h2c_u32(p + 5) & INT32_MAX), (str){p + 9, n});
    }
    return true;
}

/* Until so many streams have ended, or the connection has. */
static inline void
h2c_wait(struct h2_client *h, size_t ended)
{
    while (h->ended < ended && h2c_receive(h)) {
    }
}

static inline void
h2c_wait_end(struct h2_client *h)
{
    while (h2c_receive(h)) {
    }
}

static inline struct h2_client *
h2c_open(const struct fixture *f)
{
    struct h2_client *h = MEM_NEW(struct h2_client);

    REQUIRE(h != NULL);
    h->t = tls_client_open(f, (struct tls_wish){0, 0, NULL, "\x02h2"});
    REQUIRE(h->t.is_connected && nghttp2_hd_inflate_new(&h->inflater) == 0);
    h->goaway = H2C_OPEN;
    for (size_t i = 0; i < H2C_STREAMS; i++) {
        h->seen[i].reset = H2C_OPEN;
    }
    tls_client_send(&h->t, S("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
    h2c_frame(h, H2C_SETTINGS, 0, 0, NO_STR);
    while (h->max_streams == 0 && h2c_receive(h)) { /* acknowledging later could split a head */
    }
    return h;
}

static inline void
h2c_close(struct h2_client *h)
{
    tls_client_close(&h->t);
    nghttp2_hd_inflate_del(h->inflater);
    mem_free(h);
}
