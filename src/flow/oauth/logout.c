/* SPDX-License-Identifier: Apache-2.0 */
/* RP-initiated logout (OIDC RP-Initiated Logout s2, s3). The question's page carries its request
 * sealed and bound to the session, so that no other site can answer it. */
#include "flow/oauth/logout.h"

#include "codec/base64.h"
#include "codec/url.h"
#include "crypto/aead.h"
#include "crypto/keyring.h"
#include "flow/oauth/oauth_internal.h"
#include "model/application/application.h"
#include "model/claims/claims.h"
#include "model/page/page.h"
#include "model/session/session.h"
#include "model/user/user.h"

struct leave { /* one wish to sign out */
    const struct tenant *tenant;
    const struct application *application; /* NULL: the caller did not say or is not believed */
    str target;              /* where to go afterwards: checked; empty: a page of ours */
    struct uuid hinted_user; /* from a good id_token_hint */
};

enum { PAGE_AGE_MS = 15 * MINUTE_MS };

/* s3: exact match. The application's logout URL counts as registered, as do its redirect URLs
 * (FusionAuth's rule). */
static bool
may_go_to(const struct application *app, str uri)
{
    return app != NULL && uri.n
           && (str_eq(uri, app->oauth.logout_url) || application_has_redirect(app, uri));
}

static str
with_state(struct rq *rq, str uri, str state)
{
    struct buf buf;
    str url;

    if (uri.n == 0 || state.n == 0) {
        return uri;
    }
    buf_init(&buf, rq->arena, KB(8));
    url_add_query(&buf, uri, S("state"), state);
    return buf_done(&buf, &url) ? url : NO_STR;
}

static enum err
load_client(struct rq *rq, const struct form *form, const struct application **ret)
{
    struct uuid id;
    enum err e;

    *ret = NULL;
    if (!uuid_parse(form_get(form, S("client_id")), &id)) {
        return ERR_OK;
    }
    e = client_find(rq, id, form, ret);
    if (*ret != NULL && !(*ret)->active) {
        *ret = NULL;
    }
    return e;
}

static enum err
load_tenant(struct rq *rq, const struct form *form, struct leave *leave)
{
    struct uuid id = rq->path_tenant;
    enum err e = ERR_OK;

    if (leave->application != NULL) {
        id = leave->application->tenant_id;
    } else if (uuid_is_nil(id) && !uuid_parse(form_get(form, S("tenantId")), &id)) {
        e = tenant_default_id(rq, &id);
    }
    e = e ? e : tenant_load(rq, id, &leave->tenant);
    if (e == ERR_OK && leave->tenant == NULL) {
        e = FAIL(rq, ERR_INVALID_REQUEST, "tenantId", "is not known");
    }
    rq->tenant = leave->tenant;
    return e;
}

static enum err
read_hint(struct rq *rq, const struct form *form, struct leave *leave)
{
    struct uuid application_id;
    struct uuid user;
    bool is_ok;
    enum err e;

    if (!form_has(form, S("id_token_hint"))) {
        return ERR_OK;
    }
    e = claims_hint(
        rq, leave->tenant, form_get(form, S("id_token_hint")), &user, &application_id, &is_ok);
    if (e != ERR_OK) {
        return e;
    }
    /* s4: a hint that is no token of ours, or of another client than the one named, ends here. */
    if (!is_ok
        || (leave->application != NULL && !uuid_eq(leave->application->id, application_id))) {
        return FAIL(rq, ERR_INVALID_REQUEST, "id_token_hint", "is not a token of this application");
    }
    leave->hinted_user = user;
    return leave->application
               ? ERR_OK
               : application_in(rq, application_id, leave->tenant->id, &leave->application);
}

