/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to PostgreSQL: made, asked and given up within deadlines of ours; values in and rows
 * out. */
#include "io/db/pg_internal.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "io/db/pg_sql.h"

struct pq pq;

/* pg_type's numbers of the types our columns have; they never change. */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23 };

enum { RETRY_MS = 100, OLDEST_VERSION = 150000 };

static void
say_gone(struct pg_conn *conn, struct pg_fault *ret)
{
    const char *why = conn->handle ? pq.PQerrorMessage(conn->handle) : "out of memory";

    snprintf(ret->state, sizeof ret->state, "08006");
    snprintf(ret->text, sizeof ret->text, "%s", *why ? why : "the database does not answer");
    ret->text[strcspn(ret->text, "\n")] = 0;
}

void
pg_disconnect(struct pg_conn *conn)
{
    if (conn->handle != NULL) {
        pq.PQfinish(conn->handle);
        conn->handle = NULL;
    }
    if (conn->plans != NULL) {
        memset(conn->plans, 0, conn->pg->db->sql_count * sizeof conn->plans[0]);
    }
    memset(conn->words, 0, sizeof conn->words);
}

/* Waits for the socket; false when the deadline has passed or it is broken. */
static bool
wait_for(PGconn *handle, short events, int64_t deadline)
{
    struct pollfd at = {.fd = pq.PQsocket(handle), .events = events};
    int64_t left = deadline - clock_steady_ms();
    int n;

    if (at.fd < 0 || left <= 0) {
        return false;
    }
    n = poll(&at, 1, (int)left);
    return n > 0 || (n < 0 && errno == EINTR);
}

static void
ignore_notice(void *ctx, const PGresult *result)
{
    (void)ctx;
    (void)result;
}

/* A TCP connection that answers nothing is given up by the kernel, too. */
static PGconn *
start(const char *uri)
{
    static const char *const names[] = {"dbname", "application_name", "client_encoding",
        "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", NULL};
    const char *values[] = {uri, "cardea", "UTF8", "5", "2", "3", "8000", NULL};

    return pq.PQconnectStartParams(names, values, 1);
}

