/* SPDX-License-Identifier: Apache-2.0 */
/* The engine-neutral front: values, rows, write sets, counts (DESIGN section 4). */
#define UNIT db
#include "db_fixture.h"

TEST(values_come_back_as_they_were_bound)
{
    struct fixture f = fixture_new();
    struct uuid id = fixture_id(1);
    static const struct {
        int line;
        str name;
        int64_t score;
    } cases[] = {
        {__LINE__, S_INIT("a"), 0},
        {__LINE__, S_INIT("with \0 inside"), 1},
        {__LINE__, S_INIT("'; DROP TABLE account; --"), INT64_MAX},
        {__LINE__, S_INIT("0042"), 7},
        {__LINE__, S_INIT("\xc3\xa9\xf0\x9f\x94\x91"), 7},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct db_row *row;

        id = fixture_id((unsigned)i);
        CHECK_AT(
            cases[i].line, fixture_write(&f, ACCOUNT_ADD, DB_NEW,
                               DB_VALUES(DB_ID(&id), DB_STR(cases[i].name), DB_I64(cases[i].score)))
                               == DB_COMMITTED);
        REQUIRE(db_one(f.db, f.arena, ACCOUNT_GET, DB_VALUES(DB_ID(&id)), &row) == DB_ROW);
        CHECK_AT(cases[i].line, row->count == 3);
        CHECK_AT(cases[i].line, uuid_eq(uuid_from(db_bytes(row, 0)), id));
        CHECK_AT(cases[i].line, str_eq(db_str(row, 1), cases[i].name));
        CHECK_AT(cases[i].line, db_i64(row, 2) == cases[i].score);
    }
    fixture_end(&f);
}
