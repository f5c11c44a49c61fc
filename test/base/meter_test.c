/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT meter
#include "unit.h"

#include "base/meter.h"

#include <pthread.h>

TEST(a_span_of_time_counts_in_the_first_bucket_that_reaches_it)
{
    static const struct {
        int line;
        int64_t ns;
        const char *bound;
    } cases[] = {
        {__LINE__, -1, "0.0001"},
        {__LINE__, 0, "0.0001"},
        {__LINE__, 100000, "0.0001"},
        {__LINE__, 100001, "0.0003"},
        {__LINE__, 999999, "0.001"},
        {__LINE__, 10000000000, "10"},
        {__LINE__, 10000000001, "+Inf"},
        {__LINE__, INT64_MAX, "+Inf"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct meter_times times = {.sum_ns = 0};
        struct meter_sums sums = {.sum_ns = 0};

        meter_time(&times, cases[i].ns);
        meter_read_times(&times, &sums);
        for (size_t b = 0; b < METER_BUCKETS; b++) {
            bool is_it = str_eq(str_from(meter_bound(b)), str_from(cases[i].bound));
            CHECK_AT(cases[i].line, sums.buckets[b] == (is_it ? 1 : 0));
        }
        CHECK_AT(cases[i].line, sums.sum_ns == (uint64_t)MAX(cases[i].ns, 0));
    }
}

TEST(what_is_read_adds_up)
{
    struct meter_times times = {.sum_ns = 0};
    struct meter_sums sums = {.sum_ns = 5};

    sums.buckets[0] = 2;
    meter_time(&times, 7);
    meter_read_times(&times, &sums);
    EXPECT(sums.sum_ns == 12 && sums.buckets[0] == 3 && meter_total(&sums) == 3);
}

enum { THREADS = 2 * METER_SHARDS, ADDS = 10000 };
static atomic_uint_fast64_t shards[METER_SHARDS];
static atomic_uint_fast64_t users[METER_SHARDS];

static void *
add_many(void *ctx)
{
    unsigned shard = meter_shard();

    (void)ctx;
    meter_add(&users[shard], 1);
    for (int i = 0; i < ADDS; i++) {
        meter_add(&shards[meter_shard()], 1);
    }
    return NULL;
}

TEST(no_count_is_lost_and_threads_are_spread_over_the_shards)
{
    pthread_t threads[THREADS];
    uint64_t sum = 0;

    for (size_t i = 0; i < THREADS; i++) {
        REQUIRE(pthread_create(&threads[i], NULL, add_many, NULL) == 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    for (size_t i = 0; i < METER_SHARDS; i++) {
        sum += meter_read(&shards[i]);
        EXPECT(meter_read(&users[i]) == THREADS / METER_SHARDS);
    }
    EXPECT(sum == THREADS * ADDS);
}
