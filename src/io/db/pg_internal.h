/* SPDX-License-Identifier: Apache-2.0 */
/* The PostgreSQL engine's own words: connections and their statements, writers and their marks, what an open
 * database shares (docs/decisions/0017).
 *
 * Every wait has a deadline of ours, because a partitioned network answers nothing: a connection that misses
 * it is closed. */
#pragma once
#include <libpq-fe.h>

#include "base/id.h"
#include "base/lazy.h"
#include "io/db/db_internal.h"

/* libpq is opened when a database is: most processes never need it. */
#define PQ_FUNCTIONS(X)                                                                            \
    X(PQconnectStartParams)                                                                        \
    X(PQconnectPoll)                                                                               \
    X(PQconninfoParse)                                                                             \
    X(PQconninfoFree)                                                                              \
    X(PQfreemem)                                                                                   \
    X(PQfinish)                                                                                    \
    X(PQstatus)                                                                                    \
    X(PQsocket)                                                                                    \
    X(PQerrorMessage)                                                                              \
    X(PQserverVersion)                                                                             \
    X(PQsetnonblocking)                                                                            \
    X(PQsetNoticeReceiver)                                                                         \
    X(PQsendQuery)                                                                                 \
    X(PQsendQueryParams)                                                                           \
    X(PQsendPrepare)                                                                               \
    X(PQsendQueryPrepared)                                                                         \
    X(PQenterPipelineMode)                                                                         \
    X(PQexitPipelineMode)                                                                          \
    X(PQpipelineSync)                                                                              \
    X(PQflush)                                                                                     \
    X(PQconsumeInput)                                                                              \
    X(PQisBusy)                                                                                    \
    X(PQgetResult)                                                                                 \
    X(PQclear)                                                                                     \
    X(PQresultStatus)                                                                              \
    X(PQresultErrorField)                                                                          \
    X(PQresultErrorMessage)                                                                        \
    X(PQntuples)                                                                                   \
    X(PQnfields)                                                                                   \
    X(PQftype)                                                                                     \
    X(PQgetvalue)                                                                                  \
    X(PQgetlength)                                                                                 \
    X(PQgetisnull)                                                                                 \
    X(PQcmdTuples)                                                                                 \
    X(PQnotifies)

struct pq {
    PQ_FUNCTIONS(LAZY_MEMBER)
};
extern struct pq pq;

enum {
    PG_CONNECT_MS = 3000, /* to make one connection */
    PG_READ_MS = 3000,    /* a read waits so long for a database that is away */
    PG_WRITE_MS = 10000,  /* a writer so long for an outcome */
    PG_ANSWER_MS = 8000,  /* for an answer: more than the server's own statement_timeout */
    PG_REPLICA_MS = 2000, /* for a replica's, and to connect to it: the primary knows it, too */
    PG_NOTICE_MS = 2000,  /* how often the number of changes is read */
    PG_MAX_PLANS = 4      /* limits under which one statement is kept prepared */
};

/* A statement may be used twice in the pipeline that prepares it. */
enum pg_plan { PG_PLAN_NONE, PG_PLAN_SENT, PG_PLAN_MADE };

struct pg_plans {            /* of one statement on one connection */
    enum pg_plan plain, one; /* as written; as one that must change one row */
    size_t limits[PG_MAX_PLANS];
    size_t limit_count;
};

struct pg_conn { /* used by one thread at a time; zeroed but for the first four: not connected */
    struct pg *pg;
    const char *uri;
    const struct db_sql *sql;
    int answer_ms; /* how long a question waits; 0: PG_ANSWER_MS */
    PGconn *handle;
    struct pg_plans *plans; /* sql_count of them */
    enum pg_plan words[4];  /* the writer's own statements */
};

struct pg_reader { /* a thread's connections; each is made when first needed */
    struct pg_conn data, keys, replica;
    int64_t replica_good_until; /* steady: looked at before */
};

struct pg_writer { /* a writer thread's */
    struct pg_conn data, keys;
    struct uuid mark;
    bool is_marked; /* the mark has a row */
    int64_t step;   /* the last one that is known to be taken */
};

