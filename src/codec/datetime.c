/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns are read letter by letter: a run of one letter is a field, its length the form. */
#include "codec/datetime.h"

#include <stdio.h>
#include <time.h>

#include "base/clock.h"

enum { MAX_RUN = 9, SHORT_NAME = 3, LONG_NAME = 4, ZONE_HOURS_MAX = 18 };

struct moment {
    struct tm tm;
    int ms, offset_min;
    str name; /* of the zone at that time */
    const struct datetime_zone *zone;
};

static bool
take_digits(str *in, int max_count, int *ret)
{
    int n = 0;

    *ret = 0;
    while (n < max_count && (size_t)n < in->n && in->p[n] >= '0' && in->p[n] <= '9') {
        *ret = *ret * 10 + (in->p[n] - '0');
        n++;
    }
    *in = str_skip(*in, (size_t)n);
    return n > 0;
}

/* offset = ( "+" / "-" ) 1*2DIGIT [ [ ":" ] 2DIGIT ] */
static bool
read_offset(str in, int *ret)
{
    int sign = in.n && in.p[0] == '-' ? -1 : 1, hours, minutes = 0;
    bool has_minutes;

    if (in.n == 0 || (in.p[0] != '+' && in.p[0] != '-')) {
        return false;
    }
    in = str_skip(in, 1);
    if (!take_digits(&in, 2, &hours)) {
        return false;
    }
    if (in.n && in.p[0] == ':') {
        in = str_skip(in, 1);
    }
    has_minutes = in.n == 2 && take_digits(&in, 2, &minutes);
    if (in.n || hours > ZONE_HOURS_MAX || minutes > 59 || (has_minutes && in.n)) {
        return false;
    }
    *ret = sign * (hours * 60 + minutes);
    return true;
}

bool
datetime_zone(str text, struct datetime_zone *ret)
{
    static const char *const names[] = {"UTC", "GMT", "Z", "Etc/UTC", "Etc/GMT", "UT"};
    struct datetime_zone zone = {.name = "UTC"};
    int distance;

    for (size_t i = 0; i < COUNT(names); i++) {
        if (str_eq(text, str_from(names[i]))) {
            *ret = zone;
            return true;
        }
    }
    if (str_starts(text, S("UTC")) || str_starts(text, S("GMT"))) {
        text = str_skip(text, 3);
    }
    if (!read_offset(text, &zone.offset_min)) {
        return false;
    }
    distance = zone.offset_min < 0 ? -zone.offset_min : zone.offset_min;
    if (distance) {
        snprintf(zone.name, sizeof zone.name, "%c%02d:%02d", zone.offset_min < 0 ? '-' : '+',
            distance / 60 % 100, distance % 60);
    }
    *ret = zone;
    return true;
}

static bool
put_number(struct buf *buf, int value, size_t width)
{
    buf_fmt(buf, "%0*d", (int)width, value);
    return true;
}

static bool
put_year(struct buf *buf, const struct moment *at, size_t run)
{
    int year = at->tm.tm_year + 1900;

    return run == 2 ? put_number(buf, year % 100, 2) : put_number(buf, year, run);
}

static bool
put_month(struct buf *buf, const struct moment *at, size_t run)
{
    static const char *const names[] = {"January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December"};
    str name = str_from(names[at->tm.tm_mon]);

    if (run < SHORT_NAME) {
        return put_number(buf, at->tm.tm_mon + 1, run);
    }
    buf_str(buf, run == SHORT_NAME ? str_head(name, SHORT_NAME) : name);
    return run <= LONG_NAME;
}

