/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: accepting, reading, writing, closing, for whatever protocol speaks over them.
 * Sockets are watched edge-triggered and once for all, so a request costs one recv and one send:
 * after a short recv nothing is left to read until epoll says so again.
 * Invariant: a connection is freed after its epoll batch and when no handler holds its exchange. */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/http/http_internal.h"
#include "io/http/tls.h"

#include "base/mem.h"

enum { MAX_DRAINED = 1024 * 1024, WRITE_PROGRESS = 16384 };

static struct http_conn *
take_conn(struct http_loop *loop)
{
    struct http_conn *conn = loop->free_conns;

    if (conn == NULL) {
        return MEM_NEW(struct http_conn);
    }
    loop->free_conns = conn->next;
    loop->free_conn_count--;
    *conn = (struct http_conn){0};
    return conn;
}

static void
link_conn(struct http_loop *loop, struct http_conn *conn)
{
    conn->next = loop->conns.first;
    *(conn->next ? &conn->next->prev : &loop->conns.last) = conn;
    loop->conns.first = conn;
    loop->conn_count++;
}

static void
unlink_conn(struct http_loop *loop, struct http_conn *conn)
{
    *(conn->prev ? &conn->prev->next : &loop->conns.first) = conn->next;
    *(conn->next ? &conn->next->prev : &loop->conns.last) = conn->prev;
    loop->conn_count--;
}

static bool
start_conn(struct http_conn *conn)
{
    struct epoll_event ev = {EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, {.ptr = conn}};

    if (conn->loop->server->tls != NULL) {
        conn->state = HTTP_CONN_HANDSHAKE;
        if (!tls_accept(conn)) {
            return false;
        }
    }
    return epoll_ctl(conn->loop->epoll_fd, EPOLL_CTL_ADD, conn->fd, &ev) == 0;
}

