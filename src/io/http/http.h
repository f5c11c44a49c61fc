/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server: strict HTTP/1.1 (RFC 9112), HTTP/2 (RFC 9113) by libnghttp2, TLS 1.3 by OpenSSL, an
 * epoll loop per core. It knows requests and answers, no route and no OAuth.
 *
 * Life of an exchange: head parsed -> admit() says how large a body may be -> body read -> serve() on the
 * loop's thread -> somebody, on any thread, once, calls http_answer() -> written -> arena reset.
 * An exchange stays valid until http_answer, also when its client has left.
 * An answer may come in parts (has_more): more() is called when the last one has left, or cannot any more, and is
 * answered as serve() is, until a part says that it is the last. So what is answered may have any length, and
 * nobody makes more of it than its client takes. Decision 0032. */
#pragma once
#include "base/str.h"

struct arena;
struct http_server;

enum http_method {
    HTTP_GET,
    HTTP_HEAD,
    HTTP_POST,
    HTTP_PUT,
    HTTP_PATCH,
    HTTP_DELETE,
    HTTP_OPTIONS,
    HTTP_OTHER
};

struct http_header {
    str name, value; /* name in lower case; value trimmed */
};

enum { HTTP_MAX_HEADERS = 64, HTTP_MAX_ANSWER_HEADERS = 24 };

struct http_request {
    enum http_method method;
    str method_text;
    str target; /* as received */
    str path;   /* before the ?, percent-decoding left to the router; starts with / */
    str query;  /* behind the ?, may be empty */
    str host;   /* Host or :authority, checked for syntax only */
    const struct http_header *headers;
    size_t header_count;
    str body;
    str peer; /* the connection's address as text: never from a header */
    bool is_tls;
    int version; /* 10, 11 or 20 */
};

struct http_answer {
    int status;
    struct http_header headers[HTTP_MAX_ANSWER_HEADERS];
    size_t header_count;
    str body;      /* HEAD answers keep its length and drop it */
    bool has_more; /* the body is a part of it: more() is asked for the next */
    bool
        is_broken_off; /* of a later part: it cannot be made; the client is told by how the answer ends */
    bool has_overflowed; /* private: a header did not fit, so it is sent as 500 */
};

struct http_exchange {
    struct arena *arena; /* the request lives here, and so may the answer */
    struct http_request request;
    struct http_answer answer;
    void *owner;  /* for the one who serves */
    bool is_gone; /* in more(): nobody takes what follows, and the answer to this is the last */
    /* private to io/http */
    struct http_conn *conn;
    struct http_exchange *next;
    int32_t stream;
};

struct http_handlers {
    void *ctx;
    /* Called when the head is complete: the greatest body this request may have, in bytes. */
    size_t (*max_body)(void *ctx, const struct http_request *head);
    /* Called on the loop's thread when the request is complete. */
    void (*serve)(void *ctx, struct http_exchange *x);
    /* Fills the answer to a request the server itself refuses (400, 408, 413, 431, 501, 505 ...); may be NULL.
     * The exchange then has no request but what was understood. */
    void (*refused)(void *ctx, struct http_exchange *x, int status, const char *reason);
    /* Called on the loop's thread for the next part of an answer that has more: fill body, has_more and is_broken_off,
     * and call http_answer. May be NULL where no answer has more. */
    void (*more)(void *ctx, struct http_exchange *x);
    /* Called on each loop's thread when all that had come is served, before it waits for more; may be NULL. */
    void (*rest)(void *ctx);
};

struct http_config {
    str listen; /* "127.0.0.1:9011", "[::1]:9011", ":9011" */
    int loops;  /* epoll loops; 0: one per core this process may use */
    const char *tls_cert_file,
        *tls_key_file; /* NULL: plain HTTP; TLS then is 1.3, or 1.2 too with is_tls12 */
    bool is_tls12_allowed;
    size_t max_connections;          /* 0: 10000 */
    size_t max_connections_per_peer; /* 0: 1000 */
    size_t max_head_bytes;           /* 0: 16 KiB, request line and headers together */
    int head_timeout_ms; /* 0: 10 s from the first byte of a head to its last; dribbling does not renew it */
    int body_timeout_ms;  /* 0: 20 s likewise */
    int idle_timeout_ms;  /* 0: 60 s between requests */
    int write_timeout_ms; /* 0: 20 s for a client that does not read */
    size_t arena_bytes;   /* 0: 1 MiB beyond the body */
};

/* Binds and starts the loops. NULL with *ret_why (fixed text) when it cannot; nothing is left running. */
MUST_USE struct http_server *http_start(
    const struct http_config *config, const struct http_handlers *handlers, const char **ret_why);
/* The port in use (when listen said 0). */
int http_port(const struct http_server *server);
/* Stops accepting, tells kept connections to go, waits up to grace_ms for exchanges in flight, then closes.
 * Frees the server. Since an exchange is valid until it is answered, this returns only when every
 * serve() has been: stop the pools that answer after it, not before. */
void http_stop(struct http_server *server, int grace_ms);

/* Sends x->answer. From any thread, exactly once for each serve() and each more(). */
void http_answer(struct http_exchange *x);

/* The value of a request header by lower-case name; the empty slice if absent, the first if repeated. */
str http_header(const struct http_request *request, str name);
/* How often the header stands in the request. */
size_t http_header_count(const struct http_request *request, str name);
/* Adds an answer header; CHECKs that name and value have no CR, LF or NUL (nothing of the input may
 * come here unencoded), drops it and answers 500 when there are too many. Date, Content-Length,
 * Transfer-Encoding and Connection are the server's own and are not to be added. */
void http_add_header(struct http_answer *answer, str name, str value);

struct http_counts { /* for metrics and tests */
    uint64_t connections, requests, refused, timeouts;
    size_t open_connections;
};
struct http_counts http_count(const struct http_server *server);
