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
#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "io/db/pg_internal.h"
#include "io/db/pg_sql.h"

enum { MAX_TRIES = 8, TEXT_BYTES = 4096, MARKS_KEPT_DAYS = 30 };

/* The writer's own statements, by the name they are prepared under. */
enum word { WORD_BEGIN, WORD_COMMIT, WORD_MARK, WORD_NOTIFY, WORD_COUNT };
static const char *const word_text[WORD_COUNT] = {
    [WORD_BEGIN] = "BEGIN",
    [WORD_COMMIT] = "COMMIT",
    [WORD_MARK] = PG_ONE_BEFORE PG_MARK_STEP_SQL PG_ONE_AFTER,
    [WORD_NOTIFY] = PG_CHANGE_NOTIFY_SQL,
};

enum outcome {
    DONE,           /* committed */
    MISSED,         /* a write of the set did not find what it must */
    AGAIN,          /* nothing exists, and another try may succeed */
    FAILED,         /* nothing exists */
    UNMARKED,       /* nothing exists: the mark's row is gone */
    NOT_SENT,       /* no connection */
    LOST_FROM_SIGHT /* sent, and no answer came */
};

struct sent {              /* one message of the pipeline, whose result comes in turn */
    struct db_writes *set; /* NULL: the batch's own */
    const struct db_write *write;
    enum pg_plan *plan; /* of a PREPARE: PG_PLAN_SENT, until its result has come */
    bool is_mark;
};

struct attempt { /* to commit the sets from first up to, not including, end */
    struct pg_writer *w;
    struct db *db;
    struct db_writes *first, *end;
    struct pg_conn *conn;
    bool is_with_keys, is_with_data; /* which writes this connection gets */
    bool opens, closes;              /* begins with BEGIN, ends with mark and COMMIT */
    bool is_stale; /* what is prepared on the connection is no longer as we think */
    struct sent *sent;
    size_t count, cap;
    int64_t deadline;
    struct db_writes *culprit; /* with MISSED, AGAIN, FAILED: the set, NULL if it was none */
    const struct db_write *missed;
};

static bool
note(struct attempt *a, struct sent sent)
{
    if (a->count == a->cap) {
        size_t cap = MAX(a->cap * 2, 64);
        struct sent *more = mem_resize(a->sent, cap * sizeof *more);

        if (more == NULL) {
            return false;
        }
        a->sent = more;
        a->cap = cap;
    }
    a->sent[a->count++] = sent;
    return true;
}

/* Sends a PREPARE before the first use of a statement on this connection. */
static bool
send_prepare(struct attempt *a, const char *name, const char *text, enum pg_plan *plan)
{
    if (*plan != PG_PLAN_NONE) {
        return true;
    }
    *plan = PG_PLAN_SENT;
    return pq.PQsendPrepare(a->conn->handle, name, text, 0, NULL) != 0
           && note(a, (struct sent){.plan = plan});
}

static bool
send_word(struct attempt *a, enum word word, const struct db_value *values, size_t count)
{
    char name[16];
    struct pg_params p;

    snprintf(name, sizeof name, "word%d", (int)word);
    pg_params_fill(&p, values, count);
    return send_prepare(a, name, word_text[word], &a->conn->words[word])
           && pq.PQsendQueryPrepared(
                  a->conn->handle, name, p.count, p.values, p.lengths, p.formats, 1)
                  != 0
           && note(a, (struct sent){.is_mark = word == WORD_MARK});
}

/* DB_ONE must change one row; so must an insert that could skip a duplicate silently. */
static bool
must_change_one(const struct db_sql *sql, enum db_expect expect)
{
    return expect == DB_ONE || (expect == DB_NEW && strstr(sql->text, " DO NOTHING") != NULL);
}

