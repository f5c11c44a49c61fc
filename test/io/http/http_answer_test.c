/* SPDX-License-Identifier: Apache-2.0 */
/* Answers as bytes: status line, Date, length, what has no body, what may not be in a header. */
#define UNIT http_answer
#include "io/http/http_internal.h"

#include <signal.h>

#include "test/unit.h"

/* Writes an answer as a connection would and gives it back as text of the caller's arena. */
static str
written(
    struct arena *arena, const struct http_answer *answer, enum http_method method, bool is_closing)
{
    static struct http_trade trade;
    static struct http_loop loop;
    struct http_conn conn = {.loop = &loop};
    str text;

    loop.wall_ms = 784111777000;
    trade.x.conn = &conn;
    trade.x.answer = *answer;
    trade.x.request.method = method;
    REQUIRE(http_answer_write(&trade, is_closing));
    text = str_dup(arena, (str){conn.out.p + conn.out.start, conn.out.end - conn.out.start});
    http_buffer_clear(&loop, &conn.out);
    http_buffer_free_kept(&loop);
    return text;
}

#define DATE "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" /* the example of RFC 9110 s5.6.7 */

TEST(rfc9112_4_answers_as_bytes)
{
    static const struct {
        int line;
        struct http_answer answer;
        enum http_method method;
        bool is_closing;
        str text;
    } rows[] = {
        {__LINE__, {.status = 200, .body = S_INIT("ok")}, HTTP_GET, false,
            S_INIT("HTTP/1.1 200 OK\r\n" DATE "Content-Length: 2\r\n\r\nok")},
        {__LINE__, {.status = 200, .body = S_INIT("ok")}, HTTP_HEAD, false,
            S_INIT("HTTP/1.1 200 OK\r\n" DATE "Content-Length: 2\r\n\r\n")},
        {__LINE__, {.status = 404}, HTTP_GET, true,
            S_INIT("HTTP/1.1 404 Not Found\r\n" DATE
                   "Content-Length: 0\r\nConnection: close\r\n\r\n")},
        {__LINE__, {.status = 204, .body = S_INIT("ignored")}, HTTP_GET, false,
            S_INIT("HTTP/1.1 204 No Content\r\n" DATE "\r\n")},
        {__LINE__, {.status = 304, .body = S_INIT("ignored")}, HTTP_GET, true,
            S_INIT("HTTP/1.1 304 Not Modified\r\n" DATE "Connection: close\r\n\r\n")},
        {__LINE__, {.status = 299}, HTTP_GET, false,
            S_INIT("HTTP/1.1 299 \r\n" DATE "Content-Length: 0\r\n\r\n")},
        {__LINE__,
            {.status = 302,
                .header_count = 2,
                .headers = {{S_INIT("location"), S_INIT("/a")}, {S_INIT("x-b"), S_INIT("")}}},
            HTTP_GET, false,
            S_INIT("HTTP/1.1 302 Found\r\n" DATE
                   "Content-Length: 0\r\nlocation: /a\r\nx-b: \r\n\r\n")},
    };
    struct arena *arena = arena_new(KB(64));

    for (size_t i = 0; i < COUNT(rows); i++) {
        str text = written(arena, &rows[i].answer, rows[i].method, rows[i].is_closing);
        cr_expect(str_eq(text, rows[i].text), "row of line %d: " STRF, rows[i].line, STRV(text));
    }
    arena_free(arena);
}

TEST(too_many_headers_make_a_500_without_any)
{
    struct arena *arena = arena_new(KB(64));
    struct http_answer answer = {.status = 200, .body = S("secret")};

    for (int i = 0; i <= HTTP_MAX_ANSWER_HEADERS; i++) {
        http_add_header(&answer, S("x-a"), S("b"));
    }
    EXPECT_STR(written(arena, &answer, HTTP_GET, false),
        S("HTTP/1.1 500 Internal Server Error\r\n" DATE "Content-Length: 0\r\n\r\n"));
    arena_free(arena);
}

TEST(a_body_of_any_size_fits)
{
    struct arena *arena = arena_new(MB(1));
    char *body = arena_alloc(arena, 300000);
    struct http_answer answer = {.status = 200, .body = {body, 300000}};
    str text = written(arena, &answer, HTTP_GET, false);

    EXPECT(text.n > 300000 && str_ends(text, (str){body, 300000}));
    arena_free(arena);
}

/* Each of these is a bug of the caller and ends the process. */
#define DIES(name, header, value)                                                                  \
    Test(http_answer, name, .signal = SIGABRT)                                                     \
    {                                                                                              \
        struct http_answer answer = {.status = 200};                                               \
        http_add_header(&answer, header, value);                                                   \
    }

DIES(a_line_feed_in_a_value_is_a_bug, S("x-a"), S("b\nc"))
DIES(a_carriage_return_in_a_value_is_a_bug, S("x-a"), S("b\rc"))
DIES(a_nul_in_a_value_is_a_bug, S("x-a"), S("b\0c"))
DIES(a_line_feed_in_a_name_is_a_bug, S("x\na"), S("b"))
DIES(an_empty_name_is_a_bug, S(""), S("b"))
DIES(a_length_of_the_handlers_own_is_a_bug, S("Content-Length"), S("5"))
DIES(a_connection_header_of_the_handlers_own_is_a_bug, S("connection"), S("close"))
