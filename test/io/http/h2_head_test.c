/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of HTTP/2 requests: what RFC 9113 s8.2 and s8.3 demand, and the rules of http_parse.c. */
#define UNIT h2_head
#include "test/io/http/h2_client.h"

#define START ":method\0GET\0:scheme\0https\0:path\0/\0"
#define GOOD START ":authority\0a\0"

enum { RESET = -1 };

static const struct {
    int line;
    const char *fields; /* ended by an empty name */
    int status;         /* or RESET: a stream error, no answer */
} rows[] = {
    {__LINE__, GOOD, 200},
    {__LINE__, GOOD "x-a\0b\0", 200},
    {__LINE__, GOOD "host\0a\0", 200},
    {__LINE__, START "host\0a\0", 200},
    {__LINE__, GOOD "cookie\0a=b\0cookie\0c=d\0", 200},
    {__LINE__, ":method\0OPTIONS\0:scheme\0https\0:path\0*\0:authority\0a\0", 200},
    {__LINE__, ":method\0BREW\0:scheme\0https\0:path\0/\0:authority\0a\0", 200},
    {__LINE__, GOOD "te\0trailers\0", 200},
    {__LINE__, GOOD "host\0b\0", 400},
    {__LINE__, GOOD "host\0a\0host\0a\0", RESET},
    {__LINE__, START, RESET},
    {__LINE__, START ":authority\0a/b\0", RESET},
    {__LINE__, START ":authority\0u@a\0", 400},
    {__LINE__, START ":authority\0a:99999\0", 400},
    {__LINE__, ":method\0GET\0:scheme\0https\0:path\0/a#b\0:authority\0a\0", 400},
    {__LINE__, ":method\0GET\0:scheme\0https\0:path\0/a\"b\0:authority\0a\0", 400},
    {__LINE__, ":method\0GET\0:scheme\0https\0:path\0/\\\0:authority\0a\0", 400},
    {__LINE__, ":method\0GET\0:scheme\0https\0:path\0http://a/\0:authority\0a\0", RESET},
    {__LINE__, ":method\0GET\0:scheme\0https\0:path\0*\0:authority\0a\0", RESET},
    {__LINE__, ":method\0GET\0:scheme\0https\0:path\0\0:authority\0a\0", RESET},
    {__LINE__, ":method\0GET\0:scheme\0https\0:authority\0a\0", RESET},
    {__LINE__, ":scheme\0https\0:path\0/\0:authority\0a\0", RESET},
    {__LINE__, ":method\0GET\0:path\0/\0:authority\0a\0", RESET},
    {__LINE__, GOOD ":path\0/b\0", RESET},
    {__LINE__, GOOD ":authority\0b\0", RESET},
    {__LINE__, GOOD ":unknown\0b\0", RESET},
    {__LINE__, START "x-a\0b\0:authority\0a\0", RESET},
    {__LINE__, ":method\0CONNECT\0:authority\0a:443\0", 501},
    {__LINE__, GOOD "X-A\0b\0", RESET},
    {__LINE__, GOOD "x a\0b\0", RESET},
    {__LINE__, GOOD "x-a\0b\rc\0", RESET},
    {__LINE__, GOOD "x-a\0b\nc\0", RESET},
    {__LINE__, GOOD "x-a\0b\1c\0", RESET},
    {__LINE__, GOOD "x\1a\0b\0", RESET},
    {__LINE__, GOOD "connection\0close\0", RESET},
    {__LINE__, GOOD "keep-alive\0b\0", RESET},
    {__LINE__, GOOD "proxy-connection\0b\0", RESET},
    {__LINE__, GOOD "transfer-encoding\0chunked\0", RESET},
    {__LINE__, GOOD "upgrade\0b\0", RESET},
    {__LINE__, GOOD "te\0gzip\0", RESET},
    {__LINE__, GOOD "content-length\0005\0", RESET},
    {__LINE__, GOOD "content-length\0+0\0", RESET},
    {__LINE__, GOOD "content-length\0000\0content-length\0000\0", RESET},
};

