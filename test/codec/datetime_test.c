/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of DateTimeFormatter: what Java writes for the same instant. */
#define UNIT datetime
#include "../unit.h"

#include "codec/datetime.h"

#define INSTANT 1747061204042 /* 2025-05-12T14:46:44.042Z, a Monday */

static const struct {
    int line;
    const char *zone, *pattern, *want; /* NULL: refused */
} cases[] = {
    {__LINE__, "UTC", "M/d/yyyy hh:mm:ss a z", "5/12/2025 02:46:44 PM UTC"},
    {__LINE__, "UTC", "yyyy-MM-dd'T'HH:mm:ss.SSSX", "2025-05-12T14:46:44.042Z"},
    {__LINE__, "+05:30", "yyyy-MM-dd'T'HH:mm:ssXXX", "2025-05-12T20:16:44+05:30"},
    {__LINE__, "UTC-8", "uu MMM dd h K k H x Z", "25 May 12 6 6 6 6 -08 -0800"},
    {__LINE__, "GMT", "EEE EEEE MMMM", "Mon Monday May"},
    {__LINE__, "Etc/UTC", "h 'o''clock' ''", "2 o'clock '"},
    {__LINE__, "Z", "SSSSSSSSS xxx", "042000000 +00:00"},
    {__LINE__, "+2", "VV", "+02:00"},
    {__LINE__, "UTC", "", ""},
    {__LINE__, "UTC", "Q", NULL},
    {__LINE__, "UTC", "[HH]", NULL},
    {__LINE__, "UTC", "'open", NULL},
    {__LINE__, "UTC", "HHH", NULL},
    {__LINE__, "UTC", "yyyyyyyyyy", NULL},
    {__LINE__, "UTC", "MMMMM", NULL},
};

TEST(patterns_are_written_as_java_writes_them)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *arena = arena_new(KB(64));
        struct datetime_zone zone;
        struct buf buf;
        bool is_taken;
        str text = NO_STR;

        buf_init(&buf, arena, 1000);
        REQUIRE(datetime_zone(str_from(cases[i].zone), &zone));
        is_taken = datetime_format(&buf, str_from(cases[i].pattern), INSTANT, &zone);
        CHECK_AT(cases[i].line, is_taken == (cases[i].want != NULL));
        if (is_taken && cases[i].want != NULL && buf_done(&buf, &text)) {
            cr_expect(str_eq(text, str_from(cases[i].want)), "row of line %d: " STRF, cases[i].line,
                STRV(text));
        }
    }
}

TEST(zones_are_utc_or_at_a_distance_to_it)
{
    static const struct {
        int line, offset_min;
        const char *text;
        bool is_good;
    } zones[] = {
        {__LINE__, 0, "UTC", true},
        {__LINE__, 90, "+0130", true},
        {__LINE__, -300, "GMT-05:00", true},
        {__LINE__, 1080, "+18:00", true},
        {__LINE__, 0, "+19", false},
        {__LINE__, 0, "America/Denver", false},
        {__LINE__, 0, "", false},
        {__LINE__, 0, "+", false},
        {__LINE__, 0, "+5:3", false},
        {__LINE__, 0, "+05:60", false},
        {__LINE__, 0, "05:00", false},
        {__LINE__, 0, "UTC+5x", false},
    };

    for (size_t i = 0; i < COUNT(zones); i++) {
        struct datetime_zone zone = {.offset_min = 0};
        CHECK_AT(zones[i].line, datetime_zone(str_from(zones[i].text), &zone) == zones[i].is_good);
        CHECK_AT(zones[i].line, zone.offset_min == zones[i].offset_min);
    }
}
