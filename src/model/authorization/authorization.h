/* SPDX-License-Identifier: Apache-2.0 */
/* A checked authorization request on its way through the journey: what the client asked for, who
 * the browser is, how it ends. Between pages it travels sealed in the page (DESIGN section 8),
 * bound to the browser's cookie. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct application;
struct rq;
struct session;
struct tenant;
struct user;

enum response_mode { RESPONSE_QUERY, RESPONSE_FRAGMENT, RESPONSE_FORM_POST };

enum { AUTHORIZATION_RESOURCES_MAX = 20 };
struct authorization {
    struct uuid id; /* of the journey: the code it ends in has this id, so it ends once */
    const struct tenant *tenant;
    const struct application *application;
    str redirect_uri, scope, state, nonce, challenge, login_hint, ui_locales;
    str resource; /* RFC 8707: with spaces between them */
    enum response_mode response_mode;
    bool prompt_none, prompt_login, prompt_consent;
    bool wants_register; /* came by /oauth2/register: begin with a new account */
    bool wants_mail;     /* came by /oauth2/passwordless: begin with a mail, or the code of one */
    int64_t max_age_s;   /* -1: not asked */
    int64_t started_at;
    struct uuid expected_user_id; /* whom id_token_hint names; nil without */
    struct uuid user_id;          /* nil until a first factor is proved */
    struct uuid session_id;
    int64_t auth_instant;
    str authentication_type;
    str factor_id; /* of the second factor that is asked for (model/factor); empty: none is */
};

/* Sealed text for the hidden field; sets the browser cookie if it has none. Empty on failure. */
str authorization_seal(struct rq *rq, const struct authorization *authorization);
/* Opens it again: ERR_INVALID_REQUEST (readable page) if forged, older than the tenant's login
 * intent time, or from another browser. Loads tenant and application anew: a disabled client
 * ends the journey. */
MUST_USE enum err authorization_open(struct rq *rq, str sealed, struct authorization *ret);

/* ERR_FORBIDDEN when the application's access list, or without one its tenant's, keeps the request's address
 * out. */
MUST_USE enum err authorization_check_address(
    struct rq *rq, const struct authorization *authorization);

/* The same request as a link to a path of ours (/oauth2/register, /oauth2/authorize); empty on
 * failure. */
str authorization_link(struct rq *rq, const struct authorization *authorization, str path);

/* Sends the browser back with a code, declaring it (RFC 6749 s4.1.2, RFC 9207 iss). Answers
 * redirect, fragment or form_post; JSON when wanted. */
MUST_USE enum err authorization_grant(struct rq *rq, struct authorization *authorization);
/* Sends the browser back with an error (RFC 6749 s4.1.2.1): only after client and redirect URI
 * are checked. */
enum err authorization_refuse(struct rq *rq, const struct authorization *authorization,
    enum err code, const char *description);
