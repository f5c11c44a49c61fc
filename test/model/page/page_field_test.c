/* SPDX-License-Identifier: Apache-2.0 */
/* Fields, scopes, cards and problems as they show on pages. */
#define UNIT page_field
#include "test/unit.h"

#include "test/model/page/page_sample.h"

static str
body_of(struct arena *a, enum page_id id, void (*fill)(struct page *p))
{
    struct http_answer answer = {0};
    const char *why = "";
    struct page p;

    REQUIRE(page_init(&why) && page_start(&p, a, id, S("en")));
    view_text(&p.view, NULL, S("tenant"), S("Acme"));
    view_text(&p.view, NULL, S("action"), S("/here"));
    fill(&p);
    page_render(&p, a, &answer);
    return answer.body;
}

static bool
has(str text, str part)
{
    return str_find_str(text, part) < text.n;
}

static size_t
count(str text, str part)
{
    size_t n = 0;

    for (size_t at; (at = str_find_str(text, part)) < text.n; n++) {
        text = str_skip(text, at + part.n);
    }
    return n;
}

static void
two_wrong(struct page *p)
{
    page_add_field(p, PAGE_FIELD_EMAIL, S("ada@example.com"), NO_STR, true);
    page_add_field(p, PAGE_FIELD_NEW_PASSWORD, S("hunter2"), S("Too short."), true);
    page_add_field(p, PAGE_FIELD_CONFIRM, S("hunter3"), S("Different."), true);
    page_add_field(p, PAGE_FIELD_FIRST_NAME, NO_STR, NO_STR, false);
    page_add_rule(p, S("Eight characters"));
}

TEST(the_first_wrong_field_gets_the_focus_and_is_described)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(256));
    str body = body_of(a, PAGE_REGISTER, two_wrong);

    EXPECT(count(body, S(" autofocus")) == 1);
    EXPECT(has(body, S("aria-invalid=\"true\" aria-describedby=\"f-pass-e f-pass-h\" autofocus>")));
    EXPECT(has(body, S("aria-invalid=\"true\" aria-describedby=\"f-again-e\">")));
    EXPECT(has(body, S("<ul class=\"hint\" id=\"f-pass-h\">\n<li>Eight characters</li>")));
    EXPECT(has(body, S("<li><a href=\"#f-pass\">Password</a>: Too short.</li>")));
    EXPECT(has(body, S("<title>Error: Create an account")));
    EXPECT(has(body, S("First name <span>(optional)</span></label>")));
    EXPECT(count(body, S(" required")) == 3);
}

TEST(a_password_is_never_shown_again)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(256));
    str body = body_of(a, PAGE_REGISTER, two_wrong);

    EXPECT(!has(body, S("hunter")));
    EXPECT(has(body, S("value=\"ada@example.com\"")));
}

static void
none_wrong(struct page *p)
{
    page_add_field(p, PAGE_FIELD_LOGIN_EMAIL, S("ada@example.com"), NO_STR, true);
    page_add_field(p, PAGE_FIELD_PASSWORD, NO_STR, NO_STR, true);
    page_add_field(p, PAGE_FIELD_CONFIRM, NO_STR, NO_STR, true);
}

TEST(without_errors_the_first_empty_field_gets_the_focus)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(256));
    str body = body_of(a, PAGE_SIGNIN, none_wrong);

    EXPECT(count(body, S(" autofocus")) == 1);
    EXPECT(
        has(body, S("autocomplete=\"current-password\" maxlength=\"1024\" required autofocus>")));
    EXPECT(!has(body, S("aria-invalid")) && !has(body, S("role=\"alert\"")));
}

