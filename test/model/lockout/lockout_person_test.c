/* SPDX-License-Identifier: Apache-2.0 */
/* Failures by person: who is due for the tenant's user action, when, and how often. */
#define UNIT lockout_person
#include "../fixture.h"

#include <pthread.h>
#include <stdio.h>

#include "model/lockout/lockout.h"

enum { LIMIT = 5, ROOM = 1000 };

static struct fixture *
open_with_action(void)
{
    struct fixture *fx = fixture_open();

    fx->tenant->failed_login.action_id = fixture_id(fx);
    EXPECT(fx->tenant->failed_login.too_many == LIMIT);
    return fx;
}

static void
fail_from(struct fixture *fx, const char *id, const char *peer, struct uuid person, int times)
{
    struct rq *rq = fixture_rq(fx);
    struct http_request http = *rq->http;

    http.peer = str_from(peer);
    rq->http = &http;
    for (int i = 0; i < times; i++) {
        lockout_note_failure(rq, fx->tenant, str_from(id), person);
    }
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
}

static bool
holds(struct fixture *fx, const char *id)
{
    struct rq *rq = fixture_rq(fx);
    int64_t wait;
    bool is_held = lockout_holds(rq, fx->tenant, str_from(id), &wait);

    fixture_done(rq);
    return is_held;
}

/* Who is due is taken: none is left. */
static size_t
take_all(struct fixture *fx, struct lockout_due *ret_last)
{
    size_t n = 0;

    while (lockout_due_take(fx->house.lockouts, ret_last)) {
        n++;
    }
    EXPECT(lockout_due_count(fx->house.lockouts) == 0);
    return n;
}

TEST(the_failure_that_reaches_the_limit_makes_due_wherever_they_came_from)
{
    struct fixture *fx = open_with_action();
    struct uuid person = fixture_id(fx);
    struct lockout_due due;
    char peer[32];

    for (int i = 0; i < LIMIT; i++) {
        EXPECT(lockout_due_count(fx->house.lockouts) == 0);
        snprintf(peer, sizeof peer, "10.0.%d.1", i);
        fail_from(fx, i % 2 ? "ann" : "ann@x.test", peer, person, 1); /* by any login id */
    }
    REQUIRE(take_all(fx, &due) == 1);
    EXPECT(uuid_eq(due.user_id, person) && uuid_eq(due.tenant_id, fx->tenant->id));
    EXPECT(due.instant == fx->now);
    fail_from(fx, "ann", "10.1.0.1", person, LIMIT - 1); /* counted anew */
    EXPECT(take_all(fx, &due) == 0);
    fixture_close(fx);
}

TEST(nobody_is_due_without_an_action_or_for_a_login_id_of_nobody)
{
    struct fixture *fx = open_with_action();
    struct lockout_due due;

    fail_from(fx, "nobody", "10.0.0.1", (struct uuid){{0}}, 3 * LIMIT);
    fx->tenant->failed_login.action_id = (struct uuid){{0}};
    fail_from(fx, "ann", "10.0.0.1", fixture_id(fx), 3 * LIMIT);
    EXPECT(take_all(fx, &due) == 0);
    fixture_close(fx);
}

TEST(a_pause_and_a_success_begin_anew)
{
    struct fixture *fx = open_with_action();
    struct uuid person = fixture_id(fx);
    struct lockout_due due;
    struct rq *rq;

    fail_from(fx, "ann", "10.0.0.1", person, LIMIT - 1);
    fx->now += fx->tenant->failed_login.reset_s * SECOND_MS + 1;
    fail_from(fx, "ann", "10.0.1.1", person, LIMIT - 1);
    rq = fixture_rq(fx);
    lockout_note_success(rq, fx->tenant, S("ann"), person);
    fixture_done(rq);
    fail_from(fx, "ann", "10.0.2.1", person, LIMIT - 1);
    EXPECT(take_all(fx, &due) == 0);
    fixture_close(fx);
}

