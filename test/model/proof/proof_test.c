/* SPDX-License-Identifier: Apache-2.0 */
/* What a link or a code in a mail proves, and how often. */
#define UNIT proof
#include "../fixture.h"

#include <pthread.h>

#include "model/application/application.h"
#include "model/outbox/outbox.h"
#include "model/page/page.h"
#include "model/proof/proof.h"
#include "model/session/session.h"

enum { THREADS = 8 };

static struct proof_made
start(struct fixture *fx, const struct proof_order *order)
{
    struct rq *rq = fixture_rq(fx);
    struct proof_made made;
    const char *why;

    REQUIRE(page_init(&why));
    REQUIRE(proof_start(rq, fx->tenant, order, &made) == ERR_OK);
    made.text = str_dup(fx->arena, made.text);
    made.code = str_dup(fx->arena, made.code);
    fixture_finish(rq);
    return made;
}

static struct outbox_mail
last_mail(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);
    struct outbox_mail *mails, mail;
    size_t count;

    REQUIRE(outbox_list(rq, fx->tenant, 1, &mails, &count) == ERR_OK && count == 1);
    mail = mails[0];
    mail.to = str_dup(fx->arena, mail.to);
    mail.text = str_dup(fx->arena, mail.text);
    mail.subject = str_dup(fx->arena, mail.subject);
    fixture_done(rq);
    return mail;
}

TEST(a_link_is_mailed_and_comes_back_with_what_was_said)
{
    struct fixture *fx = fixture_open();
    struct user *user = fixture_load(fx, fixture_user(fx, S("ann@x.test"), S("an old password")));
    struct proof_made made = start(fx, &(struct proof_order){.kind = TICKET_CHANGE_PASSWORD,
                                           .user = user,
                                           .state = S("{\"back\":[1,2]}"),
                                           .is_sent = true});
    struct outbox_mail mail = last_mail(fx);
    struct rq *rq = fixture_rq(fx);
    struct proof *proof;

    EXPECT_STR(mail.to, S("ann@x.test"));
    EXPECT(str_find_str(mail.text, made.text) < mail.text.n);
    EXPECT(str_find_str(mail.text, S("/password/change/")) < mail.text.n);
    EXPECT(str_find_str(mail.text, S("mail.")) == mail.text.n && mail.subject.n > 0);
    REQUIRE(proof_find(rq, fx->tenant, TICKET_CHANGE_PASSWORD, made.text, &proof) == ERR_OK);
    REQUIRE(proof != NULL && uuid_eq(proof->user->id, user->id));
    EXPECT(proof->sent && proof->code.n == 0 && proof_is_current(rq, proof));
    EXPECT_STR(proof->state, S("{\"back\":[1,2]}"));
    EXPECT_STR(proof->value, S("ann@x.test"));
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_code_is_mailed_in_place_of_the_link)
{
    struct fixture *fx = fixture_open();
    struct user *user = fixture_load(fx, fixture_user(fx, S("ann@x.test"), NO_STR));
    struct proof_made made = start(
        fx, &(struct proof_order){.kind = TICKET_PASSWORDLESS, .user = user, .has_code = true});
    struct outbox_mail mail;
    struct rq *rq = fixture_rq(fx);
    struct proof *proof;

    EXPECT(fixture_count(fx, "outbox") == 0 && made.code.n == 6);
    REQUIRE(proof_find(rq, fx->tenant, TICKET_PASSWORDLESS, made.text, &proof) == ERR_OK);
    REQUIRE(proof != NULL && !proof->sent);
    REQUIRE(proof_send(rq, fx->tenant, proof, made.text) == ERR_OK);
    fixture_finish(rq);
    mail = last_mail(fx);
    EXPECT(str_find_str(mail.text, made.code) < mail.text.n);
    EXPECT(str_find_str(mail.text, made.text) == mail.text.n);
    rq = fixture_rq(fx);
    REQUIRE(proof_find(rq, fx->tenant, TICKET_PASSWORDLESS, made.text, &proof) == ERR_OK);
    REQUIRE(proof != NULL && proof->sent);
    EXPECT(ticket_code_is(proof->ticket, fx->tenant, made.code));
    fixture_done(rq);
    fixture_close(fx);
}

