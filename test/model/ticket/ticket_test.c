/* SPDX-License-Identifier: Apache-2.0 */
/* One-time tickets: found by what they were sent with, used once, guessed at a bounded number of times. */
#define UNIT ticket
#include "../fixture.h"

#include <pthread.h>

#include "model/ticket/ticket.h"

enum { THREADS = 16, ROUNDS = 20 };

static const struct secure_generator digits = {6, GENERATOR_DIGITS};
static const struct secure_generator letters = {8, GENERATOR_ALPHA};

static struct ticket_made
make(struct fixture *fx, const struct ticket_order *order)
{
    struct rq *rq = fixture_rq(fx);
    struct ticket_made made;

    REQUIRE(ticket_make(rq, fx->tenant, order, &made) == ERR_OK);
    made.text = str_dup(fx->arena, made.text);
    made.code = str_dup(fx->arena, made.code);
    fixture_finish(rq);
    return made;
}

enum by { BY_TEXT, BY_USER, BY_ID };
struct look {
    enum by by;
    enum ticket_kind kind;
    str text;
    struct uuid id;
};

static enum err
look(struct rq *rq, const struct tenant *tenant, const struct look *by, struct ticket **ret)
{
    switch (by->by) {
    case BY_TEXT:
        return ticket_find(rq, tenant, by->kind, by->text, ret);
    case BY_USER:
        return ticket_find_of_user(rq, tenant, by->kind, by->id, ret);
    case BY_ID:
        return ticket_find_by_id(rq, tenant, by->kind, by->id, ret);
    }
    return ERR_SERVER;
}

static struct ticket *
find_by(struct fixture *fx, const struct tenant *tenant, struct look by)
{
    struct rq *rq = fixture_rq(fx);
    struct arena *arena = rq->arena;
    struct ticket *ticket;

    rq->arena = fx->arena;
    REQUIRE(look(rq, tenant, &by, &ticket) == ERR_OK);
    rq->arena = arena;
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
    return ticket;
}

static struct ticket *
find(struct fixture *fx, enum ticket_kind kind, str text)
{
    return find_by(fx, fx->tenant, (struct look){BY_TEXT, kind, text, (struct uuid){{0}}});
}

static enum err
use(struct fixture *fx, const struct ticket *ticket)
{
    struct rq *rq = fixture_rq(fx);
    enum err e;

    ticket_use(rq, ticket);
    e = fixture_commit(rq);
    fixture_done(rq);
    return e;
}

static void
fail(struct fixture *fx, const struct ticket *ticket)
{
    struct rq *rq = fixture_rq(fx);

    ticket_fail(rq, ticket);
    fixture_finish(rq);
}

