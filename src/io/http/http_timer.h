/* SPDX-License-Identifier: Apache-2.0 */
/* Deadlines of connections: at most one each. */
#pragma once
#include "base/base.h"

struct http_conn;
struct http_loop;

enum http_timer {
    HTTP_TIMER_NONE,
    HTTP_TIMER_HEAD,
    HTTP_TIMER_BODY,
    HTTP_TIMER_IDLE,
    HTTP_TIMER_WRITE,
    HTTP_TIMER_LINGER,
    HTTP_TIMER_COUNT
};

/* A connection has one timer: setting another takes its place. Deadlines are of clock_steady_ms. */
void http_timer_set(struct http_conn *conn, enum http_timer timer, int64_t deadline_ms);
void http_timer_start(struct http_conn *conn, enum http_timer timer); /* its duration from now */
void http_timer_stop(struct http_conn *conn);
int64_t http_timer_next(const struct http_loop *loop); /* INT64_MAX: none */
/* Calls http_conn_timeout for each connection whose time is over. */
void http_timer_expire(struct http_loop *loop);
