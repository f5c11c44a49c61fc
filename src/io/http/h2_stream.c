/* SPDX-License-Identifier: Apache-2.0 */
/* Streams of HTTP/2 (RFC 9113 s5, s8): each carries one exchange.
 *
 *   begun -> head done -> body done -> served -> answered -> closed; a refusal goes from anywhere to
 *   answered
 *
 * Invariants: 1 every open stream is in the connection's list; 2 a stream that waits for its client
 * has a deadline; 3 a client that makes more streams than it lets finish is sent away (rapid reset,
 * CVE-2023-44487, also when it makes us reset them, CVE-2025-8671). */
#include "io/http/h2_internal.h"

enum { SEND_PROGRESS = 16384, OWN_FIELDS = 3 };

static struct http_trade *
trade_of(struct h2 *h2, int32_t stream)
{
    return nghttp2_session_get_stream_user_data(h2->session, stream);
}

static void
link_trade(struct h2 *h2, struct http_trade *trade)
{
    trade->prev = h2->last;
    *(h2->last ? &h2->last->next : &h2->first) = trade;
    h2->last = trade;
}

void
h2_stream_unlink(struct h2 *h2, struct http_trade *trade)
{
    *(trade->prev ? &trade->prev->next : &h2->first) = trade->next;
    *(trade->next ? &trade->next->prev : &h2->last) = trade->prev;
    trade->prev = NULL;
    trade->next = NULL;
}

static int64_t
now_plus(const struct http_trade *trade, int ms)
{
    return trade->x.conn->loop->now_ms + ms;
}

static const struct http_config *
config_of(const struct http_trade *trade)
{
    return &trade->x.conn->loop->server->config;
}

/* The library asks for the next bytes of an answer's body. */
static ssize_t
give_body(nghttp2_session *session, int32_t stream, uint8_t *to, size_t n, uint32_t *flags,
    nghttp2_data_source *source, void *user)
{
    struct http_trade *trade = source->ptr;
    str rest;

    (void)session;
    (void)stream;
    (void)user;
    if (trade->is_served) {
        return NGHTTP2_ERR_DEFERRED;
    }
    if (trade->x.answer.is_broken_off) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE; /* the library resets the stream */
    }
    rest = str_head(str_skip(trade->x.answer.body, trade->h2.sent), n);
    if (rest.n == 0 && trade->x.answer.has_more) {
        trade->h2.wants_part = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    if (rest.n > 0) {
        memcpy(to, rest.p, rest.n);
    }
    trade->h2.sent += rest.n;
    if (trade->h2.sent == trade->x.answer.body.n && !trade->x.answer.has_more) {
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    }
    if (trade->h2.sent - trade->h2.sent_mark >= SEND_PROGRESS) {
        trade->h2.sent_mark = trade->h2.sent;
        trade->h2.deadline_ms = now_plus(trade, config_of(trade)->write_timeout_ms);
    }
    return (ssize_t)rest.n;
}

static nghttp2_nv
field(str name, str value)
{
    return (nghttp2_nv){(uint8_t *)(uintptr_t)name.p, (uint8_t *)(uintptr_t)value.p, name.n,
        value.n, NGHTTP2_NV_FLAG_NONE}; /* the library copies both */
}

/* The stream waits for it. */
static void
go_on(struct http_trade *trade)
{
    struct h2 *h2 = trade->x.conn->h2;

    trade->h2.sent = 0;
    trade->h2.sent_mark = 0;
    trade->h2.deadline_ms = now_plus(trade, config_of(trade)->write_timeout_ms);
    if (nghttp2_session_resume_data(h2->session, trade->x.stream) != 0) {
        (void)nghttp2_session_terminate_session(h2->session, NGHTTP2_INTERNAL_ERROR);
    }
}

