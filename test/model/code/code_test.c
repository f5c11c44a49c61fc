/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization codes: what they hold, how long, and that they are redeemed at most once. */
#define UNIT code
#include "../fixture.h"

#include <pthread.h>

#include "model/removal/removal.h"
#include "model/code/code.h"

enum { THREADS = 16 };

static struct code
sample(struct fixture *fx, struct uuid user_id)
{
    return (struct code){.application_id = fixture_id(fx),
        .user_id = user_id,
        .session_id = fixture_id(fx),
        .auth_instant = 77,
        .redirect_uri = S("https://x.test/cb?a=b"),
        .scope = S("openid offline_access"),
        .nonce = S("n"),
        .challenge = S("c"),
        .authentication_type = S("PASSWORD")};
}

static str
issue(struct fixture *fx, struct code *code)
{
    struct rq *rq = fixture_rq(fx);
    str text;

    REQUIRE(code_issue(rq, fx->tenant, code, &text) == ERR_OK);
    text = str_dup(fx->arena, text);
    fixture_finish(rq);
    return text;
}

static struct code *
find(struct fixture *fx, const struct tenant *tenant, str text)
{
    struct rq *rq = fixture_rq(fx);
    struct arena *arena = rq->arena;
    struct code *code;

    rq->arena = fx->arena;
    REQUIRE(code_find(rq, tenant, text, &code) == ERR_OK);
    rq->arena = arena;
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
    return code;
}

static enum err
use(struct fixture *fx, const struct code *code)
{
    struct rq *rq = fixture_rq(fx);
    enum err e;

    code_use(rq, code);
    e = fixture_commit(rq);
    fixture_done(rq);
    return e;
}

TEST(a_code_comes_back_as_it_was_issued)
{
    struct fixture *fx = fixture_open();
    struct code made = sample(fx, fixture_user(fx, S("ann@x.test"), NO_STR)), *got;
    str text = issue(fx, &made);

    got = find(fx, fx->tenant, text);
    REQUIRE(got != NULL);
    EXPECT(uuid_eq(got->id, made.id) && uuid_eq(got->application_id, made.application_id));
    EXPECT(uuid_eq(got->user_id, made.user_id) && uuid_eq(got->session_id, made.session_id));
    EXPECT(uuid_eq(got->grant_id, made.grant_id) && !uuid_is_nil(got->grant_id));
    EXPECT(got->auth_instant == 77 && got->used_at == 0 && got->insert_instant == fx->now);
    EXPECT_STR(got->redirect_uri, made.redirect_uri);
    EXPECT_STR(got->scope, made.scope);
    EXPECT_STR(got->nonce, made.nonce);
    EXPECT_STR(got->challenge, made.challenge);
    EXPECT_STR(got->authentication_type, made.authentication_type);
    EXPECT(find(fx, fx->other, text) == NULL);
    fixture_close(fx);
}

/* RFC 6749 s4.1.2: at most ten minutes; here the tenant's setting, never over 60 s (OA-18). */
TEST(a_code_lives_a_minute_at_most)
{
    static const struct {
        int line;
        int64_t ttl_s, after_ms;
        enum err want;
    } cases[] = {
        {__LINE__, 30, 29999, ERR_OK},
        {__LINE__, 30, 30000, ERR_AGAIN},
        {__LINE__, 60, 59999, ERR_OK},
        {__LINE__, 600, 59999, ERR_OK},
        {__LINE__, 600, 60000, ERR_AGAIN},
    };
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct code code = sample(fx, user_id);
        fx->tenant->ids.code_ttl_s = cases[i].ttl_s;
        issue(fx, &code);
        fx->now += cases[i].after_ms;
        CHECK_AT(cases[i].line, use(fx, &code) == cases[i].want);
    }
    fixture_close(fx);
}

TEST(rfc6749_4_1_2_a_code_is_used_once_and_the_second_use_is_known)
{
    struct fixture *fx = fixture_open();
    struct code code = sample(fx, fixture_user(fx, S("ann@x.test"), NO_STR)), *got;
    str text = issue(fx, &code);

    EXPECT(use(fx, &code) == ERR_OK);
    EXPECT(use(fx, &code) == ERR_AGAIN); /* runs again and sees */
    got = find(fx, fx->tenant, text);
    REQUIRE(got != NULL);
    EXPECT(got->used_at == fx->now && uuid_eq(got->grant_id, code.grant_id));
    fx->now += DAY_MS; /* a day later a replay still ends the grant */
    EXPECT(find(fx, fx->tenant, text) != NULL);
    fixture_close(fx);
}

