/* SPDX-License-Identifier: Apache-2.0 */
/* Finding tickets: by their text, their user or their id. What is over is not found, so that nobody learns whether it
 * was there. */
#include "model/bearer/bearer.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/ticket/ticket_internal.h"
#include "model/user/user_sealed.h"

enum column {
    ID,
    KIND,
    USER,
    APPLICATION,
    DIGEST,
    CODE,
    INSERTED,
    EXPIRES,
    ATTEMPTS,
    MAX_ATTEMPTS,
    STEP,
    DETAIL,
};

static void
take_columns(const struct tenant *tenant, const struct db_row *row, struct ticket *ticket)
{
    ticket->tenant_id = tenant->id;
    ticket->id = uuid_from(db_bytes(row, ID));
    ticket->kind = (enum ticket_kind)db_i64(row, KIND);
    ticket->user_id = uuid_from(db_bytes(row, USER));
    ticket->application_id = uuid_from(db_bytes(row, APPLICATION));
    ticket->code = db_bytes(row, CODE);
    ticket->has_code = ticket->code.n > 0;
    ticket->insert_instant = db_i64(row, INSERTED);
    ticket->expires_at = db_i64(row, EXPIRES);
    ticket->attempts = db_i64(row, ATTEMPTS);
    ticket->max_attempts = db_i64(row, MAX_ATTEMPTS);
    ticket->step = db_i64(row, STEP);
}

static enum err
open_detail(struct rq *rq, const struct tenant *tenant, const struct key32 *key,
    const struct db_row *row, struct ticket *ticket)
{
    bytes plain, sealed = db_bytes(row, DETAIL);
    enum err e;

    ticket->detail = NULL;
    if (sealed.n == 0) {
        return ERR_OK;
    }
    e = seal_get(rq, key, ticket_place(tenant, ticket->id), sealed, &plain);
    if (e == ERR_OK && !json_parse(rq->arena, bytes_str(plain), &ticket->detail, NULL)) {
        e = FAIL_SERVER(rq);
    }
    return e;
}

/* A row whose person was erased is nobody's. */
static enum err
ticket_from_row(
    struct rq *rq, const struct tenant *tenant, const struct db_row *row, struct ticket **ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct ticket *ticket = ARENA_NEW(rq->arena, struct ticket);
    bool found;
    enum err e;

    if (ticket == NULL) {
        return FAIL_SERVER(rq);
    }
    take_columns(tenant, row, ticket);
    e = user_key(rq, tenant, ticket->user_id, &key, &found);
    if (e != ERR_OK || !found) {
        return e;
    }
    e = open_detail(rq, tenant, &key, row, ticket);
    if (e == ERR_OK) {
        *ret = ticket;
    }
    return e;
}

static enum err
find_long(struct rq *rq, const struct tenant *tenant, enum ticket_kind kind, struct uuid id,
    const struct digest *digest, struct ticket **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, TICKET_BY_ID, &row,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&id), DB_I64(kind), DB_I64(rq->now)));

    if (e != ERR_OK || row == NULL || !bearer_is(digest, db_bytes(row, DIGEST))) {
        return e;
    }
    return ticket_from_row(rq, tenant, row, ret);
}

static enum err
find_short(struct rq *rq, const struct tenant *tenant, enum ticket_kind kind, str text,
    struct ticket **ret)
{
    struct digest lookup = ticket_text_lookup(tenant, kind, text);
    struct db_row *row;
    enum err e = rq_read(rq, TICKET_BY_LOOKUP, &row,
        DB_VALUES(
            DB_ID(&tenant->id), DB_BYTES(digest_bytes(&lookup)), DB_I64(kind), DB_I64(rq->now)));

    return e != ERR_OK || row == NULL ? e : ticket_from_row(rq, tenant, row, ret);
}

enum err
ticket_find(struct rq *rq, const struct tenant *tenant, enum ticket_kind kind, str text,
    struct ticket **ret)
{
    struct digest digest;
    struct uuid id;
    enum err e = ERR_OK;

    *ret = NULL;
    if (bearer_read(rq, text, &id, &digest)) {
        e = find_long(rq, tenant, kind, id, &digest, ret);
    }
    if (arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    if (e != ERR_OK || *ret != NULL) {
        return e;
    }
    return !ticket_text_ok(text) ? ERR_OK : find_short(rq, tenant, kind, text, ret);
}

enum err
ticket_find_of_user(struct rq *rq, const struct tenant *tenant, enum ticket_kind kind,
    struct uuid user_id, struct ticket **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, TICKET_BY_USER, &row,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_I64(kind), DB_I64(rq->now)));

    *ret = NULL;
    return e != ERR_OK || row == NULL ? e : ticket_from_row(rq, tenant, row, ret);
}

enum err
ticket_find_by_id(struct rq *rq, const struct tenant *tenant, enum ticket_kind kind, struct uuid id,
    struct ticket **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, TICKET_BY_ID, &row,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&id), DB_I64(kind), DB_I64(rq->now)));

    *ret = NULL;
    return e != ERR_OK || row == NULL ? e : ticket_from_row(rq, tenant, row, ret);
}

enum err
ticket_count_since(struct rq *rq, const struct tenant *tenant, enum ticket_kind kind,
    struct uuid user_id, int64_t since_ms, int64_t *ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, TICKET_COUNT_SINCE, &row,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_I64(kind), DB_I64(since_ms)));

    *ret = e == ERR_OK && row != NULL ? db_i64(row, 0) : 0;
    return e;
}

enum err
ticket_tenants(struct rq *rq, str text, size_t max, struct uuid **ret, size_t *ret_count)
{
    struct db_row *rows;
    struct digest digest;
    struct uuid id;
    enum err e;

    *ret_count = 0;
    *ret = NULL;
    if (!bearer_read(rq, text, &id, &digest)) {
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
    }
    e = rq_read_all(rq, TICKET_TENANTS, max, &rows, DB_VALUES(DB_ID(&id), DB_I64((int64_t)max)));
    return e != ERR_OK ? e : rq_ids(rq, rows, ret, ret_count);
}
