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

TEST(a_set_whose_arena_failed_is_not_taken)
{
    struct fixture f = fixture_new();
    struct arena *small = arena_new(256);
    struct uuid id = fixture_id(1);
    struct db_writes set;

    db_writes_init(&set, small);
    for (int i = 0; i < 10; i++) {
        db_write(&set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&id), DB_NONE_V, DB_I64(0)));
    }
    EXPECT(!db_commit(f.db, &set));
    EXPECT(db_commit_wait(f.db, &set) == DB_LOST);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 0);
    EXPECT(db_count(f.db).commits == 0);
    arena_free(small);
    fixture_end(&f);
}

TEST(counts_tell_what_happened)
{
    struct fixture f = fixture_new();
    struct uuid one = fixture_id(1), two = fixture_id(2);
    struct db_writes set;
    struct db_counts c;

    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 0);
    c = db_count(f.db);
    EXPECT(c.commits == 0 && c.sets == 0 && c.writes == 0 && c.misses == 0 && c.failures == 0);
    db_writes_init(&set, f.arena);
    db_write(&set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&one), DB_NONE_V, DB_I64(0)));
    db_write(&set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&two), DB_NONE_V, DB_I64(0)));
    db_write(&set, KEY_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&two), DB_STR(S("k"))));
    REQUIRE(db_commit_wait(f.db, &set) == DB_COMMITTED);
    EXPECT(fixture_write(&f, ACCOUNT_TAKE, DB_ONE, DB_VALUES(DB_NONE_V, DB_I64(0))) == DB_MISSED);
    EXPECT(fixture_write(&f, ACCOUNT_SCORE_ALL, DB_ANY, DB_VALUES(DB_I64(-1))) == DB_LOST);
    c = db_count(f.db);
    EXPECT(c.sets == 1 && c.writes == 3 && c.misses == 1 && c.failures == 1);
    EXPECT(c.commits == 4); /* two databases, then one each for the set missed and the set lost */
    fixture_end(&f);
}

TEST(closing_nothing_is_fine)
{
    db_close(NULL);
}