TEST(a_journey_ends_in_one_code)
{
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct code first = sample(fx, user_id), second = sample(fx, user_id);
    struct rq *rq = fixture_rq(fx);
    str text;

    first.id = second.id = fixture_id(fx);
    issue(fx, &first);
    REQUIRE(code_issue(rq, fx->tenant, &second, &text) == ERR_OK);
    EXPECT(fixture_commit(rq) == ERR_CONFLICT);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(what_is_no_code_of_ours_is_not_found)
{
    struct fixture *fx = fixture_open();
    struct code code = sample(fx, fixture_user(fx, S("ann@x.test"), NO_STR));
    str text = issue(fx, &code);

    for (size_t i = 0; i < text.n; i++) {
        char changed[64];
        memcpy(changed, text.p, sizeof changed);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT(find(fx, fx->tenant, (str){changed, sizeof changed}) == NULL);
        EXPECT(find(fx, fx->tenant, str_head(text, i)) == NULL);
    }
    fixture_close(fx);
}

struct racer {
    pthread_t thread;
    struct fixture *fx;
    const struct code *code;
    enum err result;
};

static void *
race(void *arg)
{
    struct racer *racer = arg;

    racer->result = use(racer->fx, racer->code);
    return NULL;
}

/* OA-17, invariant 1. */
TEST(of_sixteen_that_redeem_a_code_at_once_one_succeeds)
{
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);

    for (int round = 0; round < 20; round++) {
        struct racer racers[THREADS];
        struct code code = sample(fx, user_id);
        int won = 0, lost = 0;
        issue(fx, &code);
        for (int i = 0; i < THREADS; i++) {
            racers[i] = (struct racer){.fx = fx, .code = &code};
            REQUIRE(pthread_create(&racers[i].thread, NULL, race, &racers[i]) == 0);
        }
        for (int i = 0; i < THREADS; i++) {
            pthread_join(racers[i].thread, NULL);
            won += racers[i].result == ERR_OK;
            lost += racers[i].result == ERR_AGAIN;
        }
        EXPECT(won == 1 && lost == THREADS - 1);
    }
    fixture_close(fx);
}

TEST(the_sweep_keeps_a_code_for_a_day)
{
    struct fixture *fx = fixture_open();
    struct code code = sample(fx, fixture_user(fx, S("ann@x.test"), NO_STR));
    struct rq *rq;
    size_t count;

    issue(fx, &code);
    fx->now = code.expires_at + DAY_MS;
    rq = fixture_rq(fx);
    REQUIRE(code_sweep(rq, 10, &count) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "auth_code") == 1);
    fx->now += 1;
    rq = fixture_rq(fx);
    REQUIRE(code_sweep(rq, 10, &count) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "auth_code") == 0);
    fixture_close(fx);
}

TEST(codes_end_with_their_user_application_or_tenant)
{
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct code codes[3] = {sample(fx, user_id), sample(fx, user_id),
        sample(fx, fixture_user(fx, S("bo@x.test"), NO_STR))};
    struct rq *rq = fixture_rq(fx);

    for (size_t i = 0; i < COUNT(codes); i++) {
        issue(fx, &codes[i]);
    }
    removal_begin(rq, (struct removal){fx->tenant->id, codes[0].application_id});
    code_forget_user(rq, fx->other, user_id);
    fixture_finish(rq);
    fixture_remove_ended(fx);
    EXPECT(fixture_count(fx, "auth_code") == 2);
    rq = fixture_rq(fx);
    code_forget_user(rq, fx->tenant, user_id);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "auth_code") == 1);
    fixture_end_tenant(fx, fx->tenant);
    EXPECT(fixture_count(fx, "auth_code") == 0);
    fixture_close(fx);
}

TEST(a_code_for_somebody_who_is_erased_is_refused)
{
    struct fixture *fx = fixture_open();
    struct code code = sample(fx, fixture_id(fx));
    struct rq *rq = fixture_rq(fx);
    str text;

    EXPECT(code_issue(rq, fx->tenant, &code, &text) == ERR_ACCESS_DENIED);
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
    fixture_close(fx);
}
