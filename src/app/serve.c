/* SPDX-License-Identifier: Apache-2.0 */
/* The server's life: open, bootstrap, kickstart, listen, wait for a signal, let go in the
 * reverse order. */
#include "app/serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "app/demo.h"
#include "app/dispatch.h"
#include "app/house.h"
#include "app/jobs.h"
#include "app/kickstart.h"
#include "app/metrics.h"
#include "base/log.h"
#include "crypto/password.h"
#include "io/fetch/fetch.h"
#include "io/run/run.h"
#include "model/cache/cache.h"
#include "model/tenant/tenant.h"

enum {
    STOP_GRACE_MS = 10 * SECOND_MS,
    IDLE_AFTER_MS = 2 * SECOND_MS,
    WORKERS = 2,
    WAITING_WORKERS = 8, /* each waits for the database most of the time */
    MAX_WAITING = 1024,
    MAX_HASHES_WAITING = 64,
    MAX_CONNECTIONS = 10000,
    DESCRIPTORS_KEPT = 64,
    DESCRIPTORS_A_THREAD = 4
};

struct server {
    struct arena *arena;
    struct house house;
    struct run_pool *workers, *hashers;
    struct dispatch *dispatch;
    struct jobs *jobs;
    struct http_server *http;
    struct metrics metrics;
};

static int
count_of(const char *text, int standard)
{
    int64_t n;

    return text && str_i64(str_from(text), &n) && n > 0 && n <= 256 ? (int)n : standard;
}

static void
server_close(struct server *s)
{
    if (s->http != NULL) {
        http_stop(s->http, STOP_GRACE_MS);
    }
    jobs_stop(s->jobs);
    if (s->workers != NULL) {
        run_pool_stop(s->workers);
    }
    if (s->hashers != NULL) {
        run_pool_stop(s->hashers);
    }
    dispatch_free(s->dispatch);
    if (s->house.db != NULL) {
        house_close(&s->house);
    }
    jobs_free(s->jobs); /* a set that was on its way could still wake the mailer */
    arena_free(s->arena);
}

static bool
server_open(const struct config *config, struct server *ret, const char **ret_why)
{
    struct dispatch_config dispatch;

    *ret = (struct server){.arena = arena_new(MB(64))};
    *ret_why = "there is not enough memory";
    if (ret->arena == NULL || !house_open(config, ret->arena, &ret->house, ret_why)) {
        return false;
    }
    *ret_why = "cannot start threads";
    ret->workers = run_pool_start("worker",
        count_of(config->workers, config->database ? WAITING_WORKERS : WORKERS), MAX_WAITING);
    ret->hashers =
        run_pool_start("hash", count_of(config->hash_threads, run_cores()), MAX_HASHES_WAITING);
    if (ret->workers == NULL || ret->hashers == NULL) {
        return false;
    }
    run_pool_on_idle(ret->hashers, password_idle, IDLE_AFTER_MS);
    dispatch = (struct dispatch_config){
        .house = &ret->house,
        .workers = ret->workers,
        .hashers = ret->hashers,
        .is_rate_limited = !config->no_rate_limit,
        .is_quiet = config->quiet,
    };
    ret->dispatch = dispatch_new(&dispatch);
    return ret->dispatch != NULL;
}

/* A database of before gets the administrators' roles that it lacks; or another node was faster. When they cannot be
 * made, people sign in all the same. */
static void
complete_admin(struct house *house, struct arena *arena)
{
    struct rq rq;
    enum err e;

    house_begin(house, arena, &rq);
    e = house_complete_admin(&rq);
    e = e ? e : house_commit(&rq);
    if (e != ERR_OK && e != ERR_AGAIN) {
        LOG(clock_now_ms(), "admin.incomplete",
            LOG_STR("why", S("the administrators' roles cannot be read or made")));
    }
}

