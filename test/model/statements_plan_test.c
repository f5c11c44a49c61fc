/* SPDX-License-Identifier: Apache-2.0 */
/* How each engine would run every statement of the program: tables that grow are never read whole, nor is a tenant for
 * one row. */
#define UNIT statements_plan
#include "fixture.h"

#include <sqlite3.h>
#include <stdio.h>

#include "../io/db/place.h"
#include "model/statements.h"

/* Of these a deployment has few, or few for each tenant; all others are looked up by an index. */
static const char *const small[] = {"tenant", "application", "signing_key", "setting", "job",
    "erasure", "removal", "few" /* a subquery with a LIMIT */};

/* Lists of what a job works on come in the order of an index: the first rows cost the same whatever
 * stands behind them. */
static const int lists_of_jobs[] = {CODE_OVERDUE, TOKEN_OVERDUE, SESSION_OVERDUE, CONSENT_OVERDUE,
    TICKET_OVERDUE, OUTBOX_DUE, OUTBOX_SENT_BEFORE, OUTBOX_HOPELESS, EVENT_BEFORE, EVENT_BY_TENANT,
    AUDIT_UNLINKED, AUDIT_LINKED, AUDIT_WAITING, AUDIT_FIRST_LINKS, AUDIT_HEADS_AFTER, AUDIT_NEWEST,
    AUDIT_NEWEST_OF_TENANT, AUDIT_OLDEST, AUDIT_OLDEST_OF_TENANT, EVENT_LOGINS_ALL,
    EVENT_LOGINS_OF_TENANT, EVENT_LOGINS_OF_APPLICATION, EVENT_LOGINS_OF_USER, TALLY_FIRST,
    TALLY_WAITING, ACTIVE_BEFORE, EVENTLOG_BEFORE, EVENTLOG_BEFORE_OF_TENANT, EVENTLOG_BEYOND,
    WEBHOOK_EVENTS, WEBHOOK_EVENTS_OF_TENANT, WEBHOOK_EVENTS_OVER, DAY_KEY_BEFORE, USER_AFTER,
    TENANT_AFTER, APIKEY_AFTER, APPLICATION_OF_ENDED, APIKEY_OF_ENDED, KEY_OF_ENDED, USER_OF_ENDED,
    IDENTITY_OF_ENDED, REGISTRATION_OF_ENDED, SESSION_OF_ENDED, CODE_OF_ENDED, TOKEN_OF_ENDED,
    TICKET_OF_ENDED, PASSKEY_OF_ENDED, CONSENT_OF_ENDED, LINK_OF_ENDED, GROUP_MEMBER_OF_ENDED,
    ENTITY_GRANT_OF_ENDED, DOSSIER_OF_ENDED, PARENT_OF_ENDED, WORD_OF_ENDED, OUTBOX_OF_ENDED,
    AUDIT_OF_ENDED, EVENT_OF_ENDED, EVENTLOG_OF_ENDED, WEBHOOK_EVENT_OF_ENDED,
    WEBHOOK_ATTEMPT_OF_ENDED, TALLY_OF_ENDED, COUNTER_OF_ENDED, ACTIVE_OF_ENDED,
    IDP_DOMAIN_OF_ENDED, RECORD_OF_ENDED, USER_KEY_OF_ENDED, REGISTRATION_OF_ENDED_APPLICATION,
    CODE_OF_ENDED_APPLICATION, TOKEN_OF_ENDED_APPLICATION, CONSENT_OF_ENDED_APPLICATION,
    REMOVAL_FIRST, EVENT_LOGINS_BEFORE};

/* Of what WITH makes: numbers of segments, and rows of a sum that were found one by one. */
static const char *const made[] = {"s", "c"};

static bool
is_made(str table)
{
    return str_eq(table, str_from(made[0])) || str_eq(table, str_from(made[1]));
}

static bool
is_small(str line)
{
    str rest = str_skip(line, sizeof "SCAN " - 1);
    str table = str_head(rest, str_find(rest, ' '));

    for (size_t i = 0; i < COUNT(small); i++) {
        if (str_eq(table, str_from(small[i]))) {
            return true;
        }
    }
    return str_eq(table, S("CONSTANT")) || is_made(table);
}

static bool
is_list_of_job(size_t statement)
{
    for (size_t i = 0; i < COUNT(lists_of_jobs); i++) {
        if ((size_t)lists_of_jobs[i] == statement) {
            return true;
        }
    }
    return false;
}

static void
check_line(size_t i, str line)
{
    if (str_starts(line, S("SCAN "))) {
        cr_expect(is_small(line), "%s: " STRF, statements[i].name, STRV(line));
    }
    if (str_find_str(line, S("TEMP B-TREE")) < line.n) {
        cr_expect(!is_list_of_job(i), "%s sorts what it reads", statements[i].name);
    }
}

