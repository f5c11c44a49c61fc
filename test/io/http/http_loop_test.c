/* SPDX-License-Identifier: Apache-2.0 */
/* Answers that come from other threads, and loops side by side. */
#define UNIT http_loop
#include "test/io/http/http_client.h"

#include <fcntl.h>
#include <sys/resource.h>

enum { ROUNDS = 50, CLIENTS = 32 };

static const str request =
    S_INIT("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");

/* Every client asks again and again; each answer must be its own. */
static void
ask_in_rounds(const struct fixture *f)
{
    static struct client c[CLIENTS];

    for (int i = 0; i < CLIENTS; i++) {
        c[i] = client_open(f);
    }
    for (size_t round = 1; round <= ROUNDS; round++) {
        for (int i = 0; i < CLIENTS; i++) {
            client_send(&c[i], request);
        }
        for (int i = 0; i < CLIENTS; i++) {
            struct client_answers a = client_wait(&c[i], round);
            REQUIRE(a.count == round && a.status[round - 1] == 200);
            EXPECT_STR(a.body[round - 1], S("hello"));
        }
    }
    for (int i = 0; i < CLIENTS; i++) {
        client_close(&c[i]);
    }
}

TEST(no_answer_from_another_thread_is_lost)
{
    struct fixture f = {.has_workers = true};

    fixture_start(&f, (struct http_config){0});
    ask_in_rounds(&f);
    EXPECT(http_count(f.server).requests == ROUNDS * CLIENTS);
    fixture_stop(&f);
}

TEST(a_loop_says_that_it_rests_after_each_round)
{
    struct fixture f = {0};
    struct client c;
    int before;

    fixture_start(&f, (struct http_config){.loops = 1});
    c = client_open(&f);
    for (size_t n = 1; n <= 3; n++) {
        before = atomic_load(&f.rests);
        client_send(&c, request);
        REQUIRE(client_wait(&c, n).count == n);
        for (int i = 0; i < 1000 && atomic_load(&f.rests) == before; i++) {
            poll(NULL, 0, 1); /* the answer leaves a moment before */
        }
        EXPECT(atomic_load(&f.rests) > before);
    }
    client_close(&c);
    fixture_stop(&f);
}

TEST(several_loops_share_one_port)
{
    struct fixture f = {.has_workers = true};

    fixture_start(&f, (struct http_config){.loops = 4});
    ask_in_rounds(&f);
    EXPECT(http_count(f.server).requests == ROUNDS * CLIENTS);
    EXPECT(http_count(f.server).connections == CLIENTS);
    fixture_stop(&f);
}

TEST(while_a_worker_holds_one_request_others_are_served)
{
    struct fixture f = {0};
    struct client held, other;

    fixture_start(&f, (struct http_config){0});
    held = client_open(&f);
    other = client_open(&f);
    client_send(&held, S("GET /held HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (atomic_load(&f.held) == 0) {
        poll(NULL, 0, 1);
    }
    for (int i = 0; i < 10; i++) {
        EXPECT(client_ask(&other, S("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == 200);
    }
    EXPECT(held.n == 0 && !client_receive(&held, 50)); /* nor does the pipelined one overtake */
    atomic_store(&f.gate, true);
    EXPECT(client_wait(&held, 2).count == 2);
    client_close(&held);
    client_close(&other);
    fixture_stop(&f);
}

/* Keeps exchanges and answers all of them at once when the last one has come: on the loop's own
 * thread, but outside the serve() of most of them. */
struct gathering {
    struct http_exchange *kept[CLIENTS];
    size_t count;
};

static size_t
no_body(void *ctx, const struct http_request *head)
{
    (void)ctx;
    (void)head;
    return 0;
}

static void
gather(void *ctx, struct http_exchange *x)
{
    struct gathering *g = ctx;

    g->kept[g->count++] = x;
    if (g->count < CLIENTS) {
        return;
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        g->kept[i]->answer.status = 200;
        http_answer(g->kept[i]);
    }
    g->count = 0;
}

TEST(answers_on_the_loops_thread_may_be_for_other_connections)
{
    static struct gathering g;
    static struct client c[CLIENTS];
    const struct http_handlers handlers = {&g, no_body, gather, NULL};
    const struct http_config config = {.listen = S("127.0.0.1:0"), .loops = 1};
    const char *why = "";
    struct fixture f = {0};

    REQUIRE(crypto_init());
    f.server = http_start(&config, &handlers, &why);
    REQUIRE(f.server != NULL);
    for (size_t i = 0; i < CLIENTS; i++) {
        c[i] = client_open(&f);
    }
    for (size_t round = 1; round <= ROUNDS; round++) {
        for (size_t i = 0; i < CLIENTS; i++) {
            client_send(&c[i], S("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
        }
        for (size_t i = 0; i < CLIENTS; i++) {
            REQUIRE(client_wait(&c[i], round).count == round);
        }
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        client_close(&c[i]);
    }
    http_stop(f.server, 1000);
}

/* The lowest number above every open descriptor, with all numbers below it taken: what the process
 * was started with may have gaps (a closed standard input), and the limit counts numbers, not files. */
static int
next_descriptor(void)
{
    int highest = 0, fd;

    for (int i = 0; i < 1024; i++) {
        highest = fcntl(i, F_GETFD) >= 0 ? i : highest;
    }
    while ((fd = dup(2)) < highest) {
        REQUIRE(fd >= 0);
    }
    close(fd);
    return fd;
}

TEST(without_descriptors_accepting_pauses_and_goes_on_later)
{
    static const str get = S_INIT("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    struct fixture f = {0};
    struct client a, b;
    struct rlimit limit;

    fixture_start(&f, (struct http_config){0});
    REQUIRE(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = (rlim_t)next_descriptor() + 3; /* a, the server's end of a, and b */
    REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    a = client_open(&f);
    EXPECT(client_ask(&a, get) == 200);
    b = client_open(&f);
    client_send(&b, get);
    EXPECT(!client_receive(&b, 250));
    EXPECT(client_ask(&a, get) == 200); /* who is in is served */
    client_close(&a);
    EXPECT(client_wait(&b, 1).count == 1);
    client_close(&b);
    fixture_stop(&f);
}
