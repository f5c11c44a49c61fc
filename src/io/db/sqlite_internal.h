/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite engine's own words: connections with their statements, the state of one open folder. */
#pragma once
#include <sqlite3.h>

#include "io/db/db_internal.h"

enum { SQLITE_PLACES = 2 }; /* DB_DATA, DB_KEYS */
enum sqlite_role { SQLITE_READER, SQLITE_WRITER };

enum { SQLITE_ROWS = 16, SQLITE_ROW_SIZES = 2, SQLITE_ROW_TABLES = 12 };

struct sqlite_stmt {
    sqlite3_stmt *handle; /* NULL until first used */
    uint8_t count;
    uint8_t at[DB_MAX_PARAMETERS]; /* SQLite's index of $1, $2 ...: it numbers by appearance */
    /* sqlite_rows.c */
    str table;                            /* the only one it touches; empty: nobody knows */
    const char *row;                      /* of a plain INSERT, from its values on; else NULL */
    sqlite3_stmt *rows[SQLITE_ROW_SIZES]; /* the same for many rows; NULL until first used */
};

struct sqlite_conn { /* one connection to one database, used by one thread at a time */
    sqlite3 *handle;
    const struct db_sql *sql;
    size_t count;
    struct sqlite_stmt *statements;
    sqlite3_stmt *begin, *end; /* a reader's: prepared at the first hold */
};

struct sqlite_reader { /* a thread's connections */
    struct sqlite_conn *conn[SQLITE_PLACES];
    bool is_wide;
    bool is_held;                 /* db_reads_hold */
    bool is_begun[SQLITE_PLACES]; /* at the first read; kept by a pause */
    uint64_t commits;             /* of the database, at most, when the oldest of them was begun */
};

enum sqlite_word {
    WORD_BEGIN,
    WORD_SAVE,
    WORD_RELEASE,
    WORD_UNSAVE,
    WORD_COMMIT,
    WORD_ROLLBACK,
    WORD_COUNT
};

struct sqlite {
    int lock_fd;
    const char *path[SQLITE_PLACES];
    /* the writer's */
    struct sqlite_conn *conn[SQLITE_PLACES];
    sqlite3_stmt *words[SQLITE_PLACES][WORD_COUNT];
    bool is_synchronous[SQLITE_PLACES];
    bool has_large_cache;
    bool is_erasure_pending; /* erased keys are still in keys.db's log */
    bool is_broken;          /* a flush failed: what is on disk is unknown until mended */
};

/* sqlite_conn.c */
/* Opens path, which exists; NULL after db_refuse. sql is the table statements are known by. */
MUST_USE struct sqlite_conn *sqlite_conn_open(
    const char *path, enum db_place place, enum sqlite_role role, const struct db *db);
void sqlite_conn_close(struct sqlite_conn *conn);
/* The statement, prepared at its first use; NULL after db_refuse. */
MUST_USE struct sqlite_stmt *sqlite_conn_statement(struct sqlite_conn *conn, int statement);
/* Binds values without copying them: reset before they go. */
MUST_USE bool sqlite_conn_bind(
    const struct sqlite_stmt *stmt, const struct db_value *values, size_t count);
void sqlite_conn_reset(const struct sqlite_stmt *stmt);
/* One state for the reads between; begin is false when they will do without. */
bool sqlite_conn_begin(struct sqlite_conn *conn);
void sqlite_conn_end(struct sqlite_conn *conn);
/* The usual size of the writer's caches, as SQL. */
extern const char *const sqlite_writer_cache[SQLITE_PLACES];
/* Runs SQL of ours that takes no values; an SQLite result code. */
int sqlite_conn_run(struct sqlite_conn *conn, const char *sql);

/* Binds one value at SQLite's index; an SQLite result code. */
int sqlite_conn_bind_one(sqlite3_stmt *stmt, int at, const struct db_value *v);

/* sqlite_rows.c */
struct sqlite_rows { /* rows of one statement that wait to be added by one */
    const struct sqlite_stmt *stmt;
    size_t count;
    const struct db_write *of[SQLITE_ROWS];
};
struct sqlite_waiting { /* of one connection, a table each */
    struct sqlite_rows tables[SQLITE_ROW_TABLES];
    size_t count;
};
/* Fills in what of a statement this file has to know. */
void sqlite_rows_learn(struct sqlite_stmt *stmt, const char *sql);
/* Lets a plain INSERT wait for others; false, with any of the waiting rows added, when one of them cannot be. */
MUST_USE bool sqlite_rows_add(struct sqlite_conn *conn, struct sqlite_waiting *waiting,
    struct sqlite_stmt *stmt, const struct db_write *w);
/* Adds what has to be there before that statement runs (NULL: all there is); false as above. */
MUST_USE bool sqlite_rows_settle(
    struct sqlite_conn *conn, struct sqlite_waiting *waiting, const struct sqlite_stmt *before);

/* sqlite.c */
/* The calling thread's connection, opened at first use; NULL after db_refuse. */
MUST_USE struct sqlite_conn *sqlite_reader_conn(struct db *db, enum db_place place);

/* sqlite_migrate.c */
MUST_USE bool sqlite_migrate(
    struct sqlite_conn *conn, enum db_place place, const struct db_config *config);
/* The state of those of one place, from a database that is there. */
MUST_USE bool sqlite_migrate_look(sqlite3 *handle, enum db_place place,
    const struct db_config *config, struct db_migration_state *ret);

/* sqlite_status.c */
bool sqlite_status(struct db *db, const struct db_config *config, struct db_migration_state *ret);

/* sqlite_writer.c */
/* Prepares BEGIN, SAVEPOINT ... on the writer's connections; false after db_refuse. */
MUST_USE bool sqlite_writer_start(struct sqlite *s);
void sqlite_writer_end(struct sqlite *s);
/* Moves the log of keys.db into it and empties the log, so that erased keys are nowhere. */
void sqlite_writer_flush_erased(struct sqlite *s);
/* The engine's commit. */
void sqlite_writer_commit(struct db *db, int writer, struct db_writes *batch);
