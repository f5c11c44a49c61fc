/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT clock
#include "unit.h"

#include "base/clock.h"

TEST(shifting_moves_the_wall_clock_and_not_the_steady_one)
{
    int64_t wall = clock_now_ms(), steady = clock_steady_ms();

    clock_shift(90 * DAY_MS);
    EXPECT(clock_now_ms() - wall >= 90 * DAY_MS && clock_now_ms() - wall < 90 * DAY_MS + 60000);
    EXPECT(clock_steady_ms() - steady < 60000);
    clock_shift(-90 * DAY_MS);
    EXPECT(clock_now_ms() - wall < 60000 && clock_steady_ns() > 0);
}
