/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/2 (RFC 9113) over a TLS connection: libnghttp2 does framing, HPACK and flow control; this
 * file moves bytes between it and the connection, h2_stream.c serves the streams. No push, no
 * trailers, no CONNECT. Invariant: a connection without open streams is idle, whatever else its
 * client sends. */
#include "io/http/h2_internal.h"

#include "base/mem.h"

enum { READS_PER_TURN = 8 };

static bool
send_settings(struct http_conn *conn)
{
    size_t max_head = MIN(conn->loop->server->config.max_head_bytes, (size_t)INT32_MAX);
    const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, H2_MAX_STREAMS},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, (uint32_t)max_head},
        {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
    };

    return nghttp2_submit_settings(conn->h2->session, NGHTTP2_FLAG_NONE, settings, COUNT(settings))
           == 0;
}

/* The library keeps to malloc: fed by base/mem in torture tests, 1.52 frees an item twice when the
 * first allocation of nghttp2_submit_data's queue fails. */
static bool
open_session(struct http_conn *conn)
{
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_option *options = NULL;
    nghttp2_session **session = &conn->h2->session;
    bool is_open = false;

    if (nghttp2_session_callbacks_new(&callbacks) == 0 && nghttp2_option_new(&options) == 0) {
        h2_stream_set_callbacks(callbacks);
        nghttp2_option_set_no_closed_streams(options, 1);
        is_open = nghttp2_session_server_new2(session, callbacks, conn, options) == 0
                  && send_settings(conn);
    }
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(callbacks);
    return is_open;
}

static void
feed(struct http_conn *conn)
{
    struct http_buffer *in = &conn->in;
    ssize_t n = nghttp2_session_mem_recv(
        conn->h2->session, (const uint8_t *)in->p + in->start, in->end - in->start);

    http_buffer_clear(conn->loop, in); /* the library has taken all, or the connection ends */
    if (n < 0) {
        http_conn_close(conn);
    }
}

/* Moves frames to the output; true if it became full before there were no more. */
static bool
pump(struct http_conn *conn)
{
    struct http_buffer *out = &conn->out;
    const uint8_t *p;

    while (out->end - out->start < HTTP_OUT_BYTES) {
        ssize_t n = nghttp2_session_mem_send(conn->h2->session, &p);

        if (n == 0) {
            return false;
        }
        if (n < 0 || !http_buffer_add(conn->loop, out, (str){(const char *)p, (size_t)n})) {
            http_conn_close(conn);
            return false;
        }
    }
    return true;
}

static void
write_all(struct http_conn *conn)
{
    bool has_more = true;

    while (has_more && conn->state == HTTP_CONN_OPEN) {
        has_more = pump(conn);
        if (conn->state == HTTP_CONN_OPEN) {
            http_conn_flush(conn);
        }
        has_more = has_more && conn->out.end == conn->out.start;
    }
}

/* Not while the library asks for bytes: an answer given at once would find it in the middle of them. */
static void
ask_for_parts(struct http_conn *conn)
{
    for (struct http_trade *t = conn->h2->first; t != NULL; t = t->next) {
        if (t->h2.wants_part) {
            t->h2.wants_part = false;
            t->h2.deadline_ms = INT64_MAX;
            http_trade_more(t, false);
            http_loop_ready(conn->loop, conn);
        }
    }
}

static int64_t
first_deadline(const struct h2 *h2)
{
    int64_t deadline = INT64_MAX;

    for (const struct http_trade *t = h2->first; t != NULL; t = t->next) {
        deadline = MIN(deadline, t->h2.deadline_ms);
    }
    return deadline;
}

/* Deadlines and the end, after input and output have been seen to. */
static void
settle(struct http_conn *conn)
{
    struct h2 *h2 = conn->h2;
    int64_t deadline = first_deadline(h2);

    if (conn->out.end > conn->out.start) {
        return; /* http_conn_flush watches the output */
    }
    if (conn->is_eof) {
        http_conn_close(conn);
    } else if (!nghttp2_session_want_read(h2->session)
               && !nghttp2_session_want_write(h2->session)) {
        http_conn_say_goodbye(conn);
    } else if (deadline != INT64_MAX) {
        http_timer_set(conn, HTTP_TIMER_BODY, deadline);
    } else if (h2->first != NULL) {
        http_timer_stop(conn);
    } else if (conn->timer != HTTP_TIMER_IDLE) {
        http_timer_start(conn, HTTP_TIMER_IDLE);
    }
}

