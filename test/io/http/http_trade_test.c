/* SPDX-License-Identifier: Apache-2.0 */
/* Torture: memory that runs out at any moment means a refusal or a closed connection, never a crash,
 * a hang or a leak; and an exchange carries nothing over to the next. */
#define UNIT http_trade
#include "test/io/http/h2_client.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/lsan_interface.h>
#define HAS_LEAKED() __lsan_do_recoverable_leak_check()
#else
#define HAS_LEAKED() 0
#endif

enum { ALLOCATIONS = 200 };

static const str request =
    S_INIT("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
           "fa0\r\n");

/* Like client_receive, but without memory of base/mem, which is failing meanwhile. */
static void
receive_until_closed(struct client *c)
{
    static char received[65536];
    struct pollfd wait = {c->fd, POLLIN, 0};
    ssize_t n = 1;

    c->p = received;
    while (n > 0 && poll(&wait, 1, CLIENT_WAIT_MS) > 0) {
        n = recv(c->fd, received + c->n, sizeof received - c->n, 0);
        c->n += n > 0 ? (size_t)n : 0;
    }
    c->is_closed = n <= 0;
}

/* One request of several buffers' size with the nth allocation failing; its status or 0. */
static int
ask_short_of_memory(bool has_workers, long n)
{
    static char body[4000];
    struct fixture f = {.max_body = KB(100), .has_workers = has_workers};
    struct client c;
    int status;

    fixture_start(&f, (struct http_config){0});
    c = client_open(&f);
    arena_fail_after(n);
    client_send(&c, request);
    client_send(&c, (str){body, sizeof body});
    client_send(&c, S("\r\nfa0\r\n"));
    client_send(&c, (str){body, sizeof body});
    client_send(&c, S("\r\n0\r\n\r\n"));
    shutdown(c.fd, SHUT_WR);
    receive_until_closed(&c);
    arena_fail_after(-1);
    cr_expect(c.is_closed, "allocation %ld: neither answered nor closed", n);
    status = client_answers(&c, false).count ? client_answers(&c, false).status[0] : 0;
    cr_expect(status == 0 || status == 200 || status >= 500, "allocation %ld: %d", n, status);
    close(c.fd);
    fixture_stop(&f);
    return status;
}

TEST(memory_may_run_out_anywhere_in_http_1)
{
    for (int workers = 0; workers <= 1; workers++) {
        long n = 0;

        while (n <= ALLOCATIONS && ask_short_of_memory(workers, n) != 200) {
            n++;
        }
        cr_expect(n > 3 && n <= ALLOCATIONS, "%ld allocations", n);
        for (n += 20; n <= ALLOCATIONS; n += 20) { /* how the bytes arrive makes a few more */
            EXPECT(ask_short_of_memory(workers, n) == 200);
        }
    }
    EXPECT(!HAS_LEAKED());
}

