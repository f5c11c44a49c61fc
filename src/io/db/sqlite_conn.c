/* SPDX-License-Identifier: Apache-2.0 */
/* SQLite connections: how each is set up, its statements, binding.
 *
 * Deviation from the shared dialect that only this file knows: SQLite takes $1 for a name, so its
 * place is looked up once, when the statement is prepared. */
#include "io/db/sqlite_internal.h"

#include "base/mem.h"

/* The folder is this process's alone, so locks and the log's index need no file and no system call:
 * a point read costs less than half. */
static const char vfs[] = "unix-excl";

enum { BUSY_MS = 5000, MAX_VALUE_BYTES = 64 * 1024 * 1024 };

/* A kilobyte count is negative for SQLite. Readers' caches are small on purpose: their pages are
 * the page cache's of the system, through mmap, and there is one reader a thread. */
#define DATA_CACHE "PRAGMA cache_size = -4096"
#define KEYS_CACHE "PRAGMA cache_size = -1024"
const char *const sqlite_writer_cache[SQLITE_PLACES] = {DATA_CACHE, KEYS_CACHE};

/* A page of the memory map is looked at anew by every statement that comes to it, cell by cell where cell_size_check is on:
 * a sixth of a point read. It keeps damage from spreading, so it is the writers'; readers find damage where they step on it. */
#define CAREFUL "PRAGMA cell_size_check = ON;"

/* clang-format off */
static const char *const setup[SQLITE_PLACES][2] = {
    [DB_DATA] = {
        [SQLITE_READER] = "PRAGMA cache_size = -512; PRAGMA mmap_size = 67108864; PRAGMA query_only = ON;",
        [SQLITE_WRITER] = DATA_CACHE "; PRAGMA secure_delete = FAST;" CAREFUL
                          "PRAGMA wal_autocheckpoint = 2000;",
    },
    [DB_KEYS] = {
        [SQLITE_READER] = "PRAGMA cache_size = -128; PRAGMA mmap_size = 0; PRAGMA query_only = ON;",
        [SQLITE_WRITER] = KEYS_CACHE "; PRAGMA mmap_size = 0; PRAGMA secure_delete = ON;" CAREFUL,
    },
};
/* clang-format on */

/* temp_store: what a sort spills must not reach a file outside the data folder. */
static const char setup_all[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;"
    "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;"
    "PRAGMA journal_size_limit = 16777216;";

static void
harden(sqlite3 *handle)
{
    sqlite3_busy_timeout(handle, BUSY_MS);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES);
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    /* "text" in double quotes is a column everywhere else: make the mistake an error here too. */
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL);
}

int
sqlite_conn_run(struct sqlite_conn *conn, const char *sql)
{
    return sqlite3_exec(conn->handle, sql, NULL, NULL, NULL);
}

static bool
open_handle(struct sqlite_conn *conn, const char *path, enum db_place place, enum sqlite_role role)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE
                | SQLITE_OPEN_EXRESCODE;
    int rc = sqlite3_open_v2(path, &conn->handle, flags, vfs);

    if (rc == SQLITE_OK) {
        harden(conn->handle);
        rc = sqlite_conn_run(conn, setup_all);
    }
    if (rc == SQLITE_OK) {
        rc = sqlite_conn_run(conn, setup[place][role]);
    }
    if (rc != SQLITE_OK) {
        return db_refuse("%s: %s", path, sqlite3_errmsg(conn->handle));
    }
    return true;
}

struct sqlite_conn *
sqlite_conn_open(const char *path, enum db_place place, enum sqlite_role role, const struct db *db)
{
    struct sqlite_conn *conn = MEM_NEW(struct sqlite_conn);

    if (conn == NULL) {
        db_refuse("out of memory");
        return NULL;
    }
    conn->sql = db->sql;
    conn->count = db->sql_count;
    conn->statements = mem_new(MAX(conn->count, 1) * sizeof conn->statements[0]);
    if (conn->statements == NULL) {
        db_refuse("out of memory");
        sqlite_conn_close(conn);
        return NULL;
    }
    if (!open_handle(conn, path, place, role)) {
        sqlite_conn_close(conn);
        return NULL;
    }
    return conn;
}

