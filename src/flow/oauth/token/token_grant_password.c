/* SPDX-License-Identifier: Apache-2.0 */
/* grant_type=password (RFC 6749 s4.3): only where the application enables it; RFC 9700 s2.4 advises against it. What a
 * sign-in must pass is model's, as for the Login API: lock, password, account, actions, second factor, a password that is
 * due, verification, registration. Deviation: a locked account is invalid_grant, told by error_reason alone. */
#include "flow/oauth/oauth.h"
#include "flow/oauth/oauth_internal.h"
#include "flow/oauth/token/token_internal.h"
#include "model/action/action.h"
#include "model/breach/breach.h"
#include "model/credential/credential.h"
#include "model/factor/factor_challenge.h"
#include "model/proof/proof.h"

struct attempt {
    struct rq *rq;
    const struct form *form;
    struct token_reply *reply;
    struct user *user;
    str password, scope;
};

/* With the id that /api/two-factor/login takes. */
static enum err
ask_factor(struct attempt *t)
{
    struct challenge_order order = {
        .user = t->user,
        .application = t->rq->application,
        .detail = {.authentication = S("PASSWORD")},
    };
    struct token_refusal refusal;
    struct ticket_made made;
    enum err e = factor_challenge_start(t->rq, t->rq->tenant, &order, &made);

    if (e != ERR_OK) {
        return e;
    }
    token_refuse_start(t->rq, &refusal, "two_factor_required", "multi_factor_challenge_required",
        "a second factor is needed");
    json_put_str(&refusal.out, S("two_factor_id"), made.text);
    json_out_name(&refusal.out, S("two_factor_methods"));
    factor_write_methods(&t->user->two_factor, &refusal.out);
    return token_refuse_end(t->rq, &refusal, t->reply);
}

static enum err
ask_new_password(struct attempt *t, enum password_due due)
{
    static const char *const reasons[] = {
        [PASSWORD_FINE] = NULL,
        [PASSWORD_ADMINISTRATIVE] = "change_password_administrative",
        [PASSWORD_BREACHED] = "change_password_breached",
        [PASSWORD_EXPIRED] = "change_password_expired",
        [PASSWORD_VALIDATION] = "change_password_validation",
    };
    struct proof_order order = {
        .kind = TICKET_CHANGE_PASSWORD, .application = t->rq->application, .user = t->user};
    struct token_refusal refusal;
    struct proof_made made;
    enum err e = proof_start(t->rq, t->rq->tenant, &order, &made);

    if (e != ERR_OK) {
        return e;
    }
    token_refuse_start(t->rq, &refusal, "change_password_required", reasons[due],
        "the password has to be changed first");
    json_put_str(&refusal.out, S("change_password_id"), made.text);
    return token_refuse_end(t->rq, &refusal, t->reply);
}

static enum err
refuse(struct attempt *t, const char *error, const char *reason, const char *description)
{
    return token_refuse(t->rq, t->reply, error, reason, description);
}

/* The interaction that the device grant waits for may be this one, as FusionAuth has it. */
static enum err
approve_device(struct attempt *t, bool *ret_ok)
{
    str code = form_get(t->form, S("user_code"));
    struct device_grant *grant = NULL;
    enum err e;

    *ret_ok = true;
    if (code.n == 0) {
        return ERR_OK;
    }
    e = device_grant_find_user_code(t->rq, t->rq->tenant, code, &grant);
    if (e != ERR_OK) {
        return e;
    }
    if (grant == NULL || !uuid_eq(grant->application_id, t->rq->application->id)) {
        *ret_ok = false;
        return refuse(t, "invalid_request", "invalid_user_code", "user_code is not valid");
    }
    grant->user_id = t->user->id;
    grant->authentication = S("PASSWORD");
    grant->auth_instant = t->rq->now;
    return device_grant_approve(t->rq, t->rq->tenant, grant);
}

static enum err
let_in(struct attempt *t)
{
    struct token token = {
        .user_id = t->user->id,
        .auth_instant = t->rq->now,
        .scope = t->scope,
        .authentication_type = S("PASSWORD"),
        .device_name = str_head(form_get(t->form, S("metaData.device.name")), 255),
        .device_type = str_head(form_get(t->form, S("metaData.device.type")), 255),
        .device_description = str_head(form_get(t->form, S("metaData.device.description")), 255),
    };
    struct rq *rq = t->rq;
    bool is_ok;
    enum err e = approve_device(t, &is_ok);

    if (e != ERR_OK || !is_ok) {
        return e;
    }
    e = credential_note_login(rq, rq->tenant, t->user, rq->application->id, t->password);
    return e ? e : token_start(rq, t->user, &token, t->reply);
}

