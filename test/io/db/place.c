/* SPDX-License-Identifier: Apache-2.0 */
/* A pool of databases on the test server. */
#include "place.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

struct place {
    char name[64], uri[256];
    PGconn *admin; /* holds the lock that makes the database ours */
    PGconn *own;   /* to the database itself, when it was needed */
    bool is_dropped;
};

/* What stays across the emptying: the engine's own (the schema's history, the change counter) and what migrations wrote for
 * an empty house, of nobody. */
#define CLEAN_SQL                                                                                  \
    "DO $$ DECLARE t record; BEGIN FOR t IN SELECT c.oid::regclass AS name FROM pg_class c"        \
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('cardea', 'cardea_keys')"  \
    " AND c.relkind IN ('r', 'p') AND NOT c.relispartition"                                        \
    " AND c.relname NOT IN ('schema_migration', 'change_count')"                                   \
    " LOOP EXECUTE 'DELETE FROM ' || t.name; END LOOP;"                                            \
    " IF to_regclass('cardea.entity_word') IS NOT NULL THEN"                                       \
    " INSERT INTO cardea.entity_word (tenant_id, word, entity_id)"                                 \
    " SELECT n, 0, n FROM (SELECT decode(repeat('00', 16), 'hex') AS n) AS nobody; END IF; END $$"

bool
place_is_postgres(void)
{
    const char *engine = getenv("CARDEA_TEST_ENGINE");

    return engine != NULL && strcmp(engine, "postgresql") == 0;
}

static const char *
environment(const char *name)
{
    const char *value = getenv(name);

    cr_assert(value != NULL && *value,
        "%s is not set: run the test inside test/io/db/with_postgres", name);
    return value;
}

static void
ignore_notice(void *ctx, const char *text)
{
    (void)ctx;
    (void)text;
}

static PGconn *
connect_to(const char *uri)
{
    PGconn *conn = PQconnectdb(uri);

    cr_assert(PQstatus(conn) == CONNECTION_OK, "%s: %s", uri, PQerrorMessage(conn));
    PQsetNoticeProcessor(conn, ignore_notice, NULL);
    return conn;
}

static void
run_on(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);

    cr_assert(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "%s: %s", sql,
        PQerrorMessage(conn));
    PQclear(result);
}

static int64_t
number_on(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    int64_t number = -1;

    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0) {
        number = strtoll(PQgetvalue(result, 0, 0), NULL, 10);
    }
    PQclear(result);
    return number;
}

static struct place *
place_new(void)
{
    struct place *place = MEM_NEW(struct place);

    REQUIRE(place != NULL);
    place->admin = connect_to(environment("CARDEA_TEST_POSTGRES"));
    run_on(place->admin, "SET client_min_messages TO error");
    return place;
}

static void
set_name(struct place *place, const char *kind, int number)
{
    snprintf(place->name, sizeof place->name, "%s_%d", kind, number);
    snprintf(place->uri, sizeof place->uri, "postgresql://cardea@/%s?host=%s", place->name,
        environment("CARDEA_TEST_POSTGRES_DIR"));
}

/* Its collation is not that of bytes, as an operator's may not be. */
static void
create(struct place *place)
{
    char sql[300];

    snprintf(sql, sizeof sql,
        "CREATE DATABASE %s TEMPLATE template0 ENCODING UTF8 LOCALE_PROVIDER icu ICU_LOCALE 'en'"
        " LOCALE 'C.UTF-8'",
        place->name);
    run_on(place->admin, sql);
}

static bool
is_locked(struct place *place, const char *kind, int number)
{
    char sql[160];

    snprintf(sql, sizeof sql, "SELECT pg_try_advisory_lock(hashtext('%s'), %d)::int", kind, number);
    return number_on(place->admin, sql) == 1;
}

/* Sessions of a test that ended badly may still be there. */
static void
empty(struct place *place)
{
    char sql[200];

    snprintf(sql, sizeof sql,
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '%s'",
        place->name);
    run_on(place->admin, sql);
    place_run(place, CLEAN_SQL);
}

