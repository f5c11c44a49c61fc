/* SPDX-License-Identifier: Apache-2.0 */
/* TLS: versions, ciphers, ALPN, requests that cross records, certificates that do not fit. */
#define UNIT tls
#include "test/io/http/tls_client.h"

static const str get = S_INIT("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
static const char no_key[] = "the TLS key cannot be read, or does not belong to the certificate";
static const char alpn_h1[] = "\x08http/1.1";

TEST(versions_ciphers_and_protocols_a_client_may_choose)
{
    static const struct {
        int line;
        bool is_tls12_allowed;
        struct tls_wish wish;
        bool is_good;
        int version;
        const char *alpn;
    } rows[] = {
        {__LINE__, false, {TLS1_3_VERSION, TLS1_3_VERSION, NULL, NULL}, true, TLS1_3_VERSION, ""},
        {__LINE__, false, {0, 0, NULL, alpn_h1}, true, TLS1_3_VERSION, "http/1.1"},
        {__LINE__, false, {0, 0, NULL, "\x02h2"}, true, TLS1_3_VERSION, "h2"},
        {__LINE__, false, {0, 0, NULL, "\x08http/1.1\x02h2"}, true, TLS1_3_VERSION, "h2"},
        {__LINE__, false, {0, 0, NULL, "\x04spdy"}, false, 0, NULL},
        {__LINE__, false, {TLS1_2_VERSION, TLS1_2_VERSION, NULL, NULL}, false, 0, NULL},
        {__LINE__, true, {TLS1_2_VERSION, TLS1_2_VERSION, NULL, NULL}, true, TLS1_2_VERSION, ""},
        {__LINE__, true, {0, 0, NULL, NULL}, true, TLS1_3_VERSION, ""},
        {__LINE__, true, {TLS1_2_VERSION, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", NULL},
            true, TLS1_2_VERSION, ""},
        {__LINE__, true, {TLS1_2_VERSION, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", NULL}, false,
            0, NULL},
        {__LINE__, true, {TLS1_1_VERSION, TLS1_1_VERSION, "ALL:@SECLEVEL=0", NULL}, false, 0, NULL},
    };
    struct certificate cert = certificate_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture f = {0};
        struct http_config config = certificate_config(&cert);
        struct tls_client t;
        const unsigned char *alpn;
        unsigned n;

        config.is_tls12_allowed = rows[i].is_tls12_allowed;
        fixture_start(&f, config);
        t = tls_client_open(&f, rows[i].wish);
        CHECK_AT(rows[i].line, t.is_connected == rows[i].is_good);
        if (t.is_connected && rows[i].is_good) {
            SSL_get0_alpn_selected(t.ssl, &alpn, &n);
            CHECK_AT(rows[i].line, SSL_version(t.ssl) == rows[i].version);
            CHECK_AT(rows[i].line, str_eq((str){(const char *)alpn, n}, str_from(rows[i].alpn)));
        }
        tls_client_close(&t);
        fixture_stop(&f);
    }
    certificate_free(&cert);
}

TEST(requests_and_answers_of_any_size_cross_records)
{
    struct fixture f = {.max_body = MB(2)};
    struct certificate cert = certificate_new();
    struct tls_client t;
    struct client_answers a;
    size_t n = MB(1) + 17;
    char *body = mem_new(n), head[128];
    int head_n = snprintf(
        head, sizeof head, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", n);

    fixture_start(&f, certificate_config(&cert));
    memset(body, 'z', n);
    t = tls_client_open(&f, (struct tls_wish){0, 0, NULL, alpn_h1});
    REQUIRE(t.is_connected);
    tls_client_send(&t, get);
    tls_client_send(&t, get);
    tls_client_send(&t, (str){head, (size_t)head_n});
    tls_client_send(&t, (str){body, n});
    tls_client_send(&t, get);
    a = tls_client_wait(&t, 4);
    REQUIRE(a.count == 4);
    EXPECT(str_eq(a.body[2], (str){body, n}));
    EXPECT(a.status[3] == 200);
    tls_client_close(&t);
    fixture_stop(&f);
    certificate_free(&cert);
    mem_free(body);
}

TEST(a_request_split_into_one_byte_records_is_one_request)
{
    struct fixture f = {0};
    struct certificate cert = certificate_new();
    struct tls_client t;

    fixture_start(&f, certificate_config(&cert));
    t = tls_client_open(&f, (struct tls_wish){0, 0, NULL, alpn_h1});
    REQUIRE(t.is_connected);
    for (str rest = get; rest.n > 0; rest = str_skip(rest, 1)) {
        tls_client_send(&t, str_head(rest, 1));
    }
    EXPECT(tls_client_wait(&t, 1).count == 1);
    EXPECT(http_count(f.server).requests == 1);
    tls_client_close(&t);
    fixture_stop(&f);
    certificate_free(&cert);
}

TEST(a_refusal_over_tls_ends_with_close_notify)
{
    struct fixture f = {0};
    struct certificate cert = certificate_new();
    struct tls_client t;

    fixture_start(&f, certificate_config(&cert));
    t = tls_client_open(&f, (struct tls_wish){0, 0, NULL, alpn_h1});
    REQUIRE(t.is_connected);
    tls_client_send(&t, S("GET / HTTP/1.1\r\n\r\n"));
    while (tls_client_receive(&t)) {
    }
    EXPECT(client_answers(&t.c, false).status[0] == 400);
    EXPECT(SSL_get_shutdown(t.ssl) & SSL_RECEIVED_SHUTDOWN);
    tls_client_close(&t);
    fixture_stop(&f);
    certificate_free(&cert);
}

TEST(what_is_no_handshake_is_closed_in_time)
{
    static const str firsts[] = {
        S_INIT("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), S_INIT("\x16\x03\x01\x02"), S_INIT("")};
    struct fixture f = {0};
    struct certificate cert = certificate_new();
    struct http_config config = certificate_config(&cert);
    int64_t start_ms = clock_steady_ms();

    config.head_timeout_ms = 200;
    fixture_start(&f, config);
    for (size_t i = 0; i < COUNT(firsts); i++) {
        struct client c = client_open(&f);

        client_send(&c, firsts[i]);
        client_receive_all(&c);
        EXPECT(c.is_closed);
        client_close(&c);
    }
    EXPECT(clock_steady_ms() - start_ms < 5000);
    EXPECT(http_count(f.server).requests == 0);
    fixture_stop(&f);
    certificate_free(&cert);
}

TEST(sessions_are_resumed_by_ticket)
{
    struct fixture f = {0};
    struct certificate cert = certificate_new();
    struct tls_client first, second;
    SSL_SESSION *session;

    fixture_start(&f, certificate_config(&cert));
    first = tls_client_open(&f, (struct tls_wish){0, 0, NULL, alpn_h1});
    tls_client_send(&first, get);
    EXPECT(tls_client_wait(&first, 1).count == 1); /* tickets come before the answer */
    session = SSL_get1_session(first.ssl);
    second = (struct tls_client){.c = client_open(&f), .ctx = SSL_CTX_new(TLS_client_method())};
    second.ssl = SSL_new(second.ctx);
    SSL_set_fd(second.ssl, second.c.fd);
    SSL_set_session(second.ssl, session);
    EXPECT(SSL_connect(second.ssl) == 1);
    EXPECT(SSL_session_reused(second.ssl));
    SSL_SESSION_free(session);
    tls_client_close(&first);
    tls_client_close(&second);
    fixture_stop(&f);
    certificate_free(&cert);
}

/* A client's offer of suites and groups, and what the server makes of it. */
TEST(rfc8446_9_1_the_cheapest_of_the_strong_suites_and_only_fast_groups)
{
    static const struct {
        int line;
        const char *suites, *groups, *chosen; /* chosen NULL: no handshake */
    } rows[] = {
        {__LINE__, NULL, NULL, "TLS_AES_128_GCM_SHA256"},
        {__LINE__, "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256", "P-256",
            "TLS_AES_128_GCM_SHA256"},
        {__LINE__, "TLS_AES_256_GCM_SHA384", "X25519", "TLS_AES_256_GCM_SHA384"},
        {__LINE__, "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256", "P-384",
            "TLS_CHACHA20_POLY1305_SHA256"},
        {__LINE__, NULL, "P-521:P-256", "TLS_AES_128_GCM_SHA256"}, /* asked for another key share */
        {__LINE__, NULL, "P-521", NULL},
    };
    struct fixture f = {0};
    struct certificate cert = certificate_new();

    fixture_start(&f, certificate_config(&cert));
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tls_client t = {.c = client_open(&f), .ctx = SSL_CTX_new(TLS_client_method())};

        REQUIRE(rows[i].suites == NULL || SSL_CTX_set_ciphersuites(t.ctx, rows[i].suites) == 1);
        REQUIRE(rows[i].groups == NULL || SSL_CTX_set1_groups_list(t.ctx, rows[i].groups) == 1);
        t.ssl = SSL_new(t.ctx);
        SSL_set_fd(t.ssl, t.c.fd);
        CHECK_AT(rows[i].line, (SSL_connect(t.ssl) == 1) == (rows[i].chosen != NULL));
        if (rows[i].chosen != NULL) {
            CHECK_AT(rows[i].line,
                str_eq(str_from(SSL_get_cipher_name(t.ssl)), str_from(rows[i].chosen)));
        }
        ERR_clear_error();
        tls_client_close(&t);
    }
    fixture_stop(&f);
    certificate_free(&cert);
}

TEST(files_that_do_not_fit_stop_the_start)
{
    struct certificate a = certificate_new(), b = certificate_new();
    const struct {
        int line;
        const char *cert, *key, *why;
    } rows[] = {
        {__LINE__, "/tmp/no such file", a.key, "the TLS certificate cannot be read"},
        {__LINE__, a.cert, "/tmp/no such file", no_key},
        {__LINE__, a.cert, NULL, no_key},
        {__LINE__, a.cert, b.key, no_key},
        {__LINE__, a.key, a.key, "the TLS certificate cannot be read"},
    };
    struct fixture f = {.max_body = 1};
    const struct http_handlers handlers = {&f, fixture_max_body, fixture_serve, NULL};

    REQUIRE(crypto_init());
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct http_config config = {
            .listen = S("127.0.0.1:0"), .tls_cert_file = rows[i].cert, .tls_key_file = rows[i].key};
        const char *why = NULL;

        CHECK_AT(rows[i].line, http_start(&config, &handlers, &why) == NULL);
        CHECK_AT(rows[i].line, str_eq(str_from(why), str_from(rows[i].why)));
    }
    certificate_free(&a);
    certificate_free(&b);
}
