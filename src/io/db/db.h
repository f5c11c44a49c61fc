/* SPDX-License-Identifier: Apache-2.0 */
/* The database as everybody above sees it: reads now, writes at the end (DESIGN section 4).
 *
 * Statements are known by number: the caller hands a table of them to db_open (model/statements.h), so that the
 * SQL text is written once and prepared once per connection. Two databases are one here: DATA, and KEYS (keys.db),
 * whose writes of a set are committed first, so that no row exists before the key that opens it, and no key
 * outlives an erased row's. SQL is the dialect SQLite and PostgreSQL share; parameters are $1, $2 ... */
#pragma once
#include "base/str.h"
#include "io/db/db_count.h"

struct arena;
struct db;

/* DB_OLD: of the data, and may be read from a replica that is behind, where there is one: lists that are only shown.
 * Nothing is decided and nothing cached by what such a statement gives. */
enum db_place { DB_DATA, DB_KEYS, DB_OLD };

struct db_sql {       /* one statement */
    const char *name; /* "CODE_CONSUME": for logs and tests */
    enum db_place place;
    const char *text;
};

enum db_type { DB_NULL, DB_INT, DB_TEXT, DB_BLOB };
struct db_value {
    enum db_type type;
    int64_t number;
    str data; /* text or blob */
};
#define DB_I64(n) ((struct db_value){DB_INT, (n), NO_STR})
#define DB_STR(s) ((struct db_value){DB_TEXT, 0, (s)})
#define DB_BYTES(b) ((struct db_value){DB_BLOB, 0, bytes_str(b)})
#define DB_ID(id)                                                                                  \
    ((struct db_value){DB_BLOB, 0, bytes_str(uuid_bytes(id))}) /* id: const struct uuid * */
#define DB_NONE_V ((struct db_value){DB_NULL, 0, NO_STR})
#define DB_STR_OR_NULL(s) ((s).n ? DB_STR(s) : DB_NONE_V) /* NULL when it is empty */

enum { DB_MAX_COLUMNS = 24, DB_MAX_PARAMETERS = 24, DB_GATHER_MAX = 8 };
struct db_row {
    struct db_row *next; /* of db_all */
    size_t count;
    struct db_value col[]; /* copies on the caller's arena */
};

enum db_result { DB_ROW, DB_NO_ROW, DB_FAILED };

/* Reads at most one row, on the calling thread's own connection. Sees all that was committed before the call. */
MUST_USE enum db_result db_one(struct db *db, struct arena *arena, int statement,
    const struct db_value *values, size_t count, struct db_row **ret);
/* Reads up to max rows as a list (*ret NULL for none): DB_ROW or DB_FAILED. */
MUST_USE enum db_result db_all(struct db *db, struct arena *arena, int statement,
    const struct db_value *values, size_t count, size_t max, struct db_row **ret);

/* Between these two the calling thread's reads see one state, where reading is this process's own matter (SQLite): a read then
 * costs half. For milliseconds at most, since the log cannot be emptied meanwhile. What is kept beyond the release (a cache)
 * must not be read in between, for a change may have been told of that is not seen: so release says whether there was a hold. */
void db_reads_hold(struct db *db);
bool db_reads_release(struct db *db);
/* As release, for a thread that will hold again within microseconds: the state stays open, and that hold goes on with it unless
 * something was committed in between. Reads without a hold see the newest state as ever. Whoever paused releases before
 * waiting for anything. */
void db_reads_pause(struct db *db);
/* The calling thread goes from place to place in large indexes: what it reads with keeps more of their pages from now on. */
void db_reads_widely(struct db *db);

#define DB_VALUES(...)                                                                             \
    (const struct db_value[]){__VA_ARGS__}, COUNT(((const struct db_value[]){__VA_ARGS__}))

/* Columns by kind; 0, empty or nil when the column is NULL. */
int64_t db_i64(const struct db_row *row, size_t column);
str db_str(const struct db_row *row, size_t column);
bytes db_bytes(const struct db_row *row, size_t column);
bool db_is_null(const struct db_row *row, size_t column);
/* How many rows db_all gave. */
size_t db_row_count(const struct db_row *rows);

/* What a write of a set must find. If it does not, the whole set is undone and its verdict names the write. */
enum db_expect {
    DB_ANY, /* any number of rows; a duplicate is an error */
    DB_ONE, /* exactly one row changed; a duplicate is a miss too */
    DB_NEW, /* an insert that meets no duplicate, also none that ON CONFLICT DO NOTHING skips */
};

struct db_write {
    struct db_write *next;
    int statement;
    enum db_expect expect;
    int miss; /* the caller's number for "this expectation failed" (an enum err) */
    struct db_value *values;
    size_t count;
};

enum db_verdict {
    DB_COMMITTED, /* all of it is on disk */
    DB_MISSED,    /* an expectation failed: nothing of the set exists */
    DB_LOST,    /* an error: no row of the set exists; a key it wrote or erased may be so already */
    DB_UNKNOWN, /* the database went away and did not come back to say: all of it exists or nothing */
};

struct db_notice { /* what other nodes must hear of once the set is committed */
    struct db_notice *next;
    str text;
};
enum { DB_MAX_NOTICE = 200 }; /* bytes */