static enum err
set_target(struct rq *rq, struct leave *leave, str uri, str state)
{
    if (uri.n && !may_go_to(leave->application, uri)) {
        return FAIL(rq, ERR_BAD_REDIRECT, "post_logout_redirect_uri",
            "is not registered for this application");
    }
    if (uri.n == 0 && leave->application != NULL) {
        uri = leave->application->oauth
                  .logout_url; /* FusionAuth: the application's, then the tenant's */
    }
    if (uri.n == 0) {
        uri = leave->tenant->logout_url;
    }
    leave->target = with_state(rq, uri, state);
    return ERR_OK;
}

static enum err
read_leave(struct rq *rq, struct leave *leave)
{
    const struct form *form;
    enum err e = rq->http->method == HTTP_POST ? rq_form(rq, &form) : rq_query(rq, &form);

    *leave = (struct leave){.tenant = NULL};
    e = e ? e : load_client(rq, form, &leave->application);
    e = e ? e : load_tenant(rq, form, leave);
    e = e ? e : read_hint(rq, form, leave);
    if (e != ERR_OK) {
        return e;
    }
    return set_target(
        rq, leave, form_get(form, S("post_logout_redirect_uri")), form_get(form, S("state")));
}
static enum err
answer_signed_out(struct rq *rq, const struct leave *leave)
{
    struct page page;

    if (leave->target.n) {
        return rq_redirect(rq, leave->target);
    }
    if (!page_start(&page, rq->arena, PAGE_SIGNED_OUT, rq->lang)) {
        return FAIL_SERVER(rq);
    }
    view_text(&page.view, NULL, S("tenant"), leave->tenant->name);
    page_self(&page, S("/oauth2/logout"), NO_STR);
    page_render(&page, rq->arena, rq->answer);
    return ERR_OK;
}

/* "Stay signed in": back to the application, or a page that says that nothing changed. */
static enum err
answer_stayed(struct rq *rq, const struct leave *leave)
{
    struct page page;

    if (leave->target.n) {
        return rq_redirect(rq, leave->target);
    }
    if (!page_start(&page, rq->arena, PAGE_CARD, rq->lang)) {
        return FAIL_SERVER(rq);
    }
    view_text(&page.view, NULL, S("tenant"), leave->tenant->name);
    view_text(&page.view, NULL, S("heading"), page_text(rq->lang, S("stayed.title")));
    page_add_paragraph(&page, page_text(rq->lang, S("stayed.text")));
    page_self(&page, S("/oauth2/logout"), NO_STR);
    page_render(&page, rq->arena, rq->answer);
    return ERR_OK;
}

static bytes
binding(struct rq *rq, const struct session *session)
{
    return str_bytes(str_fmt(rq->arena, "logout " STRF, STRV(uuid_text(rq->arena, session->id))));
}

/* "time target", sealed to the session. */
static str
seal_leave(struct rq *rq, const struct leave *leave, const struct session *session)
{
    AUTO(key32_wipe) struct key32 key = keyring_house_key(rq->house->keyring, S("logout pages"));
    str text = str_fmt(rq->arena, "%lld " STRF, (long long)rq->now, STRV(leave->target));
    bytes sealed = aead_seal(rq->arena, rq->rng, &key, binding(rq, session), str_bytes(text));

    return base64url_text(rq->arena, sealed);
}

static bool
open_leave(struct rq *rq, str sealed, const struct session *session, str *ret_target)
{
    AUTO(key32_wipe) struct key32 key = keyring_house_key(rq->house->keyring, S("logout pages"));
    int64_t since;
    bytes raw, plain;
    str rest, time;

    if (sealed.n > KB(16) || !base64url_decode(rq->arena, sealed, &raw)
        || !aead_open(rq->arena, &key, binding(rq, session), raw, &plain)) {
        return false;
    }
    rest = bytes_str(plain);
    if (!str_cut(&rest, ' ', &time) || !str_i64(time, &since) || rq->now - since > PAGE_AGE_MS) {
        return false;
    }
    *ret_target = rest;
    return true;
}

