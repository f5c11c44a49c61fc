/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations on PostgreSQL: the same texts and the same record as on SQLite, each in a transaction of its own,
 * under a lock of the session's, so that of two nodes that start at once one migrates and the other waits;
 * a node that dies lets go of the lock, and what it had begun is undone. */
#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/db/db_migrate.h"
#include "io/db/pg_internal.h"
#include "io/db/pg_sql.h"

enum { LOCK_WAIT_MS = 60000, MIGRATE_MS = 3600000, SQL_BYTES = 512 };

struct migrating {
    struct pg_conn *conn;
    const char *schema;
    struct pg_fault fault;
};

static bool
refuse(const struct migrating *m, const char *what)
{
    return db_refuse("%s: %s", what, m->fault.text);
}

static bool
run(struct migrating *m, const char *sql)
{
    if (db_is_told_to_fail()) {
        snprintf(m->fault.text, sizeof m->fault.text, "told to fail");
        return false;
    }
    return pg_run(m->conn, sql, clock_steady_ms() + MIGRATE_MS, &m->fault) == PG_OK;
}

/* As printf's format, with the schema's name. */
static bool
ask(struct migrating *m, const char *format, const struct db_value *values, size_t count,
    PGresult **ret)
{
    char sql[SQL_BYTES];
    int n;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    n = snprintf(sql, sizeof sql, format, m->schema);
#pragma GCC diagnostic pop
    CHECK(n > 0 && (size_t)n < sizeof sql);
    return pg_ask(m->conn, sql, values, count, ret, &m->fault) == PG_OK;
}

static bool
tell(struct migrating *m, const char *format, const struct db_value *values, size_t count)
{
    PGresult *result;
    bool is_good = ask(m, format, values, count, &result);

    pq.PQclear(result);
    return is_good;
}

static bool
lock(struct migrating *m)
{
    int64_t deadline = clock_steady_ms() + LOCK_WAIT_MS;
    bool is_locked = false;

    do {
        PGresult *result;
        if (pg_ask(m->conn, PG_MIGRATE_LOCK_SQL, NULL, 0, &result, &m->fault) != PG_OK) {
            return refuse(m, "migrations");
        }
        is_locked = pg_number(result, 0) != 0;
        pq.PQclear(result);
        if (!is_locked) {
            poll(NULL, 0, 100);
        }
    } while (!is_locked && clock_steady_ms() < deadline);
    return is_locked || db_refuse("another node has been migrating the database for a minute");
}

static bool
find_schema(struct migrating *m, bool *ret_is_there)
{
    PGresult *result;

    if (pg_ask(m->conn, PG_MIGRATE_IS_TABLE_SQL, DB_VALUES(DB_STR(str_from(m->schema))), &result,
            &m->fault)
        != PG_OK) {
        return refuse(m, "migrations");
    }
    *ret_is_there = pq.PQntuples(result) > 0;
    pq.PQclear(result);
    return true;
}

/* Makes what is missing, and only asks whether it is: a role that may not create can still start on
 * a schema that is there. */
static bool
make_schema(struct migrating *m)
{
    bool is_there = false;

    if (!find_schema(m, &is_there)) {
        return false;
    }
    return is_there
           || (tell(m, PG_MIGRATE_SCHEMA_SQL, NULL, 0) && tell(m, PG_MIGRATE_TABLE_SQL, NULL, 0))
           || refuse(m, m->schema);
}

static bool
apply(struct migrating *m, const struct db_migration *migration, const struct digest *digest)
{
    char *text = db_migrate_text(migration->text, "postgres");
    bool is_good = text != NULL && run(m, "BEGIN") && run(m, text)
                   && tell(m, PG_MIGRATE_NOTE_SQL,
                       DB_VALUES(DB_I64(migration->number), DB_STR(str_from(migration->name)),
                           DB_BYTES(digest_bytes(digest)), DB_I64(clock_now_ms())))
                   && run(m, "COMMIT");

    if (text == NULL) {
        snprintf(m->fault.text, sizeof m->fault.text, "memory is short");
    }
    mem_free(text);
    return is_good
           || db_refuse("migration %04d-%s: %s", migration->number, migration->name, m->fault.text);
}

static bool
find_applied(struct migrating *m, const struct db_migration *migration, const struct digest *digest,
    struct db_migration_state *ret)
{
    PGresult *result;

    *ret = (struct db_migration_state){0, false};
    if (!ask(m, PG_MIGRATE_FIND_SQL, DB_VALUES(DB_I64(migration->number)), &result)) {
        return refuse(m, migration->name);
    }
    if (pq.PQntuples(result) > 0) {
        str stored = {pq.PQgetvalue(result, 0, 0), (size_t)pq.PQgetlength(result, 0, 0)};

        ret->is_changed = !str_eq(stored, bytes_str(digest_bytes(digest)));
        ret->applied_at = pg_number(result, 1);
    }
    pq.PQclear(result);
    return true;
}

