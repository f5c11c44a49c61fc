/* SPDX-License-Identifier: Apache-2.0 */
/* One-time tickets: made, used, changed, ended.
 *
 *   OPEN -use-> gone,  OPEN -time-> over,  OPEN -wrong code, too often-> over;  what is over is swept.
 *
 * Invariants: 1 a ticket is used at most once  2 no more wrong codes are judged than max_attempts, however many come at
 * once: a use says how many it has seen. */
#include "model/ticket/ticket.h"

#include "model/bearer/bearer.h"
#include "model/job/job.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/ticket/ticket_internal.h"
#include "model/user/user_sealed.h"

struct seal_place
ticket_place(const struct tenant *tenant, struct uuid id)
{
    return (struct seal_place){"ticket", "detail", tenant->id, id};
}

/* An empty detail stays empty. */
static enum err
seal_detail(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid id,
    str detail, bytes *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool found;
    enum err e = user_key(rq, tenant, user_id, &key, &found);

    if (e == ERR_OK && !found) {
        e = FAIL(rq, ERR_NOT_FOUND, NULL, "does not exist");
    }
    if (e != ERR_OK) {
        return e;
    }
    arena_keep_secret(rq->arena);
    *ret = (bytes){NULL, 0};
    if (detail.n > 0) {
        *ret = seal_put(rq, &key, ticket_place(tenant, id), str_bytes(detail));
    }
    return detail.n > 0 && ret->n == 0 ? FAIL_SERVER(rq) : ERR_OK;
}

static void
end_others(struct rq *rq, const struct tenant *tenant, const struct ticket_order *order)
{
    CHECK(!uuid_is_nil(order->user_id));
    rq_write(rq, TICKET_FORGET_USER_KIND_APPLICATION, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&order->user_id), DB_I64(order->kind),
            DB_ID(&order->application_id)));
}

struct stored { /* of the texts */
    struct digest digest, lookup, code;
    bool has_digest, has_lookup, has_code;
};

static void
draw_texts(struct rq *rq, const struct tenant *tenant, const struct ticket_order *order,
    struct ticket_made *made, struct stored *stored)
{
    stored->has_digest =
        !order->has_no_text && order->given_text.n == 0 && ticket_text_is_long(order->text);
    stored->has_lookup = !order->has_no_text && !stored->has_digest;
    made->text = made->code = NO_STR;
    if (stored->has_digest) {
        made->text = bearer_make(rq, made->id, &stored->digest);
    } else if (stored->has_lookup) {
        made->text = order->given_text.n ? order->given_text : ticket_draw(rq, order->text);
        stored->lookup = ticket_text_lookup(tenant, order->kind, made->text);
    }
    stored->has_code = order->code != NULL || order->given_code.n > 0;
    if (stored->has_code) {
        made->code = order->given_code.n ? order->given_code : ticket_draw(rq, order->code);
        stored->code = ticket_text_code(tenant, made->id, made->code);
    }
}

static bytes
bytes_if(bool is_there, const struct digest *digest)
{
    return is_there ? digest_bytes(digest) : (bytes){NULL, 0};
}

enum err
ticket_make(struct rq *rq, const struct tenant *tenant, const struct ticket_order *order,
    struct ticket_made *ret)
{
    struct ticket_made made = {.id = uuid_is_nil(order->given_id) ? rq_new_id(rq) : order->given_id,
        .expires_at = rq->now + order->ttl_s * SECOND_MS};
    struct stored stored;
    bytes detail;
    enum err e = seal_detail(rq, tenant, order->user_id, made.id, order->detail, &detail);

    CHECK(!order->has_no_text || !uuid_is_nil(order->user_id));
    if (e != ERR_OK) {
        return e;
    }
    draw_texts(rq, tenant, order, &made, &stored);
    if (order->is_only) {
        end_others(rq, tenant, order);
    }
    rq_write(rq, TICKET_INSERT, DB_NEW, order->given_text.n ? ERR_CONFLICT : ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&made.id), DB_I64(order->kind), DB_ID(&order->user_id),
            DB_ID(&order->application_id), DB_BYTES(bytes_if(stored.has_digest, &stored.digest)),
            DB_BYTES(bytes_if(stored.has_lookup, &stored.lookup)),
            DB_BYTES(bytes_if(stored.has_code, &stored.code)), DB_I64(rq->now),
            DB_I64(made.expires_at),
            DB_I64(order->max_attempts > 0 ? order->max_attempts : TICKET_ATTEMPTS),
            DB_BYTES(detail)));
    if (arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    *ret = made;
    return ERR_OK;
}

bool
ticket_code_is(const struct ticket *ticket, const struct tenant *tenant, str code)
{
    struct digest digest = ticket_text_code(tenant, ticket->id, code);

    return ticket->has_code && ct_eq(digest_bytes(&digest), ticket->code);
}

bool
ticket_accepts(struct rq *rq, const struct tenant *tenant, const struct ticket *ticket, str code)
{
    if (!ticket->has_code || ticket_code_is(ticket, tenant, code)) {
        return true;
    }
    ticket_fail(rq, ticket);
    rq->keeps_writes = true;
    return false;
}

/* Counted even if others are counted at the same time: none of them runs again for it. */
void
ticket_fail(struct rq *rq, const struct ticket *ticket)
{
    rq_write(
        rq, TICKET_FAIL, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&ticket->tenant_id), DB_ID(&ticket->id)));
}

void
ticket_use(struct rq *rq, const struct ticket *ticket)
{
    rq_write(rq, TICKET_USE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&ticket->tenant_id), DB_ID(&ticket->id), DB_I64(ticket->attempts),
            DB_I64(ticket->step), DB_I64(rq->now)));
}

enum err
ticket_change(struct rq *rq, const struct tenant *tenant, const struct ticket *ticket, str detail,
    const struct secure_generator *code, str *ret_code)
{
    bytes sealed, stored = ticket->code;
    struct digest digest;
    str text = NO_STR;
    enum err e = seal_detail(rq, tenant, ticket->user_id, ticket->id, detail, &sealed);

    if (e != ERR_OK) {
        return e;
    }
    if (code != NULL) {
        text = ticket_draw(rq, code);
        digest = ticket_text_code(tenant, ticket->id, text);
        stored = digest_bytes(&digest);
    }
    rq_write(rq, TICKET_CHANGE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&ticket->id), DB_BYTES(stored), DB_BYTES(sealed),
            DB_I64(ticket->step), DB_I64(rq->now)));
    if (arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    if (ret_code != NULL) {
        *ret_code = text;
    }
    return ERR_OK;
}

void
ticket_forget_user_kind(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, enum ticket_kind kind)
{
    rq_write(rq, TICKET_FORGET_USER_KIND, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_I64(kind)));
}

void
ticket_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(
        rq, TICKET_FORGET_USER, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}

enum err
ticket_sweep(struct rq *rq, size_t max, size_t *ret_count)
{
    const struct db_value bound = DB_I64(rq->now);
    const struct job_rows rows = {TICKET_OVERDUE, TICKET_SWEEP, &bound, 1};

    return job_sweep(rq, &rows, max, ret_count);
}