static void
note_failure(struct attempt *t, enum attempt_reason reason)
{
    credential_note_failure(t->rq, t->rq->tenant, t->user->id, reason, user_login_id(t->user));
}

/* The password was right. The order is that of api_login_finish. */
static enum err
finish(struct attempt *t)
{
    const struct application *app = t->rq->application;
    struct dossier_list actions;
    enum password_due due;
    enum err e = action_prevents(t->rq, t->rq->tenant, t->user, app->id, &actions);

    if (e == ERR_OK && actions.count) {
        note_failure(t, ATTEMPT_PREVENTED);
    }
    if (e != ERR_OK || actions.count) {
        return e ? e
                 : refuse(t, "access_denied", "login_prevented", "the person may not sign in now");
    }
    e = breach_check_login(t->rq, t->rq->tenant, app, t->user, t->password);
    if (e != ERR_OK) {
        return e;
    }
    if (factor_needed(t->rq->tenant, app, t->user) != FACTOR_NEED_NONE) {
        return ask_factor(t);
    }
    due = user_password_due(t->rq, t->rq->tenant, t->user, true, t->password);
    if (due != PASSWORD_FINE) {
        return ask_new_password(t, due);
    }
    switch (proof_wanted(t->rq->tenant, app, t->user,
        proof_identity_of(t->rq, t->user, form_get(t->form, S("username"))))) {
    case TICKET_NONE:
        break;
    case TICKET_VERIFY_EMAIL:
        return refuse(t, "access_denied", "email_verification_required",
            "the email address has to be verified first");
    case TICKET_VERIFY_IDENTITY:
        return refuse(t, "access_denied", "phone_verification_required",
            "the telephone number has to be verified first");
    default:
        return refuse(t, "access_denied", "registration_verification_required",
            "the registration has to be verified first");
    }
    if (token_lacks_registration(t->rq, t->user)) {
        return refuse(t, "access_denied", "registration_required",
            "the person is not registered for this application");
    }
    return let_in(t);
}

static enum err
judge(struct attempt *t, enum credential_verdict verdict)
{
    if (verdict == CREDENTIAL_LOCKED) {
        return refuse(t, "invalid_grant", "user_locked", "the account is locked for a while");
    }
    if (verdict == CREDENTIAL_RIGHT && t->user->expiry && t->user->expiry <= t->rq->now) {
        note_failure(t, ATTEMPT_EXPIRED);
        return refuse(t, "invalid_grant", "user_expired", "the account has expired");
    }
    if (verdict == CREDENTIAL_RIGHT && !user_may_sign_in(t->user, t->rq->now)) {
        note_failure(t, ATTEMPT_CLOSED);
        return refuse(t, "invalid_grant", "user_locked", "the account is locked");
    }
    if (verdict == CREDENTIAL_WRONG) {
        return refuse(
            t, "invalid_grant", "invalid_user_credentials", "username or password is not right");
    }
    return finish(t);
}

enum err
token_grant_password(struct rq *rq, const struct form *form, struct token_reply *ret)
{
    str login_id = form_get(form, S("username"));
    struct attempt t = {
        .rq = rq, .form = form, .reply = ret, .password = form_get(form, S("password"))};
    enum credential_verdict verdict;
    const char *problem;
    enum err e = client_must_be_proven(rq, false);

    if (e != ERR_OK) {
        return e;
    }
    if (login_id.n == 0 || t.password.n == 0) {
        return FAIL(
            rq, ERR_INVALID_REQUEST, login_id.n == 0 ? "username" : "password", "is required");
    }
    if (login_id.n > 255 || t.password.n > PASSWORD_MAX_BYTES) {
        return refuse(
            &t, "invalid_grant", "invalid_user_credentials", "username or password is not right");
    }
    if (!scope_grant(rq, rq->application, form_get(form, S("scope")), &t.scope, &problem)) {
        return FAIL(rq, ERR_INVALID_SCOPE, NULL, problem);
    }
    rq->login_application = rq->application->id;
    e = credential_check(rq, rq->tenant, login_id, t.password, &verdict, &t.user);
    return e ? e : judge(&t, verdict);
}
