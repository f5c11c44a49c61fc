/* SPDX-License-Identifier: Apache-2.0 */
/* Failed sign-ins: kept sealed and bounded, written by the house, readable as long as their day's key. */
#define UNIT attempt
#include "../fixture.h"

#include "model/attempt/attempt.h"
#include "model/event/event.h"
#include "model/seal/seal.h"

enum { ROOM = 3 };

static struct rq *
trying(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);

    if (fx->house.attempts == NULL) {
        fx->house.attempts = attempts_new(ROOM);
        REQUIRE(fx->house.attempts != NULL);
    }
    return rq;
}

static void
fail_as(struct fixture *fx, struct uuid user_id, enum attempt_reason reason, const char *detail)
{
    struct rq *rq = trying(fx);

    attempt_note(rq, fx->tenant, user_id, reason, seal_for_log(rq, fx->tenant, str_from(detail)));
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
    fx->now += 1;
}

static size_t
write_down(struct fixture *fx, size_t max)
{
    struct rq *rq = trying(fx);
    size_t count;

    REQUIRE(attempts_write(rq, max, &count) == ERR_OK);
    if (count) {
        fixture_finish(rq);
    } else {
        fixture_done(rq);
    }
    return count;
}

static struct event_record *
list(struct fixture *fx, size_t *ret_count)
{
    struct rq *rq = fixture_rq(fx);
    struct arena *arena = rq->arena;
    struct event_record *events;

    rq->arena = fx->arena;
    REQUIRE(event_list(rq, fx->tenant, (struct uuid){{0}}, 9, &events, ret_count) == ERR_OK);
    rq->arena = arena;
    fixture_done(rq);
    return events;
}

static void
make_day_key(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);

    REQUIRE(seal_new_day_key(rq, fx->tenant, fx->now) == ERR_OK);
    fixture_finish(rq);
}

TEST(a_failure_is_written_later_by_the_house)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    int64_t began = fx->now;
    struct event_record *events;
    size_t count;

    make_day_key(fx);
    fail_as(fx, id, ATTEMPT_PASSWORD, "192.0.2.1 ann@x.test");
    fail_as(fx, (struct uuid){{0}}, ATTEMPT_UNKNOWN, "2001:db8::1 no body");
    EXPECT(write_down(fx, 9) == 2 && write_down(fx, 9) == 0);
    events = list(fx, &count);
    REQUIRE(count == 2);
    EXPECT(events[1].stream == EVENT_LOGIN_FAILED && events[1].insert_instant == began);
    EXPECT(uuid_eq(events[1].user_id, id));
    EXPECT_STR(events[1].detail,
        S("{\"reason\":\"WrongPassword\",\"ipAddress\":\"192.0.2.1\",\"loginId\":\"ann@x.test\"}"));
    EXPECT_STR(events[0].detail,
        S("{\"reason\":\"UnknownUser\",\"ipAddress\":\"2001:db8::1\",\"loginId\":\"no body\"}"));
    EXPECT(fixture_count(fx, "audit") == 0);
    attempts_free(fx->house.attempts);
    fixture_close(fx);
}

TEST(what_does_not_fit_is_dropped_and_room_comes_back)
{
    struct fixture *fx = fixture_open();

    for (int i = 0; i < ROOM + 2; i++) {
        fail_as(fx, (struct uuid){{0}}, ATTEMPT_LOCKED, "192.0.2.1 x");
    }
    EXPECT(write_down(fx, 2) == 2);
    fail_as(fx, (struct uuid){{0}}, ATTEMPT_LOCKED, "192.0.2.1 x");
    EXPECT(write_down(fx, 9) == 2 && fixture_count(fx, "event") == ROOM + 1);
    attempts_free(fx->house.attempts);
    fixture_close(fx);
}

TEST(with_the_key_of_its_day_goes_all_but_the_reason)
{
    struct fixture *fx = fixture_open();
    struct event_record *events;
    struct rq *rq;
    size_t count;

    make_day_key(fx);
    fail_as(fx, (struct uuid){{0}}, ATTEMPT_LOCKED, "192.0.2.1 x");
    write_down(fx, 9);
    rq = fixture_rq(fx);
    REQUIRE(seal_sweep_day_keys(rq, fx->now + DAY_MS, 9, &count) == ERR_OK && count > 0);
    fixture_finish(rq);
    events = list(fx, &count);
    REQUIRE(count == 1);
    EXPECT_STR(events[0].detail, S("{\"reason\":\"Locked\"}"));
    attempts_free(fx->house.attempts);
    fixture_close(fx);
}

TEST(failures_are_counted_by_reason_those_too_that_found_no_room)
{
    struct fixture *fx = fixture_open();
    struct attempt_counts counts;

    for (int i = 0; i < ROOM + 2; i++) {
        fail_as(fx, (struct uuid){{0}}, i ? ATTEMPT_PASSWORD : ATTEMPT_UNKNOWN, "::1 x");
    }
    counts = attempts_count(fx->house.attempts);
    EXPECT(counts.failures[ATTEMPT_UNKNOWN] == 1 && counts.failures[ATTEMPT_PASSWORD] == ROOM + 1);
    EXPECT(counts.failures[ATTEMPT_LOCKED] == 0 && counts.dropped == 2);
    EXPECT_STR(str_from(attempt_reason_name(ATTEMPT_PASSWORD)), S("WrongPassword"));
    EXPECT(attempts_count(NULL).failures[ATTEMPT_UNKNOWN] == 0);
    attempts_free(fx->house.attempts);
    fx->house.attempts = NULL;
    fixture_close(fx);
}