TEST(who_is_forgiven_is_neither_held_nor_due_here_and_on_other_nodes)
{
    struct fixture *fx = open_with_action();
    struct uuid ann = fixture_id(fx), bo = fixture_id(fx);
    struct lockout_due due;
    struct rq *rq;
    str notice;

    fail_from(fx, "ann", "", ann, LIMIT);
    fail_from(fx, "bo", "", bo, LIMIT);
    rq = fixture_rq(fx);
    lockout_forgive(rq, fx->other, ann); /* another tenant's is another person */
    EXPECT(holds(fx, "ann") && lockout_due_count(fx->house.lockouts) == 2);
    lockout_forgive(rq, fx->tenant, ann);
    EXPECT(!holds(fx, "ann") && holds(fx, "bo"));
    REQUIRE(rq->writes.notices != NULL);
    notice = str_dup(fx->arena, rq->writes.notices->text);
    fixture_done(rq);
    REQUIRE(take_all(fx, &due) == 1);
    EXPECT(uuid_eq(due.user_id, bo));
    fail_from(fx, "ann", "", ann, LIMIT);
    EXPECT(holds(fx, "ann"));
    EXPECT(lockouts_hear(fx->house.lockouts, notice)); /* what another node's says */
    EXPECT(!holds(fx, "ann") && take_all(fx, &due) == 0 && holds(fx, "bo"));
    fixture_close(fx);
}

TEST(notices_of_others_and_broken_ones_forgive_nobody)
{
    static const struct {
        int line;
        const char *text;
        bool mine;
    } cases[] = {
        {__LINE__, "", false},
        {__LINE__, "0 00000000-0000-0000-0000-000000000000", false},
        {__LINE__, "lock", false},
        {__LINE__, "lock ", true},
        {__LINE__, "lock x y", true},
        {__LINE__, "lock 00000000-0000-0000-0000-000000000000", true},
        {__LINE__, "lock 00000000-0000-0000-0000-000000000000 00000000-0000-0000-0000-000000000000",
            true},
    };
    struct fixture *fx = open_with_action();

    fail_from(fx, "nobody", "", (struct uuid){{0}}, LIMIT);
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line,
            lockouts_hear(fx->house.lockouts, str_from(cases[i].text)) == cases[i].mine);
        CHECK_AT(cases[i].line, holds(fx, "nobody"));
    }
    fixture_close(fx);
}

TEST(who_waits_waits_once_and_room_is_bounded)
{
    struct fixture *fx = open_with_action();
    struct lockout_due due = {.tenant_id = fx->tenant->id}, last;

    for (int i = 0; i < ROOM + 50; i++) {
        due.user_id = fixture_id(fx);
        lockout_due_put(fx->house.lockouts, &due);
        lockout_due_put(fx->house.lockouts, &due);
    }
    EXPECT(lockout_due_count(fx->house.lockouts) == ROOM);
    fail_from(fx, "ann", "", due.user_id, LIMIT); /* no room: the next failure asks again */
    EXPECT(take_all(fx, &last) == ROOM);
    fail_from(fx, "ann", "", due.user_id, 1);
    EXPECT(take_all(fx, &last) == 1 && uuid_eq(last.user_id, due.user_id));
    fixture_close(fx);
}

struct hand {
    struct fixture *fx;
    struct uuid person;
    pthread_t thread;
};

static void *
fail_once(void *ctx)
{
    struct hand *hand = ctx;

    fail_from(hand->fx, "ann", "10.0.0.1", hand->person, 1);
    return NULL;
}

TEST(many_failures_at_once_make_due_once)
{
    struct hand hands[64];
    struct fixture *fx = open_with_action();
    struct uuid person = fixture_id(fx);
    struct lockout_due due;

    for (size_t i = 0; i < COUNT(hands); i++) {
        hands[i] = (struct hand){.fx = fx, .person = person};
        REQUIRE(pthread_create(&hands[i].thread, NULL, fail_once, &hands[i]) == 0);
    }
    for (size_t i = 0; i < COUNT(hands); i++) {
        pthread_join(hands[i].thread, NULL);
    }
    EXPECT(take_all(fx, &due) == 1);
    fixture_close(fx);
}
