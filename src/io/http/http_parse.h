/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of HTTP/1.x requests (RFC 9112): bytes in, a request and its framing out, nothing else. A
 * strict subset: what two servers could read in two ways is refused. The same rules for single
 * characters serve HTTP/2. */
#pragma once
#include "io/http/http.h"

enum http_parsed { HTTP_PARSE_MORE, HTTP_PARSE_DONE, HTTP_PARSE_BAD };

struct http_parse {
    size_t max_bytes; /* set by the caller: cap of request line and headers together */
    size_t scanned;   /* kept between calls; 0 for a new head */
    size_t head_n;    /* bytes of the complete head */
    uint64_t length;  /* Content-Length, or 0 */
    bool has_length, is_chunked;
    bool is_close_wanted;      /* Connection: close, or HTTP/1.0 */
    bool is_continue_expected; /* Expect: 100-continue */
    int status;                /* of a refusal, with its fixed public reason */
    const char *reason;
};

/* Looks for the end of the head in the n bytes received so far, from where it stopped last time.
 * DONE sets head_n; BAD sets status and reason (a bare LF, a first byte no request begins with, a
 * head over max_bytes: 414 if the request line alone is, else 431). */
MUST_USE enum http_parsed http_parse_end(struct http_parse *parse, const char *p, size_t n);

/* Parses the complete head p[0..head_n). Names are put in lower case in place; the slices of
 * *ret point into p. False sets status and reason; *ret then holds what was understood. */
MUST_USE bool http_parse_head(struct http_parse *parse, char *p,
    struct http_header headers[static HTTP_MAX_HEADERS], struct http_request *ret);

/* HTTP_OTHER for what has no constant; methods are case-sensitive (RFC 9110 s9.1). */
enum http_method http_parse_method(str method);
/* Splits an origin-form target; false if it does not start with / or has a character no URI has. */
MUST_USE bool http_parse_target(str target, str *ret_path, str *ret_query);
/* Host or :authority: a name, IPv4 address or bracketed IPv6 address, and an optional port. */
bool http_parse_is_host(str host);
/* 1*DIGIT of at most 18 digits. */
MUST_USE bool http_parse_length(str digits, uint64_t *ret);
bool http_parse_is_token(str s);
/* No control character but the tab (RFC 9110 s5.5). */
bool http_parse_is_value(str s);