static bool
apply_if_missing(struct migrating *m, const struct db_migration *migration)
{
    struct db_migration_state state;
    struct digest digest;

    if (!db_migrate_digest(migration, "postgres", &digest)) {
        return db_refuse("out of memory");
    }
    if (!find_applied(m, migration, &digest, &state)) {
        return false;
    }
    if (state.is_changed) {
        return db_refuse("migration %04d-%s: its text has changed since it was applied here",
            migration->number, migration->name);
    }
    return state.applied_at != 0 || apply(m, migration, &digest);
}

/* The tables of the engine's own. */
static bool
make_own(struct migrating *m)
{
    return (run(m, PG_MARK_TABLE_SQL) && run(m, PG_CHANGE_TABLE_SQL) && run(m, PG_CHANGE_START_SQL))
           || refuse(m, "the engine's tables");
}

static bool
migrate_place(struct pg_conn *conn, enum db_place place, const struct db_config *config)
{
    struct migrating m = {.conn = conn, .schema = place == DB_KEYS ? "cardea_keys" : "cardea"};
    bool is_good = make_schema(&m);

    for (size_t i = 0; is_good && i < config->migration_count; i++) {
        if (config->migrations[i].place == place) {
            /* Names without a schema are the ones of this place's. */
            is_good = run(&m, place == DB_KEYS ? "SET search_path TO cardea_keys"
                                               : "SET search_path TO cardea")
                      && apply_if_missing(&m, &config->migrations[i]);
        }
    }
    return is_good
           && (place == DB_KEYS || (make_own(&m) && pg_partition_keep(conn, clock_now_ms())));
}

static bool
migrate_on(
    struct pg *pg, const char *uri, const struct db_config *config, bool with_data, bool with_keys)
{
    struct pg_conn conn = {.pg = pg, .uri = uri, .sql = pg->db->sql};
    struct migrating m = {.conn = &conn, .schema = "cardea"};
    bool is_good = pg_connect(&conn, clock_steady_ms() + PG_READ_MS, &m.fault);

    if (!is_good) {
        refuse(&m, "the database");
    }
    is_good = is_good
              && (pg_run(&conn, "SET statement_timeout TO 0; SET lock_timeout TO '5s'",
                      clock_steady_ms() + PG_ANSWER_MS, &m.fault)
                      == PG_OK
                  || refuse(&m, "migrations"))
              && lock(&m) && (!with_data || migrate_place(&conn, DB_DATA, config))
              && (!with_keys || migrate_place(&conn, DB_KEYS, config));
    pg_disconnect(&conn); /* lets go of the lock */
    mem_free(conn.plans);
    return is_good;
}

bool
pg_migrate(struct pg *pg, const struct db_config *config)
{
    if (pg->key_uri == NULL) {
        return migrate_on(pg, pg->uri, config, true, true);
    }
    return migrate_on(pg, pg->key_uri, config, false, true)
           && migrate_on(pg, pg->uri, config, true, false);
}

static bool
look_place(struct pg_conn *conn, enum db_place place, const struct db_config *config,
    struct db_migration_state *ret)
{
    struct migrating m = {.conn = conn, .schema = place == DB_KEYS ? "cardea_keys" : "cardea"};
    bool is_there = false, is_seen = find_schema(&m, &is_there);

    for (size_t i = 0; is_seen && is_there && i < config->migration_count; i++) {
        struct digest digest;
        if (config->migrations[i].place == place) {
            is_seen = db_migrate_digest(&config->migrations[i], "postgres", &digest)
                      && find_applied(&m, &config->migrations[i], &digest, &ret[i]);
        }
    }
    return is_seen;
}

bool
pg_migrate_look(struct pg *pg, const struct db_config *config, struct db_migration_state *ret)
{
    bool is_seen = true;

    memset(ret, 0, config->migration_count * sizeof *ret);
    for (int i = 0; is_seen && i < 2; i++) {
        enum db_place place = i == 0 ? DB_DATA : DB_KEYS;
        const char *uri = place == DB_KEYS && pg->key_uri ? pg->key_uri : pg->uri;
        struct pg_conn conn = {.pg = pg, .uri = uri, .sql = pg->db->sql};
        struct migrating m = {.conn = &conn};

        is_seen = pg_connect(&conn, clock_steady_ms(), &m.fault)
                      ? look_place(&conn, place, config, ret)
                      : refuse(&m, "the database");
        pg_disconnect(&conn);
        mem_free(conn.plans);
    }
    return is_seen;
}
