/* SPDX-License-Identifier: Apache-2.0 */
/* Buffers: bounded, moved only as needed, wiped before anybody else sees them. */
#define UNIT http_buffer
#include "io/http/http_internal.h"

#include "test/unit.h"

static bool
is_zero(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != 0) {
            return false;
        }
    }
    return true;
}

TEST(a_kept_buffer_is_wiped_and_used_again)
{
    struct http_loop loop = {0};
    struct http_buffer b = {0};
    char *first;

    REQUIRE(http_buffer_add(&loop, &b, S("password=secret")));
    first = b.p;
    b.start += 9;
    http_buffer_clear(&loop, &b);
    EXPECT(b.p == NULL && loop.free_buffer_count == 1);
    REQUIRE(http_buffer_reserve(&loop, &b, 1, 100));
    EXPECT(b.p == first && loop.free_buffer_count == 0);
    EXPECT(is_zero(b.p, HTTP_BUFFER_BYTES));
    http_buffer_clear(&loop, &b);
    http_buffer_free_kept(&loop);
    EXPECT(loop.free_buffers == NULL && loop.free_buffer_count == 0);
}

TEST(what_waits_survives_moving_and_growing)
{
    struct http_loop loop = {0};
    struct http_buffer b = {0};
    char *small;

    REQUIRE(http_buffer_add(&loop, &b, S("0123456789")));
    small = b.p;
    b.start = 4;
    REQUIRE(http_buffer_reserve(&loop, &b, HTTP_BUFFER_BYTES - 6, KB(64)));
    EXPECT(b.p == small && b.start == 0); /* moved down, not replaced */
    EXPECT_STR(((str){b.p, b.end}), S("456789"));
    REQUIRE(http_buffer_reserve(&loop, &b, HTTP_BUFFER_BYTES, KB(64)));
    EXPECT(b.p != small);
    EXPECT_STR(((str){b.p + b.start, b.end - b.start}), S("456789"));
    EXPECT(loop.free_buffer_count == 1
           && is_zero(small + sizeof small, HTTP_BUFFER_BYTES - sizeof small));
    http_buffer_clear(&loop, &b); /* a great one is not kept */
    EXPECT(loop.free_buffer_count == 1);
    http_buffer_free_kept(&loop);
}

TEST(no_buffer_exceeds_its_maximum)
{
    struct http_loop loop = {0};
    struct http_buffer b = {0};

    EXPECT(!http_buffer_reserve(&loop, &b, KB(16) + 1, KB(16)));
    EXPECT(!http_buffer_reserve(&loop, &b, SIZE_MAX, KB(16)));
    REQUIRE(http_buffer_reserve(&loop, &b, KB(16), KB(16)));
    EXPECT(b.cap == KB(16));
    b.end = b.used = b.cap;
    EXPECT(!http_buffer_reserve(&loop, &b, 1, KB(16)));
    b.start = 1;
    EXPECT(http_buffer_reserve(&loop, &b, 1, KB(16)));
    http_buffer_clear(&loop, &b);
}

TEST(without_memory_a_buffer_stays_what_it_was)
{
    struct http_loop loop = {0};
    struct http_buffer b = {0};

    REQUIRE(http_buffer_add(&loop, &b, S("abc")));
    arena_fail_after(0);
    EXPECT(!http_buffer_reserve(&loop, &b, HTTP_BUFFER_BYTES, KB(64)));
    arena_fail_after(-1);
    EXPECT_STR(((str){b.p + b.start, b.end - b.start}), S("abc"));
    http_buffer_clear(&loop, &b);
    http_buffer_free_kept(&loop);
}

TEST(only_so_many_are_kept)
{
    struct http_loop loop = {0};
    static struct http_buffer b[HTTP_KEPT + 5];

    for (size_t i = 0; i < COUNT(b); i++) {
        REQUIRE(http_buffer_add(&loop, &b[i], S("x")));
    }
    for (size_t i = 0; i < COUNT(b); i++) {
        http_buffer_clear(&loop, &b[i]);
    }
    EXPECT(loop.free_buffer_count == HTTP_KEPT);
    http_buffer_free_kept(&loop);
}
