/* SPDX-License-Identifier: Apache-2.0 */
/* The tz database of this machine, with glibc as the second opinion; names that would leave its folder. */
#define UNIT zone
#include "../../unit.h"

#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "io/zone/zone.h"

static bool
is_found(const char *name)
{
    AUTO(arena_end) struct arena *arena = arena_new(KB(128));
    struct datetime_zone zone;

    return zone_find(arena, str_from(name), &zone);
}

TEST(rfc_8536_zones_of_the_system_say_what_glibc_says)
{
    static const char *const names[] = {"America/Denver", "Asia/Phnom_Penh", "Europe/Berlin",
        "Asia/Kathmandu", "Australia/Lord_Howe", "America/Argentina/Buenos_Aires",
        "Africa/Casablanca", "Europe/Dublin", "Pacific/Apia", "America/Nuuk", "Asia/Gaza",
        "Africa/Monrovia", "Etc/GMT+7", "Antarctica/Troll", "EST5EDT"};

    for (size_t i = 0; i < COUNT(names); i++) {
        AUTO(arena_end) struct arena *arena = arena_new(KB(128));
        struct datetime_zone zone;

        cr_assert(zone_find(arena, str_from(names[i]), &zone), "%s", names[i]);
        EXPECT(zone.has_rules && strcmp(zone.name, names[i]) == 0);
        setenv("TZ", names[i], 1);
        tzset();
        for (int64_t at = -2200000000; at < 5000000000; at += 654321) {
            time_t seconds = (time_t)at;
            struct tm tm;
            struct tzif_local local = tzif_at(&zone.rules, at);
            cr_assert(localtime_r(&seconds, &tm) != NULL);
            cr_assert(tm.tm_gmtoff == local.offset_s && str_eq(local.name, str_from(tm.tm_zone)),
                "%s at %lld", names[i], (long long)at);
            REQUIRE(datetime_local(&zone, at * 1000) == (at + local.offset_s) * 1000);
        }
    }
}

TEST(what_is_no_zone_is_not_found)
{
    static const char *const names[] = {"", "/", "/etc/passwd", "../zoneinfo/UTC0",
        "Europe/../Europe/Berlin", "Europe", "Europe/", "Europe//Berlin", "Europe/Atlantis",
        "zone1970.tab", "leapseconds", "posixrules\n", "Europe/Berlin ",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};

    for (size_t i = 0; i < COUNT(names); i++) {
        cr_expect(!is_found(names[i]), "%s", names[i]);
    }
    EXPECT(is_found("UTC"));
    EXPECT(is_found("+05:30"));
    EXPECT(is_found("Europe/Berlin"));
}

TEST(tzdir_names_another_folder)
{
    setenv("TZDIR", "/nowhere", 1);
    EXPECT(!is_found("Europe/Berlin"));
    EXPECT(is_found("UTC"));
}

TEST(an_arena_that_is_full_finds_nothing)
{
    AUTO(arena_end) struct arena *arena = arena_new(64);
    struct datetime_zone zone = {.offset_min = 7};

    EXPECT(!zone_find(arena, S("Europe/Berlin"), &zone));
    EXPECT(zone.offset_min == 7);
}
