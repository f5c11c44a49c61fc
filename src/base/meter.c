/* SPDX-License-Identifier: Apache-2.0 */
/* Counting. */
#include "base/meter.h"

/* clang-format off */
static const struct { int64_t ns; const char *text; } bounds[METER_BUCKETS] = {
    {100000,      "0.0001"}, {300000,      "0.0003"}, {1000000,    "0.001"}, {3000000,    "0.003"},
    {10000000,    "0.01"},   {30000000,    "0.03"},   {100000000,  "0.1"},   {300000000,  "0.3"},
    {1000000000,  "1"},      {3000000000,  "3"},      {10000000000, "10"},   {INT64_MAX,  "+Inf"},
};
/* clang-format on */

const char *
meter_bound(size_t i)
{
    return bounds[i].text;
}

unsigned
meter_shard(void)
{
    static atomic_uint threads;
    static _Thread_local unsigned mine; /* plus one; 0: not given yet */

    if (mine == 0) {
        mine = atomic_fetch_add_explicit(&threads, 1, memory_order_relaxed) % METER_SHARDS + 1;
    }
    return mine - 1;
}

void
meter_time(struct meter_times *times, int64_t ns)
{
    size_t i = 0;

    while (ns > bounds[i].ns) {
        i++;
    }
    meter_add(&times->buckets[i], 1);
    meter_add(&times->sum_ns, (uint64_t)MAX(ns, 0));
}

void
meter_read_times(const struct meter_times *times, struct meter_sums *sums)
{
    for (size_t i = 0; i < METER_BUCKETS; i++) {
        sums->buckets[i] += meter_read(&times->buckets[i]);
    }
    sums->sum_ns += meter_read(&times->sum_ns);
}

uint64_t
meter_total(const struct meter_sums *sums)
{
    uint64_t total = 0;

    for (size_t i = 0; i < METER_BUCKETS; i++) {
        total += sums->buckets[i];
    }
    return total;
}
