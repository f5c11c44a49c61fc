/* SPDX-License-Identifier: Apache-2.0 */
/* A writer's mark: a row whose number each of its batches raises, so that it tells whether one was committed of which no
 * answer came (docs/decisions/0017). */
#include "io/db/pg_writer.h"

#include <poll.h>

#include "base/clock.h"
#include "crypto/random.h"
#include "io/db/pg_sql.h"

enum { MARKS_KEPT_DAYS = 30 };

static bool
tell(struct pg_conn *conn, const char *sql, const struct db_value *values, size_t count)
{
    struct pg_fault fault;
    PGresult *result;
    bool is_good = pg_ask(conn, sql, values, count, &result, &fault) == PG_OK;

    pq.PQclear(result);
    return is_good;
}

bool
pg_mark_new(struct pg_writer *w)
{
    int64_t now = clock_now_ms();
    struct pg_fault fault;

    rng_fill(random_system(), w->mark.b, sizeof w->mark.b);
    w->step = 0;
    w->is_marked =
        pg_connect(&w->data, clock_steady_ms() + PG_READ_MS, &fault)
        && tell(&w->data, PG_MARK_SWEEP_SQL, DB_VALUES(DB_I64(now - MARKS_KEPT_DAYS * DAY_MS)))
        && tell(&w->data, PG_MARK_ADD_SQL, DB_VALUES(DB_ID(&w->mark), DB_I64(now)));
    if (!w->is_marked) {
        pg_disconnect(&w->data);
    }
    return w->is_marked;
}

/* One look at the mark after a batch went out of sight: takes its step, or finds that it, or we at an
 * earlier look, have taken it. False: no answer. */
static bool
look(struct pg_writer *w, enum pg_outcome *ret)
{
    struct pg_fault fault;
    int64_t step = w->step + 1;
    PGresult *result;
    int64_t stands, taken;

    if (!pg_connect(&w->data, clock_steady_ms() + PG_CONNECT_MS, &fault)
        || !tell(&w->data, PG_MARK_TAKE_SQL,
            DB_VALUES(DB_ID(&w->mark), DB_I64(step), DB_I64(clock_now_ms())))
        || pg_ask(&w->data, PG_MARK_LOOK_SQL, DB_VALUES(DB_ID(&w->mark)), &result, &fault)
               != PG_OK) {
        pg_disconnect(&w->data);
        return false;
    }
    stands = pg_number(result, 0);
    taken = pg_number(result, 1);
    w->is_marked = pq.PQntuples(result) == 1; /* lost with a primary that had not sent it on */
    pq.PQclear(result);
    w->step = step;
    *ret = w->is_marked && stands == step && taken != step ? PG_SET_DONE : PG_SET_AGAIN;
    return true;
}

enum pg_outcome
pg_mark_ask(struct pg_writer *w)
{
    int64_t deadline = clock_steady_ms() + PG_WRITE_MS;
    enum pg_outcome outcome;

    do {
        if (look(w, &outcome)) {
            return outcome;
        }
        poll(NULL, 0, 100);
    } while (clock_steady_ms() < deadline);
    w->is_marked = false; /* the next batch begins with a row of its own */
    return PG_SET_LOST_FROM_SIGHT;
}
