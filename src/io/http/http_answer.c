/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: from the handler's values to bytes (RFC 9112 s4, RFC 9110 s6.6.1 Date). There is no
 * Server header: it helps nobody but who looks for a version to attack. */
#include <stdio.h>
#include <time.h>

#include "io/http/http_internal.h"

#include "base/clock.h"

/* clang-format off */
static const struct { int status; str line; } status_lines[] = {
#define LINE(status, phrase) { status, S_INIT("HTTP/1.1 " #status " " phrase "\r\n") }
    LINE(200, "OK"), LINE(201, "Created"), LINE(202, "Accepted"), LINE(204, "No Content"),
    LINE(301, "Moved Permanently"), LINE(302, "Found"), LINE(303, "See Other"),
    LINE(304, "Not Modified"), LINE(307, "Temporary Redirect"), LINE(308, "Permanent Redirect"),
    LINE(400, "Bad Request"), LINE(401, "Unauthorized"), LINE(403, "Forbidden"),
    LINE(404, "Not Found"), LINE(405, "Method Not Allowed"), LINE(406, "Not Acceptable"),
    LINE(408, "Request Timeout"), LINE(409, "Conflict"), LINE(410, "Gone"),
    LINE(412, "Precondition Failed"), LINE(413, "Content Too Large"), LINE(414, "URI Too Long"),
    LINE(415, "Unsupported Media Type"), LINE(417, "Expectation Failed"),
    LINE(421, "Misdirected Request"), LINE(422, "Unprocessable Content"), LINE(423, "Locked"),
    LINE(428, "Precondition Required"), LINE(429, "Too Many Requests"),
    LINE(431, "Request Header Fields Too Large"), LINE(500, "Internal Server Error"),
    LINE(501, "Not Implemented"), LINE(502, "Bad Gateway"), LINE(503, "Service Unavailable"),
    LINE(504, "Gateway Timeout"), LINE(505, "HTTP Version Not Supported"),
#undef LINE
};

static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char months[][4] = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
};
/* What the server writes itself; a handler that adds one would break the framing. */
static const str own_headers[] = {
    S_INIT("connection"), S_INIT("content-length"), S_INIT("date"), S_INIT("transfer-encoding"),
};
/* clang-format on */

enum { LONGEST_PHRASE = 64, DATE_BYTES = 29, CHUNK_BYTES = 32 };

str
http_header(const struct http_request *request, str name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (str_eq(request->headers[i].name, name)) {
            return request->headers[i].value;
        }
    }
    return NO_STR;
}

size_t
http_header_count(const struct http_request *request, str name)
{
    size_t count = 0;

    for (size_t i = 0; i < request->header_count; i++) {
        count += str_eq(request->headers[i].name, name);
    }
    return count;
}

static bool
is_own_header(str name)
{
    for (size_t i = 0; i < COUNT(own_headers); i++) {
        if (str_ieq(name, own_headers[i])) {
            return true;
        }
    }
    return false;
}

/* A value with one of these would end its line and begin something else. */
static bool
has_line_end(str value)
{
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] == '\r' || value.p[i] == '\n' || value.p[i] == '\0') {
            return true;
        }
    }
    return false;
}

void
http_add_header(struct http_answer *answer, str name, str value)
{
    CHECK(http_parse_is_token(name) && !has_line_end(value));
    CHECK(!is_own_header(name));
    if (answer->header_count == HTTP_MAX_ANSWER_HEADERS) {
        answer->has_overflowed = true;
        return;
    }
    answer->headers[answer->header_count++] = (struct http_header){name, value};
}