static bool
read_more(struct http_conn *conn)
{
    return conn->state == HTTP_CONN_OPEN && http_conn_may_read(conn)
           && conn->out.end - conn->out.start < HTTP_OUT_BYTES
           && http_buffer_reserve(conn->loop, &conn->in, 1, HTTP_BUFFER_BYTES)
           && http_conn_read(conn);
}

static void
h2_run(struct http_conn *conn)
{
    int reads = READS_PER_TURN;

    write_all(conn);
    while (reads-- > 0 && read_more(conn)) {
        feed(conn);
    }
    if (conn->state == HTTP_CONN_OPEN) {
        write_all(conn);
    }
    if (conn->state != HTTP_CONN_OPEN) {
        return;
    }
    http_buffer_clear(conn->loop, &conn->in);
    ask_for_parts(conn);
    settle(conn);
    if (conn->state == HTTP_CONN_OPEN && http_conn_may_read(conn)
        && conn->out.end == conn->out.start) {
        http_loop_ready(conn->loop, conn);
    }
}

static void
h2_finish(struct http_trade *trade)
{
    if (!trade->h2.is_gone) {
        h2_stream_answer(trade);
    } else if (http_trade_owes_more(trade)) {
        http_trade_more(trade, true);
    } else {
        http_trade_drop(trade);
    }
}

/* A stream's time is over: in the middle of its head nothing can be said on it any more. */
static void
expire(struct http_conn *conn, struct http_trade *trade)
{
    if (trade->h2.is_answered) {
        (void)nghttp2_submit_rst_stream(
            conn->h2->session, NGHTTP2_FLAG_NONE, trade->x.stream, NGHTTP2_CANCEL);
        trade->h2.deadline_ms = INT64_MAX;
    } else if (trade->h2.is_head_done) {
        h2_stream_refuse(trade, 408, "the request took too long", true);
    } else {
        (void)nghttp2_session_terminate_session(conn->h2->session, NGHTTP2_ENHANCE_YOUR_CALM);
    }
}

static void
h2_timeout(struct http_conn *conn, enum http_timer timer)
{
    if (timer == HTTP_TIMER_IDLE) {
        (void)nghttp2_session_terminate_session(conn->h2->session, NGHTTP2_NO_ERROR);
    }
    for (struct http_trade *t = conn->h2->first; t != NULL; t = t->next) {
        if (t->h2.deadline_ms <= conn->loop->now_ms) {
            expire(conn, t);
        }
    }
    h2_run(conn);
}

static void
h2_drain(struct http_conn *conn)
{
    nghttp2_session *session = conn->h2->session;

    (void)nghttp2_submit_goaway(session, NGHTTP2_FLAG_NONE,
        nghttp2_session_get_last_proc_stream_id(session), NGHTTP2_NO_ERROR, NULL, 0);
    h2_run(conn);
}

static void
h2_free(struct http_conn *conn)
{
    struct h2 *h2 = conn->h2;

    if (h2 == NULL) {
        return;
    }
    while (h2->first != NULL) {
        struct http_trade *trade = h2->first;

        h2_stream_unlink(h2, trade);
        if (http_trade_owes_more(trade)) {
            http_trade_more(trade, true);
        } else if (!trade->is_served) {
            http_trade_drop(trade);
        }
    }
    nghttp2_session_del(h2->session);
    mem_free(h2);
    conn->h2 = NULL;
}

static const struct http_protocol h2_protocol = {h2_run, h2_finish, h2_timeout, h2_drain, h2_free};

bool
h2_start(struct http_conn *conn)
{
    conn->h2 = MEM_NEW(struct h2);
    conn->protocol = &h2_protocol;
    return conn->h2 != NULL && open_session(conn);
}