TEST(a_ticket_comes_back_as_it_was_ordered)
{
    struct fixture *fx = fixture_open();
    struct ticket_order order = {.kind = TICKET_CHANGE_PASSWORD,
        .user_id = fixture_user(fx, S("ann@x.test"), NO_STR),
        .application_id = fixture_id(fx),
        .ttl_s = 600,
        .detail = S("{\"state\":{\"a\":1}}")};
    struct ticket_made made = make(fx, &order);
    struct ticket *got = find(fx, TICKET_CHANGE_PASSWORD, made.text);
    struct uuid *tenants;
    struct rq *rq = fixture_rq(fx);
    size_t count;

    REQUIRE(got != NULL && got->detail != NULL);
    EXPECT(made.text.n == 64 && made.code.n == 0 && !got->has_code);
    EXPECT(uuid_eq(got->id, made.id) && uuid_eq(got->user_id, order.user_id));
    EXPECT(uuid_eq(got->application_id, order.application_id) && got->attempts == 0);
    EXPECT(got->expires_at == fx->now + 600000 && got->max_attempts == TICKET_ATTEMPTS);
    EXPECT(json_get(got->detail, S("state")) != NULL);
    EXPECT(find_by(fx, fx->tenant, (struct look){BY_ID, TICKET_CHANGE_PASSWORD, NO_STR, made.id})
           != NULL);
    EXPECT(
        find_by(fx, fx->other, (struct look){BY_TEXT, TICKET_CHANGE_PASSWORD, made.text, made.id})
        == NULL);
    EXPECT(find_by(fx, fx->other, (struct look){BY_ID, TICKET_CHANGE_PASSWORD, made.text, made.id})
           == NULL);
    EXPECT(find(fx, TICKET_VERIFY_EMAIL, made.text) == NULL);
    REQUIRE(ticket_tenants(rq, made.text, 5, &tenants, &count) == ERR_OK);
    EXPECT(count == 1 && uuid_eq(tenants[0], fx->tenant->id));
    REQUIRE(ticket_tenants(rq, S("ABCDEF"), 5, &tenants, &count) == ERR_OK && count == 0);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(only_digests_are_stored)
{
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct ticket_made with_code = make(fx, &(struct ticket_order){.kind = TICKET_PASSWORDLESS,
                                                .user_id = user_id,
                                                .ttl_s = 60,
                                                .detail = S("{\"secret\":\"sealed-detail\"}"),
                                                .code = &letters});
    struct ticket_made brief = make(fx, &(struct ticket_order){.kind = TICKET_DEVICE_USER_CODE,
                                            .ttl_s = 60,
                                            .detail = S("{\"secret\":\"sealed-detail\"}"),
                                            .text = &letters});

    fixture_restart(fx);
    EXPECT(fixture_search(fx, "cardea", str_bytes(with_code.text)) == 0);
    EXPECT(fixture_search(fx, "cardea", str_bytes(with_code.code)) == 0);
    EXPECT(fixture_search(fx, "cardea", str_bytes(brief.text)) == 0);
    EXPECT(fixture_search(fx, "cardea", str_bytes(S("sealed-detail"))) == 0);
    EXPECT(find(fx, TICKET_DEVICE_USER_CODE, str_lower(fx->arena, brief.text)) != NULL);
    EXPECT(find(fx, TICKET_DEVICE_USER_CODE, with_code.text) == NULL);
    fixture_close(fx);
}

TEST(a_ticket_ends_with_its_time)
{
    struct fixture *fx = fixture_open();
    struct ticket_made made =
        make(fx, &(struct ticket_order){.kind = TICKET_PENDING_LINK, .ttl_s = 60});
    struct ticket *got = find(fx, TICKET_PENDING_LINK, made.text);
    struct rq *rq;
    size_t count;

    REQUIRE(got != NULL && got->detail == NULL && uuid_is_nil(got->user_id));
    fx->now += 59999;
    EXPECT(find(fx, TICKET_PENDING_LINK, made.text) != NULL);
    rq = fixture_rq(fx);
    REQUIRE(ticket_sweep(rq, 10, &count) == ERR_OK && count == 0);
    fixture_done(rq);
    fx->now += 1;
    EXPECT(find(fx, TICKET_PENDING_LINK, made.text) == NULL);
    EXPECT(use(fx, got) == ERR_AGAIN);
    rq = fixture_rq(fx);
    REQUIRE(ticket_sweep(rq, 10, &count) == ERR_OK && count == 1);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "ticket") == 0);
    fixture_close(fx);
}

TEST(a_ticket_is_used_once)
{
    struct fixture *fx = fixture_open();
    struct ticket_made made = make(
        fx, &(struct ticket_order){
                .kind = TICKET_WEBAUTHN_LOGIN, .ttl_s = 60, .detail = S("{\"challenge\":\"x\"}")});
    struct ticket *got = find(fx, TICKET_WEBAUTHN_LOGIN, made.text);

    REQUIRE(got != NULL);
    EXPECT(use(fx, got) == ERR_OK);
    EXPECT(use(fx, got) == ERR_AGAIN);
    EXPECT(find(fx, TICKET_WEBAUTHN_LOGIN, made.text) == NULL);
    EXPECT(fixture_count(fx, "ticket") == 0);
    fixture_close(fx);
}

TEST(what_is_no_text_of_ours_finds_nothing)
{
    struct fixture *fx = fixture_open();
    struct ticket_made made =
        make(fx, &(struct ticket_order){.kind = TICKET_DEVICE_CODE, .ttl_s = 60});

    for (size_t i = 0; i < made.text.n; i++) {
        char changed[64];
        memcpy(changed, made.text.p, sizeof changed);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT(find(fx, TICKET_DEVICE_CODE, (str){changed, sizeof changed}) == NULL);
        EXPECT(find(fx, TICKET_DEVICE_CODE, str_head(made.text, i)) == NULL);
    }
    fixture_close(fx);
}

TEST(a_code_is_judged_a_bounded_number_of_times)
{
    struct fixture *fx = fixture_open();
    struct ticket_order order = {.kind = TICKET_TWO_FACTOR_SEND,
        .user_id = fixture_user(fx, S("ann@x.test"), NO_STR),
        .ttl_s = 60,
        .max_attempts = 3,
        .code = &digits,
        .has_no_text = true};
    struct ticket_made made = make(fx, &order);
    struct ticket *got = NULL, *stale;

    EXPECT(made.text.n == 0 && made.code.n == 6);
    stale = find_by(fx, fx->tenant, (struct look){BY_USER, order.kind, NO_STR, order.user_id});
    for (int i = 0; i < 2; i++) {
        got = find_by(fx, fx->tenant, (struct look){BY_USER, order.kind, NO_STR, order.user_id});
        REQUIRE(got != NULL && got->attempts == i);
        EXPECT(!ticket_code_is(got, fx->tenant, S("nonono"))
               && !ticket_code_is(got, fx->tenant, NO_STR));
        fail(fx, got);
    }
    EXPECT(use(fx, stale) == ERR_AGAIN); /* it has not seen the wrong guesses */
    got = find_by(fx, fx->tenant, (struct look){BY_USER, order.kind, NO_STR, order.user_id});
    REQUIRE(got != NULL);
    EXPECT(
        ticket_code_is(got, fx->tenant, made.code) && !ticket_code_is(got, fx->other, made.code));
    fail(fx, got);
    EXPECT(
        find_by(fx, fx->tenant, (struct look){BY_USER, order.kind, NO_STR, order.user_id}) == NULL);
    EXPECT(use(fx, got) == ERR_AGAIN);
    fixture_close(fx);
}

