/* SPDX-License-Identifier: Apache-2.0 */
/* Group commit and point reads of io/db beside bare SQLite with the same settings, table and batches.
 * Sets in flight are queued again from the event loop that learns of their commit, as a server does.
 * Usage: db_bench [FOLDER [SECONDS]]; the folder decides which disk is measured. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/rng.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "io/db/db.h"

enum { MAX_IN_FLIGHT = 256, READS = 200000 };
enum { ROW_ADD, ROW_GET, ROW_COUNT };

#define TABLE                                                                                      \
    "CREATE TABLE bench (id BYTEA PRIMARY KEY, digest BYTEA NOT NULL, owner BYTEA NOT NULL,"       \
    " body BYTEA NOT NULL, created BIGINT NOT NULL, expires BIGINT NOT NULL)"
#define ADD                                                                                        \
    "INSERT INTO bench (id, digest, owner, body, created, expires)"                                \
    " VALUES ($1, $2, $3, $4, $5, $6)"
#define GET "SELECT digest, owner, body, created, expires FROM bench WHERE id = $1"

static const struct db_sql sql[] = {{"ROW_ADD", DB_DATA, ADD}, {"ROW_GET", DB_DATA, GET},
    {"ROW_COUNT", DB_DATA, "SELECT count(*) FROM bench"}};
static const struct db_migration migrations[] = {
    {1, DB_DATA, "bench", TABLE " /*sqlite: WITHOUT ROWID */"}};

static uint8_t filler[64];
static struct rng *rng;

struct slot {
    struct db_writes set;
    struct arena *arena;
    struct uuid id;
    struct slot *next;
    struct loop *loop;
};

struct loop { /* what an event loop has: a list of finished work, and a way to wake */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct slot *finished;
};

static void
slot_done(struct db_writes *set)
{
    struct slot *slot = set->owner;
    struct loop *loop = slot->loop;
    bool was_empty;

    pthread_mutex_lock(&loop->lock);
    was_empty = loop->finished == NULL;
    slot->next = loop->finished;
    loop->finished = slot;
    if (was_empty) {
        pthread_cond_signal(&loop->wake);
    }
    pthread_mutex_unlock(&loop->lock);
}

static void
slot_commit(struct db *db, struct slot *slot, int writes)
{
    arena_reset(slot->arena);
    db_writes_init(&slot->set, slot->arena);
    for (int i = 0; i < writes; i++) {
        struct uuid *id = ARENA_NEW(slot->arena, struct uuid);

        CHECK(id != NULL);
        *id = slot->id = uuid_make(clock_now_ms(), rng);
        db_write(&slot->set, ROW_ADD, DB_NEW, 0,
            DB_VALUES(DB_ID(id), DB_BYTES(((bytes){filler, 32})), DB_BYTES(((bytes){filler, 16})),
                DB_BYTES(((bytes){filler, 64})), DB_I64(1), DB_I64(2)));
    }
    slot->set.done = slot_done;
    slot->set.owner = slot;
    CHECK(db_commit(db, &slot->set));
}

static struct slot *
wait_finished(struct loop *loop)
{
    struct slot *slot;

    pthread_mutex_lock(&loop->lock);
    while (loop->finished == NULL) {
        pthread_cond_wait(&loop->wake, &loop->lock);
    }
    slot = loop->finished;
    loop->finished = NULL;
    pthread_mutex_unlock(&loop->lock);
    return slot;
}

static double
cpu_seconds(void)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec)
           + (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

/* Keeps so many sets in flight for a while; sets a second. */
static double
measure_commits(struct db *db, int in_flight, int writes, int64_t ms)
{
    static struct slot slots[MAX_IN_FLIGHT];
    struct loop loop = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL};
    struct db_counts before = db_count(db), after;
    int64_t begin = clock_steady_ns();
    double cpu = cpu_seconds(), seconds;
    int running = 0;

    for (; running < in_flight; running++) {
        slots[running].arena = slots[running].arena ? slots[running].arena : arena_new(KB(64));
        slots[running].loop = &loop;
        slot_commit(db, &slots[running], writes);
    }
    while (running > 0) {
        bool is_over = clock_steady_ns() - begin > ms * 1000000;

        for (struct slot *slot = wait_finished(&loop), *next; slot != NULL; slot = next) {
            next = slot->next;
            CHECK(slot->set.verdict == DB_COMMITTED);
            if (is_over) {
                running--;
            } else {
                slot_commit(db, slot, writes);
            }
        }
    }
    seconds = (double)(clock_steady_ns() - begin) / 1e9;
    cpu = cpu_seconds() - cpu;
    after = db_count(db);
    printf("io/db   %3d in flight, %d rows a set: %8.0f sets/s, batch %5.1f, %5.2f us CPU a set\n",
        in_flight, writes, (double)(after.sets - before.sets) / seconds,
        (double)(after.sets - before.sets) / (double)(after.commits - before.commits),
        cpu * 1e6 / (double)(after.sets - before.sets));
    return (double)(after.sets - before.sets) / seconds;
}

static void
must(sqlite3 *handle, int rc)
{
    if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
        fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(handle));
        exit(1);
    }
}

static sqlite3_stmt *
prepared(sqlite3 *handle, const char *text)
{
    sqlite3_stmt *stmt;

    must(handle, sqlite3_prepare_v3(handle, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL));
    return stmt;
}

static void
step(sqlite3 *handle, sqlite3_stmt *stmt)
{
    must(handle, sqlite3_step(stmt));
    must(handle, sqlite3_reset(stmt));
}

