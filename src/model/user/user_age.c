/* SPDX-License-Identifier: Apache-2.0 */
/* How old somebody is. */
#include "base/clock.h"
#include "codec/calendar.h"
#include "model/rq/rq.h"
#include "model/user/user.h"

/* date = 4DIGIT "-" 2DIGIT "-" 2DIGIT ; checked when it was stored */
static bool
read_date(str text, struct calendar_date *ret)
{
    int64_t year, month, day;

    if (text.n != 10 || !str_i64(str_head(text, 4), &year)
        || !str_i64(str_head(str_skip(text, 5), 2), &month)
        || !str_i64(str_head(str_skip(text, 8), 2), &day)) {
        return false;
    }
    *ret = (struct calendar_date){(int)year, (int)month, (int)day};
    return true;
}

int64_t
user_age(const struct user *user, int64_t now)
{
    struct calendar_date born, today = calendar_date(now / DAY_MS);
    bool is_before;

    if (!read_date(user->birth_date, &born)) {
        return -1;
    }
    is_before = today.month < born.month || (today.month == born.month && today.day < born.day);
    return MAX(today.year - born.year - (is_before ? 1 : 0), 0);
}
