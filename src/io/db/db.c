/* SPDX-License-Identifier: Apache-2.0 */
/* The front of io/db, the same for every engine: values, rows, write sets, counts. */
#include "io/db/db.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/mem.h"
#include "io/db/db_internal.h"

static _Thread_local char refusal[320];
static atomic_long calls_left = -1;
static atomic_uint_fast64_t last_serial;

bool
db_refuse(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(refusal, sizeof refusal, format, args);
    va_end(args);
    return false;
}

void
db_fail_after(long n)
{
    atomic_store(&calls_left, n);
}

bool
db_is_told_to_fail(void)
{
    long left = atomic_load_explicit(&calls_left, memory_order_relaxed);

    /* A compare, not a plain subtraction: two threads must not step below zero, which is "off". */
    while (left > 0 && !atomic_compare_exchange_weak(&calls_left, &left, left - 1)) {
    }
    return left == 0;
}

static void
check_config(const struct db_config *config)
{
    CHECK(config->folder.n > 0 || config->database.n > 0);
    for (size_t i = 1; i < config->migration_count; i++) {
        CHECK(config->migrations[i - 1].number < config->migrations[i].number);
    }
}

static struct db *
new_handle(const struct db_config *config)
{
    struct db *db = MEM_NEW(struct db);

    check_config(config);
    if (db == NULL || (db->arena = arena_new(MB(1))) == NULL) {
        db_refuse("out of memory");
        mem_free(db);
        return NULL;
    }
    db->sql = config->sql;
    db->sql_count = config->sql_count;
    db->serial = atomic_fetch_add(&last_serial, 1) + 1;
    db->engine = config->database.n ? &pg_engine : &sqlite_engine;
    return db;
}

bool
db_migration_status(
    const struct db_config *config, struct db_migration_state *ret, const char **ret_why)
{
    struct db *db = new_handle(config);
    bool is_seen = db != NULL && db->engine->status(db, config, ret);

    *ret_why = refusal;
    if (db != NULL) {
        arena_free(db->arena);
        mem_free(db);
    }
    return is_seen;
}

struct db *
db_open(const struct db_config *config, const char **ret_why)
{
    struct db *db = new_handle(config);
    int writers;

    if (db == NULL) {
        *ret_why = refusal;
        return NULL;
    }
    writers = config->database.n == 0 ? 1 : config->writers ? config->writers : 2;
    if (!db->engine->open(db, config)
        || !db_queue_start(db, writers, config->max_queued ? config->max_queued : 4096)) {
        db_close(db);
        *ret_why = refusal;
        return NULL;
    }
    return db;
}

void
db_close(struct db *db)
{
    if (db == NULL) {
        return;
    }
    db_queue_stop(db);
    db->engine->close(db);
    arena_free(db->arena);
    mem_free(db);
}

void
db_reads_hold(struct db *db)
{
    if (db->engine->reads_hold != NULL) {
        db->engine->reads_hold(db);
    }
}

bool
db_reads_release(struct db *db)
{
    return db->engine->reads_release != NULL && db->engine->reads_release(db);
}

void
db_reads_pause(struct db *db)
{
    if (db->engine->reads_pause != NULL) {
        db->engine->reads_pause(db);
    }
}

void
db_reads_widely(struct db *db)
{
    if (db->engine->reads_widely != NULL) {
        db->engine->reads_widely(db);
    }
}

bool
db_keep_months(struct db *db, int64_t now_ms)
{
    return db->engine->keep_months == NULL || db->engine->keep_months(db, now_ms);
}

bool
db_drop_months(struct db *db, const char *table, int64_t before_ms, bool is_empty_only)
{
    return db->engine->drop_months == NULL
           || db->engine->drop_months(db, table, before_ms, is_empty_only);
}

bool
db_verify(struct db *db, void (*tell)(void *ctx, str fault), void *ctx)
{
    return db->engine->verify == NULL || db->engine->verify(db, tell, ctx);
}

bool
db_reads_block(const struct db *db)
{
    return db->engine->reads_block;
}

bool
db_check_statements(struct db *db, const char **ret_why)
{
    for (size_t i = 0; i < db->sql_count; i++) {
        if (!db->engine->prepare(db, (int)i)) {
            *ret_why = refusal;
            return false;
        }
    }
    return true;
}

static enum db_result
read_rows(struct db *db, struct arena *arena, struct db_call call, size_t max, struct db_row **ret)
{
    enum db_result result = DB_FAILED;

    CHECK(call.statement >= 0 && (size_t)call.statement < db->sql_count);
    CHECK(call.count <= DB_MAX_PARAMETERS);
    if (!arena_failed(arena) && !db_is_told_to_fail()) {
        result = db->engine->read(db, arena, call, max, ret);
    }
    if (result == DB_FAILED) {
        atomic_fetch_add(&db->counts.failures, 1);
    }
    return result;
}

enum db_result
db_one(struct db *db, struct arena *arena, int statement, const struct db_value *values,
    size_t count, struct db_row **ret)
{
    return read_rows(db, arena, (struct db_call){statement, values, count}, 1, ret);
}

