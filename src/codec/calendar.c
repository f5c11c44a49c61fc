/* SPDX-License-Identifier: Apache-2.0 */
/* Years begin in March here: then a leap day is a year's last, and months have lengths that a line gives: (153 m + 2) / 5. */
#include "codec/calendar.h"

enum {
    YEAR = 365,
    ERA_YEARS = 400,
    ERA = 146097,   /* days of 400 years */
    EPOCH = 719468, /* days from 0000-03-01 to 1970-01-01 */
    YEARS_MAX = 9999,
};

bool
calendar_is_day(struct calendar_date date)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % ERA_YEARS == 0);

    return date.year >= 1 && date.year <= YEARS_MAX && date.month >= 1 && date.month <= 12
           && date.day >= 1 && date.day <= lengths[date.month - 1] + (date.month == 2 && is_leap);
}

int64_t
calendar_days(struct calendar_date date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year, month = (date.month + 9) % 12;

    return year * YEAR + year / 4 - year / 100 + year / ERA_YEARS + (153 * month + 2) / 5 + date.day
           - 1 - EPOCH;
}

struct calendar_date
calendar_date(int64_t days)
{
    int64_t since = days + EPOCH, in_era = since % ERA;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / YEAR;
    int64_t in_year = in_era - (YEAR * year + year / 4 - year / 100);
    int64_t month = (5 * in_year + 2) / 153;
    bool is_new_year = month >= 10; /* January and February are of the next one */

    return (struct calendar_date){
        .year = (int)(since / ERA * ERA_YEARS + year + is_new_year),
        .month = (int)(is_new_year ? month - 9 : month + 3),
        .day = (int)(in_year - (153 * month + 2) / 5 + 1),
    };
}
