/* SPDX-License-Identifier: Apache-2.0 */
/* The mail at the end of an action: once, when its time is over, to whom it was done, and to nobody after a cancelation. */
#define UNIT action_mail
#include "../fixture.h"

#include "model/action/action.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/outbox/outbox.h"
#include "model/statements.h"

struct scene {
    struct fixture *fx;
    struct uuid user_id;
    struct action action;
};

static struct scene
open_scene(void)
{
    struct scene s = {.fx = fixture_open(),
        .action = {.name = S("Lock"), .active = true, .temporal = true, .user_emailing = true}};
    struct emailtemplate template = {.name = S("Over"),
        .subject = S("{{event.phase}}: {{event.action}}"),
        .text = S("{{event.comment}}"),
        .html = S("<p>{{event.comment}}</p>"),
        .head.id = fixture_id(s.fx)};
    struct rq *rq = fixture_rq(s.fx);

    REQUIRE(record_create(rq, &emailtemplate_kind, NULL, &template) == ERR_OK);
    s.action.head.id = fixture_id(s.fx);
    s.action.end_template_id = template.head.id;
    REQUIRE(record_create(rq, &action_kind, NULL, &s.action) == ERR_OK);
    fixture_finish(rq);
    s.user_id = fixture_user(s.fx, S("a@x.test"), NO_STR);
    return s;
}

static struct action_log
take(struct scene *s, int64_t until, bool is_mailed)
{
    struct rq *rq = fixture_rq(s->fx);
    struct action_log log = {
        .head = {.user_id = s->user_id, .subject_id = s->action.head.id, .until_instant = until},
        .name = s->action.name,
        .comment = S("quite remarkable"),
        .email_user_on_end = is_mailed};

    REQUIRE(action_take(rq, s->fx->tenant, &s->action, &log) == ERR_OK);
    fixture_finish(rq);
    return log;
}

static void
modify(struct scene *s, struct action_log *log, int64_t until)
{
    struct rq *rq = fixture_rq(s->fx);
    struct action_item change = {s->user_id, S("so"), rq->now, until};

    REQUIRE(action_modify(rq, s->fx->tenant, &s->action, log, &change) == ERR_OK);
    fixture_finish(rq);
}

/* Of one run of the job: what it looked at. */
static size_t
end_some(struct scene *s)
{
    struct rq *rq = fixture_rq(s->fx);
    size_t looked;

    REQUIRE(action_end_some(rq, 10, &looked) == ERR_OK);
    fixture_finish(rq);
    return looked;
}

TEST(the_mail_goes_once_when_the_time_is_over_also_after_a_restart)
{
    struct scene s = open_scene();
    struct outbox_mail *list;

    (void)take(&s, s.fx->now + 1000, true);
    s.fx->now += 999;
    EXPECT(end_some(&s) == 0 && fixture_mails(s.fx, &list) == 0);
    fixture_restart(s.fx);
    s.fx->now += 1;
    EXPECT(end_some(&s) == 1);
    REQUIRE(fixture_mails(s.fx, &list) == 1);
    EXPECT_STR(list->to, S("a@x.test"));
    EXPECT_STR(list->subject, S("end: Lock"));
    EXPECT_STR(list->text, S("quite remarkable"));
    EXPECT(end_some(&s) == 0 && fixture_mails(s.fx, &list) == 1);
    fixture_close(s.fx);
}

TEST(nobody_hears_of_an_end_that_did_not_come_by_itself_or_was_not_asked_for)
{
    struct scene s = open_scene();
    struct action_log canceled = take(&s, s.fx->now + 1000, true);
    struct outbox_mail *list;

    (void)take(&s, s.fx->now + 1000, false);
    (void)take(&s, INT64_MAX, true);
    (void)take(&s, 0, true);
    modify(&s, &canceled, s.fx->now);
    s.fx->now += 5000;
    EXPECT(end_some(&s) == 0 && fixture_mails(s.fx, &list) == 0);
    fixture_close(s.fx);
}

