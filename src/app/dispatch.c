/* SPDX-License-Identifier: Apache-2.0 */
/* The dispatcher. Invariants: 1 an answer leaves only after the commit of what was declared; 2 a
 * handler that is run again starts from nothing but the request, and, when the loop hands it to the
 * hash pool, from who was found to be calling a moment ago; 3 a refused request writes nothing,
 * unless refusing is itself the change (rq->keeps_writes); 4 an answer in parts is one request: counted, and told in the
 * log, when it is over. */
#include "app/dispatch_internal.h"

#include "app/answer.h"
#include "app/check.h"
#include "app/rate.h"
#include "app/route.h"
#include "app/traffic.h"
#include "base/log.h"
#include "base/mem.h"
#include "codec/base64.h"
#include "io/run/run.h"
#include "model/cache/cache.h"

enum { MAX_TRIES = 5, MAX_ERRANDS = 8, UNKNOWN_BODY = 16 * 1024 };

static const char no_memory[] = "cannot be handled now: try again in a second";

static void run_trip(struct trip *trip);
static void fail_storage(struct trip *trip, const char *detail);

struct dispatch *
dispatch_new(const struct dispatch_config *config)
{
    struct dispatch *d = MEM_NEW(struct dispatch);

    if (d == NULL) {
        return NULL;
    }
    route_init();
    d->config = *config;
    d->rate = rate_new(config->house->rng);
    d->traffic = traffic_new();
    if (d->rate == NULL || d->traffic == NULL) {
        dispatch_free(d);
        return NULL;
    }
    return d;
}

void
dispatch_free(struct dispatch *d)
{
    if (d != NULL) {
        rate_free(d->rate);
        traffic_free(d->traffic);
        mem_free(d);
    }
}

const struct traffic *
dispatch_traffic(const struct dispatch *d)
{
    return d->traffic;
}

/* Forgets everything but the request, so that the handler can be run again. */
static void
start_over(struct rq *rq)
{
    *rq->answer = (struct http_answer){.status = 0};
    rq_forget_fault(rq);
    rq->drops = NULL;
    rq->opened = NULL;
    rq->postings = NULL;
    rq->keeps_writes = false;
    rq->has_mail = false;
    rq->is_unfinished = false;
    rq->has_more = false;
    rq->tenant = NULL;
    rq->application = NULL;
    rq->api_key = NULL;
    rq->admin = NULL;
    rq->guards_admins = false;
    rq->info = (struct rq_info){.is_told = false};
    rq_count_forget(rq);
    db_writes_init(&rq->writes, rq->arena);
}

static void
on_pool(struct run_job *job)
{
    run_trip((struct trip *)(void *)job);
}

static void
move_to_do(struct trip *trip, enum rq_place place, void (*run)(struct run_job *job))
{
    struct run_pool *pool =
        place == RQ_HASH ? trip->dispatch->config.hashers : trip->dispatch->config.workers;

    start_over(&trip->rq);
    trip->rq.place = place;
    trip->job.run = run;
    if (!run_pool_add(pool, &trip->job)) {
        http_add_header(trip->rq.answer, S("retry-after"), S("1"));
        dispatch_fault(
            trip, FAIL(&trip->rq, ERR_BUSY, NULL, "cannot be handled now: try again in a second"));
    }
}

static void
move(struct trip *trip, enum rq_place place)
{
    move_to_do(trip, place, on_pool);
}

/* On a worker: the hash pool does not wait for other servers. */
static void
on_errand(struct run_job *job)
{
    struct trip *trip = (struct trip *)(void *)job;
    struct rq *rq = &trip->rq;
    struct rq_errand *errand = rq->errand;

    rq->errand = NULL;
    (void)mem_ran_short();
    CHECK(rq_send(rq, errand) == ERR_OK);
    if (mem_ran_short()) {
        fail_storage(trip, no_memory);
        return;
    }
    if (trip->home == RQ_HASH) {
        move(trip, RQ_HASH);
    } else {
        run_trip(trip);
    }
}

