/* SPDX-License-Identifier: Apache-2.0 */
/* What h2.c (connection, streams, answers) and h2_head.c (from header fields to a request) share. */
#pragma once
#include <nghttp2/nghttp2.h>

#include "io/http/http_internal.h"

enum {
    H2_MAX_STREAMS = 100,
    H2_MAX_RESETS = 100,        /* streams cut short, beyond those that ended well */
};

struct h2 {
    nghttp2_session *session;
    struct http_trade *first, *last; /* of every stream that is open */
    int resets;
};

/* Takes one header field of a request; a fault is remembered and answered when the head is over. */
void h2_head_take(struct http_trade *trade, str name, str value);
/* The head is over: completes x.request. False if h2.refusal is set. */
MUST_USE bool h2_head_finish(struct http_trade *trade);
