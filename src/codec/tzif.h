/* SPDX-License-Identifier: Apache-2.0 */
/* Time zones as compiled files of the tz database say them (RFC 8536, versions 2 to 4). Read are the 64-bit times and the
 * rule for what comes after them; files of version 1 alone are refused, leap seconds are not counted (as POSIX). */
#pragma once
#include "base/str.h"

enum { TZIF_FILE_MAX = KB(64) }; /* bytes; the largest of the tz database has 4 KB */

struct tzif_turn { /* when a year's daylight saving time begins or ends */
    char
        kind; /* 'M': day `day` of week `week` of a month; 'J': a day of the year without 29 February; 'n': with it */
    int month, week, day;
    int at_s; /* of local time, which may be before or after that day */
};
struct tzif_rule {
    bool is_there, has_dst;
    str names[2]; /* standard time's, daylight saving time's */
    int offsets_s[2];
    struct tzif_turn begins, ends;
};
struct tzif { /* slices of the file, which lives as long */
    const unsigned char *times, *kinds, *infos;
    size_t time_count, info_count;
    str names;
    struct tzif_rule rule;
};
struct tzif_local {
    int offset_s; /* local time minus UTC, within 26 hours */
    str name;     /* "MDT", "+0530" */
};

/* False, with *ret as it was, when the file is none or contradicts itself. */
MUST_USE bool tzif_read(str file, struct tzif *ret);
/* What clocks of the zone show at an instant, seconds since 1970. */
struct tzif_local tzif_at(const struct tzif *zone, int64_t instant_s);
