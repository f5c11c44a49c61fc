/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs. Each step is a request of the house with writes of its own; a failed one is logged and
 * tried again at the next turn. */
#include "app/jobs.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "app/house.h"
#include "base/log.h"
#include "base/mem.h"
#include "io/mail/mail.h"
#include "model/cache/cache.h"
#include "model/code/code.h"
#include "model/consent/consent.h"
#include "model/outbox/outbox.h"
#include "model/seal/seal.h"
#include "model/session/session.h"
#include "model/tenant/tenant.h"
#include "model/token/token.h"
#include "model/user/user.h"

enum {
    TURN_S = 5,
    SWEEP_S = 600,
    STEP_ARENA = 4 * 1024 * 1024,
    MAX_TENANTS = 100000,
    MAX_MAILS = 20,
    MAX_BATCHES = 50,
    DAY_KEYS_KEPT_DAYS = 30
};

struct jobs {
    struct house *house;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_stopping;
    int64_t last_day;      /* for which tomorrow's keys were made */
    int64_t last_sweep_ms; /* steady */
};

static void
report(const char *job, enum err e)
{
    if (e != ERR_OK) {
        LOG(clock_now_ms(), "job.failed", LOG_STR("job", str_from(job)),
            LOG_STR("fault", str_from(err_wire(e))));
    }
}

static enum err
sweep(struct rq *rq)
{
    code_sweep(rq);
    token_sweep(rq);
    session_sweep(rq);
    consent_sweep(rq);
    outbox_sweep(rq);
    return house_commit(rq);
}

/* Today's and tomorrow's key of every tenant, and the end of those whose log lines are too old
 * to be read (promise of short log retention). */
static enum err
make_day_keys(struct rq *rq)
{
    const struct tenant *tenant;
    struct uuid *ids;
    size_t count;
    enum err e = tenant_ids(rq, MAX_TENANTS, &ids, &count);

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = tenant_load(rq, ids[i], &tenant);
        if (e == ERR_OK && tenant != NULL) {
            e = seal_new_day_key(rq, tenant, rq->now);
            e = e ? e : seal_new_day_key(rq, tenant, rq->now + DAY_MS);
        }
    }
    seal_erase_day_keys_before(rq, rq->now - DAY_KEYS_KEPT_DAYS * DAY_MS);
    return e ? e : house_commit(rq);
}

/* Rows whose key is gone: a crash between the two stores left them, and nobody can read them. */
static enum err
tidy(struct rq *rq)
{
    static struct user_cursor cursor; /* of the one thread that runs jobs */
    enum err e = user_tidy(rq, &cursor);

    if (cursor.is_at_end) {
        cursor = (struct user_cursor){.is_at_end = false};
    }
    return e ? e : house_commit(rq);
}

static struct mail
mail_of(const struct tenant *tenant, struct arena *arena, const struct outbox_mail *queued)
{
    return (struct mail){
        .from_address = tenant->mail.from_email,
        .from_name = tenant->mail.from_name.n ? tenant->mail.from_name : tenant->name,
        .to_address = queued->to,
        .subject = queued->subject,
        .text = queued->text,
        .html = queued->html,
        .message_id = uuid_text(arena, queued->id),
        .date_ms = queued->insert_instant,
    };
}

static struct mail_server
server_of(const struct tenant *tenant)
{
    static const enum mail_security securities[] = {
        MAIL_PLAIN, MAIL_TLS, MAIL_STARTTLS}; /* NONE, SSL, TLS */

    return (struct mail_server){
        .host = tenant->mail.host,
        .port = (int)tenant->mail.port,
        .security = securities[tenant->mail.security],
        .username = tenant->mail.username,
        .password = tenant->mail.password,
    };
}

/* One mail: sent, or noted to be tried again later. Without SMTP settings it stays, and the demo
 * shows it. */
