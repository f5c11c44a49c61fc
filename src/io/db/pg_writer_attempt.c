/* SPDX-License-Identifier: Apache-2.0 */
/* One try to commit sets on one connection: a pipeline of prepared statements in one transaction, its results taken in their
 * turn, and what an error means for the set that it came in. */
#include "io/db/pg_writer.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/db/pg_sql.h"

enum { TEXT_BYTES = 4096 };

/* The writer's own statements, by the name they are prepared under. */
enum word { WORD_BEGIN, WORD_COMMIT, WORD_MARK, WORD_NOTIFY, WORD_COUNT };
static const char *const word_text[WORD_COUNT] = {
    [WORD_BEGIN] = "BEGIN",
    [WORD_COMMIT] = "COMMIT",
    [WORD_MARK] = PG_ONE_BEFORE PG_MARK_STEP_SQL PG_ONE_AFTER,
    [WORD_NOTIFY] = PG_CHANGE_NOTIFY_SQL,
};

struct pg_sent {           /* one message of the pipeline, whose result comes in turn */
    struct db_writes *set; /* NULL: the batch's own */
    const struct db_write *write;
    enum pg_plan *plan; /* of a PREPARE: PG_PLAN_SENT, until its result has come */
    bool is_mark;
};

static bool
note(struct pg_attempt *a, struct pg_sent sent)
{
    if (a->count == a->cap) {
        size_t cap = MAX(a->cap * 2, 64);
        struct pg_sent *more = mem_resize(a->sent, cap * sizeof *more);

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
send_prepare(struct pg_attempt *a, const char *name, const char *text, enum pg_plan *plan)
{
    if (*plan != PG_PLAN_NONE) {
        return true;
    }
    *plan = PG_PLAN_SENT;
    return pq.PQsendPrepare(a->conn->handle, name, text, 0, NULL) != 0
           && note(a, (struct pg_sent){.plan = plan});
}

static bool
send_word(struct pg_attempt *a, enum word word, const struct db_value *values, size_t count)
{
    char name[16];
    struct pg_params p;

    snprintf(name, sizeof name, "word%d", (int)word);
    pg_params_fill(&p, values, count);
    return send_prepare(a, name, word_text[word], &a->conn->words[word])
           && pq.PQsendQueryPrepared(
                  a->conn->handle, name, p.count, p.values, p.lengths, p.formats, 1)
                  != 0
           && note(a, (struct pg_sent){.is_mark = word == WORD_MARK});
}

/* DB_ONE must change one row; so must an insert that could skip a duplicate silently. */
static bool
must_change_one(const struct db_sql *sql, enum db_expect expect)
{
    return expect == DB_ONE || (expect == DB_NEW && strstr(sql->text, " DO NOTHING") != NULL);
}

static bool
send_write(struct pg_attempt *a, struct db_writes *set, const struct db_write *w)
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
           && note(a, (struct pg_sent){.set = set, .write = w});
}

static bool
send_set(struct pg_attempt *a, struct db_writes *set)
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
may_come_late(const struct pg_attempt *a)
{
    for (const struct db_writes *set = a->first; set != a->end; set = set->queued) {
        if (set->is_sync_needed) {
            return false;
        }
    }
    return true;
}

static bool
send_all(struct pg_attempt *a)
{
    struct pg_writer *w = a->w;
    bool is_good = pq.PQenterPipelineMode(a->conn->handle) != 0
                   && (!a->opens || send_word(a, WORD_BEGIN, NULL, 0));

    if (is_good && a->closes && may_come_late(a)) {
        is_good = pq.PQsendQueryParams(a->conn->handle, PG_SOON_SQL, 0, NULL, NULL, NULL, NULL, 1)
                  && note(a, (struct pg_sent){.set = NULL});
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
static enum pg_outcome
judge(struct pg_attempt *a, const struct pg_sent *sent, const struct pg_fault *fault)
{
    static const char *const again[] = {"40001", "40P01", "55P03", "57014"};
    static const char *const stale[] = {"26000", "0A000", "42P05"};
    bool is_missed = str_eq(str_from(fault->state), S("22012"));
    bool is_duplicate = str_eq(str_from(fault->state), S("23505"));

    if (pg_state_is(fault, stale, COUNT(stale))) {
        a->is_stale = true;
        return PG_SET_AGAIN;
    }
    if (sent->is_mark) {
        return is_missed ? PG_SET_UNMARKED : PG_SET_AGAIN;
    }
    a->culprit = sent->set;
    if (sent->write != NULL && (is_missed || (is_duplicate && sent->write->expect != DB_ANY))) {
        a->missed = sent->write;
        return PG_SET_MISSED;
    }
    return pg_state_is(fault, again, COUNT(again)) ? PG_SET_AGAIN : PG_SET_FAILED;
}

/* An operator must learn why; values, which the server's sentence may repeat, stay out of the log. */
static void
report(const struct pg_attempt *a, const struct pg_sent *sent, enum pg_outcome outcome,
    const struct pg_fault *fault)
{
    if (outcome == PG_SET_FAILED) {
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
take_one(struct pg_attempt *a, const struct pg_sent *sent, enum pg_outcome *outcome)
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
        if (is_error && *outcome == PG_SET_DONE) {
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
take_sync(struct pg_attempt *a)
{
    enum pg_state state;
    PGresult *result = pg_result(a->conn, a->deadline, &state);
    bool is_sync = result != NULL && pq.PQresultStatus(result) == PGRES_PIPELINE_SYNC;

    pq.PQclear(result);
    return is_sync && pq.PQexitPipelineMode(a->conn->handle) != 0;
}

bool
pg_attempt_say(struct pg_conn *conn, const char *word)
{
    struct pg_fault fault;

    return pg_run(conn, word, clock_steady_ms() + PG_ANSWER_MS, &fault) == PG_OK;
}

enum pg_outcome
pg_attempt_run(struct pg_attempt *a)
{
    struct pg_fault fault;
    enum pg_outcome outcome = PG_SET_DONE;
    bool is_heard;

    a->count = 0;
    a->culprit = NULL;
    a->missed = NULL;
    a->is_stale = false;
    a->deadline = clock_steady_ms() + PG_WRITE_MS;
    /* What only closes closes what this connection has open: on a new one nothing would be. */
    if (!a->opens ? a->conn->handle == NULL
                  : !pg_connect(a->conn, clock_steady_ms() + PG_READ_MS, &fault)) {
        return PG_SET_NOT_SENT;
    }
    is_heard = send_all(a);
    for (size_t i = 0; is_heard && i < a->count; i++) {
        is_heard = take_one(a, &a->sent[i], &outcome);
    }
    if (!is_heard || !take_sync(a)) {
        pg_disconnect(a->conn);
        return PG_SET_LOST_FROM_SIGHT;
    }
    if (outcome != PG_SET_DONE && (a->is_stale || !pg_attempt_say(a->conn, "ROLLBACK"))) {
        pg_disconnect(a->conn);
    }
    if (outcome == PG_SET_DONE && a->closes) {
        a->w->step++;
        atomic_fetch_add_explicit(&a->db->counts.commits, 1, memory_order_relaxed);
    }
    return outcome;
}
