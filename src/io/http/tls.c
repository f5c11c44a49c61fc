/* SPDX-License-Identifier: Apache-2.0 */
/* TLS 1.3 (RFC 8446) by OpenSSL, with ALPN (RFC 7301) for h2 and http/1.1. Where 1.2 is allowed it is
 * ECDHE with an AEAD only (RFC 9325 s4.2); no compression, no renegotiation, no early data.
 * OpenSSL reads and writes through a BIO of ours, which keeps the connection's edges (is_readable,
 * is_writable) up to date and raises no SIGPIPE. */
#include "io/http/tls.h"

#include <errno.h>
#include <sys/socket.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

static const char ciphers12[] = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
/* AES-128 with SHA-256 first: processors have instructions for both, and SHA-384 would cost the key schedule of
 * each connection four times as much. ChaCha20 for clients without AES, who ask for it first. */
static const char ciphers13[] =
    "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384";
/* Those with fast constant-time code; a slow one would be a way to keep the server busy. */
static const char groups[] = "X25519:P-256:P-384";
static const unsigned char protocols[] = "\x02h2\x08http/1.1";

static BIO_METHOD *bio_method;
static pthread_once_t bio_once = PTHREAD_ONCE_INIT;

static int
bio_read(BIO *bio, char *to, size_t n, size_t *ret_n)
{
    struct http_conn *conn = BIO_get_data(bio);
    ssize_t got;

    BIO_clear_retry_flags(bio);
    if (!conn->is_readable) {
        BIO_set_retry_read(bio);
        return 0;
    }
    do {
        got = recv(conn->fd, to, n, 0);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        conn->is_readable = (size_t)got == n || conn->is_hung_up;
        *ret_n = (size_t)got;
        return 1;
    }
    if (got == 0) {
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
    } else if (errno == EAGAIN) {
        conn->is_readable = false;
        BIO_set_retry_read(bio);
    }
    return 0;
}

static int
bio_write(BIO *bio, const char *p, size_t n, size_t *ret_n)
{
    struct http_conn *conn = BIO_get_data(bio);
    ssize_t sent;

    BIO_clear_retry_flags(bio);
    do {
        sent = send(conn->fd, p, n, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0) {
        *ret_n = (size_t)sent;
        return 1;
    }
    if (errno == EAGAIN) {
        conn->is_writable = false;
        BIO_set_retry_write(bio);
    }
    return 0;
}

static long
bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
    (void)number;
    (void)pointer;
    if (command == BIO_CTRL_EOF) { /* asked to tell an end without close_notify from a fault */
        return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
    }
    return command == BIO_CTRL_FLUSH;
}

static void
make_bio_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection");

    if (method != NULL && BIO_meth_set_read_ex(method, bio_read)
        && BIO_meth_set_write_ex(method, bio_write) && BIO_meth_set_ctrl(method, bio_ctrl)) {
        bio_method = method;
    }
}

/* The server's preference, h2 first; a client that offers neither is turned away (RFC 7301 s3.2). */
static int
choose_protocol(SSL *ssl, const unsigned char **ret, unsigned char *ret_n,
    const unsigned char *offered, unsigned offered_n, void *arg)
{
    unsigned char *chosen;
    int verdict =
        SSL_select_next_proto(&chosen, ret_n, protocols, sizeof protocols - 1, offered, offered_n);

    (void)ssl;
    (void)arg;
    *ret = chosen;
    return verdict == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool
set_protocols(SSL_CTX *tls, const struct http_config *config)
{
    int least = config->is_tls12_allowed ? TLS1_2_VERSION : TLS1_3_VERSION;

    SSL_CTX_set_options(tls, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION
                                 | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF
                                 | SSL_OP_PRIORITIZE_CHACHA);
    SSL_CTX_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                              | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(tls, 1);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF); /* tickets need no memory here */
    SSL_CTX_set_alpn_select_cb(tls, choose_protocol, NULL);
    return SSL_CTX_set_min_proto_version(tls, least)
           && SSL_CTX_set_max_proto_version(tls, TLS1_3_VERSION)
           && SSL_CTX_set_cipher_list(tls, ciphers12) && SSL_CTX_set_ciphersuites(tls, ciphers13)
           && SSL_CTX_set1_groups_list(tls, groups)
           && SSL_CTX_set_num_tickets(tls, 1); /* a resumed connection gets the next one */
}