struct pg {
    struct db *db;
    const char *uri, *key_uri, *replica_uri; /* NULL: none of its own */
    atomic_int_fast64_t down_since;          /* steady; 0: up */
    atomic_int_fast64_t replica_rests_until; /* steady; 0: it answers */
    pthread_mutex_t gate;                    /* while it is down, one thread knocks */
    struct pg_writer writers[DB_MAX_WRITERS];
    struct {
        struct pg_conn conn;
        pthread_t thread;
        bool is_started;
        int wake[2]; /* a pipe: its end stops the thread */
        int64_t number;
        int64_t heard_ms; /* steady: when the number was last known */
        void (*on_notice)(void *ctx, str text);
        void *ctx;
    } listener;
};

enum pg_state { PG_OK, PG_ERROR, PG_GONE }; /* done; the server said no; no connection */

struct pg_fault { /* what the server said */
    char state[6];
    char text[200];
};

/* pg_conn.c */
/* Makes sure there is a connection, trying again until the deadline (steady) while the server is away; once at
 * least, for PG_CONNECT_MS. */
MUST_USE bool pg_connect(struct pg_conn *conn, int64_t deadline, struct pg_fault *ret);
void pg_disconnect(struct pg_conn *conn);
/* The next result of what was sent; NULL with *ret_state PG_OK at the end of a query's results, PG_GONE when the
 * connection broke or the deadline passed. */
PGresult *pg_result(struct pg_conn *conn, int64_t deadline, enum pg_state *ret_state);
/* Sends what libpq holds back, taking in what comes meanwhile. */
MUST_USE bool pg_flush(struct pg_conn *conn, int64_t deadline);
/* Fills in what an error result says; false when it is none. */
bool pg_is_error(const PGresult *result, struct pg_fault *ret);
/* Whether its SQLSTATE begins with one of these. */
bool pg_state_is(const struct pg_fault *fault, const char *const *states, size_t count);
/* Runs SQL of ours, several statements if need be, and throws the results away. */
MUST_USE enum pg_state pg_run(
    struct pg_conn *conn, const char *sql, int64_t deadline, struct pg_fault *ret);
/* Runs one statement with values; the result is the caller's (PQclear), NULL unless PG_OK. */
MUST_USE enum pg_state pg_ask(struct pg_conn *conn, const char *sql, const struct db_value *values,
    size_t count, PGresult **ret, struct pg_fault *ret_fault);

/* Values as libpq takes them: numbers as text, so that any integer type of a column will do. */
struct pg_params {
    const char *values[DB_MAX_PARAMETERS];
    int lengths[DB_MAX_PARAMETERS], formats[DB_MAX_PARAMETERS];
    char numbers[DB_MAX_PARAMETERS][24];
    int count;
};
void pg_params_fill(struct pg_params *params, const struct db_value *values, size_t count);
/* A row's columns, from binary results. */
MUST_USE struct db_row *pg_row(struct arena *arena, const PGresult *result, int row);
/* The number in a result's first row and that column. */
int64_t pg_number(const PGresult *result, int column);

/* pg_read.c */
void *pg_reader_open(struct db *db);
void pg_reader_close(void *reader);
enum db_result pg_read(
    struct db *db, struct arena *arena, struct db_call call, size_t max, struct db_row **ret);
bool pg_prepare(struct db *db, int statement);
/* Opens the comment that is text for PostgreSQL alone, as migrations have it (db_migrate.h). */
void pg_open_comment(char *text);

/* pg_writer.c */
void pg_commit(struct db *db, int writer, struct db_writes *batch);

/* pg_listen.c */
MUST_USE bool pg_listen_start(struct pg *pg);
void pg_listen_stop(struct pg *pg);

/* pg_migrate.c */
MUST_USE bool pg_migrate(struct pg *pg, const struct db_config *config);
/* What was applied, without applying anything. */
MUST_USE bool pg_migrate_look(
    struct pg *pg, const struct db_config *config, struct db_migration_state *ret);

/* pg_partition.c */
/* Makes the partitions of this month and the next ones, where they are missing; false when the database
 * cannot be asked. */
MUST_USE bool pg_partition_keep(struct pg_conn *conn, int64_t now_ms);
/* Drops the months of a table that had ended before, all or the empty ones. */
MUST_USE bool pg_partition_drop(
    struct pg_conn *conn, const char *table, int64_t before_ms, bool is_empty_only);
bool pg_keep_months(struct db *db, int64_t now_ms);
bool pg_drop_months(struct db *db, const char *table, int64_t before_ms, bool is_empty_only);