void
sqlite_conn_close(struct sqlite_conn *conn)
{
    if (conn == NULL) {
        return;
    }
    for (size_t i = 0; conn->statements != NULL && i < conn->count; i++) {
        sqlite3_finalize(conn->statements[i].handle);
        for (size_t k = 0; k < SQLITE_ROW_SIZES; k++) {
            sqlite3_finalize(conn->statements[i].rows[k]);
        }
    }
    mem_free(conn->statements);
    sqlite3_finalize(conn->begin);
    sqlite3_finalize(conn->end);
    /* Cannot be busy: every statement of this connection was just finalized. */
    CHECK(sqlite3_close(conn->handle) == SQLITE_OK);
    mem_free(conn);
}

/* Finds the place of every $n; a statement that skips a number or has another kind is refused. */
static bool
find_parameters(struct sqlite_stmt *stmt)
{
    int count = sqlite3_bind_parameter_count(stmt->handle);

    if (count > DB_MAX_PARAMETERS) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        char name[4] = {'$', (char)('1' + i), 0, 0};
        if (i >= 9) {
            name[1] = (char)('0' + (i + 1) / 10);
            name[2] = (char)('0' + (i + 1) % 10);
        }
        stmt->at[i] = (uint8_t)sqlite3_bind_parameter_index(stmt->handle, name);
        if (stmt->at[i] == 0) {
            return false;
        }
    }
    stmt->count = (uint8_t)count;
    return true;
}

static bool
prepare(struct sqlite_conn *conn, const struct db_sql *sql, struct sqlite_stmt *stmt)
{
    const char *rest = "";

    if (sqlite3_prepare_v3(
            conn->handle, sql->text, -1, SQLITE_PREPARE_PERSISTENT, &stmt->handle, &rest)
        != SQLITE_OK) {
        return db_refuse("%s: %s", sql->name, sqlite3_errmsg(conn->handle));
    }
    if (stmt->handle == NULL || rest[strspn(rest, " ;\n")] != 0) {
        return db_refuse("%s: is not one statement", sql->name);
    }
    if (!find_parameters(stmt)) {
        return db_refuse(
            "%s: parameters are not $1 to $n, n at most %d", sql->name, DB_MAX_PARAMETERS);
    }
    sqlite_rows_learn(stmt, sql->text);
    return true;
}

struct sqlite_stmt *
sqlite_conn_statement(struct sqlite_conn *conn, int statement)
{
    struct sqlite_stmt *stmt = &conn->statements[statement];

    if (stmt->handle != NULL) {
        return stmt;
    }
    if (!prepare(conn, &conn->sql[statement], stmt)) {
        sqlite3_finalize(stmt->handle);
        stmt->handle = NULL;
        return NULL;
    }
    return stmt;
}

int
sqlite_conn_bind_one(sqlite3_stmt *stmt, int at, const struct db_value *v)
{
    const char *p = v->data.n ? v->data.p : ""; /* SQLite binds NULL for a null pointer */

    switch (v->type) {
    case DB_NULL:
        return sqlite3_bind_null(stmt, at);
    case DB_INT:
        return sqlite3_bind_int64(stmt, at, v->number);
    case DB_TEXT:
        return sqlite3_bind_text64(stmt, at, p, v->data.n, SQLITE_STATIC, SQLITE_UTF8);
    case DB_BLOB:
        return sqlite3_bind_blob64(stmt, at, p, v->data.n, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

bool
sqlite_conn_bind(const struct sqlite_stmt *stmt, const struct db_value *values, size_t count)
{
    CHECK(count == stmt->count);
    for (size_t i = 0; i < count; i++) {
        if (sqlite_conn_bind_one(stmt->handle, stmt->at[i], &values[i]) != SQLITE_OK) {
            return false;
        }
    }
    return true;
}

void
sqlite_conn_reset(const struct sqlite_stmt *stmt)
{
    sqlite3_reset(stmt->handle);
    sqlite3_clear_bindings(stmt->handle); /* the values go with their request */
}

static bool
run_kept(struct sqlite_conn *conn, sqlite3_stmt **kept, const char *sql)
{
    int rc = SQLITE_OK;

    if (*kept == NULL) {
        rc = sqlite3_prepare_v3(conn->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, kept, NULL);
    }
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(*kept);
        sqlite3_reset(*kept);
    }
    return rc == SQLITE_DONE;
}

bool
sqlite_conn_begin(struct sqlite_conn *conn)
{
    return run_kept(conn, &conn->begin, "BEGIN");
}

/* When the end cannot be said there must be none to say: SQLite gave up the transaction itself after an error, or does so
 * now. */
void
sqlite_conn_end(struct sqlite_conn *conn)
{
    if (!run_kept(conn, &conn->end, "COMMIT") && !sqlite3_get_autocommit(conn->handle)) {
        (void)sqlite_conn_run(conn, "ROLLBACK");
    }
}
