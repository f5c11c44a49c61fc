/* SPDX-License-Identifier: Apache-2.0 */
/* The parser alone: what it understands, and that no split of the bytes changes a verdict. */
#define UNIT http_parse
#include "io/http/http_parse.h"

#include "test/io/http/http_table.h"

/* A verdict on the first head of the bytes, fed in steps. */
struct verdict {
    enum http_parsed end;
    bool is_good;
    struct http_parse parse;
    struct http_request rq;
    struct http_header headers[HTTP_MAX_HEADERS];
    char copy[65536];
};

static void
judge(struct verdict *v, str raw, size_t first_n, size_t step_n)
{
    size_t n = MIN(first_n, raw.n);

    v->parse = (struct http_parse){.max_bytes = KB(16)};
    v->rq = (struct http_request){0};
    v->is_good = false;
    memcpy(v->copy, raw.p, raw.n);
    for (;;) {
        v->end = n ? http_parse_end(&v->parse, v->copy, n) : HTTP_PARSE_MORE;
        if (v->end != HTTP_PARSE_MORE || n == raw.n) {
            break;
        }
        n = MIN(n + step_n, raw.n);
    }
    if (v->end == HTTP_PARSE_DONE) {
        v->is_good = http_parse_head(&v->parse, v->copy, v->headers, &v->rq);
    }
}

static bool
is_same(const struct verdict *a, const struct verdict *b)
{
    const struct http_request *x = &a->rq, *y = &b->rq;
    bool same = a->end == b->end && a->is_good == b->is_good && a->parse.status == b->parse.status
                && a->parse.reason == b->parse.reason && a->parse.head_n == b->parse.head_n
                && a->parse.length == b->parse.length && a->parse.is_chunked == b->parse.is_chunked
                && a->parse.is_close_wanted == b->parse.is_close_wanted
                && x->header_count == y->header_count && x->version == y->version
                && str_eq(x->path, y->path) && str_eq(x->query, y->query)
                && str_eq(x->host, y->host);

    for (size_t i = 0; same && i < x->header_count; i++) {
        same = str_eq(a->headers[i].name, b->headers[i].name)
               && str_eq(a->headers[i].value, b->headers[i].value);
    }
    return same;
}

TEST(a_split_at_any_byte_changes_nothing)
{
    struct table *t = table_read();
    static struct verdict whole, split;

    for (size_t i = 0; i < t->count; i++) {
        str raw =
            str_head(t->rows[i].raw, 1500); /* the long ones hold one character over and over */

        judge(&whole, raw, SIZE_MAX, 1);
        for (size_t at = 0; at <= raw.n; at++) {
            judge(&split, raw, at, SIZE_MAX / 2);
            CHECK_AT(t->rows[i].line, is_same(&whole, &split));
        }
        judge(&split, raw, 1, 1);
        CHECK_AT(t->rows[i].line, is_same(&whole, &split));
    }
    arena_free(t->arena);
}

TEST(limits_do_not_depend_on_the_split_either)
{
    struct table *t = table_read();
    static struct verdict whole, split;

    for (size_t i = 0; i < t->count; i++) {
        for (size_t step = 997; t->rows[i].raw.n > KB(16) && step < KB(16); step += 997) {
            judge(&whole, t->rows[i].raw, SIZE_MAX, 1);
            judge(&split, t->rows[i].raw, step, step);
            CHECK_AT(t->rows[i].line, whole.end == HTTP_PARSE_BAD && is_same(&whole, &split));
        }
    }
    arena_free(t->arena);
}

TEST(a_request_is_understood)
{
    static struct verdict v;
    const struct http_request *rq = &v.rq;

    judge(&v,
        S("POST /a/b?c=d&e HTTP/1.1\r\nHost: x.example:8080\r\nX-One:  two words \r\n"
          "x-one: three\r\nContent-Length: 12\r\nConnection: close\r\nExpect: "
          "100-Continue\r\n\r\n"),
        SIZE_MAX, 1);
    REQUIRE(v.end == HTTP_PARSE_DONE && v.is_good);
    EXPECT(rq->method == HTTP_POST && rq->version == 11);
    EXPECT_STR(rq->method_text, S("POST"));
    EXPECT_STR(rq->target, S("/a/b?c=d&e"));
    EXPECT_STR(rq->path, S("/a/b"));
    EXPECT_STR(rq->query, S("c=d&e"));
    EXPECT_STR(rq->host, S("x.example:8080"));
    EXPECT(rq->header_count == 6);
    EXPECT_STR(rq->headers[1].name, S("x-one"));
    EXPECT_STR(rq->headers[1].value, S("two words"));
    EXPECT_STR(http_header(rq, S("x-one")), S("two words"));
    EXPECT(http_header_count(rq, S("x-one")) == 2);
    EXPECT(http_header(rq, S("x-two")).p == NULL);
    EXPECT(v.parse.length == 12 && v.parse.has_length && !v.parse.is_chunked);
    EXPECT(v.parse.is_close_wanted && v.parse.is_continue_expected);
}