TEST(a_new_ticket_may_end_the_ones_before)
{
    struct fixture *fx = fixture_open();
    struct ticket_order order = {.kind = TICKET_VERIFY_REGISTRATION,
        .user_id = fixture_user(fx, S("ann@x.test"), NO_STR),
        .application_id = fixture_id(fx),
        .ttl_s = 60,
        .is_only = true};
    struct ticket_made first = make(fx, &order), elsewhere, second;

    order.application_id = fixture_id(fx);
    elsewhere = make(fx, &order);
    EXPECT(find(fx, order.kind, first.text) != NULL); /* another application's */
    second = make(fx, &order);
    EXPECT(find(fx, order.kind, elsewhere.text) == NULL);
    EXPECT(find(fx, order.kind, second.text) != NULL);
    fixture_close(fx);
}

TEST(a_changed_ticket_takes_the_new_code_and_keeps_its_count)
{
    struct fixture *fx = fixture_open();
    struct ticket_made made = make(fx, &(struct ticket_order){.kind = TICKET_TWO_FACTOR_LOGIN,
                                           .user_id = fixture_user(fx, S("ann@x.test"), NO_STR),
                                           .ttl_s = 60});
    struct ticket *before = find(fx, TICKET_TWO_FACTOR_LOGIN, made.text), *after;
    struct rq *rq = fixture_rq(fx), *late = fixture_rq(fx);
    str code, none;

    fail(fx, before);
    REQUIRE(
        ticket_change(rq, fx->tenant, before, S("{\"methodId\":\"m\"}"), &digits, &code) == ERR_OK);
    code = str_dup(fx->arena, code);
    REQUIRE(ticket_change(late, fx->tenant, before, NO_STR, NULL, &none) == ERR_OK && none.n == 0);
    fixture_finish(rq);
    EXPECT(fixture_commit(late) == ERR_AGAIN);
    fixture_done(late);
    EXPECT(use(fx, before) == ERR_AGAIN);
    after = find(fx, TICKET_TWO_FACTOR_LOGIN, made.text);
    REQUIRE(after != NULL && after->attempts == 1 && after->has_code);
    EXPECT(
        ticket_code_is(after, fx->tenant, code) && json_get(after->detail, S("methodId")) != NULL);
    EXPECT(use(fx, after) == ERR_OK);
    fixture_close(fx);
}

TEST(texts_of_the_caller_take_the_place_of_drawn_ones)
{
    struct fixture *fx = fixture_open();
    struct ticket_made made = make(fx, &(struct ticket_order){.kind = TICKET_CHANGE_PASSWORD,
                                           .ttl_s = 60,
                                           .given_text = S("a-text-of-their-own"),
                                           .given_code = S("123456")});
    struct ticket *got = find(fx, TICKET_CHANGE_PASSWORD, S("a-text-of-their-own"));
    struct rq *rq = fixture_rq(fx);

    EXPECT_STR(made.text, S("a-text-of-their-own"));
    REQUIRE(got != NULL && got->has_code);
    EXPECT(ticket_accepts(rq, fx->tenant, got, S("123 456")) && !rq->keeps_writes);
    EXPECT(!ticket_accepts(rq, fx->tenant, got, S("123457")) && rq->keeps_writes);
    fixture_finish(rq);
    EXPECT(find(fx, TICKET_CHANGE_PASSWORD, made.text)->attempts == 1);
    EXPECT(!ticket_text_ok(NO_STR) && !ticket_text_ok(S("--")) && ticket_text_ok(S("x")));
    EXPECT(find(fx, TICKET_CHANGE_PASSWORD, S("--")) == NULL);
    fixture_close(fx);
}

struct racer {
    pthread_t thread;
    struct fixture *fx;
    const struct ticket *ticket;
    bool is_wrong;
    enum err result;
};

static void *
race(void *arg)
{
    struct racer *racer = arg;

    if (racer->is_wrong) {
        fail(racer->fx, racer->ticket);
        racer->result = ERR_NOT_FOUND;
    } else {
        racer->result = use(racer->fx, racer->ticket);
    }
    return NULL;
}