SSL_CTX *
tls_new(const struct http_config *config, const char **ret_why)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

    pthread_once(&bio_once, make_bio_method);
    if (tls == NULL || bio_method == NULL || !set_protocols(tls, config)) {
        *ret_why = "TLS cannot be set up";
    } else if (SSL_CTX_use_certificate_chain_file(tls, config->tls_cert_file) != 1) {
        *ret_why = "the TLS certificate cannot be read";
    } else if (config->tls_key_file == NULL
               || SSL_CTX_use_PrivateKey_file(tls, config->tls_key_file, SSL_FILETYPE_PEM) != 1) {
        *ret_why = "the TLS key cannot be read, or does not belong to the certificate";
    } else {
        return tls;
    }
    ERR_clear_error();
    SSL_CTX_free(tls);
    return NULL;
}

void
tls_free(SSL_CTX *tls)
{
    SSL_CTX_free(tls);
}

bool
tls_accept(struct http_conn *conn)
{
    BIO *bio = BIO_new(bio_method);

    conn->ssl = SSL_new(conn->loop->server->tls);
    if (bio == NULL || conn->ssl == NULL) {
        BIO_free(bio);
        ERR_clear_error();
        return false;
    }
    BIO_set_data(bio, conn);
    BIO_set_init(bio, 1);
    SSL_set_bio(conn->ssl, bio, bio);
    SSL_set_accept_state(conn->ssl);
    return true;
}

/* What SSL_get_error says, as errno: EAGAIN to try again when epoll calls, else EPROTO. */
static int
why(struct http_conn *conn, int result)
{
    int error = SSL_get_error(conn->ssl, result);

    ERR_clear_error(); /* the queue is per thread: it must not speak of the next connection */
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : EPROTO;
}

enum tls_result
tls_handshake(struct http_conn *conn)
{
    int result = SSL_do_handshake(conn->ssl);

    if (result == 1) {
        conn->is_tls_pending = SSL_has_pending(conn->ssl); /* a request right behind Finished */
        return TLS_DONE;
    }
    return why(conn, result) == EAGAIN ? TLS_MORE : TLS_FAILED;
}

bool
tls_is_h2(const struct http_conn *conn)
{
    const unsigned char *name;
    unsigned n;

    SSL_get0_alpn_selected(conn->ssl, &name, &n);
    return str_eq((str){(const char *)name, n}, S("h2"));
}

ssize_t
tls_read(struct http_conn *conn, char *to, size_t n)
{
    size_t got;
    int result;

    result = SSL_read_ex(conn->ssl, to, n, &got);
    if (result == 1) {
        conn->is_tls_pending = SSL_has_pending(conn->ssl); /* epoll will not tell of these */
        return (ssize_t)got;
    }
    conn->is_tls_pending = false;
    if (SSL_get_error(conn->ssl, result) == SSL_ERROR_ZERO_RETURN) {
        return 0;
    }
    errno = why(conn, result);
    return -1;
}

ssize_t
tls_write(struct http_conn *conn, const char *p, size_t n)
{
    size_t sent;
    int result = SSL_write_ex(conn->ssl, p, n, &sent);

    if (result == 1) {
        return (ssize_t)sent;
    }
    errno = why(conn, result);
    return -1;
}

void
tls_say_goodbye(struct http_conn *conn)
{
    if (conn->ssl != NULL && !SSL_in_init(conn->ssl)) {
        SSL_shutdown(conn->ssl);
        ERR_clear_error();
    }
}

void
tls_end(struct http_conn *conn)
{
    SSL_free(conn->ssl);
    conn->ssl = NULL;
}
