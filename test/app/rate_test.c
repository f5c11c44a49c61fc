/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT rate
#include "unit.h"

#include <stdio.h>

#include "app/rate.h"

TEST(a_bucket_empties_and_fills_again_with_time)
{
    struct unit_rng rng = unit_rng_new(1);
    struct rate *rate = rate_new(&rng.rng);
    int allowed = 0;

    for (int i = 0; i < 1000; i++) {
        allowed += rate_allows(rate, RATE_LOGIN, S("192.0.2.1"), 1000);
    }
    EXPECT(allowed == 100);
    EXPECT(rate_allows(rate, RATE_LOGIN, S("192.0.2.2"), 1000));
    EXPECT(rate_allows(rate, RATE_PAGE, S("192.0.2.1"), 1000));
    EXPECT(!rate_allows(rate, RATE_LOGIN, S("192.0.2.1"), 1010));
    EXPECT(rate_allows(rate, RATE_LOGIN, S("192.0.2.1"), 1100));
    EXPECT(rate_allows(rate, RATE_FREE, S("192.0.2.1"), 1000));
    rate_free(rate);
}

TEST(addresses_of_one_ipv6_network_share_a_bucket)
{
    struct unit_rng rng = unit_rng_new(1);
    struct rate *rate = rate_new(&rng.rng);

    for (int i = 0; i < 100; i++) {
        EXPECT(rate_allows(rate, RATE_LOGIN, S("2001:db8:1:2:3:4:5:6"), 1000));
    }
    EXPECT(!rate_allows(rate, RATE_LOGIN, S("2001:db8:1:2:ffff::1"), 1000));
    EXPECT(rate_allows(rate, RATE_LOGIN, S("2001:db8:1:3::1"), 1000));
    rate_free(rate);
}

/* Zeros may be left out of the text anywhere: it is the number that tells the network. */
TEST(networks_with_zeros_in_them_are_one_however_written)
{
    struct unit_rng rng = unit_rng_new(1);
    struct rate *rate = rate_new(&rng.rng);
    char text[64];
    int allowed = 0;

    for (int i = 1; i <= 200; i++) {
        snprintf(text, sizeof text, "2001:db8::%x:1:2:3", i);
        allowed += rate_allows(rate, RATE_LOGIN, str_from(text), 1000);
    }
    EXPECT(allowed == 100);
    EXPECT(!rate_allows(rate, RATE_LOGIN, S("2001:db8::1"), 1000));
    EXPECT(!rate_allows(rate, RATE_LOGIN, S("2001:db8:0:0:1::"), 1000));
    EXPECT(rate_allows(rate, RATE_LOGIN, S("2001:db8:0:1::"), 1000));
    for (int i = 0; i < 100; i++) {
        EXPECT(rate_allows(rate, RATE_LOGIN, S("::ffff:192.0.2.1"), 1000));
    }
    EXPECT(!rate_allows(rate, RATE_LOGIN, S("192.0.2.1"), 1000));
    EXPECT(rate_allows(rate, RATE_LOGIN, S("::ffff:192.0.2.2"), 1000));
    rate_free(rate);
}

TEST(a_clock_that_is_set_back_takes_nothing_away)
{
    struct unit_rng rng = unit_rng_new(1);
    struct rate *rate = rate_new(&rng.rng);

    EXPECT(rate_allows(rate, RATE_LOGIN, S("192.0.2.1"), 3600 * 1000));
    EXPECT(rate_allows(rate, RATE_LOGIN, S("192.0.2.1"), 1000));
    for (int i = 0; i < 98; i++) {
        EXPECT(rate_allows(rate, RATE_LOGIN, S("192.0.2.1"), 1000));
    }
    EXPECT(!rate_allows(rate, RATE_LOGIN, S("192.0.2.1"), 1000));
    EXPECT(rate_allows(rate, RATE_LOGIN, S("192.0.2.1"), 1100));
    rate_free(rate);
}

TEST(a_flood_of_addresses_is_bounded)
{
    struct unit_rng rng = unit_rng_new(1);
    struct rate *rate = rate_new(&rng.rng);
    char text[32];

    for (int i = 0; i < 70000; i++) {
        snprintf(text, sizeof text, "10.%d.%d.%d", i >> 16, (i >> 8) & 255, i & 255);
        EXPECT(rate_allows(rate, RATE_LOGIN, str_from(text), 1000));
    }
    rate_free(rate);
}