static void
send_out(struct trip *trip)
{
    if (++trip->errands > MAX_ERRANDS) {
        trip->rq.errand = NULL;
        dispatch_fault(trip, FAIL_SERVER(&trip->rq));
        return;
    }
    trip->home = trip->rq.place;
    trip->is_known = false; /* other servers take their time */
    move_to_do(trip, RQ_WORKER, on_errand);
}

/* The disk is full, the database away: nothing that the caller did wrong (DU-04, DU-10). */
static void
fail_storage(struct trip *trip, const char *detail)
{
    start_over(&trip->rq);
    http_add_header(trip->rq.answer, S("retry-after"), S("1"));
    dispatch_fault(trip, FAIL(&trip->rq, ERR_BUSY, NULL, detail));
}

/* Codes live for a minute: nobody waits for the mailer's next look. */
static void
wake_mailer(struct rq *rq)
{
    if (rq->has_mail && rq->house->wake_mailer != NULL) {
        rq->house->wake_mailer(rq->house->jobs);
    }
    rq->has_mail = false;
}

/* On a writer's thread: the set is on disk, or it is not and nothing of it exists. */
static void
on_verdict(struct db_writes *writes)
{
    struct trip *trip = writes->owner;
    enum err miss;

    switch (writes->verdict) {
    case DB_COMMITTED:
        cache_apply_drops(&trip->rq);
        rq_count_done(&trip->rq);
        wake_mailer(&trip->rq);
        if (trip->rq.is_unfinished) {
            trip->rq.is_going_on = true;
            move(trip, RQ_WORKER); /* behind those who wait: long work is done a step at a time */
            return;
        }
        dispatch_finish(trip);
        return;
    case DB_MISSED:
        miss = (enum err)writes->missed->miss;
        if (miss == ERR_AGAIN && trip->rq.tries++ < MAX_TRIES) {
            trip->is_known = false; /* what it raced with may have been a change of who calls */
            move(trip, trip->rq.place == RQ_HASH ? RQ_HASH : RQ_WORKER);
            return;
        }
        start_over(&trip->rq);
        dispatch_fault(trip, miss == ERR_AGAIN ? ERR_CONFLICT : miss);
        return;
    case DB_LOST:
        fail_storage(trip, "could not be stored now: try again in a second");
        return;
    case DB_UNKNOWN:
        fail_storage(trip, "may or may not have been stored: look before you try again");
        return;
    }
}

static void
commit(struct trip *trip)
{
    struct rq *rq = &trip->rq;

    rq->writes.done = on_verdict;
    rq->writes.owner = trip;
    if (arena_failed(rq->arena) || !db_commit(rq->db, &rq->writes)) {
        start_over(rq);
        dispatch_fault(trip, ERR_BUSY);
    }
}

/* Whoever goes on was let in when it began; what it ends may be its own key. The checks of clients are made again: they may
 * have something to write. */
static enum err
find_caller(struct trip *trip)
{
    struct rq *rq = &trip->rq;
    enum route_who who = trip->route->who;
    bool is_known = trip->is_known;
    enum err e;

    trip->is_known = false;
    if (rq->is_going_on) {
        return ERR_OK;
    }
    if (is_known) {
        rq->tenant = trip->caller.tenant;
        rq->api_key = trip->caller.api_key;
        rq->admin = trip->caller.admin;
        rq->guards_admins = trip->caller.guards_admins;
        return ERR_OK;
    }
    e = check_caller(rq, trip->route);
    if (e == ERR_OK && (who == WHO_API_KEY || who == WHO_MAYBE_API_KEY)) {
        trip->caller = (struct caller){rq->tenant, rq->api_key, rq->admin, rq->guards_admins};
        trip->is_known = rq->place == RQ_INLINE;
    }
    return e;
}

