/* SPDX-License-Identifier: Apache-2.0 */
/* The families, a row each, over what was read of the rooms that count. Names and units are those of Prometheus'
 * conventions; no label is anything that a client, a tenant or a person chose. */
#include "app/metrics.h"

#include <stddef.h>

#include "app/jobs.h"
#include "app/traffic.h"
#include "base/process.h"
#include "codec/prometheus.h"
#include "flow/api/api.h"
#include "io/run/run.h"
#include "model/attempt/attempt.h"
#include "model/cache/cache.h"

enum { POOLS = 2, OUT_BYTES = MB(4) };

/* What all rows are read from: numbers alone, lists of them as arrays. */
struct look {
    uint64_t started_ms, one;
    struct process process;
    struct http_counts http;
    struct db_counts db;
    uint64_t is_committing;
    uint64_t threads[POOLS], busy[POOLS], waiting[POOLS], refused[POOLS];
    struct meter_sums waited[POOLS];
    uint64_t done[RQ_COUNTS], mails_waiting, mails_given_up;
    struct attempt_counts attempts;
    uint64_t hits[CACHE_KIND_COUNT], misses[CACHE_KIND_COUNT], drops[CACHE_KIND_COUNT],
        held[CACHE_KIND_COUNT];
    struct jobs_counts jobs;
};

static const char *
pool_name(size_t i)
{
    static const char *const names[POOLS] = {"worker", "hash"};

    return names[i];
}

static const char *
token_name(size_t i)
{
    static const char *const names[] = {"access", "id", "refresh", "vended"};

    return names[i];
}

static const char *
event_name(size_t i)
{
    static const char *const names[] = {"information", "debug", "error"};

    return names[i];
}

static const char *
mail_name(size_t i)
{
    static const char *const names[] = {"sent", "failed", "given_up"};

    return names[i];
}

static const char *
version_name(size_t i)
{
    (void)i;
    return CARDEA_VERSION;
}

#define COUNTER PROMETHEUS_COUNTER
#define GAUGE PROMETHEUS_GAUGE
#define TIMES PROMETHEUS_HISTOGRAM