/* An answer in parts with the nth allocation failing: whole, or broken off; its handler is told either way. */
static bool
has_all_parts_short_of_memory(bool has_workers, long n)
{
    static char received[65536];
    struct fixture f = {.has_workers = has_workers};
    struct client c;
    ssize_t got;
    int parts;

    fixture_start(&f, (struct http_config){0});
    c = client_open(&f);
    arena_fail_after(n);
    client_send(&c, S("GET /parts HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    do {
        got = recv(c.fd, received, sizeof received, 0);
    } while (got > 0);
    arena_fail_after(-1);
    close(c.fd);
    while (http_count(f.server).open_connections > 0) {
        poll(NULL, 0, 1);
    }
    fixture_stop(&f);
    parts = atomic_load(&f.parts);
    cr_expect(parts == 0 || parts == FIXTURE_PARTS || atomic_load(&f.lost) == 1,
        "allocation %ld: nobody told the handler of %d parts", n, parts);
    return parts == FIXTURE_PARTS;
}

TEST(memory_may_run_out_anywhere_between_parts)
{
    for (int workers = 0; workers <= 1; workers++) {
        long n = 0;

        while (n <= ALLOCATIONS && !has_all_parts_short_of_memory(workers, n)) {
            n++;
        }
        cr_expect(n > 1 && n <= ALLOCATIONS, "%ld allocations", n);
    }
    EXPECT(!HAS_LEAKED());
}

/* One HTTP/2 connection whose nth allocation, and all later ones, fail; its status or 0. */
static int
ask_h2_short_of_memory(const struct certificate *cert, long n)
{
    static char fields[] =
        ":method\0POST\0:scheme\0https\0:path\0/echo\0:authority\0a\0cookie\0a=b\0"
        "cookie\0c=d\0";
    static char received[65536], block[512], settings[9] = {0, 0, 0, 4};
    static char head[9] = {0, 0, 0, 1, 4, 0, 0, 0, 1};
    static char data[9 + 5000] = {0, 5000 >> 8, (char)(5000 & 255), 0, 1, 0, 0, 0, 1};
    struct fixture f = {.max_body = KB(100)};
    struct tls_client t;
    str fields_block = h2c_block(fields, block);
    size_t got = 0;
    int n_read = 0, status;

    fixture_start(&f, certificate_config(cert));
    arena_fail_after(n);
    t = tls_client_open(&f, (struct tls_wish){0, 0, NULL, "\x02h2"});
    if (t.is_connected) {
        head[2] = (char)fields_block.n;
        tls_client_send(&t, S("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
        tls_client_send(&t, (str){settings, sizeof settings});
        tls_client_send(&t, (str){head, sizeof head});
        tls_client_send(&t, fields_block);
        tls_client_send(&t, (str){data, sizeof data});
        shutdown(t.c.fd, SHUT_WR);
        while ((n_read = SSL_read(t.ssl, received + got, (int)(sizeof received - got))) > 0) {
            got += (size_t)n_read;
        }
        cr_expect(SSL_get_error(t.ssl, n_read) != SSL_ERROR_WANT_READ, "allocation %ld: hangs", n);
    }
    arena_fail_after(-1);
    /* Date, the content type and 5000 zeros make the answer; anything else is shorter. */
    status = got > 5000 ? 200 : 0;
    tls_client_close(&t);
    fixture_stop(&f);
    return status;
}

TEST(memory_may_run_out_anywhere_in_http_2)
{
    struct certificate cert = certificate_new();
    long first_good = -1;

    for (long n = 0; n <= ALLOCATIONS; n++) {
        int status = ask_h2_short_of_memory(&cert, n);

        first_good = first_good < 0 && status == 200 ? n : first_good;
        cr_expect(first_good < 0 || status == 200, "allocation %ld", n);
        n += first_good >= 0 ? 19 : 0;
    }
    cr_expect(first_good > 10, "%ld allocations", first_good);
    certificate_free(&cert);
    EXPECT(!HAS_LEAKED());
}

/* Looks for what the request before it has left. */
struct look {
    const char *previous;
    bool is_clean;
};

static size_t
some_body(void *ctx, const struct http_request *head)
{
    (void)ctx;
    (void)head;
    return KB(1);
}

static void
look_behind(void *ctx, struct http_exchange *x)
{
    struct look *look = ctx;
    char *block = arena_alloc(x->arena, 64);

    if (look->previous != NULL) { /* the same memory, by design: the arena keeps its first block */
        look->is_clean = block == look->previous && x->owner == NULL && x->answer.status == 0
                         && x->answer.header_count == 0 && x->answer.body.n == 0
                         && x->request.body.n == 0;
        for (size_t i = 0; i < 64; i++) {
            look->is_clean = look->is_clean && block[i] == 0;
        }
    }
    look->previous = block;
    memset(block, 's', 64);
    arena_keep_secret(x->arena);
    x->owner = look;
    x->answer.status = 200;
    http_add_header(&x->answer, S("x-a"), S("b"));
    x->answer.body = S("ok");
    http_answer(x);
}

TEST(nothing_is_carried_over_to_the_next_exchange)
{
    struct look look = {0};
    const struct http_handlers handlers = {&look, some_body, look_behind, NULL};
    const struct http_config config = {.listen = S("127.0.0.1:0"), .loops = 1};
    struct fixture f = {0};
    struct client c;
    const char *why;

    REQUIRE(crypto_init());
    f.server = http_start(&config, &handlers, &why);
    REQUIRE(f.server != NULL);
    c = client_open(&f);
    EXPECT(client_ask(&c, S("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")) == 200);
    EXPECT(client_ask(&c, S("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")) == 200);
    EXPECT(look.is_clean);
    client_close(&c);
    http_stop(f.server, 1000);
}
