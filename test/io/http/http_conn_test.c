/* SPDX-License-Identifier: Apache-2.0 */
/* Slow clients, clients that leave, caps on connections: what may not hold the server up. */
#define UNIT http_conn
#include "test/io/http/http_client.h"

/* Sends one byte every few milliseconds until the server has had enough; how long that took. */
static int64_t
dribble(struct client *c, str prefix, char forever)
{
    int64_t start_ms = clock_steady_ms();

    client_send(c, prefix);
    while (!c->is_closed && clock_steady_ms() - start_ms < CLIENT_WAIT_MS) {
        client_send(c, (str){&forever, 1});
        while (client_receive(c, 10)) {
        }
    }
    return clock_steady_ms() - start_ms;
}

TEST(dribbled_bytes_do_not_renew_the_deadline_of_a_head)
{
    struct fixture f = {0};
    struct client c;
    int64_t took_ms;

    fixture_start(&f, (struct http_config){.head_timeout_ms = 200});
    c = client_open(&f);
    took_ms = dribble(&c, S("GET / HTTP/1.1\r\nHost: a\r\nX-A: "), 'b');
    EXPECT(took_ms >= 190 && took_ms < 3000);
    EXPECT(client_answers(&c, false).status[0] == 408);
    EXPECT(http_count(f.server).timeouts == 1);
    client_close(&c);
    fixture_stop(&f);
}

TEST(dribbled_bytes_do_not_renew_the_deadline_of_a_body)
{
    static const str heads[] = {
        S_INIT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 900\r\n\r\n"),
        S_INIT("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n300\r\n"),
    };
    struct fixture f = {0};

    fixture_start(&f, (struct http_config){.body_timeout_ms = 200});
    for (size_t i = 0; i < COUNT(heads); i++) {
        struct client c = client_open(&f);
        int64_t took_ms = dribble(&c, heads[i], 'b');

        EXPECT(took_ms >= 190 && took_ms < 3000);
        EXPECT(client_answers(&c, false).status[0] == 408);
        client_close(&c);
    }
    fixture_stop(&f);
}

