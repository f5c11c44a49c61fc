/* SPDX-License-Identifier: Apache-2.0 */
/* Exchanges: taken from the loop's pool when a head is complete, handed to the handler, given back
 * after the answer. Invariants: 1 an exchange is with its handler at most once; 2 its arena is
 * reset, and wiped if it held secrets, before it serves anybody else; 3 a handler that said there is more is
 * asked for it, or told that nobody takes it. */
#include "io/http/http_internal.h"

#include "base/arena.h"
#include "base/mem.h"

enum { FIRST_BLOCK_BYTES = 8000 }; /* what an arena keeps between requests */

static void
free_trade(struct http_trade *trade)
{
    arena_free(trade->arena);
    mem_free(trade);
}

static struct http_trade *
new_trade(const struct http_config *config)
{
    struct http_trade *trade = MEM_NEW(struct http_trade);

    if (trade == NULL) {
        return NULL;
    }
    trade->arena = arena_new(config->arena_bytes + HTTP_SMALL_BODY);
    if (trade->arena == NULL || arena_alloc(trade->arena, FIRST_BLOCK_BYTES) == NULL) {
        free_trade(trade);
        return NULL;
    }
    arena_reset(trade->arena);
    return trade;
}

struct http_trade *
http_trade_take(struct http_conn *conn)
{
    struct http_loop *loop = conn->loop;
    struct http_trade *trade = loop->free_trades;

    if (trade != NULL) {
        loop->free_trades = trade->next;
        loop->free_trade_count--;
    } else if ((trade = new_trade(&loop->server->config)) == NULL) {
        return NULL;
    }
    trade->next = NULL;
    trade->prev = NULL;
    trade->is_served = false;
    trade->is_begun = false;
    trade->h2 = (struct h2_stream){0};
    trade->x.arena = trade->arena;
    trade->x.request = (struct http_request){.method = HTTP_OTHER};
    trade->x.answer.status = 0;
    trade->x.answer.header_count = 0;
    trade->x.answer.has_overflowed = false;
    trade->x.answer.has_more = false;
    trade->x.answer.is_broken_off = false;
    trade->x.answer.body = NO_STR;
    trade->x.owner = NULL;
    trade->x.is_gone = false;
    trade->x.conn = conn;
    trade->x.next = NULL;
    trade->x.stream = 0;
    return trade;
}

bool
http_trade_fit(struct http_trade *trade, size_t max_body)
{
    struct arena *arena;

    if (max_body <= HTTP_SMALL_BODY) {
        return true;
    }
    arena = arena_new(trade->x.conn->loop->server->config.arena_bytes + max_body);
    if (arena == NULL) {
        return false;
    }
    trade->x.arena = arena;
    return true;
}

void
http_trade_drop(struct http_trade *trade)
{
    struct http_loop *loop = trade->x.conn->loop;

    if (trade->x.arena != trade->arena) {
        arena_free(trade->x.arena);
    }
    http_buffer_clear(loop, &trade->h2.body);
    arena_reset(trade->arena);
    if (loop->free_trade_count == HTTP_KEPT) {
        free_trade(trade);
        return;
    }
    trade->next = loop->free_trades;
    loop->free_trades = trade;
    loop->free_trade_count++;
}

void
http_trade_free_kept(struct http_loop *loop)
{
    while (loop->free_trades != NULL) {
        struct http_trade *trade = loop->free_trades;

        loop->free_trades = trade->next;
        free_trade(trade);
    }
}

void
http_trade_refuse(struct http_trade *trade, int status, const char *reason)
{
    struct http_loop *loop = trade->x.conn->loop;
    const struct http_handlers *handlers = &loop->server->handlers;

    http_loop_count(&loop->refused);
    trade->x.answer.status = status;
    if (handlers->refused != NULL) {
        handlers->refused(handlers->ctx, &trade->x, status, reason);
        return;
    }
    http_add_header(&trade->x.answer, S("content-type"), S("text/plain; charset=utf-8"));
    trade->x.answer.body = str_from(reason);
}

void
http_trade_serve(struct http_trade *trade)
{
    struct http_conn *conn = trade->x.conn;
    const struct http_handlers *handlers = &conn->loop->server->handlers;

    http_loop_count(&conn->loop->requests);
    conn->in_flight++;
    trade->is_served = true;
    handlers->serve(handlers->ctx, &trade->x); /* the trade may be gone from here on */
}

bool
http_trade_owes_more(const struct http_trade *trade)
{
    const struct http_answer *answer = &trade->x.answer;

    return !trade->is_served && answer->has_more && !answer->is_broken_off;
}

void
http_trade_more(struct http_trade *trade, bool is_gone)
{
    struct http_conn *conn = trade->x.conn;
    const struct http_handlers *handlers = &conn->loop->server->handlers;

    CHECK(http_trade_owes_more(trade));
    conn->in_flight++;
    trade->is_served = true;
    trade->x.is_gone = is_gone;
    handlers->more(handlers->ctx, &trade->x); /* the trade may be gone from here on */
}
