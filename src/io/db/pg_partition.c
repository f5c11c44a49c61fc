/* SPDX-License-Identifier: Apache-2.0 */
/* Partitions by time: every table that the migrations declare PARTITION BY RANGE (id) gets a partition a month,
 * named TABLE_YYYYMM, made ahead of time, and TABLE_rest for ids of no month.
 *
 * Ids are UUIDv7 (RFC 9562 s5.7), which begin with their milliseconds: a range of ids is a range of
 * time, and what is found by its id is looked for in one partition. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/db/pg_internal.h"
#include "io/db/pg_sql.h"

enum { MONTHS_AHEAD = 3, MAX_TABLES = 16, NAME_BYTES = 48, MONTH_BYTES = 24, SQL_BYTES = 512 };

/* Milliseconds at which the month begins that is so many after the one of at_ms. */
static int64_t
month_start(int64_t at_ms, int months, char name[static MONTH_BYTES])
{
    time_t at = (time_t)(at_ms / SECOND_MS);
    struct tm tm;

    gmtime_r(&at, &tm);
    tm = (struct tm){.tm_year = tm.tm_year, .tm_mon = tm.tm_mon + months, .tm_mday = 1};
    at = timegm(&tm); /* puts month 13 into the next year */
    snprintf(name, MONTH_BYTES, "%04d%02d", tm.tm_year + 1900, tm.tm_mon + 1);
    return (int64_t)at * SECOND_MS;
}

/* A table that another node has made meanwhile is no fault; ids of the future in TABLE_rest are
 * one: then this month's go there as well, which is slower and nothing worse. */
static void
make(struct pg_conn *conn, const char *sql)
{
    struct pg_fault fault;

    if (pg_run(conn, sql, clock_steady_ms() + PG_ANSWER_MS, &fault) == PG_ERROR) {
        LOG(clock_now_ms(), "database.partition", LOG_STR("state", str_from(fault.state)));
    }
}

static bool
is_there(struct pg_conn *conn, const char *name)
{
    struct pg_fault fault;
    PGresult *result;
    bool is_found;

    if (pg_ask(conn, PG_PARTITION_IS_THERE_SQL, DB_VALUES(DB_STR(str_from(name))), &result, &fault)
        != PG_OK) {
        return true; /* nothing can be made now either */
    }
    is_found = pq.PQntuples(result) > 0;
    pq.PQclear(result);
    return is_found;
}

static void
keep_table(struct pg_conn *conn, const char *table, int64_t now_ms)
{
    char sql[SQL_BYTES], name[2 * NAME_BYTES + MONTH_BYTES], month[MONTH_BYTES], next[MONTH_BYTES];

    snprintf(name, sizeof name, "%.40s_rest", table);
    if (!is_there(conn, name)) {
        snprintf(sql, sizeof sql, PG_PARTITION_REST_SQL, table, table);
        make(conn, sql);
    }
    for (int i = 0; i <= MONTHS_AHEAD; i++) {
        int64_t from = month_start(now_ms, i, month), to = month_start(now_ms, i + 1, next);

        snprintf(name, sizeof name, "%.40s_%.20s", table, month);
        if (!is_there(conn, name)) {
            snprintf(sql, sizeof sql, PG_PARTITION_MONTH_SQL, table, month, table,
                (unsigned long long)from, (unsigned long long)to);
            make(conn, sql);
        }
    }
}

/* The names in a result's first column, copied; returns how many. */
static size_t
take_names(PGresult *result, char names[static MAX_TABLES][NAME_BYTES])
{
    size_t count = 0;

    for (int i = 0; i < pq.PQntuples(result) && count < MAX_TABLES; i++) {
        int n = pq.PQgetlength(result, i, 0);

        if (n < NAME_BYTES) {
            snprintf(names[count++], NAME_BYTES, "%.*s", n, pq.PQgetvalue(result, i, 0));
        }
    }
    pq.PQclear(result);
    return count;
}

bool
pg_partition_keep(struct pg_conn *conn, int64_t now_ms)
{
    char names[MAX_TABLES][NAME_BYTES];
    struct pg_fault fault;
    PGresult *result;
    size_t count;

    if (pg_ask(conn, PG_PARTITION_TABLES_SQL, NULL, 0, &result, &fault) != PG_OK) {
        return db_refuse("partitions: %s", fault.text);
    }
    count = take_names(result, names);
    for (size_t i = 0; i < count; i++) {
        keep_table(conn, names[i], now_ms);
    }
    return true;
}

/* Whether the partition's month has ended before; TABLE_rest never has. */
static bool
ended_before(const char *name, int64_t before_ms)
{
    const char *digits = strrchr(name, '_');
    long number = digits && strlen(digits) == 7 ? strtol(digits + 1, NULL, 10) : 0;
    struct tm tm = {
        .tm_year = (int)(number / 100) - 1900, .tm_mon = (int)(number % 100), .tm_mday = 1};

    /* Months count from 0 here, so this is the month's number and the next one's beginning. */
    return number > 0 && (int64_t)timegm(&tm) * SECOND_MS <= before_ms;
}

static bool
is_empty(struct pg_conn *conn, const char *name)
{
    char sql[SQL_BYTES];
    struct pg_fault fault;
    PGresult *result;
    bool is_so;

    snprintf(sql, sizeof sql, PG_PARTITION_IS_EMPTY_SQL, name);
    if (pg_ask(conn, sql, NULL, 0, &result, &fault) != PG_OK) {
        return false;
    }
    is_so = pg_number(result, 0) != 0;
    pq.PQclear(result);
    return is_so;
}

bool
pg_partition_drop(struct pg_conn *conn, const char *table, int64_t before_ms, bool is_empty_only)
{
    char names[MAX_TABLES][NAME_BYTES], sql[SQL_BYTES];
    struct pg_fault fault;
    PGresult *result;
    size_t count;

    if (pg_ask(conn, PG_PARTITION_LIST_SQL, DB_VALUES(DB_STR(str_from(table))), &result, &fault)
        != PG_OK) {
        return db_refuse("partitions: %s", fault.text);
    }
    count = take_names(result, names);
    for (size_t i = 0; i < count; i++) {
        if (ended_before(names[i], before_ms) && (!is_empty_only || is_empty(conn, names[i]))) {
            snprintf(sql, sizeof sql, PG_PARTITION_DROP_SQL, names[i]);
            make(conn, sql);
        }
    }
    return true;
}

static struct pg_conn *
own_connection(struct db *db)
{
    struct pg_reader *reader = db_reader(db);
    struct pg_fault fault;

    return reader != NULL && pg_connect(&reader->data, clock_steady_ms() + PG_READ_MS, &fault)
               ? &reader->data
               : NULL;
}

bool
pg_keep_months(struct db *db, int64_t now_ms)
{
    struct pg_conn *conn = own_connection(db);

    return conn != NULL && pg_partition_keep(conn, now_ms);
}

bool
pg_drop_months(struct db *db, const char *table, int64_t before_ms, bool is_empty_only)
{
    struct pg_conn *conn = own_connection(db);

    return conn != NULL && pg_partition_drop(conn, table, before_ms, is_empty_only);
}
