/* SPDX-License-Identifier: Apache-2.0 */
/* Captchas that nobody can judge: refused, and asked off the loop. What providers say is in test/e2e/protect_test.mjs. */
#define UNIT captcha
#include "../fixture.h"

#include "model/captcha/captcha.h"

static struct rq *
asking(struct fixture *fx, enum rq_place place)
{
    struct rq *rq = fixture_rq(fx);

    if (fx->house.captchas == NULL) {
        fx->house.captchas = captchas_new(10, &fx->rng.rng);
        REQUIRE(fx->house.captchas != NULL);
    }
    rq->place = place;
    return rq;
}

TEST(what_cannot_be_judged_lets_nobody_on)
{
    static char long_token[9000];
    struct fixture *fx = fixture_open();
    struct rq *rq = asking(fx, RQ_WORKER);
    enum captcha_verdict verdict;

    memset(long_token, 'a', sizeof long_token);
    EXPECT(captcha_check(rq, fx->tenant, NO_STR, "signin", &verdict) == ERR_OK);
    EXPECT(verdict == CAPTCHA_PASSED); /* none is asked for */
    fx->tenant->captcha = (struct captcha_config){.enabled = true,
        .method = CAPTCHA_GOOGLE_V2,
        .site_key = S("site"),
        .secret_key = S("secret")};
    EXPECT(captcha_check(rq, fx->tenant, NO_STR, "signin", &verdict) == ERR_OK);
    EXPECT(verdict == CAPTCHA_FAILED);
    EXPECT(captcha_check(rq, fx->tenant, (str){long_token, sizeof long_token}, "signin", &verdict)
           == ERR_OK);
    EXPECT(verdict == CAPTCHA_FAILED && rq->errands == NULL);
    EXPECT(captcha_check(rq, fx->tenant, S("token"), "signin", &verdict) == ERR_OK);
    EXPECT(verdict == CAPTCHA_AWAY && rq->errands != NULL);
    fixture_done(rq);
    captchas_free(fx->house.captchas);
    fixture_close(fx);
}

TEST(off_the_workers_the_handler_is_to_be_run_again)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = asking(fx, RQ_INLINE);
    enum captcha_verdict verdict;

    fx->tenant->captcha.enabled = true;
    EXPECT(captcha_check(rq, fx->tenant, S("token"), "signin", &verdict) == ERR_MOVE);
    EXPECT(rq->errand != NULL);
    fixture_done(rq);
    captchas_free(fx->house.captchas);
    fixture_close(fx);
}
