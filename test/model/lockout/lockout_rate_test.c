/* SPDX-License-Identifier: Apache-2.0 */
/* A tenant's rates: so many in a period for one person, and everybody else is let through. */
#define UNIT lockout_rate
#include "../fixture.h"

#include "model/lockout/lockout.h"

static enum err
take(struct fixture *fx, const struct tenant *tenant, enum tenant_rate rate, const char *who)
{
    struct rq *rq = fixture_rq(fx);
    enum err e = lockout_rate_take(rq, tenant, rate, str_from(who));

    EXPECT(lockout_rate_take(rq, tenant, rate, str_from(who)) == e); /* run again: counted once */
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
    return e;
}

TEST(so_many_in_a_period_that_the_first_opens)
{
    struct fixture *fx = fixture_open();

    fx->tenant->rates.of[TENANT_RATE_TWO_FACTOR] = (struct tenant_rate_config){true, 2, 60};
    EXPECT(take(fx, fx->tenant, TENANT_RATE_TWO_FACTOR, "ann") == ERR_OK);
    fx->now += 59 * SECOND_MS;
    EXPECT(take(fx, fx->tenant, TENANT_RATE_TWO_FACTOR, "ann") == ERR_OK);
    EXPECT(take(fx, fx->tenant, TENANT_RATE_TWO_FACTOR, "ann") == ERR_TOO_MANY);
    EXPECT(take(fx, fx->tenant, TENANT_RATE_TWO_FACTOR, "bob") == ERR_OK);
    EXPECT(take(fx, fx->tenant, TENANT_RATE_FORGOT_PASSWORD, "ann") == ERR_OK); /* not enabled */
    EXPECT(take(fx, fx->other, TENANT_RATE_TWO_FACTOR, "ann") == ERR_OK);
    fx->now += SECOND_MS;
    EXPECT(take(fx, fx->tenant, TENANT_RATE_TWO_FACTOR, "ann") == ERR_OK);
    fx->now -= 3600 * SECOND_MS; /* a clock set back opens a new one */
    EXPECT(take(fx, fx->tenant, TENANT_RATE_TWO_FACTOR, "ann") == ERR_OK);
    fixture_close(fx);
}

TEST(looking_counts_nothing_and_says_when_to_come_back)
{
    struct fixture *fx = fixture_open();
    struct rq *rq;

    fx->tenant->rates.of[TENANT_RATE_FAILED_LOGIN] = (struct tenant_rate_config){true, 1, 60};
    rq = fixture_rq(fx);
    EXPECT(lockout_rate_look(rq, fx->tenant, TENANT_RATE_FAILED_LOGIN, S("ann")) == ERR_OK);
    lockout_rate_note(rq, fx->tenant, TENANT_RATE_FAILED_LOGIN, S("ann"));
    EXPECT(lockout_rate_look(rq, fx->tenant, TENANT_RATE_FAILED_LOGIN, S("ann")) == ERR_TOO_MANY);
    REQUIRE(rq->answer->header_count == 1);
    EXPECT_STR(rq->answer->headers[0].name, S("Retry-After"));
    EXPECT_STR(rq->answer->headers[0].value, S("60"));
    fixture_done(rq);
    fixture_close(fx);
}

TEST(who_is_not_to_be_told_is_counted_and_told_nothing)
{
    struct fixture *fx = fixture_open();
    struct rq *rq;

    fx->tenant->rates.of[TENANT_RATE_PASSWORDLESS] = (struct tenant_rate_config){true, 1, 60};
    for (int i = 0; i < 2; i++) {
        rq = fixture_rq(fx);
        EXPECT(lockout_rate_passes(rq, fx->tenant, TENANT_RATE_PASSWORDLESS, S("ann")) == (i == 0));
        EXPECT(lockout_rate_passes(rq, fx->tenant, TENANT_RATE_PASSWORDLESS, S("ann")) == (i == 0));
        EXPECT(rq->answer->header_count == 0 && rq->fault.code == ERR_OK && rq->writes.count == 0);
        fixture_done(rq);
    }
    EXPECT(take(fx, fx->tenant, TENANT_RATE_PASSWORDLESS, "ann") == ERR_TOO_MANY);
    fixture_close(fx);
}

TEST(a_limit_of_ours_counts_each_request_once_under_its_name)
{
    struct fixture *fx = fixture_open();
    static const struct {
        int line;
        const char *name;
        int64_t later_s;
        bool passes;
    } cases[] = {
        {__LINE__, "mail ann", 0, true}, {__LINE__, "mail ann", 59, true},
        {__LINE__, "mail ann", 0, false}, {__LINE__, "mail bob", 0, true},
        {__LINE__, "mail ann", 1, true}, {__LINE__, "mail eve", 0, true},
        {__LINE__, "mail eve", 0, true},
        {__LINE__, "mail eve", -1, false}, /* came earlier, was served later */
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq;
        str name = str_from(cases[i].name);

        fx->now += cases[i].later_s * SECOND_MS;
        rq = fixture_rq(fx);
        CHECK_AT(cases[i].line, lockout_lets_pass(rq, fx->tenant, name, 2, 60) == cases[i].passes);
        CHECK_AT(cases[i].line, lockout_lets_pass(rq, fx->tenant, name, 2, 60) == cases[i].passes);
        fixture_done(rq);
    }
    fixture_close(fx);
}
