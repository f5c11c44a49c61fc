/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs as leased rows: one row a job, one node runs it, another takes it over when that one dies.
 *
 * The lease is told by the row standing still, not by an instant in it: who holds a job writes its
 * row again and again (the beat), and a row that has not changed for JOB_LEASE_MS of the watcher's
 * own steady clock is nobody's. So no clock that is wrong or moved ends a lease or prolongs it.
 * Every write of the row names the beat that was read: of two that race one misses. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "io/db/db.h"

struct rq;

/* clang-format off */
enum {
    JOB_LEASE_MS = 15000,   /* a job whose row stood still for so long is taken over */
    JOB_BEAT_MS = 3000,     /* who works writes it at least so often */
    JOB_PLACE_MAX = 64,
};
/* clang-format on */

struct job {
    const char *name;
    struct uuid holder; /* nil: nobody */
    int64_t beat;       /* 0: there is no row yet */
    int64_t next_instant, last_instant;
    uint8_t place[JOB_PLACE_MAX]; /* how far it has come: the job's own business */
    size_t place_bytes;
};

/* The row as it is now. */
MUST_USE enum err job_load(struct rq *rq, const char *name, struct job *ret);
/* Whether its time has come. A clock put back by hours is waited for, so that no due instant comes
 * twice; one put back by more than a day begins anew. */
bool job_is_due(const struct job *job, int64_t now, int64_t period_ms);

struct job_watch { /* what one node has seen of a row, zero at first */
    struct uuid holder;
    int64_t beat, since_ms;
};
/* Whether nobody works on it: no holder, or one whose row has stood still for too long. */
bool job_is_free(struct job_watch *watch, const struct job *job, int64_t steady_ms);

/* Declare: that `me` takes the job that was loaded; that it still has it (a beat, with the place);
 * that the job is done and handed back until next_instant. Each is ERR_AGAIN at commit when the row
 * is another's by now; a beat in a set of work makes the whole set depend on the lease. */
void job_take(struct rq *rq, struct job *job, struct uuid me);
void job_beat(struct rq *rq, struct job *job);
void job_end(struct rq *rq, struct job *job, int64_t next_instant);

/* Rows whose time is over: find lists the keys of some (its values, then how many), oldest first;
 * remove takes one such key and the first of the values, and removes the row if it is still over. */
struct job_rows {
    int find, remove;
    const struct db_value *values;
    size_t count; /* at most JOB_FIND_VALUES */
};
enum { JOB_FIND_VALUES = 3 };
/* Declares the removal of at most max rows; *ret_count is how many were found. */
MUST_USE enum err job_sweep(
    struct rq *rq, const struct job_rows *rows, size_t max, size_t *ret_count);

/* The least id that can have been made at that instant (RFC 9562 s5.7): ids are sorted by time. */
struct uuid job_first_id(int64_t instant_ms);

/* How many rows a step takes, so that it does not hold up the writer: grown and shrunk by what the
 * steps before took beyond a set that does next to nothing. */
struct job_pace {
    size_t rows;     /* of the next step */
    int64_t idle_us; /* of a set that does next to nothing */
};
struct job_pace job_pace_new(int64_t idle_us);
void job_pace_note(struct job_pace *pace, size_t rows, int64_t us);
/* How long to stand aside after a step that took so long: others' sets go first. */
int64_t job_pace_rest_us(int64_t us);
