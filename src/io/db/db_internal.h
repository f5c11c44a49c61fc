/* SPDX-License-Identifier: Apache-2.0 */
/* What the engines of io/db share: the handle, the writer's queue, the operations an engine brings.
 *
 * Threads: any thread reads and queues; writer threads commit, one where the engine has one writer.
 * Invariants: 1 a queued set gets exactly one done(); 2 its verdict is final before done(); 3 with one
 * writer done() follows the order of queueing. */
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "base/meter.h"
#include "io/db/db.h"

struct db_call { /* a statement and its values, bound to $1, $2 ... */
    int statement;
    const struct db_value *values;
    size_t count;
};

/* What an engine brings. Everything but open may be called from any thread, commit from a writer's
 * thread only, with its number. */
struct db_engine {
    const char *name;
    /* Reads wait for somebody else: they never belong on an I/O loop. */
    bool reads_block;
    /* Above these a batch only adds latency. */
    size_t batch_sets, batch_bytes;
    /* Opens, migrates and sets db->state; false after db_refuse. close follows in any case. */
    bool (*open)(struct db *db, const struct db_config *config);
    /* db_migration_status, on a handle with no state; false after db_refuse. */
    bool (*status)(struct db *db, const struct db_config *config, struct db_migration_state *ret);
    /* What a thread reads with (connections), and its end; NULL after db_refuse. */
    void *(*reader_open)(struct db *db);
    void (*reader_close)(void *reader);
    enum db_result (*read)(
        struct db *db, struct arena *arena, struct db_call call, size_t max, struct db_row **ret);
    /* NULL where every read sees the newest state. */
    void (*reads_hold)(struct db *db);
    bool (*reads_release)(struct db *db);
    void (*reads_pause)(struct db *db);
    void (*reads_widely)(struct db *db);
    /* Commits a batch, linked by queued; sets verdict and missed of every set. */
    void (*commit)(struct db *db, int writer, struct db_writes *batch);
    /* Prepares one statement against the schema; false after db_refuse. */
    bool (*prepare)(struct db *db, int statement);
    /* NULL where the server's own tools do that. */
    bool (*verify)(struct db *db, void (*tell)(void *ctx, str fault), void *ctx);
    /* NULL where tables are not partitioned. */
    bool (*keep_months)(struct db *db, int64_t now_ms);
    bool (*drop_months)(struct db *db, const char *table, int64_t before_ms, bool is_empty_only);
    void (*close)(struct db *db);
};

enum { DB_MAX_WRITERS = 16 };
struct db_writer {
    struct db *db;
    int number;
    pthread_t thread;
};
struct db_queue { /* sets that wait for a writer, oldest first */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct db_writes *first, *last;
    size_t count, max;
    uint64_t refused;
    int waiting, writer_count; /* writers that sleep; that were started */
    bool is_stopping, is_made;
    struct db_writer writers[DB_MAX_WRITERS];
};

struct db_reader; /* a thread's own (db_reader.c) */

struct db {
    const struct db_engine *engine;
    void *state;     /* the engine's */
    uint64_t serial; /* never reused: finds a thread's own reader */
    struct db_reader *readers;
    struct arena *arena; /* lives as long as the handle; used by db_open's thread only */
    const struct db_sql *sql;
    size_t sql_count;
    struct db_queue queue;
    struct {
        atomic_uint_fast64_t commits, sets, writes, misses, failures, house;
        atomic_uint_fast64_t connections, failed_connections, again;
        atomic_bool is_failing; /* nothing of the last batch could be committed */
        struct meter_times batches;
    } counts;
};

extern const struct db_engine sqlite_engine, pg_engine;

/* The calling thread's reader of this database, as engine->reader_open made it; NULL after db_refuse. */
MUST_USE void *db_reader(struct db *db);
/* Closes the readers of all threads, none of which reads any more. */
void db_reader_close_all(struct db *db);

/* Starts and stops the writers' threads; stopping commits what waits. */
MUST_USE bool db_queue_start(struct db *db, int writers, size_t max_queued);
void db_queue_stop(struct db *db);
MUST_USE bool db_queue_add(struct db *db, struct db_writes *writes);

/* Counts one database call for db_fail_after and says whether it has to fail. */
bool db_is_told_to_fail(void);
/* Sets the reason db_open gives, in memory of the calling thread; always false. */
bool db_refuse(const char *format, ...) PRINTF_LIKE(1, 2);