static enum err
set_password(struct fixture *fx, str text, str password)
{
    struct rq *rq = fixture_rq(fx);
    struct proof *proof;
    struct user after;
    enum err e;

    rq->place = RQ_HASH;
    REQUIRE(proof_find(rq, fx->tenant, TICKET_CHANGE_PASSWORD, text, &proof) == ERR_OK);
    if (proof == NULL) {
        fixture_done(rq);
        return ERR_NOT_FOUND;
    }
    after = *proof->user;
    after.password = password;
    e = proof_set_password(rq, fx->tenant, proof, proof->user, &after);
    e = e ? e : fixture_commit(rq);
    fixture_done(rq);
    return e;
}

/* RFC 9700 s4.14.2. */
TEST(a_new_password_ends_sessions_and_every_other_mail_about_it)
{
    static const bool ends[] = {true, false};

    for (size_t i = 0; i < COUNT(ends); i++) {
        struct fixture *fx = fixture_open();
        struct user *user =
            fixture_load(fx, fixture_user(fx, S("ann@x.test"), S("an old password")));
        struct proof_order order = {.kind = TICKET_CHANGE_PASSWORD, .user = user, .is_sent = true};
        struct proof_made one = start(fx, &order), two = start(fx, &order);
        struct rq *rq = fixture_rq(fx);
        struct session *session;
        struct user *after;

        fx->tenant->jwt.revocation.on_password_change = ends[i];
        REQUIRE(session_start(rq, fx->tenant, user->id, false, &session) == ERR_OK);
        fixture_finish(rq);
        EXPECT(set_password(fx, one.text, S("a new password")) == ERR_OK);
        EXPECT(set_password(fx, one.text, S("another password")) == ERR_NOT_FOUND);
        EXPECT(set_password(fx, two.text, S("another password")) == ERR_NOT_FOUND);
        EXPECT(fixture_count(fx, "session") == !ends[i] && fixture_count(fx, "ticket") == 0);
        after = fixture_load(fx, user->id);
        EXPECT(after->password_instant > user->password_instant);
        EXPECT(after->verified && after->verified_instant > 0); /* they read the mail */
        fixture_close(fx);
    }
}

TEST(an_address_is_verified_on_the_way_only_by_our_own_mail_to_it)
{
    static const struct {
        int line;
        bool is_allowed, is_sent;
        str value;
        bool want;
    } cases[] = {
        {__LINE__, true, true, S_INIT(""), true},
        {__LINE__, true, true, S_INIT("ANN@x.test"), true},
        {__LINE__, true, true, S_INIT("old@x.test"), false},
        {__LINE__, true, false, S_INIT(""), false},
        {__LINE__, false, true, S_INIT(""), false},
    };
    struct fixture *fx = fixture_open();
    struct user *user = fixture_load(fx, fixture_user(fx, S("ann@x.test"), NO_STR));

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct proof_made made = start(fx, &(struct proof_order){.kind = TICKET_PASSWORDLESS,
                                               .user = user,
                                               .value = cases[i].value,
                                               .is_sent = cases[i].is_sent});
        struct rq *rq = fixture_rq(fx);
        struct user after = *user;
        struct proof *proof;

        fx->tenant->mail.verifies_on_the_way = cases[i].is_allowed;
        REQUIRE(proof_find(rq, fx->tenant, TICKET_PASSWORDLESS, made.text, &proof) == ERR_OK);
        REQUIRE(proof != NULL);
        proof_verify_on_the_way(rq, fx->tenant, proof, &after);
        CHECK_AT(cases[i].line, after.verified == cases[i].want);
        fixture_done(rq);
    }
    fixture_close(fx);
}

static enum err
verify(struct fixture *fx, enum ticket_kind kind, str text)
{
    struct rq *rq = fixture_rq(fx);
    struct proof *proof;
    enum err e;

    REQUIRE(proof_find(rq, fx->tenant, kind, text, &proof) == ERR_OK);
    e = proof == NULL ? ERR_NOT_FOUND : proof_verify(rq, fx->tenant, proof);
    e = e ? e : fixture_commit(rq);
    fixture_done(rq);
    return e;
}