static sqlite3 *
bare_open(const char *folder)
{
    char path[256];
    sqlite3 *handle;

    snprintf(path, sizeof path, "%s/bare.db", folder);
    must(NULL, sqlite3_open_v2(path, &handle,
                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
    must(handle, sqlite3_exec(handle,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "PRAGMA cache_size = -4096; PRAGMA secure_delete = FAST;"
                     "PRAGMA wal_autocheckpoint = 2000; " TABLE " WITHOUT ROWID",
                     NULL, NULL, NULL));
    return handle;
}

static void
bare_row(sqlite3 *handle, sqlite3_stmt *add)
{
    struct uuid id = uuid_make(clock_now_ms(), rng);

    sqlite3_bind_blob(add, 1, id.b, sizeof id.b, SQLITE_STATIC);
    sqlite3_bind_blob(add, 2, filler, 32, SQLITE_STATIC);
    sqlite3_bind_blob(add, 3, filler, 16, SQLITE_STATIC);
    sqlite3_bind_blob(add, 4, filler, 64, SQLITE_STATIC);
    sqlite3_bind_int64(add, 5, 1);
    sqlite3_bind_int64(add, 6, 2);
    step(handle, add);
}

/* One thread that does nothing but commit batches of that many savepoints; sets a second. */
static double
measure_bare(sqlite3 *handle, int batch, int writes, int64_t ms)
{
    sqlite3_stmt *add = prepared(handle, ADD), *begin_ = prepared(handle, "BEGIN IMMEDIATE");
    sqlite3_stmt *commit = prepared(handle, "COMMIT"), *save = prepared(handle, "SAVEPOINT one");
    sqlite3_stmt *release = prepared(handle, "RELEASE one");
    int64_t begin = clock_steady_ns();
    double cpu = cpu_seconds(), seconds;
    int64_t sets = 0;

    while (clock_steady_ns() - begin < ms * 1000000) {
        step(handle, begin_);
        for (int i = 0; i < batch; i++, sets++) {
            step(handle, save);
            for (int k = 0; k < writes; k++) {
                bare_row(handle, add);
            }
            step(handle, release);
        }
        step(handle, commit);
    }
    seconds = (double)(clock_steady_ns() - begin) / 1e9;
    cpu = cpu_seconds() - cpu;
    printf("SQLite  %3d a batch,   %d rows a set: %8.0f sets/s,              %5.2f us CPU a set\n",
        batch, writes, (double)sets / seconds, cpu * 1e6 / (double)sets);
    sqlite3_finalize(add);
    sqlite3_finalize(begin_);
    sqlite3_finalize(commit);
    sqlite3_finalize(save);
    sqlite3_finalize(release);
    return (double)sets / seconds;
}

/* One thread that reads the same row: the cost of a read without the disk. */
static void
measure_reads(struct db *db, sqlite3 *bare, struct uuid id)
{
    struct arena *arena = arena_new(KB(64));
    sqlite3_stmt *get = prepared(bare, GET);
    double cpu = cpu_seconds();

    for (int i = 0; i < READS; i++) {
        struct db_row *row;

        arena_reset(arena);
        CHECK(db_one(db, arena, ROW_GET, DB_VALUES(DB_ID(&id)), &row) == DB_ROW);
    }
    printf("io/db   point read: %.2f us CPU\n", (cpu_seconds() - cpu) * 1e6 / READS);
    cpu = cpu_seconds();
    for (int i = 0; i < READS; i++) {
        sqlite3_bind_blob(get, 1, id.b, sizeof id.b, SQLITE_STATIC);
        step(bare, get);
    }
    printf("SQLite  point read: %.2f us CPU\n", (cpu_seconds() - cpu) * 1e6 / READS);
    sqlite3_finalize(get);
    arena_free(arena);
}

static struct uuid
add_one(struct db *db)
{
    struct arena *arena = arena_new(KB(64));
    struct uuid id = uuid_make(clock_now_ms(), rng);
    struct db_writes set;

    db_writes_init(&set, arena);
    db_write(&set, ROW_ADD, DB_NEW, 0,
        DB_VALUES(DB_ID(&id), DB_BYTES(((bytes){filler, 32})), DB_BYTES(((bytes){filler, 16})),
            DB_BYTES(((bytes){filler, 64})), DB_I64(1), DB_I64(2)));
    CHECK(db_commit_wait(db, &set) == DB_COMMITTED);
    arena_free(arena);
    return id;
}

int
main(int argc, char **argv)
{
    static const int shapes[][2] = {{1, 1}, {16, 1}, {64, 1}, {64, 2}, {256, 1}};
    char folder[200];
    const char *why;
    int64_t ms = argc > 2 ? (int64_t)strtol(argv[2], NULL, 10) * 1000 : 2000;
    struct db_config config = {.sql = sql,
        .sql_count = COUNT(sql),
        .migrations = migrations,
        .migration_count = COUNT(migrations)};
    struct db *db;
    sqlite3 *bare;

    snprintf(folder, sizeof folder, "%s/db-bench-XXXXXX", argc > 1 ? argv[1] : "/tmp");
    CHECK(crypto_init() && mkdtemp(folder) != NULL);
    rng = random_system();
    config.folder = str_from(folder);
    db = db_open(&config, &why);
    if (db == NULL) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    bare = bare_open(folder);
    for (size_t i = 0; i < COUNT(shapes); i++) {
        double ours = measure_commits(db, shapes[i][0], shapes[i][1], ms);
        double theirs = measure_bare(bare, shapes[i][0], shapes[i][1], ms);

        printf("        ratio %.2f\n", ours / theirs);
    }
    measure_reads(db, bare, add_one(db));
    sqlite3_close(bare);
    db_close(db);
    printf("left behind for a look: %s\n", folder);
    return 0;
}