void
h2_stream_answer(struct http_trade *trade)
{
    struct http_answer *answer = &trade->x.answer;
    struct h2 *h2 = trade->x.conn->h2;
    bool has_length = !http_answer_is_bodiless(answer);
    bool has_body = has_length && (answer->body.n > 0 || answer->has_more)
                    && trade->x.request.method != HTTP_HEAD;
    nghttp2_data_provider provider = {{.ptr = trade}, give_body};
    nghttp2_nv fields[HTTP_MAX_ANSWER_HEADERS + OWN_FIELDS];
    size_t n = 0;
    char status[HTTP_DIGITS], length[HTTP_DIGITS];

    if (trade->is_begun) {
        go_on(trade);
        return;
    }
    http_answer_check(answer);
    trade->is_begun = answer->has_more;
    fields[n++] = field(S(":status"), http_answer_number(status, (uint64_t)answer->status));
    fields[n++] = field(S("date"), http_answer_date(trade->x.conn->loop));
    if (has_length && !answer->has_more) {
        fields[n++] = field(S("content-length"), http_answer_number(length, answer->body.n));
    }
    for (size_t i = 0; i < answer->header_count; i++) {
        fields[n++] = field(answer->headers[i].name, answer->headers[i].value);
    }
    trade->h2.is_answered = true;
    trade->h2.deadline_ms = now_plus(trade, config_of(trade)->write_timeout_ms);
    if (nghttp2_submit_response(
            h2->session, trade->x.stream, fields, n, has_body ? &provider : NULL)
        != 0) {
        (void)nghttp2_session_terminate_session(h2->session, NGHTTP2_INTERNAL_ERROR);
    }
}

void
h2_stream_refuse(struct http_trade *trade, int status, const char *reason, bool is_unfinished)
{
    trade->h2.is_head_done = true;
    trade->h2.is_unfinished = is_unfinished;
    http_trade_refuse(trade, status, reason);
    h2_stream_answer(trade);
}

static void
serve(struct http_trade *trade)
{
    struct http_buffer *body = &trade->h2.body;

    if (body->end > body->start) {
        trade->x.request.body = (str){body->p + body->start, body->end - body->start};
    }
    trade->h2.deadline_ms = INT64_MAX;
    http_timer_stop(trade->x.conn); /* a completed request renews the idle deadline, nothing else */
    http_trade_serve(trade);
}

/* RFC 9110 s10.1.1; the client's DATA may already be on its way, then this does no harm. */
static void
invite_body(struct http_trade *trade)
{
    nghttp2_nv status = field(S(":status"), S("100"));

    (void)nghttp2_submit_headers(
        trade->x.conn->h2->session, NGHTTP2_FLAG_NONE, trade->x.stream, NULL, &status, 1, NULL);
}

/* The request has a body: is it welcome? */
static void
begin_body(struct http_trade *trade)
{
    str expectation = http_header(&trade->x.request, S("expect"));
    str length_text = http_header(&trade->x.request, S("content-length"));
    uint64_t length = trade->h2.max_body;

    if (length_text.p != NULL && !http_parse_length(length_text, &length)) {
        h2_stream_refuse(trade, 400, "Content-Length is malformed", true);
    } else if (length > trade->h2.max_body) {
        h2_stream_refuse(trade, 413, "the body is too large", true);
    } else if (!http_trade_fit(trade, (size_t)length)) {
        h2_stream_refuse(trade, 503, "the server is out of memory", true);
    } else if (expectation.p != NULL) {
        invite_body(trade);
    }
}

static void
head_done(struct http_trade *trade, bool is_complete)
{
    const struct http_handlers *handlers = &trade->x.conn->loop->server->handlers;
    str expectation;

    if (!h2_head_finish(trade)) {
        h2_stream_refuse(trade, trade->h2.refusal, trade->h2.reason, !is_complete);
        return;
    }
    expectation = http_header(&trade->x.request, S("expect"));
    if (expectation.p != NULL && !str_ieq(expectation, S("100-continue"))) {
        h2_stream_refuse(trade, 417, "this expectation cannot be met", !is_complete);
        return;
    }
    trade->h2.is_head_done = true;
    trade->h2.max_body = handlers->max_body(handlers->ctx, &trade->x.request);
    trade->h2.deadline_ms = now_plus(trade, config_of(trade)->body_timeout_ms);
    if (is_complete) {
        serve(trade);
    } else {
        begin_body(trade);
    }
}

