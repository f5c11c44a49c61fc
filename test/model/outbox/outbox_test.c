/* SPDX-License-Identifier: Apache-2.0 */
/* Mails waiting, sent, tried again, given up. */
#define UNIT outbox
#include "../fixture.h"

#include <pthread.h>

#include "model/outbox/outbox.h"
#include "model/seal/seal.h"

static void
add(struct fixture *fx, struct uuid id, const char *subject)
{
    struct rq *rq = fixture_rq(fx);
    struct user *user;

    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &user) == ERR_OK && user);
    REQUIRE(outbox_add(
                rq, fx->tenant, user, str_from(subject), S("line 1\r\nline 2\n"), S("<p>&amp;</p>"))
            == ERR_OK);
    fixture_finish(rq);
}

/* The mails that are due now, on the fixture's arena. */
static size_t
due(struct fixture *fx, struct outbox_due **ret)
{
    struct rq *rq = fixture_rq(fx);
    struct arena *arena = rq->arena;
    size_t count;

    rq->arena = fx->arena;
    REQUIRE(outbox_list_due(rq, 10, ret, &count) == ERR_OK);
    rq->arena = arena;
    fixture_done(rq);
    return count;
}

/* What the job does with one mail; false when it found none. */
static bool
work(struct fixture *fx, struct uuid id, bool is_sent)
{
    struct rq *rq = fixture_rq(fx);
    struct outbox_mail *mail;

    REQUIRE(outbox_load(rq, fx->tenant, id, &mail) == ERR_OK);
    if (mail == NULL) {
        fixture_done(rq);
        return false;
    }
    (is_sent ? outbox_note_sent : outbox_note_failure)(rq, mail);
    fixture_finish(rq);
    return true;
}

TEST(a_mail_is_kept_as_it_was_written)
{
    struct fixture *fx = fixture_open();
    struct rq *rq;
    struct outbox_mail *mails;
    size_t count;

    add(fx, fixture_user(fx, S("ann@x.test"), NO_STR), "First");
    fx->now += 1;
    add(fx, fixture_user(fx, S("bo@x.test"), NO_STR), "Second");
    rq = fixture_rq(fx);
    REQUIRE(outbox_list(rq, fx->tenant, 10, &mails, &count) == ERR_OK && count == 2);
    EXPECT_STR(mails[0].subject, S("Second"));
    EXPECT_STR(mails[1].subject, S("First"));
    EXPECT_STR(mails[1].to, S("ann@x.test"));
    EXPECT_STR(mails[1].text, S("line 1\r\nline 2\n"));
    EXPECT_STR(mails[1].html, S("<p>&amp;</p>"));
    EXPECT(mails[1].insert_instant == fx->now - 1 && mails[1].attempts == 0);
    REQUIRE(outbox_list(rq, fx->tenant, 1, &mails, &count) == ERR_OK);
    EXPECT(count == 1);
    REQUIRE(outbox_list(rq, fx->other, 10, &mails, &count) == ERR_OK);
    EXPECT(count == 0);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(nobody_without_an_address_gets_a_mail)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct user user = {.id = fixture_id(fx), .username = S("ann")};

    REQUIRE(outbox_add(rq, fx->tenant, &user, S("s"), S("t"), NO_STR) == ERR_OK);
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_mail_is_sent_once_it_was_noted)
{
    struct fixture *fx = fixture_open();
    struct outbox_due *mails;

    add(fx, fixture_user(fx, S("ann@x.test"), NO_STR), "First");
    REQUIRE(due(fx, &mails) == 1 && uuid_eq(mails[0].tenant_id, fx->tenant->id));
    EXPECT(work(fx, mails[0].id, true));
    EXPECT(!work(fx, mails[0].id, true));
    EXPECT(due(fx, &mails) == 0);
    fixture_close(fx);
}

TEST(a_mail_that_fails_waits_longer_each_time_and_is_given_up)
{
    struct fixture *fx = fixture_open();
    struct outbox_due *mails;
    int64_t wait_ms = MINUTE_MS;

    add(fx, fixture_user(fx, S("ann@x.test"), NO_STR), "First");
    for (int i = 1; i < OUTBOX_MAX_ATTEMPTS; i++, wait_ms *= 2) {
        REQUIRE(due(fx, &mails) == 1);
        EXPECT(work(fx, mails[0].id, false));
        fx->now += wait_ms - 1;
        EXPECT(due(fx, &mails) == 0);
        fx->now += 1;
    }
    REQUIRE(due(fx, &mails) == 1);
    EXPECT(work(fx, mails[0].id, false));
    fx->now += 1000 * DAY_MS;
    EXPECT(due(fx, &mails) == 0);
    fixture_close(fx);
}

static bool
counts(struct fixture *fx, uint64_t waiting, uint64_t given_up)
{
    struct rq *rq = fixture_rq(fx);
    uint64_t found_waiting, found_given_up;

    REQUIRE(outbox_count(rq, &found_waiting, &found_given_up) == ERR_OK);
    fixture_done(rq);
    return found_waiting == waiting && found_given_up == given_up;
}

