/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations on SQLite: each in a transaction of its own, recorded in schema_migration.
 *
 * A text that was applied may never change: its digest is compared at every start. Numbers this
 * program does not know are left alone, because two neighbouring versions run on one database. */
#include "io/db/sqlite_internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "io/db/db_migrate.h"
#include "io/db/sqlite_migrate_sql.h"

static const char engine[] = "sqlite";
static const char no_memory[] = "a comment for one engine has no end, or memory is short";

static bool
refuse(const struct db_migration *m, const char *why)
{
    return db_refuse("migration %04d-%s: %s", m->number, m->name, why);
}

/* SQLITE_ROW if the migration was applied, SQLITE_DONE if not. */
static int
find_applied(sqlite3 *handle, const struct db_migration *m, struct db_migration_state *ret)
{
    struct digest digest;
    sqlite3_stmt *stmt = NULL;
    int rc = db_migrate_digest(m, engine, &digest) ? SQLITE_OK : SQLITE_NOMEM;

    if (rc == SQLITE_OK) {
        rc = sqlite3_prepare_v2(handle, MIGRATE_FIND_SQL, -1, &stmt, NULL);
    }
    if (rc == SQLITE_OK) {
        sqlite3_bind_int(stmt, 1, m->number);
        rc = db_is_told_to_fail() ? SQLITE_ERROR : sqlite3_step(stmt);
    }
    if (rc == SQLITE_ROW) {
        const char *p = sqlite3_column_blob(stmt, 0);
        str stored = {p, (size_t)sqlite3_column_bytes(stmt, 0)};

        ret->is_changed = !str_eq(stored, bytes_str(digest_bytes(&digest)));
        ret->applied_at = sqlite3_column_int64(stmt, 1);
    }
    sqlite3_finalize(stmt);
    return rc;
}

static int
note_applied(struct sqlite_conn *conn, const struct db_migration *m)
{
    struct digest digest;
    sqlite3_stmt *stmt = NULL;
    int rc = db_migrate_digest(m, engine, &digest) ? SQLITE_OK : SQLITE_NOMEM;

    if (rc == SQLITE_OK) {
        rc = sqlite3_prepare_v2(conn->handle, MIGRATE_NOTE_SQL, -1, &stmt, NULL);
    }
    if (rc == SQLITE_OK) {
        sqlite3_bind_int(stmt, 1, m->number);
        sqlite3_bind_text(stmt, 2, m->name, -1, SQLITE_STATIC);
        sqlite3_bind_blob(stmt, 3, digest.b, sizeof digest.b, SQLITE_STATIC);
        sqlite3_bind_int64(stmt, 4, clock_now_ms());
        rc = db_is_told_to_fail() ? SQLITE_ERROR : sqlite3_step(stmt);
    }
    sqlite3_finalize(stmt);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int
run_word(struct sqlite_conn *conn, const char *sql)
{
    return db_is_told_to_fail() ? SQLITE_ERROR : sqlite_conn_run(conn, sql);
}

static bool
apply(struct sqlite_conn *conn, const struct db_migration *m)
{
    char *text = db_migrate_text(m->text, engine);
    int rc;

    if (text == NULL) {
        return refuse(m, no_memory);
    }
    rc = run_word(conn, "BEGIN IMMEDIATE");
    if (rc == SQLITE_OK) {
        rc = run_word(conn, text);
    }
    if (rc == SQLITE_OK) {
        rc = note_applied(conn, m);
    }
    if (rc == SQLITE_OK) {
        rc = run_word(conn, "COMMIT");
    }
    mem_free(text);
    if (rc != SQLITE_OK) {
        refuse(m, sqlite3_errmsg(conn->handle));
        if (!sqlite3_get_autocommit(conn->handle)) {
            (void)sqlite_conn_run(
                conn, "ROLLBACK"); /* closing the connection would do it as well */
        }
    }
    return rc == SQLITE_OK;
}

bool
sqlite_migrate(struct sqlite_conn *conn, enum db_place place, const struct db_config *config)
{
    if (run_word(conn, MIGRATE_TABLE_SQL) != SQLITE_OK) {
        return db_refuse("schema_migration: %s", sqlite3_errmsg(conn->handle));
    }
    for (size_t i = 0; i < config->migration_count; i++) {
        const struct db_migration *m = &config->migrations[i];
        struct db_migration_state state = {0, false};
        int rc = m->place == place ? find_applied(conn->handle, m, &state) : SQLITE_ROW;

        if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
            return refuse(m, rc == SQLITE_NOMEM ? no_memory : sqlite3_errmsg(conn->handle));
        }
        if (state.is_changed) {
            return refuse(m, "its text has changed since it was applied here");
        }
        if (rc == SQLITE_DONE && !apply(conn, m)) {
            return false;
        }
    }
    return true;
}

bool
sqlite_migrate_look(sqlite3 *handle, enum db_place place, const struct db_config *config,
    struct db_migration_state *ret)
{
    for (size_t i = 0; i < config->migration_count; i++) {
        const struct db_migration *m = &config->migrations[i];
        int rc = m->place == place ? find_applied(handle, m, &ret[i]) : SQLITE_ROW;

        if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
            return refuse(m, rc == SQLITE_NOMEM ? no_memory : sqlite3_errmsg(handle));
        }
    }
    return true;
}
