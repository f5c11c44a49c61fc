/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT factor_challenge
#include "factor_unit.h"

#include "model/factor/factor_challenge.h"
#include "model/outbox/outbox.h"
#include "model/page/page.h"

/* A committed challenge; its text, and the code when one is wanted. */
static struct ticket_made
start(struct fixture *fx, struct uuid id, bool wants_code)
{
    struct rq *rq = fixture_rq(fx);
    struct challenge_order order = {
        .detail = {.authentication = S("PASSWORD")}, .wants_code = wants_code};
    struct ticket_made made;
    struct user *user;

    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &user) == ERR_OK && user != NULL);
    order.user = user;
    REQUIRE(factor_challenge_start(rq, fx->tenant, &order, &made) == ERR_OK);
    made.text = str_dup(fx->arena, made.text);
    made.code = str_dup(fx->arena, made.code);
    fixture_finish(rq);
    return made;
}

static struct challenge *
find(struct rq *rq, struct fixture *fx, str text)
{
    struct challenge *challenge;

    REQUIRE(factor_challenge_find(rq, fx->tenant, text, &challenge) == ERR_OK);
    return challenge;
}

/* -1: there is no such challenge any more. */
static int
answer(struct fixture *fx, str text, str code)
{
    struct rq *rq = fixture_rq(fx);
    struct challenge *challenge = find(rq, fx, text);
    enum challenge_verdict verdict;

    if (challenge == NULL) {
        fixture_done(rq);
        return -1;
    }
    REQUIRE(factor_challenge_answer(rq, fx->tenant, challenge, code, &verdict) == ERR_OK);
    if (challenge->user->two_factor.is_changed) {
        REQUIRE(user_note_login(rq, fx->tenant, challenge->user, false) == ERR_OK);
    }
    fixture_finish(rq);
    return (int)verdict;
}

TEST(a_challenge_lets_in_once)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);
    struct ticket_made made = start(fx, id, false);

    EXPECT(answer(fx, made.text, S("000000")) == CHALLENGE_WRONG);
    EXPECT(answer(fx, made.text, app_code(fx, 0)) == CHALLENGE_RIGHT);
    EXPECT(answer(fx, made.text, app_code(fx, 1)) == -1);
    made = start(fx, id, false);
    EXPECT(answer(fx, made.text, app_code(fx, 0))
           == CHALLENGE_WRONG); /* another challenge, the same code */
    EXPECT(answer(fx, made.text, codes.items[0]) == CHALLENGE_RECOVERED);
    fixture_close(fx);
}

TEST(wrong_answers_end_a_challenge_and_lock_the_person_on_every_challenge)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);
    struct ticket_made made = start(fx, id, false);

    for (int i = 0; i < TICKET_ATTEMPTS; i++) {
        EXPECT(answer(fx, made.text, S("12345")) == CHALLENGE_WRONG);
    }
    EXPECT(answer(fx, made.text, app_code(fx, 0)) == -1);
    made = start(fx, id, false);
    EXPECT(answer(fx, made.text, app_code(fx, 0)) == CHALLENGE_LOCKED);
    fx->now += 4 * MINUTE_MS;
    EXPECT(answer(fx, start(fx, id, false).text, app_code(fx, 0)) == CHALLENGE_RIGHT);
    fixture_close(fx);
}

/* Six digits behind one another. */
static str
code_in(str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        n = text.p[i] >= '0' && text.p[i] <= '9' ? n + 1 : 0;
        if (n == 6) {
            return (str){text.p + i - 5, 6};
        }
    }
    return NO_STR;
}

