/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request: RFC 9112 s2-s3, s5-s7, RFC 9110 s5-s10, strict. Beyond the RFC: a repeated
 * Content-Length is refused even when equal, Transfer-Encoding may only say chunked, Host must be a
 * name or address, CONNECT is not served, and one empty line before the request is skipped.
 * Invariants: 1 a verdict depends on the bytes alone, not on how they arrived; 2 nothing is read
 * beyond n; 3 only letters of header names are written. */
#include "io/http/http_parse.h"

enum { TOKEN = 1, PATH = 2, QUERY = 4, HOST = 8, MAX_HOST = 261, MAX_LENGTH_DIGITS = 18 };

/* clang-format off */
static const uint8_t kinds[256] = {     /* TOKEN: RFC 9110 s5.6.2; PATH: RFC 3986 s3.3 and [ ] */
     0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  /* QUERY: PATH and what browsers */
     0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  /* leave as it is: ? \ ^ ` { | } */
     0, 7, 0, 1, 7, 7, 7, 7, 6, 6, 7, 7, 6,15,15, 6,  /*   ! " # $ % & ' ( ) * + , - . / */
    15,15,15,15,15,15,15,15,15,15, 6, 6, 0, 6, 0, 4,  /* 0 1 2 3 4 5 6 7 8 9 : ; < = > ? */
     6,15,15,15,15,15,15,15,15,15,15,15,15,15,15,15,  /* @ A B C D E F G H I J K L M N O */
    15,15,15,15,15,15,15,15,15,15,15, 6, 4, 6, 5,15,  /* P Q R S T U V W X Y Z [ \ ] ^ _ */
     5,15,15,15,15,15,15,15,15,15,15,15,15,15,15,15,  /* ` a b c d e f g h i j k l m n o */
    15,15,15,15,15,15,15,15,15,15,15, 4, 5, 4, 7, 0,  /* p q r s t u v w x y z { | } ~   */
};

static const struct { str name; enum http_method method; } methods[] = {
    { S_INIT("GET"),    HTTP_GET    }, { S_INIT("POST"),    HTTP_POST    },
    { S_INIT("PUT"),    HTTP_PUT    }, { S_INIT("PATCH"),   HTTP_PATCH   },
    { S_INIT("DELETE"), HTTP_DELETE }, { S_INIT("OPTIONS"), HTTP_OPTIONS },
    { S_INIT("HEAD"),   HTTP_HEAD   },
};
/* clang-format on */

static bool
is_kind(char c, int kind)
{
    return (kinds[(uint8_t)c] & kind) != 0;
}

static size_t
count_kind(str s, int kind)
{
    size_t n = 0;

    while (n < s.n && is_kind(s.p[n], kind)) {
        n++;
    }
    return n;
}

static bool
bad(struct http_parse *parse, int status, const char *reason)
{
    parse->status = status;
    parse->reason = reason;
    return false;
}

bool
http_parse_is_token(str s)
{
    return s.n > 0 && count_kind(s, TOKEN) == s.n;
}

static bool
is_value_char(char c)
{
    uint8_t u = (uint8_t)c;

    return (u >= ' ' && u != 0x7f) || u == '\t';
}

bool
http_parse_is_value(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_value_char(s.p[i])) {
            return false;
        }
    }
    return true;
}

enum http_method
http_parse_method(str method)
{
    for (size_t i = 0; i < COUNT(methods); i++) {
        if (str_eq(method, methods[i].name)) {
            return methods[i].method;
        }
    }
    return HTTP_OTHER;
}

bool
http_parse_target(str target, str *ret_path, str *ret_query)
{
    size_t path_n = count_kind(target, PATH);
    str query = NO_STR;

    if (target.n == 0 || target.p[0] != '/') {
        return false;
    }
    if (path_n < target.n) {
        if (target.p[path_n] != '?') {
            return false;
        }
        query = str_skip(target, path_n + 1);
        if (count_kind(query, QUERY) != query.n) {
            return false;
        }
    }
    *ret_path = str_head(target, path_n);
    *ret_query = query;
    return true;
}

bool
http_parse_length(str digits, uint64_t *ret)
{
    uint64_t value = 0;

    if (digits.n == 0 || digits.n > MAX_LENGTH_DIGITS) {
        return false;
    }
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.p[i] < '0' || digits.p[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(digits.p[i] - '0');
    }
    *ret = value;
    return true;
}

/* [ ":" port ], port at most 65535 */
static bool
is_port_or_nothing(str s)
{
    uint64_t port;

    return s.n == 0
           || (s.p[0] == ':' && s.n <= 6 && http_parse_length(str_skip(s, 1), &port)
               && port <= UINT16_MAX);
}

/* host = ( "[" 1*( HEXDIG / ":" / "." ) "]" / name ) [ ":" port ]
 * name = 1*( ALPHA / DIGIT / "-" / "." / "_" ) */
