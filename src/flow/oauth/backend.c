/* SPDX-License-Identifier: Apache-2.0 */
/* FusionAuth's hosted backend. We are the application's own server side here, so it needs no secret: codes come to our
 * address and are redeemed only with a state that was sealed for the same browser, and what it holds (client, tenant, target,
 * verifier) is believed, not what stands beside it. Deviations: 303 in the place of 302; a link from another site asks before
 * it signs anybody out; administrators cannot have their tokens in such cookies. */
#include "flow/oauth/backend.h"

#include "codec/base64.h"
#include "codec/url.h"
#include "codec/url_wild.h"
#include "crypto/hash.h"
#include "flow/oauth/backend_internal.h"
#include "model/admin/admin.h"
#include "model/authorization/authorization_hosted.h"
#include "model/token/token.h"

enum { VERIFIER_BYTES = 32, STATE_MAX = 2048, SCOPE_MAX = 1000 };

static enum err
refuse_client(struct rq *rq)
{
    return FAIL(rq, ERR_INVALID_CLIENT, "client_id", "is missing or not known");
}

/* Sets rq->application and rq->tenant. */
static enum err
take(struct rq *rq, const struct application *app)
{
    enum err e;

    if (app == NULL || !app->active || admin_is_application(app->id)) {
        return refuse_client(rq);
    }
    e = tenant_load(rq, app->tenant_id, &rq->tenant);
    if (e == ERR_OK && rq->tenant == NULL) {
        return refuse_client(rq);
    }
    rq->application = app;
    return e;
}

/* The client that the path or client_id names: *ret_is_named false when neither does. */
static enum err
load_client(struct rq *rq, const struct form **ret_query, bool *ret_is_named)
{
    const struct application *app;
    str in_path = rq->segment_count ? rq->segments[0] : NO_STR, in_query;
    struct uuid id;
    enum err e = rq_query(rq, ret_query);

    *ret_is_named = false;
    if (e != ERR_OK) {
        return e;
    }
    in_query = form_get(*ret_query, S("client_id"));
    if (in_path.n == 0 && in_query.n == 0) {
        return ERR_OK;
    }
    if (!uuid_parse(in_path.n ? in_path : in_query, &id)
        || (in_path.n && in_query.n && !str_ieq(in_path, in_query))) {
        return refuse_client(rq);
    }
    e = client_find(rq, id, *ret_query, &app);
    *ret_is_named = true;
    return e ? e : take(rq, app);
}

static enum err
require_client(struct rq *rq, const struct form **ret_query)
{
    bool is_named;
    enum err e = load_client(rq, ret_query, &is_named);

    return e || is_named ? e : refuse_client(rq);
}

/* ---- to the authorization endpoint ---- */

/* Where the browser goes in the end: what is asked for, or the first address that is one. A page on another domain could not
 * use the cookies, so nobody has them set who runs under ours for an application that is elsewhere. */
static enum err
pick_target(struct rq *rq, const struct form *query, str *ret)
{
    const struct field_texts *list = &rq->application->oauth.redirect_urls;

    *ret = form_get(query, S("redirect_uri"));
    for (size_t i = 0; ret->n == 0 && i < list->count; i++) {
        bool is_fit = !url_wild_is(list->items[i]) && backend_is_beside(rq, list->items[i]);
        *ret = is_fit ? list->items[i] : NO_STR;
    }
    if (ret->n == 0 || !application_has_redirect(rq->application, *ret)) {
        return FAIL(rq, ERR_BAD_REDIRECT, "redirect_uri", "is not registered for this application");
    }
    return backend_is_beside(rq, *ret) ? ERR_OK
                                       : FAIL(rq, ERR_BAD_REDIRECT, "redirect_uri",
                                           "is on another domain, where the cookies are not sent");
}

static str
make_verifier(struct rq *rq)
{
    uint8_t random[VERIFIER_BYTES];

    rng_fill(rq->rng, random, sizeof random);
    return base64url_text(rq->arena, BYTES_OF(random));
}

static void
add(struct buf *url, str name, str value)
{
    if (value.n) {
        url_add_query(url, NO_STR, name, value);
    }
}

