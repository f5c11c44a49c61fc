/* SPDX-License-Identifier: Apache-2.0 */
/* Leased rows.
 *
 *   FREE -take-> HELD -beat-> HELD -end-> FREE;  HELD -stands still, take-> HELD by another
 *
 * Invariants: 1 a run is of one next_instant, and its end moves that in the same write, so no due
 * instant is worked off to the end twice  2 whose row was taken over can neither beat nor end. */
#include "model/job/job.h"

#include "model/rq/rq.h"
#include "model/statements.h"

enum column { HOLDER, BEAT, NEXT, LAST, PLACE };
static const struct uuid nobody;

enum err
job_load(struct rq *rq, const char *name, struct job *ret)
{
    struct db_row *row;
    bytes place;
    enum err e = rq_read(rq, JOB_GET, &row, DB_VALUES(DB_STR(str_from(name))));

    *ret = (struct job){.name = name};
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    ret->holder = uuid_from(db_bytes(row, HOLDER));
    ret->beat = db_i64(row, BEAT);
    ret->next_instant = db_i64(row, NEXT);
    ret->last_instant = db_i64(row, LAST);
    place = db_bytes(row, PLACE);
    if (place.n <= sizeof ret->place) { /* what a later release wrote is begun anew */
        memcpy(ret->place, place.p ? place.p : ret->place, place.n);
        ret->place_bytes = place.n;
    }
    return ERR_OK;
}

bool
job_is_due(const struct job *job, int64_t now, int64_t period_ms)
{
    return job->next_instant <= now || job->next_instant - period_ms - DAY_MS > now;
}

bool
job_is_free(struct job_watch *watch, const struct job *job, int64_t steady_ms)
{
    bool is_same = watch->beat == job->beat && uuid_eq(watch->holder, job->holder);

    if (!is_same) {
        *watch = (struct job_watch){job->holder, job->beat, steady_ms};
    }
    return uuid_is_nil(job->holder) || (is_same && steady_ms - watch->since_ms >= JOB_LEASE_MS);
}

static struct db_value
place_of(const struct job *job)
{
    return DB_BYTES(((bytes){job->place, job->place_bytes}));
}

void
job_take(struct rq *rq, struct job *job, struct uuid me)
{
    struct db_value name = DB_STR(str_from(job->name));

    if (job->beat == 0) {
        rq_write(rq, JOB_ADD, DB_NEW, ERR_AGAIN, DB_VALUES(name, DB_ID(&me), place_of(job)));
    } else {
        rq_write(rq, JOB_TAKE, DB_ONE, ERR_AGAIN, DB_VALUES(name, DB_I64(job->beat), DB_ID(&me)));
    }
    job->holder = me;
    job->beat++;
}

void
job_beat(struct rq *rq, struct job *job)
{
    rq_write(rq, JOB_BEAT, DB_ONE, ERR_AGAIN,
        DB_VALUES(
            DB_STR(str_from(job->name)), DB_I64(job->beat), DB_ID(&job->holder), place_of(job)));
    job->beat++;
}

void
job_end(struct rq *rq, struct job *job, int64_t next_instant)
{
    rq_write(rq, JOB_END, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_STR(str_from(job->name)), DB_I64(job->beat), DB_ID(&job->holder),
            place_of(job), DB_ID(&nobody), DB_I64(next_instant), DB_I64(rq->now)));
    job->beat++;
    job->holder = nobody;
}