static bool
send_write(struct attempt *a, struct db_writes *set, const struct db_write *w)
{
    const struct db_sql *sql = &a->db->sql[w->statement];
    struct pg_plans *plans = &a->conn->plans[w->statement];
    bool is_one = must_change_one(sql, w->expect);
    char name[16], text[TEXT_BYTES];
    struct pg_params p;
    int n;

    snprintf(name, sizeof name, "%c%d", is_one ? 'o' : 'w', w->statement);
    n = snprintf(text, sizeof text, "%s%s%s", is_one ? PG_ONE_BEFORE : "", sql->text,
        is_one ? PG_ONE_AFTER : "");
    CHECK(n > 0 && (size_t)n < sizeof text);
    pg_open_comment(text);
    pg_params_fill(&p, w->values, w->count);
    return send_prepare(a, name, text, is_one ? &plans->one : &plans->plain)
           && pq.PQsendQueryPrepared(
                  a->conn->handle, name, p.count, p.values, p.lengths, p.formats, 1)
                  != 0
           && note(a, (struct sent){.set = set, .write = w});
}

static bool
send_set(struct attempt *a, struct db_writes *set)
{
    for (const struct db_write *w = set->first; w != NULL; w = w->next) {
        bool is_key = a->db->sql[w->statement].place == DB_KEYS;

        if ((is_key ? a->is_with_keys : a->is_with_data) && !send_write(a, set, w)) {
            return false;
        }
    }
    for (const struct db_notice *n = set->notices; n != NULL && a->is_with_data; n = n->next) {
        if (!send_word(a, WORD_NOTIFY, DB_VALUES(DB_STR(n->text)))) {
            return false;
        }
    }
    return true;
}

static bool
may_come_late(const struct attempt *a)
{
    for (const struct db_writes *set = a->first; set != a->end; set = set->queued) {
        if (set->is_sync_needed) {
            return false;
        }
    }
    return true;
}

static bool
send_all(struct attempt *a)
{
    struct pg_writer *w = a->w;
    bool is_good = pq.PQenterPipelineMode(a->conn->handle) != 0
                   && (!a->opens || send_word(a, WORD_BEGIN, NULL, 0));

    if (is_good && a->closes && may_come_late(a)) {
        is_good = pq.PQsendQueryParams(a->conn->handle, PG_SOON_SQL, 0, NULL, NULL, NULL, NULL, 1)
                  && note(a, (struct sent){.set = NULL});
    }
    if (is_good && a->closes) {
        is_good = send_word(
            a, WORD_MARK, DB_VALUES(DB_ID(&w->mark), DB_I64(w->step + 1), DB_I64(clock_now_ms())));
    }
    for (struct db_writes *set = a->first; is_good && set != a->end; set = set->queued) {
        is_good = send_set(a, set);
    }
    if (is_good && a->closes) {
        is_good = send_word(a, WORD_COMMIT, NULL, 0);
    }
    return is_good && pq.PQpipelineSync(a->conn->handle) && pg_flush(a->conn, a->deadline);
}

/* What an error means for the set it came in. */
static enum outcome
judge(struct attempt *a, const struct sent *sent, const struct pg_fault *fault)
{
    static const char *const again[] = {"40001", "40P01", "55P03", "57014"};
    static const char *const stale[] = {"26000", "0A000", "42P05"};
    bool is_missed = str_eq(str_from(fault->state), S("22012"));
    bool is_duplicate = str_eq(str_from(fault->state), S("23505"));

    if (pg_state_is(fault, stale, COUNT(stale))) {
        a->is_stale = true;
        return AGAIN;
    }
    if (sent->is_mark) {
        return is_missed ? UNMARKED : AGAIN;
    }
    a->culprit = sent->set;
    if (sent->write != NULL && (is_missed || (is_duplicate && sent->write->expect != DB_ANY))) {
        a->missed = sent->write;
        return MISSED;
    }
    return pg_state_is(fault, again, COUNT(again)) ? AGAIN : FAILED;
}

/* An operator must learn why; values, which the server's sentence may repeat, stay out of the log. */
static void
report(const struct attempt *a, const struct sent *sent, enum outcome outcome,
    const struct pg_fault *fault)
{
    if (outcome == FAILED) {
        LOG(clock_now_ms(), "database.failed", LOG_STR("state", str_from(fault->state)),
            LOG_STR("statement",
                sent->write ? str_from(a->db->sql[sent->write->statement].name) : S("-")));
    }
}

/* The server ends the session with these: whatever they came with, the outcome is the mark's to tell. */
static bool
ends_session(const struct pg_fault *fault)
{
    static const char *const states[] = {"57P", "08", "25006"};

    return pg_state_is(fault, states, COUNT(states));
}

