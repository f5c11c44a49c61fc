/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite engine: a folder of this process alone, with cardea.db and keys.db in it.
 *
 * WAL, synchronous=FULL; readers each on their thread's connection (db_reader.c), one writer
 * (sqlite_writer.c). Invariant: nobody but the owner may read what is in the folder, whatever the umask. */
#include "io/db/sqlite_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

/* Each connection stays with one thread at a time, and nobody asks SQLite for memory statistics,
 * whose lock every allocation would take. */
static void
set_up_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    CHECK(sqlite3_initialize() == SQLITE_OK);
}

/* Makes the folder, if it is missing, for its owner alone. */
static bool
make_folder(const char *path)
{
    if (mkdir(path, 0700) == 0) {
        /* A umask may have taken the owner's bits; it never adds any. */
        if (chmod(path, 0700) != 0) {
            return db_refuse("%s: %s", path, strerror(errno));
        }
        return true;
    }
    return errno == EEXIST || db_refuse("%s: %s", path, strerror(errno));
}

/* Opens or makes a file of mode 0600; -1 after db_refuse. SQLite gives its log files the mode of
 * their database. */
static int
make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0 || fchmod(fd, 0600) != 0) {
        db_refuse("%s: %s", path, strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return -1;
    }
    return fd;
}

static bool
lock_folder(struct sqlite *s, const char *folder, const char *path)
{
    s->lock_fd = make_file(path);
    if (s->lock_fd < 0) {
        return false;
    }
    if (flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        return db_refuse(
            errno == EWOULDBLOCK ? "%s is in use by another process" : "%s: no lock", folder);
    }
    return true;
}

/* Makes a new file's name last: without it a power cut could take the file with all in it. */
static bool
flush_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_flushed = fd >= 0 && fsync(fd) == 0;

    if (!is_flushed) {
        db_refuse("%s: %s", folder, strerror(errno));
    }
    if (fd >= 0) {
        close(fd);
    }
    return is_flushed;
}

static bool
make_files(struct sqlite *s, const char *folder)
{
    for (int place = 0; place < SQLITE_PLACES; place++) {
        int fd = make_file(s->path[place]);
        if (fd < 0) {
            return false;
        }
        close(fd);
    }
    return flush_folder(folder);
}

static bool
open_writer(struct db *db, const struct db_config *config)
{
    struct sqlite *s = db->state;

    for (int i = 0; i < SQLITE_PLACES; i++) {
        enum db_place place = (enum db_place)i;

        s->conn[place] = sqlite_conn_open(s->path[place], place, SQLITE_WRITER, db);
        if (s->conn[place] == NULL || !sqlite_migrate(s->conn[place], place, config)) {
            return false;
        }
    }
    /* A crash may have come between the erasure of a key and its flush. */
    sqlite_writer_flush_erased(s);
    return sqlite_writer_start(s);
}

static bool
sqlite_open(struct db *db, const struct db_config *config)
{
    struct sqlite *s = ARENA_NEW(db->arena, struct sqlite);
    const char *folder = str_z(db->arena, config->folder);
    str data = str_fmt(db->arena, STRF "/cardea.db", STRV(config->folder));
    str keys = str_fmt(db->arena, STRF "/keys.db", STRV(config->folder));
    str lock = str_fmt(db->arena, STRF "/cardea.lock", STRV(config->folder));

    pthread_once(&library_once, set_up_library);
    if (arena_failed(db->arena) || folder == NULL) {
        return db_refuse("the data folder's name cannot be used");
    }
    s->lock_fd = -1;
    s->path[DB_DATA] = data.p;
    s->path[DB_KEYS] = keys.p;
    db->state = s;
    return make_folder(folder) && lock_folder(s, folder, lock.p) && make_files(s, folder)
           && open_writer(db, config);
}

static void
sqlite_close(struct db *db)
{
    struct sqlite *s = db->state;

    if (s == NULL) {
        return;
    }
    db_reader_close_all(db);
    sqlite_writer_end(s);
    for (int place = 0; place < SQLITE_PLACES; place++) {
        sqlite_conn_close(s->conn[place]);
    }
    if (s->lock_fd >= 0) {
        close(s->lock_fd); /* lets go of the lock */
    }
}

