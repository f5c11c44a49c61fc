/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords over time. */
#define UNIT user_change
#include "../fixture.h"

static str
change(struct fixture *fx, struct uuid id, const char *password)
{
    struct rq *rq = fixture_rq(fx);
    struct field_reader reader = {rq->arena, &rq->faults};
    struct user *before = fixture_load(fx, id), after = *before;
    str code = NO_STR;

    rq->place = RQ_HASH;
    after.password = str_from(password);
    REQUIRE(user_check_change(rq, fx->tenant, &reader, before, &after, "") == ERR_OK);
    if (rq->faults.count) {
        EXPECT(rq->faults.count == 1);
        EXPECT_STR(rq->faults.first->path, S("password"));
        code = str_dup(fx->arena, rq->faults.first->code);
        fixture_done(rq);
        return code;
    }
    REQUIRE(user_change_password(rq, fx->tenant, before, &after) == ERR_OK);
    REQUIRE(user_update(rq, fx->tenant, before, &after) == ERR_OK);
    fixture_finish(rq);
    return code;
}

TEST(the_last_passwords_may_not_come_again)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), S("password one"));

    fx->tenant->password.previous = (struct remember_config){true, 3};
    EXPECT_STR(change(fx, id, "password one"), S("previouslyUsed"));
    EXPECT_STR(change(fx, id, "password two"), NO_STR);
    EXPECT_STR(change(fx, id, "password three"), NO_STR);
    EXPECT_STR(change(fx, id, "password one"), S("previouslyUsed"));
    EXPECT_STR(change(fx, id, "password two"), S("previouslyUsed"));
    EXPECT_STR(change(fx, id, "password four"), NO_STR);
    EXPECT(fixture_load(fx, id)->previous.count == 2);
    EXPECT_STR(change(fx, id, "password one"), NO_STR); /* the third before it */
    fx->tenant->password.previous.enabled = false;
    EXPECT_STR(change(fx, id, "password one"), NO_STR);
    EXPECT(fixture_load(fx, id)->previous.count == 0);
    fixture_close(fx);
}

TEST(a_password_is_kept_for_a_while_before_it_is_changed)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), S("password one"));
    struct uuid none = fixture_user(fx, S("bo@x.test"), NO_STR);

    fx->tenant->min_password_age = (struct password_age){true, 30};
    EXPECT_STR(change(fx, none, "a first password"), NO_STR);
    fx->now += 29999;
    EXPECT_STR(change(fx, id, "password two"), S("tooYoung"));
    fx->now += 1;
    EXPECT_STR(change(fx, id, "password two"), NO_STR);
    fixture_close(fx);
}

TEST(a_right_password_may_have_to_be_changed)
{
    struct fixture *fx = fixture_open();
    struct user *user = fixture_load(fx, fixture_user(fx, S("ann@x.test"), S("password one")));
    struct rq *rq = fixture_rq(fx);

#define DUE(password) user_password_due(rq, fx->tenant, user, sizeof password > 1, S(password))
    EXPECT(DUE("password one") == PASSWORD_FINE);
    fx->tenant->max_password_age = (struct password_age){true, 2};
    rq->now = user->password_instant + 2 * DAY_MS - 1;
    EXPECT(DUE("password one") == PASSWORD_FINE);
    rq->now += 1;
    EXPECT(DUE("password one") == PASSWORD_EXPIRED && DUE("") == PASSWORD_FINE);
    fx->tenant->max_password_age.enabled = false;
    fx->tenant->password.min_length = 20;
    EXPECT(DUE("password one") == PASSWORD_FINE);
    fx->tenant->password.validates_on_login = true;
    EXPECT(DUE("password one") == PASSWORD_VALIDATION && rq->faults.count == 0);
    user->password_change_required = true;
    EXPECT(DUE("password one") == PASSWORD_ADMINISTRATIVE && DUE("") == PASSWORD_ADMINISTRATIVE);
    fixture_done(rq);
    fixture_close(fx);
}
