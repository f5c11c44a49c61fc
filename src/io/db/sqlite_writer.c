/* SPDX-License-Identifier: Apache-2.0 */
/* Group commit on SQLite: a batch of write sets, each in savepoints, in one transaction a database.
 *
 * Both transactions stay open while the sets run, so a missed expectation in either database undoes
 * the set in both; keys.db is then committed first. A savepoint copies every page that is changed under it, so a batch
 * runs without them at first, and anew with them when a set has missed. Without them rows that are only added wait for
 * others of their table (sqlite_rows.c), until a write wants to see them. Invariants: 1 a row is durable only after the
 * keys its set wrote or erased (DESIGN section 7), so a crash between the two commits leaves orphan keys or
 * unreadable rows, never a row whose key may still come; 2 nobody is told DB_COMMITTED before both
 * commits are on disk; 3 once a flush failed nothing more is promised until all that was committed has been
 * written and flushed anew (mend). */
#include "io/db/sqlite_internal.h"

#define LARGE_SET ((size_t)MB(2)) /* of values */

enum outcome { SET_OK, SET_MISSED, SET_LOST, BATCH_DEAD };

struct batch {
    struct db *db;
    struct sqlite *s;
    bool is_begun[SQLITE_PLACES];
    bool is_erasing;
    bool has_savepoints;
    bool is_unclear; /* rows have waited: nobody knows which write was the first at fault */
    struct sqlite_waiting waiting[SQLITE_PLACES];
};

/* clang-format off */
static const char *const word_text[WORD_COUNT] = {
    [WORD_BEGIN]    = "BEGIN IMMEDIATE",
    [WORD_SAVE]     = "SAVEPOINT one",
    [WORD_RELEASE]  = "RELEASE one",
    [WORD_UNSAVE]   = "ROLLBACK TO one",
    [WORD_COMMIT]   = "COMMIT",
    [WORD_ROLLBACK] = "ROLLBACK",
};
/* clang-format on */

bool
sqlite_writer_start(struct sqlite *s)
{
    for (unsigned place = 0; place < SQLITE_PLACES; place++) {
        sqlite3 *handle = s->conn[place]->handle;

        s->is_synchronous[place] = true;
        for (int w = 0; w < WORD_COUNT; w++) {
            if (sqlite3_prepare_v3(
                    handle, word_text[w], -1, SQLITE_PREPARE_PERSISTENT, &s->words[place][w], NULL)
                != SQLITE_OK) {
                return db_refuse("%s: %s", word_text[w], sqlite3_errmsg(handle));
            }
        }
    }
    return true;
}

void
sqlite_writer_end(struct sqlite *s)
{
    for (unsigned place = 0; place < SQLITE_PLACES; place++) {
        for (int w = 0; w < WORD_COUNT; w++) {
            sqlite3_finalize(s->words[place][w]);
            s->words[place][w] = NULL;
        }
    }
}

/* Undoing is never told to fail: in the field, too, it fails only when SQLite has undone already. */
static bool
say(struct sqlite *s, unsigned place, enum sqlite_word word)
{
    sqlite3_stmt *stmt = s->words[place][word];
    bool is_undo = word == WORD_UNSAVE || word == WORD_ROLLBACK;
    int rc;

    if (!is_undo && db_is_told_to_fail()) {
        return false;
    }
    rc = sqlite3_step(stmt);
    sqlite3_reset(stmt);
    if (rc == SQLITE_IOERR_FSYNC || rc == SQLITE_IOERR_DIR_FSYNC) {
        s->is_broken = true;
    }
    return rc == SQLITE_DONE;
}

/* Whether SQLite has given up the whole transaction (disk full, out of memory, I/O error). */
static bool
is_dead(const struct batch *b)
{
    for (unsigned place = 0; place < SQLITE_PLACES; place++) {
        if (b->is_begun[place] && sqlite3_get_autocommit(b->s->conn[place]->handle)) {
            return true;
        }
    }
    return false;
}

/* A write of keys.db after which bytes of a key may be left behind somewhere. */
static bool
may_erase(const struct db_sql *sql)
{
    return strncasecmp(sql->text, "INSERT", 6) != 0 || strstr(sql->text, "DO UPDATE") != NULL;
}

/* What the result of a step and the rows changed mean for an expectation. */
static enum outcome
judge(const struct batch *b, enum db_expect expect, int rc, int changes)
{
    bool is_duplicate = rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_UNIQUE
                        || rc == SQLITE_CONSTRAINT_ROWID;

    if (rc != SQLITE_DONE) {
        if (is_dead(b)) {
            return BATCH_DEAD;
        }
        return is_duplicate && expect != DB_ANY ? SET_MISSED : SET_LOST;
    }
    switch (expect) {
    case DB_ANY:
        return SET_OK;
    case DB_ONE:
        return changes == 1 ? SET_OK : SET_MISSED;
    case DB_NEW:
        return changes > 0 ? SET_OK : SET_MISSED; /* ON CONFLICT DO NOTHING did nothing */
    }
    return SET_LOST;
}

