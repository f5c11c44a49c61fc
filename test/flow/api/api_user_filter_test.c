/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT api_user_filter
#include "test/unit.h"

#include "base/arena.h"
#include "flow/api/api_user_filter.h"

/* Ids as an attacker would choose them: alike but for a few bits. */
static struct uuid
number(uint32_t n, size_t at)
{
    struct uuid id = {{1}};

    memcpy(id.b + at, &n, sizeof n);
    return id;
}

TEST(it_has_what_was_added_and_nobody_else)
{
    static const size_t places[] = {4, 8, 12};
    struct unit_rng rng = unit_rng_new(7);

    for (size_t p = 0; p < COUNT(places); p++) {
        AUTO(arena_end) struct arena *arena = arena_new(MB(4));
        struct api_user_filter *filter = api_user_filter_new(arena, &rng.rng);
        REQUIRE(filter != NULL);
        for (uint32_t n = 0; n < API_FILTER_MAX; n++) {
            CHECK_AT(__LINE__, api_user_filter_add(filter, number(2 * n, places[p])));
        }
        for (uint32_t n = 0; n < API_FILTER_MAX; n++) {
            CHECK_AT(__LINE__, api_user_filter_has(filter, number(2 * n, places[p])));
            CHECK_AT(__LINE__, !api_user_filter_has(filter, number(2 * n + 1, places[p])));
        }
        EXPECT(api_user_filter_add(filter, number(0, places[p])));
        EXPECT(!api_user_filter_add(filter, number(1, places[p])));
    }
}

TEST(without_memory_there_is_none)
{
    AUTO(arena_end) struct arena *arena = arena_new(KB(64));
    struct unit_rng rng = unit_rng_new(7);

    EXPECT(api_user_filter_new(arena, &rng.rng) == NULL);
}