TEST(another_end_is_another_time)
{
    struct scene s = open_scene();
    struct action_log log = take(&s, s.fx->now + 1000, true);
    struct outbox_mail *list;

    modify(&s, &log, s.fx->now + 3000);
    s.fx->now += 1500;
    EXPECT(end_some(&s) == 0);
    s.fx->now += 1500;
    EXPECT(end_some(&s) == 1 && fixture_mails(s.fx, &list) == 1);
    fixture_close(s.fx);
}

/* Two nodes, or the job and somebody who cancels. */
TEST(of_two_that_see_the_end_at_once_one_sends)
{
    struct scene s = open_scene();
    struct action_log log = take(&s, s.fx->now + 1000, true);
    struct outbox_mail *list;
    struct rq *first, *second;
    size_t looked;

    s.fx->now += 1000;
    first = fixture_rq(s.fx);
    second = fixture_rq(s.fx);
    REQUIRE(action_end_some(first, 10, &looked) == ERR_OK && looked == 1);
    REQUIRE(action_end_some(second, 10, &looked) == ERR_OK && looked == 1);
    fixture_finish(first);
    EXPECT(fixture_commit(second) == ERR_AGAIN);
    fixture_done(second);
    EXPECT(fixture_mails(s.fx, &list) == 1);

    log = take(&s, s.fx->now + 1000, true);
    s.fx->now += 1000;
    first = fixture_rq(s.fx);
    REQUIRE(action_end_some(first, 10, &looked) == ERR_OK && looked == 1);
    modify(&s, &log, s.fx->now + 1000);
    EXPECT(fixture_commit(first) == ERR_AGAIN);
    fixture_done(first);
    EXPECT(fixture_mails(s.fx, &list) == 1);
    fixture_close(s.fx);
}

/* The release before changes until_instant alone. */
TEST(an_end_that_the_release_before_has_moved_is_believed)
{
    static const struct {
        int line;
        int64_t moved, mails_then, mails_later;
    } cases[] = {{__LINE__, 2000, 0, 1}, {__LINE__, 500, 0, 0}};
    struct scene s = open_scene();
    struct outbox_mail *list;

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct action_log log = take(&s, s.fx->now + 1000, true);
        int64_t version = log.head.last_update_instant, due = log.head.due_instant;
        size_t before = fixture_mails(s.fx, &list);
        struct rq *rq;

        log.head.until_instant = s.fx->now + cases[i].moved;
        rq = fixture_rq(s.fx);
        log.head.due_instant = due;
        log.head.last_update_instant = version;
        REQUIRE(dossier_change(rq, s.fx->tenant, &action_log_kind, &log) == ERR_OK);
        fixture_finish(rq);
        s.fx->now += 1000;
        EXPECT(end_some(&s) == 1);
        CHECK_AT(
            cases[i].line, (int64_t)(fixture_mails(s.fx, &list) - before) == cases[i].mails_then);
        s.fx->now += 1000;
        (void)end_some(&s);
        CHECK_AT(
            cases[i].line, (int64_t)(fixture_mails(s.fx, &list) - before) == cases[i].mails_later);
    }
    fixture_close(s.fx);
}

TEST(who_is_erased_meanwhile_holds_up_nobody)
{
    struct scene s = open_scene();
    struct outbox_mail *list;
    struct user *user;
    struct rq *rq;

    (void)take(&s, s.fx->now + 500, true);
    user = fixture_load(s.fx, s.user_id);
    rq = fixture_rq(s.fx);
    REQUIRE(user_delete(rq, s.fx->tenant, user) == ERR_OK);
    fixture_finish(rq);
    s.user_id = fixture_user(s.fx, S("b@x.test"), NO_STR);
    (void)take(&s, s.fx->now + 1000, true);
    s.fx->now += 1000;
    EXPECT(end_some(&s) >= 1);
    REQUIRE(fixture_mails(s.fx, &list) == 1);
    EXPECT_STR(list->to, S("b@x.test"));
    fixture_close(s.fx);
}