static enum err
send_one(struct rq *rq, const struct outbox_due *due)
{
    const struct tenant *tenant;
    struct outbox_mail *queued;
    struct mail_server server;
    struct mail mail;
    enum err e = tenant_load(rq, due->tenant_id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    if (tenant->mail.host.n == 0 || tenant->mail.from_email.n == 0) {
        outbox_postpone(rq, due);
        return house_commit(rq);
    }
    e = outbox_load(rq, tenant, due->id, &queued);
    if (e != ERR_OK || queued == NULL) {
        return e;
    }
    mail = mail_of(tenant, rq->arena, queued);
    server = server_of(tenant);
    switch (mail_send(rq->arena, &server, &mail)) {
    case MAIL_SENT:
        outbox_note_sent(rq, queued);
        break;
    case MAIL_REFUSED:
        outbox_note_refusal(rq, queued);
        break;
    case MAIL_FAILED:
        outbox_note_failure(rq, queued);
        break;
    }
    return house_commit(rq);
}

static enum err
send_batch(struct rq *rq, size_t *ret_count)
{
    struct outbox_due *due;
    enum err e = outbox_list_due(rq, MAX_MAILS, &due, ret_count);

    for (size_t i = 0; e == ERR_OK && i < *ret_count; i++) {
        AUTO(arena_end) struct arena *arena = arena_new(STEP_ARENA);
        struct rq one;
        if (arena == NULL) {
            return ERR_SERVER;
        }
        house_begin(rq->house, arena, &one);
        e = send_one(&one, &due[i]);
        cache_end_request(&one);
    }
    return e;
}

/* Batch after batch, so that the many mails of one tenant do not hold up another's for a turn. */
static enum err
send_mails(struct rq *rq)
{
    size_t count = MAX_MAILS;
    enum err e = ERR_OK;

    for (int batch = 0; e == ERR_OK && count == MAX_MAILS && batch < MAX_BATCHES; batch++) {
        e = send_batch(rq, &count);
    }
    return e;
}

static void
step(struct jobs *jobs, const char *name, enum err (*job)(struct rq *rq))
{
    AUTO(arena_end) struct arena *arena = arena_new(STEP_ARENA);
    struct rq rq;

    if (arena == NULL) {
        report(name, ERR_SERVER);
        return;
    }
    house_begin(jobs->house, arena, &rq);
    report(name, job(&rq));
    cache_end_request(&rq);
}

static void
turn(struct jobs *jobs)
{
    int64_t day = clock_now_ms() / DAY_MS;

    if (day != jobs->last_day) {
        step(jobs, "day keys", make_day_keys);
        jobs->last_day = day;
    }
    step(jobs, "mail", send_mails);
    if (clock_steady_ms() - jobs->last_sweep_ms >= SWEEP_S * SECOND_MS) {
        step(jobs, "sweep", sweep);
        step(jobs, "tidy", tidy);
        jobs->last_sweep_ms = clock_steady_ms();
    }
}

static void *
run(void *ctx)
{
    struct jobs *jobs = ctx;
    struct timespec until;

    pthread_mutex_lock(&jobs->lock);
    while (!jobs->is_stopping) {
        pthread_mutex_unlock(&jobs->lock);
        turn(jobs);
        pthread_mutex_lock(&jobs->lock);
        until = (struct timespec){.tv_sec = (time_t)(clock_steady_ms() / 1000) + TURN_S};
        while (!jobs->is_stopping
               && pthread_cond_timedwait(&jobs->wake, &jobs->lock, &until) != ETIMEDOUT) {
        }
    }
    pthread_mutex_unlock(&jobs->lock);
    return NULL;
}

struct jobs *
jobs_start(struct house *house)
{
    struct jobs *jobs = MEM_NEW(struct jobs);
    pthread_condattr_t attr;

    if (jobs == NULL) {
        return NULL;
    }
    jobs->house = house;
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&jobs->wake, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&jobs->thread, NULL, run, jobs) != 0) {
        mem_free(jobs);
        return NULL;
    }
    return jobs;
}

void
jobs_stop(struct jobs *jobs)
{
    if (jobs == NULL) {
        return;
    }
    pthread_mutex_lock(&jobs->lock);
    jobs->is_stopping = true;
    pthread_cond_signal(&jobs->wake);
    pthread_mutex_unlock(&jobs->lock);
    pthread_join(jobs->thread, NULL);
    pthread_cond_destroy(&jobs->wake);
    pthread_mutex_destroy(&jobs->lock);
    mem_free(jobs);
}
