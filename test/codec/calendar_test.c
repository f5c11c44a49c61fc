/* SPDX-License-Identifier: Apache-2.0 */
/* Days and dates, with the C library as the second opinion. */
#define UNIT calendar
#include "../unit.h"

#include <time.h>

#include "codec/calendar.h"

TEST(every_day_of_ten_thousand_years_is_what_the_c_library_says_and_goes_back)
{
    int64_t first = calendar_days((struct calendar_date){1, 1, 1});
    int64_t last = calendar_days((struct calendar_date){9999, 12, 31});

    EXPECT(first == -719162 && last == 2932896);
    for (int64_t day = first; day <= last; day++) {
        time_t seconds = (time_t)(day * 86400);
        struct calendar_date date = calendar_date(day);
        struct tm tm;

        REQUIRE(gmtime_r(&seconds, &tm) != NULL);
        REQUIRE(date.year == tm.tm_year + 1900 && date.month == tm.tm_mon + 1
                && date.day == tm.tm_mday);
        REQUIRE(calendar_is_day(date) && calendar_days(date) == day);
    }
}

TEST(what_is_no_day)
{
    static const struct {
        int line;
        struct calendar_date date;
        bool is_day;
    } cases[] = {
        {__LINE__, {2024, 2, 29}, true},
        {__LINE__, {2023, 2, 29}, false},
        {__LINE__, {2000, 2, 29}, true},
        {__LINE__, {1900, 2, 29}, false},
        {__LINE__, {2024, 4, 31}, false},
        {__LINE__, {2024, 12, 31}, true},
        {__LINE__, {2024, 13, 1}, false},
        {__LINE__, {2024, 0, 1}, false},
        {__LINE__, {2024, 1, 0}, false},
        {__LINE__, {2024, 1, 32}, false},
        {__LINE__, {0, 1, 1}, false},
        {__LINE__, {10000, 1, 1}, false},
        {__LINE__, {-1, -1, -1}, false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line, calendar_is_day(cases[i].date) == cases[i].is_day);
    }
}
