/* SPDX-License-Identifier: Apache-2.0 */
/* Days of the Gregorian calendar, in the years 1 to 9999, and before it was made as if it had been. */
#pragma once
#include "base/base.h"

struct calendar_date {
    int year, month, day; /* month and day from 1 */
};

/* Whether there is such a day: 29 February in leap years only. */
bool calendar_is_day(struct calendar_date date);
/* Days since 1970-01-01, negative before it. The day has to be one (calendar_is_day). */
int64_t calendar_days(struct calendar_date date);
/* The day so many days after 1970-01-01. */
struct calendar_date calendar_date(int64_t days);