/* An empty database gets its first tenant, under the id that the kickstart file chooses, if there is a file. */
static bool
bootstrap(struct server *s, const char *kickstart, bool *ret_was_empty, const char **ret_why)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));
    struct uuid tenant_id = {{0}};
    bool is_read;
    struct rq rq;

    *ret_why = "the database cannot be read";
    if (arena == NULL) {
        return false;
    }
    house_begin(&s->house, arena, &rq);
    is_read = house_is_empty(&rq, ret_was_empty) == ERR_OK;
    cache_end_request(&rq);
    if (!is_read) {
        return false;
    }
    if (!*ret_was_empty) {
        complete_admin(&s->house, arena);
        return true;
    }
    if (kickstart != NULL
        && !kickstart_default_tenant(&s->house, s->arena, kickstart, &tenant_id, ret_why)) {
        return false;
    }
    *ret_why = "the first tenant cannot be made";
    return house_bootstrap(&rq, tenant_id) == ERR_OK && house_commit(&rq) == ERR_OK;
}

/* As FusionAuth does, the server starts when requests were refused: the log says which, and why. */
static bool
start_from(struct server *s, const struct config *config, const char **ret_why)
{
    bool was_empty;
    size_t refused;

    if (!bootstrap(s, config->kickstart, &was_empty, ret_why)) {
        return false;
    }
    return config->kickstart == NULL || !was_empty
           || (kickstart_apply(
                   s->dispatch, &s->house, s->arena, config->kickstart, &refused, ret_why)
               && (refused == 0 || !config->kickstart_strict));
}

/* What databases, files and requests to others need is not left to connections: a flood of them must not keep a
 * node from reconnecting. Each thread reads on connections of its own, of up to four descriptors. */
static size_t
max_connections(const struct config *config)
{
    int waiting = config->database ? WAITING_WORKERS : WORKERS, cores = run_cores();
    int threads = count_of(config->workers, waiting) + count_of(config->loops, cores)
                  + count_of(config->hash_threads, cores);
    rlim_t kept = DESCRIPTORS_KEPT + (rlim_t)threads * DESCRIPTORS_A_THREAD;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return MAX_CONNECTIONS;
    }
    if (limit.rlim_cur < limit.rlim_max) { /* the low one is for programs that use select() */
        limit.rlim_cur = limit.rlim_max;
        (void)!setrlimit(RLIMIT_NOFILE, &limit);
        (void)!getrlimit(RLIMIT_NOFILE, &limit);
    }
    return MIN(
        MAX(limit.rlim_cur / 2, limit.rlim_cur - MIN(kept, limit.rlim_cur)), MAX_CONNECTIONS);
}

static bool
listen_at(struct server *s, const struct config *config, const char **ret_why)
{
    struct http_handlers handlers = dispatch_handlers(s->dispatch);
    struct http_config http = {
        .listen = str_from(config->listen),
        .loops = count_of(config->loops, 0),
        .tls_cert_file = config->tls_cert,
        .tls_key_file = config->tls_key,
        .is_tls12_allowed = config->tls12,
        .max_connections = max_connections(config),
        .arena_bytes = MB(8), /* the longest list the API answers, and what it takes to make it */
    };
    int64_t event_days;

    *ret_why = "--event-days takes 0 or a number from 7 on";
    if (!jobs_event_days(config->event_days, &event_days)) {
        return false;
    }
    *ret_why = "cannot start threads";
    s->jobs = jobs_start(&(struct jobs_config){&s->house, event_days});
    if (s->jobs == NULL) {
        return false;
    }
    s->house.jobs = s->jobs; /* before the first request: threads read it */
    s->house.wake_mailer = jobs_wake_mailer;
    s->house.wake_locker = jobs_wake_locker;
    s->metrics = (struct metrics){.traffic = dispatch_traffic(s->dispatch),
        .workers = s->workers,
        .hashers = s->hashers,
        .jobs = s->jobs,
        .started_ms = clock_now_ms()};
    s->house.metrics = &s->metrics;
    s->http = http_start(&http, &handlers, ret_why);
    atomic_store(&s->metrics.http, s->http);
    return s->http != NULL;
}

static int
fail(struct server *s, const char *why)
{
    fprintf(stderr, "cardea: %s\n", why);
    server_close(s);
    return 1;
}

static void
block_signals(sigset_t *ret)
{
    sigemptyset(ret);
    sigaddset(ret, SIGTERM);
    sigaddset(ret, SIGINT);
    pthread_sigmask(SIG_BLOCK, ret, NULL); /* before any thread starts: all inherit it */
}

