/* SPDX-License-Identifier: Apache-2.0 */
/* Events: in the set of their cause, with their actor, readable as long as their person is there. */
#define UNIT event
#include "../fixture.h"

#include "model/apikey/apikey.h"
#include "model/event/event.h"

static struct event_record *
list(struct fixture *fx, const struct tenant *tenant, struct uuid before, size_t max,
    size_t *ret_count)
{
    struct rq *rq = fixture_rq(fx);
    struct arena *arena = rq->arena;
    struct event_record *events;

    rq->arena = fx->arena;
    REQUIRE(event_list(rq, tenant, before, max, &events, ret_count) == ERR_OK);
    rq->arena = arena;
    fixture_done(rq);
    return events;
}

TEST(an_event_names_what_happened_to_whom_by_whom)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct rq *rq = fixture_rq(fx);
    struct api_key key = {.id = fixture_id(fx)};
    struct event by_user = {"user.login.success", id, fixture_id(fx), S("{\"a\":1}")};
    struct event by_key = {"user.update", id, {{0}}, NO_STR};
    struct event_record *events;
    size_t count;

    REQUIRE(event_add(rq, fx->tenant, &by_user) == ERR_OK);
    fixture_finish(rq);
    fx->now += 1;
    rq = fixture_rq(fx);
    rq->api_key = &key;
    REQUIRE(event_add(rq, fx->tenant, &by_key) == ERR_OK);
    fixture_finish(rq);
    events = list(fx, fx->tenant, (struct uuid){0}, 10, &count);
    REQUIRE(count == 2);
    EXPECT_STR(events[0].kind, S("user.update"));
    EXPECT(uuid_eq(events[0].actor, key.id) && events[0].detail.n == 0);
    EXPECT_STR(events[1].kind, S("user.login.success"));
    EXPECT_STR(events[1].detail, S("{\"a\":1}"));
    EXPECT(uuid_eq(events[1].actor, id) && uuid_eq(events[1].user_id, id));
    EXPECT(uuid_eq(events[1].application_id, by_user.application_id));
    EXPECT(events[1].insert_instant == fx->now - 1);
    list(fx, fx->other, (struct uuid){0}, 10, &count);
    EXPECT(count == 0);
    fixture_close(fx);
}

TEST(events_are_paged_from_the_newest)
{
    struct fixture *fx = fixture_open();
    struct uuid before = {{0}};
    struct event_record *events;
    size_t count;

    for (int i = 0; i < 5; i++) {
        struct rq *rq = fixture_rq(fx);
        struct event event = {"audit", {{0}}, {{0}}, str_fmt(fx->arena, "{\"n\":%d}", i)};
        REQUIRE(event_add(rq, fx->tenant, &event) == ERR_OK);
        fixture_finish(rq);
        fx->now += 1;
    }
    for (int i = 4; i >= 0; i--) {
        events = list(fx, fx->tenant, before, 1, &count);
        REQUIRE(count == 1);
        EXPECT_STR(events[0].detail, str_fmt(fx->arena, "{\"n\":%d}", i));
        before = events[0].id;
    }
    list(fx, fx->tenant, before, 1, &count);
    EXPECT(count == 0);
    fixture_close(fx);
}

TEST(a_user_made_in_the_same_request_has_events)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct user user = {.email = S("ann@x.test")};
    struct event event = {"user.create", {{0}}, {{0}}, S("{\"a\":1}")};
    size_t count;

    REQUIRE(user_create(rq, fx->tenant, &user) == ERR_OK);
    event.user_id = user.id;
    REQUIRE(event_add(rq, fx->tenant, &event) == ERR_OK);
    fixture_finish(rq);
    EXPECT_STR(list(fx, fx->tenant, (struct uuid){0}, 10, &count)[0].detail, S("{\"a\":1}"));
    fixture_close(fx);
}

/* The audit keeps that somebody was deleted, by whom; nothing else. */
TEST(the_event_of_an_erasure_has_no_detail)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct event earlier = {"user.login.success", id, {{0}}, S("{\"a\":1}")};
    struct event event = {"user.delete", id, {{0}}, S("{\"email\":\"ann@x.test\"}")};
    struct rq *rq = fixture_rq(fx);
    struct event_record *events;
    struct user *user;
    size_t count;

    REQUIRE(event_add(rq, fx->tenant, &earlier) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &user) == ERR_OK && user);
    REQUIRE(user_delete(rq, fx->tenant, user) == ERR_OK);
    REQUIRE(event_add(rq, fx->tenant, &event) == ERR_OK);
    fixture_finish(rq);
    events = list(fx, fx->tenant, (struct uuid){0}, 10, &count);
    REQUIRE(count == 1);
    EXPECT_STR(events[0].kind, S("user.delete"));
    EXPECT(events[0].detail.n == 0 && uuid_eq(events[0].user_id, id));
    fixture_end_tenant(fx, fx->tenant);
    EXPECT(fixture_count(fx, "event") == 0);
    fixture_close(fx);
}

TEST(an_event_whose_key_cannot_be_read_is_a_fault_not_an_empty_event)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct event event = {"user.update", id, {{0}}, S("{\"a\":1}")};
    struct rq *rq = fixture_rq(fx);

    db_fail_after(0);
    EXPECT(event_add(rq, fx->tenant, &event) == ERR_BUSY);
    db_fail_after(-1);
    EXPECT(rq->writes.count == 0 && rq->fault.code == ERR_BUSY);
    fixture_done(rq);
    fixture_close(fx);
}
