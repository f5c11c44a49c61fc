/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions by month of the ids: made ahead, found by id, dropped whole. */
#define UNIT pg_partition
#include "db_fixture.h"

static const struct db_sql log_sql[] = {
    {"LOG_ADD", DB_DATA, "INSERT INTO log (tenant_id, id) VALUES ($1, $2)"},
};
static const struct db_migration log_migrations[] = {
    {1, DB_DATA, "log",
        "CREATE TABLE log (tenant_id BYTEA NOT NULL, id BYTEA NOT NULL, PRIMARY KEY (tenant_id, "
        "id))"
        " /*postgres: PARTITION BY RANGE (id)*/;\n"},
};

struct site {
    struct fixture f;
    struct place *fresh;
};

/* The middle of a month, so many after this one. */
static int64_t
month(int number)
{
    static int64_t now;
    char sql[200];

    if (now == 0) {
        struct place *clock = place_make();
        snprintf(sql, sizeof sql,
            "SELECT (extract(epoch FROM date_trunc('month', now()) + interval '14 days') * "
            "1000)::bigint");
        now = place_number(clock, sql);
        place_free(clock);
    }
    return now + number * (int64_t)2629746000; /* a mean month */
}

static void
site_open(struct site *s)
{
    s->f = fixture_new();
    db_close(s->f.db);
    s->fresh = place_make();
    s->f.config.database = place_uri(s->fresh);
    s->f.config.sql = log_sql;
    s->f.config.sql_count = COUNT(log_sql);
    s->f.config.migrations = log_migrations;
    s->f.config.migration_count = COUNT(log_migrations);
    s->f.db = fixture_open(&s->f.config);
}

static void
site_close(struct site *s)
{
    fixture_end(&s->f);
    place_free(s->fresh);
}

static int64_t
partitions(struct site *s)
{
    return place_number(s->fresh, "SELECT count(*) FROM pg_inherits i JOIN pg_class c"
                                  " ON c.oid = i.inhparent WHERE c.relname = 'log'");
}

/* A row of that month; where it went. */
static int64_t
add(struct site *s, int number)
{
    struct unit_rng rng = unit_rng_new((uint64_t)number + 100);
    struct uuid tenant = fixture_id(1), id = uuid_make(month(number), &rng.rng);

    REQUIRE(fixture_write(&s->f, 0, DB_NEW, DB_VALUES(DB_ID(&tenant), DB_ID(&id))) == DB_COMMITTED);
    return place_number(s->fresh, "SELECT count(*) FROM cardea.log_rest");
}

TEST(this_month_and_three_more_are_there_from_the_start)
{
    struct site s;

    site_open(&s);
    EXPECT(partitions(&s) == 5); /* with the rest */
    for (int i = 0; i <= 3; i++) {
        CHECK_AT(i, add(&s, i) == 0);
    }
    EXPECT(add(&s, 9) == 1); /* of a clock that is wrong: nothing is lost */
    EXPECT(place_number(s.fresh, "SELECT count(*) FROM cardea.log") == 5);
    fixture_reopen(&s.f);
    EXPECT(partitions(&s) == 5);
    site_close(&s);
}

TEST(months_to_come_are_made_once)
{
    struct site s;

    site_open(&s);
    for (int i = 0; i < 3; i++) {
        EXPECT(db_keep_months(s.f.db, month(2)));
        EXPECT(partitions(&s) == 7);
    }
    EXPECT(add(&s, 5) == 0);
    site_close(&s);
}

TEST(months_are_dropped_that_ended_before_all_or_the_empty_ones)
{
    struct site s;

    site_open(&s);
    add(&s, 0);
    EXPECT(db_drop_months(s.f.db, "log", month(0), false) && partitions(&s) == 5);
    EXPECT(db_drop_months(s.f.db, "log", month(2), true) && partitions(&s) == 4); /* month 1 */
    EXPECT(place_number(s.fresh, "SELECT count(*) FROM cardea.log") == 1);
    EXPECT(db_drop_months(s.f.db, "log", month(2), false) && partitions(&s) == 3);
    EXPECT(place_number(s.fresh, "SELECT count(*) FROM cardea.log") == 0);
    EXPECT(db_drop_months(s.f.db, "log", month(90), false)
           && partitions(&s) == 1); /* the rest stays */
    EXPECT(db_drop_months(s.f.db, "no_such_table", month(90), false));
    site_close(&s);
}

TEST(a_look_up_by_id_touches_one_partition)
{
    struct site s;

    site_open(&s);
    add(&s, 1);
    place_run(s.fresh, "CREATE FUNCTION touched() RETURNS bigint LANGUAGE plpgsql AS $$ DECLARE l "
                       "text; n bigint := 0;"
                       " BEGIN FOR l IN EXECUTE 'EXPLAIN SELECT 1 FROM cardea.log WHERE tenant_id "
                       "= ''\\x01'' AND id ="
                       " (''' || (SELECT id FROM cardea.log)::text || ''')' LOOP"
                       " n := n + (l LIKE '% on log%')::int; END LOOP; RETURN n; END $$");
    EXPECT(place_number(s.fresh, "SELECT touched()") == 1);
    site_close(&s);
}
