/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of the event log. A message may hold an address that a mail server quoted: it is sealed. */
#include "model/eventlog/eventlog.h"

#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

enum column { SEQ, TENANT, ID, INSERTED, TYPE, MESSAGE };

static struct seal_place
message_place(struct uuid tenant_id, struct uuid id)
{
    return (struct seal_place){"event_log", "message", tenant_id, id};
}

enum err
eventlog_add(struct rq *rq, const struct tenant *tenant, enum eventlog_type type, str message)
{
    struct uuid id = rq_new_id(rq);
    bytes sealed = seal_put(rq, &tenant->key, message_place(tenant->id, id),
        str_bytes(str_head(message, EVENTLOG_MAX_BYTES)));

    if (sealed.n == 0) {
        return FAIL_SERVER(rq);
    }
    rq_write(rq, EVENTLOG_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&id), DB_I64(rq->now), DB_I64(type), DB_BYTES(sealed)));
    rq_count(rq, (enum rq_count)(RQ_EVENT_INFORMATION + (int)type));
    return ERR_OK;
}

static enum err
entry_from_row(struct rq *rq, const struct db_row *row, struct eventlog_entry *ret)
{
    struct uuid id = uuid_from(db_bytes(row, ID));
    const struct tenant *tenant;
    bytes plain = {NULL, 0};
    enum err e;

    *ret = (struct eventlog_entry){.seq = db_i64(row, SEQ),
        .tenant_id = uuid_from(db_bytes(row, TENANT)),
        .insert_instant = db_i64(row, INSERTED),
        .type = (enum eventlog_type)db_i64(row, TYPE)};
    e = tenant_load(rq, ret->tenant_id, &tenant);
    if (e == ERR_OK && tenant != NULL) {
        e = seal_get(
            rq, &tenant->key, message_place(tenant->id, id), db_bytes(row, MESSAGE), &plain);
    }
    ret->message = bytes_str(plain);
    return e;
}

enum err
eventlog_load(struct rq *rq, int64_t seq, struct eventlog_entry **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, EVENTLOG_BY_SEQ, &row, DB_VALUES(DB_I64(seq)));

    *ret = NULL;
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    *ret = ARENA_NEW(rq->arena, struct eventlog_entry);
    return *ret ? entry_from_row(rq, row, *ret) : FAIL_SERVER(rq);
}

enum err
eventlog_list(struct rq *rq, struct uuid tenant_id, int64_t before, size_t max,
    struct eventlog_entry **ret, size_t *ret_count)
{
    struct eventlog_entry *list = ARENA_ARRAY(rq->arena, MAX(max, 1), struct eventlog_entry);
    bool is_of_tenant = !uuid_is_nil(tenant_id);
    const struct db_value values[] = {DB_I64(before), DB_I64((int64_t)max), DB_ID(&tenant_id)};
    struct db_row *rows;
    enum err e = rq_read_all(rq, is_of_tenant ? EVENTLOG_BEFORE_OF_TENANT : EVENTLOG_BEFORE, max,
        &rows, values, COUNT(values) - !is_of_tenant);

    *ret_count = 0;
    *ret = list;
    if (e != ERR_OK || list == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (; e == ERR_OK && rows != NULL; rows = rows->next) {
        e = entry_from_row(rq, rows, &list[(*ret_count)++]);
    }
    return e;
}

enum err
eventlog_sweep(struct rq *rq, size_t max, size_t *ret_count)
{
    const struct system *settings;
    struct db_row *rows = NULL;
    enum err e = system_load(rq, &settings);

    if (e == ERR_OK) {
        e = rq_read_all(rq, EVENTLOG_BEYOND, max, &rows,
            DB_VALUES(DB_I64(INT64_MAX), DB_I64((int64_t)max), DB_I64(settings->event_log.number)));
    }
    *ret_count = 0;
    for (; e == ERR_OK && rows != NULL; rows = rows->next) {
        rq_write(rq, EVENTLOG_REMOVE, DB_ANY, ERR_OK, DB_VALUES(DB_I64(db_i64(rows, 0))));
        ++*ret_count;
    }
    return e;
}
