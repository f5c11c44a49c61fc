/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates: an unknown one, another host's and a good one (RFC 9110 s4.3.4). */
#define UNIT fetch_tls
#include "../loopback.h"
#include "../loopback_tls.h"

#include <stdio.h>
#include <stdlib.h>

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

/* The whole of a small file, on the arena. */
static str
read_file(struct arena *arena, const char *path)
{
    char *text = arena_alloc(arena, KB(16));
    FILE *file = fopen(path, "r");
    size_t n = file && text ? fread(text, 1, KB(16), file) : 0;

    REQUIRE(n > 0);
    fclose(file);
    return (str){text, n};
}

TEST(certificates_of_a_request_count_instead_of_the_usual_ones)
{
    struct world w = {.ca_file = "/tmp/cardea-ca-XXXXXX"}, other = w;
    struct arena *arena = arena_new(MB(1));
    SSL_CTX *strangers;
    struct fetch_request rq = {.method = S("GET")};
    struct fetch *fetch;

    REQUIRE(close(mkstemp(w.ca_file)) == 0 && close(mkstemp(other.ca_file)) == 0);
    w.ctx = loopback_tls_new(w.ca_file);
    strangers = loopback_tls_new(other.ca_file);
    loopback_start(&w.server, talk, &w);
    rq.url = str_fmt(arena, "https://localhost:%d/", w.server.port);
    rq.ca_pem = read_file(arena, w.ca_file);
    fetch = fetch_start(&(struct fetch_config){true, NULL});
    EXPECT(fetch_wait(fetch, arena, &rq).verdict == FETCH_OK);
    rq.ca_pem = S("no certificate");
    EXPECT(fetch_wait(fetch, arena, &rq).verdict == FETCH_FAILED);
    fetch_stop(fetch);
    fetch = fetch_start(&(struct fetch_config){true, w.ca_file});
    rq.ca_pem = read_file(arena, other.ca_file);
    EXPECT(fetch_wait(fetch, arena, &rq).verdict == FETCH_FAILED);
    rq.ca_pem = NO_STR;
    EXPECT(fetch_wait(fetch, arena, &rq).verdict == FETCH_OK);
    fetch_stop(fetch);
    EXPECT(atomic_load(&w.requests) == 2);
    loopback_stop(&w.server);
    SSL_CTX_free(w.ctx);
    SSL_CTX_free(strangers);
    unlink(w.ca_file);
    unlink(other.ca_file);
    arena_free(arena);
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
