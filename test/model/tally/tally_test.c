/* SPDX-License-Identifier: Apache-2.0 */
/* Counting: the same numbers before and after the job has added up, and never twice. */
#define UNIT tally
#include "../fixture.h"

#include "model/system/system.h"
#include "model/tally/tally.h"

enum { YEAR_1970 = 0, FEBRUARY_2000 = 361, MARCH_2000 = 362, DECEMBER_2026 = 683 };

TEST(months_of_instants)
{
    static const struct {
        int line;
        int64_t day, month;
    } cases[] = {
        {__LINE__, 0, 0},
        {__LINE__, 30, 0},
        {__LINE__, 31, 1},
        {__LINE__, 58, 1},
        {__LINE__, 59, 2},
        {__LINE__, 364, 11},
        {__LINE__, 365, 12},
        {__LINE__, 11016, FEBRUARY_2000}, /* the 29th */
        {__LINE__, 11017, MARCH_2000},
        {__LINE__, 20818, DECEMBER_2026},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line, tally_month(cases[i].day * DAY_MS) == cases[i].month);
        CHECK_AT(cases[i].line, tally_month(cases[i].day * DAY_MS + DAY_MS - 1) == cases[i].month);
    }
}

static void
login(struct fixture *fx, struct uuid user_id, struct uuid application_id)
{
    struct rq *rq = fixture_rq(fx);

    REQUIRE(tally_login(rq, fx->tenant, user_id, application_id) == ERR_OK);
    fixture_finish(rq);
}

static size_t
fold(struct fixture *fx, size_t max)
{
    struct rq *rq = fixture_rq(fx);
    size_t count;

    REQUIRE(tally_fold(rq, max, &count) == ERR_OK);
    if (count) {
        fixture_finish(rq);
    } else {
        fixture_done(rq);
    }
    return count;
}

static void
expect_hours(struct fixture *fx, int line, const struct tenant *tenant, struct uuid application_id,
    const struct tally_count *want, size_t want_count)
{
    struct rq *rq = fixture_rq(fx);
    int64_t hour = fx->now / HOUR_MS;
    const struct tally_question question = {tenant, application_id, hour - 5, hour + 1};
    struct tally_count *counts;
    size_t count;

    REQUIRE(tally_hours(rq, &question, TALLY_LOGIN, &counts, &count) == ERR_OK);
    CHECK_AT(line, count == want_count);
    for (size_t i = 0; i < MIN(count, want_count); i++) {
        CHECK_AT(line, counts[i].interval == hour + want[i].interval);
        CHECK_AT(line, counts[i].count == want[i].count);
    }
    fixture_done(rq);
}

static void
expect_people(struct fixture *fx, int line, enum tally_period period, struct uuid application_id,
    int64_t want)
{
    struct rq *rq = fixture_rq(fx);
    int64_t at = period == TALLY_DAY ? fx->now / DAY_MS : tally_month(fx->now), sum = 0;
    const struct tally_question question = {fx->tenant, application_id, at - 1, at + 1};
    struct tally_count *counts;
    size_t count;

    REQUIRE(tally_people(rq, &question, period, &counts, &count) == ERR_OK);
    for (size_t i = 0; i < count; i++) {
        sum += counts[i].count;
    }
    CHECK_AT(line, sum == want);
    fixture_done(rq);
}

static void
set_zone(struct fixture *fx, str zone)
{
    struct rq *rq = fixture_rq(fx);
    void *settings;

    REQUIRE(system_single(rq, &system_kind, system_single_id(&system_kind), &settings) == ERR_OK);
    ((struct system *)settings)->timezone = zone;
    REQUIRE((((struct system *)settings)->head.insert_instant
                    ? record_update(rq, &system_kind, NULL, settings)
                    : record_create(rq, &system_kind, NULL, settings))
            == ERR_OK);
    system_drop(rq);
    fixture_finish(rq);
}

/* 2026-03-01T05:30Z is still February in Denver and the second of March nowhere. */
TEST(days_and_months_are_those_of_the_zone_of_reports)
{
    static const struct {
        int line;
        str zone;
        int64_t day, month;
    } cases[] = {
        {__LINE__, S_INIT("UTC"), 20513, 674},
        {__LINE__, S_INIT("America/Denver"), 20512, 673},
        {__LINE__, S_INIT("-05:30"), 20513, 674},
        {__LINE__, S_INIT("-05:31"), 20512, 673},
        {__LINE__, S_INIT("Asia/Phnom_Penh"), 20513, 674},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture *fx = fixture_open();
        struct tally_question question = {.tenant = fx->tenant};
        struct tally_count *counts;
        size_t count;
        struct rq *rq;

        fx->now = INT64_C(1772343000000);
        set_zone(fx, cases[i].zone);
        login(fx, fixture_id(fx), fixture_id(fx));
        rq = fixture_rq(fx);
        for (enum tally_period period = TALLY_DAY; period <= TALLY_MONTH; period++) {
            question.end = INT32_MAX;
            REQUIRE(tally_people(rq, &question, period, &counts, &count) == ERR_OK);
            CHECK_AT(cases[i].line, count == 1 && counts[0].count == 1);
            CHECK_AT(cases[i].line,
                counts[0].interval == (period == TALLY_DAY ? cases[i].day : cases[i].month));
        }
        fixture_done(rq);
        fixture_close(fx);
    }
}

