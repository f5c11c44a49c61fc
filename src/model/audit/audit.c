/* SPDX-License-Identifier: Apache-2.0 */
/* Entries: added with their events, found by number, time and tenant. */
#include "model/audit/audit_internal.h"

#include "model/job/job.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

static const bytes nothing;
enum column { SEQ, TENANT, EVENT, USER, EVENT_ROW_AT };

void
audit_add(struct rq *rq, const struct tenant *tenant, const struct event_row *event)
{
    struct digest content = audit_content(tenant, event);

    rq_write(rq, AUDIT_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&event->id), DB_ID(&event->user_id),
            DB_BYTES(digest_bytes(&content)), DB_BYTES(nothing)));
}

static struct audit_entry
entry_from_row(const struct db_row *row)
{
    struct audit_entry entry = {.seq = db_i64(row, SEQ),
        .tenant_id = uuid_from(db_bytes(row, TENANT)),
        .event_id = uuid_from(db_bytes(row, EVENT)),
        .user_id = uuid_from(db_bytes(row, USER)),
        .is_gone = db_is_null(row, EVENT_ROW_AT)};

    entry.event = event_row(row, EVENT_ROW_AT);
    return entry;
}

enum err
audit_load(struct rq *rq, int64_t seq, struct audit_entry **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, AUDIT_BY_SEQ, &row, DB_VALUES(DB_I64(seq)));

    *ret = NULL;
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    *ret = ARENA_NEW(rq->arena, struct audit_entry);
    if (*ret == NULL) {
        return FAIL_SERVER(rq);
    }
    **ret = entry_from_row(row);
    return ERR_OK;
}

struct range {
    struct uuid first, end;
};

/* The least id that is greater. */
static struct uuid
next_id(struct uuid id)
{
    for (size_t i = sizeof id.b; i > 0 && ++id.b[i - 1] == 0; i--) {
    }
    return id;
}

static struct range
range_of(struct rq *rq, const struct audit_which *which)
{
    struct range range = {
        job_first_id(which->start), job_first_id(which->end ? which->end : rq->now + DAY_MS)};

    if (!uuid_is_nil(which->after)) {
        *(which->is_oldest_first ? &range.first : &range.end) =
            which->is_oldest_first ? next_id(which->after) : which->after;
    }
    return range;
}

enum err
audit_list(struct rq *rq, const struct audit_which *which, size_t max, struct audit_entry **ret,
    size_t *ret_count)
{
    static const int statements_of[2][2] = {
        {AUDIT_NEWEST, AUDIT_OLDEST}, {AUDIT_NEWEST_OF_TENANT, AUDIT_OLDEST_OF_TENANT}};
    struct audit_entry *list = ARENA_ARRAY(rq->arena, MAX(max, 1), struct audit_entry);
    struct range range = range_of(rq, which);
    bool is_of_tenant = !uuid_is_nil(which->tenant_id);
    const struct db_value values[] = {DB_ID(&range.first), DB_ID(&range.end), DB_I64((int64_t)max),
        DB_I64(which->offset), DB_ID(&which->tenant_id)};
    struct db_row *rows = NULL;
    enum err e = ERR_OK;

    *ret_count = 0;
    *ret = list;
    if (max > 0) {
        e = rq_read_all(rq, statements_of[is_of_tenant][which->is_oldest_first], max, &rows, values,
            COUNT(values) - !is_of_tenant);
    }
    if (e != ERR_OK || list == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (; rows != NULL; rows = rows->next) {
        list[(*ret_count)++] = entry_from_row(rows);
    }
    return ERR_OK;
}

enum err
audit_count(struct rq *rq, const struct audit_which *which, int64_t max, int64_t *ret)
{
    struct range range = range_of(rq, which);
    bool is_of_tenant = !uuid_is_nil(which->tenant_id);
    const struct db_value values[] = {
        DB_ID(&range.first), DB_ID(&range.end), DB_I64(max), DB_ID(&which->tenant_id)};
    struct db_row *row;
    enum err e = rq_read(rq, is_of_tenant ? AUDIT_COUNT_OF_TENANT : AUDIT_COUNT, &row, values,
        COUNT(values) - !is_of_tenant);

    *ret = e == ERR_OK && row != NULL ? db_i64(row, 0) : 0;
    return e;
}

void
audit_forget_head(struct rq *rq, const struct tenant *tenant)
{
    rq_write(rq, AUDIT_HEAD_FORGET_TENANT, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id)));
}
