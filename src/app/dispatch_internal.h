/* SPDX-License-Identifier: Apache-2.0 */
/* What the dispatcher's files share: a request on its way. */
#pragma once
#include <pthread.h>

#include "app/dispatch.h"
#include "io/run/run.h"
#include "model/rq/rq.h"

struct rate;
struct route;
struct traffic;

struct dispatch {
    struct dispatch_config config;
    struct rate *rate;
    struct traffic *traffic;
};

struct caller { /* what the check of an API key finds */
    const struct tenant *tenant;
    const struct api_key *api_key;
    const struct admin *admin;
    bool guards_admins;
};

struct trip { /* one request on its way; lives on the request's arena */
    struct run_job job;
    struct rq rq;
    struct dispatch *dispatch;
    struct http_exchange *x;
    struct http_request head; /* of HEAD, read as GET */
    const struct route *route;
    int64_t started_ns;
    struct caller caller;
    bool is_known;      /* caller is; for the next run only */
    enum rq_place home; /* of the handler, while an errand is done */
    int errands;
    int begun;      /* the status of an answer whose first part was sent; 0: none was */
    bool is_inside; /* asked by the process itself, which takes answers whole */
    void (*done)(struct trip *trip);
    /* for dispatch_perform */
    pthread_mutex_t lock;
    pthread_cond_t is_done;
    bool has_ended;
};

/* A trip for the exchange; NULL without memory. */
struct trip *dispatch_trip(struct dispatch *d, struct http_exchange *x);
/* Finds the route and who is calling, and has the handler run. */
void dispatch_begin(struct trip *trip);
/* The answer, or a part of it, is made, and what it tells of is committed: it may leave. */
void dispatch_finish(struct trip *trip);
/* Ends the trip with a fault: the one the request has noted, else this. */
void dispatch_fault(struct trip *trip, enum err e);
