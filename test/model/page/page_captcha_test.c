/* SPDX-License-Identifier: Apache-2.0 */
/* Captchas on pages: what the policy opens, and to whom. */
#define UNIT page_captcha
#include "test/unit.h"

#include "base/arena.h"
#include "io/http/http.h"
#include "model/page/page.h"

static str
policy_of(const struct http_answer *answer)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        if (str_eq(answer->headers[i].name, S("Content-Security-Policy"))) {
            return answer->headers[i].value;
        }
    }
    return NO_STR;
}

static bool
has(str text, const char *part)
{
    return str_find_str(text, str_from(part)) < text.n;
}

TEST(csp3_each_provider_is_let_in_alone_and_without_a_script_there_are_words)
{
    static const struct {
        int line;
        enum page_captcha kind;
        const char *script, *own, *policy, *stranger;
    } cases[] = {
        {__LINE__, PAGE_CAPTCHA_GOOGLE_V2, "src=\"https://www.google.com/recaptcha/api.js\"",
            "class=\"g-recaptcha\" data-sitekey=\"key-1\"",
            "script-src 'self' https://www.google.com/recaptcha/ "
            "https://www.gstatic.com/recaptcha/;",
            "hcaptcha"},
        {__LINE__, PAGE_CAPTCHA_GOOGLE_V3,
            "src=\"https://www.google.com/recaptcha/api.js?render=key-1\"",
            "data-api=\"grecaptcha\" data-key=\"key-1\" data-action=\"signin\"",
            "frame-src https://www.google.com/recaptcha/", "hcaptcha"},
        {__LINE__, PAGE_CAPTCHA_HCAPTCHA, "src=\"https://js.hcaptcha.com/1/api.js\"",
            "class=\"h-captcha\" data-sitekey=\"key-1\"",
            "script-src 'self' https://hcaptcha.com https://*.hcaptcha.com;", "google"},
        {__LINE__, PAGE_CAPTCHA_HCAPTCHA_ENTERPRISE, "src=\"https://js.hcaptcha.com/1/api.js\"",
            "data-size=\"invisible\"", "connect-src https://hcaptcha.com", "google"},
    };
    static const enum page_id pages[] = {PAGE_SIGNIN, PAGE_PASSWORD, PAGE_REGISTER};
    const char *why = "";

    REQUIRE(page_init(&why));
    for (size_t i = 0; i < COUNT(cases) * COUNT(pages); i++) {
        AUTO(arena_end) struct arena *a = arena_new(MB(1));
        size_t c = i / COUNT(pages);
        struct http_answer answer = {0};
        struct page p;
        REQUIRE(page_start(&p, a, pages[i % COUNT(pages)], i % 2 ? S("ar") : S("en")));
        view_text(&p.view, NULL, S("tenant"), S("T"));
        view_text(&p.view, NULL, S("action"), S("/signin"));
        view_text(&p.view, NULL, S("login_id"), S("ada"));
        page_add_captcha(&p, a, cases[c].kind, S("key-1"), "signin");
        page_render(&p, a, &answer);
        CHECK_AT(
            cases[c].line, has(answer.body, cases[c].script) && has(answer.body, cases[c].own));
        CHECK_AT(cases[c].line, has(answer.body, "<noscript>"));
        CHECK_AT(cases[c].line, has(policy_of(&answer), cases[c].policy));
        CHECK_AT(cases[c].line,
            !has(policy_of(&answer), cases[c].stranger) && !has(policy_of(&answer), "unsafe"));
        CHECK_AT(cases[c].line, has(policy_of(&answer), "frame-ancestors 'none'"));
    }
}