/* Takes one message's results; false when the connection is gone. */
static bool
take_one(struct attempt *a, const struct sent *sent, enum outcome *outcome)
{
    struct pg_fault fault;
    enum pg_state state;
    PGresult *result;

    while ((result = pg_result(a->conn, a->deadline, &state)) != NULL) {
        bool is_skipped = pq.PQresultStatus(result) == PGRES_PIPELINE_ABORTED;
        bool is_error = !is_skipped && pg_is_error(result, &fault);

        pq.PQclear(result);
        if (is_error && ends_session(&fault)) {
            return false;
        }
        if (is_error && *outcome == DONE) {
            *outcome = judge(a, sent, &fault);
            report(a, sent, *outcome, &fault);
        }
        if (sent->plan != NULL) {
            *sent->plan = is_error || is_skipped ? PG_PLAN_NONE : PG_PLAN_MADE;
        }
    }
    return state == PG_OK;
}

/* The result of the pipeline's Sync. */
static bool
take_sync(struct attempt *a)
{
    enum pg_state state;
    PGresult *result = pg_result(a->conn, a->deadline, &state);
    bool is_sync = result != NULL && pq.PQresultStatus(result) == PGRES_PIPELINE_SYNC;

    pq.PQclear(result);
    return is_sync && pq.PQexitPipelineMode(a->conn->handle) != 0;
}

static bool
say(struct pg_conn *conn, const char *word)
{
    struct pg_fault fault;

    return pg_run(conn, word, clock_steady_ms() + PG_ANSWER_MS, &fault) == PG_OK;
}

/* Sends the sets and takes the results. On any outcome but DONE nothing is left open. */
static enum outcome
try_once(struct attempt *a)
{
    struct pg_fault fault;
    enum outcome outcome = DONE;
    bool is_heard;

    a->count = 0;
    a->culprit = NULL;
    a->missed = NULL;
    a->is_stale = false;
    a->deadline = clock_steady_ms() + PG_WRITE_MS;
    /* What only closes closes what this connection has open: on a new one nothing would be. */
    if (!a->opens ? a->conn->handle == NULL
                  : !pg_connect(a->conn, clock_steady_ms() + PG_READ_MS, &fault)) {
        return NOT_SENT;
    }
    is_heard = send_all(a);
    for (size_t i = 0; is_heard && i < a->count; i++) {
        is_heard = take_one(a, &a->sent[i], &outcome);
    }
    if (!is_heard || !take_sync(a)) {
        pg_disconnect(a->conn);
        return LOST_FROM_SIGHT;
    }
    if (outcome != DONE && (a->is_stale || !say(a->conn, "ROLLBACK"))) {
        pg_disconnect(a->conn);
    }
    if (outcome == DONE && a->closes) {
        a->w->step++;
        atomic_fetch_add_explicit(&a->db->counts.commits, 1, memory_order_relaxed);
    }
    return outcome;
}

static bool
tell(struct pg_conn *conn, const char *sql, const struct db_value *values, size_t count)
{
    struct pg_fault fault;
    PGresult *result;
    bool is_good = pg_ask(conn, sql, values, count, &result, &fault) == PG_OK;

    pq.PQclear(result);
    return is_good;
}

/* Gives the writer a row for its steps, and takes away those of writers long gone. */
static bool
mark_writer(struct pg_writer *w)
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
look(struct pg_writer *w, enum outcome *ret)
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
    *ret = w->is_marked && stands == step && taken != step ? DONE : AGAIN;
    return true;
}

static enum outcome
find_out(struct pg_writer *w)
{
    int64_t deadline = clock_steady_ms() + PG_WRITE_MS;
    enum outcome outcome;

    do {
        if (look(w, &outcome)) {
            return outcome;
        }
        poll(NULL, 0, 100);
    } while (clock_steady_ms() < deadline);
    w->is_marked = false; /* the next batch begins with a row of its own */
    return LOST_FROM_SIGHT;
}

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
static enum outcome
try_part(struct attempt *whole, struct pg_conn *conn, bool is_keys, bool closes)
{
    struct attempt a = {.w = whole->w, .db = whole->db, .first = whole->first, .end = whole->end};
    enum outcome outcome;

    a.conn = conn;
    a.is_with_keys = is_keys;
    a.is_with_data = !is_keys;
    a.opens = !closes;
    a.closes = closes;
    if (closes) {
        a.first = a.end; /* its writes are there already */
    }
    outcome = try_once(&a);
    mem_free(a.sent);
    whole->missed = a.missed;
    return outcome == LOST_FROM_SIGHT && !closes ? AGAIN : outcome; /* an open one is undone */
}

