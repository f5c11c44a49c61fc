/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization requests between pages, and how they end. Invariants: 1 nothing is stored for a
 * browser that has proved nothing; 2 the page opens only in the browser it was sent to, for as
 * long as a sign-in may take; 3 a journey ends in at most one code; 4 errors are sent to a
 * redirect URI only after it was checked. */
#include "model/authorization/authorization.h"

#include "codec/base64.h"
#include "crypto/aead.h"
#include "crypto/keyring.h"
#include "model/application/application.h"
#include "model/authorization/authorization_hosted.h"
#include "model/authorization/authorization_internal.h"
#include "model/authorization/authorization_onward.h"
#include "model/rq/rq.h"

struct carried { /* an authorization as it travels in a page */
    struct uuid id, application_id, tenant_id, expected_user_id, user_id, session_id;
    str redirect_uri, scope, state, nonce, challenge, login_hint, ui_locales, authentication_type;
    str resource, factor_id;
    int64_t response_mode, max_age_s, started_at, auth_instant;
    bool prompt_login, prompt_consent;
};

enum { TEXT_MAX = 2048, SEALED_MAX = 32768, BROWSER_BYTES = 16, BROWSER_TEXT = 22 };

/* clang-format off */
#define C(member) FIELD_AT(struct carried, member)
static const struct field carried_fields[] = {
    {.name = "id", .kind = FIELD_UUID, .offset = C(id)},
    {.name = "app", .kind = FIELD_UUID, .offset = C(application_id)},
    {.name = "tenant", .kind = FIELD_UUID, .offset = C(tenant_id)},
    {.name = "expected", .kind = FIELD_UUID, .offset = C(expected_user_id)},
    {.name = "user", .kind = FIELD_UUID, .offset = C(user_id)},
    {.name = "session", .kind = FIELD_UUID, .offset = C(session_id)},
    {.name = "uri", .kind = FIELD_TEXT, .offset = C(redirect_uri), .max = TEXT_MAX},
    {.name = "scope", .kind = FIELD_TEXT, .offset = C(scope), .max = TEXT_MAX},
    {.name = "resource", .kind = FIELD_TEXT, .offset = C(resource), .max = TEXT_MAX},
    {.name = "state", .kind = FIELD_TEXT, .offset = C(state), .max = TEXT_MAX},
    {.name = "nonce", .kind = FIELD_TEXT, .offset = C(nonce), .max = TEXT_MAX},
    {.name = "challenge", .kind = FIELD_TEXT, .offset = C(challenge)},
    {.name = "hint", .kind = FIELD_TEXT, .offset = C(login_hint), .max = TEXT_MAX},
    {.name = "locales", .kind = FIELD_TEXT, .offset = C(ui_locales)},
    {.name = "type", .kind = FIELD_TEXT, .offset = C(authentication_type)},
    {.name = "factor", .kind = FIELD_TEXT, .offset = C(factor_id)},
    {.name = "mode", .kind = FIELD_INT, .offset = C(response_mode), .max = RESPONSE_FORM_POST},
    {.name = "age", .kind = FIELD_INT, .offset = C(max_age_s), .min = -1, .max = INT64_MAX, .default_int = -1},
    {.name = "start", .kind = FIELD_INSTANT, .offset = C(started_at)},
    {.name = "auth", .kind = FIELD_INSTANT, .offset = C(auth_instant)},
    {.name = "login", .kind = FIELD_BOOL, .offset = C(prompt_login)},
    {.name = "consent", .kind = FIELD_BOOL, .offset = C(prompt_consent)},
};
static const struct field_table carried_table = FIELD_TABLE("Authorization", carried_fields, struct carried, NULL);
/* clang-format on */

static struct carried
carry(const struct authorization *a)
{
    return (struct carried){
        .id = a->id,
        .application_id = a->application->id,
        .tenant_id = a->application->tenant_id,
        .expected_user_id = a->expected_user_id,
        .user_id = a->user_id,
        .session_id = a->session_id,
        .redirect_uri = a->redirect_uri,
        .scope = a->scope,
        .resource = a->resource,
        .state = a->state,
        .nonce = a->nonce,
        .challenge = a->challenge,
        .login_hint = a->login_hint,
        .ui_locales = a->ui_locales,
        .authentication_type = a->authentication_type,
        .factor_id = a->factor_id,
        .response_mode = a->response_mode,
        .max_age_s = a->max_age_s,
        .started_at = a->started_at,
        .auth_instant = a->auth_instant,
        .prompt_login = a->prompt_login,
        .prompt_consent = a->prompt_consent,
    };
}

