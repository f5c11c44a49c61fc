/* SPDX-License-Identifier: Apache-2.0 */
/* What is counted while it happens, for who looks now and then. Any thread adds, none waits, nothing is ordered by it:
 * a look may see one number of an event and not yet the other. Numbers that every request adds to stand once per shard. */
#pragma once
#include <stdatomic.h>

#include "base/base.h"

enum { METER_SHARDS = 8, METER_BUCKETS = 12 };

struct meter_times { /* how long something took, how often; zero at first */
    atomic_uint_fast64_t buckets[METER_BUCKETS], sum_ns;
};
struct meter_sums { /* what was read of it: each bucket by itself */
    uint64_t buckets[METER_BUCKETS], sum_ns;
};

/* The last span of time that bucket i takes in, as Prometheus writes it in seconds; the last bucket has "+Inf". */
const char *meter_bound(size_t i);

/* The calling thread's shard. */
unsigned meter_shard(void);
void meter_time(struct meter_times *times, int64_t ns);
/* Adds what times holds to sums. */
void meter_read_times(const struct meter_times *times, struct meter_sums *sums);

/* How often, in all. */
uint64_t meter_total(const struct meter_sums *sums);

static inline void
meter_add(atomic_uint_fast64_t *number, uint64_t n)
{
    atomic_fetch_add_explicit(number, n, memory_order_relaxed);
}

static inline uint64_t
meter_read(const atomic_uint_fast64_t *number)
{
    return atomic_load_explicit(number, memory_order_relaxed);
}
