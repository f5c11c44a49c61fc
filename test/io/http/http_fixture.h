/* SPDX-License-Identifier: Apache-2.0 */
/* The server the tests of io/http talk to. */
#pragma once
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "io/http/http.h"
#include "io/run/run.h"
#include "test/unit.h"

enum { FIXTURE_MAX_BODY = 1000, FIXTURE_PARTS = 40, FIXTURE_PART = 20000 };

/* The server under test. /echo answers the body, /big 300,000 bytes, /none 204, /long many headers,
 * /host what Host said, /peer the client's address, /held waits for fixture.gate on a worker, /parts comes in parts and
 * /parts?broken breaks off, /parts?endless does not end. */
struct fixture {
    struct http_server *server;
    struct run_pool *pool;
    atomic_bool gate;
    atomic_int held, refusals, rests;
    atomic_int parts, lost; /* made for /parts; answers nobody wanted any more */
    size_t max_body;
    bool has_workers; /* every answer comes from another thread */
};

struct held_job {
    struct run_job job;
    struct fixture *fixture;
    struct http_exchange *x;
};

static char fixture_big[300000];

static inline void
fixture_answer(struct http_exchange *x)
{
    str path = x->request.path;

    x->answer.status = 200;
    http_add_header(&x->answer, S("content-type"), S("text/plain"));
    x->answer.body = S("ok");
    if (str_eq(path, S("/echo"))) {
        x->answer.body = x->request.body;
    } else if (str_eq(path, S("/big"))) {
        x->answer.body = (str){fixture_big, sizeof fixture_big};
    } else if (str_eq(path, S("/none"))) {
        x->answer.status = 204;
    } else if (str_eq(path, S("/host"))) {
        x->answer.body = x->request.host;
    } else if (str_eq(path, S("/peer"))) {
        x->answer.body = x->request.peer;
    } else if (str_eq(path, S("/parts"))) {
        x->answer.has_more = true;
        x->answer.body = (str){fixture_big, FIXTURE_PART};
    } else if (str_eq(path, S("/long"))) {
        for (int i = 0; i < 2 * HTTP_MAX_ANSWER_HEADERS; i++) {
            http_add_header(&x->answer, S("x-a"), S("b"));
        }
    }
}

static inline void
fixture_run_held(struct run_job *job)
{
    struct held_job *held = (struct held_job *)(void *)job;

    if (str_eq(held->x->request.path, S("/held"))) {
        while (!atomic_load(&held->fixture->gate)) {
            poll(NULL, 0, 1);
        }
    }
    fixture_answer(held->x);
    http_answer(held->x);
}

static inline void
fixture_serve(void *ctx, struct http_exchange *x)
{
    struct fixture *f = ctx;
    struct held_job *held;

    if (!f->has_workers && !str_eq(x->request.path, S("/held"))) {
        fixture_answer(x);
        http_answer(x);
        return;
    }
    held = ARENA_NEW(x->arena, struct held_job);
    if (held == NULL) {
        x->answer.status = 503;
        http_answer(x);
        return;
    }
    *held = (struct held_job){{.run = fixture_run_held}, f, x};
    atomic_fetch_add(&f->held, 1);
    if (!run_pool_add(f->pool, &held->job)) {
        x->answer.status = 503;
        http_answer(x);
    }
}

/* The third part of /parts is empty; owner counts them. */
static inline void
fixture_answer_part(struct fixture *f, struct http_exchange *x)
{
    uintptr_t n = (uintptr_t)x->owner + 1;

    x->owner = (void *)n;
    x->answer = (struct http_answer){.status = 0};
    if (!x->is_gone) {
        x->answer.body = (str){fixture_big, n == 2 ? 0 : FIXTURE_PART};
        x->answer.has_more = n < FIXTURE_PARTS || str_eq(x->request.query, S("endless"));
        x->answer.is_broken_off = n == 3 && str_eq(x->request.query, S("broken"));
        atomic_fetch_add(&f->parts, 1);
    } else {
        x->answer.has_more = true; /* is not believed */
        atomic_fetch_add(&f->lost, 1);
    }
    http_answer(x);
}

static inline void
fixture_run_part(struct run_job *job)
{
    struct held_job *part = (struct held_job *)(void *)job;
    struct fixture *f = part->fixture;
    struct http_exchange *x = part->x;

    mem_free(part);
    fixture_answer_part(f, x);
}

static inline void
fixture_more(void *ctx, struct http_exchange *x)
{
    struct fixture *f = ctx;
    struct held_job *part = f->has_workers ? MEM_NEW(struct held_job) : NULL;

    if (part != NULL) {
        *part = (struct held_job){{.run = fixture_run_part}, f, x};
    }
    if (part == NULL || !run_pool_add(f->pool, &part->job)) {
        mem_free(part);
        fixture_answer_part(f, x);
    }
}

static inline size_t
fixture_max_body(void *ctx, const struct http_request *head)
{
    (void)head;
    return ((struct fixture *)ctx)->max_body;
}

static inline void
fixture_refused(void *ctx, struct http_exchange *x, int status, const char *reason)
{
    (void)status;
    atomic_fetch_add(&((struct fixture *)ctx)->refusals, 1);
    http_add_header(&x->answer, S("content-type"), S("text/plain"));
    x->answer.body = str_from(reason);
}

static inline void
fixture_rest(void *ctx)
{
    struct fixture *f = ctx;

    atomic_fetch_add(&f->rests, 1);
}

static inline void
fixture_start(struct fixture *f, struct http_config config)
{
    const struct http_handlers handlers = {
        f, fixture_max_body, fixture_serve, fixture_refused, fixture_more, fixture_rest};
    const char *why = "no cryptography";

    memset(fixture_big, 'b', sizeof fixture_big);
    f->max_body = f->max_body ? f->max_body : FIXTURE_MAX_BODY;
    f->pool = run_pool_start("worker", 4, 1024);
    config.listen = config.listen.n ? config.listen : S("127.0.0.1:0");
    config.loops = config.loops ? config.loops : 1;
    f->server = crypto_init() ? http_start(&config, &handlers, &why) : NULL;
    cr_assert(f->server != NULL && f->pool != NULL, "%s", why);
}

static inline void
fixture_stop(struct fixture *f)
{
    atomic_store(&f->gate, true);
    http_stop(f->server, 1000);
    run_pool_stop(f->pool);
}
