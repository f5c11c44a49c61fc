/* SPDX-License-Identifier: Apache-2.0 */
/* What stays unverified ends: whom it takes, whom it never takes, and races with a verification. */
#define UNIT user_unverified
#include "../fixture.h"

#include "model/admin/admin.h"
#include "model/user/user_unverified.h"

enum { DAYS = 7 };
typedef enum err walker(struct rq *rq, struct user_unverified *walk, size_t max, bool *ret_is_end);

static void
switch_on(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);
    struct tenant tenant = *fx->tenant;

    tenant.mail.verifies = true;
    tenant.kept.user_delete.unverified = (struct delete_policy){true, 0, DAYS};
    user_unverified_start(NULL, &tenant.kept.user_delete.unverified, fx->now);
    REQUIRE(tenant_update(rq, &tenant) == ERR_OK);
    fixture_finish(rq);
}

static struct uuid
application_with_policy(struct fixture *fx)
{
    struct uuid id = fixture_application(fx, (struct uuid){{0}});
    struct rq *rq = fixture_rq(fx);
    const struct application *app;
    struct application changed;

    REQUIRE(application_load(rq, id, &app) == ERR_OK && app != NULL);
    changed = *app;
    changed.verifies_registration = true;
    changed.registration_delete.unverified = (struct delete_policy){true, fx->now, DAYS};
    REQUIRE(application_update(rq, &changed) == ERR_OK);
    fixture_finish(rq);
    return id;
}

static bool
step(struct fixture *fx, walker *go, struct user_unverified *walk)
{
    struct rq *rq = fixture_rq(fx);
    bool is_end = false;

    REQUIRE(go(rq, walk, 2, &is_end) == ERR_OK);
    fixture_finish(rq);
    return !is_end;
}

static void
walk_all(struct fixture *fx, walker *go)
{
    struct user_unverified walk = {.state = 0};

    for (int i = 0; i < 100 && step(fx, go, &walk); i++) {
    }
}

static void
verify(struct fixture *fx, struct uuid id)
{
    struct rq *rq = fixture_rq(fx);
    struct user *before, after;

    REQUIRE(user_load(rq, fx->tenant, id, USER_REGISTRATIONS, &before) == ERR_OK && before);
    after = *before;
    after.verified = true;
    REQUIRE(user_update(rq, fx->tenant, before, &after) == ERR_OK);
    fixture_finish(rq);
}

static void
add(struct fixture *fx, struct uuid user_id, struct uuid application_id, bool is_verified)
{
    struct rq *rq = fixture_rq(fx);
    struct registration made = {.application_id = application_id, .verified = is_verified};
    struct user *user;

    REQUIRE(user_load(rq, fx->tenant, user_id, USER_REGISTRATIONS, &user) == ERR_OK && user);
    REQUIRE(registration_create(rq, fx->tenant, user, &made) == ERR_OK);
    fixture_finish(rq);
}

static bool
is_there(struct fixture *fx, struct uuid id)
{
    return fixture_load(fx, id) != NULL;
}

TEST(people_end_who_stayed_unverified_longer_than_the_policy_says)
{
    struct fixture *fx = fixture_open();
    struct uuid early = fixture_user(fx, S("early@x.test"), NO_STR), gone[5], proven, late, admin;
    int64_t events;

    fx->now += 1000;
    switch_on(fx);
    for (size_t i = 0; i < COUNT(gone); i++) {
        fx->now += i & 1; /* two of one instant */
        gone[i] = fixture_user(fx, str_fmt(fx->arena, "gone%zu@x.test", i), NO_STR);
    }
    proven = fixture_user(fx, S("proven@x.test"), NO_STR);
    verify(fx, proven);
    admin = fixture_user(fx, S("admin@x.test"), NO_STR);
    add(fx, admin, fixture_application(fx, admin_application_id()), true);
    fx->now += DAYS * DAY_MS - 1000;
    late = fixture_user(fx, S("late@x.test"), NO_STR);
    walk_all(fx, user_unverified_people);
    EXPECT(fixture_count(fx, "users") == 9); /* none is old enough */
    fx->now += 2000;
    events = fixture_count(fx, "event");
    walk_all(fx, user_unverified_people);
    for (size_t i = 0; i < COUNT(gone); i++) {
        EXPECT(!is_there(fx, gone[i]));
    }
    EXPECT(
        is_there(fx, early) && is_there(fx, proven) && is_there(fx, admin) && is_there(fx, late));
    EXPECT(fixture_count(fx, "users") == 4 && fixture_count(fx, "identity") == 4);
    EXPECT(fixture_count(fx, "event") == events + (int64_t)COUNT(gone));
    walk_all(fx, user_unverified_people); /* again: nothing changes */
    EXPECT(fixture_count(fx, "users") == 4);
    fixture_close(fx);
}

