/* SPDX-License-Identifier: Apache-2.0 */
/* Webhook events and attempts: written by who sends, read by the API. */
#include "model/webhooklog/webhooklog.h"

#include "model/job/job.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user_sealed.h"

enum { MAX_ATTEMPTS = 100 };
enum event_column {
    E_TENANT,
    E_ID,
    E_USER,
    E_LINKED,
    E_KIND,
    E_RESULT,
    E_INSERTED,
    E_UPDATED,
    E_TRIED,
    E_FAILED,
    E_SUCCEEDED,
    E_DETAIL
};
enum attempt_column {
    A_TENANT,
    A_EVENT,
    A_ID,
    A_USER,
    A_WEBHOOK,
    A_RESULT,
    A_START,
    A_END,
    A_DETAIL
};

static struct seal_place
place_of(const char *table, struct uuid tenant_id, struct uuid id)
{
    return (struct seal_place){table, "detail", tenant_id, id};
}

/* Empty for a person whose key is gone. */
static enum err
seal_detail(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    struct seal_place place, str detail, bytes *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool found;
    enum err e = user_key(rq, tenant, user_id, &key, &found);

    *ret = (bytes){NULL, 0};
    if (e != ERR_OK || !found) {
        return e;
    }
    *ret = seal_put(rq, &key, place, str_bytes(detail));
    return ret->n ? ERR_OK : FAIL_SERVER(rq);
}

/* What is sealed in a row: whose it is, and where it stands. */
static enum err
open_detail(struct rq *rq, struct seal_place place, struct uuid user_id, bytes sealed, str *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    const struct tenant *tenant;
    bytes plain = {NULL, 0};
    bool found = false;
    enum err e = tenant_load(rq, place.tenant_id, &tenant);

    if (e == ERR_OK && tenant != NULL && sealed.n) {
        e = user_key(rq, tenant, user_id, &key, &found);
    }
    if (e == ERR_OK && found) {
        e = seal_get(rq, &key, place, sealed, &plain);
    }
    *ret = bytes_str(plain);
    return e;
}

enum err
webhooklog_add(struct rq *rq, const struct tenant *tenant, struct webhooklog_event *event)
{
    bytes detail;
    enum err e;

    if (uuid_is_nil(event->id)) {
        event->id = rq_new_id(rq);
    }
    e = seal_detail(rq, tenant, event->user_id, place_of("webhook_event", tenant->id, event->id),
        event->event, &detail);
    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, WEBHOOK_EVENT_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&event->id), DB_ID(&event->user_id),
            DB_ID(&event->linked_id), DB_STR(event->kind), DB_I64(event->result), DB_I64(rq->now),
            DB_BYTES(detail)));
    return ERR_OK;
}

/* The event first: an attempt must not be left behind by an event that is forgotten now. */
enum err
webhooklog_add_attempt(struct rq *rq, const struct tenant *tenant,
    struct webhooklog_attempt *attempt, enum webhooklog_result result)
{
    bool is_good = attempt->outcome == WEBHOOKLOG_SUCCESS;
    bytes detail;
    enum err e;

    attempt->id = rq_new_id(rq);
    e = seal_detail(rq, tenant, attempt->user_id,
        place_of("webhook_attempt", tenant->id, attempt->id), attempt->response, &detail);
    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, WEBHOOK_EVENT_NOTE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&attempt->event_id), DB_I64(result), DB_I64(rq->now),
            DB_I64(!is_good), DB_I64(is_good)));
    rq_write(rq, WEBHOOK_ATTEMPT_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&attempt->event_id), DB_ID(&attempt->id),
            DB_ID(&attempt->user_id), DB_ID(&attempt->webhook_id), DB_I64(attempt->outcome),
            DB_I64(attempt->start_instant), DB_I64(attempt->end_instant), DB_BYTES(detail)));
    return ERR_OK;
}

static enum err
event_from_row(struct rq *rq, const struct db_row *row, struct webhooklog_event *ret)
{
    *ret = (struct webhooklog_event){.tenant_id = uuid_from(db_bytes(row, E_TENANT)),
        .id = uuid_from(db_bytes(row, E_ID)),
        .user_id = uuid_from(db_bytes(row, E_USER)),
        .linked_id = uuid_from(db_bytes(row, E_LINKED)),
        .kind = db_str(row, E_KIND),
        .result = (int)db_i64(row, E_RESULT),
        .insert_instant = db_i64(row, E_INSERTED),
        .last_update_instant = db_i64(row, E_UPDATED),
        .last_attempt_instant = db_i64(row, E_TRIED),
        .failed = db_i64(row, E_FAILED),
        .succeeded = db_i64(row, E_SUCCEEDED)};
    return open_detail(rq, place_of("webhook_event", ret->tenant_id, ret->id), ret->user_id,
        db_bytes(row, E_DETAIL), &ret->event);
}

