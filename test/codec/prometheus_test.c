/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT prometheus
#include "../unit.h"

#include "base/arena.h"
#include "codec/prometheus.h"

static str
written(const struct buf *buf)
{
    str text;

    REQUIRE(buf_done(buf, &text));
    return text;
}

TEST(exposition_0_0_4_a_family_is_help_type_and_samples)
{
    AUTO(arena_end) struct arena *arena = arena_new(KB(16));
    struct buf buf;
    struct prometheus p = {.out = &buf};

    buf_init(&buf, arena, KB(4));
    prometheus_family(&p, "cardea_things_total", PROMETHEUS_COUNTER, "Things.");
    prometheus_value(&p, UINT64_MAX);
    p.labels[0] = (struct prometheus_label){"kind", S("a")};
    p.labels[1] = (struct prometheus_label){"colour", S("b")};
    prometheus_value(&p, 0);
    prometheus_family(&p, "cardea_started_seconds", PROMETHEUS_GAUGE, "When.");
    prometheus_part(&p, 1700000000012, 1000);
    EXPECT_STR(written(&buf), S("# HELP cardea_things_total Things.\n"
                                "# TYPE cardea_things_total counter\n"
                                "cardea_things_total 18446744073709551615\n"
                                "cardea_things_total{kind=\"a\",colour=\"b\"} 0\n"
                                "# HELP cardea_started_seconds When.\n"
                                "# TYPE cardea_started_seconds gauge\n"
                                "cardea_started_seconds 1700000000.012\n"));
}

TEST(exposition_0_0_4_backslash_quote_and_line_feed_are_escaped)
{
    AUTO(arena_end) struct arena *arena = arena_new(KB(16));
    struct buf buf;
    struct prometheus p = {.out = &buf};

    buf_init(&buf, arena, KB(4));
    prometheus_family(&p, "x", PROMETHEUS_GAUGE, "a\\b\"c\nd");
    p.labels[0] = (struct prometheus_label){"l", S("a\\b\"c\nd")};
    prometheus_value(&p, 1);
    EXPECT_STR(written(&buf), S("# HELP x a\\\\b\"c\\nd\n# TYPE x gauge\n"
                                "x{l=\"a\\\\b\\\"c\\nd\"} 1\n"));
}

TEST(exposition_0_0_4_the_buckets_of_a_histogram_add_up_to_its_count)
{
    AUTO(arena_end) struct arena *arena = arena_new(KB(16));
    struct meter_times times = {.sum_ns = 0};
    struct meter_sums sums = {.sum_ns = 0};
    struct buf buf;
    struct prometheus p = {.out = &buf};
    str text;

    meter_time(&times, 50000);
    meter_time(&times, 2000000);
    meter_time(&times, 3000000001);
    meter_read_times(&times, &sums);
    buf_init(&buf, arena, KB(4));
    prometheus_family(&p, "x_seconds", PROMETHEUS_HISTOGRAM, "How long.");
    p.labels[0] = (struct prometheus_label){"pool", S("hash")};
    prometheus_times(&p, &sums);
    text = written(&buf);
    EXPECT(str_starts(text, S("# HELP x_seconds How long.\n# TYPE x_seconds histogram\n"
                              "x_seconds_bucket{pool=\"hash\",le=\"0.0001\"} 1\n"
                              "x_seconds_bucket{pool=\"hash\",le=\"0.0003\"} 1\n"
                              "x_seconds_bucket{pool=\"hash\",le=\"0.001\"} 1\n"
                              "x_seconds_bucket{pool=\"hash\",le=\"0.003\"} 2\n")));
    EXPECT(str_ends(text, S("x_seconds_bucket{pool=\"hash\",le=\"3\"} 2\n"
                            "x_seconds_bucket{pool=\"hash\",le=\"10\"} 3\n"
                            "x_seconds_bucket{pool=\"hash\",le=\"+Inf\"} 3\n"
                            "x_seconds_sum{pool=\"hash\"} 3.002050001\n"
                            "x_seconds_count{pool=\"hash\"} 3\n")));
    p.labels[0].name = NULL;
    buf_init(&buf, arena, KB(4));
    prometheus_times(&p, &sums);
    EXPECT(str_starts(written(&buf), S("x_seconds_bucket{le=\"0.0001\"} 1\n")));
}