static bool
finish_start(PGconn *handle, int64_t deadline)
{
    PostgresPollingStatusType step = PGRES_POLLING_WRITING;

    while (step != PGRES_POLLING_OK) {
        if (step == PGRES_POLLING_FAILED
            || !wait_for(handle, step == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
            return false;
        }
        step = pq.PQconnectPoll(handle);
    }
    return true;
}

static bool
connect_once(struct pg_conn *conn, struct pg_fault *ret)
{
    bool is_replica = conn->uri == conn->pg->replica_uri;
    int64_t deadline = clock_steady_ms() + (is_replica ? PG_REPLICA_MS : PG_CONNECT_MS);
    bool is_made;

    conn->handle = start(conn->uri);
    is_made = conn->handle != NULL && pq.PQstatus(conn->handle) != CONNECTION_BAD
              && finish_start(conn->handle, deadline);
    if (is_made && pq.PQserverVersion(conn->handle) < OLDEST_VERSION) {
        snprintf(ret->text, sizeof ret->text, "PostgreSQL 15 or newer is needed");
        is_made = false;
    } else if (!is_made) {
        say_gone(conn, ret);
    } else {
        pq.PQsetNoticeReceiver(conn->handle, ignore_notice, NULL);
        is_made = pq.PQsetnonblocking(conn->handle, 1) == 0
                  && pg_run(conn, PG_SESSION_SQL, deadline, ret) == PG_OK
                  && (!is_replica || pg_run(conn, PG_REPLICA_SQL, deadline, ret) == PG_OK);
    }
    meter_add(
        is_made ? &conn->pg->db->counts.connections : &conn->pg->db->counts.failed_connections, 1);
    if (!is_made) {
        pg_disconnect(conn);
    }
    return is_made;
}

static void
nap(int ms)
{
    poll(NULL, 0, ms);
}

/* While the server is down only one thread knocks, and the others are told so at once: a queue of
 * requests that each wait for seconds helps nobody. A replica says nothing about the server. */
static bool
knock(struct pg_conn *conn, struct pg_fault *ret)
{
    struct pg *pg = conn->pg;
    int64_t since = atomic_load(&pg->down_since);
    bool is_long = since != 0 && clock_steady_ms() - since > PG_READ_MS;
    bool is_made;

    if (conn->uri == pg->replica_uri) {
        return connect_once(conn, ret);
    }
    if (is_long && pthread_mutex_trylock(&pg->gate) != 0) {
        snprintf(ret->text, sizeof ret->text, "the database is away");
        return false;
    }
    is_made = connect_once(conn, ret);
    if (is_made) {
        atomic_store(&pg->down_since, 0);
    } else if (since == 0) {
        atomic_compare_exchange_strong(&pg->down_since, &(int_fast64_t){0}, clock_steady_ms());
    }
    if (is_long) {
        pthread_mutex_unlock(&pg->gate);
    }
    return is_made;
}

bool
pg_connect(struct pg_conn *conn, int64_t deadline, struct pg_fault *ret)
{
    if (conn->handle != NULL && pq.PQstatus(conn->handle) == CONNECTION_OK) {
        return true;
    }
    pg_disconnect(conn);
    if (conn->plans == NULL) {
        conn->plans = mem_new(MAX(conn->pg->db->sql_count, 1) * sizeof conn->plans[0]);
        if (conn->plans == NULL) {
            snprintf(ret->text, sizeof ret->text, "out of memory");
            return false;
        }
    }
    while (!knock(conn, ret)) {
        int64_t since = atomic_load(&conn->pg->down_since);

        if (clock_steady_ms() + RETRY_MS > deadline
            || (since != 0 && clock_steady_ms() - since > PG_WRITE_MS)) {
            return false;
        }
        nap(RETRY_MS);
    }
    return true;
}

bool
pg_flush(struct pg_conn *conn, int64_t deadline)
{
    int left;

    while ((left = pq.PQflush(conn->handle)) == 1) {
        if (!wait_for(conn->handle, POLLIN | POLLOUT, deadline)
            || pq.PQconsumeInput(conn->handle) == 0) {
            return false;
        }
    }
    return left == 0;
}

PGresult *
pg_result(struct pg_conn *conn, int64_t deadline, enum pg_state *ret_state)
{
    PGresult *result;

    *ret_state = PG_GONE;
    while (pq.PQisBusy(conn->handle)) {
        if (!wait_for(conn->handle, POLLIN, deadline) || pq.PQconsumeInput(conn->handle) == 0) {
            return NULL;
        }
    }
    result = pq.PQgetResult(conn->handle);
    if (pq.PQstatus(conn->handle) == CONNECTION_BAD) {
        pq.PQclear(result);
        return NULL;
    }
    *ret_state = PG_OK;
    return result;
}

bool
pg_is_error(const PGresult *result, struct pg_fault *ret)
{
    ExecStatusType status = pq.PQresultStatus(result);
    const char *state;

    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
        return false;
    }
    state = pq.PQresultErrorField(result, PG_DIAG_SQLSTATE);
    snprintf(ret->state, sizeof ret->state, "%s", state ? state : "XX000");
    snprintf(ret->text, sizeof ret->text, "%s", pq.PQresultErrorMessage(result));
    ret->text[strcspn(ret->text, "\n")] = 0;
    return true;
}

