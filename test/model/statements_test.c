/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the program against the migrated schema, and their dialect. */
#define UNIT statements
#include "fixture.h"

#include "model/statements.h"

TEST(every_statement_prepares_against_the_migrated_schema)
{
    struct fixture *fx = fixture_open();
    const char *why = "";
    bool ok = db_check_statements(fx->house.db, &why);

    cr_expect(ok, "%s", why);
    fixture_close(fx);
}

/* What SQLite takes and PostgreSQL does not, or the other way, or what breaks a later engine. */
TEST(no_statement_leaves_the_shared_dialect)
{
    static const char *const words[] = {"RETURNING", "INSERT OR ", "REPLACE INTO", "ROWID", "rowid",
        "datetime(", "strftime(", "julianday(", "ifnull(", "json_", "typeof(", "GLOB",
        "AUTOINCREMENT", "PRAGMA", "::", "ILIKE", "now()", "nextval", "USING (", "?", ";", "\"",
        "`", " IS ?", "changes(", "randomblob", "hex(", "unixepoch"};

    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        for (size_t w = 0; w < COUNT(words); w++) {
            cr_expect(strstr(statements[i].text, words[w]) == NULL, "%s says %s",
                statements[i].name, words[w]);
        }
        cr_expect(strstr(statements[i].text, "SELECT *") == NULL, "%s: columns are named",
            statements[i].name);
    }
}

/* "X = $1" binds; a literal in a condition is a number or an empty text, never data. */
TEST(values_are_bound)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        cr_expect(
            strchr(statements[i].text, '\'') == NULL, "%s has a text in it", statements[i].name);
        cr_expect(strchr(statements[i].text, '$') != NULL || strstr(statements[i].text, "SELECT"),
            "%s changes everything", statements[i].name);
    }
}

TEST(names_and_numbers_agree)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        EXPECT(statements[i].name != NULL && statements[i].text != NULL);
    }
    EXPECT_STR(str_from(statements[USER_BY_ID].name), S("USER_BY_ID"));
    EXPECT(statements[USER_KEY_PUT].place == DB_KEYS);
    EXPECT(statements[USER_INSERT].place == DB_DATA);
}
