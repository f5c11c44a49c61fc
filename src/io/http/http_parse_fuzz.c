/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a head fed whole, cut at any place or byte by byte gets one verdict; what is accepted
 * obeys every rule that keeps two servers from reading it differently; and what is accepted, written
 * down plainly, is accepted again with the same meaning. The first byte says where to cut. */
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "io/http/http_parse.h"

enum { MAX_HEAD = 4096 };

struct verdict {
    enum http_parsed end;
    bool is_good;
    struct http_parse parse;
    struct http_request rq;
    struct http_header headers[HTTP_MAX_HEADERS];
};

static void
judge(struct arena *arena, str raw, size_t first_n, size_t step_n, struct verdict *v)
{
    str copy = str_dup(arena, raw);
    char *p = (char *)(uintptr_t)copy.p; /* names are put in lower case in place */
    size_t n = MIN(first_n, raw.n);

    *v = (struct verdict){.end = HTTP_PARSE_MORE, .parse.max_bytes = MAX_HEAD};
    for (;;) {
        v->end = http_parse_end(&v->parse, p, n);
        if (v->end != HTTP_PARSE_MORE || n == raw.n) {
            break;
        }
        n = MIN(n + step_n, raw.n);
    }
    if (v->end == HTTP_PARSE_DONE) {
        CHECK(v->parse.head_n <= n && v->parse.head_n <= MAX_HEAD);
        v->is_good = http_parse_head(&v->parse, p, v->headers, &v->rq);
    }
    CHECK(v->end == HTTP_PARSE_MORE || v->is_good || v->parse.status >= 400);
}

static void
check_meaning(const struct verdict *a, const struct verdict *b)
{
    CHECK(str_eq(a->rq.method_text, b->rq.method_text) && a->rq.method == b->rq.method);
    CHECK(str_eq(a->rq.path, b->rq.path) && str_eq(a->rq.query, b->rq.query));
    CHECK(str_eq(a->rq.host, b->rq.host) && a->rq.version == b->rq.version);
    CHECK(a->rq.header_count == b->rq.header_count);
    for (size_t i = 0; i < a->rq.header_count; i++) {
        CHECK(str_eq(a->headers[i].name, b->headers[i].name));
        CHECK(str_eq(a->headers[i].value, b->headers[i].value));
    }
    CHECK(a->parse.length == b->parse.length && a->parse.is_chunked == b->parse.is_chunked);
    CHECK(a->parse.is_close_wanted == b->parse.is_close_wanted);
    CHECK(a->parse.is_continue_expected == b->parse.is_continue_expected);
}

static void
check_same(const struct verdict *a, const struct verdict *b)
{
    CHECK(a->end == b->end && a->is_good == b->is_good);
    CHECK(a->parse.status == b->parse.status && a->parse.reason == b->parse.reason);
    CHECK(a->parse.head_n == b->parse.head_n);
    check_meaning(a, b);
}

/* The bytes of an accepted head themselves, by a second and simpler reading. */
static void
check_bytes(str head)
{
    for (size_t i = 0; i < head.n; i++) {
        unsigned char c = (unsigned char)head.p[i];
        CHECK(c != '\n' || (i > 0 && head.p[i - 1] == '\r'));
        CHECK(c != '\r' || (i + 1 < head.n && head.p[i + 1] == '\n'));
        CHECK(c >= ' ' || c == '\t' || c == '\r' || c == '\n');
        CHECK(c != 0x7f);
    }
    CHECK(str_find_str(head, S("\n ")) == head.n && str_find_str(head, S("\n\t")) == head.n);
    CHECK(str_ends(head, S("\r\n\r\n")));
}

static void
check_rules(const struct verdict *v)
{
    const struct http_request *rq = &v->rq;
    size_t hosts = http_header_count(rq, S("host"));
    size_t lengths = http_header_count(rq, S("content-length"));
    size_t codings = http_header_count(rq, S("transfer-encoding"));

    CHECK(hosts == 1 || (hosts == 0 && rq->version == 10));
    CHECK(lengths + codings <= 1);
    CHECK((lengths == 1) == v->parse.has_length && (codings == 1) == v->parse.is_chunked);
    CHECK(!v->parse.is_chunked || rq->version == 11);
    CHECK(rq->header_count <= HTTP_MAX_HEADERS);
    CHECK(rq->path.n > 0 && (rq->path.p[0] == '/' || str_eq(rq->path, S("*"))));
    for (size_t i = 0; i < rq->header_count; i++) {
        CHECK(http_parse_is_token(rq->headers[i].name));
        CHECK(http_parse_is_value(rq->headers[i].value));
    }
}

static str
write_plainly(struct arena *arena, const struct http_request *rq)
{
    struct buf b;
    str text = NO_STR;

    buf_init(&b, arena, 2 * MAX_HEAD);
    buf_str(&b, rq->method_text);
    buf_char(&b, ' ');
    buf_str(&b, rq->target);
    buf_str(&b, rq->version == 11 ? S(" HTTP/1.1\r\n") : S(" HTTP/1.0\r\n"));
    for (size_t i = 0; i < rq->header_count; i++) {
        buf_str(&b, rq->headers[i].name);
        buf_char(&b, ':');
        buf_str(&b, rq->headers[i].value);
        buf_lit(&b, "\r\n");
    }
    buf_lit(&b, "\r\n");
    CHECK(buf_done(&b, &text));
    return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    static struct verdict whole, other;
    str raw = {(const char *)data + 1, n - 1};

    CHECK(arena != NULL);
    if (n < 2) {
        return 0;
    }
    judge(arena, raw, SIZE_MAX, 1, &whole);
    judge(arena, raw, data[0], SIZE_MAX / 2, &other);
    check_same(&whole, &other);
    judge(arena, raw, 0, 1, &other);
    check_same(&whole, &other);
    if (whole.is_good) {
        check_bytes(str_head(raw, whole.parse.head_n));
        check_rules(&whole);
        judge(arena, write_plainly(arena, &whole.rq), SIZE_MAX, 1, &other);
        CHECK(other.is_good);
        check_meaning(&whole, &other);
    }
    return 0;
}
