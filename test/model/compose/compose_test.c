/* SPDX-License-Identifier: Apache-2.0 */
/* compose.c and compose_view.c: the right language, no secret, a fault for each part. */
#define UNIT compose
#include "../fixture.h"

#include "model/application/application.h"
#include "model/compose/compose.h"
#include "model/emailtemplate/emailtemplate.h"

static struct field_texts
languages(struct arena *arena, str first, str second)
{
    struct field_texts texts = {ARENA_ARRAY(arena, 2, str), 0};

    texts.items[texts.count++] = first;
    if (second.n) {
        texts.items[texts.count++] = second;
    }
    return texts;
}

TEST(the_first_language_that_is_there_is_taken)
{
    static const struct {
        int line;
        str first, second;
        const char *picked;
    } cases[] = {
        /* clang-format off */
        { __LINE__, S_INIT("de"), S_INIT(""), "Hallo" },      { __LINE__, S_INIT("de_AT"), S_INIT(""), "Servus" },
        { __LINE__, S_INIT("de-at"), S_INIT(""), "Servus" },  { __LINE__, S_INIT("de_CH"), S_INIT(""), "Hallo" },
        { __LINE__, S_INIT("fr"), S_INIT("de"), "Hallo" },    { __LINE__, S_INIT("fr"), S_INIT("en"), "Hello" },
        { __LINE__, S_INIT("d"), S_INIT(""), "Hello" },       { __LINE__, S_INIT("deu"), S_INIT(""), "Hello" },
        /* clang-format on */
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct field_texts asked = languages(a, cases[i].first, cases[i].second);
        str picked =
            compose_pick(a, S("{\"de\":\"Hallo\",\"de_AT\":\"Servus\"}"), S("Hello"), &asked);

        CHECK_AT(cases[i].line, str_eq(picked, str_from(cases[i].picked)));
    }
}

static void
make(struct rq *rq, const struct compose_about *about, struct emailtemplate *from,
    struct composed *made)
{
    struct field_texts none = {NULL, 0};
    struct view view;

    REQUIRE(compose_view(rq, about, &view) == ERR_OK);
    compose_mail(rq->arena, from, &none, &view, made);
}

TEST(values_are_escaped_in_html_only_and_a_subject_is_one_line)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    const struct user user = {
        .email = S("a@example.com"), .first_name = S("<A>\nBcc: b@example.com")};
    const struct compose_about about = {.tenant = fx->tenant, .user = &user};
    struct emailtemplate from = {.subject = S("For {{user.firstName}}"),
        .html = S("<b>{{user.firstName}}"),
        .text = S("{{user.email}}")};
    struct composed made;

    make(rq, &about, &from, &made);
    EXPECT(made.fault_count == 0);
    EXPECT_STR(made.subject, S("For <A> Bcc: b@example.com"));
    EXPECT_STR(made.html, S("<b>&lt;A&gt;\nBcc: b@example.com"));
    EXPECT_STR(made.text, S("a@example.com"));
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_call_cannot_pass_for_the_house_and_no_secret_has_a_name)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    const struct application app = {.name = S("App"), .oauth = {.client_secret = S("top secret")}};
    const struct user user = {
        .email = S("a@example.com"), .hash = S("top secret"), .salt = S("top secret")};
    struct compose_about about = {.tenant = fx->tenant, .application = &app, .user = &user};
    struct emailtemplate from = {.subject = S("{{tenant.name}}{{x}}"),
        .text = S("{{application.oauthConfiguration.clientSecret}}{{user.hash}}{{user.salt}}{{user."
                  "password}}{{application.name}}")};
    struct composed made;

    REQUIRE(
        json_parse(rq->arena, S("{\"tenant\":{\"name\":\"Bank\"},\"x\":1}"), &about.data, NULL));
    make(rq, &about, &from, &made);
    EXPECT_STR(made.subject, str_fmt(rq->arena, STRF "1", STRV(fx->tenant->name)));
    EXPECT_STR(made.text, S("App"));
    fixture_done(rq);
    fixture_close(fx);
}

TEST(each_part_that_cannot_be_made_has_its_fault)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    const struct compose_about about = {.tenant = fx->tenant};
    char *long_line = arena_alloc(rq->arena, 600);
    struct emailtemplate from = {
        .subject = S("{{#open}}"), .html = S("[#assign x=1]"), .text = S("fine")};
    struct composed made;

    REQUIRE(long_line != NULL);
    memset(long_line, 'x', 600);
    from.from_name = (str){long_line, 600};
    make(rq, &about, &from, &made);
    REQUIRE(made.fault_count == 3);
    EXPECT_STR(str_from(made.faults[0].part), S("from"));
    EXPECT(!made.faults[0].is_syntax);
    EXPECT_STR(str_from(made.faults[1].part), S("subject"));
    EXPECT(made.faults[1].is_syntax);
    EXPECT_STR(str_from(made.faults[2].part), S("html"));
    EXPECT_STR(made.text, S("fine"));
    fixture_done(rq);
    fixture_close(fx);
}
