/* SPDX-License-Identifier: Apache-2.0 */
/* Mails about what is kept about people: by a template, else as given, else none. */
#define UNIT letter
#include "../fixture.h"

#include "model/emailtemplate/emailtemplate.h"
#include "model/letter/letter.h"
#include "model/outbox/outbox.h"

static struct uuid
make_template(struct fixture *fx, str name, str subject)
{
    struct emailtemplate template = {.name = name,
        .subject = subject,
        .text = S("{{thing}}"),
        .html = S("<p>{{thing}}</p>"),
        .head.id = fixture_id(fx)};
    struct rq *rq = fixture_rq(fx);

    REQUIRE(record_create(rq, &emailtemplate_kind, NULL, &template) == ERR_OK);
    fixture_finish(rq);
    return template.head.id;
}

/* How many mails there are then; *ret the newest, on the fixture's arena. */
static size_t
put(struct fixture *fx, const struct letter *letter, struct outbox_mail **ret)
{
    struct rq *rq = fixture_rq(fx);

    REQUIRE(letter_put(rq, letter) == ERR_OK);
    fixture_finish(rq);
    return fixture_mails(fx, ret);
}

TEST(by_the_template_else_as_given_else_none)
{
    struct fixture *fx = fixture_open();
    struct user *user = fixture_load(fx, fixture_user(fx, S("a@x.test"), NO_STR));
    struct letter letter = {
        .tenant = fx->tenant, .user = user, .data = S("{\"thing\":\"a lamp\"}")};
    struct outbox_mail *mail;

    EXPECT(put(fx, &letter, &mail) == 0);
    letter.template_id = fixture_id(fx); /* of a template that is gone */
    EXPECT(put(fx, &letter, &mail) == 0);
    letter.template_id = make_template(fx, S("broken"), S("{{#never}}"));
    EXPECT(put(fx, &letter, &mail) == 0);
    letter.template_id = make_template(fx, S("good"), S("About {{thing}}"));
    REQUIRE(put(fx, &letter, &mail) == 1);
    EXPECT_STR(mail->to, S("a@x.test"));
    EXPECT_STR(mail->subject, S("About a lamp"));
    EXPECT_STR(mail->text, S("a lamp"));
    EXPECT(fixture_search(fx, "", str_bytes(S("a lamp"))) == 0);
    letter = (struct letter){
        .tenant = fx->tenant, .address = S("b@x.test"), .subject = S("Plain"), .text = S("words")};
    fx->now += 1;
    REQUIRE(put(fx, &letter, &mail) == 2);
    EXPECT_STR(mail->to, S("b@x.test"));
    EXPECT_STR(mail->text, S("words"));
    fixture_close(fx);
}
