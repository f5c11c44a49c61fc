/* SPDX-License-Identifier: Apache-2.0 */
/* What h2.c (the connection), h2_stream.c (its streams) and h2_head.c (from header fields to a
 * request) share. */
#pragma once
#include <nghttp2/nghttp2.h>

#include "io/http/http_internal.h"

enum {
    H2_MAX_STREAMS = 100,
    H2_MAX_RESETS = 100, /* streams cut short, beyond those that ended well */
};

struct h2 {
    nghttp2_session *session;
    struct http_trade *first, *last; /* of every stream that is open */
    int resets;
};

/* h2_stream.c */
void h2_stream_set_callbacks(nghttp2_session_callbacks *callbacks);
void h2_stream_answer(struct http_trade *trade);
/* Answers for the server itself; an unfinished request's stream is reset after the answer. */
void h2_stream_refuse(struct http_trade *trade, int status, const char *reason, bool is_unfinished);
void h2_stream_unlink(struct h2 *h2, struct http_trade *trade);

/* h2_head.c */
/* Takes one header field of a request; a fault is remembered and answered when the head is over. */
void h2_head_take(struct http_trade *trade, str name, str value);
/* The head is over: completes x.request. False if h2.refusal is set. */
MUST_USE bool h2_head_finish(struct http_trade *trade);