/* HTML s4.10.18.7: the tokens browsers and password managers go by. */
TEST(html_4_10_18_7_every_field_has_its_autofill_token)
{
    /* clang-format off */
    static const struct { int line; enum page_field field; const char *name, *type, *token; } cases[] = {
        { __LINE__, PAGE_FIELD_LOGIN_ID,       "loginId",                 "text",     "username" },
        { __LINE__, PAGE_FIELD_LOGIN_EMAIL,    "loginId",                 "email",    "username" },
        { __LINE__, PAGE_FIELD_LOGIN_USERNAME, "loginId",                 "text",     "username" },
        { __LINE__, PAGE_FIELD_LOGIN_PHONE,    "loginId",                 "tel",      "username" },
        { __LINE__, PAGE_FIELD_PASSWORD,       "password",                "password", "current-password" },
        { __LINE__, PAGE_FIELD_NEW_PASSWORD,   "user.password",           "password", "new-password" },
        { __LINE__, PAGE_FIELD_CONFIRM,        "passwordConfirm",         "password", "new-password" },
        { __LINE__, PAGE_FIELD_CHANGED_PASSWORD, "password",              "password", "new-password" },
        { __LINE__, PAGE_FIELD_CODE,           "oneTimeCode",             "text",     "one-time-code" },
        { __LINE__, PAGE_FIELD_ADDRESS,        "email",                   "email",    "email" },
        { __LINE__, PAGE_FIELD_EMAIL,          "user.email",              "email",    "email" },
        { __LINE__, PAGE_FIELD_USERNAME,       "user.username",           "text",     "username" },
        { __LINE__, PAGE_FIELD_PHONE,          "user.phoneNumber",        "tel",      "tel" },
        { __LINE__, PAGE_FIELD_FIRST_NAME,     "user.firstName",          "text",     "given-name" },
        { __LINE__, PAGE_FIELD_MIDDLE_NAME,    "user.middleName",         "text",     "additional-name" },
        { __LINE__, PAGE_FIELD_LAST_NAME,      "user.lastName",           "text",     "family-name" },
        { __LINE__, PAGE_FIELD_FULL_NAME,      "user.fullName",           "text",     "name" },
        { __LINE__, PAGE_FIELD_BIRTH_DATE,     "user.birthDate",          "date",     "bday" },
        { __LINE__, PAGE_FIELD_MOBILE_PHONE,   "user.mobilePhone",        "tel",      "tel" },
        { __LINE__, PAGE_FIELD_LANGUAGE,       "user.preferredLanguages", NULL,       "language" },
    };
    /* clang-format on */
    const char *why = "";

    REQUIRE(page_init(&why) && COUNT(cases) == PAGE_FIELD_COUNT);
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(256));
        struct http_answer answer = {0};
        struct page p;
        REQUIRE(page_start(&p, a, PAGE_REGISTER, S("en")));
        page_add_field(&p, cases[i].field, NO_STR, NO_STR, true);
        page_render(&p, a, &answer);
        EXPECT_STR(page_field_name(cases[i].field), str_from(cases[i].name));
        CHECK_AT(cases[i].line, has(answer.body, str_fmt(a, " name=\"%s\" ", cases[i].name)));
        CHECK_AT(
            cases[i].line, has(answer.body, str_fmt(a, "autocomplete=\"%s\"", cases[i].token)));
        CHECK_AT(cases[i].line,
            cases[i].type == NULL || has(answer.body, str_fmt(a, " type=\"%s\"", cases[i].type)));
    }
}

static void
arabic_chosen(struct page *p)
{
    page_add_field(p, PAGE_FIELD_LANGUAGE, S("ar"), S("Bad."), false);
}

TEST(a_choice_keeps_what_was_chosen)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(256));
    str body = body_of(a, PAGE_REGISTER, arabic_chosen);

    EXPECT(has(body, S("<option value=\"ar\" lang=\"ar\" selected>")));
    EXPECT(has(body, S("<option value=\"en\" lang=\"en\">English</option>")));
    EXPECT(has(body, S("aria-invalid=\"true\" aria-describedby=\"f-lang-e\" autofocus>")));
}

static void
some_scopes(struct page *p)
{
    page_add_scope(p, &(struct page_scope){.name = S("email")});
    page_add_scope(p, &(struct page_scope){.name = S("profile"), .title = S("Who you are")});
    page_add_scope(p, &(struct page_scope){.name = S("orders:read")});
    page_add_scope(p,
        &(struct page_scope){.name = S("orders:write"), .title = S("Order"), .is_optional = true});
}