/* What runs on the loop takes microseconds and reads a few rows: of one state, which costs less. */
static enum err
run_handler(struct trip *trip)
{
    struct rq *rq = &trip->rq;
    bool is_short = rq->place == RQ_INLINE;
    enum err e;

    if (is_short) {
        db_reads_hold(rq->db);
    }
    (void)mem_ran_short(); /* somebody else's */
    e = find_caller(trip);
    e = e ? e : trip->route->handler(rq);
    if (is_short) {
        db_reads_pause(rq->db); /* the next request of this round goes on with it */
    }
    return e;
}

static void
run_trip(struct trip *trip)
{
    struct rq *rq = &trip->rq;
    enum err e = run_handler(trip);

    if (mem_ran_short()) { /* what was found of keys may be wrong: nothing of it is said or stored */
        fail_storage(trip, no_memory);
        return;
    }
    if (e == ERR_MOVE && rq->errand != NULL) {
        send_out(trip);
        return;
    }
    if (e == ERR_MOVE) {
        move(trip, RQ_HASH);
        return;
    }
    if (e == ERR_OK && (arena_failed(rq->arena) || (rq->has_more && trip->is_inside))) {
        e = FAIL_SERVER(rq);
    }
    CHECK(e != ERR_OK || !rq->has_more || rq->writes.count == 0);
    if (e == ERR_OK) {
        e = rq->fault
                .code; /* a declaration that failed without being asked: nothing is committed */
    }
    if (e != ERR_OK) {
        if (rq->fault.code == ERR_OK) {
            rq->fault.code = e;
        }
        answer_fault_as(rq, rq->shape);
        if (!rq->keeps_writes) {
            db_writes_init(&rq->writes, rq->arena);
            rq->drops = NULL;
            rq_count_forget(rq);
        }
    }
    if (rq->writes.count) {
        commit(trip);
    } else {
        dispatch_finish(trip);
    }
}

static void
fill_rq(struct dispatch *d, struct http_exchange *x, struct rq *rq)
{
    uint8_t random[16];
    struct buf buf;
    str id;

    *rq = (struct rq){
        .house = d->config.house,
        .arena = x->arena,
        .http = &x->request,
        .answer = &x->answer,
        .now = clock_now_ms(),
        .rng = d->config.house->rng,
        .db = d->config.house->db,
        .lang = S("en"),
    };
    db_writes_init(&rq->writes, x->arena);
    rng_fill(rq->rng, random, sizeof random);
    buf_init(&buf, x->arena, 64);
    base64url_encode(&buf, BYTES_OF(random));
    if (buf_done(&buf, &id)) {
        memcpy(rq->id, id.p, MIN(id.n, (size_t)RQ_ID_TEXT));
    }
}

/* RFC 9110 s15.5.6: who comes with the wrong method is told the right ones. */
static void
refuse_path(struct trip *trip, int status)
{
    struct rq *rq = &trip->rq;
    const char *why;
    str methods;

    if (status != 405) {
        dispatch_fault(trip, ERR_NOT_FOUND);
        return;
    }
    methods = route_methods(rq->arena, rq->http->path);
    http_add_header(rq->answer, S("allow"), methods);
    why = str_z(rq->arena,
        str_fmt(rq->arena, "has a method that this path does not take: use " STRF, STRV(methods)));
    dispatch_fault(
        trip, FAIL(rq, ERR_METHOD, NULL, why ? why : "has a method that this path does not take"));
}

