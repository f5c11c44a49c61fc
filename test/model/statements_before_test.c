/* SPDX-License-Identifier: Apache-2.0 */
/* The release before on today's schema: while nodes are replaced one by one, both run on one database. Its
 * statements are in test/vectors/statements-0.1.txt (tools/record_statements). */
#define UNIT statements_before
#include "fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "../io/db/place.h"
#include "io/db/db_migrate.h"

extern const struct db_migration migrations[];
extern const size_t migration_count;

enum { STATEMENTS_THEN = 115, MIGRATIONS_THEN = 3 };

struct line { /* name, "data", "keys" or "migration", text or digest */
    str name, place, text;
};

/* Calls check for every line whose place is one of the two; how many there were. */
static int
each_line(str one, str other, void (*check)(void *ctx, const struct line *line), void *ctx)
{
    FILE *file = fopen(VECTORS "/statements-0.1.txt", "r");
    char text[4096];
    int count = 0;

    cr_assert(file != NULL, "no %s/statements-0.1.txt", VECTORS);
    while (fgets(text, sizeof text, file) != NULL) {
        str rest = str_head(str_from(text), strcspn(text, "\n"));
        struct line line;

        REQUIRE(str_cut(&rest, '\t', &line.name) && str_cut(&rest, '\t', &line.place));
        line.text = rest;
        if (str_eq(line.place, one) || str_eq(line.place, other)) {
            check(ctx, &line);
            count++;
        }
    }
    fclose(file);
    return count;
}

struct folder { /* a migrated data folder that no house has open */
    sqlite3 *data, *keys;
};

static sqlite3 *
open_file(const struct fixture *fx, const char *name)
{
    char path[128];
    sqlite3 *handle;

    snprintf(path, sizeof path, "%s/%s", fx->folder, name);
    REQUIRE(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    REQUIRE(sqlite3_exec(handle, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
    return handle;
}

/* Runs it with values that no two rows share; what it writes is never committed. */
static void
run_line(void *ctx, const struct line *line)
{
    const struct folder *folder = ctx;
    sqlite3 *handle = str_eq(line->place, S("keys")) ? folder->keys : folder->data;
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(handle, line->text.p, (int)line->text.n, &stmt, NULL);

    cr_expect(
        rc == SQLITE_OK, STRF " is no statement now: %s", STRV(line->name), sqlite3_errmsg(handle));
    for (int i = 1; rc == SQLITE_OK && i <= sqlite3_bind_parameter_count(stmt); i++) {
        char value[16];
        sqlite3_randomness(sizeof value, value);
        sqlite3_bind_blob(stmt, i, value, sizeof value, SQLITE_TRANSIENT);
    }
    rc = rc == SQLITE_OK ? sqlite3_step(stmt) : rc;
    cr_expect(rc == SQLITE_DONE || rc == SQLITE_ROW, STRF " fails now: %s", STRV(line->name),
        sqlite3_errmsg(handle));
    if (str_starts(line->text, S("INSERT"))) {
        cr_expect(sqlite3_changes(handle) == 1, STRF " adds no row now", STRV(line->name));
    }
    sqlite3_finalize(stmt);
}

static void
prepare_line(void *ctx, const struct line *line)
{
    struct fixture *fx = ctx;
    str sql = str_fmt(fx->arena,
        "SET search_path TO cardea, cardea_keys; PREPARE s AS " STRF "; DEALLOCATE s",
        STRV(line->text));

    place_run(fx->place, sql.p);
}

TEST(every_statement_of_the_release_before_works_on_todays_schema)
{
    struct fixture *fx = fixture_open();
    struct folder folder;

    if (fx->place != NULL) {
        EXPECT(each_line(S("data"), S("keys"), prepare_line, fx) == STATEMENTS_THEN);
        fixture_close(fx);
        return;
    }
    db_close(fx->house.db);
    folder = (struct folder){open_file(fx, "cardea.db"), open_file(fx, "keys.db")};
    EXPECT(each_line(S("data"), S("keys"), run_line, &folder) == STATEMENTS_THEN);
    sqlite3_close(folder.data);
    sqlite3_close(folder.keys);
    fixture_reopen(fx);
    fixture_close(fx);
}

static void
check_digest(void *ctx, const struct line *line)
{
    const struct fixture *fx = ctx;
    struct digest digest;
    struct buf hex;
    str text;

    for (size_t i = 0; i < migration_count; i++) {
        if (!str_eq(str_from(migrations[i].name), line->name)) {
            continue;
        }
        REQUIRE(db_migrate_digest(&migrations[i], "sqlite", &digest));
        buf_init(&hex, fx->arena, 4 * sizeof digest.b);
        for (size_t k = 0; k < sizeof digest.b; k++) {
            buf_fmt(&hex, "%02x", digest.b[k]);
        }
        REQUIRE(buf_done(&hex, &text));
        cr_expect(
            str_eq(text, line->text), STRF " has changed since it was released", STRV(line->name));
        return;
    }
    cr_expect(false, STRF " is gone", STRV(line->name));
}

/* Else every folder there is would be refused. */
TEST(a_released_migration_says_to_sqlite_what_it_said)
{
    struct fixture *fx = fixture_open();

    EXPECT(each_line(S("migration"), S("migration"), check_digest, fx) == MIGRATIONS_THEN);
    fixture_close(fx);
}
