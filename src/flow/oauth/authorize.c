/* SPDX-License-Identifier: Apache-2.0 */
/* The authorization endpoint (RFC 6749 s3.1 s4.1.1, RFC 7636 s4.3-4.4, OIDC Core s3.1.2, RFC
 * 9207, RFC 9700).
 *
 * Refused: response types other than code (implicit is off: OA-13), request objects (announced
 * as unsupported), plain PKCE. Ignored, as OIDC Core s3.1.2.1 asks: claims, display, acr_values,
 * claims_locales, id_token_hint's claims, unknown parameters. */
#include "flow/oauth/authorize.h"

#include "flow/oauth/oauth_internal.h"
#include "model/application/application.h"
#include "model/authorization/authorization.h"
#include "model/authorization/authorization_hosted.h"
#include "model/claims/claims.h"

enum { STATE_MAX = 2048 };

struct attempt {
    const struct form *form;
    struct authorization a;
};

static str
get(const struct attempt *t, str name)
{
    return form_get(t->form, name);
}

static enum err
load_client(struct rq *rq, struct attempt *t)
{
    struct uuid id;
    enum err e;

    if (!uuid_parse(get(t, S("client_id")), &id)) {
        return FAIL(rq, ERR_INVALID_CLIENT, "client_id", "is missing or not known");
    }
    e = client_find(rq, id, t->form, &t->a.application);
    if (e != ERR_OK) {
        return e;
    }
    if (t->a.application == NULL || !t->a.application->active) {
        return FAIL(rq, ERR_INVALID_CLIENT, "client_id", "is missing or not known");
    }
    e = tenant_load(rq, t->a.application->tenant_id, &t->a.tenant);
    if (e == ERR_OK && t->a.tenant == NULL) {
        e = FAIL(rq, ERR_INVALID_CLIENT, "client_id", "is missing or not known");
    }
    rq->application = t->a.application;
    rq->tenant = t->a.tenant;
    return e;
}

static enum err
check_redirect_uri(struct rq *rq, struct attempt *t)
{
    t->a.redirect_uri = get(t, S("redirect_uri"));
    if (t->a.redirect_uri.n
        == 0) { /* always asked for, also when one is registered: OIDC Core s3.1.2.1 */
        return FAIL(rq, ERR_BAD_REDIRECT, "redirect_uri", "is required");
    }
    if (!authorization_may_return(
            rq, t->a.application, t->a.redirect_uri)) { /* exact match: RFC 9700 s2.1 */
        return FAIL(rq, ERR_BAD_REDIRECT, "redirect_uri", "is not registered for this application");
    }
    return ERR_OK;
}

static enum err
read_response_mode(struct rq *rq, struct attempt *t)
{
    static const char *const names[] = {"query", "fragment", "form_post"};
    str mode = get(t, S("response_mode"));

    t->a.state = get(t, S("state"));
    t->a.nonce = get(t, S("nonce"));
    if (t->a.state.n > STATE_MAX || t->a.nonce.n > STATE_MAX) {
        t->a.state = t->a.state.n > STATE_MAX ? NO_STR : t->a.state;
        return authorization_refuse(rq, &t->a, ERR_INVALID_REQUEST, "state or nonce is too long");
    }
    for (size_t i = 0; i < COUNT(names); i++) {
        if (str_eq(mode, str_from(names[i]))) {
            t->a.response_mode = (enum response_mode)i;
            return ERR_OK;
        }
    }
    return mode.n == 0 ? ERR_OK
                       : authorization_refuse(
                           rq, &t->a, ERR_INVALID_REQUEST, "response_mode is not supported");
}

static enum err
check_request_objects(struct rq *rq, struct attempt *t)
{
    if (form_has(t->form, S("request"))) {
        return authorization_refuse(
            rq, &t->a, ERR_REQUEST_NOT_SUPPORTED, "request objects are not supported");
    }
    if (form_has(t->form, S("request_uri"))) {
        return authorization_refuse(
            rq, &t->a, ERR_REQUEST_URI_NOT_SUPPORTED, "request_uri is not supported");
    }
    if (form_has(t->form, S("registration"))) {
        return authorization_refuse(
            rq, &t->a, ERR_REGISTRATION_NOT_SUPPORTED, "registration is not supported");
    }
    return ERR_OK;
}

static enum err
check_response_type(struct rq *rq, struct attempt *t)
{
    str type = get(t, S("response_type"));

    if (type.n == 0) {
        return authorization_refuse(rq, &t->a, ERR_INVALID_REQUEST, "response_type is required");
    }
    if (!str_eq(type, S("code"))) {
        return authorization_refuse(
            rq, &t->a, ERR_UNSUPPORTED_RESPONSE_TYPE, "only response_type=code is supported");
    }
    if (!(t->a.application->oauth.grants & GRANT_AUTHORIZATION_CODE)) {
        return authorization_refuse(
            rq, &t->a, ERR_UNAUTHORIZED_CLIENT, "this application may not use authorization codes");
    }
    return ERR_OK;
}

