/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines: a connection has at most one. There is one list per kind, and since all deadlines of a
 * kind lie equally far ahead when set, appending keeps each list in order at no cost.
 * Invariant: each list is sorted, so its first entry is the next to expire. */
#include "io/http/http_timer.h"

#include "io/http/http_internal.h"

enum { LINGER_MS = 2000 };

static void
unlink_timer(struct http_conn *conn)
{
    struct http_conns *list = &conn->loop->timers[conn->timer];

    if (conn->timer_prev != NULL) {
        conn->timer_prev->timer_next = conn->timer_next;
    } else {
        list->first = conn->timer_next;
    }
    if (conn->timer_next != NULL) {
        conn->timer_next->timer_prev = conn->timer_prev;
    } else {
        list->last = conn->timer_prev;
    }
    conn->timer = HTTP_TIMER_NONE;
}

void
http_timer_stop(struct http_conn *conn)
{
    if (conn->timer != HTTP_TIMER_NONE) {
        unlink_timer(conn);
    }
}

void
http_timer_set(struct http_conn *conn, enum http_timer timer, int64_t deadline_ms)
{
    struct http_conns *list = &conn->loop->timers[timer];
    struct http_conn *after;

    http_timer_stop(conn);
    after = list->last;
    while (
        after != NULL && after->deadline_ms > deadline_ms) { /* HTTP/2 sets them for old streams */
        after = after->timer_prev;
    }
    conn->timer = timer;
    conn->deadline_ms = deadline_ms;
    conn->timer_prev = after;
    conn->timer_next = after ? after->timer_next : list->first;
    *(after ? &after->timer_next : &list->first) = conn;
    *(conn->timer_next ? &conn->timer_next->timer_prev : &list->last) = conn;
}

void
http_timer_start(struct http_conn *conn, enum http_timer timer)
{
    const struct http_config *config = &conn->loop->server->config;
    const int durations_ms[HTTP_TIMER_COUNT] = {
        [HTTP_TIMER_HEAD] = config->head_timeout_ms,
        [HTTP_TIMER_BODY] = config->body_timeout_ms,
        [HTTP_TIMER_IDLE] = config->idle_timeout_ms,
        [HTTP_TIMER_WRITE] = config->write_timeout_ms,
        [HTTP_TIMER_LINGER] = LINGER_MS,
    };

    http_timer_set(conn, timer, conn->loop->now_ms + durations_ms[timer]);
}

int64_t
http_timer_next(const struct http_loop *loop)
{
    int64_t next = INT64_MAX;

    for (int i = HTTP_TIMER_NONE + 1; i < HTTP_TIMER_COUNT; i++) {
        if (loop->timers[i].first != NULL) {
            next = MIN(next, loop->timers[i].first->deadline_ms);
        }
    }
    return next;
}

void
http_timer_expire(struct http_loop *loop)
{
    for (int i = HTTP_TIMER_NONE + 1; i < HTTP_TIMER_COUNT; i++) {
        struct http_conn *conn;

        while ((conn = loop->timers[i].first) != NULL && conn->deadline_ms <= loop->now_ms) {
            unlink_timer(conn);
            http_conn_timeout(conn, (enum http_timer)i);
        }
    }
}
