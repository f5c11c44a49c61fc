/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT arena
#include "unit.h"

TEST(an_arena_refuses_what_exceeds_its_cap_and_the_failure_sticks)
{
    struct arena *a = arena_new(1000);

    REQUIRE(arena_alloc(a, 900) != NULL);
    EXPECT(arena_alloc(a, 200) == NULL);
    EXPECT(arena_failed(a));
    EXPECT(arena_alloc(a, 1) == NULL);
    arena_reset(a);
    EXPECT(!arena_failed(a));
    EXPECT(arena_alloc(a, 1) != NULL);
    arena_free(a);
}

TEST(an_overflowing_array_fails)
{
    struct arena *a = arena_new(KB(64));

    EXPECT(arena_array(a, SIZE_MAX / 2, 16) == NULL);
    EXPECT(arena_failed(a));
    arena_free(a);
}

TEST(memory_is_zeroed_also_after_reset)
{
    struct arena *a = arena_new(KB(64));
    unsigned char *p = arena_alloc(a, 100);

    memset(p, 0xff, 100);
    arena_reset(a);
    p = arena_alloc(a, 100);
    for (size_t i = 0; i < 100; i++) {
        EXPECT(p[i] == 0);
    }
    arena_free(a);
}

TEST(a_secret_arena_is_wiped_by_reset)
{
    struct arena *a = arena_new(KB(64));
    volatile char *p = arena_alloc(a, 16);

    arena_keep_secret(a);
    memcpy((char *)p, "correct horse!!", 16);
    arena_reset(a);
    EXPECT(p[0] == 0 && p[8] == 0); /* the first block is kept, so reading it is allowed */
    arena_free(a);
}

TEST(growing_keeps_the_bytes_and_stays_in_place_at_the_end)
{
    struct arena *a = arena_new(KB(64));
    char *p = arena_alloc(a, 16), *q;

    memcpy(p, "0123456789abcdef", 16);
    q = arena_grow(a, p, 16, 512);
    EXPECT(q == p);
    REQUIRE(arena_alloc(a, 16) != NULL);
    q = arena_grow(a, q, 512, 1024);
    EXPECT(q != p && memcmp(q, "0123456789abcdef", 16) == 0);
    arena_free(a);
}

TEST(the_nth_allocation_can_be_made_to_fail)
{
    struct arena *a = arena_new(KB(64));

    arena_fail_after(1);
    EXPECT(arena_alloc(a, 1) != NULL);
    EXPECT(arena_alloc(a, 1) == NULL);
    arena_fail_after(-1);
    arena_free(a);
}
