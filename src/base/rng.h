/* SPDX-License-Identifier: Apache-2.0 */
/* Randomness as a parameter: real in production (crypto/random.h), fixed in tests. */
#pragma once
#include "base/base.h"

struct rng {
    void (*fill)(struct rng *rng, uint8_t *to, size_t n); /* cannot fail: a dry source aborts */
};

static inline void
rng_fill(struct rng *rng, void *to, size_t n)
{
    rng->fill(rng, to, n);
}
