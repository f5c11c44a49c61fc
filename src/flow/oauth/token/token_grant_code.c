/* SPDX-License-Identifier: Apache-2.0 */
/* grant_type=authorization_code (RFC 6749 s4.1.3, RFC 7636 s4.5-4.6).
 *
 * Order is a decision: a code that another client or redirect address presents is not consumed,
 * so a thief cannot burn the victim's; a wrong verifier consumes it, so a verifier cannot be
 * guessed twice (OA-19). */
#include "codec/base64.h"
#include "flow/oauth/oauth.h"
#include "flow/oauth/token/token_internal.h"
#include "model/action/action.h"
#include "model/code/code.h"
#include "model/event/event.h"
#include "model/session/session.h"

static enum err
refuse_code(struct rq *rq)
{
    return FAIL(rq, ERR_INVALID_GRANT, "code", "is not valid");
}

/* code-verifier = 43*128unreserved ; RFC 7636 s4.1 */
static bool
verifier_is_well_formed(str verifier)
{
    for (size_t i = 0; i < verifier.n; i++) {
        char c = verifier.p[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!is_letter && !(c >= '0' && c <= '9') && c != '-' && c != '.' && c != '_' && c != '~') {
            return false;
        }
    }
    return verifier.n >= 43 && verifier.n <= 128;
}

/* RFC 7636 s4.6. A verifier without a challenge is refused too: somebody took the challenge out
 * (RFC 9700 s2.1.1). */
static bool
verifier_fits(struct rq *rq, const struct code *code, str verifier)
{
    struct digest d = sha256(str_bytes(verifier));
    str computed = base64url_text(rq->arena, digest_bytes(&d));

    if (code->challenge.n == 0 || verifier.n == 0) {
        return code->challenge.n == verifier.n;
    }
    return ct_eq(str_bytes(computed), str_bytes(code->challenge));
}

/* RFC 6749 s4.1.2: a code presented again takes back what the first time gave; that is a write
 * of a refused request. */
static enum err
refuse_replay(struct rq *rq, const struct code *code)
{
    struct event event = {"oauth2.code.replay", code->user_id, code->application_id, NO_STR};

    token_revoke(rq, rq->tenant, code->grant_id);
    event_add(rq, rq->tenant, &event);
    rq->keeps_writes = true;
    return refuse_code(rq);
}

static enum err
check_code(struct rq *rq, const struct form *form, const struct code *code)
{
    str verifier = form_get(form, S("code_verifier"));

    if (code == NULL || !uuid_eq(code->application_id, rq->application->id)) {
        return refuse_code(rq);
    }
    if (code->used_at) {
        return refuse_replay(rq, code);
    }
    if (code->expires_at <= rq->now || code->insert_instant > rq->now + CLOCK_SKEW_MS
        || !str_eq(code->redirect_uri, form_get(form, S("redirect_uri")))) {
        return refuse_code(rq);
    }
    if (!verifier_fits(rq, code, verifier)) {
        code_use(rq, code);
        rq->keeps_writes = true;
        return FAIL(rq, ERR_INVALID_GRANT, "code_verifier", "does not fit the code");
    }
    return ERR_OK;
}

/* OA-63: between page and redemption the account may have been disabled, or kept out of this application, or the
 * registration taken away. */
static enum err
load_person(struct rq *rq, const struct code *code, struct user **ret)
{
    struct dossier_list actions;
    enum err e = user_load(rq, rq->tenant, code->user_id, USER_REGISTRATIONS, ret);

    if (e != ERR_OK) {
        return e;
    }
    if (*ret == NULL || !user_may_sign_in(*ret, rq->now)) {
        return refuse_code(rq);
    }
    e = action_prevents(rq, rq->tenant, *ret, rq->application->id, &actions);
    return e == ERR_OK && actions.count ? refuse_code(rq) : e;
}

static struct token
grant_of(const struct code *code)
{
    return (struct token){
        .id = code->grant_id,
        .user_id = code->user_id,
        .session_id = code->session_id,
        .auth_instant = code->auth_instant,
        .scope = code->scope,
        .resource = code->resource,
        .nonce = code->nonce,
        .authentication_type = code->authentication_type,
    };
}

enum err
token_grant_code(struct rq *rq, const struct form *form, struct token_reply *ret)
{
    str verifier = form_get(form, S("code_verifier"));
    struct user *user;
    struct token grant;
    struct code *code;
    enum err e = client_must_be_proven(rq, verifier.n > 0);

    if (e != ERR_OK) {
        return e;
    }
    if (form_get(form, S("code")).n == 0) {
        return FAIL(rq, ERR_INVALID_REQUEST, "code", "is required");
    }
    if (form_has(form, S("code_verifier")) && !verifier_is_well_formed(verifier)) {
        return FAIL(
            rq, ERR_INVALID_REQUEST, "code_verifier", "must be 43 to 128 unreserved characters");
    }
    e = code_find(rq, rq->tenant, form_get(form, S("code")), &code);
    e = e ? e : check_code(rq, form, code);
    e = e ? e : load_person(rq, code, &user);
    e = e ? e : resource_pick(rq, form, code->resource, &ret->resource);
    if (e != ERR_OK) {
        return e;
    }
    /* First, and with the code in one set: a code outlives the logout of its session as little as
     * a token does. */
    if (!uuid_is_nil(code->session_id)) {
        session_hold(rq, rq->tenant, code->session_id, ERR_INVALID_GRANT);
    }
    code_use(rq, code);
    grant = grant_of(code);
    return token_start(rq, user, &grant, ret);
}
