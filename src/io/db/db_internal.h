/* SPDX-License-Identifier: Apache-2.0 */
/* What the engines of io/db share: the handle, the writer's queue, the operations an engine brings.
 *
 * Threads: any thread reads and queues; one writer thread commits. Invariants: 1 a queued set gets
 * exactly one done(); 2 its verdict is final before done(); 3 done() follows the order of queueing. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "io/db/db.h"

struct db_call { /* a statement and its values, bound to $1, $2 ... */
    int statement;
    const struct db_value *values;
    size_t count;
};

/* What an engine brings. Everything but open may be called from any thread, commit from the
 * writer's only. */
struct db_engine {
    const char *name;
    /* Opens, migrates and sets db->state; false after db_refuse. close follows in any case. */
    bool (*open)(struct db *db, const struct db_config *config);
    enum db_result (*read)(
        struct db *db, struct arena *arena, struct db_call call, size_t max, struct db_row **ret);
    /* Commits a batch, linked by queued, as one unit; sets verdict and missed of every set. */
    void (*commit)(struct db *db, struct db_writes *batch);
    /* Prepares one statement against the schema; false after db_refuse. */
    bool (*prepare)(struct db *db, int statement);
    void (*close)(struct db *db);
};

struct db_queue { /* sets that wait for the writer, oldest first */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct db_writes *first, *last;
    size_t count, max;
    bool is_stopping, is_writer_waiting, is_started;
    pthread_t writer;
};

struct db {
    const struct db_engine *engine;
    void *state;         /* the engine's */
    struct arena *arena; /* lives as long as the handle; used by db_open's thread only */
    const struct db_sql *sql;
    size_t sql_count;
    struct db_queue queue;
    struct {
        atomic_uint_fast64_t commits, sets, writes, misses, failures;
    } counts;
};

extern const struct db_engine sqlite_engine;

/* Starts and stops the writer's thread; stopping commits what waits. */
MUST_USE bool db_queue_start(struct db *db, size_t max_queued);
void db_queue_stop(struct db *db);
MUST_USE bool db_queue_add(struct db *db, struct db_writes *writes);

/* Counts one database call for db_fail_after and says whether it has to fail. */
bool db_is_told_to_fail(void);
/* Sets the reason db_open gives, in memory of the calling thread; always false. */
bool db_refuse(const char *format, ...) PRINTF_LIKE(1, 2);
