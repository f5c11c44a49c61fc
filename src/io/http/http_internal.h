/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. A server has loops; a loop is one thread with its own
 * listening socket, connections, timers and pools, so nothing here is locked but the list of
 * finished exchanges (http_loop.c) and the table of peers (http_peer.c).
 *
 * Life of a connection: accepted -> http_conn_run for every event -> http_conn_close -> freed after
 * the epoll batch, and never while one of its exchanges is with a handler. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "io/http/http.h"
#include "io/http/http_buffer.h"
#include "io/http/http_chunk.h"
#include "io/http/http_parse.h"
#include "io/http/http_peer.h"
#include "io/http/http_timer.h"

enum {
    HTTP_BUFFER_BYTES = 4096, /* of a pooled buffer: most requests and answers fit in one */
    HTTP_KEPT = 64,           /* free buffers, exchanges and connections a loop keeps */
    HTTP_OUT_BYTES = 65536,   /* unsent output at which pipelined requests have to wait */
    HTTP_SMALL_BODY = 65536,  /* bodies a pooled exchange's arena has room for */
    HTTP_DIGITS = 24,         /* room for any number in decimal */
};

struct h2;
typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

struct http_trade {
    struct http_exchange x;  /* first, so that its address is the trade's */
    struct http_trade *next; /* in the loop's pool, or among its connection's (HTTP/2) */
    struct http_trade *prev;
    struct arena *arena; /* its own; x.arena is another one for great bodies */
    bool is_served;      /* with the handler */
    bool is_begun;       /* a part of its answer was sent */
    struct http_header headers[HTTP_MAX_HEADERS];
    struct h2_stream { /* HTTP/2 only; all zero when taken */
        struct http_buffer body;
        size_t max_body, head_n, sent, sent_mark;
        int64_t deadline_ms; /* INT64_MAX: none */
        str authority;
        int refusal; /* status to refuse with once the head is over, with its reason */
        const char *reason;
        bool is_head_done; /* parsed, or refused: what still comes is body */
        bool is_answered;
        bool is_unfinished; /* answered before the request was over: to be reset */
        bool is_gone;       /* closed by the client while the handler works */
        bool wants_part;    /* all there was of the answer is framed, and there is more */
    } h2;
};

enum http_conn_state {
    HTTP_CONN_HANDSHAKE, /* TLS */
    HTTP_CONN_OPEN,      /* its protocol rules */
    HTTP_CONN_LINGER,    /* all is said: discard input until the client leaves */
    HTTP_CONN_CLOSED
};

enum h1_state { H1_HEAD, H1_BODY, H1_CHUNKS, H1_SERVE, H1_PART };
struct http_protocol {                        /* how a connection speaks: h1.c and h2.c */
    void (*run)(struct http_conn *conn);      /* there may be something to read or write */
    void (*finish)(struct http_trade *trade); /* the trade has been answered */
    void (*timeout)(struct http_conn *conn, enum http_timer timer);
    void (*drain)(struct http_conn *conn); /* the server stops: say good-bye */
    void (*free)(struct http_conn *conn);
};

struct http_conn {
    struct http_loop *loop;
    const struct http_protocol *protocol;
    int fd;
    enum http_conn_state state;
    bool is_readable, is_writable, is_hung_up; /* as epoll told, edge by edge */
    bool is_tls_pending;                       /* OpenSSL holds bytes it has read ahead */
    bool is_eof;
    bool is_running; /* inside protocol->run: an answer made there is found there */
    bool is_ready;   /* on the loop's ready list */
    bool is_closing; /* say good-bye when the output is written */
    bool is_listed_dead;
    enum http_timer timer;
    int64_t deadline_ms;
    struct http_conn *timer_prev, *timer_next;
    struct http_conn *prev, *next; /* among the loop's */
    struct http_conn *ready_next, *dead_next;
    struct http_buffer in, out;
    size_t in_flight;             /* trades with a handler */
    size_t drained;               /* bytes discarded while lingering */
    uint64_t written, write_mark; /* bytes so far, and when the write deadline was last set */
    SSL *ssl;
    uint8_t peer_key[HTTP_PEER_KEY];
    char peer_text[HTTP_PEER_TEXT];
    size_t peer_n;
    /* HTTP/1 */
    enum h1_state h1;
    struct http_trade *trade;
    struct http_parse parse;
    struct http_chunk chunk;
    size_t body_n, max_body; /* the body stands at in.start */
    size_t next_start;       /* where the next request will begin in the buffer */
    /* HTTP/2 */
    struct h2 *h2;
};

