/* SPDX-License-Identifier: Apache-2.0 */
/* Reads on PostgreSQL: on the calling thread's own connection, prepared once, tried again on a new
 * connection when the old one broke, because reading twice changes nothing.
 *
 * A statement is prepared once for each limit it is read with: the number stands in the text, because a
 * plan for an unknown limit may sort a whole table. */
#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "io/db/pg_internal.h"
#include "io/db/pg_sql.h"

enum { TEXT_BYTES = 4096, NAME_BYTES = 32, REPLICA_REST_MS = 10000, REPLICA_LOOK_MS = 2000 };

struct reading {
    struct pg_conn *conn;
    struct arena *arena;
    struct db_call call;
    size_t max;
    struct db_row **ret;
    struct pg_fault fault;
};

void *
pg_reader_open(struct db *db)
{
    struct pg *pg = db->state;
    struct pg_reader *r = MEM_NEW(struct pg_reader);

    if (r == NULL) {
        db_refuse("out of memory");
        return NULL;
    }
    r->data = (struct pg_conn){.pg = pg, .uri = pg->uri, .sql = db->sql};
    r->keys = (struct pg_conn){.pg = pg, .uri = pg->key_uri, .sql = db->sql};
    r->replica = (struct pg_conn){
        .pg = pg, .uri = pg->replica_uri, .sql = db->sql, .answer_ms = PG_REPLICA_MS};
    return r;
}

void
pg_reader_close(void *reader)
{
    struct pg_reader *r = reader;
    struct pg_conn *all[] = {&r->data, &r->keys, &r->replica};

    for (size_t i = 0; i < COUNT(all); i++) {
        pg_disconnect(all[i]);
        mem_free(all[i]->plans);
    }
    mem_free(r);
}

/* The text with its limit; false when it does not fit. */
static bool
limited(const struct reading *r, char *ret, size_t n)
{
    const char *text = r->conn->sql[r->call.statement].text;
    int used = strstr(text, " LIMIT ")
                   ? snprintf(ret, n, "%s", text)
                   : snprintf(ret, n, "%s LIMIT %zu", text, MIN(r->max, (size_t)INT64_MAX));

    return used > 0 && (size_t)used < n;
}

/* The name it is prepared under, or NULL: then it is sent as text, because it is read with more limits
 * than are kept. */
static bool
find_plan(const struct reading *r, char name[static NAME_BYTES], bool *ret_is_new)
{
    struct pg_plans *plans = &r->conn->plans[r->call.statement];

    snprintf(name, NAME_BYTES, "r%d.%zu", r->call.statement, r->max);
    *ret_is_new = false;
    for (size_t i = 0; i < plans->limit_count; i++) {
        if (plans->limits[i] == r->max) {
            return true;
        }
    }
    *ret_is_new = plans->limit_count < PG_MAX_PLANS;
    return *ret_is_new;
}

static enum pg_state
take_rows(struct reading *r, int64_t deadline)
{
    struct db_row *first = NULL, **next = &first;
    enum pg_state state, outcome = PG_OK;
    PGresult *result;

    while ((result = pg_result(r->conn, deadline, &state)) != NULL) {
        if (outcome == PG_OK && pg_is_error(result, &r->fault)) {
            outcome = PG_ERROR;
        }
        for (int i = 0; outcome == PG_OK && i < pq.PQntuples(result) && (size_t)i < r->max; i++) {
            *next = pg_row(r->arena, result, i);
            if (*next == NULL) {
                outcome = PG_ERROR;
                break;
            }
            next = &(*next)->next;
        }
        pq.PQclear(result);
    }
    *r->ret = first;
    return state == PG_GONE ? PG_GONE : outcome;
}

/* Prepares it if need be, then runs it. */
static enum pg_state
read_once(struct reading *r)
{
    int64_t deadline = clock_steady_ms() + (r->conn->answer_ms ? r->conn->answer_ms : PG_ANSWER_MS);
    struct pg_plans *plans = &r->conn->plans[r->call.statement];
    char name[NAME_BYTES], text[TEXT_BYTES];
    PGconn *handle = r->conn->handle;
    struct pg_params p;
    bool is_new, is_kept = find_plan(r, name, &is_new);
    enum pg_state state;
    int sent;

    if ((is_new || !is_kept) && !limited(r, text, sizeof text)) {
        return PG_ERROR;
    }
    if (is_new) {
        sent = pq.PQsendPrepare(handle, name, text, 0, NULL);
        state = sent && pg_flush(r->conn, deadline) ? take_rows(r, deadline) : PG_GONE;
        if (state != PG_OK) {
            return state;
        }
        plans->limits[plans->limit_count++] = r->max;
    }
    pg_params_fill(&p, r->call.values, r->call.count);
    sent =
        is_kept
            ? pq.PQsendQueryPrepared(handle, name, p.count, p.values, p.lengths, p.formats, 1)
            : pq.PQsendQueryParams(handle, text, p.count, NULL, p.values, p.lengths, p.formats, 1);
    return sent && pg_flush(r->conn, deadline) ? take_rows(r, deadline) : PG_GONE;
}

/* Errors after which the same read may succeed on a new connection: the server is going down or has become a
 * standby (57P0x, 25006), the connection broke (08), a migration changed what a plan gives (0A000),
 * a prepared statement is unknown (26000). */
