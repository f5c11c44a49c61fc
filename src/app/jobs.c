/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs: three threads that take turns of some seconds. A run of a chore takes its job's row, works in
 * steps that are requests of the house, each with a beat of the row among its writes, rests between
 * them, and hands the row back. A step that fails is logged and tried again later. */
#include "app/jobs.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "app/chore.h"
#include "app/house.h"
#include "app/mailer.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/meter.h"
#include "model/action/action.h"
#include "model/attempt/attempt.h"
#include "model/breach/breach.h"
#include "model/cache/cache.h"
#include "model/lockout/lockout.h"

enum {
    TURN_MS = 5000,
    SLICE_MS = 2000, /* then the next chore has its turn, and another node its chance */
    RETRY_MS = MINUTE_MS,
    STEP_ARENA = 4 * 1024 * 1024,
    MAX_CHORES = 32,
    MAX_ATTEMPTS = 500,
    EVENT_DAYS = 365,
    MAX_AGAIN = 5,
    LOCK_TRIES = HOUR_MS / TURN_MS,
    LOCK_ARENA = MB(32) /* a mail is rendered, and sealed */
};

enum kind { CHORES, MAILS, LOCKS, KIND_COUNT };

/* What is done in every turn, beside the chores: counted behind them. */
enum { MAIL, LOCK, ATTEMPT, BREACH, ALWAYS };
static const char *const always[ALWAYS] = {"mail", "locks", "attempts", "breaches"};

struct worker {
    struct jobs *jobs;
    enum kind kind;
    pthread_t thread;
    bool is_started;
};

struct jobs {
    struct jobs_config config;
    struct uuid me; /* of this process: the holder in its rows */
    struct worker workers[KIND_COUNT];
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_stopping, is_woken[KIND_COUNT]; /* that of chores never is */
    struct job_watch watches[MAX_CHORES];
    int64_t looked_ms[MAX_CHORES]; /* steady: when nothing was found to do */
    atomic_uint_fast64_t runs[JOBS_COUNTED], failures[JOBS_COUNTED];
};

struct run { /* of one chore */
    struct jobs *jobs;
    const struct chore *chore;
    struct job job;
    struct job_pace pace;
    int64_t began, began_ms, beat_ms; /* the clock; the steady one */
    size_t rows, steps;               /* so far */
    int64_t longest_us;               /* of its sets */
    bool is_done;
};

bool
jobs_event_days(const char *option, int64_t *ret)
{
    *ret = EVENT_DAYS;
    return option == NULL
           || (str_i64(str_from(option), ret) && *ret <= 100 * EVENT_DAYS
               && (*ret == 0 || *ret >= JOBS_EVENT_DAYS_MIN));
}

const char *
jobs_name(size_t i)
{
    return i < chore_count            ? chores[i].name
           : i < chore_count + ALWAYS ? always[i - chore_count]
                                      : NULL;
}

struct jobs_counts
jobs_count(const struct jobs *jobs)
{
    struct jobs_counts counts;

    for (size_t i = 0; i < JOBS_COUNTED; i++) {
        counts.runs[i] = meter_read(&jobs->runs[i]);
        counts.failures[i] = meter_read(&jobs->failures[i]);
    }
    return counts;
}

static void
report(struct jobs *jobs, size_t job, enum err e)
{
    if (e != ERR_OK) {
        meter_add(&jobs->failures[job], 1);
        LOG(clock_now_ms(), "job.failed", LOG_STR("job", str_from(jobs_name(job))),
            LOG_STR("fault", str_from(err_wire(e))));
    }
}

static void
report_always(struct jobs *jobs, size_t job, enum err e)
{
    meter_add(&jobs->runs[chore_count + job], 1);
    report(jobs, chore_count + job, e);
}

