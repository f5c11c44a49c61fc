/* SPDX-License-Identifier: Apache-2.0 */
/* What the steps of the journey share. */
#pragma once
#include "flow/signin/signin_journey.h"
#include "flow/signin/signin.h"
#include "model/application/application.h"
#include "model/authorization/authorization.h"
#include "model/page/page.h"
#include "model/session/session.h"
#include "model/user/user.h"

struct visit { /* one request of the journey */
    struct rq *rq;
    struct authorization *a;
    const struct form *form;       /* what was posted; empty at the start */
    const struct session *session; /* the browser's live one, or NULL */
    struct user *user;             /* of the session, or who just proved it */
    const char *alert;             /* catalogue key of what went wrong, or NULL */
    enum journey_step known_step;
};

/* One step: a page and the answer to it. */
struct signin_step {
    const char *name; /* in the hidden field and in JSON */
    enum err (*render)(struct visit *visit);
    enum err (*submit)(struct visit *visit);
};
extern const struct signin_step signin_password_first, signin_password_again, signin_register,
    signin_consent;

/* Finds out what holds and goes to the next step. */
MUST_USE enum err signin_continue(struct visit *visit);
/* Nothing stands in the way any more: the membership, and the client's answer. */
MUST_USE enum err signin_finish(struct visit *visit);
/* The person proved who they are (login_id empty: by making the account): a session, the login record, then the next step. */
MUST_USE enum err signin_proved(struct visit *visit, str login_id, str password);

/* A session by the access token that the request brings, where the tenant allows it; without one nothing happens. */
MUST_USE enum err signin_bootstrap(struct visit *visit);

/* A page of the journey with the values all of them have, the sealed journey and its step's
 * name. */
MUST_USE bool signin_page(
    struct visit *visit, enum page_id id, const struct signin_step *step, struct page *ret);
/* Sends the page, or the same as JSON: {"step","state","application","fields":[...],"error"}. */
MUST_USE enum err signin_show(
    struct visit *visit, const struct signin_step *step, const struct page *page);
/* Puts the tenant's captcha on the page, where it has one; judges the token that came back: the alert is set where it is none. */
void signin_add_captcha(const struct visit *visit, struct page *page, const char *action);
MUST_USE enum err signin_check_captcha(
    struct visit *visit, const char *action, bool *ret_is_passed);
/* The posted value under a name. */
str signin_value(const struct visit *visit, const char *name);
bool signin_is_kept(const struct visit *visit);