TEST(a_pipelined_head_has_a_deadline_of_its_own)
{
    struct fixture f = {0};
    struct client c;

    fixture_start(&f, (struct http_config){.head_timeout_ms = 300});
    c = client_open(&f);
    for (int i = 0; i < 4; i++) { /* each is ended within its time, all together are not */
        client_send(&c, S("GET / HTTP/1.1\r\nHo"));
        poll(NULL, 0, 120);
        client_send(&c, S("st: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    EXPECT(client_wait(&c, 8).count == 8);
    EXPECT(http_count(f.server).timeouts == 0);
    client_close(&c);
    fixture_stop(&f);
}

TEST(idle_connections_are_closed_without_a_word)
{
    struct fixture f = {0};
    struct client fresh, used;
    int64_t start_ms = clock_steady_ms();

    fixture_start(&f, (struct http_config){.idle_timeout_ms = 200});
    fresh = client_open(&f);
    used = client_open(&f);
    EXPECT(client_ask(&used, S("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == 200);
    client_receive_all(&fresh);
    client_receive_all(&used);
    EXPECT(clock_steady_ms() - start_ms < 3000);
    EXPECT(fresh.is_closed && fresh.n == 0);
    EXPECT(used.is_closed && client_answers(&used, false).count == 1);
    EXPECT(http_count(f.server).open_connections == 0);
    client_close(&fresh);
    client_close(&used);
    fixture_stop(&f);
}

TEST(a_client_that_does_not_read_is_cut_off)
{
    struct fixture f = {0};
    struct client c;
    int64_t start_ms = clock_steady_ms();

    fixture_start(&f, (struct http_config){.write_timeout_ms = 300});
    c = client_open(&f);
    for (int i = 0; i < 60; i++) {
        client_send(&c, S("GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    while (http_count(f.server).requests == 0) {
        poll(NULL, 0, 1);
    }
    while (http_count(f.server).open_connections > 0
           && clock_steady_ms() - start_ms < CLIENT_WAIT_MS) {
        poll(NULL, 0, 10);
    }
    EXPECT(http_count(f.server).open_connections == 0);
    EXPECT(http_count(f.server).timeouts == 1);
    client_close(&c);
    fixture_stop(&f);
}

TEST(a_client_that_reads_slowly_but_reads_is_not_cut_off)
{
    enum { REQUESTS = 30 };
    struct fixture f = {0};
    struct client c;

    fixture_start(&f, (struct http_config){.write_timeout_ms = 400});
    c = client_open(&f);
    for (int i = 0; i < REQUESTS; i++) {
        client_send(&c, S("GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    for (int i = 0; i < 12; i++) { /* 9 MB in pieces, over three times the time-out */
        poll(NULL, 0, 100);
        for (int j = 0; j < 12; j++) {
            client_receive(&c, 0);
        }
    }
    EXPECT(client_wait(&c, REQUESTS).count == REQUESTS);
    EXPECT(http_count(f.server).timeouts == 0);
    client_close(&c);
    fixture_stop(&f);
}

TEST(an_exchange_outlives_its_client)
{
    enum { CLIENTS = 8 };
    struct fixture f = {0};
    struct client c[CLIENTS];

    fixture_start(&f, (struct http_config){0});
    for (int i = 0; i < CLIENTS; i++) {
        c[i] = client_open(&f);
        client_send(&c[i], S("POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"));
    }
    while (atomic_load(&f.held) < CLIENTS) {
        poll(NULL, 0, 1);
    }
    for (int i = 0; i < CLIENTS; i++) {
        const struct linger reset = {.l_onoff = 1, .l_linger = 0};
        if (i % 2) { /* some say good-bye, some just drop the line */
            setsockopt(c[i].fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        }
        client_close(&c[i]);
    }
    poll(NULL, 0, 50);
    atomic_store(&f.gate, true);
    while (http_count(f.server).open_connections > 0) {
        poll(NULL, 0, 1);
    }
    EXPECT(http_count(f.server).requests == CLIENTS);
    fixture_stop(&f);
}

TEST(an_address_has_so_many_connections_and_no_more)
{
    struct fixture f = {0};
    struct client c[4];

    fixture_start(&f, (struct http_config){.max_connections_per_peer = 3, .loops = 2});
    for (int i = 0; i < 3; i++) {
        c[i] = client_open(&f);
        EXPECT(client_ask(&c[i], S("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == 200);
    }
    c[3] = client_open(&f);
    client_receive_all(&c[3]);
    EXPECT(c[3].is_closed && client_answers(&c[3], false).status[0] == 503);
    client_close(&c[3]);
    client_close(&c[0]);
    while (http_count(f.server).open_connections > 2) {
        poll(NULL, 0, 1);
    }
    c[0] = client_open(&f);
    EXPECT(client_ask(&c[0], S("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == 200);
    for (int i = 0; i < 3; i++) {
        client_close(&c[i]);
    }
    fixture_stop(&f);
}

TEST(the_server_has_so_many_connections_and_no_more)
{
    struct fixture f = {0};
    struct client a, b;

    fixture_start(&f, (struct http_config){.max_connections = 1});
    a = client_open(&f);
    EXPECT(client_ask(&a, S("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == 200);
    b = client_open(&f);
    client_receive_all(&b);
    EXPECT(b.is_closed && client_answers(&b, false).status[0] == 503);
    EXPECT(http_count(f.server).refused == 1);
    client_close(&a);
    client_close(&b);
    fixture_stop(&f);
}

TEST(two_hundred_and_fifty_six_busy_connections_do_not_stall)
{
    enum { CLIENTS = 256, ROUNDS = 8 };
    static struct client c[CLIENTS];
    struct fixture f = {0};

    fixture_start(&f, (struct http_config){0});
    for (int i = 0; i < CLIENTS; i++) {
        c[i] = client_open(&f);
    }
    for (int round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < CLIENTS; i++) {
            client_send(&c[i], S("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        }
        for (int i = 0; i < CLIENTS; i++) {
            REQUIRE(client_wait(&c[i], (size_t)round).count == (size_t)round);
        }
    }
    EXPECT(http_count(f.server).requests == CLIENTS * ROUNDS);
    EXPECT(http_count(f.server).open_connections == CLIENTS);
    for (int i = 0; i < CLIENTS; i++) {
        client_close(&c[i]);
    }
    fixture_stop(&f);
}

TEST(the_peer_is_the_address_of_the_connection)
{
    struct fixture f = {0};
    struct client c;

    fixture_start(&f, (struct http_config){.listen = S(":0")}); /* IPv6 and IPv4 on one socket */
    c = client_open(&f);
    EXPECT(client_ask(&c, S("GET /peer HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n"))
           == 200);
    EXPECT_STR(client_answers(&c, false).body[0], S("127.0.0.1"));
    client_close(&c);
    fixture_stop(&f);
}