/* clang-format off */
#define AT(member) offsetof(struct look, member)
static const struct family {
    const char *name;
    enum prometheus_kind kind;
    uint64_t per_one;           /* of the unit in the name */
    size_t offset;              /* of a number, or of the first of several */
    const char *label;          /* NULL: one number */
    const char *(*label_value)(size_t i);
    size_t count;
    const char *help;
} families[] = {
    {"cardea_build_info",                       GAUGE,   1,       AT(one),             "version", version_name, 1, "The version that runs; always 1."},
    {"process_start_time_seconds",              GAUGE,   1000,    AT(started_ms),      NULL, NULL, 1, "When this process began, in seconds since 1970."},
    {"process_cpu_seconds_total",               COUNTER, 1000000, AT(process.cpu_us),  NULL, NULL, 1, "Time that processors spent on it, user and system."},
    {"process_resident_memory_bytes",           GAUGE,   1,       AT(process.resident_bytes), NULL, NULL, 1, "Memory that it has in RAM."},
    {"process_virtual_memory_bytes",            GAUGE,   1,       AT(process.virtual_bytes), NULL, NULL, 1, "Memory that it has addresses for."},
    {"process_open_fds",                        GAUGE,   1,       AT(process.open_files), NULL, NULL, 1, "Open file descriptors."},
    {"process_max_fds",                         GAUGE,   1,       AT(process.max_files), NULL, NULL, 1, "The most that may be open."},

    {"cardea_http_open_connections",            GAUGE,   1, AT(http.open_connections), NULL, NULL, 1, "Connections that are open."},
    {"cardea_http_connections_total",           COUNTER, 1, AT(http.connections),      NULL, NULL, 1, "Connections that were taken."},
    {"cardea_http_refused_total",               COUNTER, 1, AT(http.refused),          NULL, NULL, 1, "Connections and requests that were refused unread: malformed, too large, too many."},
    {"cardea_http_timeouts_total",              COUNTER, 1, AT(http.timeouts),         NULL, NULL, 1, "Connections ended because their client was too slow, or idle."},

    {"cardea_pool_threads",                     GAUGE,   1, AT(threads),      "pool", pool_name, POOLS, "Threads of a pool: worker for what waits, hash for passwords."},
    {"cardea_pool_busy_threads",                GAUGE,   1, AT(busy),         "pool", pool_name, POOLS, "Those of them that are at work."},
    {"cardea_pool_waiting_jobs",                GAUGE,   1, AT(waiting),      "pool", pool_name, POOLS, "Requests that wait for one."},
    {"cardea_pool_refused_total",               COUNTER, 1, AT(refused),      "pool", pool_name, POOLS, "Requests answered 503 because too many waited."},
    {"cardea_pool_wait_seconds",                TIMES,   1, AT(waited),       "pool", pool_name, POOLS, "How long those that were taken had waited."},

    {"cardea_database_commits_total",           COUNTER, 1, AT(db.commits),   NULL, NULL, 1, "Transactions that were committed."},
    {"cardea_database_sets_total",              COUNTER, 1, AT(db.sets),      NULL, NULL, 1, "Sets of writes of requests that were committed, many in one transaction."},
    {"cardea_database_house_sets_total",        COUNTER, 1, AT(db.house),     NULL, NULL, 1, "The same of jobs and mails."},
    {"cardea_database_writes_total",            COUNTER, 1, AT(db.writes),    NULL, NULL, 1, "Statements in the sets of requests."},
    {"cardea_database_misses_total",            COUNTER, 1, AT(db.misses),    NULL, NULL, 1, "Sets that another one was faster than; mostly tried again."},
    {"cardea_database_failures_total",          COUNTER, 1, AT(db.failures),  NULL, NULL, 1, "Reads that failed, and sets that were lost or whose outcome is not known."},
    {"cardea_database_batch_seconds",           TIMES,   1, AT(db.batches),   NULL, NULL, 1, "How long a batch of sets took to be on disk, tries and failures among them."},
    {"cardea_database_waiting_sets",            GAUGE,   1, AT(db.queued),    NULL, NULL, 1, "Sets that wait for a writer."},
    {"cardea_database_refused_total",           COUNTER, 1, AT(db.refused),   NULL, NULL, 1, "Sets that were not taken because too many waited."},
    {"cardea_database_committing",              GAUGE,   1, AT(is_committing), NULL, NULL, 1, "0 if nothing of the last batch could be stored, else 1."},
    {"cardea_database_connections_total",       COUNTER, 1, AT(db.connections), NULL, NULL, 1, "Connections to PostgreSQL that were made; more than at the start are reconnections."},
    {"cardea_database_connection_failures_total", COUNTER, 1, AT(db.failed_connections), NULL, NULL, 1, "Connections to PostgreSQL that could not be made."},
    {"cardea_database_retries_total",           COUNTER, 1, AT(db.again),     NULL, NULL, 1, "Batches that were sent to PostgreSQL once more."},

    {"cardea_sign_ins_total",                   COUNTER, 1, AT(done[RQ_SIGN_IN]), NULL, NULL, 1, "People who signed in."},
    {"cardea_sign_in_failures_total",           COUNTER, 1, AT(attempts.failures), "reason", attempt_reason_name, ATTEMPT_REASONS, "Those who did not, by why."},
    {"cardea_sign_in_failures_dropped_total",   COUNTER, 1, AT(attempts.dropped), NULL, NULL, 1, "Failures that came too fast to be written to the login records."},
    {"cardea_tokens_issued_total",              COUNTER, 1, AT(done[RQ_ACCESS_TOKEN]), "kind", token_name, 4, "Tokens that were given out."},
    {"cardea_event_log_entries_total",          COUNTER, 1, AT(done[RQ_EVENT_INFORMATION]), "type", event_name, 3, "Entries of the event log that this node wrote."},
    {"cardea_mails_total",                      COUNTER, 1, AT(done[RQ_MAIL_SENT]), "result", mail_name, 3, "Mails and messages that this node tried to send; those that failed are tried again."},
    {"cardea_mails_waiting",                    GAUGE,   1, AT(mails_waiting),  NULL, NULL, 1, "Mails and messages in the database that are to be sent, counted up to 10000."},
    {"cardea_mails_given_up",                   GAUGE,   1, AT(mails_given_up), NULL, NULL, 1, "Those of the last week that nobody tries to send any more, counted up to 10000."},

    {"cardea_cache_hits_total",                 COUNTER, 1, AT(hits),         "kind", cache_kind_name, CACHE_KIND_COUNT, "Configuration that was found in memory."},
    {"cardea_cache_misses_total",               COUNTER, 1, AT(misses),       "kind", cache_kind_name, CACHE_KIND_COUNT, "Configuration that was read from the database."},
    {"cardea_cache_drops_total",                COUNTER, 1, AT(drops),        "kind", cache_kind_name, CACHE_KIND_COUNT, "Changes that made memory forget."},
    {"cardea_cache_things",                     GAUGE,   1, AT(held),         "kind", cache_kind_name, CACHE_KIND_COUNT, "Things in memory."},

    {"cardea_job_runs_total",                   COUNTER, 1, AT(jobs.runs),     "name", jobs_name, JOBS_COUNTED, "Turns of a job that this node took."},
    {"cardea_job_failures_total",               COUNTER, 1, AT(jobs.failures), "name", jobs_name, JOBS_COUNTED, "Faults in such turns, each with a line job.failed in the log."},
};
#undef AT
/* clang-format on */