/* One set whose keys live on another server: both transactions stay open until both are good; then
 * the keys are committed, then the rows. */
static enum outcome
try_apart(struct attempt *a)
{
    struct pg_conn *keys = &a->w->keys, *data = &a->w->data;
    enum outcome outcome = try_part(a, keys, true, false);

    if (outcome != DONE) {
        return outcome;
    }
    outcome = try_part(a, data, false, false);
    if (outcome != DONE) {
        pg_disconnect(keys); /* undoes what is open there */
        return outcome;
    }
    if (!say(keys, "COMMIT")) {
        pg_disconnect(keys); /* its answer may still come, and is nobody's */
        pg_disconnect(data);
        return FAILED;
    }
    outcome = try_part(a, data, false, true);
    outcome = outcome == LOST_FROM_SIGHT ? find_out(a->w) : outcome;
    /* Its keys exist: a second try would meet them. */
    return outcome == DONE || outcome == LOST_FROM_SIGHT ? outcome : FAILED;
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
find_keys(const struct attempt *a)
{
    for (struct db_writes *set = a->first; set != a->end; set = set->queued) {
        if (has_keys(a->db, set)) {
            return set;
        }
    }
    return NULL;
}

static enum outcome
try_some(struct attempt *a)
{
    const struct pg *pg = a->db->state;
    enum outcome outcome;

    a->culprit = pg->key_uri ? find_keys(a) : NULL; /* cannot go with others */
    if (!a->w->is_marked && !mark_writer(a->w)) {
        return NOT_SENT;
    }
    if (a->culprit != NULL) {
        return a->first->queued == a->end ? try_apart(a) : AGAIN;
    }
    a->conn = &a->w->data;
    a->is_with_keys = a->is_with_data = a->opens = a->closes = true;
    outcome = try_once(a);
    return outcome == LOST_FROM_SIGHT ? find_out(a->w) : outcome;
}

/* Tries until the outcome is one that stands, or one of several sets is found to stand in the way. */
static enum outcome
try_until(struct attempt *a)
{
    bool is_one = a->first->queued == a->end;
    enum outcome outcome = AGAIN;

    for (struct db_writes *set = a->first; set != a->end; set = set->queued) {
        if (is_told_to_fail(set)) {
            a->culprit = set;
            return FAILED;
        }
    }
    for (int tries = 0; tries < MAX_TRIES; tries++) {
        outcome = try_some(a);
        if (outcome == UNMARKED) {
            a->w->is_marked = false;
        } else if (outcome != AGAIN || (!is_one && a->culprit != NULL)) {
            break;
        }
        step_aside(tries);
    }
    return outcome;
}

static void
give_verdict(struct attempt *a, enum outcome outcome)
{
    static const enum db_verdict verdicts[] = {[DONE] = DB_COMMITTED,
        [MISSED] = DB_MISSED,
        [AGAIN] = DB_LOST,
        [FAILED] = DB_LOST,
        [UNMARKED] = DB_LOST,
        [NOT_SENT] = DB_LOST,
        [LOST_FROM_SIGHT] = DB_UNKNOWN};

    for (struct db_writes *set = a->first; set != a->end; set = set->queued) {
        set->verdict = verdicts[outcome];
        set->missed = outcome == MISSED ? a->missed : NULL;
    }
}

/* Commits the sets from first up to end: together, or those before the one that stands in the way, that one, and
 * so on with the rest. */
static void
settle(struct attempt *a, struct db_writes *first, struct db_writes *end)
{
    while (first != end) {
        enum outcome outcome;
        struct db_writes *culprit;

        a->first = first;
        a->end = end;
        outcome = try_until(a);
        culprit = a->culprit;
        if ((outcome != MISSED && outcome != AGAIN && outcome != FAILED) || culprit == NULL
            || first->queued == end) {
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
    struct attempt a = {.w = &pg->writers[writer], .db = db};

    settle(&a, batch, NULL);
    mem_free(a.sent);
}
