/* SPDX-License-Identifier: Apache-2.0 */
/* Thread pools: every taken job runs once, the queue is bounded, stopping finishes what waits. */
#define UNIT run
#include "test/unit.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/arena.h"
#include "io/run/run.h"

struct counted_job {
    struct run_job job; /* first: the pool hands back its address */
    atomic_int runs;
};

static atomic_int total_runs;

static void
count(struct run_job *job)
{
    atomic_fetch_add(&((struct counted_job *)(void *)job)->runs, 1);
    atomic_fetch_add(&total_runs, 1);
}

/* Holds a worker until the test lets it go. */
struct gate_job {
    struct run_job job;
    atomic_bool has_started, may_end;
};

static void
wait_at_gate(struct run_job *job)
{
    struct gate_job *gate = (struct gate_job *)(void *)job;

    atomic_store(&gate->has_started, true);
    while (!atomic_load(&gate->may_end)) {
        sched_yield();
    }
}

static void
add_gate(struct run_pool *pool, struct gate_job *gate)
{
    gate->job.run = wait_at_gate;
    REQUIRE(run_pool_add(pool, &gate->job));
    while (!atomic_load(&gate->has_started)) {
        sched_yield();
    }
}

TEST(every_taken_job_runs_exactly_once)
{
    enum { JOBS = 5000 };
    static struct counted_job jobs[JOBS];
    struct run_pool *pool = run_pool_start("test", 4, JOBS);

    REQUIRE(pool != NULL);
    for (int i = 0; i < JOBS; i++) {
        jobs[i].job.run = count;
        REQUIRE(run_pool_add(pool, &jobs[i].job));
    }
    run_pool_stop(pool);
    EXPECT(atomic_load(&total_runs) == JOBS);
    for (int i = 0; i < JOBS; i++) {
        EXPECT(atomic_load(&jobs[i].runs) == 1);
    }
}

TEST(a_full_queue_refuses_at_once_and_takes_again_when_there_is_room)
{
    struct run_pool *pool = run_pool_start("test", 1, 2);
    struct gate_job gate = {0};
    struct counted_job jobs[4] = {0};
    struct run_counts counts;

    REQUIRE(pool != NULL);
    add_gate(pool, &gate);
    for (size_t i = 0; i < COUNT(jobs); i++) {
        jobs[i].job.run = count;
    }
    EXPECT(run_pool_add(pool, &jobs[0].job));
    EXPECT(run_pool_add(pool, &jobs[1].job));
    EXPECT(run_pool_count(pool).waiting == 2);
    EXPECT(!run_pool_add(pool, &jobs[2].job));
    counts = run_pool_count(pool);
    EXPECT(counts.threads == 1 && counts.busy == 1 && counts.refused == 1);
    EXPECT(meter_total(&counts.waited) == 1); /* the gate: the others wait still */
    atomic_store(&gate.may_end, true);
    while (run_pool_count(pool).waiting > 0) {
        sched_yield();
    }
    EXPECT(run_pool_add(pool, &jobs[3].job));
    run_pool_stop(pool);
    EXPECT(atomic_load(&jobs[1].runs) == 1);
    EXPECT(atomic_load(&jobs[2].runs) == 0);
    EXPECT(atomic_load(&jobs[3].runs) == 1);
}

TEST(jobs_run_at_the_same_time_on_different_threads)
{
    struct run_pool *pool = run_pool_start("test", 2, 8);
    struct gate_job a = {0}, b = {0};

    REQUIRE(pool != NULL);
    add_gate(pool, &a);
    add_gate(pool, &b); /* returns only if a second thread took it while the first is held */
    atomic_store(&a.may_end, true);
    atomic_store(&b.may_end, true);
    run_pool_stop(pool);
}

static void *
add_many(void *arg)
{
    struct run_pool *pool = arg;
    enum { EACH = 500 };
    static _Thread_local struct counted_job jobs[EACH];

    for (int i = 0; i < EACH; i++) {
        jobs[i].job.run = count;
        while (!run_pool_add(pool, &jobs[i].job)) {
            sched_yield();
        }
    }
    for (int i = 0; i < EACH; i++) {
        while (atomic_load(&jobs[i].runs) == 0) {
            sched_yield();
        }
    }
    return NULL;
}

TEST(many_threads_may_add_and_no_wake_up_is_lost)
{
    struct run_pool *pool = run_pool_start("test", 2, 16);
    pthread_t adders[4];
    int before = atomic_load(&total_runs);

    REQUIRE(pool != NULL);
    for (size_t i = 0; i < COUNT(adders); i++) {
        REQUIRE(pthread_create(&adders[i], NULL, add_many, pool) == 0);
    }
    for (size_t i = 0; i < COUNT(adders); i++) {
        pthread_join(adders[i], NULL);
    }
    run_pool_stop(pool);
    EXPECT(atomic_load(&total_runs) - before == 4 * 500);
}

TEST(stopping_nothing_and_an_idle_pool_returns)
{
    struct run_pool *pool = run_pool_start("a name longer than fifteen bytes", 3, 1);

    REQUIRE(pool != NULL);
    EXPECT(run_pool_count(pool).waiting == 0);
    run_pool_stop(pool);
    run_pool_stop(NULL);
}

TEST(without_memory_no_pool_starts)
{
    arena_fail_after(0);
    EXPECT(run_pool_start("test", 1, 1) == NULL);
    arena_fail_after(-1);
}

TEST(there_is_at_least_one_core)
{
    EXPECT(run_cores() >= 1);
}

static atomic_int rests;

static void
rest(void)
{
    atomic_fetch_add(&rests, 1);
}

TEST(an_idle_thread_rests_once_until_it_worked_again)
{
    struct run_pool *pool = run_pool_start("idle", 1, 10);
    struct timespec pause = {0, 300 * 1000000};

    REQUIRE(pool != NULL);
    run_pool_on_idle(pool, rest, 20);
    nanosleep(&pause, NULL);
    EXPECT(atomic_load(&rests) == 1);
    run_pool_stop(pool);
}