/* Too many connections, or no memory: say so if that can be said in plain text, and go. */
static void
turn_away(struct http_loop *loop, int fd)
{
    static const char busy[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
                               "Retry-After: 5\r\nConnection: close\r\n\r\n";

    http_loop_count(&loop->refused);
    if (loop->server->tls == NULL) {
        (void)!send(fd, busy, sizeof busy - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    close(fd);
}

void
http_conn_accept(struct http_loop *loop, int fd, const struct sockaddr_storage *address)
{
    uint8_t key[HTTP_PEER_KEY];
    char text[HTTP_PEER_TEXT];
    size_t text_n = http_peer_name(address, key, text);
    struct http_conn *conn;

    if (!http_peers_enter(loop->server->peers, key)) {
        turn_away(loop, fd);
        return;
    }
    conn = take_conn(loop);
    if (conn == NULL) {
        http_peers_leave(loop->server->peers, key);
        turn_away(loop, fd);
        return;
    }
    conn->loop = loop;
    conn->fd = fd;
    conn->state = HTTP_CONN_OPEN;
    conn->protocol = &h1_protocol;
    conn->is_writable = true;
    memcpy(conn->peer_key, key, sizeof key);
    memcpy(conn->peer_text, text, text_n);
    conn->peer_n = text_n;
    link_conn(loop, conn);
    http_loop_count(&loop->connections);
    if (!start_conn(conn)) {
        http_conn_close(conn);
        return;
    }
    http_timer_start(conn, conn->ssl ? HTTP_TIMER_HEAD : HTTP_TIMER_IDLE);
}

static void
list_dead(struct http_conn *conn)
{
    if (!conn->is_listed_dead) {
        conn->is_listed_dead = true;
        conn->dead_next = conn->loop->dead;
        conn->loop->dead = conn;
    }
}

void
http_conn_close(struct http_conn *conn)
{
    if (conn->state == HTTP_CONN_CLOSED) {
        return;
    }
    conn->state = HTTP_CONN_CLOSED;
    http_timer_stop(conn);
    tls_end(conn);
    http_peers_leave(conn->loop->server->peers, conn->peer_key);
    close(conn->fd); /* leaves epoll by itself */
    http_buffer_clear(conn->loop, &conn->out);
    conn->protocol->free(conn);
    if (conn->in_flight == 0) {
        list_dead(conn);
    }
}

void
http_conn_free_dead(struct http_loop *loop)
{
    struct http_conn **link = &loop->dead, *conn;

    while ((conn = *link) != NULL) {
        if (conn->is_ready) { /* still listed there: next turn */
            link = &conn->dead_next;
            continue;
        }
        *link = conn->dead_next;
        http_buffer_clear(loop, &conn->in);
        unlink_conn(loop, conn);
        if (loop->free_conn_count < HTTP_KEPT) {
            conn->next = loop->free_conns;
            loop->free_conns = conn;
            loop->free_conn_count++;
        } else {
            mem_free(conn);
        }
    }
}

void
http_conn_free_kept(struct http_loop *loop)
{
    while (loop->free_conns != NULL) {
        struct http_conn *conn = loop->free_conns;

        loop->free_conns = conn->next;
        mem_free(conn);
    }
}

static ssize_t
receive(struct http_conn *conn, char *to, size_t n)
{
    ssize_t got;

    if (conn->ssl != NULL) {
        return tls_read(conn, to, n);
    }
    do {
        got = recv(conn->fd, to, n, 0);
    } while (got < 0 && errno == EINTR);
    if (got > 0 && (size_t)got < n && !conn->is_hung_up) {
        conn->is_readable = false; /* drained: epoll tells of the next byte */
    }
    return got;
}

bool
http_conn_may_read(const struct http_conn *conn)
{
    return !conn->is_eof && (conn->is_readable || conn->is_tls_pending);
}

bool
http_conn_read(struct http_conn *conn)
{
    struct http_buffer *in = &conn->in;
    ssize_t n;

    n = receive(conn, in->p + in->end, in->cap - in->end);
    if (n > 0) {
        in->end += (size_t)n;
        in->used = MAX(in->used, in->end);
        return true;
    }
    if (n == 0) {
        conn->is_eof = true;
    } else if (errno != EAGAIN) {
        http_conn_close(conn);
    } else if (conn->ssl == NULL) { /* tls.c sees to the edges itself */
        conn->is_readable = false;
    }
    return false;
}

static ssize_t
transmit(struct http_conn *conn, const char *p, size_t n)
{
    return conn->ssl ? tls_write(conn, p, n) : send(conn->fd, p, n, MSG_NOSIGNAL);
}

/* A client that takes its time but takes is not cut off; one that dribbles is. */
static void
watch_progress(struct http_conn *conn)
{
    if (conn->timer != HTTP_TIMER_WRITE || conn->written - conn->write_mark >= WRITE_PROGRESS) {
        conn->write_mark = conn->written;
        http_timer_start(conn, HTTP_TIMER_WRITE);
    }
}

void
http_conn_flush(struct http_conn *conn)
{
    struct http_buffer *out = &conn->out;

    while (out->start < out->end && conn->is_writable) {
        ssize_t n = transmit(conn, out->p + out->start, out->end - out->start);

        if (n >= 0) {
            out->start += (size_t)n;
            conn->written += (uint64_t)n;
        } else if (errno == EAGAIN) {
            conn->is_writable = false;
        } else if (errno != EINTR) {
            http_conn_close(conn);
            return;
        }
    }
    if (out->start < out->end) {
        watch_progress(conn);
    } else {
        http_buffer_clear(conn->loop, out);
    }
}

/* RFC 9112 s9.6: closing at once could take back the answer, if the client still sends. */
static void
linger(struct http_conn *conn)
{
    char discarded[4096];
    ssize_t n = 1;

    while (n > 0 && conn->drained < MAX_DRAINED && conn->is_readable) {
        /* Plain bytes need not even be copied; those of TLS need not be decrypted. */
        n = recv(conn->fd, discarded, sizeof discarded, MSG_TRUNC);
        conn->drained += n > 0 ? (size_t)n : 0;
    }
    if (n < 0 && errno == EAGAIN) {
        conn->is_readable = false;
        return;
    }
    if (n <= 0 || conn->drained >= MAX_DRAINED) {
        http_conn_close(conn);
    }
}

void
http_conn_say_goodbye(struct http_conn *conn)
{
    if (conn->is_eof) {
        http_conn_close(conn);
        return;
    }
    tls_say_goodbye(conn);
    shutdown(conn->fd, SHUT_WR);
    conn->state = HTTP_CONN_LINGER;
    conn->is_readable = true;
    http_buffer_clear(conn->loop, &conn->in);
    http_timer_start(conn, HTTP_TIMER_LINGER);
    linger(conn);
}

static void
shake_hands(struct http_conn *conn)
{
    switch (tls_handshake(conn)) {
    case TLS_DONE:
        conn->state = HTTP_CONN_OPEN;
        http_timer_start(conn, HTTP_TIMER_IDLE);
        if (tls_is_h2(conn) && !h2_start(conn)) {
            http_conn_close(conn);
        }
        break;
    case TLS_MORE:
        break;
    case TLS_FAILED:
        http_conn_close(conn);
        break;
    }
}

void
http_conn_run(struct http_conn *conn)
{
    if (conn->state == HTTP_CONN_HANDSHAKE) {
        shake_hands(conn);
    }
    if (conn->state == HTTP_CONN_LINGER) {
        linger(conn);
    }
    if (conn->state == HTTP_CONN_OPEN) {
        conn->is_running = true;
        conn->protocol->run(conn);
        conn->is_running = false;
    }
}

void
http_conn_event(struct http_conn *conn, uint32_t events)
{
    if (conn->state == HTTP_CONN_CLOSED) { /* by another event of this batch */
        return;
    }
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
        conn->is_readable = true;
    }
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
        conn->is_hung_up = true;
    }
    if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
        conn->is_writable = true;
    }
    http_conn_run(conn);
}

void
http_conn_timeout(struct http_conn *conn, enum http_timer timer)
{
    if (timer != HTTP_TIMER_IDLE && timer != HTTP_TIMER_LINGER) {
        http_loop_count(&conn->loop->timeouts);
    }
    if (conn->state == HTTP_CONN_OPEN && timer != HTTP_TIMER_WRITE) {
        conn->is_running = true;
        conn->protocol->timeout(conn, timer);
        conn->is_running = false;
    } else {
        http_conn_close(conn);
    }
}

void
http_conn_drain(struct http_conn *conn)
{
    if (conn->state == HTTP_CONN_OPEN) {
        conn->is_running = true;
        conn->protocol->drain(conn);
        conn->is_running = false;
    } else if (conn->state == HTTP_CONN_HANDSHAKE) {
        http_conn_close(conn);
    }
}

void
http_conn_finish(struct http_exchange *x)
{
    struct http_trade *trade = (struct http_trade *)(void *)x;
    struct http_conn *conn = x->conn;

    CHECK(trade->is_served);
    trade->is_served = false;
    trade->x.answer.has_more &= !x->is_gone;
    conn->in_flight--;
    if (conn->state == HTTP_CONN_CLOSED) { /* the client has left: nobody to tell */
        if (http_trade_owes_more(trade)) {
            http_trade_more(trade, true);
            return;
        }
        http_trade_drop(trade);
        if (conn->in_flight == 0) {
            list_dead(conn);
        }
        return;
    }
    conn->protocol->finish(trade);
    if (!conn->is_running) {
        http_loop_ready(conn->loop, conn);
    }
}