static int
run_race(struct fixture *fx, const struct ticket *ticket, int wrong)
{
    struct racer racers[THREADS];
    int won = 0;

    for (int i = 0; i < THREADS; i++) {
        racers[i] = (struct racer){.fx = fx, .ticket = ticket, .is_wrong = i < wrong};
        REQUIRE(pthread_create(&racers[i].thread, NULL, race, &racers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(racers[i].thread, NULL);
        won += racers[i].result == ERR_OK;
    }
    return won;
}

TEST(of_sixteen_that_use_a_ticket_at_once_one_succeeds)
{
    struct fixture *fx = fixture_open();

    for (int round = 0; round < ROUNDS; round++) {
        struct ticket_made made =
            make(fx, &(struct ticket_order){.kind = TICKET_WEBAUTHN_LOGIN, .ttl_s = 60});
        EXPECT(run_race(fx, find(fx, TICKET_WEBAUTHN_LOGIN, made.text), 0) == 1);
    }
    fixture_close(fx);
}

/* Guesses that come all at once are no more guesses than those that come one after the other. */
TEST(a_right_code_among_wrong_ones_wins_only_before_all_of_them)
{
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);

    for (int round = 0; round < ROUNDS; round++) {
        struct ticket_order order = {.kind = TICKET_TWO_FACTOR_SEND,
            .user_id = user_id,
            .ttl_s = 60,
            .code = &digits,
            .has_no_text = true,
            .is_only = true};
        struct ticket *got, *after;
        int won;

        make(fx, &order);
        got = find_by(fx, fx->tenant, (struct look){BY_USER, order.kind, NO_STR, user_id});
        won = run_race(fx, got, THREADS - 1);
        after = find_by(fx, fx->tenant, (struct look){BY_USER, order.kind, NO_STR, user_id});
        EXPECT((won == 0 || won == 1) && after == NULL);
        EXPECT(fixture_count(fx, "ticket") == 1 - won); /* used, or guessed at too often */
    }
    fixture_close(fx);
}

TEST(short_texts_of_one_tenant_are_never_the_same)
{
    static const struct secure_generator tiny = {1, GENERATOR_DIGITS};
    struct fixture *fx = fixture_open();
    struct ticket_order order = {.kind = TICKET_DEVICE_USER_CODE, .ttl_s = 60, .text = &tiny};
    int made = 0, again = 0;

    for (int i = 0; i < 60; i++) {
        struct rq *rq = fixture_rq(fx);
        struct ticket_made ticket;
        enum err e = ticket_make(rq, fx->tenant, &order, &ticket);
        e = e ? e : fixture_commit(rq);
        made += e == ERR_OK;
        again += e == ERR_AGAIN;
        fixture_done(rq);
    }
    EXPECT(made <= 10 && made + again == 60);
    EXPECT(fixture_count(fx, "ticket") == made);
    fixture_close(fx);
}

TEST(tickets_end_with_their_user_or_tenant)
{
    struct fixture *fx = fixture_open();
    struct uuid ann = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct uuid bo = fixture_user(fx, S("bo@x.test"), NO_STR);
    struct ticket_order order = {.kind = TICKET_VERIFY_EMAIL, .user_id = ann, .ttl_s = 60};
    struct rq *rq;

    make(fx, &order);
    order.kind = TICKET_CHANGE_PASSWORD;
    make(fx, &order);
    make(fx, &order);
    order.user_id = bo;
    make(fx, &order);
    make(fx, &(struct ticket_order){.kind = TICKET_WEBAUTHN_LOGIN, .ttl_s = 60});
    rq = fixture_rq(fx);
    ticket_forget_user_kind(rq, fx->other, ann, TICKET_CHANGE_PASSWORD);
    ticket_forget_user_kind(rq, fx->tenant, ann, TICKET_CHANGE_PASSWORD);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "ticket") == 3);
    rq = fixture_rq(fx);
    REQUIRE(user_delete(rq, fx->tenant, fixture_load(fx, ann)) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "ticket") == 2);
    fixture_end_tenant(fx, fx->tenant);
    EXPECT(fixture_count(fx, "ticket") == 0);
    fixture_close(fx);
}

TEST(nothing_is_made_for_somebody_who_is_erased)
{
    struct fixture *fx = fixture_open();
    struct ticket_order order = {
        .kind = TICKET_CHANGE_PASSWORD, .user_id = fixture_id(fx), .ttl_s = 60};
    struct rq *rq = fixture_rq(fx);
    struct ticket_made made;

    EXPECT(ticket_make(rq, fx->tenant, &order, &made) == ERR_NOT_FOUND);
    EXPECT(rq->writes.count == 0);
    fixture_done(rq);
    fixture_close(fx);
}