static enum err
attempt_from_row(struct rq *rq, const struct db_row *row, struct webhooklog_attempt *ret)
{
    *ret = (struct webhooklog_attempt){.tenant_id = uuid_from(db_bytes(row, A_TENANT)),
        .event_id = uuid_from(db_bytes(row, A_EVENT)),
        .id = uuid_from(db_bytes(row, A_ID)),
        .user_id = uuid_from(db_bytes(row, A_USER)),
        .webhook_id = uuid_from(db_bytes(row, A_WEBHOOK)),
        .outcome = (int)db_i64(row, A_RESULT),
        .start_instant = db_i64(row, A_START),
        .end_instant = db_i64(row, A_END)};
    return open_detail(rq, place_of("webhook_attempt", ret->tenant_id, ret->id), ret->user_id,
        db_bytes(row, A_DETAIL), &ret->response);
}

enum err
webhooklog_load(struct rq *rq, struct uuid id, struct webhooklog_event **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, WEBHOOK_EVENT_BY_ID, &row, DB_VALUES(DB_ID(&id)));

    *ret = NULL;
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    *ret = ARENA_NEW(rq->arena, struct webhooklog_event);
    return *ret ? event_from_row(rq, row, *ret) : FAIL_SERVER(rq);
}

enum err
webhooklog_load_attempt(struct rq *rq, struct uuid id, struct webhooklog_attempt **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, WEBHOOK_ATTEMPT_BY_ID, &row, DB_VALUES(DB_ID(&id)));

    *ret = NULL;
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    *ret = ARENA_NEW(rq->arena, struct webhooklog_attempt);
    return *ret ? attempt_from_row(rq, row, *ret) : FAIL_SERVER(rq);
}

enum err
webhooklog_attempts(struct rq *rq, const struct webhooklog_event *event,
    struct webhooklog_attempt **ret, size_t *ret_count)
{
    struct webhooklog_attempt *list =
        ARENA_ARRAY(rq->arena, MAX_ATTEMPTS, struct webhooklog_attempt);
    struct db_row *rows;
    enum err e = rq_read_all(rq, WEBHOOK_ATTEMPTS, MAX_ATTEMPTS, &rows,
        DB_VALUES(DB_ID(&event->tenant_id), DB_ID(&event->id), DB_I64(MAX_ATTEMPTS)));

    *ret = list;
    *ret_count = 0;
    if (e != ERR_OK || list == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (; e == ERR_OK && rows != NULL; rows = rows->next) {
        e = attempt_from_row(rq, rows, &list[(*ret_count)++]);
    }
    return e;
}

enum err
webhooklog_list(struct rq *rq, const struct webhooklog_which *which, size_t max,
    struct webhooklog_event **ret, size_t *ret_count)
{
    struct webhooklog_event *list = ARENA_ARRAY(rq->arena, MAX(max, 1), struct webhooklog_event);
    struct uuid first = job_first_id(which->start), before = which->before;
    bool is_of_tenant = !uuid_is_nil(which->tenant_id);
    const struct db_value values[] = {
        DB_ID(&first), DB_ID(&before), DB_I64((int64_t)max), DB_ID(&which->tenant_id)};
    struct db_row *rows;
    enum err e;

    if (uuid_is_nil(before)) {
        memset(before.b, 0xff, sizeof before.b);
    }
    e = rq_read_all(rq, is_of_tenant ? WEBHOOK_EVENTS_OF_TENANT : WEBHOOK_EVENTS, max, &rows,
        values, COUNT(values) - !is_of_tenant);
    *ret = list;
    *ret_count = 0;
    if (e != ERR_OK || list == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (; e == ERR_OK && rows != NULL; rows = rows->next) {
        e = event_from_row(rq, rows, &list[(*ret_count)++]);
    }
    return e;
}

enum err
webhooklog_sweep(struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count)
{
    struct uuid bound = job_first_id(before_ms);
    struct db_row *rows;
    enum err e = rq_read_all(
        rq, WEBHOOK_EVENTS_OVER, max, &rows, DB_VALUES(DB_ID(&bound), DB_I64((int64_t)max)));

    *ret_count = 0;
    for (; e == ERR_OK && rows != NULL; rows = rows->next) {
        rq_write(rq, WEBHOOK_EVENT_SWEEP, DB_ANY, ERR_OK, rows->col, 2);
        rq_write(rq, WEBHOOK_ATTEMPT_SWEEP, DB_ANY, ERR_OK, rows->col, 2);
        ++*ret_count;
    }
    return e;
}

void
webhooklog_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(rq, WEBHOOK_EVENT_FORGET_USER, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
    rq_write(rq, WEBHOOK_ATTEMPT_FORGET_USER, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}
