/* SPDX-License-Identifier: Apache-2.0 */
/* The second notice of a consent (emailPlus): once, not before the least time, and of what still stands only. */
#define UNIT agreement_mail
#include "../fixture.h"

#include "model/agreement/agreement.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/outbox/outbox.h"

struct scene {
    struct fixture *fx;
    struct uuid parent, child;
    struct agreement agreement;
};

static struct scene
open_scene(void)
{
    struct scene s = {.fx = fixture_open()};
    struct emailtemplate template = {.name = S("Again"),
        .subject = S("You consented: {{consent.name}}"),
        .text = S("{{userConsent.status}}"),
        .html = S("<p></p>"),
        .head.id = fixture_id(s.fx)};
    struct rq *rq = fixture_rq(s.fx);

    REQUIRE(record_create(rq, &emailtemplate_kind, NULL, &template) == ERR_OK);
    s.agreement = (struct agreement){.name = S("Letters"),
        .head.id = fixture_id(s.fx),
        .plus = {true, template.head.id, 24, 48}};
    REQUIRE(record_create(rq, &agreement_kind, NULL, &s.agreement) == ERR_OK);
    fixture_finish(rq);
    s.parent = fixture_user(s.fx, S("parent@x.test"), NO_STR);
    s.child = fixture_user(s.fx, S("child@x.test"), NO_STR);
    return s;
}

static struct agreement_given
give(struct scene *s)
{
    struct agreement_given given = {
        .head = {.user_id = s->child, .subject_id = s->agreement.head.id},
        .giver_id = s->parent,
        .agreement = s->agreement};
    struct rq *rq = fixture_rq(s->fx);

    agreement_plan_notice(rq, &given);
    REQUIRE(dossier_add(rq, s->fx->tenant, &agreement_given_kind, &given) == ERR_OK);
    fixture_finish(rq);
    return given;
}

static void
change(struct scene *s, struct agreement_given *given, enum agreement_status status)
{
    struct rq *rq = fixture_rq(s->fx);

    given->status = (int)status;
    agreement_plan_notice(rq, given);
    REQUIRE(dossier_change(rq, s->fx->tenant, &agreement_given_kind, given) == ERR_OK);
    fixture_finish(rq);
}

static size_t
remind(struct scene *s)
{
    struct rq *rq = fixture_rq(s->fx);
    size_t looked;

    REQUIRE(agreement_remind_some(rq, 10, &looked) == ERR_OK);
    fixture_finish(rq);
    return looked;
}

TEST(the_giver_hears_a_second_time_after_the_least_hours_once)
{
    struct scene s = open_scene();
    struct outbox_mail *list;

    (void)give(&s);
    s.fx->now += 24 * HOUR_MS - 1;
    EXPECT(remind(&s) == 0 && fixture_mails(s.fx, &list) == 0);
    s.fx->now += 1;
    EXPECT(remind(&s) == 1);
    REQUIRE(fixture_mails(s.fx, &list) == 1);
    EXPECT_STR(list->to, S("parent@x.test"));
    EXPECT_STR(list->subject, S("You consented: Letters"));
    s.fx->now += 100 * HOUR_MS;
    EXPECT(remind(&s) == 0 && fixture_mails(s.fx, &list) == 1);
    fixture_close(s.fx);
}

TEST(what_is_revoked_is_not_told_and_begins_anew_when_it_is_given_again)
{
    struct scene s = open_scene();
    struct agreement_given given = give(&s);
    struct outbox_mail *list;

    change(&s, &given, AGREEMENT_REVOKED);
    s.fx->now += 24 * HOUR_MS;
    EXPECT(remind(&s) == 0 && fixture_mails(s.fx, &list) == 0);
    change(&s, &given, AGREEMENT_ACTIVE);
    s.fx->now += 24 * HOUR_MS - 1;
    EXPECT(remind(&s) == 0);
    s.fx->now += 1;
    EXPECT(remind(&s) == 1 && fixture_mails(s.fx, &list) == 1);
    fixture_close(s.fx);
}

/* Revoked by the release before, which knows no due instant; or switched off meanwhile. */
TEST(it_is_asked_again_whether_it_still_stands)
{
    struct scene s = open_scene();
    struct agreement_given given = give(&s);
    struct outbox_mail *list;
    struct rq *rq = fixture_rq(s.fx);

    given.status = AGREEMENT_REVOKED;
    REQUIRE(dossier_change(rq, s.fx->tenant, &agreement_given_kind, &given) == ERR_OK);
    fixture_finish(rq);
    s.fx->now += 24 * HOUR_MS;
    EXPECT(remind(&s) == 1 && fixture_mails(s.fx, &list) == 0);

    change(&s, &given, AGREEMENT_ACTIVE);
    rq = fixture_rq(s.fx);
    s.agreement.plus.enabled = false;
    REQUIRE(record_update(rq, &agreement_kind, NULL, &s.agreement) == ERR_OK);
    fixture_finish(rq);
    s.fx->now += 24 * HOUR_MS;
    EXPECT(remind(&s) == 1 && fixture_mails(s.fx, &list) == 0);
    fixture_close(s.fx);
}
