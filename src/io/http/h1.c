/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/1.1 over a connection (RFC 9112): one request at a time, pipelined ones in their order.
 *
 *   HEAD -> SERVE -> HEAD ...          a request without body
 *   HEAD -> BODY or CHUNKS -> SERVE    one with
 *   any -> closing                     after a refusal, or when either side wants no more
 *   SERVE -> PART -> SERVE ... -> HEAD  an answer in parts: the next is asked for when the last is written
 *
 * Invariants: 1 after a refusal nothing more of the connection is read as HTTP; 2 in SERVE and PART the
 * input buffer stands still, for the request's body lies in it; 3 the head lies in the arena. */
#include "io/http/http_internal.h"

#include "base/arena.h"

enum step { STEP_AGAIN, STEP_READ, STEP_WAIT };
enum { READS_PER_TURN = 8 };

static const char no_memory[] = "the server is out of memory";

static size_t
waiting(const struct http_buffer *b)
{
    return b->end - b->start;
}

static enum step
send_answer(struct http_conn *conn, struct http_trade *trade, bool is_closing)
{
    bool is_written = http_answer_write(trade, is_closing);

    conn->trade = NULL;
    http_trade_drop(trade);
    if (!is_written) {
        http_conn_close(conn);
        return STEP_WAIT;
    }
    conn->is_closing = is_closing;
    return is_closing ? STEP_WAIT : STEP_AGAIN;
}

static enum step
refuse(struct http_conn *conn, int status, const char *reason)
{
    if (conn->trade == NULL) {
        conn->trade = http_trade_take(conn);
    }
    if (conn->trade == NULL) {
        http_conn_close(conn);
        return STEP_WAIT;
    }
    http_trade_refuse(conn->trade, status, reason);
    return send_answer(conn, conn->trade, true);
}

static enum step
serve(struct http_conn *conn, size_t next_start)
{
    struct http_trade *trade = conn->trade;

    if (conn->body_n > 0) {
        trade->x.request.body = (str){conn->in.p + conn->in.start, conn->body_n};
    }
    conn->next_start = next_start;
    conn->h1 = H1_SERVE;
    http_timer_stop(conn);
    http_trade_serve(trade);
    return conn->h1 == H1_SERVE ? STEP_WAIT : STEP_AGAIN;
}

/* RFC 9110 s10.1.1: a client that waits for leave to send its body gets it, unless it no longer
 * waits. */
static bool
invite_body(struct http_conn *conn)
{
    if (!conn->parse.is_continue_expected || waiting(&conn->in) > 0) {
        return true;
    }
    return http_buffer_add(conn->loop, &conn->out, S("HTTP/1.1 100 Continue\r\n\r\n"));
}

static enum step
begin_body(struct http_conn *conn)
{
    const struct http_parse *parse = &conn->parse;

    if (!http_trade_fit(conn->trade, parse->is_chunked ? conn->max_body : (size_t)parse->length)
        || !invite_body(conn)) {
        return refuse(conn, 503, no_memory);
    }
    conn->h1 = parse->is_chunked ? H1_CHUNKS : H1_BODY;
    conn->chunk = (struct http_chunk){0};
    conn->body_n = 0;
    return STEP_AGAIN;
}

/* The head moves to the arena, where it is parsed, so that the buffer is free for the body. */
static char *
take_head(struct http_conn *conn)
{
    size_t n = conn->parse.head_n;
    char *head = arena_alloc(conn->trade->arena, n);

    if (head != NULL) {
        memcpy(head, conn->in.p + conn->in.start, n);
        conn->in.start += n;
    }
    return head;
}

static enum step
begin_request(struct http_conn *conn)
{
    const struct http_handlers *handlers = &conn->loop->server->handlers;
    struct http_request *rq;
    char *head;

    conn->trade = http_trade_take(conn);
    head = conn->trade ? take_head(conn) : NULL;
    if (head == NULL) {
        return refuse(conn, 503, no_memory);
    }
    rq = &conn->trade->x.request;
    if (!http_parse_head(&conn->parse, head, conn->trade->headers, rq)) {
        return refuse(conn, conn->parse.status, conn->parse.reason);
    }
    rq->peer = (str){conn->peer_text, conn->peer_n};
    rq->is_tls = conn->ssl != NULL;
    conn->max_body = handlers->max_body(handlers->ctx, rq);
    if (conn->parse.length > conn->max_body) {
        return refuse(conn, 413, "the body is too large");
    }
    if (conn->parse.is_chunked || conn->parse.length > 0) {
        return begin_body(conn);
    }
    conn->body_n = 0;
    return serve(conn, conn->in.start);
}