enum db_result
db_all(struct db *db, struct arena *arena, int statement, const struct db_value *values,
    size_t count, size_t max, struct db_row **ret)
{
    struct db_row *rows = NULL;
    enum db_result result =
        read_rows(db, arena, (struct db_call){statement, values, count}, max, &rows);

    if (result == DB_FAILED) {
        return DB_FAILED;
    }
    *ret = rows;
    return DB_ROW;
}

static struct db_value
column_of(const struct db_row *row, size_t column)
{
    CHECK(column < row->count);
    return row->col[column];
}

size_t
db_row_count(const struct db_row *rows)
{
    size_t n = 0;

    for (; rows != NULL; rows = rows->next) {
        n++;
    }
    return n;
}

int64_t
db_i64(const struct db_row *row, size_t column)
{
    struct db_value v = column_of(row, column);

    return v.type == DB_INT ? v.number : 0;
}

str
db_str(const struct db_row *row, size_t column)
{
    struct db_value v = column_of(row, column);

    return v.type == DB_TEXT || v.type == DB_BLOB ? v.data : NO_STR;
}

bytes
db_bytes(const struct db_row *row, size_t column)
{
    return str_bytes(db_str(row, column));
}

bool
db_is_null(const struct db_row *row, size_t column)
{
    return column_of(row, column).type == DB_NULL;
}

void
db_writes_init(struct db_writes *writes, struct arena *arena)
{
    *writes = (struct db_writes){.arena = arena, .is_sync_needed = true};
}

struct db_value *
db_write(struct db_writes *writes, int statement, enum db_expect expect, int miss,
    const struct db_value *values, size_t count)
{
    struct db_write *w = ARENA_NEW(writes->arena, struct db_write);

    CHECK(statement >= 0 && count <= DB_MAX_PARAMETERS);
    if (w == NULL) {
        return NULL;
    }
    *w = (struct db_write){.statement = statement, .expect = expect, .miss = miss, .count = count};
    w->values = ARENA_ARRAY(writes->arena, count, struct db_value);
    if (w->values == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        w->values[i] = values[i];
        writes->bytes += sizeof values[i] + values[i].data.n;
    }
    if (writes->last != NULL) {
        writes->last->next = w;
    } else {
        writes->first = w;
    }
    writes->last = w;
    writes->count++;
    return w->values;
}

void
db_notice(struct db_writes *writes, str text)
{
    struct db_notice *n = ARENA_NEW(writes->arena, struct db_notice);

    CHECK(text.n <= DB_MAX_NOTICE);
    if (n != NULL) { /* a failed arena makes db_commit refuse */
        *n = (struct db_notice){writes->notices, str_dup(writes->arena, text)};
        writes->notices = n;
    }
}

bool
db_commit(struct db *db, struct db_writes *writes)
{
    if (arena_failed(writes->arena)) {
        return false;
    }
    CHECK(writes->count > 0 && writes->done != NULL);
    for (const struct db_write *w = writes->first; w != NULL; w = w->next) {
        CHECK((size_t)w->statement < db->sql_count);
    }
    writes->verdict = DB_LOST;
    writes->missed = NULL;
    writes->queued = NULL;
    return db_queue_add(db, writes);
}

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_done;
};

static void
waiter_done(struct db_writes *writes)
{
    struct waiter *waiter = writes->owner;

    pthread_mutex_lock(&waiter->lock);
    waiter->is_done = true;
    pthread_cond_signal(&waiter->wake);
    pthread_mutex_unlock(&waiter->lock);
}

enum db_verdict
db_commit_wait(struct db *db, struct db_writes *writes)
{
    struct waiter waiter = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};

    writes->done = waiter_done;
    writes->owner = &waiter;
    if (!db_commit(db, writes)) {
        return DB_LOST;
    }
    pthread_mutex_lock(&waiter.lock);
    while (!waiter.is_done) {
        pthread_cond_wait(&waiter.wake, &waiter.lock);
    }
    pthread_mutex_unlock(&waiter.lock);
    pthread_mutex_destroy(&waiter.lock);
    pthread_cond_destroy(&waiter.wake);
    return writes->verdict;
}

struct db_counts
db_count(const struct db *db)
{
    struct db_queue *q = (struct db_queue *)(uintptr_t)&db->queue; /* locking changes nothing */
    struct db_counts counts = {
        .commits = atomic_load(&db->counts.commits),
        .sets = atomic_load(&db->counts.sets),
        .writes = atomic_load(&db->counts.writes),
        .misses = atomic_load(&db->counts.misses),
        .failures = atomic_load(&db->counts.failures),
        .house = atomic_load(&db->counts.house),
        .connections = meter_read(&db->counts.connections),
        .failed_connections = meter_read(&db->counts.failed_connections),
        .again = meter_read(&db->counts.again),
        .is_committing = !atomic_load_explicit(&db->counts.is_failing, memory_order_relaxed),
    };

    meter_read_times(&db->counts.batches, &counts.batches);
    pthread_mutex_lock(&q->lock);
    counts.queued = q->count;
    counts.refused = q->refused;
    pthread_mutex_unlock(&q->lock);
    return counts;
}
