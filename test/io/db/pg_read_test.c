/* SPDX-License-Identifier: Apache-2.0 */
/* Reads on PostgreSQL: tried again on a new connection, bounded in time and in number. */
#define UNIT pg_read
#include "db_fixture.h"
#include "proxy.h"

#include "base/clock.h"

static void
end_sessions(struct fixture *f)
{
    place_run(f->place, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE "
                        "application_name = 'cardea'"
                        " AND datname = current_database()");
}

TEST(a_read_on_a_session_that_was_ended_is_read_again)
{
    struct fixture f = fixture_new();

    REQUIRE(fixture_add(&f, 1, S("one")) == DB_COMMITTED);
    for (int i = 0; i < 10; i++) {
        CHECK_AT(i, fixture_score(&f, 1) == 0);
        end_sessions(&f);
    }
    EXPECT(db_count(f.db).failures == 0);
    fixture_end(&f);
}

TEST(a_read_cut_at_any_message_is_read_again)
{
    struct fixture f = fixture_new();
    struct proxy *proxy = proxy_start();
    int cuts, most = 0;

    REQUIRE(fixture_add(&f, 1, S("one")) == DB_COMMITTED);
    db_close(f.db);
    f.config.database = proxy_uri(proxy, f.arena, f.config.database);
    f.db = fixture_open(&f.config);
    for (int way = PROXY_TO_SERVER; way <= PROXY_TO_CLIENT; way++) {
        for (int cut = 0; cut < PROXY_CUT_COUNT; cut++) {
            long n = 1;
            do {
                proxy_cut(
                    proxy, "FROM account WHERE id", (enum proxy_way)way, (enum proxy_cut)cut, n, 1);
                CHECK_AT((int)n, fixture_score(&f, 1) == 0);
                cuts = proxy_cuts(proxy);
                most = MAX(most, (int)n++);
            } while (cuts > 0);
        }
    }
    EXPECT(most > 3 && db_count(f.db).failures == 0);
    fixture_end(&f);
    proxy_stop(proxy);
}

/* A migration of a newer release may change a table under a prepared statement. */
TEST(a_column_added_under_prepared_statements_disturbs_nobody)
{
    struct fixture f = fixture_new();

    REQUIRE(fixture_add(&f, 1, S("one")) == DB_COMMITTED);
    EXPECT(fixture_score(&f, 1) == 0);
    place_run(f.place, "ALTER TABLE account ADD COLUMN more BIGINT");
    EXPECT(fixture_score(&f, 1) == 0);
    EXPECT(fixture_add(&f, 2, S("two")) == DB_COMMITTED);
    place_run(f.place, "ALTER TABLE account DROP COLUMN more");
    EXPECT(fixture_score(&f, 2) == 0);
    EXPECT(fixture_add(&f, 3, S("three")) == DB_COMMITTED);
    fixture_end(&f);
}

TEST(a_read_without_a_limit_is_one_with_the_largest)
{
    struct fixture f = fixture_new();
    struct db_row *rows;

    REQUIRE(fixture_add(&f, 1, S("one")) == DB_COMMITTED);
    EXPECT(db_all(f.db, f.arena, ACCOUNT_LIST, NULL, 0, SIZE_MAX, &rows) == DB_ROW && rows != NULL);
    fixture_end(&f);
}

TEST(one_statement_with_many_limits_gives_each_its_rows)
{
    struct fixture f = fixture_new();

    for (unsigned i = 0; i < 20; i++) {
        REQUIRE(fixture_add(&f, i, NO_STR) == DB_COMMITTED);
    }
    for (size_t round = 0; round < 2; round++) {
        for (size_t max = 1; max <= 20; max++) {
            struct db_row *row;
            size_t n = 0;
            REQUIRE(db_all(f.db, f.arena, ACCOUNT_LIST, NULL, 0, max, &row) == DB_ROW);
            for (; row != NULL; row = row->next) {
                n++;
            }
            CHECK_AT((int)max, n == max);
        }
    }
    fixture_end(&f);
}

TEST(a_statement_that_takes_too_long_is_given_up)
{
    static const struct db_sql slow[] = {
        {"SLOW", DB_DATA, "SELECT id FROM account WHERE pg_sleep(20) IS NULL"}};
    struct fixture f = fixture_new();
    struct db_row *row;
    int64_t begin;

    REQUIRE(fixture_add(&f, 1, NO_STR) == DB_COMMITTED);
    db_close(f.db);
    f.config.sql = slow;
    f.config.sql_count = 1;
    f.db = fixture_open(&f.config);
    begin = clock_steady_ms();
    EXPECT(db_one(f.db, f.arena, 0, NULL, 0, &row) == DB_FAILED);
    cr_expect(clock_steady_ms() - begin < 8000, "%lld ms", (long long)(clock_steady_ms() - begin));
    fixture_end(&f);
}

/* Somebody alters the table meanwhile. */
TEST(a_table_that_is_locked_fails_the_read_in_bounded_time)
{
    struct fixture f = fixture_new();
    struct db_row *row;
    int64_t begin;

    REQUIRE(fixture_add(&f, 1, NO_STR) == DB_COMMITTED);
    place_run(f.place, "BEGIN");
    place_run(f.place, "LOCK TABLE account");
    begin = clock_steady_ms();
    EXPECT(db_one(f.db, f.arena, ACCOUNT_COUNT, NULL, 0, &row) == DB_FAILED);
    EXPECT(clock_steady_ms() - begin < 8000);
    place_run(f.place, "ROLLBACK");
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1);
    fixture_end(&f);
}

TEST(a_silent_network_fails_the_read_in_bounded_time)
{
    struct fixture f = fixture_new();
    struct proxy *proxy = proxy_start();
    struct db_row *row;
    int64_t begin;

    REQUIRE(fixture_add(&f, 1, NO_STR) == DB_COMMITTED);
    db_close(f.db);
    f.config.database = proxy_uri(proxy, f.arena, f.config.database);
    f.db = fixture_open(&f.config);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1);
    proxy_block(proxy, true);
    begin = clock_steady_ms();
    EXPECT(db_one(f.db, f.arena, ACCOUNT_COUNT, NULL, 0, &row) == DB_FAILED);
    cr_expect(clock_steady_ms() - begin < 13000, "%lld ms", (long long)(clock_steady_ms() - begin));
    proxy_block(proxy, false);
    proxy_cut_all(proxy);
    usleep(500000);
    EXPECT(fixture_number(&f, ACCOUNT_COUNT) == 1);
    fixture_end(&f);
    proxy_stop(proxy);
}

/* What may be old is read from a replica; one that is away costs nothing. */
TEST(a_replica_that_is_away_is_replaced_by_the_primary)
{
    static const struct db_sql old[] = {
        {"ADD", DB_DATA, "INSERT INTO account (id, name, score) VALUES ($1, $2, $3)"},
        {"COUNT", DB_OLD, "SELECT count(*) FROM account"}};
    struct fixture f = fixture_new();

    db_close(f.db);
    f.config.sql = old;
    f.config.sql_count = COUNT(old);
    f.config.replica = S("postgresql://cardea@/none?host=/nonexistent");
    f.db = fixture_open(&f.config);
    REQUIRE(fixture_add(&f, 1, NO_STR) == DB_COMMITTED);
    EXPECT(fixture_number(&f, 1) == 1);
    EXPECT(fixture_number(&f, 1) == 1);
    EXPECT(fixture_add(&f, 2, NO_STR) == DB_COMMITTED); /* the primary is not thought to be down */
    fixture_end(&f);
}