TEST(rfc9112_3_2_2_an_absolute_target_gives_its_path)
{
    static struct verdict v;

    judge(&v, S("GET HTTPS://A/ HTTP/1.1\r\nHost: a\r\n\r\n"), SIZE_MAX, 1);
    EXPECT(!v.is_good && v.parse.status == 400); /* schemes in lower case only */
    judge(&v, S("GET https://A:1/b?c HTTP/1.1\r\nHost: a:1\r\n\r\n"), SIZE_MAX, 1);
    REQUIRE(v.is_good);
    EXPECT_STR(v.rq.path, S("/b"));
    EXPECT_STR(v.rq.query, S("c"));
    judge(&v, S("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"), SIZE_MAX, 1);
    EXPECT_STR(v.rq.path, S("/"));
}

TEST(rfc9110_7_2_hosts)
{
    static const struct {
        int line;
        str host;
        bool is_good;
    } rows[] = {
        {__LINE__, S_INIT("a"), true},
        {__LINE__, S_INIT("a.b-c_d.example"), true},
        {__LINE__, S_INIT("127.0.0.1:9011"), true},
        {__LINE__, S_INIT("[::1]"), true},
        {__LINE__, S_INIT("[::ffff:1.2.3.4]:65535"), true},
        {__LINE__, S_INIT("a:"), false},
        {__LINE__, S_INIT("a:1:2"), false},
        {__LINE__, S_INIT(":80"), false},
        {__LINE__, S_INIT("[]"), false},
        {__LINE__, S_INIT("[::1"), false},
        {__LINE__, S_INIT("[::1]x"), false},
        {__LINE__, S_INIT("[fe80::1%25eth0]"), false},
        {__LINE__, S_INIT("a%20b"), false},
        {__LINE__, S_INIT("a;b"), false},
        {__LINE__, S_INIT("a\0b"), false},
        {__LINE__, S_INIT("[:\0:]"), false},
        {__LINE__, S_INIT("a:000080"), false},
        {__LINE__, S_INIT(""), false},
    };
    char longest[300];

    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_AT(rows[i].line, http_parse_is_host(rows[i].host) == rows[i].is_good);
    }
    memset(longest, 'a', sizeof longest);
    EXPECT(http_parse_is_host((str){longest, 255}));
    EXPECT(!http_parse_is_host((str){longest, sizeof longest}));
}

TEST(rfc9110_8_6_lengths)
{
    static const struct {
        int line;
        str text;
        bool is_good;
        uint64_t value;
    } rows[] = {
        {__LINE__, S_INIT("0"), true, 0},
        {__LINE__, S_INIT("999999999999999999"), true, 999999999999999999},
        {__LINE__, S_INIT("9999999999999999999"), false, 0},
        {__LINE__, S_INIT("1 "), false, 0},
        {__LINE__, S_INIT("1_0"), false, 0},
        {__LINE__, S_INIT(""), false, 0},
        {__LINE__, S_INIT("1\0"), false, 0},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t value = 0;
        CHECK_AT(rows[i].line, http_parse_length(rows[i].text, &value) == rows[i].is_good);
        CHECK_AT(rows[i].line, value == rows[i].value);
    }
}

TEST(targets_keep_every_character_browsers_send)
{
    str path, query;

    REQUIRE(http_parse_target(S("/a%2F;b=c:@!$&'()*+,~[]?d=/?:@{}|\\^`%zz"), &path, &query));
    EXPECT_STR(path, S("/a%2F;b=c:@!$&'()*+,~[]"));
    EXPECT_STR(query, S("d=/?:@{}|\\^`%zz"));
    EXPECT(http_parse_target(S("/?"), &path, &query));
    EXPECT(query.n == 0);
    for (int c = 0; c < 256; c++) {
        char text[4] = {'/', '?', (char)c, 'a'};
        bool is_allowed = c > 0x20 && c < 0x7f && strchr("\"#<>", c) == NULL;
        cr_expect(http_parse_target((str){text, 4}, &path, &query) == is_allowed, "%02x", c);
    }
}