TEST(a_consent_says_what_scopes_mean)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(256));
    str body = body_of(a, PAGE_CONSENT, some_scopes);

    EXPECT(has(body, S("<b><bdi>See your email address</bdi></b><span><bdi>And whether it was "
                       "verified</bdi></span>")));
    EXPECT(has(body, S("<b><bdi>Who you are</bdi></b><span><bdi></bdi></span>")));
    EXPECT(has(body, S("<b><bdi>orders:read</bdi></b>")));
    EXPECT(has(body, S("name=\"scope\" value=\"orders:write\">"))
           && count(body, S("type=\"checkbox\"")) == 1);
    EXPECT(has(body, S("name=\"answer\" value=\"deny\""))
           && has(body, S("name=\"answer\" value=\"allow\"")));
    EXPECT(has(body, S("name=\"switch\" value=\"true\"")));
}

TEST(each_problem_has_its_status_and_words)
{
    /* clang-format off */
    static const struct { int line; enum page_problem problem; int status; const char *heading; } cases[] = {
        { __LINE__, PAGE_PROBLEM_REQUEST,   400, "This link does not work" },
        { __LINE__, PAGE_PROBLEM_CLIENT,    400, "This application is not known here" },
        { __LINE__, PAGE_PROBLEM_REDIRECT,  400, "This application is not set up correctly" },
        { __LINE__, PAGE_PROBLEM_EXPIRED,   400, "This sign-in has expired" },
        { __LINE__, PAGE_PROBLEM_COOKIES,   400, "Your browser did not keep a cookie" },
        { __LINE__, PAGE_PROBLEM_FORBIDDEN, 403, "You do not have access" },
        { __LINE__, PAGE_PROBLEM_NOT_FOUND, 404, "There is no such page" },
        { __LINE__, PAGE_PROBLEM_METHOD,    405, "This page cannot be opened like that" },
        { __LINE__, PAGE_PROBLEM_LARGE,     413, "That was too much at once" },
        { __LINE__, PAGE_PROBLEM_LOCKED,    423, "Signing in is locked for a while" },
        { __LINE__, PAGE_PROBLEM_TOO_MANY,  429, "Too many requests" },
        { __LINE__, PAGE_PROBLEM_SERVER,    500, "Something went wrong on our side" },
        { __LINE__, PAGE_PROBLEM_BUSY,      503, "We are very busy" },
    };
    /* clang-format on */
    const char *why = "";

    REQUIRE(page_init(&why) && COUNT(cases) == PAGE_PROBLEM_COUNT);
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(256));
        struct page_sample s = {
            .arena = a, .id = PAGE_ERROR, .lang = S("en"), .problem = cases[i].problem};
        struct http_answer answer;
        REQUIRE(page_sample_render(&s, &answer));
        CHECK_AT(cases[i].line, answer.status == cases[i].status);
        CHECK_AT(cases[i].line, has(answer.body, str_fmt(a, "<h1>%s</h1>", cases[i].heading)));
        CHECK_AT(
            cases[i].line, has(answer.body, S("<code dir=\"ltr\">8sJq0tPnXk2mVbYcRd41fw</code>")));
    }
}

TEST(every_fault_has_a_problem_of_its_kind)
{
    for (int code = ERR_INVALID_REQUEST; code < ERR_COUNT; code++) {
        enum page_problem problem = page_problem_of((enum err)code);
        cr_expect(
            err_status((enum err)code) < 500 || problem >= PAGE_PROBLEM_SERVER, "fault %d", code);
        cr_expect(
            err_status((enum err)code) >= 500 || problem < PAGE_PROBLEM_SERVER, "fault %d", code);
    }
    EXPECT(page_problem_of(ERR_BAD_REDIRECT) == PAGE_PROBLEM_REDIRECT);
    EXPECT(page_problem_of(ERR_TOO_MANY) == PAGE_PROBLEM_TOO_MANY);
    EXPECT(page_problem_of(ERR_BUSY) == PAGE_PROBLEM_BUSY);
    EXPECT(page_problem_of(ERR_INVALID_SCOPE) == PAGE_PROBLEM_REQUEST);
}
