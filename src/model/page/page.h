/* SPDX-License-Identifier: Apache-2.0 */
/* Hosted pages: what a flow says of a page, and how it becomes HTML and headers. No page needs a script, but for a captcha.
 *
 * page_start, then values into page.view by the names below, then page_render. Values are borrowed and are
 * escaped when shown; texts of our own come from page_text. Nothing here echoes into a header. Referrer-Policy
 * no-referrer makes browsers post "Origin: null", so whoever reads the forms goes by Sec-Fetch-Site.
 *
 * Values every page knows (* has to be there):
 *   tenant* application alert notice theme tenant_privacy_url tenant_terms_url tenant_help_url
 *   action: path the page's form posts to. Every form of the page also posts what page_add_hidden added;
 *   the language buttons post lang=en|ar with it, so what was typed stays.
 * Values by page; fields come from page_add_field, which also moves the focus:
 *   SIGNIN     action* forgot_url register_url mail_url (in by a mail) way_url (out of what the alert says) can_keep is_kept
 *                                                                      posts: rememberDevice=true
 *   PASSWORD   action* login_id* switch_url forgot_url can_keep is_kept posts: switch=true without a switch_url
 *   REGISTER   action* signin_url; page_add_rule
 *   CONSENT    action* application_initial* login_id* user_name user_initials is_unverified redirect_host*
 *              switch_url policy_url terms_url; page_add_scope      posts: answer=allow|deny scope=... switch=true
 *   SIGNED_OUT signin_url next_url (back to the application)
 *   SIGN_OUT   action* login_id user_name user_initials             posts: answer=yes|no
 *   ERROR      page_problem; detail (for developers) back_url back_text (else: Back to application)
 *   FORM_POST  target*: the client's redirect URI; page_add_hidden
 *   CARD       heading* action is_wide can_keep is_kept can_trust is_trusted (posts: trustComputer=true) username (of the password that is set, for password managers);
 *              page_add_paragraph, _pair, _block, _link, _button */
#pragma once
#include "base/fault.h"
#include "codec/mustache.h"

struct http_answer;

enum page_id {
    PAGE_SIGNIN,
    PAGE_PASSWORD,
    PAGE_REGISTER,
    PAGE_CONSENT,
    PAGE_SIGNED_OUT,
    PAGE_SIGN_OUT,
    PAGE_ERROR,
    PAGE_FORM_POST,
    PAGE_CARD,
    PAGE_COUNT
};

enum page_list {
    PAGE_LIST_FIELDS,
    PAGE_LIST_HIDDEN,
    PAGE_LIST_RULES,
    PAGE_LIST_SCOPES,
    PAGE_LIST_PARAGRAPHS,
    PAGE_LIST_PAIRS,
    PAGE_LIST_BLOCKS,
    PAGE_LIST_LINKS,
    PAGE_LIST_BUTTONS,
    PAGE_LIST_COUNT
};

struct page {
    enum page_id id;
    str lang; /* "en", "ar" */
    int status;
    struct view view;
    str captcha_policy;     /* what page_add_captcha needs of the CSP, or empty */
    str form_action_origin; /* extra CSP form-action source (page_form_action) or empty */
    /* private: lists that were begun, and the field that gets the focus */
    struct view_value *lists[PAGE_LIST_COUNT];
    struct view_value *focus;
    bool is_focus_wrong;
};

/* Reads the catalogues, once, before threads start. False with *ret_why, which names file and fault. */
MUST_USE bool page_init(const char **ret_why);

/* Begins a page: view, status 200, language switch. False when memory is short. */
MUST_USE bool page_start(struct page *page, struct arena *arena, enum page_id id, str lang);
/* Body and headers: security headers, CSP for this page, no-store. 500 with a plain sentence when memory is short. */
void page_render(const struct page *page, struct arena *arena, struct http_answer *answer);

/* A URL to be shown as a link (object NULL: the page): left out unless it is https, http or a local path. */
void page_url(struct page *page, struct view_value *object, str name, str url);
/* The address of a page that has no form, so that its language links lead back to it with all its parameters. */
void page_self(struct page *page, str path, str query);
/* The CSP source for redirects to redirect_uri after a form: Chromium applies form-action to them as well. Its
 * origin, or its scheme for private-use schemes and IPv6 literals, which CSP cannot name; empty if it is neither. */
str page_form_action(struct arena *arena, str redirect_uri);
/* The first character of a name, for application_initial and user_initials. */
str page_initial(str name);
/* A hidden input of the page's forms: the sealed journey, a token. */
void page_add_hidden(struct page *page, str name, str value);

