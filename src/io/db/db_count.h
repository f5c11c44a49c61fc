/* SPDX-License-Identifier: Apache-2.0 */
/* What a database has done since it was opened. */
#pragma once
#include "base/meter.h"

struct db;

struct db_counts { /* for metrics, for the test that anonymous traffic never writes, for torture */
    /* sets, writes and misses are those of requests; house is the sets of the house itself. */
    uint64_t commits, sets, writes, misses, failures, house;
    uint64_t queued, refused; /* sets that wait now; that found no room */
    uint64_t connections, failed_connections,
        again;                 /* PostgreSQL: made, not made; batches tried again */
    struct meter_sums batches; /* how long each took to commit */
    bool is_committing;        /* the last batch could be committed, or there was none */
};
struct db_counts db_count(const struct db *db);