/* Sleeps, or until the end is asked for: then false. The others' sleep than the chores' ends when they are woken, too. */
static bool
rest_of(struct jobs *jobs, enum kind kind, int64_t us)
{
    int64_t until_ns = clock_steady_ns() + us * 1000;
    struct timespec until = {until_ns / 1000000000, until_ns % 1000000000};
    bool is_stopping;

    pthread_mutex_lock(&jobs->lock);
    while (!jobs->is_stopping && !jobs->is_woken[kind]
           && pthread_cond_timedwait(&jobs->wake, &jobs->lock, &until) != ETIMEDOUT) {
    }
    jobs->is_woken[kind] = false;
    is_stopping = jobs->is_stopping;
    pthread_mutex_unlock(&jobs->lock);
    return !is_stopping;
}

static bool
rest(struct jobs *jobs, int64_t us)
{
    return rest_of(jobs, CHORES, us);
}

static void
wake(struct jobs *jobs, enum kind kind)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->is_woken[kind] = true;
    pthread_cond_broadcast(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
}

void
jobs_wake_mailer(void *jobs)
{
    wake(jobs, MAILS);
}

void
jobs_wake_locker(void *jobs)
{
    wake(jobs, LOCKS);
}

static struct chore_step
step_of(const struct run *run, struct job *job, size_t max)
{
    int64_t days = run->jobs->config.event_days;

    return (struct chore_step){
        .job = job, .max = max, .event_since = days ? clock_now_ms() - days * DAY_MS : 0};
}

/* A request of the house for one thing that a run does with its row. */
static enum err
with_request(struct run *run, enum err (*what)(struct run *run, struct rq *rq))
{
    AUTO(arena_end) struct arena *arena = arena_new(STEP_ARENA);
    struct rq rq;
    enum err e;

    if (arena == NULL) {
        return ERR_SERVER;
    }
    house_begin(run->jobs->config.house, arena, &rq);
    e = what(run, &rq);
    cache_end_request(&rq);
    return e;
}

static enum err
load(struct run *run, struct rq *rq)
{
    return job_load(rq, run->chore->name, &run->job);
}

/* Whether there is anything to sweep: asked before the row is taken, so that an idle server does not
 * write. is_done if not. */
static enum err
look(struct run *run, struct rq *rq)
{
    struct job job = run->job;
    struct chore_step step = step_of(run, &job, 1);
    enum err e = run->chore->step(rq, &step);

    run->is_done = step.count == 0 && !step.is_more;
    return e;
}

static enum err
take(struct run *run, struct rq *rq)
{
    int64_t start_ns = clock_steady_ns();
    enum err e;

    job_take(rq, &run->job, run->jobs->me);
    e = house_commit(rq);
    run->pace = job_pace_new((clock_steady_ns() - start_ns) / 1000);
    run->began = rq->now;
    run->began_ms = run->beat_ms = clock_steady_ms();
    return e;
}

static enum err
do_step(struct run *run, struct rq *rq)
{
    size_t max = run->chore->rows ? run->chore->rows : run->pace.rows;
    struct chore_step step = step_of(run, &run->job, max);
    enum err e = run->chore->step(rq, &step);
    int64_t start_ns = clock_steady_ns(), us = 0;

    run->is_done = step.count < max && !step.is_more;
    if (e == ERR_OK && (rq->writes.count > 0 || clock_steady_ms() - run->beat_ms >= JOB_BEAT_MS)) {
        job_beat(rq, &run->job);
        e = house_commit(rq);
        us = (clock_steady_ns() - start_ns) / 1000;
        run->beat_ms = clock_steady_ms();
        job_pace_note(&run->pace, step.count, us);
        run->longest_us = MAX(run->longest_us, us);
    }
    run->rows += e == ERR_OK ? step.count : 0;
    run->steps++;
    (void)rest(run->jobs, job_pace_rest_us(us));
    return e;
}

static enum err
end_at(struct run *run, struct rq *rq, int64_t next_instant)
{
    job_end(rq, &run->job, next_instant);
    return house_commit(rq);
}

static enum err
end_done(struct run *run, struct rq *rq)
{
    run->job.place_bytes = 0;
    return end_at(run, rq, chore_next(run->chore, run->began));
}