static bool
put_weekday(struct buf *buf, const struct moment *at, size_t run)
{
    static const char *const names[] = {
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    str name = str_from(names[at->tm.tm_wday]);

    buf_str(buf, run <= SHORT_NAME ? str_head(name, SHORT_NAME) : name);
    return run <= LONG_NAME;
}

static bool
put_day(struct buf *buf, const struct moment *at, size_t run)
{
    return run <= 2 && put_number(buf, at->tm.tm_mday, run);
}

static bool
put_half(struct buf *buf, const struct moment *at, size_t run)
{
    buf_str(buf, at->tm.tm_hour < 12 ? S("AM") : S("PM"));
    return run == 1;
}

static bool
put_hour(struct buf *buf, const struct moment *at, size_t run)
{
    return run <= 2 && put_number(buf, at->tm.tm_hour, run);
}

static bool
put_hour_of_24(struct buf *buf, const struct moment *at, size_t run)
{
    return run <= 2 && put_number(buf, at->tm.tm_hour ? at->tm.tm_hour : 24, run);
}

static bool
put_hour_of_half(struct buf *buf, const struct moment *at, size_t run)
{
    return run <= 2 && put_number(buf, at->tm.tm_hour % 12, run);
}

static bool
put_hour_of_12(struct buf *buf, const struct moment *at, size_t run)
{
    int hour = at->tm.tm_hour % 12;

    return run <= 2 && put_number(buf, hour ? hour : 12, run);
}

static bool
put_minute(struct buf *buf, const struct moment *at, size_t run)
{
    return run <= 2 && put_number(buf, at->tm.tm_min, run);
}

static bool
put_second(struct buf *buf, const struct moment *at, size_t run)
{
    return run <= 2 && put_number(buf, at->tm.tm_sec, run);
}

static bool
put_fraction(struct buf *buf, const struct moment *at, size_t run)
{
    char digits[16];

    snprintf(digits, sizeof digits, "%03d000000", at->ms % 1000);
    buf_str(buf, str_head(str_from(digits), run));
    return run <= MAX_RUN;
}

static bool
put_zone(struct buf *buf, const struct moment *at, size_t run)
{
    buf_str(buf, str_from(at->zone->name));
    return run <= LONG_NAME;
}

static bool
put_zone_at_that_time(struct buf *buf, const struct moment *at, size_t run)
{
    buf_str(buf, at->name);
    return run <= LONG_NAME;
}

/* X: Z for none; x: +00; one letter: hours, two: +hhmm, three: +hh:mm (as much of it as our zones need). */
static bool
put_offset(struct buf *buf, const struct moment *at, size_t run)
{
    int distance = at->offset_min < 0 ? -at->offset_min : at->offset_min;

    buf_fmt(buf, "%c%02d", at->offset_min < 0 ? '-' : '+', distance / 60);
    if (run > 1 || distance % 60) {
        buf_fmt(buf, run == 3 ? ":%02d" : "%02d", distance % 60);
    }
    return run <= 3;
}

static bool
put_offset_or_z(struct buf *buf, const struct moment *at, size_t run)
{
    if (at->offset_min == 0) {
        buf_char(buf, 'Z');
        return run <= 3;
    }
    return put_offset(buf, at, run);
}

static bool
put_offset_rfc(struct buf *buf, const struct moment *at, size_t run)
{
    return run <= 3 && put_offset(buf, at, 2); /* RFC 5322 s3.3: +hhmm */
}

static const struct {
    char letter;
    bool (*put)(struct buf *buf, const struct moment *at, size_t run);
} letters[] = {
    {'y', put_year},
    {'u', put_year},
    {'M', put_month},
    {'L', put_month},
    {'d', put_day},
    {'E', put_weekday},
    {'a', put_half},
    {'H', put_hour},
    {'k', put_hour_of_24},
    {'K', put_hour_of_half},
    {'h', put_hour_of_12},
    {'m', put_minute},
    {'s', put_second},
    {'S', put_fraction},
    {'z', put_zone_at_that_time},
    {'V', put_zone},
    {'Z', put_offset_rfc},
    {'x', put_offset},
    {'X', put_offset_or_z},
};

static bool
put_field(struct buf *buf, const struct moment *at, char letter, size_t run)
{
    for (size_t i = 0; i < COUNT(letters); i++) {
        if (letters[i].letter == letter) {
            return run <= MAX_RUN && letters[i].put(buf, at, run);
        }
    }
    return false;
}

/* What stands between quotes, from behind the first; '' is a quote, inside and out. */
static bool
put_quoted(struct buf *buf, str *rest)
{
    if (rest->n && rest->p[0] == '\'') {
        buf_char(buf, '\'');
        *rest = str_skip(*rest, 1);
        return true;
    }
    for (;;) {
        size_t end = str_find(*rest, '\'');

        buf_str(buf, str_head(*rest, end));
        if (end == rest->n) {
            return false;
        }
        *rest = str_skip(*rest, end + 1);
        if (rest->n == 0 || rest->p[0] != '\'') {
            return true;
        }
        buf_char(buf, '\'');
        *rest = str_skip(*rest, 1);
    }
}

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct tzif_local
local_at(const struct datetime_zone *zone, int64_t instant_ms)
{
    return zone->has_rules ? tzif_at(&zone->rules, instant_ms / SECOND_MS)
                           : (struct tzif_local){zone->offset_min * 60, str_from(zone->name)};
}

int64_t
datetime_local(const struct datetime_zone *zone, int64_t instant_ms)
{
    return instant_ms + local_at(zone, instant_ms).offset_s * SECOND_MS;
}

bool
datetime_format(struct buf *buf, str pattern, int64_t instant_ms, const struct datetime_zone *zone)
{
    struct tzif_local local = local_at(zone, instant_ms);
    time_t seconds = (time_t)(instant_ms / SECOND_MS) + local.offset_s;
    struct moment at = {.ms = (int)(instant_ms % SECOND_MS),
        .offset_min = local.offset_s / 60,
        .name = local.name,
        .zone = zone};

    if (gmtime_r(&seconds, &at.tm) == NULL || at.ms < 0) {
        return false;
    }
    while (pattern.n) {
        char c = pattern.p[0];
        size_t run = 1;

        while (is_letter(c) && run < pattern.n && pattern.p[run] == c) {
            run++;
        }
        pattern = str_skip(pattern, run);
        if (is_letter(c) ? !put_field(buf, &at, c, run) : c == '\'' && !put_quoted(buf, &pattern)) {
            return false;
        }
        if (!is_letter(c) && c != '\'') {
            if (memchr("[]{}#", c, 5) != NULL) {
                return false;
            }
            buf_char(buf, c);
        }
    }
    return true;
}
