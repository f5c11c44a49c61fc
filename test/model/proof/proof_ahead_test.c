/* SPDX-License-Identifier: Apache-2.0 */
/* What is proven before there is an account: once, in its tenant, sealed under the tenant's key. */
#define UNIT proof_ahead
#include "../fixture.h"

#include "model/page/page.h"
#include "model/proof/proof.h"

static struct proof_made
start(struct fixture *fx, enum proof_identity identity, str value)
{
    struct rq *rq = fixture_rq(fx);
    struct proof_order order = {.value = value, .has_code = true, .is_sent = true};
    struct proof_made made;
    const char *why;

    REQUIRE(page_init(&why));
    REQUIRE(proof_start_ahead(rq, fx->tenant, identity, &order, &made) == ERR_OK);
    made.text = str_dup(fx->arena, made.text);
    made.code = str_dup(fx->arena, made.code);
    fixture_finish(rq);
    return made;
}

static struct proof *
find(struct fixture *fx, struct rq *rq, enum ticket_kind kind, str text)
{
    struct proof *proof;

    REQUIRE(proof_find(rq, fx->tenant, kind, text, &proof) == ERR_OK);
    return proof;
}

static struct proof *
find_proven(struct rq *rq, const struct tenant *tenant, str text, enum proof_identity want)
{
    enum proof_identity identity;
    struct proof *proof;

    REQUIRE(proof_find_proven(rq, tenant, text, &identity, &proof) == ERR_OK);
    EXPECT(proof == NULL || identity == want);
    return proof;
}

static enum err
complete(struct fixture *fx, enum ticket_kind kind, str text)
{
    struct rq *rq = fixture_rq(fx);
    struct proof *proof = find(fx, rq, kind, text);
    enum err e;

    REQUIRE(proof != NULL);
    e = proof_verify(rq, fx->tenant, proof);
    e = e ? e : fixture_commit(rq);
    fixture_done(rq);
    return e;
}

TEST(an_address_and_a_number_are_proven_and_used_once)
{
    static const struct {
        enum proof_identity identity;
        enum ticket_kind kind;
        const char *value;
    } cases[] = {
        {PROOF_EMAIL, TICKET_AHEAD_EMAIL, "ann@x.test"},
        {PROOF_PHONE, TICKET_AHEAD_PHONE, "+85512345678"},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct proof_made made = start(fx, cases[i].identity, str_from(cases[i].value));
        struct rq *rq = fixture_rq(fx);
        struct proof *proof = find(fx, rq, cases[i].kind, made.text);
        REQUIRE(proof != NULL);
        EXPECT(!proof->is_proven && proof->sent == 1 && proof_is_current(rq, proof));
        EXPECT(
            uuid_is_nil(proof->user->id) && ticket_code_is(proof->ticket, fx->tenant, made.code));
        EXPECT_STR(user_login_id(proof->user), str_from(cases[i].value));
        EXPECT(find_proven(rq, fx->tenant, made.text, cases[i].identity) == NULL);
        EXPECT(find(fx, rq, TICKET_VERIFY_EMAIL, made.text) == NULL);
        fixture_done(rq);
        EXPECT(complete(fx, cases[i].kind, made.text) == ERR_OK);
        EXPECT(complete(fx, cases[i].kind, made.text) == ERR_NOT_FOUND);
        rq = fixture_rq(fx);
        EXPECT(find_proven(rq, fx->other, made.text, cases[i].identity) == NULL);
        proof = find_proven(rq, fx->tenant, made.text, cases[i].identity);
        REQUIRE(proof != NULL);
        EXPECT_STR(proof->value, str_from(cases[i].value));
        EXPECT(proof->code.n == 0);
        ticket_use(rq, proof->ticket);
        fixture_finish(rq);
        rq = fixture_rq(fx);
        EXPECT(find_proven(rq, fx->tenant, made.text, cases[i].identity) == NULL);
        fixture_done(rq);
    }
    EXPECT(fixture_count(fx, "ticket") == 0 && fixture_count(fx, "outbox") == 2);
    fixture_close(fx);
}

TEST(of_two_that_complete_or_use_at_once_one_does)
{
    struct fixture *fx = fixture_open();
    struct proof_made made = start(fx, PROOF_EMAIL, S("ann@x.test"));
    struct rq *one = fixture_rq(fx), *two = fixture_rq(fx);
    struct proof *first = find(fx, one, TICKET_AHEAD_EMAIL, made.text);
    struct proof *second = find(fx, two, TICKET_AHEAD_EMAIL, made.text);

    REQUIRE(proof_verify(one, fx->tenant, first) == ERR_OK);
    REQUIRE(proof_verify(two, fx->tenant, second) == ERR_OK);
    EXPECT(fixture_commit(one) == ERR_OK && fixture_commit(two) == ERR_AGAIN);
    fixture_done(one);
    fixture_done(two);
    one = fixture_rq(fx);
    two = fixture_rq(fx);
    ticket_use(one, find_proven(one, fx->tenant, made.text, PROOF_EMAIL)->ticket);
    ticket_use(two, find_proven(two, fx->tenant, made.text, PROOF_EMAIL)->ticket);
    EXPECT(fixture_commit(one) == ERR_OK && fixture_commit(two) == ERR_AGAIN);
    fixture_done(one);
    fixture_done(two);
    fixture_close(fx);
}