TEST(every_head_gets_its_verdict)
{
    struct certificate cert = certificate_new();
    struct fixture f = {0};

    fixture_start(&f, certificate_config(&cert));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct h2_client *h = h2c_open(&f);
        const struct h2_stream_seen *seen = &h->seen[0];

        h2c_request(h, 1, H2C_END_STREAM, rows[i].fields);
        h2c_request(h, 3, H2C_END_STREAM, GOOD);
        h2c_wait(h, 2);
        if (rows[i].status == RESET) {
            cr_expect(seen->status == 0 && seen->reset == NGHTTP2_PROTOCOL_ERROR,
                "row of line %d: %d, reset %d", rows[i].line, seen->status, (int)seen->reset);
        } else {
            cr_expect(seen->status == rows[i].status, "row of line %d: %d, reset %d", rows[i].line,
                seen->status, (int)seen->reset);
        }
        cr_expect(h->seen[1].status == 200, "row of line %d: the next stream", rows[i].line);
        h2c_close(h);
    }
    fixture_stop(&f);
    certificate_free(&cert);
}

/* Sends a head with so many fields of so many bytes; its status. */
static int
ask_with_fields(const struct fixture *f, size_t count, size_t value_n)
{
    static char fields[65536];
    struct h2_client *h = h2c_open(f);
    size_t n = sizeof GOOD - 1;
    int status;

    memset(fields, 0, sizeof fields);
    memcpy(fields, GOOD, n);
    for (size_t i = 0; i < count; i++) {
        memcpy(fields + n, "x-a", 4);
        memset(fields + n + 4, 'b', value_n);
        n += 4 + value_n + 1;
    }
    h2c_request(h, 1, H2C_END_STREAM, fields);
    h2c_wait(h, 1);
    status = h->seen[0].status;
    h2c_close(h);
    return status;
}

TEST(heads_have_the_limits_of_http_1)
{
    struct certificate cert = certificate_new();
    struct fixture f = {0};

    fixture_start(&f, certificate_config(&cert));
    EXPECT(ask_with_fields(&f, 64, 10) == 200);
    EXPECT(ask_with_fields(&f, 65, 10) == 431);
    EXPECT(ask_with_fields(&f, 4, 3900) == 200);
    EXPECT(ask_with_fields(&f, 5, 3250) == 431);
    fixture_stop(&f);
    certificate_free(&cert);
}

/* Answers the joined cookie, to see it. */
static void
answer_cookie(void *ctx, struct http_exchange *x)
{
    size_t *count = ctx;

    *count = http_header_count(&x->request, S("cookie"));
    x->answer.status = 200;
    x->answer.body = http_header(&x->request, S("cookie"));
    http_answer(x);
}

static size_t
no_body(void *ctx, const struct http_request *head)
{
    (void)ctx;
    (void)head;
    return 0;
}

TEST(rfc9113_8_2_3_cookie_crumbs_are_one_header)
{
    struct certificate cert = certificate_new();
    size_t count = 0;
    const struct http_handlers handlers = {&count, no_body, answer_cookie, NULL};
    struct http_config config = certificate_config(&cert);
    struct fixture f = {0};
    struct h2_client *h;
    const char *why;

    config.listen = S("127.0.0.1:0");
    REQUIRE(crypto_init());
    f.server = http_start(&config, &handlers, &why);
    REQUIRE(f.server != NULL);
    h = h2c_open(&f);
    h2c_request(h, 1, H2C_END_STREAM, GOOD "cookie\0a=b\0x-a\0b\0cookie\0c=d\0cookie\0e=f\0");
    h2c_wait(h, 1);
    EXPECT(h->seen[0].status == 200 && count == 1);
    EXPECT(h->seen[0].body_n == sizeof "a=b; c=d; e=f" - 1);
    h2c_close(h);
    http_stop(f.server, 1000);
    certificate_free(&cert);
}