TEST(what_waits_and_what_was_given_up_is_counted)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct outbox_due *mails;
    struct outbox_mail *mail;
    struct rq *rq;

    EXPECT(counts(fx, 0, 0));
    add(fx, id, "First");
    add(fx, id, "Second");
    add(fx, id, "Third");
    EXPECT(counts(fx, 3, 0));
    REQUIRE(due(fx, &mails) == 3);
    EXPECT(work(fx, mails[0].id, true) && work(fx, mails[1].id, false));
    EXPECT(counts(fx, 2, 0)); /* one is tried again */
    rq = fixture_rq(fx);
    REQUIRE(outbox_load(rq, fx->tenant, mails[2].id, &mail) == ERR_OK && mail != NULL);
    outbox_note_refusal(rq, mail);
    fixture_finish(rq);
    EXPECT(counts(fx, 1, 1));
    fixture_close(fx);
}

TEST(who_is_erased_gets_no_mail)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct rq *rq = fixture_rq(fx);
    struct outbox_due *mails;

    add(fx, id, "First");
    REQUIRE(due(fx, &mails) == 1);
    seal_erase_user_key(rq, fx->tenant, id);
    fixture_finish(rq);
    EXPECT(!work(fx, mails[0].id, true));
    rq = fixture_rq(fx);
    outbox_forget_user(rq, fx->tenant, id);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "outbox") == 0);
    fixture_close(fx);
}

/* Sweeps at most ten; how many there were. */
static size_t
sweep(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);
    size_t count;

    REQUIRE(outbox_sweep(rq, 10, &count) == ERR_OK);
    fixture_finish(rq);
    return count;
}

TEST(the_sweep_takes_what_is_done_and_a_week_old)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct outbox_due *mails;

    add(fx, id, "First");
    REQUIRE(due(fx, &mails) == 1 && work(fx, mails[0].id, true));
    add(fx, id, "Waits");
    fx->now += 7 * DAY_MS;
    EXPECT(sweep(fx) == 0);
    fx->now += 1;
    EXPECT(sweep(fx) == 1);
    EXPECT(fixture_count(fx, "outbox") == 1 && due(fx, &mails) == 1);
    fixture_end_tenant(fx, fx->tenant);
    EXPECT(fixture_count(fx, "outbox") == 0);
    fixture_close(fx);
}

TEST(the_sweep_takes_what_was_given_up_a_week_ago_and_what_waited_for_a_month)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct outbox_due *mails;
    struct outbox_mail *mail;
    struct rq *rq;

    add(fx, id, "Refused");
    REQUIRE(due(fx, &mails) == 1);
    rq = fixture_rq(fx);
    REQUIRE(outbox_load(rq, fx->tenant, mails[0].id, &mail) == ERR_OK && mail != NULL);
    outbox_note_refusal(rq, mail);
    fixture_finish(rq);
    add(fx, id, "Waits");
    fx->now += 7 * DAY_MS;
    EXPECT(sweep(fx) == 0);
    fx->now += 1;
    EXPECT(sweep(fx) == 1);
    EXPECT(sweep(fx) == 0 && due(fx, &mails) == 1);
    fx->now += 23 * DAY_MS - 1;
    EXPECT(sweep(fx) == 0);
    fx->now += 1;
    EXPECT(sweep(fx) == 1 && fixture_count(fx, "outbox") == 0);
    fixture_close(fx);
}

enum { SENDERS = 8 };
struct sender {
    struct fixture *fx;
    struct outbox_due due;
    pthread_t thread;
    enum err result;
};

static void *
claim(void *ctx)
{
    struct sender *s = ctx;
    struct rq *rq = fixture_rq(s->fx);

    outbox_claim(rq, &s->due);
    s->result = fixture_commit(rq);
    fixture_done(rq);
    return NULL;
}

TEST(of_nodes_that_race_for_a_mail_one_sends_it_and_another_when_that_one_died)
{
    struct fixture *fx = fixture_open();
    struct sender senders[SENDERS];
    struct outbox_due *mails;

    add(fx, fixture_user(fx, S("ann@x.test"), NO_STR), "First");
    for (int round = 0; round < 3; round++) {
        int won = 0;
        REQUIRE(due(fx, &mails) == 1);
        for (int i = 0; i < SENDERS; i++) {
            senders[i] = (struct sender){.fx = fx, .due = mails[0]};
            REQUIRE(pthread_create(&senders[i].thread, NULL, claim, &senders[i]) == 0);
        }
        for (int i = 0; i < SENDERS; i++) {
            pthread_join(senders[i].thread, NULL);
            won += senders[i].result == ERR_OK;
            EXPECT(senders[i].result == ERR_OK || senders[i].result == ERR_AGAIN);
        }
        EXPECT(won == 1 && due(fx, &mails) == 0);
        fx->now += 2 * MINUTE_MS - 1;
        EXPECT(due(fx, &mails) == 0);
        fx->now += 1;
    }
    fixture_close(fx);
}

TEST(a_mail_without_settings_is_looked_at_less_and_less)
{
    struct fixture *fx = fixture_open();
    struct outbox_due *mails;
    int looks = 0;

    add(fx, fixture_user(fx, S("ann@x.test"), NO_STR), "First");
    for (int64_t end = fx->now + 29 * DAY_MS; fx->now < end; looks++) {
        struct rq *rq;
        REQUIRE(due(fx, &mails) == 1);
        rq = fixture_rq(fx);
        outbox_postpone(rq, &mails[0]);
        fixture_finish(rq);
        for (fx->now += 20 * SECOND_MS; due(fx, &mails) == 0;) {
            fx->now += 10 * MINUTE_MS;
        }
    }
    EXPECT(looks > 300 && looks < 900);
    fixture_close(fx);
}
