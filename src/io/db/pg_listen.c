/* SPDX-License-Identifier: Apache-2.0 */
/* Notices from other nodes: heard by LISTEN, and found missing by the number of changes, which is read
 * every two seconds (docs/decisions/0017).
 *
 * Invariant: once the number could not be read for PG_STALE_MS anything may have changed, and is said to
 * have, again and again until it can be read. */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "io/db/pg_internal.h"
#include "io/db/pg_sql.h"

enum { PG_STALE_MS = 3000, ANSWER_MS = 1500, RETRY_MS = 300 };

static void
tell(struct pg *pg, str text)
{
    if (pg->listener.on_notice != NULL) {
        pg->listener.on_notice(pg->listener.ctx, text);
    }
}

/* The number of changes as it stands; false without an answer. */
static bool
read_number(struct pg_conn *conn, int64_t *ret)
{
    struct pg_fault fault;
    PGresult *result;

    if (pg_ask(conn, PG_CHANGE_LOOK_SQL, NULL, 0, &result, &fault) != PG_OK) {
        return false;
    }
    *ret = pg_number(result, 0);
    pq.PQclear(result);
    return true;
}

static bool
check_number(struct pg *pg)
{
    int64_t number;

    if (!read_number(&pg->listener.conn, &number)) {
        return false;
    }
    pg->listener.heard_ms = clock_steady_ms();
    if (number != pg->listener.number) {
        pg->listener.number = number;
        tell(pg, NO_STR);
    }
    return true;
}

/* "NUMBER TEXT": the next number says what changed; a later one says that some were missed. */
static void
hear(struct pg *pg, const char *payload)
{
    char *rest;
    int64_t number = strtoll(payload, &rest, 10);

    if (number <= pg->listener.number) {
        return; /* the number was read since */
    }
    tell(pg, number == pg->listener.number + 1 && *rest == ' ' ? str_from(rest + 1) : NO_STR);
    pg->listener.number = number;
}

static bool
hear_all(struct pg *pg)
{
    PGnotify *notice;

    if (pq.PQconsumeInput(pg->listener.conn.handle) == 0) {
        return false;
    }
    while ((notice = pq.PQnotifies(pg->listener.conn.handle)) != NULL) {
        hear(pg, notice->extra);
        pq.PQfreemem(notice);
    }
    return true;
}

/* Waits for a notice, the next look at the number, or the end; false when the connection broke. */
static bool
wait_and_hear(struct pg *pg, bool *ret_is_end)
{
    struct pollfd at[] = {
        {.fd = pg->listener.wake[0], .events = POLLIN},
        {.fd = pq.PQsocket(pg->listener.conn.handle), .events = POLLIN},
    };
    int64_t left = pg->listener.heard_ms + PG_NOTICE_MS - clock_steady_ms();

    poll(at, COUNT(at), (int)MAX(left, 0));
    *ret_is_end = at[0].revents != 0;
    if (*ret_is_end || !hear_all(pg)) {
        return *ret_is_end;
    }
    return clock_steady_ms() - pg->listener.heard_ms < PG_NOTICE_MS
           || (check_number(pg) && hear_all(pg)); /* what came with the answer does not wake poll */
}

static bool
begin_listening(struct pg *pg)
{
    struct pg_fault fault;
    struct pg_conn *conn = &pg->listener.conn;
    int64_t deadline = clock_steady_ms() + PG_CONNECT_MS;

    /* Listening comes before the look: what changes after it is heard, what changed before is seen. */
    return pg_connect(conn, clock_steady_ms(), &fault)
           && pg_run(conn, PG_LISTEN_SQL, deadline, &fault) == PG_OK && check_number(pg)
           && hear_all(pg);
}

static bool
is_asked_to_end(struct pg *pg, int wait_ms)
{
    struct pollfd at = {.fd = pg->listener.wake[0], .events = POLLIN};

    return poll(&at, 1, wait_ms) > 0;
}

static void *
listen_main(void *arg)
{
    struct pg *pg = arg;
    bool is_end = false, is_listening = true; /* pg_listen_start has begun */

    while (!is_end) {
        if (is_listening && wait_and_hear(pg, &is_end)) {
            continue;
        }
        pg_disconnect(&pg->listener.conn);
        /* Before connecting, which takes seconds where nobody answers. */
        if (!is_end && clock_steady_ms() - pg->listener.heard_ms > PG_STALE_MS) {
            tell(pg, NO_STR);
        }
        is_end = is_end || is_asked_to_end(pg, RETRY_MS);
        is_listening = !is_end && begin_listening(pg);
    }
    return NULL;
}

bool
pg_listen_start(struct pg *pg)
{
    struct pg_conn *conn = &pg->listener.conn;

    *conn = (struct pg_conn){.pg = pg, .uri = pg->uri, .sql = pg->db->sql, .answer_ms = ANSWER_MS};
    pg->listener.number = -1;
    if (pipe2(pg->listener.wake, O_CLOEXEC) != 0) {
        pg->listener.wake[0] = pg->listener.wake[1] = -1;
        return db_refuse("no pipe for the listening thread");
    }
    if (!begin_listening(pg)) {
        return db_refuse("the database cannot be listened to");
    }
    if (pthread_create(&pg->listener.thread, NULL, listen_main, pg) != 0) {
        return db_refuse("the listening thread could not be started");
    }
    pthread_setname_np(pg->listener.thread, "db-listener");
    pg->listener.is_started = true;
    return true;
}

void
pg_listen_stop(struct pg *pg)
{
    if (pg->listener.is_started) {
        close(pg->listener.wake[1]);
        pthread_join(pg->listener.thread, NULL);
        close(pg->listener.wake[0]);
    }
    pg_disconnect(&pg->listener.conn);
    mem_free(pg->listener.conn.plans);
}
