/* SPDX-License-Identifier: Apache-2.0 */
/* Write sets on PostgreSQL: a batch in one pipeline and one transaction; if that cannot be, in parts
 * (docs/decisions/0017).
 *
 *   SENT -all results good-> COMMITTED;  SENT -one set missed or failed-> nothing exists: its neighbours are sent
 *   again without it, it alone;  SENT -connection lost-> the mark says whether it is COMMITTED or may be sent again
 *
 * Invariants: 1 nobody is told DB_COMMITTED before the server has said so, or the mark; 2 a set that was told
 * DB_LOST or DB_MISSED can never be committed later: the step its batch would have taken is taken; 3 keys
 * that live on a server of their own are committed before the rows they open. */
#include "io/db/pg_writer.h"

#include <poll.h>

#include "base/mem.h"
#include "crypto/random.h"

enum { MAX_TRIES = 8 };

/* Waits a moment that grows, and differs from what a rival waits. */
static void
step_aside(int tries)
{
    uint8_t random;

    rng_fill(random_system(), &random, 1);
    poll(NULL, 0, (1 << MIN(tries, 6)) + random % 8);
}

static bool
has_keys(const struct db *db, const struct db_writes *set)
{
    for (const struct db_write *w = set->first; w != NULL; w = w->next) {
        if (db->sql[w->statement].place == DB_KEYS) {
            return true;
        }
    }
    return false;
}

/* Runs a part of a set on one connection; what it missed is the set's. */
static enum pg_outcome
try_part(struct pg_attempt *whole, struct pg_conn *conn, bool is_keys, bool closes)
{
    struct pg_attempt a = {
        .w = whole->w, .db = whole->db, .first = whole->first, .end = whole->end};
    enum pg_outcome outcome;

    a.conn = conn;
    a.is_with_keys = is_keys;
    a.is_with_data = !is_keys;
    a.opens = !closes;
    a.closes = closes;
    if (closes) {
        a.first = a.end; /* its writes are there already */
    }
    outcome = pg_attempt_run(&a);
    mem_free(a.sent);
    whole->missed = a.missed;
    return outcome == PG_SET_LOST_FROM_SIGHT && !closes ? PG_SET_AGAIN
                                                        : outcome; /* an open one is undone */
}

/* One set whose keys live on another server: both transactions stay open until both are good; then
 * the keys are committed, then the rows. */
static enum pg_outcome
try_apart(struct pg_attempt *a)
{
    struct pg_conn *keys = &a->w->keys, *data = &a->w->data;
    enum pg_outcome outcome = try_part(a, keys, true, false);

    if (outcome != PG_SET_DONE) {
        return outcome;
    }
    outcome = try_part(a, data, false, false);
    if (outcome != PG_SET_DONE) {
        pg_disconnect(keys); /* undoes what is open there */
        return outcome;
    }
    if (!pg_attempt_say(keys, "COMMIT")) {
        pg_disconnect(keys); /* its answer may still come, and is nobody's */
        pg_disconnect(data);
        return PG_SET_FAILED;
    }
    outcome = try_part(a, data, false, true);
    outcome = outcome == PG_SET_LOST_FROM_SIGHT ? pg_mark_ask(a->w) : outcome;
    /* Its keys exist: a second try would meet them. */
    return outcome == PG_SET_DONE || outcome == PG_SET_LOST_FROM_SIGHT ? outcome : PG_SET_FAILED;
}

static bool
is_told_to_fail(const struct db_writes *set)
{
    bool is_told = db_is_told_to_fail(); /* its COMMIT */

    for (const struct db_write *w = set->first; w != NULL && !is_told; w = w->next) {
        is_told = db_is_told_to_fail();
    }
    return is_told;
}

/* The first set of the batch that writes keys; NULL if there is none. */
static struct db_writes *
find_keys(const struct pg_attempt *a)
{
    for (struct db_writes *set = a->first; set != a->end; set = set->queued) {
        if (has_keys(a->db, set)) {
            return set;
        }
    }
    return NULL;
}

static enum pg_outcome
try_some(struct pg_attempt *a)
{
    const struct pg *pg = a->db->state;
    enum pg_outcome outcome;

    a->culprit = pg->key_uri ? find_keys(a) : NULL; /* cannot go with others */
    if (!a->w->is_marked && !pg_mark_new(a->w)) {
        return PG_SET_NOT_SENT;
    }
    if (a->culprit != NULL) {
        return a->first->queued == a->end ? try_apart(a) : PG_SET_AGAIN;
    }
    a->conn = &a->w->data;
    a->is_with_keys = a->is_with_data = a->opens = a->closes = true;
    outcome = pg_attempt_run(a);
    return outcome == PG_SET_LOST_FROM_SIGHT ? pg_mark_ask(a->w) : outcome;
}

/* Tries until the outcome is one that stands, or one of several sets is found to stand in the way. */
static enum pg_outcome
try_until(struct pg_attempt *a)
{
    bool is_one = a->first->queued == a->end;
    enum pg_outcome outcome = PG_SET_AGAIN;

    for (struct db_writes *set = a->first; set != a->end; set = set->queued) {
        if (is_told_to_fail(set)) {
            a->culprit = set;
            return PG_SET_FAILED;
        }
    }
    for (int tries = 0; tries < MAX_TRIES; tries++) {
        meter_add(&a->db->counts.again, tries > 0);
        outcome = try_some(a);
        if (outcome == PG_SET_UNMARKED) {
            a->w->is_marked = false;
        } else if (outcome != PG_SET_AGAIN || (!is_one && a->culprit != NULL)) {
            break;
        }
        step_aside(tries);
    }
    return outcome;
}

static void
give_verdict(struct pg_attempt *a, enum pg_outcome outcome)
{
    static const enum db_verdict verdicts[] = {[PG_SET_DONE] = DB_COMMITTED,
        [PG_SET_MISSED] = DB_MISSED,
        [PG_SET_AGAIN] = DB_LOST,
        [PG_SET_FAILED] = DB_LOST,
        [PG_SET_UNMARKED] = DB_LOST,
        [PG_SET_NOT_SENT] = DB_LOST,
        [PG_SET_LOST_FROM_SIGHT] = DB_UNKNOWN};

    for (struct db_writes *set = a->first; set != a->end; set = set->queued) {
        set->verdict = verdicts[outcome];
        set->missed = outcome == PG_SET_MISSED ? a->missed : NULL;
    }
}

/* Commits the sets from first up to end: together, or those before the one that stands in the way, that one, and
 * so on with the rest. */
static void
settle(struct pg_attempt *a, struct db_writes *first, struct db_writes *end)
{
    while (first != end) {
        enum pg_outcome outcome;
        struct db_writes *culprit;

        a->first = first;
        a->end = end;
        outcome = try_until(a);
        culprit = a->culprit;
        if ((outcome != PG_SET_MISSED && outcome != PG_SET_AGAIN && outcome != PG_SET_FAILED)
            || culprit == NULL || first->queued == end) {
            give_verdict(a, outcome);
            return;
        }
        settle(a, first, culprit);
        settle(a, culprit, culprit->queued);
        first = culprit->queued;
    }
}

void
pg_commit(struct db *db, int writer, struct db_writes *batch)
{
    struct pg *pg = db->state;
    struct pg_attempt a = {.w = &pg->writers[writer], .db = db};

    settle(&a, batch, NULL);
    mem_free(a.sent);
}
