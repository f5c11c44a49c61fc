/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT random
#include "crypto_unit.h"

#include <sys/wait.h>
#include <threads.h>
#include <unistd.h>

#include "crypto/crypto_internal.h"
#include "crypto/random.h"

TestSuite(random, .init = crypto_unit_start);

TEST(bytes_are_handed_out_once_and_wiped_from_the_pool)
{
    uint8_t out[64];
    struct crypto_thread *t;

    rng_fill(random_system(), out, sizeof out);
    t = crypto_thread_here();
    EXPECT(t->pool_left == sizeof t->pool - sizeof out);
    for (size_t i = 0; i < sizeof out; i++) {
        EXPECT(t->pool[i] == 0);
    }
}

TEST(draws_of_every_size_around_the_pool_are_filled)
{
    static const size_t sizes[] = {0, 1, 31, 32, 4095, 4096, 4097, 10000};
    static uint8_t out[10000 + 1];

    for (size_t i = 0; i < COUNT(sizes); i++) {
        size_t zeros = 0;

        memset(out, 0, sizeof out);
        rng_fill(random_system(), out, sizes[i]);
        for (size_t k = 0; k < sizes[i]; k++) {
            zeros += out[k] == 0;
        }
        EXPECT(out[sizes[i]] == 0);         /* not a byte too many */
        EXPECT(zeros <= 8 + sizes[i] / 64); /* four times what chance gives */
    }
}

TEST(no_two_draws_of_16_bytes_are_equal)
{
    enum { DRAWS = 2000 };
    static uint8_t out[DRAWS][16];

    for (size_t i = 0; i < DRAWS; i++) {
        rng_fill(random_system(), out[i], 16);
        for (size_t j = 0; j < i; j++) {
            EXPECT(!ct_eq(BYTES_OF(out[i]), BYTES_OF(out[j])));
        }
    }
}

TEST(a_fork_does_not_repeat_the_parents_bytes)
{
    uint8_t before[16], mine[256], childs[256];
    int ends[2];
    pid_t child;

    rng_fill(random_system(), before, sizeof before); /* the pool is full and shared by the fork */
    REQUIRE(pipe(ends) == 0);
    child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        rng_fill(random_system(), childs, sizeof childs);
        _exit(write(ends[1], childs, sizeof childs) == sizeof childs ? 0 : 1);
    }
    rng_fill(random_system(), mine, sizeof mine);
    REQUIRE(read(ends[0], childs, sizeof childs) == sizeof childs);
    REQUIRE(waitpid(child, NULL, 0) == child);
    EXPECT(!ct_eq(BYTES_OF(mine), BYTES_OF(childs)));
}

static int
draw(void *to)
{
    rng_fill(random_system(), to, 64);
    return 0;
}

TEST(threads_draw_from_pools_of_their_own)
{
    uint8_t a[64], b[64];
    thrd_t one, two;

    REQUIRE(thrd_create(&one, draw, a) == thrd_success);
    REQUIRE(thrd_create(&two, draw, b) == thrd_success);
    REQUIRE(thrd_join(one, NULL) == thrd_success);
    REQUIRE(thrd_join(two, NULL) == thrd_success);
    EXPECT(!ct_eq(BYTES_OF(a), BYTES_OF(b)));
}
