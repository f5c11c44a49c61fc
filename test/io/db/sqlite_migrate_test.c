/* SPDX-License-Identifier: Apache-2.0 */
/* Migrations: applied once, whole, in order, and never changed afterwards. */
#define UNIT sqlite_migrate
#include "db_fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Reopens the fixture with other migrations; the reason of the refusal, or "" when it opens. */
static str
reopen_with(struct fixture *f, const struct db_migration *migrations, size_t count)
{
    const char *why = "";

    db_close(f->db);
    f->config.migrations = migrations;
    f->config.migration_count = count;
    f->db = db_open(&f->config, &why);
    return f->db ? NO_STR : str_dup(f->arena, str_from(why));
}

static bool
has(str text, str word)
{
    return str_find_str(text, word) < text.n;
}

/* The number a statement gives straight from a file of the folder. */
static int
ask(struct fixture *f, const char *file, const char *sql)
{
    char path[128];
    sqlite3 *handle;
    sqlite3_stmt *stmt;
    int number = -1;

    snprintf(path, sizeof path, "%s/%s", f->folder, file);
    REQUIRE(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    if (sqlite3_prepare_v2(handle, sql, -1, &stmt, NULL) == SQLITE_OK
        && sqlite3_step(stmt) == SQLITE_ROW) {
        number = sqlite3_column_int(stmt, 0);
    }
    sqlite3_finalize(stmt);
    sqlite3_close(handle);
    return number;
}

/* The same; also -1 where the file or the table is not there yet. */
static int
ask_if_there(struct fixture *f, const char *file, const char *sql)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", f->folder, file);
    return access(path, F_OK) == 0 ? ask(f, file, sql) : -1;
}

TEST(migrations_are_applied_once_and_recorded_in_their_database)
{
    struct fixture f = fixture_new();

    REQUIRE(fixture_add(&f, 1, S("kept")) == DB_COMMITTED);
    fixture_reopen(&f);
    fixture_reopen(&f);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1);
    EXPECT(ask(&f, "cardea.db", "SELECT count(*) FROM schema_migration") == 1);
    EXPECT(ask(&f, "cardea.db", "SELECT number FROM schema_migration WHERE name = 'account'") == 1);
    EXPECT(ask(&f, "keys.db", "SELECT number FROM schema_migration WHERE name = 'user_key'") == 2);
    EXPECT(ask(&f, "keys.db", "SELECT count(*) FROM schema_migration WHERE applied_at > 0") == 1);
    fixture_end(&f);
}

TEST(a_marked_comment_is_text_for_its_engine_only)
{
    struct fixture f = fixture_new();

    /* A table WITHOUT ROWID has no column rowid. */
    EXPECT(ask(&f, "cardea.db", "SELECT max(rowid) FROM account") == -1);
    EXPECT(ask(&f, "cardea.db", "SELECT count(id) FROM account") == 0);
    EXPECT(reopen_with(&f,
               (const struct db_migration[]){fixture_migrations[0], fixture_migrations[1],
                   {3, DB_DATA, "other",
                       "CREATE TABLE other (id BYTEA) /*postgres: WITH (fillfactor = 70) */;"}},
               3)
               .n
           == 0);
    EXPECT(ask(&f, "cardea.db", "SELECT count(rowid) FROM other") == 0);
    fixture_end(&f);
}

TEST(a_changed_text_is_refused)
{
    struct fixture f = fixture_new();
    struct db_migration changed[2] = {fixture_migrations[0], fixture_migrations[1]};
    str why;

    changed[0].text = "CREATE TABLE account (id BYTEA PRIMARY KEY);";
    why = reopen_with(&f, changed, 2);
    EXPECT(has(why, S("0001-account")) && has(why, S("has changed")));
    EXPECT(reopen_with(&f, fixture_migrations, 2).n == 0);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 0);
    fixture_end(&f);
}

TEST(a_new_migration_follows_the_old_and_an_unknown_one_is_left_alone)
{
    struct fixture f = fixture_new();
    struct db_migration more[3] = {fixture_migrations[0], fixture_migrations[1],
        {3, DB_DATA, "nick",
            "ALTER TABLE account ADD COLUMN nick TEXT;\nCREATE TABLE note (id BYTEA);"}};

    REQUIRE(fixture_add(&f, 1, S("old")) == DB_COMMITTED);
    EXPECT(reopen_with(&f, more, 3).n == 0);
    EXPECT(ask(&f, "cardea.db", "SELECT count(*) FROM account WHERE nick IS NULL") == 1);
    /* The release before, which knows two, runs on the same database (DESIGN section 6). */
    EXPECT(reopen_with(&f, fixture_migrations, 2).n == 0);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1);
    fixture_end(&f);
}