static void *
reader_open(struct db *db)
{
    struct sqlite_reader *r = MEM_NEW(struct sqlite_reader);

    (void)db;
    if (r == NULL) {
        db_refuse("out of memory");
    }
    return r;
}

static void
reader_close(void *reader)
{
    struct sqlite_reader *r = reader;

    for (int place = 0; place < SQLITE_PLACES; place++) {
        sqlite_conn_close(r->conn[place]);
    }
    mem_free(r);
}

static void
end_place(struct sqlite_reader *r, enum db_place place)
{
    if (r->is_begun[place]) {
        sqlite_conn_end(r->conn[place]);
        r->is_begun[place] = false;
    }
}

static void
end_places(struct sqlite_reader *r)
{
    for (int place = 0; place < SQLITE_PLACES; place++) {
        end_place(r, (enum db_place)place);
    }
}

/* Keys are never read of an older state than the rows they open: those rows would seem erased. */
static void
begin_place(struct sqlite_reader *r, enum db_place place)
{
    if (place == DB_DATA) {
        end_place(r, DB_KEYS);
    }
    r->is_begun[place] = sqlite_conn_begin(r->conn[place]);
}

struct sqlite_conn *
sqlite_reader_conn(struct db *db, enum db_place place)
{
    const struct sqlite *s = db->state;
    struct sqlite_reader *r = db_reader(db);

    place = place == DB_OLD ? DB_DATA : place;
    if (r != NULL && r->conn[place] == NULL) {
        r->conn[place] = sqlite_conn_open(s->path[place], place, SQLITE_READER, db);
    }
    if (r != NULL && !r->is_held) {
        end_places(r); /* a pause has left them */
    } else if (r != NULL && !r->is_begun[place] && r->conn[place] != NULL) {
        begin_place(r, place);
    }
    return r ? r->conn[place] : NULL;
}

static void
sqlite_reads_widely(struct db *db)
{
    struct sqlite_conn *conn = sqlite_reader_conn(db, DB_DATA);
    struct sqlite_reader *r = db_reader(db);

    if (conn != NULL && !r->is_wide) {
        r->is_wide = sqlite_conn_run(conn, "PRAGMA cache_size = -8192") == SQLITE_OK;
    }
}

/* Copies a row, values and all, into one block of the arena. */
static struct db_row *
copy_row(struct arena *arena, sqlite3_stmt *stmt, size_t columns)
{
    size_t n = sizeof(struct db_row) + columns * sizeof(struct db_value);
    struct db_row *row;
    int types[DB_MAX_COLUMNS];
    char *at;

    CHECK(columns <= DB_MAX_COLUMNS);
    for (size_t i = 0; i < columns; i++) {
        types[i] = sqlite3_column_type(stmt, (int)i);
        n += types[i] == SQLITE_TEXT || types[i] == SQLITE_BLOB
                 ? (size_t)sqlite3_column_bytes(stmt, (int)i)
                 : 0;
    }
    row = arena_alloc(arena, n);
    if (row == NULL) {
        return NULL;
    }
    row->count = columns;
    at = (char *)&row->col[columns];
    for (size_t i = 0; i < columns; i++) {
        if (types[i] == SQLITE_INTEGER || types[i] == SQLITE_FLOAT) {
            row->col[i] = DB_I64(sqlite3_column_int64(stmt, (int)i));
        } else if (types[i] != SQLITE_NULL) {
            const void *p = sqlite3_column_blob(stmt, (int)i);
            size_t size = (size_t)sqlite3_column_bytes(stmt, (int)i);
            enum db_type kind = types[i] == SQLITE_TEXT ? DB_TEXT : DB_BLOB;

            row->col[i] = (struct db_value){kind, 0, {at, size}};
            at = size ? mempcpy(at, p, size) : at;
        }
    }
    return row;
}

