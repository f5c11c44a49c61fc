/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT buf
#include "unit.h"

#include "base/buf.h"

TEST(a_buffer_holds_up_to_its_maximum_and_then_fails_for_good)
{
    struct arena *a = arena_new(KB(64));
    struct buf b;
    str got;

    buf_init(&b, a, 10);
    buf_lit(&b, "12345");
    buf_i64(&b, -7890);
    REQUIRE(buf_done(&b, &got));
    EXPECT_STR(got, S("12345-7890"));
    buf_char(&b, 'x');
    EXPECT(!buf_done(&b, &got));
    arena_free(a);
}

TEST(the_smallest_integer_is_written_whole)
{
    struct arena *a = arena_new(KB(64));
    struct buf b;
    str got;

    buf_init(&b, a, 100);
    buf_i64(&b, INT64_MIN);
    buf_fmt(&b, "|%d", 7);
    REQUIRE(buf_done(&b, &got));
    EXPECT_STR(got, S("-9223372036854775808|7"));
    arena_free(a);
}
