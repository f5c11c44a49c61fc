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

/* PostgreSQL's text holds no NUL: it is refused as a whole, never cut. */
TEST(a_nul_in_a_text_is_kept_or_refused)
{
    struct fixture f = fixture_new();
    str name = S("with \0 inside");
    struct uuid id = fixture_id(1);
    struct db_row *row;

    if (place_is_postgres()) {
        EXPECT(fixture_add(&f, 1, name) == DB_LOST);
        EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 0);
    } else {
        REQUIRE(fixture_add(&f, 1, name) == DB_COMMITTED);
        REQUIRE(db_one(f.db, f.arena, ACCOUNT_GET, DB_VALUES(DB_ID(&id)), &row) == DB_ROW);
        EXPECT_STR(db_str(row, 1), name);
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
    /* SQLite: two databases. The set missed and the set lost, each alone in its batch, are undone. */
    EXPECT(c.commits == (place_is_postgres() ? 1 : 2));
    EXPECT(meter_total(&c.batches) == 3 && c.batches.sum_ns > 0);
    EXPECT(!c.is_committing && c.queued == 0 && c.refused == 0 && c.again == 0);
    EXPECT((c.connections > 0) == place_is_postgres() && c.failed_connections == 0);
    EXPECT(fixture_write(&f, ACCOUNT_TAKE, DB_ONE, DB_VALUES(DB_NONE_V, DB_I64(0))) == DB_MISSED);
    EXPECT(db_count(f.db).is_committing);
    fixture_end(&f);
}

TEST(what_was_committed_is_there_after_reopening)
{
    struct fixture f = fixture_new();

    for (unsigned i = 0; i < 10; i++) {
        REQUIRE(fixture_add(&f, i, NO_STR) == DB_COMMITTED);
        fixture_reopen(&f);
        EXPECT(fixture_number(&f, ACCOUNT_COUNT) == i + 1);
    }
    fixture_end(&f);
}

TEST(rows_are_copies_that_outlive_the_statement)
{
    struct fixture f = fixture_new();
    struct db_row *first, *row;
    unsigned n = 0;

    EXPECT(db_all(f.db, f.arena, ACCOUNT_LIST, NULL, 0, 10, &first) == DB_ROW && first == NULL);
    for (unsigned i = 0; i < 5; i++) {
        REQUIRE(fixture_add(&f, i, str_fmt(f.arena, "name %u", i)) == DB_COMMITTED);
    }
    REQUIRE(db_all(f.db, f.arena, ACCOUNT_LIST, NULL, 0, 4, &first) == DB_ROW);
    REQUIRE(fixture_write(&f, ACCOUNT_SCORE_ALL, DB_ANY, DB_VALUES(DB_I64(9))) == DB_COMMITTED);
    db_close(f.db);
    for (row = first; row != NULL; row = row->next, n++) {
        EXPECT(uuid_eq(uuid_from(db_bytes(row, 0)), fixture_id(n)));
        EXPECT_STR(db_str(row, 1), str_fmt(f.arena, "name %u", n));
        EXPECT(db_i64(row, 2) == 0 && !db_is_null(row, 1));
    }
    EXPECT(n == 4); /* max */
    f.db = fixture_open(&f.config);
    fixture_end(&f);
}

TEST(null_empty_and_missing_are_told_apart)
{
    struct fixture f = fixture_new();
    struct uuid a = fixture_id(1), b = fixture_id(2), c = fixture_id(3);
    struct db_row *row = NULL;

    REQUIRE(fixture_write(&f, ACCOUNT_ADD, DB_NEW, DB_VALUES(DB_ID(&a), DB_NONE_V, DB_I64(0)))
            == DB_COMMITTED);
    REQUIRE(fixture_write(&f, ACCOUNT_ADD, DB_NEW, DB_VALUES(DB_ID(&b), DB_STR(NO_STR), DB_I64(0)))
            == DB_COMMITTED);
    REQUIRE(fixture_write(&f, KEY_ADD, DB_NEW, DB_VALUES(DB_ID(&a), DB_BYTES(((bytes){NULL, 0}))))
            == DB_COMMITTED); /* NOT NULL: an empty blob is none */
    EXPECT(db_one(f.db, f.arena, ACCOUNT_GET, DB_VALUES(DB_ID(&c)), &row) == DB_NO_ROW);
    EXPECT(row == NULL);
    REQUIRE(db_one(f.db, f.arena, ACCOUNT_GET, DB_VALUES(DB_ID(&a)), &row) == DB_ROW);
    EXPECT(db_is_null(row, 1) && db_str(row, 1).n == 0 && db_i64(row, 1) == 0);
    REQUIRE(db_one(f.db, f.arena, ACCOUNT_GET, DB_VALUES(DB_ID(&b)), &row) == DB_ROW);
    EXPECT(!db_is_null(row, 1) && db_str(row, 1).n == 0);
    fixture_end(&f);
}