TEST(a_migration_that_fails_leaves_nothing_and_says_which)
{
    static const struct {
        int line;
        const char *text;
        str why;
    } cases[] = {
        {__LINE__, "CREATE TABLE half (id BYTEA);\nCREATE TABLE account (id BYTEA);",
            S_INIT("already exists")},
        {__LINE__, "CREATE TABLE half (id BYTEA);\nCREATE TABEL x (id BYTEA);", S_INIT("TABEL")},
        {__LINE__, "CREATE TABLE half (id BYTEA) /*sqlite: WITHOUT ROWID", S_INIT("has no end")},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture f = fixture_new();
        struct db_migration bad[3] = {
            fixture_migrations[0], fixture_migrations[1], {3, DB_DATA, "bad", cases[i].text}};
        str why = reopen_with(&f, bad, 3);

        CHECK_AT(cases[i].line, has(why, S("migration 0003-bad: ")) && has(why, cases[i].why));
        CHECK_AT(cases[i].line, ask(&f, "cardea.db", "SELECT count(*) FROM half") == -1);
        CHECK_AT(cases[i].line,
            ask(&f, "cardea.db", "SELECT count(*) FROM schema_migration WHERE number = 3") == 0);
        CHECK_AT(cases[i].line, reopen_with(&f, fixture_migrations, 2).n == 0);
        fixture_end(&f);
    }
}

TEST(a_start_whose_calls_fail_can_be_repeated)
{
    struct fixture f = fixture_new();
    const char *why;
    long n = 0;

    db_close(f.db);
    fixture_remove(&f);
    for (f.db = NULL; f.db == NULL; n++) {
        REQUIRE(n < 60);
        db_fail_after(n);
        f.db = db_open(&f.config, &why);
        db_fail_after(-1);
    }
    EXPECT(n > 8); /* a table, a look, BEGIN, text, note and COMMIT in each database */
    EXPECT(fixture_add(&f, 1, S("works")) == DB_COMMITTED);
    fixture_end(&f);
}

/* A process that opens the folder and is killed after so many microseconds. */
static void
open_and_die(struct fixture *f, useconds_t us)
{
    const char *why;
    pid_t pid = fork();
    int status;

    REQUIRE(pid >= 0);
    if (pid == 0) {
        f->db = db_open(&f->config, &why);
        pause();
    }
    usleep(us);
    REQUIRE(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid);
    EXPECT(WIFSIGNALED(status));
}

TEST(a_migration_killed_at_any_instant_is_whole_or_absent_and_the_next_start_ends_it)
{
    static const struct db_migration more[] = {
        {1, DB_DATA, "first",
            "CREATE TABLE first (id BYTEA);\nCREATE INDEX first_id ON first (id);"},
        {2, DB_KEYS, "second", "CREATE TABLE second (id BYTEA);\nCREATE TABLE third (id BYTEA);"},
        {3, DB_DATA, "account",
            "CREATE TABLE account (id BYTEA, name TEXT UNIQUE, score BIGINT);\n"
            "CREATE TABLE user_key (id BYTEA, wrapped BYTEA);"},
        {4, DB_KEYS, "key", "CREATE TABLE user_key (id BYTEA, wrapped BYTEA);"},
    };
    static const struct {
        const char *file, *text;
    } pairs[] = {
        {"cardea.db",
            "SELECT (SELECT count(*) FROM sqlite_schema WHERE name IN ('first', 'first_id'))"
            " = 2 * (SELECT count(*) FROM schema_migration WHERE number = 1)"},
        {"keys.db", "SELECT (SELECT count(*) FROM sqlite_schema WHERE name IN ('second', 'third'))"
                    " = 2 * (SELECT count(*) FROM schema_migration WHERE number = 2)"},
    };
    struct fixture f = fixture_new();

    f.config.migrations = more;
    f.config.migration_count = COUNT(more);
    for (useconds_t us = 0; us < 40000; us += 1000) {
        db_close(f.db);
        fixture_remove(&f);
        REQUIRE(mkdir(f.folder, 0700) == 0);
        open_and_die(&f, us);
        for (size_t i = 0; i < COUNT(pairs); i++) {
            /* -1: the process did not come so far as to make the file or its first table. */
            EXPECT(ask_if_there(&f, pairs[i].file, pairs[i].text) != 0);
        }
        f.db = fixture_open(&f.config);
        EXPECT(ask(&f, "cardea.db", "SELECT count(*) FROM schema_migration") == 2);
        EXPECT(ask(&f, "keys.db", "SELECT count(*) FROM schema_migration") == 2);
    }
    fixture_end(&f);
}
