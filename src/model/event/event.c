/* SPDX-License-Identifier: Apache-2.0 */
/* Events, in the write set of what they tell of: no change without its event, no event without its
 * change. The detail is the person's; kind, ids and instant are in clear. */
#include "model/event/event.h"

#include "model/apikey/apikey.h"
#include "model/attempt/attempt.h"
#include "model/audit/audit.h"
#include "model/job/job.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tally/tally.h"
#include "model/tenant/tenant.h"
#include "model/user/user_sealed.h"

static struct seal_place
detail_place(const struct tenant *tenant, struct uuid id)
{
    return (struct seal_place){"event", "detail", tenant->id, id};
}

static enum err
seal_detail(struct rq *rq, const struct tenant *tenant, struct event_row *row, str detail)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool found = false;
    enum err e = ERR_OK;

    row->sealed = (bytes){NULL, 0};
    if (detail.n) {
        e = user_key(rq, tenant, row->user_id, &key, &found);
    }
    if (e != ERR_OK || !found) {
        return e;
    }
    row->sealed = seal_put(rq, &key, detail_place(tenant, row->id), str_bytes(detail));
    return row->sealed.n ? ERR_OK : FAIL_SERVER(rq);
}

enum err
event_add_sealed(struct rq *rq, const struct tenant *tenant, const struct event_row *row)
{
    enum err e = ERR_OK;

    rq_write(rq, EVENT_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&row->id), DB_STR(row->kind), DB_ID(&row->user_id),
            DB_ID(&row->application_id), DB_ID(&row->actor), DB_I64(row->insert_instant),
            DB_BYTES(row->sealed), DB_I64(row->stream)));
    if (row->stream == EVENT_AUDIT) {
        audit_add(rq, tenant, row);
    } else if (row->stream == EVENT_LOGIN) {
        rq_count(rq, RQ_SIGN_IN);
        e = tally_login(rq, tenant, row->user_id, row->application_id);
    }
    return e ? e : arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

enum err
event_add_row(struct rq *rq, const struct tenant *tenant, struct event_row *row, str detail)
{
    enum err e = seal_detail(rq, tenant, row, detail);

    return e ? e : event_add_sealed(rq, tenant, row);
}

enum err
event_add(struct rq *rq, const struct tenant *tenant, const struct event *event)
{
    str kind = str_from(event->kind);
    struct event_row row = {.tenant_id = tenant->id,
        .id = rq_new_id(rq),
        .user_id = event->user_id,
        .application_id = event->application_id,
        .actor = rq->api_key != NULL ? rq->api_key->id : event->user_id,
        .kind = kind,
        .insert_instant = rq->now,
        .stream = str_eq(kind, S("user.login.success")) ? EVENT_LOGIN : EVENT_AUDIT};

    return event_add_row(rq, tenant, &row, event->detail);
}

struct event_row
event_row(const struct db_row *row, size_t column)
{
    enum { TENANT, ID, KIND, USER, APPLICATION, ACTOR, INSERTED, STREAM, DETAIL };

    return (struct event_row){.tenant_id = uuid_from(db_bytes(row, column + TENANT)),
        .id = uuid_from(db_bytes(row, column + ID)),
        .kind = db_str(row, column + KIND),
        .user_id = uuid_from(db_bytes(row, column + USER)),
        .application_id = uuid_from(db_bytes(row, column + APPLICATION)),
        .actor = uuid_from(db_bytes(row, column + ACTOR)),
        .insert_instant = db_i64(row, column + INSERTED),
        .stream = (int)db_i64(row, column + STREAM),
        .sealed = db_bytes(row, column + DETAIL)};
}

enum err
event_open(struct rq *rq, const struct tenant *tenant, const struct event_row *row,
    struct event_record *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bytes plain = {NULL, 0};
    bool found = false;
    enum err e = ERR_OK;

    *ret = (struct event_record){.tenant_id = row->tenant_id,
        .id = row->id,
        .kind = row->kind,
        .user_id = row->user_id,
        .application_id = row->application_id,
        .actor = row->actor,
        .insert_instant = row->insert_instant,
        .stream = row->stream};
    if (row->stream == EVENT_LOGIN_FAILED) {
        return attempt_open(rq, tenant, row, &ret->detail);
    }
    if (row->sealed.n) {
        e = user_key(rq, tenant, row->user_id, &key, &found);
    }
    if (e == ERR_OK && found) {
        e = seal_get(rq, &key, detail_place(tenant, row->id), row->sealed, &plain);
    }
    ret->detail = bytes_str(plain);
    return e;
}

enum err
event_list(struct rq *rq, const struct tenant *tenant, struct uuid before, size_t max,
    struct event_record **ret, size_t *ret_count)
{
    struct event_record *records = ARENA_ARRAY(rq->arena, MAX(max, 1), struct event_record);
    struct db_row *rows;
    size_t count = 0;
    enum err e;

    if (uuid_is_nil(before)) {
        memset(before.b, 0xff, sizeof before.b);
    }
    e = rq_read_all(rq, EVENT_BY_TENANT, max, &rows, DB_VALUES(DB_ID(&tenant->id), DB_ID(&before)));
    if (e != ERR_OK || records == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (const struct db_row *row = rows; e == ERR_OK && row != NULL; row = row->next) {
        struct event_row stored = event_row(row, 0);
        e = event_open(rq, tenant, &stored, &records[count++]);
    }
    *ret = records;
    *ret_count = count;
    return e;
}

void
event_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(rq, EVENT_FORGET_USER, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}

static enum err
sweep(struct rq *rq, int find, int64_t before_ms, size_t max, size_t *ret_count)
{
    const struct uuid first = job_first_id(before_ms);
    const struct db_value bound = DB_ID(&first);
    const struct job_rows rows = {find, EVENT_SWEEP, &bound, 1};

    return job_sweep(rq, &rows, max, ret_count);
}

enum err
event_sweep(struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count)
{
    return sweep(rq, EVENT_BEFORE, before_ms, max, ret_count);
}

enum err
event_sweep_logins(struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count)
{
    return sweep(rq, EVENT_LOGINS_BEFORE, before_ms, max, ret_count);
}

void
event_end(struct rq *rq, struct uuid tenant_id, struct uuid id)
{
    rq_write(rq, EVENT_END, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant_id), DB_ID(&id)));
}
