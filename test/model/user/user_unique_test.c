/* SPDX-License-Identifier: Apache-2.0 */
/* What makes a username unique: when it is drawn, of which form, and when it stays. */
#define UNIT user_unique
#include "user_body.h"

#include "model/user/user_internal.h"

struct crowd { /* how many of the names that are asked about are somebody's */
    int taken, asked;
};

static enum err
is_taken(struct rq *rq, const struct username_wish *wish, bytes blind, bool *ret)
{
    struct crowd *crowd = wish->ctx;

    (void)rq;
    EXPECT(blind.n > 0);
    *ret = crowd->asked++ < crowd->taken;
    return ERR_OK;
}

struct settled {
    struct user user;
    str faults;
    int asked;
};

/* body says what the user is to be, before what they are, "" for nobody. */
static struct settled
settle(struct fixture *fx, struct rq *rq, const char *before, const char *body, int taken)
{
    struct field_faults faults = {0};
    struct field_reader reader = {rq->arena, &faults};
    struct crowd crowd = {taken, 0};
    struct settled s = {.asked = 0};
    struct user old;
    struct username_wish wish = {
        fx->tenant, before[0] ? &old : NULL, &s.user, &reader, "user", is_taken, &crowd};
    str why;

    if (before[0]) {
        REQUIRE(body_read(rq, FIELD_CREATE, before, &old, &why));
        old.unique_username = str_fmt(rq->arena, STRF "#042", STRV(old.username));
        s.user = old;
    }
    REQUIRE(body_read(rq, before[0] ? FIELD_REPLACE : FIELD_CREATE, body, &s.user, &why));
    REQUIRE(user_settle_username(rq, &wish) == ERR_OK);
    s.faults = body_faults(rq->arena, &faults);
    s.asked = crowd.asked;
    return s;
}

static bool
has_digits(str unique, str start, size_t digits)
{
    str tail = str_starts(unique, start) ? str_skip(unique, start.n) : NO_STR;

    for (size_t i = 0; i < tail.n; i++) {
        if (tail.p[i] < '0' || tail.p[i] > '9') {
            return false;
        }
    }
    return tail.n == digits;
}

TEST(what_is_drawn_has_as_many_digits_as_the_tenant_says)
{
    static const struct {
        int line, strategy, taken;
        int64_t digits;
        size_t want; /* 0: the name alone */
        int asked;
    } cases[] = {
        {__LINE__, 1, 0, 5, 0, 1}, {__LINE__, 1, 1, 5, 5, 2}, {__LINE__, 1, 7, 10, 10, 8},
        {__LINE__, 0, 0, 3, 3, 1},
        {__LINE__, 0, 0, 0, 3, 1}, /* stored by a release that did not judge it */
        {__LINE__, 0, 0, 99, 10, 1},
        {__LINE__, 0, 1000, 3, 3, 50}, /* all are somebody's: told by who judges login ids */
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);
        fx->tenant->usernames.unique =
            (struct unique_username){true, cases[i].digits, S("#"), cases[i].strategy};
        struct settled s = settle(fx, rq, "", "{\"username\":\"Mike\"}", cases[i].taken);
        str unique = s.user.unique_username;
        CHECK_AT(cases[i].line,
            cases[i].want ? has_digits(unique, S("Mike#"), cases[i].want) : unique.n == 0);
        CHECK_AT(cases[i].line, s.asked == cases[i].asked);
        CHECK_AT(cases[i].line, s.faults.n == 0);
        EXPECT_STR(user_unique_username(&s.user), unique.n ? unique : S("Mike"));
        EXPECT_STR(user_login_id(&s.user), unique.n ? unique : S("Mike"));
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(it_stays_as_long_as_the_name_does)
{
    static const struct {
        int line;
        bool enabled;
        const char *body, *want;
    } cases[] = {
        {__LINE__, true, "{\"username\":\"mike\"}", "mike#042"},
        {__LINE__, true, "{\"username\":\"MIKE \"}", "MIKE #042"},
        {__LINE__, false, "{\"username\":\"mike\"}", "mike#042"},
        {__LINE__, false, "{\"username\":\"mike\",\"uniqueUsername\":\"ann\"}", "mike#042"},
        {__LINE__, false, "{\"username\":\"mikes\"}", ""},
        {__LINE__, true, "{\"email\":\"mike@x.test\"}", ""},
        {__LINE__, true, "{\"username\":\"mikes\"}", NULL},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);
        fx->tenant->usernames.unique = (struct unique_username){cases[i].enabled, 4, S("-"), 0};
        struct settled s = settle(fx, rq, "{\"username\":\"mike\"}", cases[i].body, 0);
        str unique = s.user.unique_username;
        CHECK_AT(cases[i].line, cases[i].want ? str_eq(unique, str_from(cases[i].want))
                                              : has_digits(unique, S("mikes-"), 4));
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(an_import_may_bring_one_of_the_right_form)
{
    static const struct {
        int line;
        const char *given, *want;
    } cases[] = {
        {__LINE__, "mike#05096", "mike#05096"},
        {__LINE__, "mike.1", "mike.1"},
        {__LINE__, "mike", ""},
        {__LINE__, "mike#", ""},
        {__LINE__, "mike#12345678901", ""},
        {__LINE__, "mike#12x", ""},
        {__LINE__, "mikes1", ""},
        {__LINE__, "mike 12", ""},
        {__LINE__, "ann#12", ""},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);
        struct field_faults faults = {0};
        struct field_reader reader = {rq->arena, &faults};
        struct user user = {.username = S("mike"), .unique_username = str_from(cases[i].given)};
        struct crowd crowd = {0, 0};
        struct username_wish wish = {fx->tenant, NULL, &user, &reader, "user", is_taken, &crowd};
        REQUIRE(user_settle_username(rq, &wish) == ERR_OK);
        CHECK_AT(cases[i].line, str_eq(user.unique_username, str_from(cases[i].want)));
        fixture_done(rq);
    }
    fixture_close(fx);
}
