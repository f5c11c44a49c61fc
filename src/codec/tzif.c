/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8536 s3: a header, a block of 32-bit times for old readers, a header, the block of 64-bit times, a footer with the
 * rule that POSIX writes in TZ. All that tzif_at reads later was checked when the file was read. */
#include "codec/tzif.h"

#include "codec/calendar.h"

enum {
    HEADER = 44,
    COUNTS_AT = 20,
    OLD_TIME = 4,
    TIME = 8,
    INFO = 6, /* of a type: offset, whether it is daylight saving time, where its name begins */
    LEAP = 4,
    TIMES_MAX = 2000,
    INFOS_MAX = 256,
    NAMES_MAX = 512,
    LEAPS_MAX = 100,
    OFFSET_MIN = -89999, /* RFC 8536 s3.2: 25 hours back, 26 ahead */
    OFFSET_MAX = 93599,
    HOUR = 3600,
    DAY = 86400,
    HOURS_MAX = 167, /* s3.3.1: a turn may be on another day than the one it names */
};

/* Within the years 1 to 9999, from a midnight on: before and after a rule says what it says then. */
#define FIRST (INT64_C(-719160) * DAY)
#define LAST (INT64_C(2932890) * DAY)

static int64_t
number_at(const unsigned char *p, size_t count)
{
    uint64_t n = p[0] & 0x80 ? UINT64_MAX : 0;

    for (size_t i = 0; i < count; i++) {
        n = n << 8 | p[i];
    }
    return (int64_t)n;
}

struct counts {
    int64_t is_ut, is_std, leap, time, info, name;
};

static bool
read_counts(str in, struct counts *ret)
{
    const unsigned char *p = (const unsigned char *)in.p + COUNTS_AT;
    int64_t n[6];

    if (in.n < HEADER || !str_starts(in, S("TZif")) || in.p[4] < '2' || in.p[4] > '4') {
        return false;
    }
    for (size_t i = 0; i < COUNT(n); i++) {
        n[i] = number_at(p + 4 * i, 4);
    }
    *ret = (struct counts){n[0], n[1], n[2], n[3], n[4], n[5]};
    return (ret->is_ut == 0 || ret->is_ut == ret->info)
           && (ret->is_std == 0 || ret->is_std == ret->info) && ret->leap >= 0
           && ret->leap <= LEAPS_MAX && ret->time >= 0 && ret->time <= TIMES_MAX && ret->info >= 1
           && ret->info <= INFOS_MAX && ret->name >= 1 && ret->name <= NAMES_MAX;
}

/* A header and its block; *in moves behind both. */
static bool
take_block(str *in, size_t time_bytes, struct tzif *ret)
{
    const unsigned char *p = (const unsigned char *)in->p + HEADER;
    struct counts n;
    size_t times, infos, size;

    if (!read_counts(*in, &n)) {
        return false;
    }
    times = (size_t)n.time * time_bytes;
    infos = (size_t)n.info * INFO;
    size = times + (size_t)n.time + infos + (size_t)n.name + (size_t)n.leap * (time_bytes + LEAP)
           + (size_t)n.is_std + (size_t)n.is_ut;
    if (in->n - HEADER < size) {
        return false;
    }
    ret->times = p;
    ret->kinds = p + times;
    ret->infos = ret->kinds + n.time;
    ret->time_count = (size_t)n.time;
    ret->info_count = (size_t)n.info;
    ret->names = (str){(const char *)ret->infos + infos, (size_t)n.name};
    *in = str_skip(*in, HEADER + size);
    return true;
}

static bool
is_sound(const struct tzif *zone)
{
    for (size_t i = 0; i < zone->time_count; i++) {
        const unsigned char *at = zone->times + i * TIME;
        if (zone->kinds[i] >= zone->info_count
            || (i > 0 && number_at(at - TIME, TIME) >= number_at(at, TIME))) {
            return false;
        }
    }
    for (size_t i = 0; i < zone->info_count; i++) {
        const unsigned char *info = zone->infos + i * INFO;
        int64_t offset = number_at(info, 4);
        str name = str_skip(zone->names, info[5]);
        if (offset < OFFSET_MIN || offset > OFFSET_MAX || info[5] >= zone->names.n
            || str_find(name, 0) == name.n) {
            return false;
        }
    }
    return true;
}

/* ---- the rule of the footer: POSIX.1-2017 s8.3, TZ ---- */

static bool
take_char(str *in, char c)
{
    if (in->n == 0 || in->p[0] != c) {
        return false;
    }
    *in = str_skip(*in, 1);
    return true;
}

static bool
take_number(str *in, int max, int *ret)
{
    size_t n = 0;
    int value = 0;

    while (n < in->n && n < 3 && in->p[n] >= '0' && in->p[n] <= '9') {
        value = value * 10 + (in->p[n++] - '0');
    }
    *in = str_skip(*in, n);
    *ret = value;
    return n > 0 && value <= max;
}

/* [ "+" / "-" ] hh [ ":" mm [ ":" ss ] ] */
static bool
take_time(str *in, int hours_max, int *ret)
{
    int sign = take_char(in, '-') ? -1 : 1, hours, minutes = 0, seconds = 0;

    if (sign > 0) {
        (void)take_char(in, '+');
    }
    if (!take_number(in, hours_max, &hours)
        || (take_char(in, ':')
            && (!take_number(in, 59, &minutes)
                || (take_char(in, ':') && !take_number(in, 59, &seconds))))) {
        return false;
    }
    *ret = sign * (hours * HOUR + minutes * 60 + seconds);
    return true;
}