static enum err
ask(struct rq *rq, const struct leave *leave, const struct session *session)
{
    struct user *user;
    struct page page;
    enum err e = user_load(rq, leave->tenant, session->user_id, USER_PLAIN, &user);

    if (e != ERR_OK) {
        return e;
    }
    if (!page_start(&page, rq->arena, PAGE_SIGN_OUT, rq->lang)) {
        return FAIL_SERVER(rq);
    }
    view_text(&page.view, NULL, S("tenant"), leave->tenant->name);
    view_text(&page.view, NULL, S("action"), S("/oauth2/logout/confirm"));
    if (user != NULL) {
        view_text(&page.view, NULL, S("user_name"), user_display_name(rq->arena, user));
        view_text(&page.view, NULL, S("login_id"), user_login_id(user));
    }
    page.form_action_origin = leave->target.n ? page_form_action(rq->arena, leave->target) : NO_STR;
    page_add_hidden(&page, S("tenantId"), uuid_text(rq->arena, leave->tenant->id));
    page_add_hidden(&page, S("state"), seal_leave(rq, leave, session));
    page_render(&page, rq->arena, rq->answer);
    return ERR_OK;
}

static enum err
end(struct rq *rq, const struct leave *leave, const struct session *session)
{
    session_end(rq, leave->tenant, session);
    rq_set_header(
        rq, S("clear-site-data"), S("\"cache\"")); /* OA-89; cookies of other tenants stay */
    return answer_signed_out(rq, leave);
}

static enum err
leave_or_ask(struct rq *rq, const struct leave *leave)
{
    struct session *session;
    enum err e = session_find(rq, leave->tenant, &session);

    if (e != ERR_OK) {
        return e;
    }
    if (session == NULL) {
        return answer_signed_out(rq, leave);
    }
    if (uuid_is_nil(leave->hinted_user) || !uuid_eq(leave->hinted_user, session->user_id)) {
        return ask(rq, leave, session);
    }
    return end(rq, leave, session);
}

enum err
logout_endpoint(struct rq *rq)
{
    struct leave leave;
    enum err e = read_leave(rq, &leave);

    return e ? e : leave_or_ask(rq, &leave);
}

enum err
logout_hosted(struct rq *rq, str uri, str id_token)
{
    struct leave leave = {.tenant = rq->tenant, .application = rq->application};
    struct uuid application_id;
    bool is_ok = false;
    enum err e = set_target(rq, &leave, uri, NO_STR);

    if (e == ERR_OK && id_token.n) { /* one that is not good is none: then it is asked */
        e = claims_hint(rq, leave.tenant, id_token, &leave.hinted_user, &application_id, &is_ok);
    }
    if (!is_ok || !uuid_eq(application_id, leave.application->id)) {
        leave.hinted_user = (struct uuid){{0}};
    }
    return e ? e : leave_or_ask(rq, &leave);
}

enum err
logout_confirm(struct rq *rq)
{
    struct leave leave = {.tenant = NULL};
    struct session *session;
    const struct form *form;
    enum err e;

    if (rq_is_from_elsewhere(rq)) {
        return FAIL(rq, ERR_FORBIDDEN, NULL, "came from another site: sign out here");
    }
    e = rq_form(rq, &form);
    e = e ? e : load_tenant(rq, form, &leave);
    e = e ? e : session_find(rq, leave.tenant, &session);
    if (e != ERR_OK) {
        return e;
    }
    if (session == NULL) {
        return answer_signed_out(rq, &leave);
    }
    if (!open_leave(rq, form_get(form, S("state")), session, &leave.target)) {
        return FAIL(
            rq, ERR_INVALID_REQUEST, "state", "is too old or was opened in another browser");
    }
    if (form_has(form, S("lang"))) {
        return ask(rq, &leave, session); /* the same question in another language */
    }
    if (!str_eq(form_get(form, S("answer")), S("yes"))) {
        return answer_stayed(rq, &leave);
    }
    return end(rq, &leave, session);
}