static enum db_result
read_all(struct arena *arena, sqlite3_stmt *stmt, size_t max, struct db_row **ret)
{
    size_t columns = (size_t)sqlite3_column_count(stmt);
    struct db_row *first = NULL, **next = &first;
    int rc = SQLITE_ROW;

    for (size_t i = 0; i < max && (rc = sqlite3_step(stmt)) == SQLITE_ROW; i++) {
        *next = copy_row(arena, stmt, columns);
        if (*next == NULL) {
            return DB_FAILED;
        }
        next = &(*next)->next;
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        /* An operator must learn of a damaged file; what is read stays out of the log. */
        LOG(clock_now_ms(), "database.failed", LOG_STR("state", str_from(sqlite3_errstr(rc))));
        return DB_FAILED;
    }
    *ret = first;
    return first ? DB_ROW : DB_NO_ROW;
}

static void
sqlite_reads_hold(struct db *db)
{
    struct sqlite_reader *r = db_reader(db);
    uint64_t commits = atomic_load_explicit(&db->counts.commits, memory_order_acquire);

    if (r == NULL) {
        return; /* the reads will say so */
    }
    if (commits != r->commits) { /* whoever was told of a commit finds it */
        end_places(r);
        r->commits = commits;
    }
    r->is_held = true;
}

static bool
sqlite_reads_release(struct db *db)
{
    struct sqlite_reader *r = db_reader(db);
    bool was_held = r != NULL && r->is_held;

    if (r != NULL) {
        end_places(r);
        r->is_held = false;
    }
    return was_held;
}

static void
sqlite_reads_pause(struct db *db)
{
    struct sqlite_reader *r = db_reader(db);

    if (r != NULL) {
        r->is_held = false;
    }
}

static enum db_result
sqlite_read(
    struct db *db, struct arena *arena, struct db_call call, size_t max, struct db_row **ret)
{
    struct sqlite_conn *conn = sqlite_reader_conn(db, db->sql[call.statement].place);
    struct sqlite_stmt *stmt = conn ? sqlite_conn_statement(conn, call.statement) : NULL;
    enum db_result result = DB_FAILED;

    if (stmt == NULL) {
        return DB_FAILED;
    }
    if (sqlite_conn_bind(stmt, call.values, call.count)) {
        result = read_all(arena, stmt->handle, max, ret);
    }
    sqlite_conn_reset(stmt);
    return result;
}

static bool
verify_file(struct sqlite_conn *conn, void (*tell)(void *ctx, str fault), void *ctx)
{
    sqlite3_stmt *stmt = NULL;
    bool is_sound = true;
    int rc = sqlite3_prepare_v2(conn->handle, "PRAGMA integrity_check(20)", -1, &stmt, NULL);

    while (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(stmt, 0);

        if (text == NULL || strcmp(text, "ok") != 0) {
            tell(ctx, text ? str_from(text) : S("no memory"));
            is_sound = false;
        }
    }
    rc = rc == SQLITE_OK ? sqlite3_finalize(stmt) : rc;
    if (rc != SQLITE_OK) {
        tell(ctx, str_from(sqlite3_errmsg(conn->handle)));
    }
    return is_sound && rc == SQLITE_OK;
}

static bool
sqlite_verify(struct db *db, void (*tell)(void *ctx, str fault), void *ctx)
{
    struct sqlite_conn *data = sqlite_reader_conn(db, DB_DATA);
    struct sqlite_conn *keys = sqlite_reader_conn(db, DB_KEYS);
    bool is_data = data != NULL && verify_file(data, tell, ctx);
    bool is_keys = keys != NULL && verify_file(keys, tell, ctx);

    return is_data && is_keys;
}

static bool
sqlite_prepare(struct db *db, int statement)
{
    struct sqlite_conn *conn = sqlite_reader_conn(db, db->sql[statement].place);

    return conn != NULL && sqlite_conn_statement(conn, statement) != NULL;
}

const struct db_engine sqlite_engine = {
    .name = "sqlite",
    .batch_sets = 512, /* the flush is already shared by hundreds */
    .batch_bytes = MB(4),
    .open = sqlite_open,
    .status = sqlite_status,
    .reader_open = reader_open,
    .reader_close = reader_close,
    .read = sqlite_read,
    .reads_hold = sqlite_reads_hold,
    .reads_release = sqlite_reads_release,
    .reads_pause = sqlite_reads_pause,
    .reads_widely = sqlite_reads_widely,
    .commit = sqlite_writer_commit,
    .prepare = sqlite_prepare,
    .verify = sqlite_verify,
    .close = sqlite_close,
};