bool
pg_state_is(const struct pg_fault *fault, const char *const *states, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strncmp(fault->state, states[i], strlen(states[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Takes every result of a query; the last one is the caller's. */
static enum pg_state
take_results(struct pg_conn *conn, int64_t deadline, PGresult **ret, struct pg_fault *ret_fault)
{
    enum pg_state state, outcome = PG_OK;
    PGresult *last = NULL, *result;

    while ((result = pg_result(conn, deadline, &state)) != NULL) {
        if (outcome == PG_OK && pg_is_error(result, ret_fault)) {
            outcome = PG_ERROR;
        }
        pq.PQclear(last);
        last = result;
    }
    if (state == PG_GONE) {
        say_gone(conn, ret_fault);
        outcome = PG_GONE;
    }
    if (outcome != PG_OK) {
        pq.PQclear(last);
        last = NULL;
    }
    *ret = last;
    return outcome;
}

enum pg_state
pg_run(struct pg_conn *conn, const char *sql, int64_t deadline, struct pg_fault *ret)
{
    PGresult *result;
    enum pg_state state;

    if (pq.PQsendQuery(conn->handle, sql) == 0 || !pg_flush(conn, deadline)) {
        say_gone(conn, ret);
        return PG_GONE;
    }
    state = take_results(conn, deadline, &result, ret);
    pq.PQclear(result);
    return state;
}

void
pg_params_fill(struct pg_params *params, const struct db_value *values, size_t count)
{
    CHECK(count <= DB_MAX_PARAMETERS);
    params->count = (int)count;
    for (size_t i = 0; i < count; i++) {
        const struct db_value *v = &values[i];

        params->formats[i] = v->type == DB_BLOB;
        params->values[i] = v->data.n ? v->data.p : "";
        params->lengths[i] = (int)v->data.n;
        if (v->type == DB_NULL) {
            params->values[i] = NULL;
        } else if (v->type == DB_INT) {
            snprintf(params->numbers[i], sizeof params->numbers[i], "%lld", (long long)v->number);
            params->values[i] = params->numbers[i];
        } else if (v->type == DB_TEXT) {
            params->formats[i] = 1; /* binary text is the bytes, and need not end with a NUL */
        }
    }
}

enum pg_state
pg_ask(struct pg_conn *conn, const char *sql, const struct db_value *values, size_t count,
    PGresult **ret, struct pg_fault *ret_fault)
{
    int64_t deadline = clock_steady_ms() + (conn->answer_ms ? conn->answer_ms : PG_ANSWER_MS);
    struct pg_params p;

    *ret = NULL;
    pg_params_fill(&p, values, count);
    if (pq.PQsendQueryParams(conn->handle, sql, p.count, NULL, p.values, p.lengths, p.formats, 1)
            == 0
        || !pg_flush(conn, deadline)) {
        say_gone(conn, ret_fault);
        return PG_GONE;
    }
    return take_results(conn, deadline, ret, ret_fault);
}

static int64_t
integer_at(const PGresult *result, int row, int column)
{
    const char *p = pq.PQgetvalue(result, row, column);
    uint64_t eight;
    uint32_t four;
    uint16_t two;

    switch (pq.PQgetlength(result, row, column)) {
    case 1: /* bool */
        return *p;
    case 2:
        memcpy(&two, p, sizeof two);
        return (int16_t)be16toh(two);
    case 4:
        memcpy(&four, p, sizeof four);
        return (int32_t)be32toh(four);
    default:
        memcpy(&eight, p, sizeof eight);
        return (int64_t)be64toh(eight);
    }
}

static bool
is_integer(Oid type)
{
    return type == OID_INT8 || type == OID_INT4 || type == OID_INT2 || type == OID_BOOL;
}

int64_t
pg_number(const PGresult *result, int column)
{
    return pq.PQntuples(result) > 0 && !pq.PQgetisnull(result, 0, column)
                   && is_integer(pq.PQftype(result, column))
               ? integer_at(result, 0, column)
               : 0;
}

struct db_row *
pg_row(struct arena *arena, const PGresult *result, int row)
{
    int columns = pq.PQnfields(result);
    size_t n = sizeof(struct db_row) + (size_t)columns * sizeof(struct db_value);
    struct db_row *made;
    char *at;

    for (int i = 0; i < columns; i++) {
        n += (size_t)pq.PQgetlength(result, row, i);
    }
    made = arena_alloc(arena, n);
    if (made == NULL) {
        return NULL;
    }
    made->count = (size_t)columns;
    at = (char *)&made->col[columns];
    for (int i = 0; i < columns; i++) {
        Oid type = pq.PQftype(result, i);
        size_t size = (size_t)pq.PQgetlength(result, row, i);

        if (pq.PQgetisnull(result, row, i)) {
            continue;
        }
        if (is_integer(type)) {
            made->col[i] = DB_I64(integer_at(result, row, i));
            continue;
        }
        made->col[i] = (struct db_value){type == OID_BYTEA ? DB_BLOB : DB_TEXT, 0, {at, size}};
        at = size ? mempcpy(at, pq.PQgetvalue(result, row, i), size) : at;
    }
    return made;
}

void
pg_open_comment(char *text)
{
    static const char open[] = "/*postgres:";
    char *at = strstr(text, open), *end = at ? strstr(at, "*/") : NULL;

    if (end != NULL) {
        memset(at, ' ', sizeof open - 1);
        memset(end, ' ', 2);
    }
}
