/* SPDX-License-Identifier: Apache-2.0 */
/* What requests did is counted when it is done, and not before. */
#define UNIT rq_count
#include "../fixture.h"

TEST(what_is_noted_counts_once_it_is_done)
{
    struct fixture *fx = fixture_open();
    struct rq_counts counts = {.mails_waiting = 0};
    struct rq *rq = fixture_rq(fx);

    fx->house.counts = &counts;
    rq_count(rq, RQ_SIGN_IN);
    rq_count(rq, RQ_ACCESS_TOKEN);
    rq_count(rq, RQ_ACCESS_TOKEN);
    EXPECT(meter_read(&counts.done[RQ_SIGN_IN]) == 0);
    rq_count_done(rq);
    rq_count_done(rq);
    EXPECT(meter_read(&counts.done[RQ_SIGN_IN]) == 1);
    EXPECT(meter_read(&counts.done[RQ_ACCESS_TOKEN]) == 2);
    fixture_done(rq);
    fx->house.counts = NULL;
    fixture_close(fx);
}

TEST(what_a_handler_that_is_run_again_had_noted_is_forgotten)
{
    struct fixture *fx = fixture_open();
    struct rq_counts counts = {.mails_waiting = 0};
    struct rq *rq = fixture_rq(fx);

    fx->house.counts = &counts;
    rq_count(rq, RQ_SIGN_IN);
    rq_count_forget(rq);
    rq_count(rq, RQ_SIGN_IN);
    rq_keep_refusal(rq); /* what is committed with it comes behind */
    rq_count(rq, RQ_ID_TOKEN);
    rq_count_done(rq);
    EXPECT(meter_read(&counts.done[RQ_SIGN_IN]) == 0);
    EXPECT(meter_read(&counts.done[RQ_ID_TOKEN]) == 1);
    fx->house.counts = NULL;
    rq_count(rq, RQ_SIGN_IN); /* a house where nobody counts */
    rq_count_done(rq);
    fixture_done(rq);
    fixture_close(fx);
}