TEST(a_full_arena_fails_the_read)
{
    struct fixture f = fixture_new();
    struct arena *small = arena_new(KB(4));
    char name[3000];
    struct uuid id = fixture_id(1);
    struct db_row *row;

    memset(name, 'n', sizeof name);
    REQUIRE(fixture_add(&f, 1, (str){name, sizeof name}) == DB_COMMITTED);
    EXPECT(db_one(f.db, small, ACCOUNT_GET, DB_VALUES(DB_ID(&id)), &row) == DB_ROW);
    EXPECT(db_one(f.db, small, ACCOUNT_GET, DB_VALUES(DB_ID(&id)), &row) == DB_FAILED);
    EXPECT(arena_failed(small));
    arena_reset(small);
    EXPECT(db_one(f.db, small, ACCOUNT_GET, DB_VALUES(DB_ID(&id)), &row) == DB_ROW);
    arena_free(small);
    fixture_end(&f);
}

TEST(what_the_house_writes_of_itself_is_counted_apart)
{
    struct fixture f = fixture_new();
    struct uuid id = fixture_id(1);
    struct db_writes set;
    struct db_counts c;

    db_writes_init(&set, f.arena);
    set.is_of_house = true;
    db_write(&set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&id), DB_NONE_V, DB_I64(0)));
    REQUIRE(db_commit_wait(f.db, &set) == DB_COMMITTED);
    c = db_count(f.db);
    EXPECT(c.house == 1 && c.sets == 0 && c.writes == 0 && c.misses == 0 && c.failures == 0);
    fixture_end(&f);
}

TEST(closing_nothing_is_fine)
{
    db_close(NULL);
}

TEST(reads_between_hold_and_release_see_one_state)
{
    struct fixture f = fixture_new();

    REQUIRE(fixture_add(&f, 1, S("one")) == DB_COMMITTED);
    db_reads_hold(f.db);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1);
    REQUIRE(fixture_add(&f, 2, S("two")) == DB_COMMITTED);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == (place_is_postgres() ? 2 : 1));
    EXPECT(db_reads_release(f.db) == !place_is_postgres());
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 2);
    EXPECT(!db_reads_release(f.db)); /* nothing is held */
    db_reads_widely(f.db);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 2);
    fixture_end(&f);
}

TEST(what_a_pause_leaves_open_is_gone_on_with_until_something_is_committed)
{
    struct fixture f = fixture_new();
    int64_t before = place_is_postgres() ? 2 : 1;

    REQUIRE(fixture_add(&f, 1, S("one")) == DB_COMMITTED);
    db_reads_hold(f.db);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1);
    db_reads_pause(f.db);
    db_reads_hold(f.db); /* nothing new: it goes on */
    REQUIRE(fixture_add(&f, 2, S("two")) == DB_COMMITTED);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == before);
    db_reads_pause(f.db);
    db_reads_hold(f.db); /* something new: anew */
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 2);
    db_reads_pause(f.db);
    REQUIRE(fixture_add(&f, 3, S("three")) == DB_COMMITTED);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 3); /* without a hold */
    db_reads_hold(f.db);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 3);
    db_reads_pause(f.db);
    EXPECT(!db_reads_release(f.db)); /* it ends what the pause left, and nothing was held */
    fixture_end(&f);
}

TEST(keys_are_never_read_of_an_older_state_than_rows)
{
    struct fixture f = fixture_new();
    struct uuid id = fixture_id(1);
    struct db_writes set;

    db_reads_hold(f.db);
    EXPECT(fixture_number(&f, KEY_COUNT) == 0);
    db_writes_init(&set, f.arena);
    db_write(&set, KEY_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&id), DB_BYTES(str_bytes(S("wrapped")))));
    db_write(&set, ACCOUNT_ADD, DB_NEW, 0, DB_VALUES(DB_ID(&id), DB_NONE_V, DB_I64(0)));
    REQUIRE(db_commit_wait(f.db, &set) == DB_COMMITTED);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1);
    EXPECT(fixture_number(&f, KEY_COUNT) == 1); /* or the row would seem erased */
    db_reads_release(f.db);
    fixture_end(&f);
}