static enum step
step_head(struct http_conn *conn)
{
    if (conn->is_closing || waiting(&conn->out) > HTTP_OUT_BYTES) {
        return STEP_WAIT;
    }
    if (waiting(&conn->in) == 0) {
        return STEP_READ;
    }
    conn->parse.max_bytes = conn->loop->server->config.max_head_bytes;
    switch (http_parse_end(&conn->parse, conn->in.p + conn->in.start, waiting(&conn->in))) {
    case HTTP_PARSE_MORE:
        return STEP_READ;
    case HTTP_PARSE_DONE:
        return begin_request(conn);
    case HTTP_PARSE_BAD:
        break;
    }
    return refuse(conn, conn->parse.status, conn->parse.reason);
}

static enum step
step_body(struct http_conn *conn)
{
    if (waiting(&conn->in) < conn->parse.length) {
        return STEP_READ;
    }
    conn->body_n = (size_t)conn->parse.length;
    return serve(conn, conn->in.start + conn->body_n);
}

/* Payload moves down to where the body ends; the coding around it disappears. */
static enum step
step_chunks(struct http_conn *conn)
{
    struct http_buffer *in = &conn->in;
    char *body = in->p + in->start;
    str rest = {body + conn->body_n, waiting(in) - conn->body_n}, piece;

    for (;;) {
        switch (http_chunk_take(&conn->chunk, &rest, &piece)) {
        case HTTP_CHUNK_MORE:
            in->end = in->start + conn->body_n;
            return STEP_READ;
        case HTTP_CHUNK_BAD:
            return refuse(conn, 400, "the chunked body is malformed");
        case HTTP_CHUNK_END:
            return serve(conn, in->end - rest.n);
        case HTTP_CHUNK_PIECE:
            if (piece.n > conn->max_body - conn->body_n) {
                return refuse(conn, 413, "the body is too large");
            }
            memmove(body + conn->body_n, piece.p, piece.n);
            conn->body_n += piece.n;
            break;
        }
    }
}

static enum step
step_serve(struct http_conn *conn)
{
    (void)conn;
    return STEP_WAIT;
}

/* What was made is with the client, or on its way there: now it may have more. A HEAD has had all it gets. */
static enum step
step_part(struct http_conn *conn)
{
    if (waiting(&conn->out) > 0) {
        return STEP_WAIT;
    }
    conn->h1 = H1_SERVE;
    http_timer_stop(conn);
    http_trade_more(conn->trade, conn->trade->x.request.method == HTTP_HEAD);
    return conn->h1 == H1_SERVE ? STEP_WAIT : STEP_AGAIN;
}

static enum step (*const steps[])(struct http_conn *) = {
    [H1_HEAD] = step_head,
    [H1_BODY] = step_body,
    [H1_CHUNKS] = step_chunks,
    [H1_SERVE] = step_serve,
    [H1_PART] = step_part,
};

/* How much input may be held at most in this state. */
static size_t
max_input(const struct http_conn *conn)
{
    switch (conn->h1) {
    case H1_BODY:
        return MAX((size_t)conn->parse.length, (size_t)HTTP_BUFFER_BYTES);
    case H1_CHUNKS:
        return conn->max_body + HTTP_BUFFER_BYTES;
    default:
        return MAX(conn->loop->server->config.max_head_bytes, (size_t)HTTP_BUFFER_BYTES);
    }
}

/* True if there are new bytes to look at. */
static bool
read_more(struct http_conn *conn, int *reads)
{
    if (!http_conn_may_read(conn)) {
        return false;
    }
    if (--*reads < 0) { /* others have a turn too */
        http_loop_ready(conn->loop, conn);
        return false;
    }
    if (!http_buffer_reserve(conn->loop, &conn->in, 1, max_input(conn))) {
        (void)refuse(conn, 503, no_memory);
        return false;
    }
    return http_conn_read(conn);
}

