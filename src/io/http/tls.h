/* SPDX-License-Identifier: Apache-2.0 */
/* TLS for connections: 1.3, or 1.2 with forward secrecy and AEAD where the operator allows it. */
#pragma once
#include <sys/types.h>

#include "io/http/http_internal.h"

enum tls_result { TLS_DONE, TLS_MORE, TLS_FAILED };

/* The context of a server, from PEM files; NULL with *ret_why. */
MUST_USE SSL_CTX *tls_new(const struct http_config *config, const char **ret_why);
void tls_free(SSL_CTX *tls);

/* Gives a fresh connection its TLS state; false without memory. */
MUST_USE bool tls_accept(struct http_conn *conn);
enum tls_result tls_handshake(struct http_conn *conn);
/* True if the client chose HTTP/2 (RFC 7301). */
bool tls_is_h2(const struct http_conn *conn);
/* Like recv and send: bytes, 0 for the end (read only), -1 with errno EAGAIN or another. */
MUST_USE ssize_t tls_read(struct http_conn *conn, char *to, size_t n);
MUST_USE ssize_t tls_write(struct http_conn *conn, const char *p, size_t n);
/* Sends close_notify if it can be sent at once. */
void tls_say_goodbye(struct http_conn *conn);
void tls_end(struct http_conn *conn);