str
http_answer_date(struct http_loop *loop)
{
    int64_t now_s = loop->wall_ms / SECOND_MS;
    time_t seconds = (time_t)now_s;
    struct tm t;

    if (now_s != loop->date_s || loop->date_n == 0) {
        gmtime_r(&seconds, &t);
        loop->date_n = (size_t)snprintf(loop->date, sizeof loop->date,
            "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday], t.tm_mday, months[t.tm_mon],
            t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
        loop->date_s = now_s;
    }
    return (str){loop->date, MIN(loop->date_n, (size_t)DATE_BYTES)};
}

bool
http_answer_is_bodiless(const struct http_answer *answer)
{
    return answer->status == 204 || answer->status == 304;
}

void
http_answer_check(struct http_answer *answer)
{
    CHECK(answer->status >= 200 && answer->status <= 599);
    if (answer->has_overflowed) {
        answer->status = 500;
        answer->header_count = 0;
        answer->body = NO_STR;
    }
}

static char *
put(char *to, str s)
{
    if (s.n > 0) {
        memcpy(to, s.p, s.n);
    }
    return to + s.n;
}

str
http_answer_number(char to[static HTTP_DIGITS], uint64_t value)
{
    size_t at = HTTP_DIGITS;

    do {
        to[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return (str){to + at, HTTP_DIGITS - at};
}

static char *
put_number(char *to, uint64_t value)
{
    char digits[HTTP_DIGITS];

    return put(to, http_answer_number(digits, value));
}

static char *
put_status(char *to, int status)
{
    for (size_t i = 0; i < COUNT(status_lines); i++) {
        if (status_lines[i].status == status) {
            return put(to, status_lines[i].line);
        }
    }
    to = put(to, S("HTTP/1.1 "));
    to = put_number(to, (uint64_t)status);
    return put(to, S(" \r\n")); /* the phrase may be empty: RFC 9112 s4 */
}

/* HTTP/1.0 knows no chunks: there the answer ends with the connection (RFC 9112 s6.3). */
static bool
is_chunked(const struct http_trade *trade)
{
    return trade->x.request.version != 10;
}

/* A chunk without bytes would be the last: RFC 9112 s7.1. */
static char *
put_chunk(char *to, const struct http_trade *trade, str part)
{
    if (!is_chunked(trade) || part.n == 0) {
        return put(to, part);
    }
    to += snprintf(to, CHUNK_BYTES, "%zx\r\n", part.n);
    return put(put(to, part), S("\r\n"));
}

static size_t
size_of(const struct http_answer *answer)
{
    size_t n = LONGEST_PHRASE
               + sizeof "Date: \r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
               + DATE_BYTES + HTTP_DIGITS + CHUNK_BYTES + answer->body.n;

    for (size_t i = 0; i < answer->header_count; i++) {
        n += answer->headers[i].name.n + answer->headers[i].value.n + 4;
    }
    return n;
}

bool
http_answer_write(struct http_trade *trade, bool is_closing)
{
    struct http_conn *conn = trade->x.conn;
    struct http_answer *answer = &trade->x.answer;
    struct http_buffer *out = &conn->out;
    bool is_whole = !answer->has_more, has_body = !http_answer_is_bodiless(answer);
    char *p;

    http_answer_check(answer);
    if (!http_buffer_reserve(conn->loop, out, size_of(answer), SIZE_MAX / 4)) {
        return false;
    }
    p = put_status(out->p + out->end, answer->status);
    p = put(put(p, S("Date: ")), http_answer_date(conn->loop));
    if (has_body && is_whole) {
        p = put_number(put(p, S("\r\nContent-Length: ")), answer->body.n);
    } else if (has_body && is_chunked(trade)) {
        p = put(p, S("\r\nTransfer-Encoding: chunked"));
    }
    p = put(p, is_closing ? S("\r\nConnection: close\r\n") : S("\r\n"));
    for (size_t i = 0; i < answer->header_count; i++) {
        p = put(put(p, answer->headers[i].name), S(": "));
        p = put(put(p, answer->headers[i].value), S("\r\n"));
    }
    p = put(p, S("\r\n"));
    if (has_body && trade->x.request.method != HTTP_HEAD) {
        p = is_whole ? put(p, answer->body) : put_chunk(p, trade, answer->body);
    }
    out->end = (size_t)(p - out->p);
    out->used = MAX(out->used, out->end);
    return true;
}

bool
http_answer_write_part(struct http_trade *trade)
{
    struct http_conn *conn = trade->x.conn;
    const struct http_answer *answer = &trade->x.answer;
    struct http_buffer *out = &conn->out;
    char *p;

    if (trade->x.request.method == HTTP_HEAD) {
        return true;
    }
    if (!http_buffer_reserve(conn->loop, out, answer->body.n + CHUNK_BYTES, SIZE_MAX / 4)) {
        return false;
    }
    p = put_chunk(out->p + out->end, trade, answer->body);
    if (!answer->has_more && is_chunked(trade)) {
        p = put(p, S("0\r\n\r\n"));
    }
    out->end = (size_t)(p - out->p);
    out->used = MAX(out->used, out->end);
    return true;
}

void
http_answer(struct http_exchange *x)
{
    struct http_loop *loop = x->conn->loop;

    if (http_loop_is_here(loop)) {
        http_conn_finish(x);
    } else {
        http_loop_finished(loop, x);
    }
}