TEST(an_address_that_changed_is_not_verified_by_an_older_mail)
{
    struct fixture *fx = fixture_open();
    struct user *user = fixture_load(fx, fixture_user(fx, S("ann@x.test"), NO_STR)), changed;
    struct proof_order order = {.kind = TICKET_VERIFY_EMAIL, .user = user, .is_sent = true};
    struct proof_made old = start(fx, &order), now;
    struct rq *rq = fixture_rq(fx);

    changed = *user;
    changed.email = S("new@x.test");
    REQUIRE(user_update(rq, fx->tenant, user, &changed) == ERR_OK);
    fixture_finish(rq);
    EXPECT(verify(fx, TICKET_VERIFY_EMAIL, old.text) == ERR_NOT_FOUND);
    order.user = fixture_load(fx, user->id);
    now = start(fx, &order);
    EXPECT(verify(fx, TICKET_VERIFY_EMAIL, now.text) == ERR_OK);
    EXPECT(verify(fx, TICKET_VERIFY_EMAIL, now.text) == ERR_NOT_FOUND);
    EXPECT(fixture_load(fx, user->id)->verified);
    fixture_close(fx);
}

TEST(a_number_is_verified_apart_from_the_address)
{
    struct fixture *fx = fixture_open();
    struct user *user = fixture_load(fx, fixture_user(fx, S("ann@x.test"), NO_STR)), with_phone;
    struct rq *rq = fixture_rq(fx);
    struct proof_made made;

    with_phone = *user;
    with_phone.phone_number = S("+85512345678");
    REQUIRE(user_update(rq, fx->tenant, user, &with_phone) == ERR_OK);
    fixture_finish(rq);
    made = start(fx, &(struct proof_order){.kind = TICKET_VERIFY_IDENTITY,
                         .user = fixture_load(fx, user->id),
                         .value = with_phone.phone_number});
    EXPECT(verify(fx, TICKET_VERIFY_IDENTITY, made.text) == ERR_OK);
    user = fixture_load(fx, user->id);
    EXPECT(user->phone_verified && user->phone_verified_instant == fx->now && !user->verified);
    fixture_close(fx);
}

TEST(who_comes_by_a_number_is_asked_about_the_number_and_by_another_login_id_about_the_address)
{
    static const struct {
        int line;
        str email, number, login_id;
        enum proof_identity by;
        enum ticket_kind wanted; /* where both are gated, and neither is verified */
    } cases[] = {
        {__LINE__, S_INIT("a@x.test"), S_INIT("+85512345678"), S_INIT("+855 12 345 678"),
            PROOF_PHONE, TICKET_VERIFY_IDENTITY},
        {__LINE__, S_INIT("a@x.test"), S_INIT("+85512345678"), S_INIT("A@x.test"), PROOF_EMAIL,
            TICKET_VERIFY_EMAIL},
        {__LINE__, S_INIT("a@x.test"), S_INIT("+85512345678"), S_INIT(""), PROOF_EMAIL,
            TICKET_VERIFY_EMAIL},
        {__LINE__, S_INIT(""), S_INIT("+85512345678"), S_INIT(""), PROOF_PHONE,
            TICKET_VERIFY_IDENTITY},
        {__LINE__, S_INIT(""), S_INIT("+85512345678"), S_INIT("ann"), PROOF_EMAIL, TICKET_NONE},
        {__LINE__, S_INIT("a@x.test"), S_INIT(""), S_INIT("+85512345678"), PROOF_EMAIL,
            TICKET_VERIFY_EMAIL},
        {__LINE__, S_INIT(""), S_INIT(""), S_INIT(""), PROOF_EMAIL, TICKET_NONE},
    };
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct user user = {.email = cases[i].email, .phone_number = cases[i].number};
        enum proof_identity by = proof_identity_of(rq, &user, cases[i].login_id);
        struct tenant tenant = *fx->tenant;

        CHECK_AT(cases[i].line, by == cases[i].by);
        CHECK_AT(cases[i].line, proof_wanted(&tenant, NULL, &user, by) == TICKET_NONE);
        tenant.mail.verifies = tenant.phone.verifies = true;
        CHECK_AT(cases[i].line, proof_wanted(&tenant, NULL, &user, by) == TICKET_NONE);
        tenant.mail.unverified.behavior = tenant.phone.unverified.behavior = UNVERIFIED_GATED;
        CHECK_AT(cases[i].line, proof_wanted(&tenant, NULL, &user, by) == cases[i].wanted);
        user.verified = user.phone_verified = true;
        CHECK_AT(cases[i].line, proof_wanted(&tenant, NULL, &user, by) == TICKET_NONE);
    }
    fixture_done(rq);
    fixture_close(fx);
}

struct racer {
    pthread_t thread;
    struct fixture *fx;
    str text;
    enum err result;
};

static void *
race(void *arg)
{
    struct racer *racer = arg;

    racer->result = set_password(racer->fx, racer->text, S("a new password"));
    return NULL;
}

