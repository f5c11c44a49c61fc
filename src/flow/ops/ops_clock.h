/* SPDX-License-Identifier: Apache-2.0 */
/* The test clock: only in processes started with CARDEA_TEST_CLOCK=1. */
#pragma once
#include "model/rq/rq.h"

/* POST /api/test/clock with {"shiftMs": N}: moves the time of this process. 404 unless the
 * environment allows it. */
MUST_USE enum err ops_clock(struct rq *rq);
/* GET /api/test/counts: sets, writes and misses of requests so far, for tests that count them. 404
 * likewise. */
MUST_USE enum err ops_counts(struct rq *rq);