/* A write set: lives with the request until done() is called. */
struct db_writes {
    struct arena *arena;
    struct db_write *first, *last;
    size_t count;
    struct db_notice *notices;
    /* True unless only what may be lost on power cut is written (audit counters). */
    bool is_sync_needed;
    /* Of the house itself (jobs, start), not of a request: counted apart. */
    bool is_of_house;
    /* Filled in by the engine: the verdict, and with DB_MISSED the write that missed. */
    enum db_verdict verdict;
    const struct db_write *missed;
    /* The caller's: called once, on a writer's thread (with SQLite in the order of queueing); hand off quickly. */
    void (*done)(struct db_writes *writes);
    void *owner;
    /* Private to io/db. */
    struct db_writes *queued;
    size_t bytes;
};

void db_writes_init(struct db_writes *writes, struct arena *arena); /* both live until done() */
/* Declares a write and gives the set's copy of the values; their data must live as long as the set. NULL when the arena
 * failed, which makes db_commit refuse. */
struct db_value *db_write(struct db_writes *writes, int statement, enum db_expect expect, int miss,
    const struct db_value *values, size_t count);
/* Puts the writes of these statements (DB_GATHER_MAX) behind all others, statement by statement, each in the order of its
 * value number `key` (bytes): for a set of many rows that do not care which of them comes first. */
void db_writes_gather(struct db_writes *writes, const int *statements, size_t count, size_t key);
/* Tells every node, this one too, once the set is committed: db_config's on_notice gets the text (printable
 * ASCII, at most DB_MAX_NOTICE bytes). Where one process has the database to itself nobody is told. */
void db_notice(struct db_writes *writes, str text);
/* Hands the set to the writer; done() is called when it is durable or refused. False when the queue is full or
 * the arena failed: done() is then not called. An empty set is a programming error. */
MUST_USE bool db_commit(struct db *db, struct db_writes *writes);
/* The same and waits for the verdict: for commands, jobs and tests, never on an I/O loop. Sets done and
 * owner; DB_LOST as well when the set was not taken. */
enum db_verdict db_commit_wait(struct db *db, struct db_writes *writes);

struct db_migration { /* embedded text of db/migrations/NNNN-*.sql, in order */
    int number;
    enum db_place place;
    const char *name, *text;
};

struct db_config {
    str folder; /* SQLite: holds cardea.db and keys.db; made 0700 if missing */
    /* PostgreSQL instead: a postgresql:// URI, and others for what lives or is read elsewhere (empty: there). */
    str database, key_database, replica;
    int writers; /* threads that commit there; 0: 2 */
    /* Called on a thread of the database's for each notice of a committed set; with NO_STR when some may
     * have been missed: then anything may have changed. */
    void (*on_notice)(void *ctx, str text);
    void *notice_ctx;
    const struct db_sql *sql;
    size_t sql_count;
    const struct db_migration *migrations;
    size_t migration_count;
    size_t max_queued; /* write sets waiting; 0: 4096 */
};

struct db_migration_state { /* of one migration */
    int64_t applied_at;     /* 0: it is missing */
    bool is_changed;        /* it was applied with another text */
};
/* Tells of every migration of the configuration, in order, whether it was applied; changes and makes nothing.
 * False with *ret_why when that cannot be seen: a data folder is seen while no server uses it. */
MUST_USE bool db_migration_status(
    const struct db_config *config, struct db_migration_state *ret, const char **ret_why);

/* Opens or makes both databases, applies missing migrations, starts the writers. A data folder is used by one
 * process at a time (a lock file); a PostgreSQL database by any number. NULL with *ret_why, text of the calling thread until its next db call.
 * crypto_init comes first. */
MUST_USE struct db *db_open(const struct db_config *config, const char **ret_why);
/* Commits what waits, stops the writer, closes every connection. */
void db_close(struct db *db);
/* Tables that are partitioned by month (PostgreSQL): makes the months to come, which are made at db_open, too; and
 * drops those that had ended before an instant, all or the empty ones: how what is kept for a set time goes at
 * once. Where nothing is partitioned they do nothing. False when the database cannot be asked. */
MUST_USE bool db_keep_months(struct db *db, int64_t now_ms);
MUST_USE bool db_drop_months(
    struct db *db, const char *table, int64_t before_ms, bool is_empty_only);
/* Looks over every page of the files for damage and tells of each fault that is found; false if there was one, or
 * the look could not be finished. For a stopped server; of PostgreSQL's files nothing is looked at: pg_amcheck does. */
MUST_USE bool db_verify(struct db *db, void (*tell)(void *ctx, str fault), void *ctx);
/* Whether reads wait for another process: then no handler belongs on an I/O loop. */
bool db_reads_block(const struct db *db);
/* Prepares every statement against the migrated schema: for the test that no SQL text is wrong and for
 * `check` commands. False with *ret_why naming the statement. */
MUST_USE bool db_check_statements(struct db *db, const char **ret_why);

/* Torture tests only: lets n database calls (reads and writes) succeed and fails the one after and all later;
 * negative switches it off. */
void db_fail_after(long n);
