/* SPDX-License-Identifier: Apache-2.0 */
/* A captcha on a page: the provider's script, what it draws, and what the page's policy has to allow for it. */
#include "model/page/page_internal.h"

/* clang-format off */
#define GOOGLE "script-src 'self' https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/;" \
    " frame-src https://www.google.com/recaptcha/ https://recaptcha.google.com/recaptcha/;" \
    " connect-src https://www.google.com/recaptcha/"
#define HCAPTCHA "script-src 'self' https://hcaptcha.com https://*.hcaptcha.com;" \
    " frame-src https://hcaptcha.com https://*.hcaptcha.com; connect-src https://hcaptcha.com https://*.hcaptcha.com"

static const struct {
    const char *script, *policy, *widget, *api;
    bool has_key, is_own; /* in the script's address; judged when the form is sent, by captcha.js */
} kinds[PAGE_CAPTCHA_COUNT] = {
    [PAGE_CAPTCHA_GOOGLE_V2] = {"https://www.google.com/recaptcha/api.js",         GOOGLE,   "g-recaptcha", "grecaptcha", false, false},
    [PAGE_CAPTCHA_GOOGLE_V3] = {"https://www.google.com/recaptcha/api.js?render=", GOOGLE,   NULL,          "grecaptcha", true,  true},
    [PAGE_CAPTCHA_HCAPTCHA]  = {"https://js.hcaptcha.com/1/api.js",                HCAPTCHA, "h-captcha",   "hcaptcha",   false, false},
    [PAGE_CAPTCHA_HCAPTCHA_ENTERPRISE] = {"https://js.hcaptcha.com/1/api.js",      HCAPTCHA, "h-captcha",   "hcaptcha",   false, true},
};
/* clang-format on */

void
page_add_captcha(struct page *page, struct arena *arena, enum page_captcha kind, str site_key,
    const char *action)
{
    struct view *view = &page->view;

    CHECK(kind < PAGE_CAPTCHA_COUNT);
    page->captcha_policy = str_from(kinds[kind].policy);
    view_text(view, NULL, S("captcha_provider"),
        str_fmt(
            arena, "%s" STRF, kinds[kind].script, STRV(kinds[kind].has_key ? site_key : NO_STR)));
    if (kinds[kind].widget != NULL) {
        view_text(view, NULL, S("captcha_widget"), str_from(kinds[kind].widget));
    }
    view_text(view, NULL, S("captcha_api"), str_from(kinds[kind].api));
    view_text(view, NULL, S("captcha_key"), site_key);
    view_text(view, NULL, S("captcha_action"), str_from(action));
    view_bool(view, NULL, S("captcha_is_own"), kinds[kind].is_own);
}