static void
look_at_pools(const struct metrics *m, struct look *ret)
{
    const struct run_pool *const pools[POOLS] = {m->workers, m->hashers};

    for (size_t i = 0; i < POOLS; i++) {
        struct run_counts counts = run_pool_count(pools[i]);

        ret->threads[i] = counts.threads;
        ret->busy[i] = counts.busy;
        ret->waiting[i] = counts.waiting;
        ret->refused[i] = counts.refused;
        ret->waited[i] = counts.waited;
    }
}

static void
look_at_house(const struct house *house, struct look *ret)
{
    ret->db = db_count(house->db);
    ret->is_committing = ret->db.is_committing;
    ret->attempts = attempts_count(house->attempts);
    for (size_t i = 0; i < RQ_COUNTS; i++) {
        ret->done[i] = meter_read(&house->counts->done[i]);
    }
    ret->mails_waiting = meter_read(&house->counts->mails_waiting);
    ret->mails_given_up = meter_read(&house->counts->mails_given_up);
    for (size_t i = 0; i < CACHE_KIND_COUNT; i++) {
        struct cache_counts counts = cache_count(house->cache, (enum cache_kind)i);

        ret->hits[i] = counts.hits;
        ret->misses[i] = counts.misses;
        ret->drops[i] = counts.drops;
        ret->held[i] = counts.held;
    }
}

static void
write_family(const struct look *look, const struct family *f, struct prometheus *out)
{
    const char *numbers = (const char *)look + f->offset;

    prometheus_family(out, f->name, f->kind, f->help);
    for (size_t i = 0; i < f->count && (f->label == NULL || f->label_value(i) != NULL); i++) {
        if (f->label != NULL) {
            out->labels[0] = (struct prometheus_label){f->label, str_from(f->label_value(i))};
        }
        if (f->kind == PROMETHEUS_HISTOGRAM) {
            prometheus_times(out, (const struct meter_sums *)(const void *)numbers + i);
        } else {
            prometheus_part(out, ((const uint64_t *)(const void *)numbers)[i], f->per_one);
        }
    }
}

static enum err
check_who(struct rq *rq)
{
    if (rq->api_key == NULL && !api_is_local(rq)) {
        return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key that may call this endpoint");
    }
    return api_check_house(rq);
}

enum err
metrics_endpoint(struct rq *rq)
{
    const struct metrics *m = rq->house->metrics;
    const struct http_server *http = m ? atomic_load(&m->http) : NULL;
    struct look *look = ARENA_NEW(rq->arena, struct look);
    struct prometheus out = {.out = NULL};
    struct buf buf;
    str text;
    enum err e = check_who(rq);

    if (e != ERR_OK) {
        return e;
    }
    if (m == NULL || look == NULL) {
        return FAIL(rq, ERR_NOT_FOUND, NULL, "is not shown here");
    }
    *look = (struct look){.one = 1, .started_ms = (uint64_t)m->started_ms};
    look->process = process_look();
    look->http = http ? http_count(http) : look->http;
    look->jobs = jobs_count(m->jobs);
    look_at_pools(m, look);
    look_at_house(rq->house, look);
    buf_init(&buf, rq->arena, OUT_BYTES);
    out.out = &buf;
    for (size_t i = 0; i < COUNT(families); i++) {
        write_family(look, &families[i], &out);
    }
    traffic_write(m->traffic, &out);
    return buf_done(&buf, &text) ? rq_answer_text(rq, 200, S(PROMETHEUS_TYPE), text)
                                 : FAIL_SERVER(rq);
}