static void
unpack(const struct carried *c, struct authorization *a)
{
    *a = (struct authorization){
        .id = c->id,
        .redirect_uri = c->redirect_uri,
        .scope = c->scope,
        .resource = c->resource,
        .state = c->state,
        .nonce = c->nonce,
        .challenge = c->challenge,
        .login_hint = c->login_hint,
        .ui_locales = c->ui_locales,
        .authentication_type = c->authentication_type,
        .factor_id = c->factor_id,
        .response_mode = (enum response_mode)c->response_mode,
        .prompt_login = c->prompt_login,
        .prompt_consent = c->prompt_consent,
        .max_age_s = c->max_age_s,
        .started_at = c->started_at,
        .expected_user_id = c->expected_user_id,
        .user_id = c->user_id,
        .session_id = c->session_id,
        .auth_instant = c->auth_instant,
    };
}

str
authorization_browser_known(const struct rq *rq)
{
    str name = rq_cookie(rq, rq_cookie_name(rq, S("cardea.browser")));

    return name.n == BROWSER_TEXT ? name : NO_STR;
}

str
authorization_browser(struct rq *rq)
{
    str name = authorization_browser_known(rq);
    uint8_t random[BROWSER_BYTES];

    if (name.n == 0) {
        rng_fill(rq->rng, random, sizeof random);
        name = base64url_text(rq->arena, BYTES_OF(random));
        rq_set_cookie(rq, S("cardea.browser"), name, -1);
    }
    return name;
}

static bytes
binding(struct rq *rq, str what, str browser)
{
    return str_bytes(str_fmt(rq->arena, STRF " " STRF, STRV(what), STRV(browser)));
}

str
authorization_carry(struct rq *rq, str what, const struct field_table *table, const void *thing)
{
    AUTO(key32_wipe) struct key32 key = keyring_house_key(rq->house->keyring, S("pages"));
    struct json_out out;
    struct buf buf;
    bytes sealed;
    str text;

    rq_json_out(rq, &buf, &out);
    field_write(table, FIELD_FOR_STORE, thing, &out);
    if (!buf_done(&buf, &text)) {
        return NO_STR;
    }
    sealed = aead_seal(
        rq->arena, rq->rng, &key, binding(rq, what, authorization_browser(rq)), str_bytes(text));
    return sealed.n ? base64url_text(rq->arena, sealed) : NO_STR;
}

bool
authorization_carried(
    struct rq *rq, str what, str sealed, const struct field_table *table, void *ret)
{
    AUTO(key32_wipe) struct key32 key = keyring_house_key(rq->house->keyring, S("pages"));
    str browser = authorization_browser_known(rq);
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {rq->arena, &faults};
    const struct json *json;
    bytes raw, text;

    if (browser.n == 0 || sealed.n > SEALED_MAX || !base64url_decode(rq->arena, sealed, &raw)
        || !aead_open(rq->arena, &key, binding(rq, what, browser), raw, &text)) {
        return false;
    }
    field_defaults(rq->arena, table, ret);
    return json_parse(rq->arena, bytes_str(text), &json, NULL)
           && field_read(&reader, table, FIELD_STORED, json, what, ret);
}

str
authorization_seal(struct rq *rq, const struct authorization *authorization)
{
    struct carried carried = carry(authorization);

    return authorization_carry(rq, S("authorization"), &carried_table, &carried);
}

static enum err
fail_open(struct rq *rq)
{
    return FAIL(rq, ERR_INVALID_REQUEST, NULL,
        "is too old or was opened in another browser: go back to the application and sign in "
        "again");
}

enum err
authorization_check_address(struct rq *rq, const struct authorization *a)
{
    return authorization_check_place(rq, a->tenant, a->application);
}

enum err
authorization_open(struct rq *rq, str sealed, struct authorization *ret)
{
    struct carried carried;
    enum err e;

    if (!authorization_carried(rq, S("authorization"), sealed, &carried_table, &carried)) {
        return fail_open(rq);
    }
    unpack(&carried, ret);
    e = application_in(rq, carried.application_id, carried.tenant_id, &ret->application);
    if (e != ERR_OK || ret->application == NULL || !ret->application->active) {
        return e ? e
                 : FAIL(rq, ERR_INVALID_REQUEST, NULL,
                     "is for an application that is not active any more");
    }
    e = tenant_load(rq, ret->application->tenant_id, &ret->tenant);
    if (e != ERR_OK || ret->tenant == NULL) {
        return e ? e : fail_open(rq);
    }
    if (rq->now < ret->started_at
        || rq->now - ret->started_at > ret->tenant->ids.login_intent_ttl_s * SECOND_MS) {
        return fail_open(rq);
    }
    /* The list of redirect URIs may have changed while the page was open (OA-01 holds at use,
     * too). */
    if (!authorization_may_return(rq, ret->application, ret->redirect_uri)) {
        return FAIL(rq, ERR_BAD_REDIRECT, "redirect_uri", "is not registered for this application");
    }
    rq->tenant = ret->tenant;
    rq->application = ret->application;
    return authorization_check_address(rq, ret);
}
