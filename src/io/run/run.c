/* SPDX-License-Identifier: Apache-2.0 */
/* Thread pools over one bounded queue each. Invariants: 1 a taken job runs exactly once; 2 the
 * condition is signalled only when a worker waits, so a busy pool costs no system call; 3 waiting
 * never exceeds the bound. */
#include "io/run/run.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

enum { MAX_THREADS = 256, NAME_BYTES = 16 };

struct run_pool {
    pthread_mutex_t lock;
    pthread_cond_t has_work;
    struct run_job *first, *last;
    size_t waiting, max_waiting;
    int idle; /* workers asleep on has_work */
    uint64_t refused;
    struct meter_times waited;
    void (*on_idle)(void);
    int idle_after_ms;
    bool is_stopping;
    int thread_count;
    pthread_t threads[];
};

/* Waits for work; the first time in a row that none came in time, on_idle is called without the lock. */
static void
sleep_until_work(struct run_pool *pool, bool *has_rested)
{
    struct timespec until;
    int64_t at_ms = clock_steady_ms() + pool->idle_after_ms;
    int result = 0;

    pool->idle++;
    if (pool->on_idle == NULL || *has_rested) {
        pthread_cond_wait(&pool->has_work, &pool->lock);
    } else {
        until = (struct timespec){at_ms / 1000, (long)(at_ms % 1000) * 1000000};
        result = pthread_cond_timedwait(&pool->has_work, &pool->lock, &until);
    }
    pool->idle--;
    if (result == ETIMEDOUT && pool->first == NULL && !pool->is_stopping) {
        *has_rested = true;
        pthread_mutex_unlock(&pool->lock);
        pool->on_idle();
        pthread_mutex_lock(&pool->lock);
    }
}

/* The next job, or NULL when the pool stops and nothing waits any more. */
static struct run_job *
take_job(struct run_pool *pool)
{
    struct run_job *job;
    bool has_rested = false;

    pthread_mutex_lock(&pool->lock);
    while (pool->first == NULL && !pool->is_stopping) {
        sleep_until_work(pool, &has_rested);
    }
    job = pool->first;
    if (job != NULL) {
        pool->first = job->next;
        pool->last = pool->first ? pool->last : NULL;
        pool->waiting--;
    }
    pthread_mutex_unlock(&pool->lock);
    if (job != NULL) {
        meter_time(&pool->waited, clock_steady_ns() - job->added_ns);
    }
    return job;
}

static void *
work(void *arg)
{
    struct run_pool *pool = arg;
    struct run_job *job;

    while ((job = take_job(pool)) != NULL) {
        job->run(job); /* the job's memory may be gone from here on */
    }
    return NULL;
}

/* Threads inherit a mask with every signal blocked: signals belong to the main thread. */
static int
start_thread(pthread_t *thread, void *(*run)(void *), void *arg)
{
    sigset_t all, before;
    int error;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_create(thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

struct run_pool *
run_pool_start(const char *name, int threads, size_t max_waiting)
{
    int wanted = MIN(MAX(threads, 1), MAX_THREADS);
    struct run_pool *pool = mem_new(sizeof *pool + (size_t)wanted * sizeof pool->threads[0]);
    char short_name[NAME_BYTES] = {0};
    pthread_condattr_t attr;

    if (pool == NULL) {
        return NULL;
    }
    pthread_mutex_init(&pool->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->has_work, &attr);
    pthread_condattr_destroy(&attr);
    pool->max_waiting = max_waiting;
    for (size_t i = 0; i + 1 < sizeof short_name && name[i]; i++) {
        short_name[i] = name[i];
    }
    for (int i = 0; i < wanted; i++) {
        if (start_thread(&pool->threads[i], work, pool) != 0) {
            run_pool_stop(pool);
            return NULL;
        }
        pthread_setname_np(pool->threads[i], short_name);
        pool->thread_count++;
    }
    return pool;
}

void
run_pool_on_idle(struct run_pool *pool, void (*idle)(void), int after_ms)
{
    pthread_mutex_lock(&pool->lock);
    pool->on_idle = idle;
    pool->idle_after_ms = after_ms;
    pthread_cond_broadcast(&pool->has_work); /* those asleep already begin to count */
    pthread_mutex_unlock(&pool->lock);
}

bool
run_pool_add(struct run_pool *pool, struct run_job *job)
{
    bool is_taken;

    job->next = NULL;
    job->added_ns = clock_steady_ns();
    pthread_mutex_lock(&pool->lock);
    is_taken = !pool->is_stopping && pool->waiting < pool->max_waiting;
    pool->refused += !is_taken;
    if (is_taken) {
        if (pool->last != NULL) {
            pool->last->next = job;
        } else {
            pool->first = job;
        }
        pool->last = job;
        pool->waiting++;
    }
    if (is_taken && pool->idle > 0) {
        pthread_cond_signal(
            &pool->has_work); /* under the lock: the job may be the pool's last, and the pool gone */
    }
    pthread_mutex_unlock(&pool->lock);
    return is_taken;
}

void
run_pool_stop(struct run_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->is_stopping = true;
    pthread_cond_broadcast(&pool->has_work);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->thread_count; i++) {
        pthread_join(pool->threads[i], NULL);
    }
    pthread_cond_destroy(&pool->has_work);
    pthread_mutex_destroy(&pool->lock);
    mem_free(pool);
}

struct run_counts
run_pool_count(const struct run_pool *pool)
{
    struct run_pool *p = (struct run_pool *)(uintptr_t)pool; /* locking changes no visible state */
    struct run_counts counts = {.threads = (size_t)pool->thread_count};

    pthread_mutex_lock(&p->lock);
    counts.waiting = p->waiting;
    counts.busy = counts.threads - (size_t)p->idle;
    counts.refused = p->refused;
    pthread_mutex_unlock(&p->lock);
    meter_read_times(&p->waited, &counts.waited);
    return counts;
}

int
run_cores(void)
{
    cpu_set_t allowed;
    long online;

    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        return CPU_COUNT(&allowed);
    }
    online = sysconf(_SC_NPROCESSORS_ONLN); /* a machine with more cores than cpu_set_t has bits */
    return (int)MAX(online, 1);
}