bool
http_parse_is_host(str host)
{
    size_t n = 1;

    if (host.n == 0 || host.n > MAX_HOST) {
        return false;
    }
    if (host.p[0] != '[') {
        n = count_kind(host, HOST);
        return n > 0 && is_port_or_nothing(str_skip(host, n));
    }
    while (n < host.n && strchr("0123456789abcdefABCDEF:.", host.p[n]) && host.p[n]) {
        n++;
    }
    return n > 1 && n < host.n && host.p[n] == ']' && is_port_or_nothing(str_skip(host, n + 1));
}

/* A head of more than max_bytes: which of its halves was too long? */
static enum http_parsed
too_large(struct http_parse *parse, const char *p, size_t lead)
{
    bool is_line_whole = memchr(p + lead, '\n', parse->max_bytes - lead) != NULL;

    (void)bad(parse, is_line_whole ? 431 : 414,
        is_line_whole ? "the headers are too large" : "the request line is too long");
    return HTTP_PARSE_BAD;
}

/* RFC 9112 s2.2: one empty line before the request line is skipped. */
static size_t
leading_line(const char *p, size_t n)
{
    return n >= 2 && p[0] == '\r' && p[1] == '\n' ? 2 : 0;
}

enum http_parsed
http_parse_end(struct http_parse *parse, const char *p, size_t n)
{
    size_t seen = MIN(n, parse->max_bytes), lead = leading_line(p, n);
    size_t at = MAX(parse->scanned, lead);
    const char *lf;

    if (seen == 0 || (seen == 1 && p[0] == '\r') || seen == lead) {
        return HTTP_PARSE_MORE;
    }
    if (!is_kind(p[lead], TOKEN)) {
        (void)bad(parse, 400, "the request line is malformed");
        return HTTP_PARSE_BAD;
    }
    while (at < seen && (lf = memchr(p + at, '\n', seen - at)) != NULL) {
        at = (size_t)(lf - p);
        if (p[at - 1] != '\r') { /* at > lead, because p[lead] is a token character */
            (void)bad(parse, 400, "a line does not end with CR LF");
            return HTTP_PARSE_BAD;
        }
        at++;
        if (at - lead >= 4 && p[at - 3] == '\n') {
            parse->head_n = at;
            return HTTP_PARSE_DONE;
        }
    }
    parse->scanned = seen;
    return n >= parse->max_bytes ? too_large(parse, p, lead) : HTTP_PARSE_MORE;
}

static bool
take_host(struct http_parse *parse, struct http_request *rq, str value)
{
    if (rq->host.p != NULL) {
        return bad(parse, 400, "there is more than one Host");
    }
    if (!http_parse_is_host(value)) {
        return bad(parse, 400, "Host is malformed");
    }
    rq->host = value;
    return true;
}

static bool
take_length(struct http_parse *parse, struct http_request *rq, str value)
{
    (void)rq;
    if (parse->has_length) {
        return bad(parse, 400, "there is more than one Content-Length");
    }
    if (!http_parse_length(value, &parse->length)) {
        return bad(parse, 400, "Content-Length is malformed");
    }
    parse->has_length = true;
    return true;
}

static bool
take_coding(struct http_parse *parse, struct http_request *rq, str value)
{
    if (rq->version == 10) { /* RFC 9112 s6.1 */
        return bad(parse, 400, "HTTP/1.0 has no Transfer-Encoding");
    }
    if (parse->is_chunked) {
        return bad(parse, 400, "there is more than one Transfer-Encoding");
    }
    if (!str_ieq(value, S("chunked"))) {
        return bad(parse, 501, "this Transfer-Encoding is not supported");
    }
    parse->is_chunked = true;
    return true;
}

static bool
take_connection(struct http_parse *parse, struct http_request *rq, str value)
{
    str word;

    (void)rq;
    while (str_cut(&value, ',', &word)) {
        if (str_ieq(str_trim(word), S("close"))) {
            parse->is_close_wanted = true;
        }
    }
    return true;
}

static bool
take_expect(struct http_parse *parse, struct http_request *rq, str value)
{
    if (rq->version == 10) { /* RFC 9110 s10.1.1 */
        return true;
    }
    if (!str_ieq(value, S("100-continue"))) {
        return bad(parse, 417, "this expectation cannot be met");
    }
    parse->is_continue_expected = true;
    return true;
}

static const struct {
    str name;
    bool (*take)(struct http_parse *parse, struct http_request *rq, str value);
} framing[] = {
    {S_INIT("host"), take_host},
    {S_INIT("content-length"), take_length},
    {S_INIT("transfer-encoding"), take_coding},
    {S_INIT("connection"), take_connection},
    {S_INIT("expect"), take_expect},
};

/* A cursor over the head, which is known to end with CR LF CR LF. */
struct cursor {
    char *p;
};