static enum outcome
run_write(struct batch *b, enum db_place place, const struct db_write *w)
{
    struct sqlite_conn *conn = b->s->conn[place];
    struct sqlite_stmt *stmt = sqlite_conn_statement(conn, w->statement);
    enum outcome outcome = SET_LOST;

    if (stmt == NULL || db_is_told_to_fail()) {
        return SET_LOST;
    }
    if (sqlite_conn_bind(stmt, w->values, w->count)) {
        int rc = sqlite3_step(stmt->handle);
        int changes = sqlite3_changes(conn->handle);

        /* A row means the text is no write: nothing was declared that could be kept. */
        outcome = judge(b, w->expect, rc, changes);
        if (place == DB_KEYS && rc == SQLITE_DONE && changes > 0) {
            b->is_erasing |= may_erase(&conn->sql[w->statement]);
        }
    }
    sqlite_conn_reset(stmt);
    return outcome;
}

static bool
begin(struct batch *b, unsigned place)
{
    if (!b->is_begun[place]) {
        b->is_begun[place] = say(b->s, place, WORD_BEGIN);
    }
    return b->is_begun[place];
}

static const struct db_write *
first_at(const struct batch *b, const struct db_write *w, enum db_place place)
{
    while (w != NULL && b->db->sql[w->statement].place != place) {
        w = w->next;
    }
    return w;
}

/* One that only adds may wait for others when the batch would run anew for the first that cannot be added. */
static enum outcome
run_next(struct batch *b, enum db_place place, const struct db_write *w)
{
    struct sqlite_conn *conn = b->s->conn[place];
    struct sqlite_stmt *stmt = sqlite_conn_statement(conn, w->statement);
    struct sqlite_waiting *waiting = &b->waiting[place];
    bool is_done;

    if (b->has_savepoints || stmt == NULL) {
        return run_write(b, place, w);
    }
    if (stmt->row != NULL) {
        b->is_unclear = true;
        is_done = sqlite_rows_add(conn, waiting, stmt, w);
        return is_done ? SET_OK : is_dead(b) ? BATCH_DEAD : SET_LOST;
    }
    is_done = sqlite_rows_settle(conn, waiting, stmt);
    return is_done ? run_write(b, place, w) : is_dead(b) ? BATCH_DEAD : SET_LOST;
}

/* Adds all that waits. */
static enum outcome
settle(struct batch *b)
{
    for (unsigned place = 0; place < SQLITE_PLACES; place++) {
        if (!sqlite_rows_settle(b->s->conn[place], &b->waiting[place], NULL)) {
            return is_dead(b) ? BATCH_DEAD : SET_LOST;
        }
    }
    return SET_OK;
}

/* Runs the set's writes of one database, the ones before the first fault that is. */
static enum outcome
run_place(struct batch *b, struct db_writes *set, enum db_place place, bool *ret_is_saved)
{
    enum outcome outcome = SET_OK;

    for (const struct db_write *w = first_at(b, set->first, place); w != NULL && outcome == SET_OK;
         w = first_at(b, w->next, place)) {
        if (!begin(b, place)) {
            return BATCH_DEAD;
        }
        /* A lone insert undoes itself when it fails; all else needs a savepoint. */
        if (b->has_savepoints && !*ret_is_saved && (set->count > 1 || w->expect == DB_ONE)) {
            *ret_is_saved = say(b->s, place, WORD_SAVE);
            if (!*ret_is_saved) {
                return is_dead(b) ? BATCH_DEAD : SET_LOST;
            }
        }
        outcome = run_next(b, place, w);
        if (outcome == SET_MISSED) {
            set->missed = w;
        }
    }
    return outcome;
}

static enum outcome
leave(struct batch *b, const bool is_saved[SQLITE_PLACES], enum outcome outcome)
{
    for (unsigned place = 0; place < SQLITE_PLACES && outcome != BATCH_DEAD; place++) {
        if (!is_saved[place]) {
            continue;
        }
        if (outcome != SET_OK && !say(b->s, place, WORD_UNSAVE)) {
            outcome = BATCH_DEAD;
        } else if (!say(b->s, place, WORD_RELEASE)) {
            outcome = BATCH_DEAD;
        }
    }
    return outcome;
}

static enum outcome
run_set(struct batch *b, struct db_writes *set)
{
    static const enum db_verdict verdicts[] = {DB_COMMITTED, DB_MISSED, DB_LOST, DB_LOST};
    bool is_saved[SQLITE_PLACES] = {false, false};
    enum outcome outcome = run_place(b, set, DB_KEYS, &is_saved[DB_KEYS]);

    if (outcome == SET_OK) {
        outcome = run_place(b, set, DB_DATA, &is_saved[DB_DATA]);
    }
    outcome = leave(b, is_saved, outcome);
    set->verdict = verdicts[outcome];
    return outcome;
}