struct place *
place_take(const char *kind)
{
    struct place *place = place_new();
    char sql[160];
    int number = 0;

    while (!is_locked(place, kind, number)) {
        number++;
    }
    set_name(place, kind, number);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM pg_database WHERE datname = '%s'", place->name);
    if (number_on(place->admin, sql) == 1) {
        empty(place);
    } else {
        create(place);
    }
    return place;
}

struct place *
place_make(void)
{
    static int number;
    struct place *place = place_new();
    char kind[32];

    snprintf(kind, sizeof kind, "made_%d", (int)getpid());
    set_name(place, kind, ++number);
    create(place);
    place->is_dropped = true;
    return place;
}

void
place_free(struct place *place)
{
    char sql[128];

    if (place == NULL) {
        return;
    }
    PQfinish(place->own);
    if (place->is_dropped) {
        snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", place->name);
        run_on(place->admin, sql);
    }
    PQfinish(place->admin);
    mem_free(place);
}

str
place_uri(const struct place *place)
{
    return str_from(place->uri);
}

static PGconn *
own(struct place *place)
{
    if (place->own != NULL && PQstatus(place->own) != CONNECTION_OK) {
        PQfinish(place->own);
        place->own = NULL;
    }
    if (place->own == NULL) {
        place->own = connect_to(place->uri);
        run_on(place->own,
            "SET client_min_messages TO error; SET search_path TO cardea, cardea_keys, public");
    }
    return place->own;
}

void
place_run(struct place *place, const char *sql)
{
    run_on(own(place), sql);
}

int64_t
place_number(struct place *place, const char *sql)
{
    return number_on(own(place), sql);
}

static size_t
count_in(bytes text, bytes wanted)
{
    const char *end = text.p ? (const char *)text.p + text.n : NULL;
    size_t count = 0;

    for (const char *at = (const char *)text.p;
         (at = memmem(at, (size_t)(end - at), wanted.p, wanted.n)) != NULL; at++) {
        count++;
    }
    return count;
}

/* The rows of one table in COPY's binary form: values as they are, with lengths before them. */
static size_t
count_in_table(PGconn *conn, const char *table, bytes wanted)
{
    char sql[200], *row;
    size_t count = 0;
    int n;

    snprintf(sql, sizeof sql, "COPY (SELECT * FROM %s) TO STDOUT (FORMAT binary)", table);
    PGresult *result = PQexec(conn, sql);
    cr_assert(PQresultStatus(result) == PGRES_COPY_OUT, "%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
    while ((n = PQgetCopyData(conn, &row, 0)) > 0) {
        count += count_in((bytes){(const uint8_t *)row, (size_t)n}, wanted);
        PQfreemem(row);
    }
    REQUIRE(n == -1);
    while ((result = PQgetResult(conn)) != NULL) {
        PQclear(result);
    }
    return count;
}

size_t
place_search(struct place *place, const char *schema, bytes wanted)
{
    char sql[300];
    PGresult *tables;
    size_t count = 0;

    snprintf(sql, sizeof sql,
        "SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname %s '%s'",
        *schema ? "=" : "LIKE", *schema ? schema : "cardea%");
    tables = PQexec(own(place), sql);
    REQUIRE(PQresultStatus(tables) == PGRES_TUPLES_OK && wanted.n > 0);
    for (int i = 0; i < PQntuples(tables); i++) {
        count += count_in_table(own(place), PQgetvalue(tables, i, 0), wanted);
    }
    PQclear(tables);
    return count;
}

static void
shell(const char *command)
{
    cr_assert(system(command) == 0, "%s", command);
}

void
place_backup(struct place *place, const char *file)
{
    char command[600];

    snprintf(command, sizeof command, "'%s/pg_dump' -n cardea -Fc -f '%s' '%s'",
        environment("CARDEA_TEST_POSTGRES_BIN"), file, place->uri);
    shell(command);
}

void
place_restore(struct place *place, const char *file)
{
    char command[600];

    place_run(place, "DROP SCHEMA cardea CASCADE");
    snprintf(command, sizeof command, "'%s/pg_restore' -e -d '%s' '%s'",
        environment("CARDEA_TEST_POSTGRES_BIN"), place->uri, file);
    shell(command);
}

void
place_ctl(const char *words)
{
    char command[400];

    snprintf(command, sizeof command, "'%s' %s", environment("CARDEA_TEST_POSTGRES_CTL"), words);
    shell(command);
}