enum page_field {                /* name on the wire: page_field.c */
    PAGE_FIELD_LOGIN_ID,         /* loginId: email or username */
    PAGE_FIELD_LOGIN_EMAIL,      /* loginId */
    PAGE_FIELD_LOGIN_USERNAME,   /* loginId */
    PAGE_FIELD_LOGIN_PHONE,      /* loginId */
    PAGE_FIELD_PASSWORD,         /* password */
    PAGE_FIELD_NEW_PASSWORD,     /* user.password */
    PAGE_FIELD_CHANGED_PASSWORD, /* password: a new one in place of an old one */
    PAGE_FIELD_CONFIRM,          /* passwordConfirm */
    PAGE_FIELD_CODE,             /* oneTimeCode, of a mail, a message or an authenticator */
    PAGE_FIELD_ADDRESS,          /* email */
    PAGE_FIELD_EMAIL,            /* user.email */
    PAGE_FIELD_USERNAME,         /* user.username */
    PAGE_FIELD_PHONE,            /* user.phoneNumber */
    PAGE_FIELD_FIRST_NAME,       /* user.firstName */
    PAGE_FIELD_MIDDLE_NAME,      /* user.middleName */
    PAGE_FIELD_LAST_NAME,        /* user.lastName */
    PAGE_FIELD_FULL_NAME,        /* user.fullName */
    PAGE_FIELD_BIRTH_DATE,       /* user.birthDate, YYYY-MM-DD */
    PAGE_FIELD_MOBILE_PHONE,     /* user.mobilePhone */
    PAGE_FIELD_LANGUAGE,         /* user.preferredLanguages: one of ours */
    PAGE_FIELD_COUNT
};
/* The field's name on the wire, as FusionAuth's own pages have it. */
str page_field_name(enum page_field field);
/* Appends a field. value is shown again (never a password's); error, if any, stands under it and takes the focus. */
void page_add_field(
    struct page *page, enum page_field field, str value, str error, bool is_required);
/* A rule for new passwords in words, shown under PAGE_FIELD_NEW_PASSWORD. */
void page_add_rule(struct page *page, str text);

/* In the order of FusionAuth's CaptchaMethod. */
enum page_captcha {
    PAGE_CAPTCHA_GOOGLE_V2,
    PAGE_CAPTCHA_GOOGLE_V3,
    PAGE_CAPTCHA_HCAPTCHA,
    PAGE_CAPTCHA_HCAPTCHA_ENTERPRISE,
    PAGE_CAPTCHA_COUNT
};
/* SIGNIN, PASSWORD, REGISTER, CARD: the provider's token is posted as g-recaptcha-response, h-captcha-response or captcha_token. */
void page_add_captcha(struct page *page, struct arena *arena, enum page_captcha kind, str site_key,
    const char *action);

struct page_scope {
    str name; /* "profile", "orders:read" */
    str title,
        text; /* the application's own words; empty: ours for scopes of OpenID Connect, else the name */
    bool is_optional,
        is_ticked; /* optional ones can be unticked; the ticked ones are posted as scope=name */
};
/* A row of the consent page: what the application will be able to do. */
void page_add_scope(struct page *page, const struct page_scope *scope);

/* Text, and a name with its value; nothing in them is markup. */
void page_add_paragraph(struct page *page, str text);
void page_add_pair(struct page *page, str name, str value);
/* Preformatted text under a title, scrolled when it is wide. */
void page_add_block(struct page *page, str title, str text);
void page_add_link(struct page *page, str text, str url, bool is_main);
/* A button of the card's form. */
void page_add_button(struct page *page, str text, str name, str value, bool is_main);

enum page_problem { /* what an error page tells: heading, what happened, what to do, status (page_problem.c) */
    PAGE_PROBLEM_REQUEST,   /* 400 the link or form is not one we can read */
    PAGE_PROBLEM_CLIENT,    /* 400 no such application */
    PAGE_PROBLEM_REDIRECT,  /* 400 the address to return to is not registered */
    PAGE_PROBLEM_EXPIRED,   /* 400 the sign-in took too long or was used already */
    PAGE_PROBLEM_COOKIES,   /* 400 the browser kept no cookie */
    PAGE_PROBLEM_FORBIDDEN, /* 403 signed in, but not for this application */
    PAGE_PROBLEM_NOT_FOUND, /* 404 */
    PAGE_PROBLEM_METHOD,    /* 405 */
    PAGE_PROBLEM_LARGE,     /* 413 */
    PAGE_PROBLEM_LOCKED,    /* 423 too many wrong passwords */
    PAGE_PROBLEM_TOO_MANY,  /* 429 */
    PAGE_PROBLEM_SERVER,    /* 500 */
    PAGE_PROBLEM_BUSY,      /* 503 */
    PAGE_PROBLEM_COUNT
};
/* Fills a PAGE_ERROR and sets its status. */
void page_problem(struct page *page, enum page_problem problem, str request_id);
/* The problem to show for a fault that no page of its own answers. */
enum page_problem page_problem_of(enum err code);

/* The catalogue's text; the key itself if there is none, so that a page never has a hole. */
str page_text(str lang, str key);
/* The same with {0}, {1} ... replaced. */
str page_text_fmt(struct arena *arena, str lang, str key, const str *args, size_t count);
/* The English catalogue as it is written, a line a message. */
str page_messages(void);
/* The best language we have: what the person chose (lang parameter or cookie), then ui_locales (OIDC Core
 * s3.1.2.1), then Accept-Language (RFC 9110 s12.5.4), then the tenant's default, then English. */
str page_lang(str ui_locales, str chosen, str accept_language);
str page_lang_or(str ui_locales, str chosen, str accept_language, str tenant_default);

/* A style sheet or script by its path; its name changes with its content, so it may be cached for ever. */
MUST_USE bool page_asset(str path, str *ret_type, str *ret_body);
/* The path of one of them by its name in web/pages; empty when there is none. */
str page_asset_path(str name);
