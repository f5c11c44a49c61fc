/* SPDX-License-Identifier: Apache-2.0 */
/* Reading what was counted. Counters are read before what waits to be added: what is added up between the
 * two is missed for a moment, never counted twice. */
#include "model/tally/tally.h"

#include "base/clock.h"
#include "codec/calendar.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

enum { MAX_INTERVALS = 100000, MAX_WAITING = 20000, MAX_TOTALS = 50000 };

int64_t
tally_month(int64_t instant)
{
    struct calendar_date date = calendar_date(instant / DAY_MS);

    return (int64_t)(date.year - 1970) * 12 + date.month - 1;
}

static enum err
take_counts(struct rq *rq, const struct db_row *rows, size_t room, struct tally_count **ret,
    size_t *ret_count)
{
    struct tally_count *counts = ARENA_ARRAY(rq->arena, MAX(room, 1), struct tally_count);

    *ret = counts;
    *ret_count = 0;
    if (counts == NULL) {
        return FAIL_SERVER(rq);
    }
    for (; rows != NULL; rows = rows->next) {
        counts[(*ret_count)++] = (struct tally_count){db_i64(rows, 0), db_i64(rows, 1)};
    }
    return ERR_OK;
}

static void
add_count(struct tally_count *counts, size_t *count, int64_t interval, int64_t n)
{
    size_t at = *count;

    while (at > 0 && counts[at - 1].interval > interval) {
        at--;
    }
    if (at > 0 && counts[at - 1].interval == interval) {
        counts[at - 1].count += n;
        return;
    }
    memmove(counts + at + 1, counts + at, (*count - at) * sizeof *counts);
    counts[at] = (struct tally_count){interval, n};
    ++*count;
}

/* What was counted but not added up yet. */
static enum err
read_waiting(struct rq *rq, const struct tenant *tenant, struct db_row **ret)
{
    const struct uuid first = {{0}};

    return rq_read_all(rq, TALLY_WAITING, MAX_WAITING, ret,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&first), DB_I64(MAX_WAITING)));
}

enum err
tally_hours(struct rq *rq, const struct tally_question *q, enum tally_kind kind,
    struct tally_count **ret, size_t *ret_count)
{
    struct db_row *rows, *waiting = NULL;
    enum err e = rq_read_all(rq, COUNTER_HOURS, MAX_INTERVALS, &rows,
        DB_VALUES(DB_ID(&q->tenant->id), DB_ID(&q->application_id), DB_I64(kind),
            DB_I64(MAX(q->start, 1)), DB_I64(q->end)));

    e = e ? e : read_waiting(rq, q->tenant, &waiting);
    e = e ? e : take_counts(rq, rows, db_row_count(rows) + db_row_count(waiting), ret, ret_count);
    for (; e == ERR_OK && waiting != NULL; waiting = waiting->next) {
        struct uuid of = uuid_from(db_bytes(waiting, 0));
        int64_t hour = db_i64(waiting, 2);

        if (db_i64(waiting, 1) == (int64_t)kind && hour >= q->start && hour < q->end
            && (uuid_is_nil(q->application_id) || uuid_eq(of, q->application_id))) {
            add_count(*ret, ret_count, hour, db_i64(waiting, 3));
        }
    }
    return e;
}

enum err
tally_people(struct rq *rq, const struct tally_question *q, enum tally_period period,
    struct tally_count **ret, size_t *ret_count)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, ACTIVE_COUNTS, MAX_INTERVALS, &rows,
        DB_VALUES(DB_ID(&q->tenant->id), DB_ID(&q->application_id), DB_I64(period),
            DB_I64(q->start), DB_I64(q->end)));

    return e ? e : take_counts(rq, rows, db_row_count(rows), ret, ret_count);
}

static void
add_total(
    struct tally_total *totals, size_t *count, struct uuid application_id, int64_t kind, int64_t n)
{
    size_t i = *count;

    while (i > 0 && !uuid_eq(totals[i - 1].application_id, application_id)) {
        i--;
    }
    if (i == 0) {
        totals[*count] = (struct tally_total){.application_id = application_id};
        i = ++*count;
    }
    if (kind >= 0 && kind < TALLY_KINDS) {
        totals[i - 1].n[kind] += n;
    }
}

enum err
tally_totals(
    struct rq *rq, const struct tenant *tenant, struct tally_total **ret, size_t *ret_count)
{
    static const struct uuid whole_tenant;
    struct tally_total *totals;
    struct db_row *rows, *waiting = NULL;
    enum err e = rq_read_all(rq, COUNTER_TOTALS, MAX_TOTALS, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&whole_tenant), DB_I64(MAX_TOTALS)));

    *ret_count = 0;
    e = e ? e : read_waiting(rq, tenant, &waiting);
    if (e != ERR_OK) {
        return e;
    }
    totals =
        ARENA_ARRAY(rq->arena, db_row_count(rows) + db_row_count(waiting) + 1, struct tally_total);
    *ret = totals;
    if (totals == NULL) {
        return FAIL_SERVER(rq);
    }
    for (; rows != NULL; rows = rows->next) {
        add_total(
            totals, ret_count, uuid_from(db_bytes(rows, 0)), db_i64(rows, 1), db_i64(rows, 2));
    }
    for (; waiting != NULL; waiting = waiting->next) {
        struct uuid of = uuid_from(db_bytes(waiting, 0));
        add_total(totals, ret_count, of, db_i64(waiting, 1), db_i64(waiting, 3));
        if (!uuid_is_nil(of)) {
            add_total(totals, ret_count, whole_tenant, db_i64(waiting, 1), db_i64(waiting, 3));
        }
    }
    return ERR_OK;
}