/* Letters, or between angle brackets digits and signs, too; at least three. */
static bool
take_name(str *in, str *ret)
{
    bool is_quoted = take_char(in, '<');
    size_t n = 0;

    for (; n < in->n; n++) {
        char c = in->p[n];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(is_quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-'))) {
            break;
        }
    }
    *ret = str_head(*in, n);
    *in = str_skip(*in, n);
    return n >= 3 && (!is_quoted || take_char(in, '>'));
}

/* "," ( "M" m "." w "." d / "J" n / n ) [ "/" time ] */
static bool
take_turn(str *in, struct tzif_turn *ret)
{
    struct tzif_turn turn = {.kind = 'n', .at_s = 2 * HOUR};
    bool is_good;

    if (!take_char(in, ',')) {
        return false;
    }
    if (take_char(in, 'M')) {
        turn.kind = 'M';
        is_good = take_number(in, 12, &turn.month) && turn.month >= 1 && take_char(in, '.')
                  && take_number(in, 5, &turn.week) && turn.week >= 1 && take_char(in, '.')
                  && take_number(in, 6, &turn.day);
    } else {
        turn.kind = take_char(in, 'J') ? 'J' : 'n';
        is_good = take_number(in, 365, &turn.day) && (turn.kind == 'n' || turn.day >= 1);
    }
    *ret = turn;
    return is_good && (!take_char(in, '/') || take_time(in, HOURS_MAX, &ret->at_s));
}

static bool
read_rule(str in, struct tzif_rule *ret)
{
    struct tzif_rule rule = {.is_there = in.n > 0};
    int west;

    if (rule.is_there) {
        if (!take_name(&in, &rule.names[0]) || !take_time(&in, 24, &west)) {
            return false;
        }
        rule.offsets_s[0] = -west; /* POSIX counts to the west */
        rule.has_dst = in.n > 0;
        rule.offsets_s[1] = HOUR - west;
        if (rule.has_dst && !take_name(&in, &rule.names[1])) {
            return false;
        }
        if (rule.has_dst && in.n && in.p[0] != ',') {
            if (!take_time(&in, 24, &west)) {
                return false;
            }
            rule.offsets_s[1] = -west;
        }
        if (rule.has_dst && (!take_turn(&in, &rule.begins) || !take_turn(&in, &rule.ends))) {
            return false;
        }
    }
    *ret = rule;
    return in.n == 0;
}

bool
tzif_read(str file, struct tzif *ret)
{
    struct tzif zone = {0};

    if (file.n > TZIF_FILE_MAX || !take_block(&file, OLD_TIME, &zone)
        || !take_block(&file, TIME, &zone) || !is_sound(&zone) || file.n < 2 || file.p[0] != '\n'
        || file.p[file.n - 1] != '\n'
        || !read_rule(str_head(str_skip(file, 1), file.n - 2), &zone.rule)) {
        return false;
    }
    *ret = zone;
    return true;
}

/* ---- instants ---- */

static int
year_of(int64_t instant_s)
{
    return calendar_date((instant_s - FIRST) / DAY + FIRST / DAY).year;
}

/* Seconds since 1970 of the zone's own clock. */
static int64_t
turn_of_year(const struct tzif_turn *turn, int year)
{
    bool is_month = turn->kind == 'M';
    struct calendar_date date = {year, is_month ? turn->month : 1, 1};
    int64_t day = calendar_days(date), weekday;

    if (!is_month) {
        bool has_29 = calendar_is_day((struct calendar_date){year, 2, 29});
        bool is_behind = turn->kind == 'J' && (turn->day < 60 || !has_29);
        return (day + turn->day - (is_behind ? 1 : 0)) * DAY + turn->at_s;
    }
    weekday = (day % 7 + 11) % 7; /* the first of 1970 was a Thursday */
    date.day = (int)((turn->day - weekday + 7) % 7) + 1 + 7 * (turn->week - 1);
    date.day -= calendar_is_day(date) ? 0 : 7; /* the fifth is the last */
    return calendar_days(date) * DAY + turn->at_s;
}

static struct tzif_local
by_rule(const struct tzif_rule *rule, int64_t instant_s)
{
    int64_t begins, ends;
    bool is_dst = false;
    int year;

    instant_s = MIN(MAX(instant_s, FIRST), LAST);
    if (rule->has_dst) {
        year = year_of(instant_s + rule->offsets_s[0]);
        begins = turn_of_year(&rule->begins, year) - rule->offsets_s[0];
        ends = turn_of_year(&rule->ends, year) - rule->offsets_s[1];
        is_dst = begins < ends ? instant_s >= begins && instant_s < ends
                               : instant_s >= begins || instant_s < ends;
    }
    return (struct tzif_local){rule->offsets_s[is_dst], rule->names[is_dst]};
}

static struct tzif_local
of_info(const struct tzif *zone, size_t i)
{
    const unsigned char *info = zone->infos + i * INFO;
    str name = str_skip(zone->names, info[5]);

    return (struct tzif_local){(int)number_at(info, 4), str_head(name, str_find(name, 0))};
}

struct tzif_local
tzif_at(const struct tzif *zone, int64_t instant_s)
{
    size_t low = 0, high = zone->time_count; /* how many changes came before */

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (number_at(zone->times + middle * TIME, TIME) <= instant_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == zone->time_count && zone->rule.is_there) {
        return by_rule(&zone->rule, instant_s);
    }
    return of_info(zone, low ? zone->kinds[low - 1] : 0); /* s3.2: before the first, type 0 */
}