/* field-line = token ":" OWS *( VCHAR / obs-text / SP / HTAB ) OWS CR LF ; RFC 9112 s5 */
static bool
take_header(struct http_parse *parse, struct cursor *in, struct http_header *ret)
{
    char *p = in->p;

    for (; is_kind(*p, TOKEN); p++) {
        if (*p >= 'A' && *p <= 'Z') {
            *p = (char)(*p | 0x20);
        }
    }
    if (p == in->p || *p != ':') { /* also a space before the colon, and a folded line */
        return bad(parse, 400, "a header name is malformed");
    }
    ret->name = (str){in->p, (size_t)(p - in->p)};
    in->p = ++p;
    while (is_value_char(*p)) {
        p++;
    }
    if (p[0] != '\r' || p[1] != '\n') {
        return bad(parse, 400, "a header value has a control character");
    }
    ret->value = str_trim((str){in->p, (size_t)(p - in->p)});
    in->p = p + 2;
    return true;
}

static bool
take_headers(struct http_parse *parse, struct cursor *in, struct http_header *headers,
    struct http_request *rq)
{
    rq->headers = headers;
    while (*in->p != '\r' || in->p[1] != '\n') {
        struct http_header *h = &headers[rq->header_count];

        if (rq->header_count == HTTP_MAX_HEADERS) {
            return bad(parse, 431, "there are too many headers");
        }
        if (!take_header(parse, in, h)) {
            return false;
        }
        rq->header_count++;
        for (size_t i = 0; i < COUNT(framing); i++) {
            if (str_eq(h->name, framing[i].name) && !framing[i].take(parse, rq, h->value)) {
                return false;
            }
        }
    }
    return true;
}

static str
take_until(struct cursor *in, char end)
{
    char *from = in->p;

    while (*in->p != end && *in->p != '\r') {
        in->p++;
    }
    return (str){from, (size_t)(in->p - from)};
}

/* request-line = method SP request-target SP HTTP-version CR LF ; RFC 9112 s3 */
static bool
take_request_line(struct http_parse *parse, struct cursor *in, struct http_request *rq)
{
    str method = take_until(in, ' '), version;

    if (!http_parse_is_token(method) || *in->p != ' ') {
        return bad(parse, 400, "the request line is malformed");
    }
    rq->method_text = method;
    rq->method = http_parse_method(method);
    in->p++;
    rq->target = take_until(in, ' ');
    if (*in->p != ' ') {
        return bad(parse, 400, "the request line is malformed");
    }
    in->p++;
    version = take_until(in, '\r');
    if (in->p[1] != '\n' || version.n != 8 || !str_starts(version, S("HTTP/"))) {
        return bad(parse, 400, "the request line is malformed");
    }
    in->p += 2;
    rq->version = str_eq(version, S("HTTP/1.1")) ? 11 : str_eq(version, S("HTTP/1.0")) ? 10 : 0;
    return rq->version || bad(parse, 505, "this version of HTTP is not supported");
}

/* absolute-form, RFC 9112 s3.2.2: accepted when it names the host that Host names. */
static bool
take_absolute_target(struct http_request *rq, str target)
{
    size_t scheme_n = str_starts(target, S("http://")) ? 7 : 8;
    size_t n;

    if (scheme_n == 8 && !str_starts(target, S("https://"))) {
        return false;
    }
    target = str_skip(target, scheme_n);
    n = MIN(str_find(target, '/'), str_find(target, '?'));
    if (!str_ieq(str_head(target, n), rq->host)) {
        return false;
    }
    target = str_skip(target, n);
    return http_parse_target(target.n ? target : S("/"), &rq->path, &rq->query);
}

static bool
take_target(struct http_parse *parse, struct http_request *rq)
{
    str target = rq->target;

    if (str_eq(rq->method_text, S("CONNECT"))) {
        return bad(parse, 501, "CONNECT is not supported");
    }
    if (str_eq(target, S("*")) && rq->method == HTTP_OPTIONS) { /* RFC 9112 s3.2.4 */
        rq->path = target;
        return true;
    }
    if (http_parse_target(target, &rq->path, &rq->query)
        || (rq->host.n && take_absolute_target(rq, target))) {
        return true;
    }
    return bad(parse, 400, "the request target is malformed");
}

bool
http_parse_head(struct http_parse *parse, char *p,
    struct http_header headers[static HTTP_MAX_HEADERS], struct http_request *rq)
{
    struct cursor in = {p + leading_line(p, parse->head_n)};

    *rq = (struct http_request){.method = HTTP_OTHER};
    if (!take_request_line(parse, &in, rq) || !take_headers(parse, &in, headers, rq)) {
        return false;
    }
    if (rq->version == 11 && rq->host.p == NULL) { /* RFC 9112 s3.2 */
        return bad(parse, 400, "Host is missing");
    }
    if (parse->has_length && parse->is_chunked) { /* RFC 9112 s6.3: the classic of smuggling */
        return bad(parse, 400, "both Content-Length and Transfer-Encoding are given");
    }
    if (rq->version == 10) {
        parse->is_close_wanted = true;
    }
    return take_target(parse, rq);
}