/* The request that an application would make (RFC 6749 s4.1.1, RFC 7636 s4.3), and what its page adds to it. */
static str
authorize_url(struct rq *rq, const struct form *query, str state, str verifier)
{
    static const char *const passed[] = {"prompt", "login_hint", "ui_locales", "max_age"};
    struct digest challenge = sha256(str_bytes(verifier));
    str scope = form_get(query, S("scope")), text, path;
    struct buf url;

    path = str_starts(rq->http->path, S("/app/register")) ? S("/oauth2/register")
                                                          : S("/oauth2/authorize");
    if (!rq->application->registration.enabled) {
        path = S("/oauth2/authorize");
    }
    buf_init(&url, rq->arena, KB(32));
    buf_str(&url, rq->house->base_url);
    buf_str(&url, path);
    add(&url, S("client_id"), uuid_text(rq->arena, rq->application->id));
    add(&url, S("tenantId"), uuid_text(rq->arena, rq->tenant->id));
    add(&url, S("response_type"), S("code"));
    add(&url, S("redirect_uri"), authorization_hosted_uri(rq));
    add(&url, S("scope"), scope.n ? scope : S("openid offline_access"));
    add(&url, S("state"), state);
    add(&url, S("code_challenge"), base64url_text(rq->arena, digest_bytes(&challenge)));
    add(&url, S("code_challenge_method"), S("S256"));
    for (size_t i = 0; i < COUNT(passed); i++) {
        add(&url, str_from(passed[i]), form_get(query, str_from(passed[i])));
    }
    return buf_done(&url, &text) ? text : NO_STR;
}

enum err
backend_login(struct rq *rq)
{
    struct authorization_hosted hosted = {.started_at = rq->now};
    const struct form *query;
    str state, url;
    enum err e = require_client(rq, &query);

    e = e ? e : pick_target(rq, query, &hosted.target);
    if (e != ERR_OK) {
        return e;
    }
    hosted.application_id = rq->application->id;
    hosted.tenant_id = rq->tenant->id;
    hosted.state = form_get(query, S("state"));
    hosted.verifier = make_verifier(rq);
    if (hosted.state.n > STATE_MAX || form_get(query, S("scope")).n > SCOPE_MAX) {
        return FAIL(rq, ERR_INVALID_REQUEST, "state", "is too long");
    }
    state = authorization_hosted_seal(rq, &hosted);
    url = authorize_url(rq, query, state, hosted.verifier);
    if (state.n == 0 || url.n == 0) {
        return FAIL_SERVER(rq);
    }
    return state.n > STATE_MAX ? FAIL(rq, ERR_INVALID_REQUEST, "state", "is too long")
                               : rq_redirect(rq, url);
}

/* ---- back from it ---- */

static enum err
refuse_state(struct rq *rq)
{
    return FAIL(rq, ERR_INVALID_REQUEST, "state",
        "is too old or was opened in another browser: go back to the application and sign in "
        "again");
}

/* What was sealed for this browser; the application may have lost the address meanwhile. */
static enum err
open_state(struct rq *rq, const struct form *query, struct authorization_hosted *ret)
{
    const struct application *app;
    enum err e;

    if (!authorization_hosted_open(rq, form_get(query, S("state")), ret)) {
        return refuse_state(rq);
    }
    e = application_in(rq, ret->application_id, ret->tenant_id, &app);
    e = e ? e : take(rq, app);
    if (e != ERR_OK) {
        return e;
    }
    if (rq->now < ret->started_at
        || rq->now - ret->started_at > rq->tenant->ids.login_intent_ttl_s * SECOND_MS) {
        return refuse_state(rq);
    }
    return application_has_redirect(app, ret->target) ? ERR_OK
                                                      : FAIL(rq, ERR_BAD_REDIRECT, "redirect_uri",
                                                          "is not registered for this application");
}

static enum err
go_back(struct rq *rq, const struct authorization_hosted *hosted, const struct form *query)
{
    struct buf buf;
    str url;

    buf_init(&buf, rq->arena, KB(16));
    buf_str(&buf, hosted->target);
    add(&buf, S("error"), form_get(query, S("error")));
    add(&buf, S("error_description"), form_get(query, S("error_description")));
    add(&buf, S("state"), hosted->state);
    return buf_done(&buf, &url) ? rq_redirect(rq, url) : FAIL_SERVER(rq);
}