/* Between requests: the memory goes back, and nobody stays for ever. */
static void
settle_idle(struct http_conn *conn)
{
    if (conn->is_eof || conn->loop->is_draining) {
        http_conn_close(conn);
        return;
    }
    http_buffer_clear(conn->loop, &conn->in);
    if (conn->timer != HTTP_TIMER_IDLE) {
        http_timer_start(conn, HTTP_TIMER_IDLE);
    }
}

/* Sees to output, deadlines and the end after the input has been looked at. */
static void
settle(struct http_conn *conn)
{
    bool was_full = waiting(&conn->out) > HTTP_OUT_BYTES;
    enum http_timer timer = conn->h1 == H1_HEAD ? HTTP_TIMER_HEAD : HTTP_TIMER_BODY;

    http_conn_flush(conn);
    if (conn->state != HTTP_CONN_OPEN || waiting(&conn->out) > 0) {
        return;
    }
    if (conn->is_closing) {
        http_conn_say_goodbye(conn);
    } else if (conn->h1 == H1_SERVE) {
        http_timer_stop(conn);
    } else if (conn->h1 == H1_PART) {
        http_loop_ready(conn->loop, conn);
    } else if (conn->h1 == H1_HEAD && waiting(&conn->in) == 0) {
        settle_idle(conn);
    } else if (conn->is_eof) { /* in the middle of a request */
        http_conn_close(conn);
    } else if (conn->timer != timer) { /* dribbled bytes do not renew it */
        http_timer_start(conn, timer);
    }
    if (was_full) {
        http_loop_ready(conn->loop, conn);
    }
}

static void
h1_run(struct http_conn *conn)
{
    int reads = READS_PER_TURN;
    enum step step = conn->is_closing ? STEP_WAIT : STEP_AGAIN;

    while (step == STEP_AGAIN && conn->state == HTTP_CONN_OPEN) {
        step = steps[conn->h1](conn);
        if (step == STEP_READ && read_more(conn, &reads)) {
            step = STEP_AGAIN;
        }
    }
    if (conn->state == HTTP_CONN_OPEN) {
        settle(conn);
    }
}

static void
begin_next(struct http_conn *conn)
{
    conn->in.start = conn->next_start;
    conn->h1 = H1_HEAD;
    conn->parse = (struct http_parse){0};
}

/* An answer that breaks off has no last chunk: its client knows (RFC 9112 s8). */
static void
finish_part(struct http_conn *conn, struct http_trade *trade, bool is_closing)
{
    bool is_first = !trade->is_begun, is_whole = !trade->x.answer.is_broken_off;

    trade->is_begun = true;
    conn->h1 = H1_PART;
    conn->parse.is_close_wanted = is_closing;
    if (!is_whole
        || !(is_first ? http_answer_write(trade, is_closing) : http_answer_write_part(trade))) {
        http_conn_close(conn);
        return;
    }
    if (!trade->x.answer.has_more) {
        begin_next(conn);
        conn->trade = NULL;
        conn->is_closing = is_closing;
        http_trade_drop(trade);
    }
}

static void
h1_finish(struct http_trade *trade)
{
    struct http_conn *conn = trade->x.conn;
    bool is_closing = conn->parse.is_close_wanted || conn->loop->is_draining
                      || (trade->x.answer.has_more && trade->x.request.version == 10);

    if (trade->is_begun || trade->x.answer.has_more) {
        finish_part(conn, trade, is_closing);
        return;
    }
    begin_next(conn);
    (void)send_answer(conn, trade, is_closing);
}

static void
h1_timeout(struct http_conn *conn, enum http_timer timer)
{
    if (timer == HTTP_TIMER_IDLE) {
        http_conn_close(conn);
        return;
    }
    (void)refuse(conn, 408, "the request took too long");
    if (conn->state == HTTP_CONN_OPEN) {
        settle(conn);
    }
}

static void
h1_drain(struct http_conn *conn)
{
    if (conn->h1 == H1_HEAD && waiting(&conn->in) == 0) {
        settle(conn);
    }
}

static void
h1_free(struct http_conn *conn)
{
    struct http_trade *trade = conn->trade;

    conn->trade = NULL;
    if (trade == NULL || conn->h1 == H1_SERVE) {
        return;
    }
    if (http_trade_owes_more(trade)) {
        http_trade_more(trade, true);
    } else {
        http_trade_drop(trade);
    }
}

const struct http_protocol h1_protocol = {h1_run, h1_finish, h1_timeout, h1_drain, h1_free};
