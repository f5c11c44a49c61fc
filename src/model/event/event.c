/* SPDX-License-Identifier: Apache-2.0 */
/* Events, in the write set of what they tell of: no change without its event, no event without its
 * change. The detail is the person's; kind, ids and instant are in clear. */
#include "model/event/event.h"

#include "model/apikey/apikey.h"
#include "model/job/job.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user_sealed.h"

enum column { ID, KIND, USER, APPLICATION, ACTOR, INSERTED, DETAIL };

static struct seal_place
detail_place(const struct tenant *tenant, struct uuid id)
{
    return (struct seal_place){"event", "detail", tenant->id, id};
}

static enum err
seal_detail(struct rq *rq, const struct tenant *tenant, const struct event *event, struct uuid id,
    bytes *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool found = false;
    enum err e = ERR_OK;

    *ret = (bytes){NULL, 0};
    if (event->detail.n) {
        e = user_key(rq, tenant, event->user_id, &key, &found);
    }
    if (e != ERR_OK || !found) {
        return e;
    }
    *ret = seal_put(rq, &key, detail_place(tenant, id), str_bytes(event->detail));
    return ret->n ? ERR_OK : FAIL_SERVER(rq);
}

enum err
event_add(struct rq *rq, const struct tenant *tenant, const struct event *event)
{
    struct uuid id = rq_new_id(rq);
    struct uuid actor = rq->api_key != NULL ? rq->api_key->id : event->user_id;
    bytes detail;
    enum err e = seal_detail(rq, tenant, event, id, &detail);

    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, EVENT_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&id), DB_STR(str_from(event->kind)),
            DB_ID(&event->user_id), DB_ID(&event->application_id), DB_ID(&actor), DB_I64(rq->now),
            DB_BYTES(detail)));
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

static enum err
record_from_row(
    struct rq *rq, const struct tenant *tenant, const struct db_row *row, struct event_record *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bytes sealed = db_bytes(row, DETAIL), plain = {NULL, 0};
    bool found = false;
    enum err e = ERR_OK;

    *ret = (struct event_record){.id = uuid_from(db_bytes(row, ID)),
        .kind = db_str(row, KIND),
        .user_id = uuid_from(db_bytes(row, USER)),
        .application_id = uuid_from(db_bytes(row, APPLICATION)),
        .actor = uuid_from(db_bytes(row, ACTOR)),
        .insert_instant = db_i64(row, INSERTED)};
    if (sealed.n) {
        e = user_key(rq, tenant, ret->user_id, &key, &found);
    }
    if (e == ERR_OK && found) {
        e = seal_get(rq, &key, detail_place(tenant, ret->id), sealed, &plain);
    }
    ret->detail = bytes_str(plain);
    return e;
}

enum err
event_list(struct rq *rq, const struct tenant *tenant, struct uuid before, size_t max,
    struct event_record **ret, size_t *ret_count)
{
    struct event_record *records;
    struct db_row *rows;
    size_t count = 0;
    enum err e;

    if (uuid_is_nil(before)) {
        memset(before.b, 0xff, sizeof before.b);
    }
    e = rq_read_all(rq, EVENT_BY_TENANT, max, &rows, DB_VALUES(DB_ID(&tenant->id), DB_ID(&before)));
    if (e != ERR_OK) {
        return e;
    }
    records = ARENA_ARRAY(rq->arena, max, struct event_record);
    if (records == NULL) {
        return FAIL_SERVER(rq);
    }
    for (const struct db_row *row = rows; row != NULL; row = row->next) {
        e = record_from_row(rq, tenant, row, &records[count++]);
        if (e != ERR_OK) {
            return e;
        }
    }
    *ret = records;
    *ret_count = count;
    return ERR_OK;
}

void
event_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(rq, EVENT_FORGET_USER, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}

void
event_forget_tenant(struct rq *rq, const struct tenant *tenant)
{
    rq_write(rq, EVENT_FORGET_TENANT, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id)));
}

enum err
event_sweep(struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count)
{
    const struct uuid first = job_first_id(before_ms);
    const struct db_value bound = DB_ID(&first);
    const struct job_rows rows = {EVENT_BEFORE, EVENT_SWEEP, &bound, 1};

    return job_sweep(rq, &rows, max, ret_count);
}