enum err
backend_callback(struct rq *rq)
{
    struct token_reply reply = {.expires_s = 0};
    struct authorization_hosted hosted;
    const struct form *query;
    enum err e = rq_query(rq, &query);

    e = e ? e : open_state(rq, query, &hosted);
    if (e != ERR_OK) {
        return e;
    }
    if (form_has(query, S("error"))) {
        return go_back(rq, &hosted, query);
    }
    struct form_pair pairs[] = {
        {S("code"), form_get(query, S("code"))},
        {S("redirect_uri"), authorization_hosted_uri(rq)},
        {S("code_verifier"), hosted.verifier},
    };
    rq->is_client_proven = true; /* it is us, by the state */
    e = token_redeem(rq, S("authorization_code"), &(struct form){pairs, COUNT(pairs)}, &reply);
    e = e ? e : backend_set_cookies(rq, &reply, true);
    if (e != ERR_OK) {
        return e;
    }
    return go_back(rq, &hosted, &(struct form){NULL, 0});
}

/* ---- what the page calls ---- */

/* A refresh token whose grant began here is brought by the client that we are. */
static enum err
prove(struct rq *rq, str text)
{
    const struct jwt_config *config = application_jwt(rq->application, rq->tenant);
    enum token_verdict verdict;
    struct token *grant;
    enum err e = token_find_refresh(rq, rq->tenant, config, text, &verdict, &grant);

    if (e != ERR_OK) {
        return e;
    }
    rq->is_client_proven = grant != NULL && backend_is_ours(rq, grant->id);
    return rq->is_client_proven || application_is_public(rq->application)
               ? ERR_OK
               : FAIL(rq, ERR_INVALID_GRANT, "refresh_token", "is not valid");
}

enum err
backend_refresh(struct rq *rq)
{
    struct token_reply reply = {.expires_s = 0};
    struct form_pair pairs[] = {{S("refresh_token"), rq_cookie(rq, backend_refresh_token)}};
    const struct form *query;
    enum err e = require_client(rq, &query);

    e = e ? e : backend_check_origin(rq);
    e = e ? e : prove(rq, pairs[0].value);
    e = e ? e : token_redeem(rq, S("refresh_token"), &(struct form){pairs, COUNT(pairs)}, &reply);
    e = e ? e : backend_set_cookies(rq, &reply, false);
    return e ? e : rq_answer_empty(rq, 200);
}

/* The application is the token's: whose page may read the answer is known when the token is believed. */
enum err
backend_me(struct rq *rq)
{
    str bearer = rq_bearer(rq);
    enum err e = userinfo_answer(rq, bearer.n ? bearer : rq_cookie(rq, backend_access));
    enum err origin;

    if (e == ERR_BUSY || e == ERR_MOVE || e == ERR_AGAIN) {
        return e;
    }
    struct fault fault = rq->fault;
    origin = backend_check_origin(rq);
    if (origin != ERR_OK) {
        return origin;
    }
    rq->fault = fault;
    return e;
}

/* A page of another site sent the browser here: that is nobody's wish yet. */
static bool
is_from_other_site(const struct rq *rq)
{
    return str_eq(rq_header(rq, S("sec-fetch-site")), S("cross-site"));
}

enum err
backend_logout(struct rq *rq)
{
    const struct form *query;
    bool is_done, is_foreign = is_from_other_site(rq);
    str uri, refresh = rq_cookie(rq, backend_refresh_token);
    enum err e = require_client(rq, &query);

    if (e != ERR_OK) {
        return e;
    }
    uri = form_get(query, S("post_logout_redirect_uri"));
    uri = uri.n ? uri : form_get(query, S("redirect_uri"));
    e = logout_hosted(rq, uri, is_foreign ? NO_STR : rq_cookie(rq, backend_id_token));
    if (e != ERR_OK || is_foreign) {
        return e;
    }
    backend_clear_cookies(rq);
    return refresh.n ? revoke_refresh(rq, refresh, &is_done) : ERR_OK;
}