struct http_conns {
    struct http_conn *first, *last;
};
struct http_loop {
    struct http_server *server;
    pthread_t thread;
    int epoll_fd, listen_fd, event_fd;
    int64_t now_ms, wall_ms;  /* steady, and since 1970: read once per batch */
    int64_t resume_accept_ms; /* out of descriptors until then; 0: accepting */
    struct http_conns conns, timers[HTTP_TIMER_COUNT];
    struct http_conn *ready, *dead, *free_conns;
    char *free_buffers;
    struct http_trade *free_trades;
    size_t free_buffer_count, free_trade_count, free_conn_count, conn_count;
    char date[64]; /* of Date headers, with its second */
    size_t date_n;
    int64_t date_s;
    pthread_mutex_t lock; /* guards the list of the finished */
    struct http_exchange *finished_first, *finished_last;
    bool is_draining;
    _Atomic uint64_t connections, requests, refused, timeouts;
};

struct http_server {
    struct http_config config; /* with every default filled in */
    struct http_handlers handlers;
    int port;
    SSL_CTX *tls;
    struct http_peers *peers;
    atomic_bool is_stopping;
    _Atomic int64_t stop_deadline_ms;
    int loop_count, started;
    struct http_loop *loops;
};

/* http_trade.c */
MUST_USE struct http_trade *http_trade_take(struct http_conn *conn);
/* After the head: a body of up to max_body needs an arena to match; false without memory. */
MUST_USE bool http_trade_fit(struct http_trade *trade, size_t max_body);
void http_trade_drop(struct http_trade *trade);
void http_trade_free_kept(struct http_loop *loop);
/* Makes the handler fill the answer to what the server itself refuses. */
void http_trade_refuse(struct http_trade *trade, int status, const char *reason);
/* Hands the complete request to the handler. */
void http_trade_serve(struct http_trade *trade);
/* Asks the handler for the next part of an answer, or, when nobody takes it, for the end. */
void http_trade_more(struct http_trade *trade, bool is_gone);
bool http_trade_owes_more(const struct http_trade *trade); /* it has to be asked, or told */

/* http_answer.c */
/* Appends status line, headers and body, or its first part; false when memory is short. */
MUST_USE bool http_answer_write(struct http_trade *trade, bool is_closing);
/* Appends a later part, and the end behind the last. */
MUST_USE bool http_answer_write_part(struct http_trade *trade);
/* The current Date: RFC 9110 s5.6.7, made once a second. */
str http_answer_date(struct http_loop *loop);
/* Decimal digits of value, in the caller's 24 bytes. */
str http_answer_number(char to[static HTTP_DIGITS], uint64_t value);
/* True when the answer's status has no body and no length: 204 and 304. */
bool http_answer_is_bodiless(const struct http_answer *answer);
/* Turns an answer that cannot be sent as it is into an empty 500. */
void http_answer_check(struct http_answer *answer);

/* http_conn.c */
void http_conn_accept(struct http_loop *loop, int fd, const struct sockaddr_storage *address);
void http_conn_event(struct http_conn *conn, uint32_t events);
void http_conn_run(struct http_conn *conn);
/* True if reading may bring something without waiting for another event. */
bool http_conn_may_read(const struct http_conn *conn);
/* Reads once behind in.end: true if bytes came; sets is_eof, or closes on an error. */
MUST_USE bool http_conn_read(struct http_conn *conn);
/* Writes what it can of the output. */
void http_conn_flush(struct http_conn *conn);
void http_conn_close(struct http_conn *conn);
/* All output is written: closes, but lets the client read it first. */
void http_conn_say_goodbye(struct http_conn *conn);
void http_conn_timeout(struct http_conn *conn, enum http_timer timer);
void http_conn_drain(struct http_conn *conn);
void http_conn_finish(struct http_exchange *x); /* come back from its handler */
void http_conn_free_dead(struct http_loop *loop);
void http_conn_free_kept(struct http_loop *loop);

/* http_loop.c */
MUST_USE bool http_loop_start(struct http_loop *loop);
void http_loop_wake(struct http_loop *loop);
void http_loop_end(struct http_loop *loop);                           /* joins and frees */
void http_loop_ready(struct http_loop *loop, struct http_conn *conn); /* to run once more */
bool http_loop_is_here(const struct http_loop *loop);                 /* is this its thread? */
/* From any thread: the exchange has been answered. */
void http_loop_finished(struct http_loop *loop, struct http_exchange *x);
void http_loop_count(_Atomic uint64_t *counter);

/* h1.c, h2.c */
extern const struct http_protocol h1_protocol;
MUST_USE bool h2_start(struct http_conn *conn); /* makes it speak HTTP/2; false without memory */
