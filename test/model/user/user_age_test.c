/* SPDX-License-Identifier: Apache-2.0 */
/* Ages in whole years: the birthday itself counts. */
#define UNIT user_age
#include "../fixture.h"

#include "base/clock.h"

enum { DAY_2024_02_29 = 19782, DAY_2026_11_22 = 20779, DAY_1970_01_01 = 0 };

TEST(a_year_is_over_on_the_birthday)
{
    static const struct {
        int line;
        const char *born;
        int64_t day, age;
    } cases[] = {
        {__LINE__, "", DAY_2026_11_22, -1},
        {__LINE__, "2013-11-22", DAY_2026_11_22, 13},
        {__LINE__, "2013-11-23", DAY_2026_11_22, 12},
        {__LINE__, "2013-12-01", DAY_2026_11_22, 12},
        {__LINE__, "2013-01-30", DAY_2026_11_22, 13},
        {__LINE__, "1926-11-22", DAY_2026_11_22, 100},
        {__LINE__, "2000-02-29", DAY_2024_02_29, 24},
        {__LINE__, "2000-03-01", DAY_2024_02_29, 23},
        {__LINE__, "1999-12-31", DAY_2024_02_29, 24},
        {__LINE__, "1950-01-01", DAY_1970_01_01, 20},
        {__LINE__, "2030-01-01", DAY_2026_11_22, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct user user = {.birth_date = str_from(cases[i].born)};
        CHECK_AT(cases[i].line, user_age(&user, cases[i].day * DAY_MS) == cases[i].age);
        CHECK_AT(
            cases[i].line, user_age(&user, cases[i].day * DAY_MS + DAY_MS - 1) == cases[i].age);
    }
}
