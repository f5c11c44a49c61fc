/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that asks the system for the time. */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static atomic_llong shift_ms;

static int64_t
read_ns(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t
clock_now_ms(void)
{
    return read_ns(CLOCK_REALTIME) / 1000000
           + atomic_load_explicit(&shift_ms, memory_order_relaxed);
}

int64_t
clock_steady_ms(void)
{
    return read_ns(CLOCK_MONOTONIC) / 1000000;
}

int64_t
clock_steady_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

void
clock_shift(int64_t by_ms)
{
    atomic_fetch_add(&shift_ms, by_ms);
}
