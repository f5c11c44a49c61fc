/* SPDX-License-Identifier: Apache-2.0 */
/* What a node shows of itself in Prometheus' format. A look reads numbers in memory and nothing of the database (but for
 * the caller's API key), so that who may look without one sees a node whose database is away. */
#pragma once
#include <stdatomic.h>

#include "model/rq/rq.h"

struct jobs;
struct run_pool;
struct traffic;

struct metrics { /* where the numbers are; hung into the house by who starts it all */
    const struct traffic *traffic;
    const struct run_pool *workers, *hashers;
    const struct jobs *jobs;
    _Atomic(const struct http_server *) http; /* NULL: it does not listen yet */
    int64_t started_ms;
};

/* GET /api/prometheus/metrics: for a key of the house that may GET it, as it is or as the password of "apikey" in Basic;
 * with --local-metrics also for who asks on this machine. */
MUST_USE enum err metrics_endpoint(struct rq *rq);
