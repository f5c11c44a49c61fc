/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 over real sockets: the table of raw requests, pipelining, bodies, expectations. */
#define UNIT h1
#include "test/io/http/http_client.h"
#include "test/io/http/http_table.h"

#include "io/http/http_chunk.h"

static const str last_request = S_INIT("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

/* Sends a row's bytes, in one piece or byte by byte, and compares every status and the fate. */
static void
check_row(const struct fixture *f, const struct table_row *row, size_t piece_n)
{
    struct client c = client_open(f);
    struct client_answers a;
    str rest = row->raw;

    for (; rest.n > 0; rest = str_skip(rest, piece_n)) {
        client_send(&c, str_head(rest, piece_n));
    }
    if (row->is_kept) {
        client_send(&c, last_request);
    }
    client_receive_all(&c);
    a = client_answers(&c, str_starts(row->raw, S("HEAD")));
    cr_expect(a.n == c.n, "line %d: bytes behind the answers", row->line);
    cr_expect(c.is_closed, "line %d: " STRF ": still open", row->line, STRV(row->name));
    cr_expect(a.count == row->count + row->is_kept, "line %d: " STRF ": %zu answers", row->line,
        STRV(row->name), a.count);
    for (size_t i = 0; i < MIN(row->count, a.count); i++) {
        cr_expect(a.status[i] == row->status[i], "line %d: " STRF ": got %d, want %d", row->line,
            STRV(row->name), a.status[i], row->status[i]);
    }
    client_close(&c);
}

static void
check_table(size_t piece_n)
{
    struct table *t = table_read();
    struct fixture f = {0};

    fixture_start(&f, (struct http_config){.loops = 2});
    for (size_t i = 0; i < t->count; i++) {
        check_row(&f, &t->rows[i], piece_n);
    }
    fixture_stop(&f);
    arena_free(t->arena);
}

TEST(every_raw_request_gets_its_verdict)
{
    check_table(SIZE_MAX);
}

TEST(verdicts_do_not_depend_on_how_bytes_arrive)
{
    check_table(1);
    check_table(7);
}

TEST(answers_from_workers_are_the_same)
{
    struct table *t = table_read();
    struct fixture f = {.has_workers = true};

    fixture_start(&f, (struct http_config){0});
    for (size_t i = 0; i < t->count; i++) {
        check_row(&f, &t->rows[i], SIZE_MAX);
    }
    fixture_stop(&f);
    arena_free(t->arena);
}

TEST(rfc9112_9_3_2_pipelined_requests_are_answered_in_order)
{
    enum { REQUESTS = 200 };
    struct fixture f = {0};
    struct client c;
    struct client_answers a;
    char request[128];

    fixture_start(&f, (struct http_config){0});
    c = client_open(&f);
    for (int i = 0; i < REQUESTS; i++) {
        int n = snprintf(request, sizeof request,
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n%05d", i);
        client_send(&c, (str){request, (size_t)n});
    }
    a = client_wait(&c, REQUESTS);
    REQUIRE(a.count == REQUESTS);
    for (int i = 0; i < REQUESTS; i++) {
        cr_expect(a.status[i] == 200 && strtol(a.body[i].p, NULL, 10) == i);
    }
    client_close(&c);
    fixture_stop(&f);
}

TEST(a_client_that_pipelines_much_and_reads_late_gets_every_answer)
{
    enum { REQUESTS = 60 };
    static const str request = S_INIT("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    struct fixture f = {0};
    struct client c;
    struct client_answers a;

    fixture_start(&f, (struct http_config){0});
    c = client_open(&f);
    for (int i = 0; i < REQUESTS; i++) {
        client_send(&c, request);
    }
    poll(NULL, 0, 100);
    a = client_wait(&c, REQUESTS); /* 18 MB in all: far more than the sockets hold */
    REQUIRE(a.count == REQUESTS);
    EXPECT(a.body[REQUESTS - 1].n == sizeof fixture_big);
    EXPECT(http_count(f.server).requests == REQUESTS);
    client_close(&c);
    fixture_stop(&f);
}

static void
check_great_body(struct fixture *f, bool is_chunked, size_t n)
{
    struct client c = client_open(f);
    char *body = mem_new(n), head[160];
    struct client_answers a;

    for (size_t i = 0; i < n; i++) {
        body[i] = (char)('a' + i % 23);
    }
    if (is_chunked) {
        int head_n = snprintf(head, sizeof head,
            "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        client_send(&c, (str){head, (size_t)head_n});
        for (size_t at = 0; at < n; at += 10000) {
            str piece = {body + at, MIN(n - at, 10000)};
            head_n = snprintf(head, sizeof head, "%zx\r\n", piece.n);
            client_send(&c, (str){head, (size_t)head_n});
            client_send(&c, piece);
            client_send(&c, S("\r\n"));
        }
        client_send(&c, S("0\r\n\r\n"));
    } else {
        int head_n = snprintf(
            head, sizeof head, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", n);
        client_send(&c, (str){head, (size_t)head_n});
        client_send(&c, (str){body, n});
    }
    a = client_wait(&c, 1);
    REQUIRE(a.count == 1);
    EXPECT(a.status[0] == 200);
    EXPECT(str_eq(a.body[0], (str){body, n}));
    EXPECT(client_ask(&c, S("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == 200);
    mem_free(body);
    client_close(&c);
}

TEST(great_bodies_arrive_whole)
{
    struct fixture f = {.max_body = MB(8)};

    fixture_start(&f, (struct http_config){0});
    check_great_body(&f, false, 100);
    check_great_body(&f, false, 5000);
    check_great_body(&f, false, MB(3) + 1);
    check_great_body(&f, true, MB(3) + 1);
    fixture_stop(&f);
}

TEST(rfc9110_10_1_1_a_client_that_waits_is_invited_once)
{
    struct fixture f = {0};
    struct client c;
    struct client_answers a;

    fixture_start(&f, (struct http_config){0});
    c = client_open(&f);
    client_send(&c, S("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                      "Content-Length: 5\r\n\r\n"));
    REQUIRE(client_receive(&c, CLIENT_WAIT_MS));
    EXPECT_STR(((str){c.p, c.n}), S("HTTP/1.1 100 Continue\r\n\r\n"));
    client_send(&c, S("hello"));
    a = client_wait(&c, 1);
    REQUIRE(a.count == 1 && a.interim == 1);
    EXPECT_STR(a.body[0], S("hello"));
    client_close(&c);
    fixture_stop(&f);
}

TEST(a_client_may_close_its_sending_side_and_still_read)
{
    struct fixture f = {0};
    struct client c;
    struct client_answers a;

    fixture_start(&f, (struct http_config){0});
    c = client_open(&f);
    client_send(&c, S("GET /big HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    shutdown(c.fd, SHUT_WR);
    client_receive_all(&c);
    a = client_answers(&c, false);
    EXPECT(a.count == 2 && c.is_closed);
    client_close(&c);
    fixture_stop(&f);
}

TEST(a_refusal_is_readable_also_while_the_client_still_sends)
{
    struct fixture f = {0};
    struct client c;
    struct client_answers a;
    static const char junk[20000];

    fixture_start(&f, (struct http_config){0});
    c = client_open(&f);
    client_send(&c, S("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n"));
    for (int i = 0; i < 25; i++) {
        client_send(&c, (str){junk, sizeof junk});
    }
    client_receive_all(&c);
    a = client_answers(&c, false);
    REQUIRE(a.count == 1);
    EXPECT(a.status[0] == 413);
    EXPECT(atomic_load(&f.refusals) == 1);
    client_close(&c);
    fixture_stop(&f);
}

TEST(a_client_that_goes_away_in_the_middle_of_a_request_leaves_nothing)
{
    static const str halves[] = {S_INIT("GET / HT"),
        S_INIT("POST / HTTP/1.1\r\nHost: a\r\n"
               "Content-Length: 5\r\n\r\nab"),
        S_INIT("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab")};
    struct fixture f = {0};

    fixture_start(&f, (struct http_config){0});
    for (size_t i = 0; i < COUNT(halves); i++) {
        struct client c = client_open(&f);

        client_send(&c, halves[i]);
        shutdown(c.fd, SHUT_WR);
        client_receive_all(&c);
        EXPECT(c.is_closed && c.n == 0);
        client_close(&c);
    }
    EXPECT(http_count(f.server).requests == 0);
    fixture_stop(&f);
}

/* What chunks hold, joined in place; *ret_after: what stands behind the last, NULL when there is no last. */
static size_t
unchunk(char *p, size_t n, const char **ret_after)
{
    struct http_chunk chunk = {0};
    str rest = {p, n}, piece;
    size_t whole = 0;

    *ret_after = NULL;
    for (;;) {
        switch (http_chunk_take(&chunk, &rest, &piece)) {
        case HTTP_CHUNK_PIECE:
            memmove(p + whole, piece.p, piece.n);
            whole += piece.n;
            break;
        case HTTP_CHUNK_END:
            *ret_after = rest.p;
            return whole;
        default:
            return whole;
        }
    }
}

static bool
is_all_parts(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != 'b') {
            return false;
        }
    }
    return n == (size_t)FIXTURE_PARTS * FIXTURE_PART; /* one of them, but the first, is empty */
}

static str
head_of(const struct client *c)
{
    str all = {c->p, c->n};

    return str_head(all, str_find_str(all, S("\r\n\r\n")) + 4);
}

TEST(rfc9112_7_1_an_answer_of_unknown_length_comes_in_chunks)
{
    for (int workers = 0; workers <= 1; workers++) {
        struct fixture f = {.has_workers = workers};
        struct client c;
        const char *after;
        size_t n;
        str head;

        fixture_start(&f, (struct http_config){0});
        c = client_open(&f);
        client_send(&c, S("GET /parts HTTP/1.1\r\nHost: a\r\n\r\n"));
        client_send(&c, last_request); /* waits for its turn */
        client_receive_all(&c);
        head = head_of(&c);
        EXPECT(str_find_str(head, S("\r\nTransfer-Encoding: chunked\r\n")) < head.n);
        EXPECT(str_find_str(head, S("Content-Length")) == head.n);
        n = unchunk(c.p + head.n, c.n - head.n, &after);
        EXPECT(is_all_parts(c.p + head.n, n));
        REQUIRE(after != NULL);
        EXPECT(str_starts((str){after, (size_t)(c.p + c.n - after)}, S("HTTP/1.1 200 OK")));
        EXPECT(atomic_load(&f.parts) == FIXTURE_PARTS && atomic_load(&f.lost) == 0);
        EXPECT(http_count(f.server).requests == 2);
        client_close(&c);
        fixture_stop(&f);
    }
}

TEST(rfc9112_6_3_http_1_0_gets_it_up_to_the_end_of_the_connection)
{
    struct fixture f = {0};
    struct client c;
    str head;

    fixture_start(&f, (struct http_config){0});
    c = client_open(&f);
    client_send(&c, S("GET /parts HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"));
    client_receive_all(&c);
    head = head_of(&c);
    EXPECT(c.is_closed && str_find_str(head, S("Transfer-Encoding")) == head.n);
    EXPECT(is_all_parts(c.p + head.n, c.n - head.n));
    client_close(&c);
    fixture_stop(&f);
}

TEST(rfc9110_9_3_2_head_gets_no_part_and_its_handler_is_told)
{
    struct fixture f = {0};
    struct client c;
    str head;

    fixture_start(&f, (struct http_config){0});
    c = client_open(&f);
    client_send(&c, S("HEAD /parts HTTP/1.1\r\nHost: a\r\n\r\n"));
    client_send(&c, last_request);
    client_receive_all(&c);
    head = head_of(&c);
    EXPECT(str_starts(str_skip((str){c.p, c.n}, head.n), S("HTTP/1.1 200 OK")));
    EXPECT(atomic_load(&f.parts) == 0 && atomic_load(&f.lost) == 1);
    client_close(&c);
    fixture_stop(&f);
}

TEST(rfc9112_8_what_breaks_off_has_no_last_chunk)
{
    struct fixture f = {0};
    struct client c;
    const char *after;

    fixture_start(&f, (struct http_config){0});
    c = client_open(&f);
    client_send(&c, S("GET /parts?broken HTTP/1.1\r\nHost: a\r\n\r\n"));
    client_receive_all(&c);
    EXPECT(unchunk(c.p + head_of(&c).n, c.n - head_of(&c).n, &after) == 2 * FIXTURE_PART);
    EXPECT(c.is_closed && after == NULL);
    EXPECT(atomic_load(&f.parts) == 3 && atomic_load(&f.lost) == 0);
    client_close(&c);
    fixture_stop(&f);
}

TEST(nobody_makes_more_of_an_answer_than_its_client_takes)
{
    enum { ENOUGH = 2000 }; /* parts, 40 MB: what sockets hold is less */

    for (int workers = 0; workers <= 1; workers++) {
        struct fixture f = {.has_workers = workers};
        struct client late, leaves;

        fixture_start(&f, (struct http_config){.write_timeout_ms = 200});
        late = client_open(&f);
        client_send(&late, S("GET /parts?endless HTTP/1.1\r\nHost: a\r\n\r\n"));
        while (atomic_load(&f.lost) < 1) {
            poll(NULL, 0, 1);
        }
        EXPECT(atomic_load(&f.parts) > 0 && atomic_load(&f.parts) < ENOUGH);
        leaves = client_open(&f);
        client_send(&leaves, S("GET /parts?endless HTTP/1.1\r\nHost: a\r\n\r\n"));
        EXPECT(client_receive(&leaves, CLIENT_WAIT_MS));
        client_close(&leaves);
        while (atomic_load(&f.lost) < 2 || http_count(f.server).open_connections > 0) {
            poll(NULL, 0, 1);
        }
        client_close(&late);
        fixture_stop(&f);
    }
}

TEST(a_server_that_stops_does_not_wait_for_what_does_not_end)
{
    struct fixture f = {0};
    struct client c;

    fixture_start(&f, (struct http_config){0});
    c = client_open(&f);
    client_send(&c, S("GET /parts?endless HTTP/1.1\r\nHost: a\r\n\r\n"));
    EXPECT(client_receive(&c, CLIENT_WAIT_MS));
    fixture_stop(&f);
    EXPECT(atomic_load(&f.lost) == 1);
    client_close(&c);
}