/* A code for S256 is base64url of 32 bytes: 43 characters (RFC 7636 s4.2). */
static enum err
check_pkce(struct rq *rq, struct attempt *t)
{
    int policy = t->a.application->oauth.pkce;
    bool is_needed = policy == PKCE_REQUIRED || application_is_public(t->a.application);
    str method = get(t, S("code_challenge_method"));

    t->a.challenge = get(t, S("code_challenge"));
    if (!form_has(t->form, S("code_challenge"))) {
        if (method.n) {
            return authorization_refuse(
                rq, &t->a, ERR_INVALID_REQUEST, "code_challenge is required with its method");
        }
        return is_needed ? authorization_refuse(
                   rq, &t->a, ERR_INVALID_REQUEST, "code_challenge is required")
                         : ERR_OK;
    }
    if (!str_eq(method, S("S256"))) { /* OA-16: plain, missing (which means plain) and unknown */
        return authorization_refuse(
            rq, &t->a, ERR_INVALID_REQUEST, "code_challenge_method must be S256");
    }
    if (t->a.challenge.n != 43) {
        return authorization_refuse(
            rq, &t->a, ERR_INVALID_REQUEST, "code_challenge is not a SHA-256 value");
    }
    for (size_t i = 0; i < t->a.challenge.n; i++) {
        char c = t->a.challenge.p[i];
        bool is_ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                     || c == '-' || c == '_';
        if (!is_ok) {
            return authorization_refuse(
                rq, &t->a, ERR_INVALID_REQUEST, "code_challenge is not a SHA-256 value");
        }
    }
    return ERR_OK;
}

static enum err
check_scope(struct rq *rq, struct attempt *t)
{
    const char *problem;

    if (!scope_grant(rq, t->a.application, get(t, S("scope")), &t->a.scope, &problem)) {
        return authorization_refuse(rq, &t->a, ERR_INVALID_SCOPE, problem);
    }
    return ERR_OK;
}

static enum err
check_resource(struct rq *rq, struct attempt *t)
{
    if (!resource_read(rq, t->a.application, t->form, &t->a.resource)) {
        return authorization_refuse(
            rq, &t->a, ERR_INVALID_TARGET, "resource is not one of this application's");
    }
    return ERR_OK;
}

/* OIDC Core s3.1.2.1: prompt is a list; none stands alone. select_account asks as login does:
 * there is one account per session. */
static enum err
check_prompt(struct rq *rq, struct attempt *t)
{
    str rest = get(t, S("prompt")), word;
    size_t words = 0;

    while (str_cut(&rest, ' ', &word)) {
        words += word.n > 0;
        t->a.prompt_none |= str_eq(word, S("none"));
        t->a.prompt_login |= str_eq(word, S("login")) || str_eq(word, S("select_account"));
        t->a.prompt_consent |= str_eq(word, S("consent"));
    }
    if (t->a.prompt_none && words > 1) {
        return authorization_refuse(rq, &t->a, ERR_INVALID_REQUEST, "prompt=none must stand alone");
    }
    return ERR_OK;
}

static enum err
check_max_age(struct rq *rq, struct attempt *t)
{
    t->a.max_age_s = -1;
    if (form_has(t->form, S("max_age"))
        && (!str_i64(get(t, S("max_age")), &t->a.max_age_s) || t->a.max_age_s < 0)) {
        return authorization_refuse(
            rq, &t->a, ERR_INVALID_REQUEST, "max_age must be a number of seconds");
    }
    return ERR_OK;
}

static enum err
read_hints(struct rq *rq, struct attempt *t)
{
    t->a.login_hint = str_head(get(t, S("login_hint")), 255);
    t->a.ui_locales = str_head(get(t, S("ui_locales")), 200);
    t->a.wants_register = str_ends(rq->http->path, S("/oauth2/register"));
    t->a.wants_mail = str_ends(rq->http->path, S("/oauth2/passwordless"));
    t->a.id = rq_new_id(rq);
    t->a.started_at = rq->now;
    return ERR_OK;
}

/* A hint names whom the client expects; the journey compares it with the session (OA-24). An
 * expired token is still a hint. */
static enum err
read_id_token_hint(struct rq *rq, struct attempt *t)
{
    struct uuid user, application;
    bool is_ok;
    enum err e;

    if (!form_has(t->form, S("id_token_hint"))) {
        return ERR_OK;
    }
    e = claims_hint(rq, t->a.tenant, get(t, S("id_token_hint")), &user, &application, &is_ok);
    if (e != ERR_OK) {
        return e;
    }
    if (!is_ok) {
        return authorization_refuse(
            rq, &t->a, ERR_INVALID_REQUEST, "id_token_hint is not a token of this issuer");
    }
    t->a.expected_user_id = user;
    return ERR_OK;
}

/* The order is a security decision: nothing redirects before client and redirect URI are checked
 * (invariant 6, RFC 9700 s4.11.2). A step that has answered the client says so by the answer's
 * status. */
/* Before anything is asked of who may not be here: a page of ours, never a redirect. */
static enum err
check_address(struct rq *rq, struct attempt *t)
{
    return authorization_check_address(rq, &t->a);
}

static enum err (*const steps[])(struct rq *rq, struct attempt *t) = {
    load_client,
    check_address,
    check_redirect_uri, /* before any error that redirects */
    read_response_mode, /* before any error that redirects: it says how */
    check_request_objects,
    check_response_type,
    check_pkce,
    check_scope,
    check_resource,
    check_prompt,
    check_max_age,
    read_hints,
    read_id_token_hint,
};

enum err
authorize_endpoint(struct rq *rq)
{
    struct attempt t = {.form = NULL};
    struct authorization *a = ARENA_NEW(rq->arena, struct authorization);
    /* OIDC Core s3.1.2.1: GET and POST alike. */
    enum err e = rq->http->method == HTTP_POST ? rq_form(rq, &t.form) : rq_query(rq, &t.form);

    if (a == NULL) {
        return FAIL_SERVER(rq);
    }
    for (size_t i = 0; e == ERR_OK && rq->answer->status == 0 && i < COUNT(steps); i++) {
        e = steps[i](rq, &t);
    }
    if (e != ERR_OK || rq->answer->status != 0) {
        return e;
    }
    *a = t.a;
    return rq->house->ask_user(rq, a);
}
