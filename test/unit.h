/* SPDX-License-Identifier: Apache-2.0 */
/* The words unit tests use, over Criterion: TEST names a fact, CHECK_AT reports a table's row. */
#pragma once
#include <criterion/criterion.h>

#include "base/arena.h"
#include "base/rng.h"
#include "base/str.h"

#ifndef UNIT
#define UNIT unit
#endif
#define UNIT_TEST_(suite, ...) Test(suite, __VA_ARGS__)
#define TEST(...) UNIT_TEST_(UNIT, __VA_ARGS__)
#define CHECK_AT(line, cond) cr_expect((cond), "row of line %d: %s", (line), #cond)
#define EXPECT(cond) cr_expect((cond), "%s", #cond)
#define REQUIRE(cond) cr_assert((cond), "%s", #cond)
#define EXPECT_STR(got, want)                                                                      \
    do {                                                                                           \
        str got_ = (got), want_ = (want);                                                          \
        cr_expect(str_eq(got_, want_), "%s: got \"" STRF "\", want \"" STRF "\"", #got,            \
            STRV(got_), STRV(want_));                                                              \
    } while (0)

/* Randomness that repeats: a counter through a mixer; never for production. */
struct unit_rng {
    struct rng rng;
    uint64_t state;
};
static inline void
unit_rng_fill(struct rng *rng, uint8_t *to, size_t n)
{
    struct unit_rng *r = (struct unit_rng *)(void *)rng;

    for (size_t i = 0; i < n; i++) {
        r->state = r->state * 6364136223846793005u + 1442695040888963407u;
        to[i] = (uint8_t)(r->state >> 33);
    }
}
static inline struct unit_rng
unit_rng_new(uint64_t seed)
{
    return (struct unit_rng){{unit_rng_fill}, seed};
}
