/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded thread pools for work that must not hold an I/O loop: WORKER (what blocks) and HASH (passwords).
 * A full queue is refused at once: the caller answers 503. */
#pragma once
#include "base/meter.h"

struct run_pool;

struct run_job { /* lives in the caller's memory until run() returns from it */
    struct run_job *next;
    void (*run)(struct run_job *job);
    int64_t added_ns; /* the pool's: when it began to wait */
};

/* Starts threads (at least 1) with room for max_waiting jobs; name shows in top and gdb (15 bytes). */
MUST_USE struct run_pool *run_pool_start(const char *name, int threads, size_t max_waiting);
/* False when the queue is full or the pool is stopping: the job was not taken. */
MUST_USE bool run_pool_add(struct run_pool *pool, struct run_job *job);
/* Lets each thread call idle once when nothing came for after_ms, so that it can give memory back. Call it
 * before the first job. */
void run_pool_on_idle(struct run_pool *pool, void (*idle)(void), int after_ms);
/* Finishes what waits, then ends the threads and frees the pool. */
void run_pool_stop(struct run_pool *pool);
struct run_counts { /* of a pool */
    size_t threads, busy, waiting;
    uint64_t refused;
    struct meter_sums waited; /* how long each job that was taken had waited */
};
struct run_counts run_pool_count(const struct run_pool *pool);
/* Cores this process may run on. */
int run_cores(void);
