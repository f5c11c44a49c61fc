/* SPDX-License-Identifier: Apache-2.0 */
/* Instants as queries write them. */
#define UNIT search_instant
#include "../fixture.h"
#include "model/search/search.h"

TEST(instants_days_and_arithmetic_on_now)
{
    enum { HOUR = 3600000 };
    static const int64_t now = 1714557600000; /* 2024-05-01T10:00:00Z */
    static const struct {
        int line;
        const char *text;
        bool ok;
        int64_t low, high;
    } cases[] = {
        {__LINE__, "0", true, 0, 0},
        {__LINE__, "-5", true, -5, -5},
        {__LINE__, "1714557600000", true, 1714557600000, 1714557600000},
        {__LINE__, "1970-01-01", true, 0, DAY_MS - 1},
        {__LINE__, "2024-02-29", true, 1709164800000, 1709164800000 + DAY_MS - 1},
        {__LINE__, "2024-05-01T10:00:00Z", true, 1714557600000, 1714557600000},
        {__LINE__, "2024-05-01T10:00", true, 1714557600000, 1714557600000},
        {__LINE__, "2024-05-01T10:00:00.123Z", true, 1714557600123, 1714557600123},
        {__LINE__, "1969-12-31", true, -DAY_MS, -1},
        {__LINE__, "now", true, now, now},
        {__LINE__, "now-1h", true, now - HOUR, now - HOUR},
        {__LINE__, "now+2d-1h", true, now + 47 * (int64_t)HOUR, now + 47 * (int64_t)HOUR},
        {__LINE__, "now/d", true, now - 10 * (int64_t)HOUR, now + 14 * (int64_t)HOUR - 1},
        {__LINE__, "", false, 0, 0},
        {__LINE__, "yesterday", false, 0, 0},
        {__LINE__, "2024-13-01", false, 0, 0},
        {__LINE__, "2024-05-01T25:00:00Z", false, 0, 0},
        {__LINE__, "2024-05-01Z", false, 0, 0},
        {__LINE__, "now-", false, 0, 0},
        {__LINE__, "now-5", false, 0, 0},
        {__LINE__, "now/x", false, 0, 0},
        {__LINE__, "nowhere", false, 0, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t low = 0, high = 0;
        bool ok = search_instant(str_from(cases[i].text), now, false, &low)
                  && search_instant(str_from(cases[i].text), now, true, &high);
        CHECK_AT(cases[i].line, ok == cases[i].ok);
        CHECK_AT(cases[i].line, !ok || (low == cases[i].low && high == cases[i].high));
    }
}
