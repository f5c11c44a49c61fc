/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS client for tests, and a certificate made on the spot. */
#pragma once
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <signal.h>

#include "test/io/http/http_client.h"

struct certificate {
    char folder[32], cert[64], key[64];
};

/* A self-signed P-256 certificate in a folder of its own under /tmp. */
static inline struct certificate
certificate_new(void)
{
    struct certificate c = {.folder = "/tmp/http_test_XXXXXX"};
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    FILE *file;

    REQUIRE(mkdtemp(c.folder) != NULL && key != NULL && x != NULL);
    snprintf(c.cert, sizeof c.cert, "%s/cert.pem", c.folder);
    snprintf(c.key, sizeof c.key, "%s/key.pem", c.folder);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -60);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
        (const unsigned char *)"localhost", -1, -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    REQUIRE(X509_sign(x, key, EVP_sha256()) > 0);
    file = fopen(c.cert, "w");
    REQUIRE(file != NULL && PEM_write_X509(file, x) == 1);
    fclose(file);
    file = fopen(c.key, "w");
    REQUIRE(file != NULL && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1);
    fclose(file);
    X509_free(x);
    EVP_PKEY_free(key);
    return c;
}

static inline void
certificate_free(struct certificate *c)
{
    unlink(c->cert);
    unlink(c->key);
    rmdir(c->folder);
}

static inline struct http_config
certificate_config(const struct certificate *c)
{
    return (struct http_config){.tls_cert_file = c->cert, .tls_key_file = c->key};
}

struct tls_client {
    struct client c; /* received text goes to c.p as with a plain client */
    SSL_CTX *ctx;
    SSL *ssl;
    bool is_connected;
};

struct tls_wish {
    int min_version, max_version;
    const char *ciphers; /* of TLS 1.2 */
    const char *alpn;    /* wire format, or NULL: none */
};

static inline struct tls_client
tls_client_open(const struct fixture *f, struct tls_wish wish)
{
    struct tls_client t = {.c = client_open(f), .ctx = SSL_CTX_new(TLS_client_method())};
    const struct timeval wait = {CLIENT_WAIT_MS / 1000, 0};

    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes to a connection the server has closed */
    setsockopt(t.c.fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    SSL_CTX_set_min_proto_version(t.ctx, wish.min_version);
    SSL_CTX_set_max_proto_version(t.ctx, wish.max_version);
    if (wish.ciphers != NULL) {
        REQUIRE(SSL_CTX_set_cipher_list(t.ctx, wish.ciphers) == 1);
    }
    t.ssl = SSL_new(t.ctx);
    if (wish.alpn != NULL) {
        SSL_set_alpn_protos(t.ssl, (const unsigned char *)wish.alpn, (unsigned)strlen(wish.alpn));
    }
    SSL_set_fd(t.ssl, t.c.fd);
    t.is_connected = SSL_connect(t.ssl) == 1;
    ERR_clear_error();
    return t;
}

static inline void
tls_client_close(struct tls_client *t)
{
    SSL_free(t->ssl);
    SSL_CTX_free(t->ctx);
    client_close(&t->c);
}

static inline void
tls_client_send(struct tls_client *t, str s)
{
    if (s.n > 0) {
        (void)SSL_write(t->ssl, s.p, (int)s.n);
    }
    ERR_clear_error();
}

/* Receives once; false at the end, on an error or after CLIENT_WAIT_MS. */
static inline bool
tls_client_receive(struct tls_client *t)
{
    struct client *c = &t->c;
    int n;

    if (c->cap - c->n < 65536) {
        c->cap = c->cap * 2 + 65536;
        c->p = mem_resize(c->p, c->cap);
        REQUIRE(c->p != NULL);
    }
    n = SSL_read(t->ssl, c->p + c->n, (int)(c->cap - c->n));
    c->n += n > 0 ? (size_t)n : 0;
    ERR_clear_error();
    return n > 0;
}

static inline struct client_answers
tls_client_wait(struct tls_client *t, size_t count)
{
    struct client_answers a = client_answers(&t->c, false);

    while (a.count < count && tls_client_receive(t)) {
        a = client_answers(&t->c, false);
    }
    return a;
}
