/* SPDX-License-Identifier: Apache-2.0 */
/* Sample values for every page; values of its own may stand for all of them. */
#include "test/model/page/page_sample.h"

static str
page_sample_value(const struct page_sample *s, const char *usual)
{
    return s->value.n ? s->value : str_from(usual);
}

static void
page_sample_text(const struct page_sample *s, struct page *p, const char *name, const char *usual)
{
    view_text(&p->view, NULL, str_from(name), page_sample_value(s, usual));
}

/* A link: a local path that ends in the value. */
static void
page_sample_url(const struct page_sample *s, struct page *p, const char *name, const char *usual)
{
    page_url(p, NULL, str_from(name), str_fmt(s->arena, "%s" STRF, usual, STRV(s->value)));
    if (s->value.n) {
        view_text(&p->view, NULL, str_from(name), s->value);
    }
}

static void
page_sample_field(const struct page_sample *s, struct page *p, enum page_field field,
    const char *usual, const char *error)
{
    str wrong = s->value.n ? s->value : error ? page_text(p->lang, str_from(error)) : NO_STR;
    bool is_wrong = s->state == PAGE_STATE_WRONG;

    page_add_field(p, field, is_wrong || s->value.n ? page_sample_value(s, usual) : NO_STR,
        is_wrong ? wrong : NO_STR, field < PAGE_FIELD_MIDDLE_NAME);
}

static void
page_sample_signin(const struct page_sample *s, struct page *p)
{
    page_sample_field(s, p, PAGE_FIELD_LOGIN_ID, "ada@example.com", NULL);
    page_sample_field(s, p, PAGE_FIELD_PASSWORD, "secret", NULL);
    view_bool(&p->view, NULL, S("can_keep"), true);
    view_bool(&p->view, NULL, S("is_kept"), s->state == PAGE_STATE_WRONG);
    if (s->state == PAGE_STATE_WRONG) {
        view_text(&p->view, NULL, S("alert"),
            s->value.n ? s->value : page_text(p->lang, S("error.signin")));
    }
    page_sample_url(s, p, "forgot_url", "/password/forgot?client_id=1&tenantId=2");
    page_sample_url(s, p, "register_url", "/oauth2/register?client_id=1&tenantId=2");
    page_sample_url(s, p, "mail_url", "/oauth2/passwordless?client_id=1&tenantId=2");
    if (s->state == PAGE_STATE_WRONG) {
        page_sample_url(s, p, "way_url", "/email/verify?client_id=1&tenantId=2");
    }
}

static void
page_sample_who(const struct page_sample *s, struct page *p)
{
    page_sample_text(s, p, "user_name", "Ada Lovelace");
    page_sample_text(s, p, "login_id", "ada@example.com");
    page_sample_text(s, p, "user_initials", "AL");
}

static void
page_sample_password(const struct page_sample *s, struct page *p)
{
    page_sample_text(s, p, "login_id", "ada@example.com");
    page_sample_field(s, p, PAGE_FIELD_PASSWORD, "secret", "error.blank");
    view_bool(&p->view, NULL, S("can_keep"), true);
    page_sample_url(s, p, "forgot_url", "/password/forgot?client_id=1");
}

static void
page_sample_register(const struct page_sample *s, struct page *p)
{
    /* clang-format off */
    static const struct { enum page_field field; const char *usual, *error; } fields[] = {
        { PAGE_FIELD_EMAIL,        "ada@example",       "error.email" },
        { PAGE_FIELD_NEW_PASSWORD, "secret",            "error.password.common" },
        { PAGE_FIELD_CONFIRM,      "secret",            "error.confirm" },
        { PAGE_FIELD_FIRST_NAME,   "Ada",               NULL },
        { PAGE_FIELD_MIDDLE_NAME,  "Augusta",           NULL },
        { PAGE_FIELD_LAST_NAME,    "Lovelace",          NULL },
        { PAGE_FIELD_BIRTH_DATE,   "2815-12-10",        "error.date" },
        { PAGE_FIELD_MOBILE_PHONE, "+1 555 0100",       NULL },
        { PAGE_FIELD_LANGUAGE,     "ar",                NULL },
    };
    /* clang-format on */
    str args[] = {S("8"), S("256")};

    for (size_t i = 0; i < COUNT(fields); i++) {
        page_sample_field(s, p, fields[i].field, fields[i].usual, fields[i].error);
    }
    page_add_rule(
        p, s->value.n ? s->value : page_text_fmt(s->arena, p->lang, S("rule.length"), args, 2));
    page_add_rule(p, page_text(p->lang, S("rule.mixed")));
    page_add_rule(p, page_text(p->lang, S("rule.number")));
    page_sample_url(s, p, "signin_url", "/oauth2/authorize?client_id=1&tenantId=2");
}