/* Counts against a client that cuts streams short, or makes us do it. */
static void
count_reset(struct h2 *h2)
{
    if (++h2->resets > H2_MAX_RESETS) {
        (void)nghttp2_session_terminate_session(h2->session, NGHTTP2_ENHANCE_YOUR_CALM);
    }
}

static int
on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    struct http_conn *conn = user;
    struct http_trade *trade;

    if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) { /* trailers: see on_header */
        return 0;
    }
    /* Streams the client has reset may still be with handlers: they count as well. */
    trade = conn->in_flight < H2_MAX_STREAMS ? http_trade_take(conn) : NULL;
    if (trade == NULL) {
        (void)nghttp2_submit_rst_stream(
            session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_REFUSED_STREAM);
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    trade->x.stream = frame->hd.stream_id;
    trade->h2.deadline_ms = now_plus(trade, config_of(trade)->head_timeout_ms);
    link_trade(conn->h2, trade);
    (void)nghttp2_session_set_stream_user_data(session, trade->x.stream, trade);
    return 0;
}

static int
on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_n,
    const uint8_t *value, size_t value_n, uint8_t flags, void *user)
{
    struct http_conn *conn = user;
    struct http_trade *trade = trade_of(conn->h2, frame->hd.stream_id);

    (void)session;
    (void)flags;
    if (trade == NULL || trade->h2.is_answered) {
        return 0;
    }
    if (trade->h2.is_head_done) {
        h2_stream_refuse(trade, 400, "trailers are not supported", true);
        return 0;
    }
    h2_head_take(trade, (str){(const char *)name, name_n}, (str){(const char *)value, value_n});
    return 0;
}

static int
on_data(
    nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *p, size_t n, void *user)
{
    struct http_conn *conn = user;
    struct http_trade *trade = trade_of(conn->h2, stream);
    struct http_buffer *body = trade ? &trade->h2.body : NULL;

    (void)session;
    (void)flags;
    if (trade == NULL || trade->h2.is_answered) {
        return 0;
    }
    if (n > trade->h2.max_body - (body->end - body->start)) {
        h2_stream_refuse(trade, 413, "the body is too large", true);
    } else if (!http_buffer_add(conn->loop, body, (str){(const char *)p, n})) {
        h2_stream_refuse(trade, 503, "the server is out of memory", true);
    }
    return 0;
}

static int
on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    struct http_conn *conn = user;
    struct http_trade *trade = trade_of(conn->h2, frame->hd.stream_id);
    bool is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;

    (void)session;
    if (frame->hd.type == NGHTTP2_RST_STREAM) {
        count_reset(conn->h2);
        return 0;
    }
    if (trade == NULL || trade->h2.is_answered || trade->is_served) {
        return 0;
    }
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST) {
        head_done(trade, is_end);
    } else if (is_end && (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS)) {
        serve(trade);
    }
    return 0;
}

static int
on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *user)
{
    struct http_conn *conn = user;
    struct http_trade *trade;

    if (frame->hd.type == NGHTTP2_RST_STREAM && frame->rst_stream.error_code != NGHTTP2_NO_ERROR) {
        count_reset(conn->h2);
        return 0;
    }
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0
        || (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)) {
        return 0;
    }
    trade = trade_of(conn->h2, frame->hd.stream_id);
    if (trade != NULL && trade->h2.is_unfinished) { /* RFC 9113 s8.1: stop sending, here is why */
        (void)nghttp2_submit_rst_stream(
            session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
    }
    return 0;
}

static int
on_closed(nghttp2_session *session, int32_t stream, uint32_t error_code, void *user)
{
    struct http_conn *conn = user;
    struct h2 *h2 = conn->h2;
    struct http_trade *trade = trade_of(h2, stream);

    (void)session;
    if (trade == NULL) {
        return 0;
    }
    if (error_code == NGHTTP2_NO_ERROR && h2->resets > 0) {
        h2->resets--;
    }
    h2_stream_unlink(h2, trade);
    if (trade->is_served) {
        trade->h2.is_gone = true;
    } else if (http_trade_owes_more(trade)) {
        trade->h2.is_gone = true;
        http_trade_more(trade, true);
    } else {
        http_trade_drop(trade);
    }
    return 0;
}

void
h2_stream_set_callbacks(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, on_sent);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_closed);
}
