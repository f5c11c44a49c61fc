/* SPDX-License-Identifier: Apache-2.0 */
/* Breached passwords without a service: what is let through is counted, and what is known holds for one password. */
#define UNIT breach
#include "../fixture.h"

#include "io/fetch/fetch.h"
#include "model/breach/breach.h"
#include "model/tally/tally.h"

static struct rq *
asking(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);

    if (fx->house.breaches == NULL) {
        fx->house.breaches = breaches_new(S("https://range.example/"));
        REQUIRE(fx->house.breaches != NULL);
    }
    fx->tenant->password.breach =
        (struct breach_config){.enabled = true, .on_login = BREACH_REQUIRE};
    rq->place = RQ_WORKER;
    return rq;
}

static void
close(struct fixture *fx)
{
    breaches_free(fx->house.breaches);
    fixture_close(fx);
}

/* What the tally says by now of the tenant. */
static int64_t
total(struct fixture *fx, enum tally_kind kind)
{
    struct rq *rq = fixture_rq(fx);
    struct tally_total *totals;
    size_t count;
    int64_t n = 0;

    REQUIRE(tally_totals(rq, fx->tenant, &totals, &count) == ERR_OK);
    for (size_t i = 0; i < count; i++) {
        n += uuid_is_nil(totals[i].application_id) ? totals[i].n[kind] : 0;
    }
    fixture_done(rq);
    return n;
}

TEST(without_a_service_a_password_is_let_through_and_counted)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = asking(fx);
    struct field_faults faults = {0};
    struct field_reader reader = {rq->arena, &faults};
    struct user user = {.password = S("password")};
    size_t count;

    EXPECT(breach_check_new(rq, fx->tenant, &reader, &user, "user") == ERR_OK);
    EXPECT(breach_check_new(rq, fx->tenant, &reader, &user, "user") == ERR_OK);
    EXPECT(faults.count == 0 && rq->writes.count == 0);
    EXPECT(breach_waiting(rq, fx->tenant->id).unchecked == 1); /* once a request */
    EXPECT(breach_waiting(rq, fx->other->id).unchecked == 0);
    fixture_done(rq);
    rq = fixture_rq(fx);
    EXPECT(breaches_write(rq, 10, &count) == ERR_OK && count == 1);
    fixture_finish(rq);
    EXPECT(total(fx, TALLY_BREACH_UNCHECKED) == 1 && total(fx, TALLY_BREACH_CHECKED) == 0);
    close(fx);
}

TEST(a_service_out_of_reach_is_said_to_the_tenant_and_left_alone_for_a_while)
{
    struct fixture *fx = fixture_open();
    struct field_faults faults = {0};
    size_t count;

    fx->house.fetch = fetch_start(&(struct fetch_config){.may_reach_private = true});
    fx->house.breaches = breaches_new(S("http://127.0.0.1:1/"));
    REQUIRE(fx->house.fetch != NULL && fx->house.breaches != NULL);
    for (int i = 0; i < 2; i++) {
        struct rq *rq = asking(fx);
        struct field_reader reader = {rq->arena, &faults};
        struct user user = {.password = S("password")};
        EXPECT(breach_check_new(rq, fx->tenant, &reader, &user, "user") == ERR_OK);
        EXPECT(faults.count == 0);
        EXPECT(breach_waiting(rq, fx->tenant->id).is_out == (i == 0)); /* not asked again */
        EXPECT(breaches_write(rq, 10, &count) == ERR_OK && count == 1);
        fixture_finish(rq);
    }
    EXPECT(fixture_count(fx, "event_log") == 1);
    fetch_stop(fx->house.fetch);
    fx->house.fetch = NULL;
    close(fx);
}

TEST(off_the_workers_the_handler_is_to_be_run_again)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = asking(fx);
    struct field_faults faults = {0};
    struct field_reader reader = {rq->arena, &faults};
    struct user user = {.password = S("password")};
    struct rq_errand *errand;

    rq->place = RQ_HASH;
    EXPECT(breach_check_new(rq, fx->tenant, &reader, &user, "user") == ERR_MOVE);
    REQUIRE(rq->errand != NULL);
    errand = rq->errand;
    rq->errand = NULL;
    rq->place = RQ_WORKER;
    EXPECT(rq_send(rq, errand) == ERR_OK);
    rq->place = RQ_HASH;
    EXPECT(breach_check_new(rq, fx->tenant, &reader, &user, "user") == ERR_OK);
    user.password = S("another"); /* is another question */
    EXPECT(breach_check_new(rq, fx->tenant, &reader, &user, "user") == ERR_MOVE);
    fixture_done(rq);
    close(fx);
}

TEST(what_is_known_of_a_password_goes_with_it)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), S("a good password"));
    struct user *before = fixture_load(fx, id), after = *before;
    struct rq *rq = asking(fx);

    EXPECT(user_password_due(rq, fx->tenant, before, true, S("a good password")) == PASSWORD_FINE);
    after.breach = (struct user_breach){S("PasswordOnly"), rq->now, before->password_instant};
    EXPECT(user_note_breach(rq, fx->tenant, before, &after) == ERR_OK);
    fixture_finish(rq);
    EXPECT(total(fx, TALLY_BREACH_FOUND) == 1);
    EXPECT(fixture_search(fx, "", str_bytes(S("PasswordOnly"))) == 0);
    before = fixture_load(fx, id);
    EXPECT(user_is_breached(before));
    rq = asking(fx);
    EXPECT(
        user_password_due(rq, fx->tenant, before, true, S("a good password")) == PASSWORD_BREACHED);
    EXPECT(user_password_due(rq, fx->tenant, before, false, NO_STR) == PASSWORD_FINE);
    /* found once: nobody is asked again */
    EXPECT(breach_check_login(rq, fx->tenant, NULL, before, S("a good password")) == ERR_OK);
    EXPECT(rq->errands == NULL);
    rq->place = RQ_HASH;
    after = *before;
    after.password = S("quite another password");
    EXPECT(user_change_password(rq, fx->tenant, before, &after) == ERR_OK);
    EXPECT(user_update(rq, fx->tenant, before, &after) == ERR_OK);
    fixture_finish(rq);
    EXPECT(!user_is_breached(fixture_load(fx, id)) && fixture_load(fx, id)->breach.status.n == 0);
    EXPECT(total(fx, TALLY_BREACH_END) == 1);
    close(fx);
}

TEST(two_who_note_at_once_lose_nothing)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), S("a good password"));
    struct user *before = fixture_load(fx, id), one = *before, two = *before;
    struct rq *rq = asking(fx), *late = asking(fx);

    one.breach = (struct user_breach){S("None"), rq->now, before->password_instant};
    two.first_name = S("Ann");
    EXPECT(user_note_breach(rq, fx->tenant, before, &one) == ERR_OK);
    EXPECT(user_update(late, fx->tenant, before, &two) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_commit(late) == ERR_AGAIN);
    fixture_done(late);
    EXPECT_STR(fixture_load(fx, id)->breach.status, S("None"));
    close(fx);
}