void
dispatch_begin(struct trip *trip)
{
    struct rq *rq = &trip->rq;
    int status;

    traffic_begin(trip->dispatch->traffic);
    trip->route = route_find(rq->http->method, rq->http->path, rq, &status);
    if (trip->route == NULL || trip->route->shape != RQ_API) { /* the API's words are English */
        rq->lang = answer_language(rq);
    }
    if (trip->route == NULL) {
        rq->shape = answer_shape_of_path(rq->http->path);
        refuse_path(trip, status);
        return;
    }
    rq->shape = trip->route->shape;
    rq->about = trip->route->about;
    if (rq->http->method == HTTP_OPTIONS) {
        answer_preflight(trip->route, rq);
        dispatch_finish(trip);
        return;
    }
    if (trip->dispatch->config.is_rate_limited
        && !rate_allows(
            trip->dispatch->rate, trip->route->rate, rq->http->peer, clock_steady_ms())) {
        traffic_limit(trip->dispatch->traffic, trip->route->rate);
        http_add_header(rq->answer, S("retry-after"), S("1"));
        dispatch_fault(trip, FAIL(rq, ERR_TOO_MANY, NULL,
                                 "came too often from this address: try again in a second"));
        return;
    }
    if (trip->route->place == RQ_INLINE && db_reads_block(rq->db)) {
        move(trip, RQ_WORKER);
    } else if (trip->route->place != RQ_INLINE) {
        move(trip, trip->route->place);
    } else {
        run_trip(trip);
    }
}

static void
send(struct trip *trip)
{
    http_answer(trip->x);
}

/* HEAD is GET without its body, which io/http leaves out (RFC 9110 s9.3.2): whoever may GET may ask for HEAD, and no
 * handler takes it for a change. */
static void
read_as_get(struct trip *trip)
{
    if (trip->x->request.method == HTTP_HEAD) {
        trip->head = trip->x->request;
        trip->head.method = HTTP_GET;
        trip->head.method_text = S("GET");
        trip->rq.http = &trip->head;
    }
}

struct trip *
dispatch_trip(struct dispatch *d, struct http_exchange *x)
{
    struct trip *trip = ARENA_NEW(x->arena, struct trip);

    if (route_means_patch(&x->request)) {
        x->request.method = HTTP_PATCH;
        x->request.method_text = S("PATCH");
    }
    if (trip != NULL) {
        trip->dispatch = d;
        trip->x = x;
        trip->started_ns = clock_steady_ns();
        x->owner = trip;
        fill_rq(d, x, &trip->rq);
        read_as_get(trip);
    }
    return trip;
}

static void
serve(void *ctx, struct http_exchange *x)
{
    struct trip *trip = dispatch_trip(ctx, x);

    if (trip == NULL) {
        x->answer = (struct http_answer){.status = 503};
        http_answer(x);
        return;
    }
    trip->done = send;
    dispatch_begin(trip);
}

/* Its turn comes behind those who wait, as any long work's does. */
static void
more(void *ctx, struct http_exchange *x)
{
    struct trip *trip = x->owner;

    (void)ctx;
    if (x->is_gone) {
        trip->rq.has_more = false;
        dispatch_finish(trip);
        return;
    }
    trip->rq.is_going_on = true;
    move(trip, RQ_WORKER);
}

static size_t
max_body(void *ctx, const struct http_request *head)
{
    struct rq rq = {.now = 0};
    int status;
    enum http_method method = route_means_patch(head) ? HTTP_PATCH : head->method;
    const struct route *route = route_find(method, head->path, &rq, &status);

    (void)ctx;
    return route ? route->max_body : UNKNOWN_BODY; /* so that 404 is what its sender is told */
}

static void
refused(void *ctx, struct http_exchange *x, int status, const char *reason)
{
    struct dispatch *d = ctx;

    answer_refused(x, status, reason);
    traffic_refuse(d->traffic, status);
    if (!d->config.is_quiet) {
        LOG(clock_now_ms(), "refused", LOG_INT("status", status),
            LOG_STR("reason", str_from(reason)));
    }
}

static void
rest(void *ctx)
{
    struct dispatch *d = ctx;

    (void)db_reads_release(d->config.house->db);
}

struct http_handlers
dispatch_handlers(struct dispatch *d)
{
    return (struct http_handlers){d, max_body, serve, refused, more, rest};
}
