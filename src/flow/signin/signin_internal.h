/* SPDX-License-Identifier: Apache-2.0 */
/* What the steps of the journey share. */
#pragma once
#include "flow/signin/signin_journey.h"
#include "flow/signin/signin.h"
#include "model/application/application.h"
#include "model/authorization/authorization.h"
#include "model/authorization/authorization_onward.h"
#include "model/page/page.h"
#include "model/proof/proof.h"
#include "model/session/session.h"
#include "model/user/user.h"

/* What may have to be verified before somebody is let in. */
enum signin_gate { GATE_EMAIL, GATE_PHONE, GATE_REGISTRATION, GATE_COUNT };

struct visit { /* one request of the journey */
    struct rq *rq;
    struct authorization *a;
    const struct form *form;              /* what was posted; empty at the start */
    const struct session *session;        /* the browser's live one, or NULL */
    struct user *user;                    /* of the session, or who just proved it */
    const struct user *asked;             /* whom the page of a second factor is about */
    const char *notice;                   /* catalogue key of what went right, or NULL */
    const char *alert;                    /* catalogue key of what went wrong, or NULL */
    str way;                              /* path of ours that leads out of it, or empty */
    struct proof_made mailed[GATE_COUNT]; /* what was sent in this request, to be verified */
    str authentication;                   /* how the person proved it; empty: by a password */
    str code; /* the id of a mail that signs in, on the pages that take it */
    enum journey_step known_step;
};

/* One step: a page and the answer to it. */
struct signin_step {
    const char *name; /* in the hidden field and in JSON */
    enum err (*render)(struct visit *visit);
    enum err (*submit)(struct visit *visit);
    const char *captcha; /* the action for which a token is asked; NULL: none is */
};
extern const struct signin_step signin_password_first, signin_password_again, signin_register,
    signin_complete, signin_consent, signin_mail_ask, signin_mail_sent, signin_mail_code,
    signin_mail_link, signin_factor;

/* Finds out what holds and goes to the next step. */
MUST_USE enum err signin_continue(struct visit *visit);
/* Nothing stands in the way any more: the membership, and the client's answer. */
MUST_USE enum err signin_finish(struct visit *visit);
/* The person proved who they are (login_id empty: by making the account): a session, the login record, then the next step.
 * visit->user is NULL afterwards where they are not let in all the same. */
MUST_USE enum err signin_proved(struct visit *visit, str login_id, str password);

/* The same for who has proved all that is asked for: a session and on. */
MUST_USE enum err signin_enter(struct visit *visit, str password, bool has_factor);
/* How the person proved it, for tokens: "PASSWORD" ... */
str signin_authentication(const struct visit *visit);
/* Whether the application asks for a second factor that neither the session nor a trusted computer has. */
MUST_USE enum err signin_needs_factor(struct visit *visit, bool *ret);
/* Asks visit->user, who has just proved the first, for it, where it is needed: then the page is shown and *ret_asked is true. Who
 * would have to set one up first is refused, and visit->user is NULL. */
MUST_USE enum err signin_ask_factor(struct visit *visit, bool is_by_phone, bool *ret_asked);
/* A button for each of the person's methods that codes are sent to (send=id), on a page; all methods, for JSON. */
void signin_add_methods(
    struct rq *rq, const struct tenant *tenant, const struct user *user, struct page *page);
void signin_write_methods(const struct visit *visit, struct json_out *out);

/* Nobody is let in: the sign-in page says why, and shows the way out of it. */
MUST_USE enum err signin_refuse(struct visit *visit, const char *alert);
/* The same for who has to verify something first (as proof_wanted says): where a code of a mail is typed, on to there. */
MUST_USE enum err signin_gate(struct visit *visit, enum ticket_kind wanted);

/* Came by /oauth2/passwordless: the page that asks for a mail, or the one that takes the code of one. */
MUST_USE enum err signin_mail_begin(struct visit *visit);

/* A session by the access token that the request brings, where the tenant allows it; without one nothing happens. */
MUST_USE enum err signin_bootstrap(struct visit *visit);

/* A page of the journey with the values all of them have, the sealed journey and its step's
 * name. */
MUST_USE bool signin_page(
    struct visit *visit, enum page_id id, const struct signin_step *step, struct page *ret);
/* Sends the page, or the same as JSON: {"step","state","application","fields":[...],"error"}. */
MUST_USE enum err signin_show(
    struct visit *visit, const struct signin_step *step, const struct page *page);
/* What was posted: a form, or JSON that carries what a form would. */
MUST_USE enum err signin_read_form(struct rq *rq, const struct form **ret);
/* The tenant's captcha, where it has one: put on a page, described for an app that draws its own (action NULL: the page asks
 * for none), and the token judged that came back as g-recaptcha-response, h-captcha-response or captcha_token: *ret_alert is
 * NULL, or what to say. */
void signin_put_captcha(
    struct rq *rq, const struct tenant *tenant, struct page *page, const char *action);
void signin_write_captcha(const struct tenant *tenant, const char *action, struct json_out *out);
MUST_USE enum err signin_judge_captcha(struct rq *rq, const struct tenant *tenant,
    const struct form *form, const char *action, const char **ret_alert);
/* rq->faults as "fieldErrors": {"user.email": "..."}; nothing without any. */
void signin_write_faults(const struct rq *rq, struct json_out *out);
/* What is wrong with the field of that name, in the page's words; empty: nothing. */
str signin_error_of(struct rq *rq, const struct tenant *tenant, str name);
/* The tenant's rules for new passwords. */
void signin_add_rules(struct rq *rq, const struct tenant *tenant, struct page *page);

/* Puts the tenant's captcha on the page, where it has one; judges the token that came back: the alert is set where it is none. */
void signin_add_captcha(const struct visit *visit, struct page *page, const char *action);
MUST_USE enum err signin_check_captcha(
    struct visit *visit, const char *action, bool *ret_is_passed);
/* The person who is asked is the one who signed in, in this browser, and still is signed in; else the journey begins again. */
bool signin_is_same_person(const struct visit *visit);
MUST_USE enum err signin_begin_again(struct visit *visit);

/* What a registration can ask for beside a login id and a password. */
struct signin_row {
    enum page_field field;
    size_t asked_at; /* offset of a struct requirable in registration_config */
    size_t value_at; /* and of the str in struct user */
};
enum { SIGNIN_ROWS = 6 };
extern const struct signin_row signin_rows[SIGNIN_ROWS];
const struct requirable *signin_asked(
    const struct registration_config *config, const struct signin_row *row);
/* The field with what was posted, and what is wrong with it. */
void signin_add_field(
    struct visit *visit, struct page *page, enum page_field field, bool is_required);
/* The posted value as a member of a user, if there is one; a fault if it is required and there is none. */
void signin_put_field(struct visit *visit, struct field_reader *reader, enum page_field field,
    bool is_required, struct json_out *out);
/* The person lacks something that the application requires and lets people complete (completeRegistration). */
bool signin_is_incomplete(const struct authorization *authorization, const struct user *user);

/* The posted value under a name. */
str signin_value(const struct visit *visit, const char *name);
bool signin_is_kept(const struct visit *visit);