static void
check_plan(sqlite3 *handle, size_t i)
{
    char text[4096];
    sqlite3_stmt *stmt = NULL;
    int lines = 0;

    REQUIRE(strlen(statements[i].text) < sizeof text - 30);
    snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", statements[i].text);
    cr_assert(sqlite3_prepare_v2(handle, text, -1, &stmt, NULL) == SQLITE_OK, "%s: %s",
        statements[i].name, sqlite3_errmsg(handle));
    for (; sqlite3_step(stmt) == SQLITE_ROW; lines++) {
        check_line(i, str_from((const char *)sqlite3_column_text(stmt, 3)));
    }
    sqlite3_finalize(stmt);
    cr_expect(lines > 0 || str_starts(str_from(statements[i].text), S("INSERT")), "%s has no plan",
        statements[i].name);
}

TEST(no_statement_reads_a_table_that_grows_from_end_to_end)
{
    static const char *const files[] = {[DB_DATA] = "cardea.db", [DB_KEYS] = "keys.db"};
    sqlite3 *handles[2];
    struct fixture *fx;

    if (place_is_postgres()) {
        cr_skip_test("PostgreSQL's plans are looked at below");
    }
    fx = fixture_open();
    for (size_t place = 0; place < COUNT(files); place++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", fx->folder, files[place]);
        REQUIRE(sqlite3_open_v2(path, &handles[place], SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    }
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        check_plan(handles[statements[i].place == DB_KEYS], i);
    }
    sqlite3_close(handles[0]);
    sqlite3_close(handles[1]);
    fixture_close(fx);
}

/* The check itself: it would see a table read whole. */
TEST(a_scan_of_a_table_that_grows_is_seen)
{
    EXPECT(
        is_small(S("SCAN tenant USING INDEX tenant_by_name")) && is_small(S("SCAN CONSTANT ROW")));
    EXPECT(!is_small(S("SCAN token")) && !is_small(S("SCAN u")));
    EXPECT(!is_small(S("SCAN event USING COVERING INDEX event_by_id")));
}

/* Counts the lines of a plan that begin with a whole table, or find rows by their tenant alone. */
#define COUNT_WIDE_LINES                                                                           \
    "CREATE OR REPLACE FUNCTION pg_temp.wide() RETURNS bigint LANGUAGE plpgsql AS $$"              \
    " DECLARE l text; n bigint := 0; c int;"                                                       \
    " BEGIN SELECT cardinality(parameter_types) INTO c FROM pg_prepared_statements"                \
    " WHERE name = 's';"                                                                           \
    " FOR l IN EXECUTE 'EXPLAIN (COSTS OFF) EXECUTE s' || CASE WHEN c > 0"                         \
    " THEN '(NULL' || repeat(', NULL', c - 1) || ')' ELSE '' END LOOP"                             \
    " n := n + (l LIKE '%Index Cond: (tenant_id = $1)' OR l LIKE '%Seq Scan%')::int;"              \
    " END LOOP; RETURN n; END $$"

/* As PG_SESSION_SQL has it. */
#define PLAN_AS_SERVED                                                                             \
    "SET search_path TO cardea, cardea_keys; SET plan_cache_mode TO force_generic_plan;"           \
    " SET enable_seqscan TO off"

static int64_t
count_wide_lines(struct fixture *fx, const char *text)
{
    str sql = str_fmt(fx->arena, "%s; PREPARE s AS %s; %s; SELECT pg_temp.wide()", PLAN_AS_SERVED,
        text, COUNT_WIDE_LINES);
    int64_t count = place_number(fx->place, sql.p);

    place_run(fx->place, "DEALLOCATE ALL");
    return count;
}

/* Whatever the statistics are: a fresh table's have none, and plans are kept while it grows. */
TEST(no_tenant_is_read_for_one_row_on_postgresql)
{
    struct fixture *fx;

    if (!place_is_postgres()) {
        cr_skip_test("SQLite's plans are looked at above");
    }
    fx = fixture_open();
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        str text = str_from(statements[i].text);
        bool is_narrow = str_find_str(text, S("tenant_id = $1 AND")) < text.n;

        bool is_of_few = i == KEY_DEFAULT_OF_TENANT || i == KEY_DEMOTE; /* a tenant has few keys */

        if (is_narrow && !is_of_few) {
            int64_t count = count_wide_lines(fx, statements[i].text);
            cr_expect(count == 0, "%s: %lld", statements[i].name, (long long)count);
        }
    }
    EXPECT(count_wide_lines(fx, statements[CODE_OF_ENDED].text) == 1); /* the check itself */
    fixture_close(fx);
}