int
serve_run(const struct config *config)
{
    const char *why = "";
    struct server s;
    sigset_t signals;
    int got;

    signal(SIGPIPE, SIG_IGN);
    block_signals(&signals);
    if (!server_open(config, &s, &why)) {
        return fail(&s, why);
    }
    demo_open(s.dispatch);
    if (!start_from(&s, config, &why) || !listen_at(&s, config, &why)) {
        return fail(&s, why);
    }
    LOG(clock_now_ms(), "started", LOG_STR("version", S(CARDEA_VERSION)),
        LOG_STR("url", s.house.base_url), LOG_INT("port", http_port(s.http)));
    if (config->demo) {
        demo_print_welcome(&s.house);
    }
    sigwait(&signals, &got);
    LOG(clock_now_ms(), "stopping", LOG_INT("signal", got));
    server_close(&s);
    LOG(clock_now_ms(), "stopped", LOG_INT("signal", got));
    return 0;
}

int
serve_kickstart(const struct config *config)
{
    const char *why;
    struct server s;
    bool was_empty;
    size_t refused = 0;

    if (config->operand == NULL) {
        fprintf(stderr, "cardea: name the kickstart file: cardea kickstart FILE [--data DIR]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (!server_open(config, &s, &why)) {
        return fail(&s, why);
    }
    if (!bootstrap(&s, config->operand, &was_empty, &why)
        || !kickstart_apply(s.dispatch, &s.house, s.arena, config->operand, &refused, &why)
        || refused) {
        return fail(&s, why);
    }
    server_close(&s);
    printf("applied %s\n", config->operand);
    return 0;
}

bool
serve_first_tenant(struct serve_inside *inside, struct uuid id)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));
    struct rq rq;

    if (arena == NULL) {
        return false;
    }
    house_begin(inside->house, arena, &rq);
    return house_bootstrap(&rq, id) == ERR_OK && house_commit(&rq) == ERR_OK
           && house_default_tenant(inside->house, &inside->default_tenant);
}

int
serve_inside(const struct config *config,
    int (*run)(const struct serve_inside *inside, const struct config *config))
{
    struct config as = *config;
    const char *why;
    struct server s;
    struct serve_inside inside = {.default_tenant = {{0}}};
    int result;

    as.no_rate_limit = as.quiet = true; /* one caller, who waits for each answer */
    signal(SIGPIPE, SIG_IGN);           /* the others end it, at any moment */
    if (!server_open(&as, &s, &why)) {
        return fail(&s, why);
    }
    inside.dispatch = s.dispatch;
    inside.house = &s.house;
    inside.arena = s.arena;
    if (!house_default_tenant(&s.house, &inside.default_tenant)) {
        return fail(&s, "the database cannot be read");
    }
    result = run(&inside, config);
    server_close(&s);
    return result;
}

/* "127.0.0.1:9011" or ":9011" as a URL of this machine. */
static str
health_url(struct arena *arena, const struct config *config)
{
    str listen = str_from(config->listen);

    return str_fmt(arena, "%s://%s" STRF "/api/health", config->tls_cert ? "https" : "http",
        listen.n && listen.p[0] == ':' ? "127.0.0.1" : "", STRV(listen));
}

int
serve_healthcheck(const struct config *config)
{
    struct fetch_config how = {.may_reach_private = true};
    AUTO(arena_end) struct arena *arena = arena_new(MB(2));
    struct fetch *fetch = arena ? fetch_start(&how) : NULL;
    struct fetch_answer answer = {.verdict = FETCH_FAILED};

    if (fetch != NULL) {
        struct fetch_request rq = {
            .method = S("GET"), .url = health_url(arena, config), .may_use_http = true};
        answer = fetch_wait(fetch, arena, &rq);
        fetch_stop(fetch);
    }
    if (answer.verdict == FETCH_OK && answer.status == 200) {
        printf("healthy\n");
        return 0;
    }
    fprintf(stderr, "cardea: no healthy answer from %s\n", config->listen);
    return 1;
}