TEST(who_verifies_while_the_walk_is_there_stays)
{
    struct fixture *fx = fixture_open();
    struct user_unverified walk = {.state = 0};
    struct uuid id, other;

    switch_on(fx);
    id = fixture_user(fx, S("a@x.test"), NO_STR);
    other = fixture_user(fx, S("b@x.test"), NO_STR);
    fx->now += (DAYS + 1) * DAY_MS;
    for (int i = 0; i < 10 && walk.state != 2; i++) { /* until their tickets have ended */
        REQUIRE(step(fx, user_unverified_people, &walk));
    }
    EXPECT(walk.state == 2 && is_there(fx, id));
    verify(fx, id);
    while (step(fx, user_unverified_people, &walk)) {
    }
    EXPECT(is_there(fx, id) && !is_there(fx, other));
    fixture_close(fx);
}

TEST(nobody_ends_where_nothing_is_verified_or_the_start_is_not_known)
{
    struct fixture *fx = fixture_open();
    struct delete_policy policy = {false, 7, 3}, again = {true, 0, 3};
    struct rq *rq;
    struct tenant tenant;

    fixture_user(fx, S("a@x.test"), NO_STR);
    rq = fixture_rq(fx);
    tenant = *fx->tenant;
    tenant.kept.user_delete.unverified = (struct delete_policy){true, fx->now, DAYS};
    REQUIRE(tenant_update(rq, &tenant) == ERR_OK);
    fixture_finish(rq);
    fx->now += 100 * DAY_MS;
    walk_all(fx, user_unverified_people);
    EXPECT(fixture_count(fx, "users") == 1);
    user_unverified_start(NULL, &policy, 9);
    EXPECT(policy.enabled_instant == 7);
    user_unverified_start(&policy, &again, 9);
    EXPECT(again.enabled_instant == 9);
    policy = again;
    user_unverified_start(&policy, &again, 11);
    EXPECT(again.enabled_instant == 9);
    fixture_close(fx);
}

TEST(registrations_end_and_their_people_stay)
{
    struct fixture *fx = fixture_open();
    struct uuid app = application_with_policy(fx),
                other = fixture_application(fx, (struct uuid){{0}});
    struct uuid people[5], proven = fixture_user(fx, S("p@x.test"), NO_STR);

    add(fx, proven, app, true);
    for (size_t i = 0; i < COUNT(people); i++) {
        people[i] = fixture_user(fx, str_fmt(fx->arena, "u%zu@x.test", i), NO_STR);
        add(fx, people[i], app, false);
        add(fx, people[i], other, false);
    }
    walk_all(fx, user_unverified_registrations);
    EXPECT(fixture_count(fx, "registration") == 11);
    fx->now += (DAYS + 1) * DAY_MS;
    walk_all(fx, user_unverified_registrations);
    EXPECT(fixture_count(fx, "registration") == 6 && fixture_count(fx, "users") == 6);
    for (size_t i = 0; i < COUNT(people); i++) {
        EXPECT(user_registration(fixture_load(fx, people[i]), app) == NULL);
    }
    EXPECT(user_registration(fixture_load(fx, proven), app) != NULL);
    fixture_close(fx);
}

TEST(a_registration_that_is_verified_meanwhile_makes_the_step_run_again)
{
    struct fixture *fx = fixture_open();
    struct uuid app = application_with_policy(fx), id = fixture_user(fx, S("r@x.test"), NO_STR);
    struct user_unverified walk = {.state = 0};
    struct registration changed;
    struct rq *rq, *meanwhile;
    struct user *user;
    bool is_end;

    add(fx, id, app, false);
    fx->now += (DAYS + 1) * DAY_MS;
    for (int i = 0; i < 10 && walk.state == 0; i++) {
        REQUIRE(step(fx, user_unverified_registrations, &walk));
    }
    rq = fixture_rq(fx);
    REQUIRE(user_unverified_registrations(rq, &walk, 2, &is_end) == ERR_OK && rq->writes.count > 0);
    meanwhile = fixture_rq(fx);
    REQUIRE(user_load(meanwhile, fx->tenant, id, USER_REGISTRATIONS, &user) == ERR_OK && user);
    changed = *user_registration(user, app);
    changed.verified = true;
    REQUIRE(registration_update(meanwhile, fx->tenant, user, &changed) == ERR_OK);
    fixture_finish(meanwhile);
    EXPECT(fixture_commit(rq) == ERR_AGAIN);
    fixture_done(rq);
    walk_all(fx, user_unverified_registrations);
    EXPECT(user_registration(fixture_load(fx, id), app) != NULL);
    fixture_close(fx);
}
