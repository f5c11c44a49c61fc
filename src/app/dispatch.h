/* SPDX-License-Identifier: Apache-2.0 */
/* A request's way through the house (DESIGN section 4): row, checks, handler, commit, answer, on
 * the right thread. */
#pragma once
#include "model/rq/rq.h"

struct dispatch;
struct run_pool;
struct traffic;

struct dispatch_config {
    struct house *house;
    struct run_pool *workers, *hashers;
    bool is_rate_limited, is_quiet; /* is_quiet: no line per request */
};

/* Over a house and pools that outlive it; NULL without memory. Free it when no request is under way. */
MUST_USE struct dispatch *dispatch_new(const struct dispatch_config *config);
void dispatch_free(struct dispatch *dispatch);
/* What it counts. */
const struct traffic *dispatch_traffic(const struct dispatch *dispatch);
/* How io/http calls in. */
struct http_handlers dispatch_handlers(struct dispatch *dispatch);
/* Performs a request without a socket and waits for its answer (kickstart, commands, tests):
 * method, path, query, headers and body are in x->request, the answer is left in x->answer. Not
 * on an I/O loop. */
void dispatch_perform(struct dispatch *dispatch, struct http_exchange *x);
/* The same for the operator: without a key, for all tenants, with secrets in the answer. */
void dispatch_perform_as_operator(struct dispatch *dispatch, struct http_exchange *x);
