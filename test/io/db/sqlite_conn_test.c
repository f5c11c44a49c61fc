/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: what a statement may look like, and how each is set up. */
#define UNIT sqlite_conn
#include "db_fixture.h"

#include "io/db/sqlite_internal.h"

static bool
has(str text, str word)
{
    return str_find_str(text, word) < text.n;
}

TEST(statements_are_checked_against_the_schema)
{
    struct fixture f = fixture_new();
    const char *why = "";

    cr_expect(db_check_statements(f.db, &why), "%s", why);
    fixture_end(&f);
}

/* clang-format off */
#define TWENTY_FIVE "$1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25"
static const struct {
    int line;
    const char *text;
    str why;            /* empty: the statement is fine */
} statements[] = {
    {__LINE__, "SELECT id FROM account WHERE id = $1 AND score > $2", S_INIT("")},
    {__LINE__, "SELECT id FROM account WHERE score > $2 AND id = $1", S_INIT("")},
    {__LINE__, "SELECT id FROM account WHERE name = $1 OR name = $1", S_INIT("")},
    {__LINE__, "SELECT id FROM account; \n", S_INIT("")},
    {__LINE__, "SELECT id FROM acount", S_INIT("no such table")},
    {__LINE__, "SELECT nick FROM account", S_INIT("no such column")},
    {__LINE__, "SELECT id FROM account WHERE name = \"one\"", S_INIT("no such column")},
    {__LINE__, "SELECT id FROM user_key", S_INIT("no such table")}, /* the other database's */
    {__LINE__, "SELECT id FROM account WHERE id = $2", S_INIT("parameters")},
    {__LINE__, "SELECT id FROM account WHERE id = ?", S_INIT("parameters")},
    {__LINE__, "SELECT id FROM account WHERE id = :id", S_INIT("parameters")},
    {__LINE__, "SELECT id FROM account WHERE score IN (" TWENTY_FIVE ")", S_INIT("parameters")},
    {__LINE__, "DELETE FROM account; DELETE FROM account", S_INIT("not one statement")},
    {__LINE__, "", S_INIT("not one statement")},
    {__LINE__, "ATTACH '/tmp/x' AS x", S_INIT("")}, /* prepared, but see below: no room for it */
};
/* clang-format on */

TEST(a_statement_is_one_and_its_parameters_have_numbers)
{
    for (size_t i = 0; i < COUNT(statements); i++) {
        struct fixture f = fixture_new();
        struct db_sql sql = {"STATEMENT", DB_DATA, statements[i].text};
        const char *why = "";

        db_close(f.db);
        f.config.sql = &sql;
        f.config.sql_count = 1;
        f.db = fixture_open(&f.config);
        CHECK_AT(statements[i].line, db_check_statements(f.db, &why) == (statements[i].why.n == 0));
        CHECK_AT(statements[i].line,
            statements[i].why.n == 0
                || (has(str_from(why), S("STATEMENT: ")) && has(str_from(why), statements[i].why)));
        fixture_end(&f);
    }
}

static int64_t
pragma(struct sqlite_conn *conn, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t value = -1;

    if (sqlite3_prepare_v2(conn->handle, sql, -1, &stmt, NULL) == SQLITE_OK
        && sqlite3_step(stmt) == SQLITE_ROW) {
        value = sqlite3_column_int64(stmt, 0);
    }
    sqlite3_finalize(stmt);
    return value;
}

TEST(every_connection_is_set_up_for_durability_and_caution)
{
    struct fixture f = fixture_new();
    struct sqlite *s = f.db->state;
    static const struct {
        int line;
        const char *sql;
        int64_t want[SQLITE_PLACES][2]; /* by place and role; -1: anything */
    } cases[] = {
        {__LINE__, "PRAGMA synchronous", {{2, 2}, {2, 2}}},
        {__LINE__, "PRAGMA foreign_keys", {{0, 0}, {0, 0}}},
        {__LINE__, "PRAGMA trusted_schema", {{0, 0}, {0, 0}}},
        {__LINE__, "PRAGMA temp_store", {{2, 2}, {2, 2}}},
        {__LINE__, "PRAGMA query_only", {{1, 0}, {1, 0}}},
        {__LINE__, "PRAGMA cell_size_check", {{0, 1}, {0, 1}}},
        {__LINE__, "PRAGMA secure_delete", {{-1, 2}, {-1, 1}}},
        {__LINE__, "SELECT journal_mode = 'wal' FROM pragma_journal_mode", {{1, 1}, {1, 1}}},
    };

    for (int place = 0; place < SQLITE_PLACES; place++) {
        struct sqlite_conn *conns[2] = {
            sqlite_reader_conn(f.db, (enum db_place)place), s->conn[place]};
        for (size_t i = 0; i < 2 * COUNT(cases); i++) {
            int64_t want = cases[i / 2].want[place][i % 2];
            CHECK_AT(cases[i / 2].line, want < 0 || pragma(conns[i % 2], cases[i / 2].sql) == want);
        }
        EXPECT(sqlite_conn_run(conns[0], "ATTACH '/tmp/x' AS x") != SQLITE_OK);
        EXPECT(sqlite_conn_run(conns[0], "CREATE TABLE x (y TEXT)") != SQLITE_OK);
        EXPECT(sqlite_conn_run(conns[1], "PRAGMA writable_schema = ON;"
                                         "DELETE FROM sqlite_master")
               != SQLITE_OK);
    }
    fixture_end(&f);
}
