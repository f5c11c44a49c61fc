/* SPDX-License-Identifier: Apache-2.0 */
/* The only clock of the program. Everything above takes the time as a parameter (rq->now), so a
 * test can set it. */
#pragma once
#include "base/base.h"

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, HOUR_MS = 60 * MINUTE_MS };
#define DAY_MS ((int64_t)24 * HOUR_MS)
/* By how much the clocks of nodes may differ. What was made later than that from now was made by a
 * clock that ran ahead and has been set back: it is not believed, or it would live longer than it
 * should. */
enum { CLOCK_SKEW_MS = MINUTE_MS };

/* Milliseconds since 1970 UTC, plus whatever clock_shift has added. */
int64_t clock_now_ms(void);
/* Milliseconds of a clock that never jumps, for deadlines and durations; ignores clock_shift. */
int64_t clock_steady_ms(void);
/* Nanoseconds of the same steady clock, for measuring. */
int64_t clock_steady_ns(void);
/* Moves clock_now_ms by so many milliseconds (tests; adds up). */
void clock_shift(int64_t by_ms);
