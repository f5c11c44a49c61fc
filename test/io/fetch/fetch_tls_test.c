/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: an unknown one, another host's and a good one (RFC 9110 s4.3.4). */
#define UNIT fetch_tls
#include "../loopback.h"
#include "../loopback_tls.h"

#include "io/fetch/fetch.h"

struct world {
    struct loopback server;
    SSL_CTX *ctx;
    char ca_file[64];
    atomic_int requests;
};

static void
talk(struct loopback *server, int fd)
{
    struct world *w = server->ctx;
    SSL *ssl = SSL_new(w->ctx);
    char request[4096];

    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0) {
        static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        atomic_fetch_add(&w->requests, 1);
        SSL_write(ssl, answer, sizeof answer - 1);
        SSL_shutdown(ssl);
    }
    SSL_free(ssl);
}

TEST(a_certificate_is_checked_against_authority_and_name)
{
    struct world w = {.ca_file = "/tmp/cardea-ca-XXXXXX"};
    struct arena *arena = arena_new(MB(1));
    const struct {
        int line;
        const char *ca_file, *host;
        enum fetch_verdict verdict;
    } cases[] = {
        {__LINE__, NULL, "localhost", FETCH_FAILED},      /* signed by nobody known */
        {__LINE__, w.ca_file, "127.0.0.1", FETCH_FAILED}, /* signed for another name */
        {__LINE__, w.ca_file, "localhost", FETCH_OK},
        {__LINE__, "/nonexistent", "localhost", FETCH_FAILED},
    };

    REQUIRE(close(mkstemp(w.ca_file)) == 0);
    w.ctx = loopback_tls_new(w.ca_file);
    loopback_start(&w.server, talk, &w);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fetch *fetch = fetch_start(&(struct fetch_config){true, cases[i].ca_file});
        struct fetch_request rq = {.method = S("GET")};
        struct fetch_answer answer;

        REQUIRE(fetch != NULL);
        rq.url = str_fmt(arena, "https://%s:%d/", cases[i].host, w.server.port);
        answer = fetch_wait(fetch, arena, &rq);
        cr_expect(answer.verdict == cases[i].verdict, "row of line %d: verdict %d", cases[i].line,
            answer.verdict);
        fetch_stop(fetch);
    }
    EXPECT(atomic_load(&w.requests) == 1); /* nothing was said to the others */
    loopback_stop(&w.server);
    SSL_CTX_free(w.ctx);
    unlink(w.ca_file);
    arena_free(arena);
}
