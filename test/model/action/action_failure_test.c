/* SPDX-License-Identifier: Apache-2.0 */
/* The user action that is taken for too many failures: once, whoever counts; by nobody; canceled by whom. */
#define UNIT action_failure
#include "../fixture.h"

#include "model/action/action.h"
#include "model/lockout/lockout.h"

struct scene {
    struct fixture *fx;
    struct uuid user_id;
    struct action action;
    struct lockout_due due;
};

/* The tenant's settings as they are stored: the job reads them there. */
static void
set_policy(struct scene *s)
{
    struct rq *rq = fixture_rq(s->fx);

    REQUIRE(tenant_update(rq, s->fx->tenant) == ERR_OK);
    fixture_finish(rq);
}

static struct scene
open_scene(struct action action)
{
    struct scene s = {.fx = fixture_open(), .action = action};
    struct rq *rq = fixture_rq(s.fx);

    s.action.name = S("Lock");
    s.action.head.id = fixture_id(s.fx);
    REQUIRE(record_create(rq, &action_kind, NULL, &s.action) == ERR_OK);
    fixture_finish(rq);
    s.fx->tenant->failed_login.action_id = s.action.head.id;
    s.fx->tenant->failed_login.cancel.on_password_reset = true;
    set_policy(&s);
    s.user_id = fixture_user(s.fx, S("a@x.test"), NO_STR);
    s.due = (struct lockout_due){s.fx->tenant->id, s.user_id, s.fx->now, 0};
    return s;
}

static enum err
take(struct scene *s)
{
    struct rq *rq = fixture_rq(s->fx);
    enum err e = action_take_for_failures(rq, &s->due);

    e = e ? e : rq->writes.count ? fixture_commit(rq) : ERR_OK;
    fixture_done(rq);
    return e;
}

static struct dossier_list
all_of(struct scene *s, struct rq *rq)
{
    struct dossier_list list;

    REQUIRE(dossier_of_user(rq, s->fx->tenant, &action_log_kind, s->user_id, &list) == ERR_OK);
    return list;
}

static size_t
count_all(struct scene *s)
{
    struct rq *rq = fixture_rq(s->fx);
    size_t n = all_of(s, rq).count;

    fixture_done(rq);
    return n;
}

static size_t
count_preventing(struct scene *s)
{
    struct user *user = fixture_load(s->fx, s->user_id);
    struct rq *rq = fixture_rq(s->fx);
    struct dossier_list list;

    REQUIRE(action_prevents(rq, s->fx->tenant, user, (struct uuid){{0}}, &list) == ERR_OK);
    fixture_done(rq);
    return list.count;
}

static const struct action lock = {.active = true, .temporal = true, .prevent_login = true};

TEST(it_is_taken_by_nobody_for_the_tenants_time_and_survives_a_restart)
{
    struct scene s = open_scene(lock);
    int64_t events = fixture_count(s.fx, "event");
    const struct action_log *log;
    struct rq *rq;

    s.due.instant -= 1000; /* it waited */
    REQUIRE(take(&s) == ERR_OK);
    EXPECT(fixture_count(s.fx, "event") == events + 1);
    fixture_restart(s.fx);
    rq = fixture_rq(s.fx);
    REQUIRE(all_of(&s, rq).count == 1);
    log = all_of(&s, rq).items[0];
    EXPECT(uuid_is_nil(log->actioner_user_id) && uuid_eq(log->head.subject_id, s.action.head.id));
    EXPECT(log->head.until_instant == s.due.instant + 180 * SECOND_MS);
    EXPECT_STR(log->name, S("Lock"));
    EXPECT(log->application_ids.count == 0);
    fixture_done(rq);
    EXPECT(count_preventing(&s) == 1);
    s.fx->now += 180 * SECOND_MS;
    EXPECT(count_preventing(&s) == 0);
    fixture_close(s.fx);
}

TEST(while_it_stands_it_is_not_taken_again_and_afterwards_it_is)
{
    struct scene s = open_scene(lock);

    for (int i = 0; i < 3; i++) {
        REQUIRE(take(&s) == ERR_OK);
        s.fx->now += SECOND_MS;
        s.due.instant = s.fx->now;
    }
    EXPECT(count_all(&s) == 1);
    s.fx->now += 180 * SECOND_MS;
    s.due.instant = s.fx->now;
    REQUIRE(take(&s) == ERR_OK);
    EXPECT(count_all(&s) == 2 && count_preventing(&s) == 1);
    fixture_close(s.fx);
}

TEST(of_two_nodes_one_takes_it)
{
    struct scene s = open_scene(lock);

    for (int round = 0; round < 2; round++) {
        struct rq *rq = fixture_rq(s.fx);
        s.due.instant = s.fx->now;
        REQUIRE(action_take_for_failures(rq, &s.due) == ERR_OK);
        REQUIRE(take(&s) == ERR_OK); /* the other, meanwhile */
        EXPECT(fixture_commit(rq) == ERR_AGAIN);
        fixture_done(rq);
        REQUIRE(take(&s) == ERR_OK);
        EXPECT(count_all(&s) == (size_t)round + 1);
        s.fx->now += 200 * SECOND_MS; /* the end is over, but stands in the row */
    }
    fixture_close(s.fx);
}