/* Only what may be lost on power cut is in the batch: its commit need not wait for the disk. */
static void
set_synchronous(struct sqlite *s, const struct db_writes *batch)
{
    bool is_needed = false;

    for (const struct db_writes *set = batch; set != NULL; set = set->queued) {
        is_needed |= set->is_sync_needed;
    }
    for (unsigned place = 0; place < SQLITE_PLACES; place++) {
        if (s->is_synchronous[place] != is_needed
            && sqlite_conn_run(s->conn[place],
                   is_needed ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
                   == SQLITE_OK) {
            s->is_synchronous[place] = is_needed;
        }
    }
}

/* A large set (an import) changes more pages than the cache holds, and would write many of them to the log again and again:
 * for its time there is a larger one. */
static void
set_cache(struct sqlite *s, const struct db_writes *batch)
{
    bool is_large = batch->bytes > LARGE_SET;

    for (unsigned place = 0; place < SQLITE_PLACES && s->has_large_cache != is_large; place++) {
        (void)sqlite_conn_run(
            s->conn[place], is_large ? "PRAGMA cache_size = -65536" : sqlite_writer_cache[place]);
        (void)sqlite3_db_release_memory(s->conn[place]->handle);
    }
    s->has_large_cache = is_large;
}

static bool
commit_place(struct batch *b, unsigned place)
{
    if (!b->is_begun[place]) {
        return true;
    }
    if (!say(b->s, place, WORD_COMMIT)) {
        return false;
    }
    b->is_begun[place] = false;
    atomic_fetch_add_explicit(
        &b->db->counts.commits, 1, memory_order_release); /* sqlite_reads_hold */
    return true;
}

void
sqlite_writer_flush_erased(struct sqlite *s)
{
    int rc = sqlite3_wal_checkpoint_v2(
        s->conn[DB_KEYS]->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);

    s->is_erasure_pending = rc != SQLITE_OK;
}

/* After a failed flush the system calls pages clean that are not on disk, and the next flush of the
 * same file would succeed without them. So the log is not trusted again: what was committed is copied from it into
 * the database, which makes those pages dirty anew, the database is flushed, and only then the log is
 * emptied. This connection still knows where the last commit ends, which is before what was written in vain; so it
 * must not be closed first. Until all of that succeeds nothing is promised (DU-03). */
static bool
mend(struct sqlite *s)
{
    for (unsigned place = 0; place < SQLITE_PLACES; place++) {
        if (db_is_told_to_fail()
            || sqlite3_wal_checkpoint_v2(
                   s->conn[place]->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL)
                   != SQLITE_OK) {
            return false;
        }
    }
    s->is_broken = false;
    return true;
}

/* Undoes the batch where it still stands. */
static void
undo(struct batch *b, struct db_writes *batch)
{
    for (unsigned place = 0; place < SQLITE_PLACES; place++) {
        if (!sqlite3_get_autocommit(b->s->conn[place]->handle)) {
            (void)say(b->s, place, WORD_ROLLBACK);
        }
        b->is_begun[place] = false;
        b->waiting[place].count = 0;
    }
    for (struct db_writes *set = batch; set != NULL; set = set->queued) {
        set->missed = NULL;
    }
    b->is_erasing = false;
}

/* And says so to every set of it. */
static void
lose(struct batch *b, struct db_writes *batch)
{
    undo(b, batch);
    for (struct db_writes *set = batch; set != NULL; set = set->queued) {
        set->verdict = DB_LOST;
    }
}

/* All sets, or those up to the first that did not go well: then without savepoints nothing of the batch may stay. */
static enum outcome
run_all(struct batch *b, struct db_writes *batch)
{
    enum outcome outcome = SET_OK;

    for (struct db_writes *set = batch; set != NULL && outcome != BATCH_DEAD; set = set->queued) {
        outcome = run_set(b, set);
        if (outcome != SET_OK && !b->has_savepoints) {
            return outcome;
        }
    }
    return outcome == BATCH_DEAD ? BATCH_DEAD : settle(b);
}

/* False when the batch is dead. */
static bool
run_batch(struct batch *b, struct db_writes *batch)
{
    enum outcome outcome = run_all(b, batch);
    const struct db_write *missed = batch->missed;

    if (outcome == SET_MISSED || outcome == SET_LOST) {
        undo(b, batch);
        if (batch->queued == NULL && !b->is_unclear) { /* alone, it has its verdict */
            batch->missed = missed;
            return true;
        }
        b->has_savepoints = true;
        outcome = run_all(b, batch);
    }
    return outcome == SET_OK;
}

void
sqlite_writer_commit(struct db *db, int writer, struct db_writes *batch)
{
    struct batch b = {.db = db, .s = db->state};
    bool is_alive = !b.s->is_broken || mend(b.s);

    (void)writer; /* SQLite has one */
    set_synchronous(b.s, batch);
    set_cache(b.s, batch);
    is_alive = is_alive && run_batch(&b, batch);
    /* The order is invariant 1. */
    is_alive = is_alive && commit_place(&b, DB_KEYS);
    b.s->is_erasure_pending |= is_alive && b.is_erasing;
    is_alive = is_alive && commit_place(&b, DB_DATA);
    if (!is_alive) {
        lose(&b, batch);
    }
    if (b.s->is_erasure_pending) {
        sqlite_writer_flush_erased(b.s);
    }
}