TEST(of_many_that_set_a_password_by_one_mail_one_does)
{
    struct fixture *fx = fixture_open();
    struct user *user = fixture_load(fx, fixture_user(fx, S("ann@x.test"), NO_STR));
    struct proof_made made =
        start(fx, &(struct proof_order){.kind = TICKET_CHANGE_PASSWORD, .user = user});
    struct racer racers[THREADS];
    int won = 0;

    for (int i = 0; i < THREADS; i++) {
        racers[i] = (struct racer){.fx = fx, .text = made.text};
        REQUIRE(pthread_create(&racers[i].thread, NULL, race, &racers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(racers[i].thread, NULL);
        won += racers[i].result == ERR_OK;
        EXPECT(racers[i].result == ERR_OK || racers[i].result == ERR_AGAIN
               || racers[i].result == ERR_NOT_FOUND);
    }
    EXPECT(won == 1);
    fixture_close(fx);
}

TEST(a_one_time_password_is_the_newest_and_says_what_it_may)
{
    struct fixture *fx = fixture_open();
    struct uuid user_id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct rq *rq = fixture_rq(fx);
    struct ticket *ticket;
    bool may_refresh;
    str one, two;

    REQUIRE(proof_one_time_password(rq, fx->tenant, user_id, false, &one) == ERR_OK);
    one = str_dup(fx->arena, one);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(proof_one_time_password(rq, fx->tenant, user_id, true, &two) == ERR_OK);
    two = str_dup(fx->arena, two);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(proof_find_one_time_password(rq, fx->tenant, one, &ticket, &may_refresh) == ERR_OK);
    EXPECT(ticket == NULL && !may_refresh);
    REQUIRE(proof_find_one_time_password(rq, fx->tenant, two, &ticket, &may_refresh) == ERR_OK);
    EXPECT(ticket != NULL && uuid_eq(ticket->user_id, user_id) && may_refresh);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(asked_for_by_strangers_nobody_and_one_too_many_look_alike)
{
    struct fixture *fx = fixture_open();
    struct user *user = fixture_load(fx, fixture_user(fx, S("ann@x.test"), NO_STR));
    struct proof_order order = {.kind = TICKET_CHANGE_PASSWORD};
    struct proof_made made;
    struct rq *rq = fixture_rq(fx);
    size_t length;
    const char *why;

    REQUIRE(page_init(&why));
    REQUIRE(proof_start_quietly(rq, fx->tenant, &order, &made) == ERR_OK);
    EXPECT(rq->writes.count == 0 && made.text.n > 0 && made.code.n == 0);
    length = made.text.n;
    fixture_done(rq);
    order.user = user;
    for (int i = 0; i < 7; i++) {
        rq = fixture_rq(fx);
        REQUIRE(proof_start_quietly(rq, fx->tenant, &order, &made) == ERR_OK);
        EXPECT((rq->writes.count > 0) == (i < 5)); /* five in a while */
        EXPECT(made.text.n == length && rq->fault.code == ERR_OK);
        fixture_finish(rq);
    }
    fixture_close(fx);
}

TEST(somebody_is_found_as_they_type_themselves_while_their_account_is_open)
{
    static const struct {
        int line;
        const char *typed;
        bool is_there;
    } cases[] = {
        {__LINE__, "ann@x.test", true},
        {__LINE__, "ANN@X.test", true},
        {__LINE__, "+1 (555) 010-0000", false},
        {__LINE__, "bob@x.test", false},
        {__LINE__, "", false},
    };
    struct fixture *fx = fixture_open();
    struct user *user = fixture_load(fx, fixture_user(fx, S("ann@x.test"), NO_STR)), *found;
    struct user closed = *user;
    struct rq *rq;

    for (size_t i = 0; i < COUNT(cases); i++) {
        rq = fixture_rq(fx);
        REQUIRE(proof_person(rq, fx->tenant, str_from(cases[i].typed), &found) == ERR_OK);
        CHECK_AT(cases[i].line, (found != NULL) == cases[i].is_there);
        fixture_done(rq);
    }
    rq = fixture_rq(fx);
    closed.active = false;
    REQUIRE(user_update(rq, fx->tenant, user, &closed) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(proof_person(rq, fx->tenant, S("ann@x.test"), &found) == ERR_OK);
    EXPECT(found == NULL);
    fixture_done(rq);
    fixture_close(fx);
}