TEST(nothing_is_taken_without_a_usable_action_or_a_person)
{
    static const struct {
        int line;
        struct action action;
        int64_t late_ms;
        bool is_unknown, is_of_nowhere;
    } cases[] = {
        {__LINE__, {.temporal = true, .prevent_login = true}, 0, false, false}, /* out of use */
        {__LINE__, {.active = true}, 0, false, false},                          /* has no end */
        {__LINE__, {.active = true, .temporal = true}, 180 * SECOND_MS, false, false},
        {__LINE__, {.active = true, .temporal = true}, 0, true, false},
        {__LINE__, {.active = true, .temporal = true}, 0, false, true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct scene s = open_scene(cases[i].action);
        s.due.instant -= cases[i].late_ms;
        s.due.user_id = cases[i].is_unknown ? fixture_id(s.fx) : s.due.user_id;
        s.due.tenant_id = cases[i].is_of_nowhere ? fixture_id(s.fx) : s.due.tenant_id;
        CHECK_AT(cases[i].line, take(&s) == ERR_OK);
        CHECK_AT(cases[i].line, count_all(&s) == 0);
        fixture_close(s.fx);
    }
}

TEST(one_that_does_not_prevent_login_is_noted_and_keeps_nobody_out)
{
    struct scene s = open_scene((struct action){.active = true, .temporal = true});

    REQUIRE(take(&s) == ERR_OK && take(&s) == ERR_OK);
    EXPECT(count_all(&s) == 1 && count_preventing(&s) == 0);
    fixture_close(s.fx);
}

/* The same action, taken by a moderator: a mail does not open that. */
static void
take_by_hand(struct scene *s)
{
    struct rq *rq = fixture_rq(s->fx);
    struct action_log log = {
        .head = {.user_id = s->user_id,
            .subject_id = s->action.head.id,
            .until_instant = rq->now + HOUR_MS},
        .actioner_user_id = fixture_id(s->fx),
    };

    REQUIRE(action_take(rq, s->fx->tenant, &s->action, &log) == ERR_OK);
    fixture_finish(rq);
}

static void
end(struct scene *s)
{
    struct user *user = fixture_load(s->fx, s->user_id);
    struct rq *rq = fixture_rq(s->fx);

    REQUIRE(action_end_of_failures(rq, s->fx->tenant, user) == ERR_OK);
    if (rq->writes.count) {
        EXPECT(fixture_commit(rq) == ERR_OK);
    }
    fixture_done(rq);
}

TEST(a_password_set_anew_ends_it_and_nothing_of_a_moderator)
{
    struct scene s = open_scene(lock);
    int64_t events;

    end(&s); /* nothing stands */
    REQUIRE(take(&s) == ERR_OK);
    take_by_hand(&s);
    EXPECT(count_preventing(&s) == 2);
    events = fixture_count(s.fx, "event");
    end(&s);
    EXPECT(fixture_count(s.fx, "event") == events + 1);
    EXPECT(count_preventing(&s) == 1);
    REQUIRE(take(&s) == ERR_OK); /* the moderator's stands */
    EXPECT(count_all(&s) == 2);
    fixture_close(s.fx);
}

TEST(a_node_that_comes_late_does_not_take_what_was_ended_after_the_failures)
{
    struct scene s = open_scene(lock);

    s.fx->now += SECOND_MS;
    REQUIRE(take(&s) == ERR_OK); /* the first node */
    s.fx->now += SECOND_MS;
    end(&s);
    REQUIRE(take(&s) == ERR_OK); /* the second, of the same failures */
    EXPECT(count_all(&s) == 1 && count_preventing(&s) == 0);
    s.due.instant = s.fx->now + 1; /* failures since then */
    REQUIRE(take(&s) == ERR_OK);
    EXPECT(count_all(&s) == 2 && count_preventing(&s) == 1);
    fixture_close(s.fx);
}

TEST(with_every_call_failing_in_turn_it_is_whole_or_absent_and_the_next_try_takes_it)
{
    struct scene s = open_scene(lock);
    int64_t events = fixture_count(s.fx, "event");
    enum err e = ERR_SERVER;
    long n = 0;

    while (e != ERR_OK && n < 100) {
        db_fail_after(n++);
        e = take(&s);
        db_fail_after(-1);
        EXPECT(fixture_count(s.fx, "dossier") == (e == ERR_OK));
        EXPECT(fixture_count(s.fx, "event") == events + (e == ERR_OK));
    }
    EXPECT(e == ERR_OK && n > 3);
    EXPECT(count_all(&s) == 1 && count_preventing(&s) == 1);
    fixture_close(s.fx);
}

TEST(with_every_call_failing_in_turn_it_ends_whole_or_stands)
{
    struct scene s = open_scene(lock);
    enum err e = ERR_SERVER;
    int64_t events;
    long n = 0;

    REQUIRE(take(&s) == ERR_OK);
    events = fixture_count(s.fx, "event");
    while (e != ERR_OK && n < 100) {
        struct user *user = fixture_load(s.fx, s.user_id);
        struct rq *rq = fixture_rq(s.fx);
        db_fail_after(n++);
        e = action_end_of_failures(rq, s.fx->tenant, user);
        e = e ? e : fixture_commit(rq);
        db_fail_after(-1);
        fixture_done(rq);
        EXPECT(count_preventing(&s) == (e != ERR_OK));
        EXPECT(fixture_count(s.fx, "event") == events + (e == ERR_OK));
    }
    EXPECT(e == ERR_OK && n > 3);
    fixture_close(s.fx);
}
