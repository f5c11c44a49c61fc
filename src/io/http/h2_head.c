/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of HTTP/2 requests (RFC 9113 s8.2, s8.3). libnghttp2 has checked what the framing demands
 * (order and number of pseudo-headers, lower case, no connection-specific fields); here the same
 * rules apply that http_parse.c has for HTTP/1.1, so that a handler sees no difference. */
#include "io/http/h2_internal.h"

#include "base/arena.h"

enum { FIELD_OVERHEAD = 32 }; /* RFC 9113 s6.5.2: how a field list is counted */

static void
refuse(struct http_trade *trade, int status, const char *reason)
{
    if (trade->h2.refusal == 0) {
        trade->h2.refusal = status;
        trade->h2.reason = reason;
    }
}

static void
take_pseudo(struct http_trade *trade, str name, str value)
{
    struct http_request *rq = &trade->x.request;
    const struct {
        str name;
        str *to;
    } known[] = {
        {S(":method"), &rq->method_text},
        {S(":path"), &rq->target},
        {S(":authority"), &trade->h2.authority},
    };

    for (size_t i = 0; i < COUNT(known); i++) {
        if (str_eq(name, known[i].name)) {
            *known[i].to = value;
        }
    }
}

/* RFC 9113 s8.2.3: a cookie may come in crumbs and is one header again for those who read it. */
static bool
join_cookie(struct http_trade *trade, str value)
{
    for (size_t i = 0; i < trade->x.request.header_count; i++) {
        struct http_header *h = &trade->headers[i];

        if (str_eq(h->name, S("cookie"))) {
            h->value = str_join(trade->arena, (const str[]){h->value, value}, 2, S("; "));
            return true;
        }
    }
    return false;
}

void
h2_head_take(struct http_trade *trade, str name, str value)
{
    struct http_request *rq = &trade->x.request;
    size_t max_bytes = trade->x.conn->loop->server->config.max_head_bytes;
    bool is_pseudo = name.n > 0 && name.p[0] == ':';

    trade->h2.head_n += name.n + value.n + FIELD_OVERHEAD;
    if (trade->h2.head_n > max_bytes) {
        refuse(trade, 431, "the headers are too large");
        return;
    }
    if ((!is_pseudo && !http_parse_is_token(name)) || !http_parse_is_value(value)) {
        refuse(trade, 400, "a header is malformed");
        return;
    }
    value = str_dup(trade->arena, str_trim(value));
    if (is_pseudo) {
        take_pseudo(trade, name, value);
        return;
    }
    if (str_eq(name, S("cookie")) && join_cookie(trade, value)) {
        return;
    }
    if (rq->header_count == HTTP_MAX_HEADERS) {
        refuse(trade, 431, "there are too many headers");
        return;
    }
    trade->headers[rq->header_count++] = (struct http_header){str_dup(trade->arena, name), value};
}

/* Host may stand beside :authority only to say the same (RFC 9113 s8.3.1). */
static void
finish_host(struct http_trade *trade)
{
    struct http_request *rq = &trade->x.request;
    str host = http_header(rq, S("host"));
    size_t count = http_header_count(rq, S("host"));

    rq->host = trade->h2.authority.p ? trade->h2.authority : host;
    if (count > 1 || (count == 1 && !str_ieq(host, rq->host))) {
        refuse(trade, 400, "there is more than one Host");
    } else if (rq->host.p == NULL) {
        refuse(trade, 400, "Host is missing");
    } else if (!http_parse_is_host(rq->host)) {
        refuse(trade, 400, "Host is malformed");
    }
}

static void
finish_target(struct http_trade *trade)
{
    struct http_request *rq = &trade->x.request;

    rq->method = http_parse_method(rq->method_text);
    if (str_eq(rq->method_text, S("CONNECT"))) {
        refuse(trade, 501, "CONNECT is not supported");
    } else if (!http_parse_is_token(rq->method_text)) {
        refuse(trade, 400, "the method is malformed");
    } else if (str_eq(rq->target, S("*")) && rq->method == HTTP_OPTIONS) {
        rq->path = rq->target;
    } else if (!http_parse_target(rq->target, &rq->path, &rq->query)) {
        refuse(trade, 400, "the request target is malformed");
    }
}

bool
h2_head_finish(struct http_trade *trade)
{
    struct http_request *rq = &trade->x.request;
    struct http_conn *conn = trade->x.conn;

    rq->version = 20;
    rq->headers = trade->headers;
    rq->peer = (str){conn->peer_text, conn->peer_n};
    rq->is_tls = conn->ssl != NULL;
    finish_target(trade);
    finish_host(trade);
    if (arena_failed(trade->arena)) {
        trade->h2.refusal = 503; /* whatever else was found rests on what is not there */
        trade->h2.reason = "the server is out of memory";
    }
    return trade->h2.refusal == 0;
}