TEST(logins_are_counted_by_hour_before_and_after_they_are_added_up)
{
    struct fixture *fx = fixture_open();
    struct uuid app = fixture_id(fx), other = fixture_id(fx), ann = fixture_id(fx),
                bob = fixture_id(fx), all = {{0}};
    static const struct tally_count of_all[] = {{-2, 3}, {0, 2}}, of_app[] = {{-2, 2}, {0, 1}};

    fx->now = 1000000 * (int64_t)HOUR_MS;
    login(fx, ann, app);
    login(fx, ann, app);
    login(fx, bob, all);
    fx->now += 2 * HOUR_MS;
    login(fx, ann, app);
    login(fx, bob, other);
    for (int round = 0; round < 4; round++) {
        expect_hours(fx, __LINE__, fx->tenant, all, of_all, COUNT(of_all));
        expect_hours(fx, __LINE__, fx->tenant, app, of_app, COUNT(of_app));
        expect_hours(fx, __LINE__, fx->other, all, NULL, 0);
        expect_people(fx, __LINE__, TALLY_DAY, all, 2);
        expect_people(fx, __LINE__, TALLY_MONTH, app, 1);
        EXPECT(fold(fx, 2) == (round == 2 ? 1 : round == 3 ? 0 : 2));
    }
    EXPECT(fixture_count(fx, "tally") == 0);
    fx->now += DAY_MS;
    login(fx, ann, app);
    expect_people(fx, __LINE__, TALLY_DAY, all, 3);
    fixture_close(fx);
}

/* Both found the same rows: one of them adds them up. */
TEST(a_row_is_added_up_once)
{
    struct fixture *fx = fixture_open();
    struct uuid app = fixture_id(fx);
    static const struct tally_count want[] = {{0, 1}};
    struct rq *one, *two;
    size_t count;

    login(fx, fixture_id(fx), app);
    one = fixture_rq(fx);
    two = fixture_rq(fx);
    REQUIRE(tally_fold(one, 9, &count) == ERR_OK && count == 1);
    REQUIRE(tally_fold(two, 9, &count) == ERR_OK && count == 1);
    fixture_finish(one);
    EXPECT(fixture_commit(two) == ERR_AGAIN);
    fixture_done(two);
    expect_hours(fx, __LINE__, fx->tenant, app, want, 1);
    fixture_close(fx);
}

static int64_t
total(struct fixture *fx, struct uuid application_id, enum tally_kind kind)
{
    struct rq *rq = fixture_rq(fx);
    struct tally_total *totals;
    int64_t n = 0;
    size_t count;

    REQUIRE(tally_totals(rq, fx->tenant, &totals, &count) == ERR_OK);
    for (size_t i = 0; i < count; i++) {
        if (uuid_eq(totals[i].application_id, application_id)) {
            n += totals[i].n[kind];
        }
    }
    fixture_done(rq);
    return n;
}

TEST(totals_follow_users_and_registrations_as_they_come_and_go)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR), all = {{0}};
    struct uuid app = fixture_application(fx, (struct uuid){{0}});
    struct registration registration = {.application_id = app};
    struct user *user = fixture_load(fx, ann);
    struct rq *rq = fixture_rq(fx);

    fixture_user(fx, S("bob@x.test"), NO_STR);
    REQUIRE(registration_create(rq, fx->tenant, user, &registration) == ERR_OK);
    fixture_finish(rq);
    for (int round = 0; round < 2; round++) {
        EXPECT(total(fx, all, TALLY_USER) == 2 && total(fx, all, TALLY_USER_END) == 0);
        EXPECT(total(fx, app, TALLY_REGISTRATION) == 1);
        EXPECT(total(fx, all, TALLY_REGISTRATION) == 1);
        fold(fx, 100);
    }
    rq = fixture_rq(fx);
    REQUIRE(user_delete(rq, fx->tenant, user) == ERR_OK);
    fixture_finish(rq);
    for (int round = 0; round < 2; round++) {
        EXPECT(total(fx, all, TALLY_USER) == 2 && total(fx, all, TALLY_USER_END) == 1);
        EXPECT(total(fx, app, TALLY_REGISTRATION) == 1);
        EXPECT(total(fx, app, TALLY_REGISTRATION_END) == 1);
        fold(fx, 100);
    }
    fixture_end_tenant(fx, fx->tenant);
    EXPECT(fixture_count(fx, "counter") == 0);
    fixture_close(fx);
}

TEST(people_of_old_days_are_forgotten)
{
    struct fixture *fx = fixture_open();
    struct uuid app = fixture_id(fx);
    struct rq *rq;
    size_t count;

    fx->now = 1000000 * (int64_t)HOUR_MS;
    login(fx, fixture_id(fx), app);
    fx->now += 40 * DAY_MS;
    login(fx, fixture_id(fx), app);
    EXPECT(fixture_count(fx, "active") == 8);
    rq = fixture_rq(fx);
    REQUIRE(tally_sweep(rq, fx->now - DAY_MS, 3, &count) == ERR_OK && count == 3);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(tally_sweep(rq, fx->now - DAY_MS, 3, &count) == ERR_OK && count == 1);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "active") == 4);
    expect_people(fx, __LINE__, TALLY_DAY, app, 1);
    fixture_close(fx);
}
