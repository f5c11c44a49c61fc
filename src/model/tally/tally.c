/* SPDX-License-Identifier: Apache-2.0 */
/* Counting: rows that are only added, and what a job makes of them. Invariant: a row is added up once: its
 * removal and the sum are one set, which depends on the job's lease. */
#include "model/tally/tally.h"

#include "crypto/hash.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/system/system.h"
#include "model/tenant/tenant.h"

enum { WHO_BYTES = 16 };
static const struct uuid whole_tenant;

void
tally_add(struct rq *rq, const struct tenant *tenant, enum tally_kind kind,
    struct uuid application_id, int64_t n)
{
    struct uuid id = rq_new_id(rq);

    rq_write(rq, TALLY_INSERT, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&id), DB_ID(&application_id), DB_I64(kind),
            DB_I64(rq->now / HOUR_MS), DB_I64(n)));
}

static void
add_active(struct rq *rq, const struct tenant *tenant, struct uuid application_id, int64_t local,
    bytes who)
{
    const int64_t periods[] = {[TALLY_DAY] = local / DAY_MS, [TALLY_MONTH] = tally_month(local)};

    for (int kind = 0; kind < (int)COUNT(periods); kind++) {
        rq_write(rq, ACTIVE_ADD, DB_ANY, ERR_OK,
            DB_VALUES(DB_ID(&tenant->id), DB_ID(&application_id), DB_I64(kind),
                DB_I64(periods[kind]), DB_BYTES(who)));
    }
}

/* The digest tells two people apart, and nothing about either once their id is gone. */
enum err
tally_login(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid application_id)
{
    const bytes parts[] = {str_bytes(S("active")), uuid_bytes(&user_id)};
    struct digest digest = hmac_sha256_parts(key32_bytes(&tenant->index_key), parts, COUNT(parts));
    bytes who = {digest.b, WHO_BYTES};
    const struct system *system;
    int64_t local;
    enum err e = system_load(rq, &system);

    if (e != ERR_OK) {
        return e;
    }
    local = datetime_local(&system->zone, rq->now);
    tally_add(rq, tenant, TALLY_LOGIN, application_id, 1);
    add_active(rq, tenant, whole_tenant, local, who);
    if (!uuid_is_nil(application_id)) {
        add_active(rq, tenant, application_id, local, who);
    }
    return ERR_OK;
}

/* Of the hour and of ever; a sum, so that a step writes a counter once. */
struct sum {
    struct uuid tenant_id, application_id;
    int64_t kind, hour, n;
};
struct sums {
    struct sum *items;
    size_t count;
};

static void
add_sum(struct sums *sums, struct sum sum)
{
    for (size_t i = sums->count; i > 0; i--) { /* the newest first: rows come in order of time */
        struct sum *s = &sums->items[i - 1];
        if (s->kind == sum.kind && s->hour == sum.hour && uuid_eq(s->tenant_id, sum.tenant_id)
            && uuid_eq(s->application_id, sum.application_id)) {
            s->n += sum.n;
            return;
        }
    }
    sums->items[sums->count++] = sum;
}

static void
fold_row(struct rq *rq, struct sums *sums, const struct db_row *row)
{
    struct uuid id = uuid_from(db_bytes(row, 1));
    struct sum sum = {uuid_from(db_bytes(row, 0)), uuid_from(db_bytes(row, 2)), db_i64(row, 3),
        db_i64(row, 4), db_i64(row, 5)};
    const int64_t hours[] = {sum.hour, 0};
    bool is_of_application = !uuid_is_nil(sum.application_id);

    rq_write(rq, TALLY_REMOVE, DB_ONE, ERR_AGAIN, DB_VALUES(DB_ID(&sum.tenant_id), DB_ID(&id)));
    for (size_t i = 0; i < COUNT(hours); i++) {
        sum.hour = hours[i];
        add_sum(sums, sum);
        if (is_of_application) {
            struct sum of_tenant = sum;
            of_tenant.application_id = whole_tenant;
            add_sum(sums, of_tenant);
        }
    }
}

enum err
tally_fold(struct rq *rq, size_t max, size_t *ret_count)
{
    const struct uuid first = {{0}};
    struct sums sums = {.items = ARENA_ARRAY(rq->arena, 4 * max, struct sum)};
    struct db_row *rows;
    enum err e =
        rq_read_all(rq, TALLY_FIRST, max, &rows, DB_VALUES(DB_ID(&first), DB_I64((int64_t)max)));

    *ret_count = 0;
    if (e != ERR_OK || sums.items == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (; rows != NULL; rows = rows->next) {
        fold_row(rq, &sums, rows);
        ++*ret_count;
    }
    for (size_t i = 0; i < sums.count; i++) {
        const struct sum *s = &sums.items[i];
        rq_write(rq, COUNTER_ADD, DB_ANY, ERR_OK,
            DB_VALUES(DB_ID(&s->tenant_id), DB_ID(&s->application_id), DB_I64(s->kind),
                DB_I64(s->hour), DB_I64(s->n)));
    }
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

static enum err
sweep_kind(struct rq *rq, int64_t kind, int64_t before, size_t max, size_t *count)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, ACTIVE_BEFORE, max, &rows,
        DB_VALUES(DB_I64(kind), DB_I64(before), DB_I64((int64_t)max)));

    for (; e == ERR_OK && rows != NULL; rows = rows->next) {
        rq_write(rq, ACTIVE_REMOVE, DB_ANY, ERR_OK,
            DB_VALUES(rows->col[0], rows->col[1], DB_I64(kind), rows->col[2], rows->col[3]));
        ++*count;
    }
    return e;
}

enum err
tally_sweep(struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count)
{
    enum err e;

    *ret_count = 0;
    e = sweep_kind(rq, TALLY_DAY, before_ms / DAY_MS, max, ret_count);
    if (e == ERR_OK && *ret_count < max) {
        e = sweep_kind(rq, TALLY_MONTH, tally_month(before_ms), max - *ret_count, ret_count);
    }
    return e;
}
