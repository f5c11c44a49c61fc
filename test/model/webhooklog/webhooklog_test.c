/* SPDX-License-Identifier: Apache-2.0 */
/* What webhooks were told: kept with its attempts, gone with its person. */
#define UNIT webhooklog
#include "../fixture.h"

#include "model/webhooklog/webhooklog.h"

static struct uuid
add(struct fixture *fx, struct uuid user_id, const char *event)
{
    struct webhooklog_event row = {.user_id = user_id,
        .linked_id = user_id,
        .kind = S("user.update"),
        .result = WEBHOOKLOG_RUNNING,
        .event = str_from(event)};
    struct rq *rq = fixture_rq(fx);

    REQUIRE(webhooklog_add(rq, fx->tenant, &row) == ERR_OK);
    fixture_finish(rq);
    fx->now += 1;
    return row.id;
}

static enum err
attempt(
    struct fixture *fx, struct uuid event_id, struct uuid user_id, enum webhooklog_outcome outcome)
{
    struct webhooklog_attempt row = {.event_id = event_id,
        .user_id = user_id,
        .outcome = (int)outcome,
        .start_instant = fx->now,
        .end_instant = fx->now + 5,
        .response = S("{\"statusCode\":200}")};
    struct rq *rq = fixture_rq(fx);
    enum err e = webhooklog_add_attempt(rq, fx->tenant, &row,
        outcome == WEBHOOKLOG_SUCCESS ? WEBHOOKLOG_SUCCEEDED : WEBHOOKLOG_RUNNING);

    e = e ? e : fixture_commit(rq);
    fixture_done(rq);
    fx->now += 1;
    return e;
}

TEST(an_event_counts_its_attempts)
{
    struct fixture *fx = fixture_open();
    struct uuid user = fixture_user(fx, S("ann@x.test"), NO_STR), id = add(fx, user, "{\"a\":1}");
    struct webhooklog_attempt *attempts, *one;
    struct webhooklog_event *event;
    struct rq *rq;
    size_t count;

    REQUIRE(attempt(fx, id, user, WEBHOOKLOG_FAILURE) == ERR_OK);
    REQUIRE(attempt(fx, id, user, WEBHOOKLOG_SUCCESS) == ERR_OK);
    EXPECT(attempt(fx, fixture_id(fx), user, WEBHOOKLOG_SUCCESS) == ERR_AGAIN);
    rq = fixture_rq(fx);
    REQUIRE(webhooklog_load(rq, id, &event) == ERR_OK && event);
    EXPECT(event->failed == 1 && event->succeeded == 1 && event->result == WEBHOOKLOG_SUCCEEDED);
    EXPECT_STR(event->event, S("{\"a\":1}"));
    EXPECT_STR(event->kind, S("user.update"));
    REQUIRE(webhooklog_attempts(rq, event, &attempts, &count) == ERR_OK && count == 2);
    EXPECT(attempts[0].outcome == WEBHOOKLOG_FAILURE);
    REQUIRE(webhooklog_load_attempt(rq, attempts[1].id, &one) == ERR_OK && one);
    EXPECT_STR(one->response, S("{\"statusCode\":200}"));
    EXPECT(uuid_eq(one->event_id, id) && one->end_instant == one->start_instant + 5);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(what_is_of_a_person_goes_with_the_person)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct user *user = fixture_load(fx, id);
    struct rq *rq;

    REQUIRE(attempt(fx, add(fx, id, "{}"), id, WEBHOOKLOG_SUCCESS) == ERR_OK);
    add(fx, (struct uuid){{0}}, "{}");
    rq = fixture_rq(fx);
    REQUIRE(user_delete(rq, fx->tenant, user) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "webhook_event") == 1 && fixture_count(fx, "webhook_attempt") == 0);
    fixture_end_tenant(fx, fx->tenant);
    EXPECT(fixture_count(fx, "webhook_event") == 0);
    fixture_close(fx);
}

TEST(events_are_found_by_time_and_swept_with_their_attempts)
{
    struct fixture *fx = fixture_open();
    struct uuid none = {{0}}, first = add(fx, none, "{}");
    struct webhooklog_event *list;
    struct rq *rq;
    size_t count;

    REQUIRE(attempt(fx, first, none, WEBHOOKLOG_UNKNOWN) == ERR_OK);
    fx->now += 1000;
    add(fx, none, "{\"n\":2}");
    rq = fixture_rq(fx);
    REQUIRE(
        webhooklog_list(rq, &(struct webhooklog_which){none, none, 0}, 9, &list, &count) == ERR_OK
        && count == 2);
    EXPECT_STR(list[0].event, S("{\"n\":2}"));
    REQUIRE(webhooklog_list(
                rq, &(struct webhooklog_which){fx->tenant->id, list[0].id, 0}, 9, &list, &count)
            == ERR_OK);
    EXPECT(count == 1 && uuid_eq(list[0].id, first));
    REQUIRE(
        webhooklog_list(rq, &(struct webhooklog_which){fx->other->id, none, 0}, 9, &list, &count)
        == ERR_OK);
    EXPECT(count == 0);
    REQUIRE(
        webhooklog_list(rq, &(struct webhooklog_which){none, none, fx->now - 500}, 9, &list, &count)
        == ERR_OK);
    EXPECT(count == 1);
    fixture_done(rq);
    rq = fixture_rq(fx);
    REQUIRE(webhooklog_sweep(rq, fx->now - 500, 9, &count) == ERR_OK && count == 1);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "webhook_event") == 1 && fixture_count(fx, "webhook_attempt") == 0);
    fixture_close(fx);
}
