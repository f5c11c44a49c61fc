/* SPDX-License-Identifier: Apache-2.0 */
/* Starting and stopping: addresses, ports, grace. */
#define UNIT http
#include <pthread.h>

#include "test/io/http/http_client.h"

static const str get = S_INIT("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

static struct http_server *
start(struct fixture *f, str listen, const char **ret_why)
{
    const struct http_handlers handlers = {f, fixture_max_body, fixture_serve, NULL};
    const struct http_config config = {.listen = listen, .loops = 2};

    REQUIRE(crypto_init());
    return http_start(&config, &handlers, ret_why);
}

TEST(addresses_to_listen_on)
{
    static const struct {
        int line;
        str listen;
        bool is_good;
    } rows[] = {
        {__LINE__, S_INIT("127.0.0.1:0"), true}, {__LINE__, S_INIT("localhost:0"), true},
        {__LINE__, S_INIT(":0"), true}, {__LINE__, S_INIT("0.0.0.0:0"), true},
        {__LINE__, S_INIT("127.0.0.1"), false}, {__LINE__, S_INIT("127.0.0.1:"), false},
        {__LINE__, S_INIT("127.0.0.1:65536"), false}, {__LINE__, S_INIT("127.0.0.1:+1"), false},
        {__LINE__, S_INIT("name.invalid:0"), false}, {__LINE__, S_INIT(""), false},
        {__LINE__, S_INIT("192.0.2.1:0"), false}, /* not an address of this machine */
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture f = {.max_body = 1};
        const char *why = NULL;
        struct http_server *server = start(&f, rows[i].listen, &why);

        CHECK_AT(rows[i].line, (server != NULL) == rows[i].is_good);
        CHECK_AT(rows[i].line, server != NULL ? http_port(server) > 0 : why != NULL);
        http_stop(server, 0);
    }
}

TEST(a_port_is_not_shared_with_a_second_server)
{
    struct fixture f = {0};
    char listen[32];
    const char *why = NULL;

    fixture_start(&f, (struct http_config){0});
    snprintf(listen, sizeof listen, "127.0.0.1:%d", http_port(f.server));
    EXPECT(start(&f, str_from(listen), &why) == NULL);
    EXPECT_STR(str_from(why), S("the address to listen on is taken, or not ours"));
    fixture_stop(&f);
    f.server = start(&f, str_from(listen), &why); /* and it is free again at once */
    EXPECT(f.server != NULL);
    http_stop(f.server, 0);
}

TEST(without_memory_no_server_starts)
{
    struct fixture f = {.max_body = 1};
    const char *why = NULL;

    REQUIRE(crypto_init());
    for (long n = 0; n < 3; n++) {
        arena_fail_after(n);
        EXPECT(start(&f, S("127.0.0.1:0"), &why) == NULL || n >= 2);
    }
    arena_fail_after(-1);
}

TEST(stopping_closes_idle_connections_at_once)
{
    struct fixture f = {0};
    struct client fresh, used;
    int64_t start_ms;

    fixture_start(&f, (struct http_config){.loops = 2});
    fresh = client_open(&f);
    used = client_open(&f);
    EXPECT(client_ask(&used, get) == 200);
    start_ms = clock_steady_ms();
    http_stop(f.server, 5000);
    EXPECT(clock_steady_ms() - start_ms < 2000);
    client_receive_all(&fresh);
    client_receive_all(&used);
    EXPECT(fresh.is_closed && used.is_closed);
    client_close(&fresh);
    client_close(&used);
    run_pool_stop(f.pool);
}

struct opening {
    struct fixture *fixture;
    int after_ms;
};

static void *
open_gate(void *arg)
{
    struct opening *o = arg;

    poll(NULL, 0, o->after_ms);
    atomic_store(&o->fixture->gate, true);
    return NULL;
}

/* Stops the server while a worker holds a request for held_ms; what the client got. */
static struct client
stop_under_work(struct fixture *f, int held_ms, int grace_ms)
{
    struct opening o = {f, held_ms};
    struct client c;
    pthread_t opener;

    fixture_start(f, (struct http_config){0});
    c = client_open(f);
    client_send(&c, S("GET /held HTTP/1.1\r\nHost: a\r\n\r\n"));
    while (atomic_load(&f->held) == 0) {
        poll(NULL, 0, 1);
    }
    REQUIRE(pthread_create(&opener, NULL, open_gate, &o) == 0);
    http_stop(f->server, grace_ms);
    pthread_join(opener, NULL);
    run_pool_stop(f->pool);
    client_receive_all(&c);
    return c;
}

TEST(stopping_waits_for_work_within_the_grace)
{
    struct fixture f = {0};
    struct client c = stop_under_work(&f, 200, 5000);

    EXPECT(c.is_closed && client_answers(&c, false).status[0] == 200);
    EXPECT(str_find_str((str){c.p, c.n}, S("Connection: close")) < c.n);
    client_close(&c);
}

TEST(stopping_beyond_the_grace_drops_the_client_and_keeps_the_exchange_valid)
{
    struct fixture f = {0};
    struct client c = stop_under_work(&f, 400, 50);

    EXPECT(c.is_closed && c.n == 0);
    client_close(&c);
}

TEST(nothing_to_stop_is_fine)
{
    http_stop(NULL, 0);
}