TEST(a_code_that_is_sent_voids_the_one_before_and_is_over_before_its_challenge)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);
    struct factor mail = {.method = FACTOR_EMAIL, .email = S("other@example.com")};
    struct ticket_made made;
    struct outbox_mail *mails;
    str sent[2] = {NO_STR, NO_STR};
    const char *why;

    REQUIRE(page_init(&why));
    add_factor(fx, id, mail);
    made = start(fx, id, true);
    for (size_t i = 0; i < COUNT(sent); i++) {
        struct rq *rq = fixture_rq(fx);
        struct challenge *challenge = find(rq, fx, made.text);
        struct factor *items = challenge->user->two_factor.methods.items;
        size_t count;
        REQUIRE(factor_challenge_send(rq, fx->tenant, challenge, &items[1], false) == ERR_OK);
        fixture_finish(rq);
        rq = fixture_rq(fx);
        REQUIRE(outbox_list(rq, fx->tenant, 10, &mails, &count) == ERR_OK && count == i + 1);
        EXPECT_STR(mails[0].to, S("other@example.com"));
        sent[i] = str_dup(fx->arena, code_in(mails[0].text));
        fixture_done(rq);
        fx->now += SECOND_MS;
    }
    EXPECT(answer(fx, made.text, made.code) == CHALLENGE_WRONG);
    EXPECT(answer(fx, made.text, sent[0]) == CHALLENGE_WRONG);
    fx->now += 61 * SECOND_MS;
    EXPECT(answer(fx, made.text, sent[1]) == CHALLENGE_WRONG);
    fx->now -= 10 * SECOND_MS;
    EXPECT(answer(fx, made.text, sent[1]) == CHALLENGE_RIGHT);
    EXPECT(((struct factor *)fixture_load(fx, id)->two_factor.methods.items)[1].last_used);
    fixture_close(fx);
}

TEST(a_changed_password_voids_what_the_old_one_began)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);
    struct ticket_made made = start(fx, id, false);
    struct rq *rq = fixture_rq(fx);
    struct user *user, before;

    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &user) == ERR_OK);
    before = *user;
    user->password_instant = fx->now;
    REQUIRE(user_update(rq, fx->tenant, &before, user) == ERR_OK);
    fixture_finish(rq);
    EXPECT(answer(fx, made.text, app_code(fx, 0)) == -1);
    fixture_close(fx);
}

TEST(another_tenant_has_no_such_challenge)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct ticket_made made = start(fx, person_with_app(fx, &codes), false);
    struct rq *rq = fixture_rq(fx);
    struct challenge *challenge;

    EXPECT(factor_challenge_find(rq, fx->other, made.text, &challenge) == ERR_OK);
    EXPECT(challenge == NULL);
    fixture_done(rq);
    fixture_close(fx);
}

/* ---- trust ---- */

static struct factor_trusted
look(struct fixture *fx, const struct application *app, struct uuid user_id, str text)
{
    struct rq *rq = fixture_rq(fx);
    struct factor_trusted trusted;

    REQUIRE(factor_trust_look(rq, fx->tenant, app, user_id, text, &trusted) == ERR_OK);
    fixture_done(rq);
    return trusted;
}

TEST(a_trusted_computer_is_spared_as_the_application_says)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);
    struct application app = {.id = fixture_id(fx), .factor = {.policy = FACTOR_ENABLED}};
    struct application another = {.id = fixture_id(fx), .factor = {.policy = FACTOR_ENABLED}};
    struct rq *rq = fixture_rq(fx);
    str text;

    REQUIRE(factor_trust_give(rq, fx->tenant, &app, id, &text) == ERR_OK);
    text = str_dup(fx->arena, text);
    fixture_finish(rq);
    EXPECT(look(fx, &app, id, text).spares && look(fx, &another, id, text).spares);
    EXPECT(look(fx, NULL, id, text).spares);
    EXPECT(!look(fx, &app, fixture_id(fx), text).spares && !look(fx, &app, id, S("none")).spares);
    app.factor.trust = another.factor.trust = FACTOR_TRUST_THIS;
    EXPECT(look(fx, &app, id, text).spares && !look(fx, &another, id, text).spares);
    app.factor.trust = FACTOR_TRUST_NONE;
    EXPECT(!look(fx, &app, id, text).spares);
    app.factor.trust = FACTOR_TRUST_ANY;
    app.ids.two_factor_trust_ttl_s = 60;
    fx->now += 61 * SECOND_MS;
    EXPECT(!look(fx, &app, id, text).spares && look(fx, NULL, id, text).spares);
    rq = fixture_rq(fx);
    factor_trust_forget(rq, fx->tenant, id);
    fixture_finish(rq);
    EXPECT(look(fx, NULL, id, text).started_at == 0);
    fixture_close(fx);
}