/* Still due, from its place on: here in the next turn, or on another node. */
static enum err
end_unfinished(struct run *run, struct rq *rq)
{
    return end_at(run, rq, rq->now);
}

static enum err
end_failed(struct run *run, struct rq *rq)
{
    return end_at(run, rq, rq->now + MIN(RETRY_MS, run->chore->period_ms));
}

static bool
is_stopping(struct jobs *jobs)
{
    return !rest(jobs, 0);
}

/* How the promise of short steps is kept can be read in the log. */
static void
log_run(const struct run *run)
{
    if (run->rows > 0) {
        LOG(clock_now_ms(), "job.run", LOG_STR("job", str_from(run->chore->name)),
            LOG_INT("rows", (int64_t)run->rows), LOG_INT("steps", (int64_t)run->steps),
            LOG_INT("longestUs", run->longest_us), LOG_INT("ms", clock_steady_ms() - run->began_ms),
            LOG_INT("done", run->is_done));
    }
}

/* Works off a row that was taken. ERR_AGAIN: another node has taken it over meanwhile. */
static enum err
work(struct run *run)
{
    enum err e = ERR_OK;

    while (e == ERR_OK && !run->is_done && !is_stopping(run->jobs)
           && clock_steady_ms() - run->began_ms < SLICE_MS) {
        e = with_request(run, do_step);
    }
    log_run(run);
    if (e == ERR_OK) {
        return with_request(run, run->is_done ? end_done : end_unfinished);
    }
    if (e != ERR_AGAIN) {
        report(run->jobs, (size_t)(run->chore - chores), e);
        e = with_request(run, end_failed);
    }
    return e;
}

static bool
may_begin(struct run *run, size_t i, enum err *ret_e)
{
    struct jobs *jobs = run->jobs;
    int64_t now_ms = clock_steady_ms();

    *ret_e = ERR_OK;
    if (jobs->looked_ms[i] && now_ms - jobs->looked_ms[i] < MIN(run->chore->period_ms, MINUTE_MS)) {
        return false;
    }
    *ret_e = with_request(run, load);
    if (*ret_e != ERR_OK || !job_is_due(&run->job, clock_now_ms(), run->chore->period_ms)
        || !job_is_free(&jobs->watches[i], &run->job, now_ms)) {
        return false;
    }
    if (run->chore->rows == 0) {
        *ret_e = with_request(run, look);
        jobs->looked_ms[i] = run->is_done ? now_ms : 0;
    }
    return *ret_e == ERR_OK && !run->is_done;
}

/* True if more is to be done at once. */
static bool
do_chore(struct jobs *jobs, size_t i)
{
    struct run run = {.jobs = jobs, .chore = &chores[i]};
    enum err e;

    if (!may_begin(&run, i, &e)) {
        report(jobs, i, e);
        return false;
    }
    e = with_request(&run, take);
    if (e == ERR_OK) {
        meter_add(&jobs->runs[i], 1);
        e = work(&run);
    }
    report(jobs, i, e == ERR_AGAIN ? ERR_OK : e);
    return e == ERR_OK && !run.is_done;
}

/* What was counted at this node since the last turn: each node writes down its own. */
static enum err
write_of_node(struct house *house, enum err (*write)(struct rq *rq, size_t max, size_t *ret_count))
{
    AUTO(arena_end) struct arena *arena = arena_new(STEP_ARENA);
    struct rq rq;
    size_t count;
    enum err e;

    if (arena == NULL) {
        return ERR_SERVER;
    }
    house_begin(house, arena, &rq);
    e = write(&rq, MAX_ATTEMPTS, &count);
    e = e ? e : house_commit(&rq);
    cache_end_request(&rq);
    return e;
}

