/* SPDX-License-Identifier: Apache-2.0 */
/* Instants as queries write them: milliseconds, days and times of ISO 8601 in UTC, and Elasticsearch's date
 * arithmetic on now ("now-30d/d"). A month counts 30 days there, a year 365. */
#include "model/search/search.h"

#include "base/base.h"
#include "base/clock.h"
#include "codec/calendar.h"

static bool
take_digits(str *in, size_t count, int64_t *ret)
{
    int64_t n = 0;

    if (in->n < count) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (in->p[i] < '0' || in->p[i] > '9') {
            return false;
        }
        n = n * 10 + (in->p[i] - '0');
    }
    *in = str_skip(*in, count);
    *ret = n;
    return true;
}

static bool
take_sign(str *in, char c)
{
    if (in->n == 0 || in->p[0] != c) {
        return false;
    }
    *in = str_skip(*in, 1);
    return true;
}

static bool
take_time(str *in, int64_t *ret)
{
    int64_t hour = 0, minute = 0, second = 0, ms = 0;

    if (!take_digits(in, 2, &hour) || !take_sign(in, ':') || !take_digits(in, 2, &minute)) {
        return false;
    }
    if (take_sign(in, ':')
        && (!take_digits(in, 2, &second) || (take_sign(in, '.') && !take_digits(in, 3, &ms)))) {
        return false;
    }
    (void)take_sign(in, 'Z');
    *ret = ((hour * 60 + minute) * 60 + second) * 1000 + ms;
    return hour < 24 && minute < 60 && second < 60;
}

/* 2024-05-01, 2024-05-01T10:00:00Z */
static bool
take_date(str in, bool is_end, int64_t *ret)
{
    int64_t year, month, day, time = is_end ? DAY_MS - 1 : 0;
    struct calendar_date date;

    if (!take_digits(&in, 4, &year) || !take_sign(&in, '-') || !take_digits(&in, 2, &month)
        || !take_sign(&in, '-') || !take_digits(&in, 2, &day)) {
        return false;
    }
    date = (struct calendar_date){(int)year, (int)month, (int)day};
    if (!calendar_is_day(date)) {
        return false;
    }
    if (take_sign(&in, 'T') && !take_time(&in, &time)) {
        return false;
    }
    *ret = calendar_days(date) * DAY_MS + time;
    return in.n == 0;
}

static bool
unit_of(str *in, int64_t *ret)
{
    static const struct {
        char letter;
        int64_t ms;
    } units[] = {{'s', SECOND_MS}, {'m', MINUTE_MS}, {'h', HOUR_MS}, {'H', HOUR_MS}, {'d', DAY_MS},
        {'w', 7 * DAY_MS}, {'M', 30 * DAY_MS}, {'y', 365 * DAY_MS}};

    for (size_t i = 0; i < COUNT(units); i++) {
        if (take_sign(in, units[i].letter)) {
            *ret = units[i].ms;
            return true;
        }
    }
    return false;
}

/* now, now-30d, now+1h/d */
static bool
take_now(str in, int64_t now, bool is_end, int64_t *ret)
{
    int64_t unit, digit, count;

    if (!str_starts(in, S("now"))) {
        return false;
    }
    in = str_skip(in, 3);
    while (in.n && (in.p[0] == '-' || in.p[0] == '+')) {
        bool is_minus = in.p[0] == '-';
        in = str_skip(in, 1);
        for (count = 0; count < 1000000 && take_digits(&in, 1, &digit);) {
            count = count * 10 + digit;
        }
        if (!unit_of(&in, &unit)) {
            return false;
        }
        now += (is_minus ? -count : count) * unit;
    }
    if (take_sign(&in, '/')) {
        if (!unit_of(&in, &unit)) {
            return false;
        }
        now -= (now % unit + unit) % unit;
        now += is_end ? unit - 1 : 0;
    }
    *ret = now;
    return in.n == 0;
}

bool
search_instant(str text, int64_t now, bool is_end, int64_t *ret)
{
    return str_i64(text, ret) || take_date(text, is_end, ret) || take_now(text, now, is_end, ret);
}