static void
page_sample_consent(const struct page_sample *s, struct page *p)
{
    static const char *const usual[] = {"openid", "profile", "email", "offline_access"};
    struct page_scope orders = {.name = page_sample_value(s, "orders:read"),
        .title = page_sample_value(s, "See your orders"),
        .text = page_sample_value(s, "What you bought in the last year, with prices"),
        .is_optional = true,
        .is_ticked = true};

    page_sample_text(s, p, "application_initial", "N");
    page_sample_text(s, p, "redirect_host", "shop.northwind.example");
    page_sample_who(s, p);
    view_bool(&p->view, NULL, S("is_unverified"), s->state == PAGE_STATE_WRONG);
    for (size_t i = 0; i < COUNT(usual); i++) {
        page_add_scope(p, &(struct page_scope){.name = str_from(usual[i])});
    }
    page_add_scope(p, &orders);
    page_sample_url(s, p, "policy_url", "https://shop.northwind.example/privacy");
    page_sample_url(s, p, "terms_url", "https://shop.northwind.example/terms");
    if (s->value.n) {
        page_sample_url(s, p, "switch_url", "/switch");
    }
}

static void
page_sample_card(const struct page_sample *s, struct page *p)
{
    page_sample_text(s, p, "heading", "You are signed in");
    view_bool(&p->view, NULL, S("is_wide"), s->state == PAGE_STATE_WRONG);
    page_sample_text(s, p, "notice", "This is a demonstration.");
    page_add_paragraph(p, page_sample_value(s, "The demo application received these claims."));
    page_add_pair(p, page_sample_value(s, "email"), page_sample_value(s, "ada@example.com"));
    page_add_pair(p, S("sub"), S("01957e2e-6a4f-7c31-9c0a-3b9a2f51c2a7"));
    page_add_block(p, page_sample_value(s, "ID token"),
        page_sample_value(s, "{\n  \"iss\": \"http://localhost:9011\",\n  \"aud\": "
                             "\"01957e2e-6a4f-7c31-9c0a-3b9a2f51c2a7\"\n}"));
    page_add_button(p, page_sample_value(s, "Refresh the tokens"), page_sample_value(s, "do"),
        page_sample_value(s, "refresh"), true);
    page_add_link(p, page_sample_value(s, "Sign out"), S("/oauth2/logout?client_id=1"), false);
}

static void
page_sample_fill(const struct page_sample *s, struct page *p)
{
    switch (s->id) {
    case PAGE_SIGNIN:
        page_sample_signin(s, p);
        return;
    case PAGE_PASSWORD:
        page_sample_password(s, p);
        return;
    case PAGE_REGISTER:
        page_sample_register(s, p);
        return;
    case PAGE_CONSENT:
        page_sample_consent(s, p);
        return;
    case PAGE_SIGN_OUT:
        page_sample_who(s, p);
        return;
    case PAGE_SIGNED_OUT:
        page_sample_url(s, p, "next_url", "https://shop.northwind.example/");
        page_sample_url(s, p, "signin_url", "/oauth2/authorize?client_id=1");
        return;
    case PAGE_ERROR:
        page_problem(p, s->problem, page_sample_value(s, "8sJq0tPnXk2mVbYcRd41fw"));
        page_sample_text(s, p, "detail", "redirect_uri is not registered for this client");
        page_sample_url(s, p, "back_url", "https://shop.northwind.example/");
        return;
    case PAGE_FORM_POST:
        page_sample_text(s, p, "target", "https://shop.northwind.example/callback");
        p->form_action_origin = page_form_action(
            s->arena, page_sample_value(s, "https://shop.northwind.example/callback"));
        page_add_hidden(
            p, page_sample_value(s, "code"), page_sample_value(s, "SplxlOBeZQQYbYS6WxSbIA"));
        return;
    default:
        page_sample_card(s, p);
        return;
    }
}

bool
page_sample_render(const struct page_sample *s, struct http_answer *answer)
{
    struct page p;

    if (!page_start(&p, s->arena, s->id, s->lang)) {
        return false;
    }
    page_sample_text(s, &p, "tenant", "Acme");
    page_sample_text(s, &p, "application", "Northwind Storefront");
    if (s->id != PAGE_SIGNED_OUT && s->id != PAGE_ERROR && s->id != PAGE_FORM_POST) {
        page_sample_text(s, &p, "action", "/oauth2/authorize");
    }
    page_sample_url(s, &p, "tenant_privacy_url", "/privacy");
    page_sample_url(s, &p, "tenant_terms_url", "/terms");
    page_sample_url(s, &p, "tenant_help_url", "https://help.acme.example/");
    page_add_hidden(
        &p, page_sample_value(s, "journey"), page_sample_value(s, "c2VhbGVkIGpvdXJuZXk"));
    page_self(&p, S("/oauth2/logout"), page_sample_value(s, "client_id=1&lang=fr"));
    if (s->value.n) {
        page_sample_text(s, &p, "theme", "");
        page_sample_text(s, &p, "notice", "");
    }
    page_sample_fill(s, &p);
    *answer = (struct http_answer){0};
    page_render(&p, s->arena, answer);
    return true;
}
