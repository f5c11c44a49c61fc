/* SPDX-License-Identifier: Apache-2.0 */
/* How old somebody is. */
#include "base/clock.h"
#include "model/rq/rq.h"
#include "model/user/user.h"

struct day {
    int64_t year, month, day;
};

/* The Gregorian day of an instant: years begin in March here, so that a leap day is their last. */
static struct day
day_of(int64_t instant)
{
    int64_t days = instant / DAY_MS + 719468; /* since 0000-03-01 */
    int64_t era = days / 146097, in_era = days % 146097;
    int64_t year = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * year + year / 4 - year / 100);
    int64_t from_march = (5 * in_year + 2) / 153;
    struct day ret = {era * 400 + year, from_march < 10 ? from_march + 3 : from_march - 9,
        in_year - (153 * from_march + 2) / 5 + 1};

    ret.year += ret.month <= 2;
    return ret;
}

/* date = 4DIGIT "-" 2DIGIT "-" 2DIGIT ; checked when it was stored */
static bool
read_date(str text, struct day *ret)
{
    return text.n == 10 && str_i64(str_head(text, 4), &ret->year)
           && str_i64(str_head(str_skip(text, 5), 2), &ret->month)
           && str_i64(str_head(str_skip(text, 8), 2), &ret->day);
}

int64_t
user_age(const struct user *user, int64_t now)
{
    struct day born, today = day_of(now);
    bool is_before;

    if (!read_date(user->birth_date, &born)) {
        return -1;
    }
    is_before = today.month < born.month || (today.month == born.month && today.day < born.day);
    return MAX(today.year - born.year - (is_before ? 1 : 0), 0);
}