static bool
is_worth_a_new_connection(const struct pg_fault *fault)
{
    static const char *const states[] = {"57P0", "25006", "08", "0A000", "26000"};

    return pg_state_is(fault, states, COUNT(states));
}

static enum pg_state
read_until(struct reading *r, int64_t deadline)
{
    enum pg_state state;

    do {
        if (!pg_connect(r->conn, deadline, &r->fault)) {
            return PG_GONE;
        }
        state = read_once(r);
        if (state == PG_OK || (state == PG_ERROR && !is_worth_a_new_connection(&r->fault))) {
            return state;
        }
        pg_disconnect(r->conn);
    } while (clock_steady_ms() < deadline);
    return state;
}

/* After one that failed no thread tries for a while, and then one of them. */
static bool
is_replica_tried(const struct pg_reader *reader)
{
    struct pg *pg = reader->replica.pg;
    int_fast64_t rests_until = atomic_load(&pg->replica_rests_until);
    int64_t now = clock_steady_ms();

    return reader->replica.uri != NULL && now >= rests_until
           && (rests_until == 0
               || atomic_compare_exchange_strong(
                   &pg->replica_rests_until, &rests_until, now + REPLICA_REST_MS));
}

/* Whether it is one still, and not far behind. What was promoted goes its own way from then on. */
static bool
is_replica_good(struct pg_reader *reader)
{
    struct pg_conn *conn = &reader->replica;
    int64_t now = clock_steady_ms();
    struct pg_fault fault;
    PGresult *result;
    bool is_good;

    if (!pg_connect(conn, now, &fault)) {
        return false;
    }
    if (now < reader->replica_good_until) {
        return true;
    }
    is_good = pg_ask(conn, PG_REPLICA_LOOK_SQL, NULL, 0, &result, &fault) == PG_OK
              && pg_number(result, 0) == 1;
    pq.PQclear(result);
    if (is_good) {
        reader->replica_good_until = now + REPLICA_LOOK_MS;
    } else {
        pg_disconnect(conn); /* of several that are named, the next time may find another */
    }
    return is_good;
}

/* One try: the primary knows it, too. */
static enum pg_state
read_replica(struct pg_reader *reader, struct reading *r)
{
    enum pg_state state = PG_GONE;

    r->conn = &reader->replica;
    if (is_replica_good(reader)) {
        state = read_until(r, clock_steady_ms());
    }
    atomic_store(&reader->replica.pg->replica_rests_until,
        state == PG_GONE ? clock_steady_ms() + REPLICA_REST_MS : 0);
    return state;
}

enum db_result
pg_read(struct db *db, struct arena *arena, struct db_call call, size_t max, struct db_row **ret)
{
    const struct db_sql *sql = &db->sql[call.statement];
    struct pg_reader *reader = db_reader(db);
    struct reading r = {.arena = arena, .call = call, .max = max, .ret = ret};
    enum pg_state state = PG_GONE;

    if (reader == NULL) {
        return DB_FAILED;
    }
    if (sql->place == DB_OLD && is_replica_tried(reader)) {
        state = read_replica(reader, &r);
    }
    if (state != PG_OK) {
        r.conn = sql->place == DB_KEYS && reader->keys.uri ? &reader->keys : &reader->data;
        state = read_until(&r, clock_steady_ms() + PG_READ_MS);
    }
    if (state != PG_OK) {
        db_refuse("%s: %s", sql->name, r.fault.text);
        return DB_FAILED;
    }
    return *ret ? DB_ROW : DB_NO_ROW;
}

/* A write of the program begins with INSERT, UPDATE or DELETE, also where a WITH stands in it. */
static bool
is_query(const char *text)
{
    return strncmp(text, "SELECT", 6) == 0 || strncmp(text, "WITH", 4) == 0;
}

/* As a read and as a write: whatever a statement is, one of both is how it is used. */
bool
pg_prepare(struct db *db, int statement)
{
    const struct db_sql *sql = &db->sql[statement];
    struct pg_reader *reader = db_reader(db);
    struct pg_conn *conn;
    struct pg_fault fault = {.text = "out of memory"};
    char text[TEXT_BYTES];
    enum pg_state state;

    if (reader == NULL) {
        return false;
    }
    conn = sql->place == DB_KEYS && reader->keys.uri ? &reader->keys : &reader->data;
    snprintf(text, sizeof text, "PREPARE checked AS %s; DEALLOCATE checked", sql->text);
    if (!pg_connect(conn, clock_steady_ms() + PG_READ_MS, &fault)) {
        return db_refuse("%s: %s", sql->name, fault.text);
    }
    state = pg_run(conn, text, clock_steady_ms() + PG_ANSWER_MS, &fault);
    if (state == PG_OK && !is_query(sql->text)) {
        snprintf(text, sizeof text, "PREPARE checked AS %s%s%s; DEALLOCATE checked", PG_ONE_BEFORE,
            sql->text, PG_ONE_AFTER);
        pg_open_comment(text);
        state = pg_run(conn, text, clock_steady_ms() + PG_ANSWER_MS, &fault);
    }
    return state == PG_OK || db_refuse("%s: %s", sql->name, fault.text);
}
