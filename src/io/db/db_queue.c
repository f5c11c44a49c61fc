/* SPDX-License-Identifier: Apache-2.0 */
/* The writers' threads and the bounded queue of sets that wait for them (DESIGN section 6, group
 * commit).
 *
 * A writer never sleeps on purpose: while one batch is being flushed the next one gathers, so a
 * batch grows with the load and a lone set waits for nobody. */
#include "base/base.h"

#include <sched.h>
#include <signal.h>

#include "base/clock.h"
#include "io/db/db_internal.h"

bool
db_queue_add(struct db *db, struct db_writes *writes)
{
    struct db_queue *q = &db->queue;
    bool is_taken;

    pthread_mutex_lock(&q->lock);
    is_taken = !q->is_stopping && q->count < q->max;
    if (is_taken) {
        if (q->last != NULL) {
            q->last->queued = writes;
        } else {
            q->first = writes;
        }
        q->last = writes;
        q->count++;
        if (q->waiting > 0) {
            q->waiting--;
            pthread_cond_signal(&q->wake);
        }
    }
    q->refused += !is_taken;
    pthread_mutex_unlock(&q->lock);
    return is_taken;
}

/* Cuts the oldest sets off the queue, at least one, up to the limits of a batch. Holds the lock. */
static struct db_writes *
cut_batch(struct db_queue *q, const struct db_engine *engine)
{
    struct db_writes *first = q->first, *last = first;
    size_t sets = 1, size = first->bytes;

    while (last->queued != NULL && sets < engine->batch_sets
           && size + last->queued->bytes < engine->batch_bytes) {
        last = last->queued;
        size += last->bytes;
        sets++;
    }
    q->first = last->queued;
    if (q->first == NULL) {
        q->last = NULL;
    }
    q->count -= sets;
    last->queued = NULL;
    return first;
}

/* Waits for work; NULL when the queue is empty and stopping. */
static struct db_writes *
next_batch(struct db *db)
{
    struct db_queue *q = &db->queue;
    struct db_writes *batch = NULL;

    pthread_mutex_lock(&q->lock);
    while (q->first == NULL && !q->is_stopping) {
        q->waiting++;
        pthread_cond_wait(&q->wake, &q->lock);
    }
    if (q->first != NULL) {
        batch = cut_batch(q, db->engine);
    }
    pthread_mutex_unlock(&q->lock);
    return batch;
}

static void
count_verdict(struct db *db, const struct db_writes *set)
{
    if (set->is_of_house && (set->verdict == DB_COMMITTED || set->verdict == DB_MISSED)) {
        atomic_fetch_add_explicit(&db->counts.house, 1, memory_order_relaxed);
        return;
    }
    switch (set->verdict) {
    case DB_COMMITTED:
        atomic_fetch_add_explicit(&db->counts.sets, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&db->counts.writes, set->count, memory_order_relaxed);
        break;
    case DB_MISSED:
        atomic_fetch_add_explicit(&db->counts.misses, 1, memory_order_relaxed);
        break;
    case DB_LOST:
    case DB_UNKNOWN:
        atomic_fetch_add_explicit(&db->counts.failures, 1, memory_order_relaxed);
        break;
    }
}

/* On a busy core the writer would run as soon as the first set is queued and flush it alone. As a
 * batch thread it waits until the I/O loop has queued what its connections have ready: fewer
 * flushes, each for more. Refused: as it was. */
static void
let_sets_gather(void)
{
    const struct sched_param none = {.sched_priority = 0};

    (void)pthread_setschedparam(pthread_self(), SCHED_BATCH, &none);
}

static void
commit_timed(struct db *db, int writer, struct db_writes *batch)
{
    int64_t start_ns = clock_steady_ns();
    bool is_failing = true;

    db->engine->commit(db, writer, batch);
    meter_time(&db->counts.batches, clock_steady_ns() - start_ns);
    for (const struct db_writes *set = batch; set != NULL; set = set->queued) {
        is_failing &= set->verdict == DB_LOST || set->verdict == DB_UNKNOWN;
    }
    atomic_store_explicit(&db->counts.is_failing, is_failing, memory_order_relaxed);
}

static void *
writer_main(void *arg)
{
    const struct db_writer *w = arg;
    struct db *db = w->db;
    struct db_writes *set, *next;

    let_sets_gather();
    while ((set = next_batch(db)) != NULL) {
        commit_timed(db, w->number, set);
        for (; set != NULL; set = next) {
            next = set->queued; /* first: done() may free the set */
            count_verdict(db, set);
            set->done(set);
        }
    }
    return NULL;
}

static bool
start_writer(struct db *db, int number)
{
    struct db_writer *w = &db->queue.writers[number];

    *w = (struct db_writer){.db = db, .number = number};
    if (pthread_create(&w->thread, NULL, writer_main, w) != 0) {
        return db_refuse("the writer's thread could not be started");
    }
    pthread_setname_np(w->thread, "db-writer");
    db->queue.writer_count++;
    return true;
}

bool
db_queue_start(struct db *db, int writers, size_t max_queued)
{
    struct db_queue *q = &db->queue;
    sigset_t all, before;
    bool is_started = true;

    CHECK(writers >= 1 && writers <= DB_MAX_WRITERS);
    q->max = max_queued;
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->wake, NULL);
    q->is_made = true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the main thread's matter */
    for (int i = 0; i < writers && is_started; i++) {
        is_started = start_writer(db, i);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return is_started;
}

void
db_queue_stop(struct db *db)
{
    struct db_queue *q = &db->queue;

    if (!q->is_made) {
        return;
    }
    pthread_mutex_lock(&q->lock);
    q->is_stopping = true;
    pthread_cond_broadcast(&q->wake);
    pthread_mutex_unlock(&q->lock);
    for (int i = 0; i < q->writer_count; i++) {
        pthread_join(q->writers[i].thread, NULL);
    }
    pthread_mutex_destroy(&q->lock);
    pthread_cond_destroy(&q->wake);
    *q = (struct db_queue){.is_made = false};
}