static enum err
take_lock(struct jobs *jobs, const struct lockout_due *due)
{
    AUTO(arena_end) struct arena *arena = arena_new(STEP_ARENA);
    struct rq rq;
    enum err e;

    if (arena == NULL) {
        return ERR_SERVER;
    }
    arena_allow(arena, LOCK_ARENA);
    house_begin(jobs->config.house, arena, &rq);
    e = action_take_for_failures(&rq, due);
    e = e ? e : house_commit(&rq);
    cache_end_request(&rq);
    if (e == ERR_OK && rq.has_mail) {
        wake(jobs, MAILS);
    }
    return e;
}

/* Who failed at this node. What cannot be written now is tried again in the turns of an hour. */
static void
take_locks(struct jobs *jobs)
{
    struct lockouts *lockouts = jobs->config.house->lockouts;
    struct lockout_due due;

    for (size_t n = lockout_due_count(lockouts); n > 0 && lockout_due_take(lockouts, &due); n--) {
        enum err e = take_lock(jobs, &due);
        for (int i = 0; i < MAX_AGAIN && e == ERR_AGAIN; i++) {
            e = take_lock(jobs, &due);
        }
        report(jobs, chore_count + LOCK, e);
        if (e != ERR_OK && ++due.tries < LOCK_TRIES) {
            lockout_due_put(lockouts, &due);
        }
    }
}

static bool
do_chores(struct jobs *jobs)
{
    bool is_more = false;

    report_always(jobs, ATTEMPT, write_of_node(jobs->config.house, attempts_write));
    report_always(jobs, BREACH, write_of_node(jobs->config.house, breaches_write));

    for (size_t i = 0; i < chore_count && !is_stopping(jobs); i++) {
        is_more |= do_chore(jobs, i);
    }
    return is_more;
}

static void *
run_worker(void *ctx)
{
    const struct worker *worker = ctx;
    struct jobs *jobs = worker->jobs;
    bool is_more;

    do {
        is_more = false;
        switch (worker->kind) {
        case MAILS:
            report_always(jobs, MAIL, mailer_send(jobs->config.house));
            break;
        case LOCKS:
            meter_add(&jobs->runs[chore_count + LOCK], 1);
            take_locks(jobs);
            break;
        default:
            is_more = do_chores(jobs);
        }
    } while (rest_of(jobs, worker->kind, is_more ? 0 : (int64_t)TURN_MS * 1000));
    if (worker->kind == LOCKS) {
        take_locks(jobs); /* the last requests' */
    }
    return NULL;
}

static bool
start_workers(struct jobs *jobs)
{
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        struct worker *worker = &jobs->workers[kind];

        *worker = (struct worker){.jobs = jobs, .kind = (enum kind)kind};
        worker->is_started = pthread_create(&worker->thread, NULL, run_worker, worker) == 0;
        if (!worker->is_started) {
            return false;
        }
    }
    return true;
}

struct jobs *
jobs_start(const struct jobs_config *config)
{
    struct jobs *jobs = MEM_NEW(struct jobs);
    pthread_condattr_t attr;

    CHECK(chore_count <= MAX_CHORES && chore_count + ALWAYS <= JOBS_COUNTED);
    if (jobs == NULL) {
        return NULL;
    }
    jobs->config = *config;
    rng_fill(config->house->rng, jobs->me.b, sizeof jobs->me.b);
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&jobs->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (!start_workers(jobs)) {
        jobs_stop(jobs);
        jobs_free(jobs);
        return NULL;
    }
    return jobs;
}

void
jobs_stop(struct jobs *jobs)
{
    if (jobs == NULL) {
        return;
    }
    pthread_mutex_lock(&jobs->lock);
    jobs->is_stopping = true;
    pthread_cond_broadcast(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        if (jobs->workers[kind].is_started) {
            pthread_join(jobs->workers[kind].thread, NULL);
        }
    }
}

void
jobs_free(struct jobs *jobs)
{
    if (jobs == NULL) {
        return;
    }
    pthread_cond_destroy(&jobs->wake);
    pthread_mutex_destroy(&jobs->lock);
    mem_free(jobs);
}
