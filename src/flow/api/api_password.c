/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/forgot-password and /api/user/change-password: by a mail's id, by a token, by an API key. As FusionAuth
 * does, forgot-password tells with 404 that nobody has the login id. Deviations: the built-in mail is always there, so
 * 403 is not; 423 after too many wrong current passwords. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_proof.h"
#include "flow/api/api_refresh.h"
#include "model/breach/breach.h"
#include "model/claims/claims.h"
#include "model/credential/credential.h"
#include "model/factor/factor.h"

/* clang-format off */
struct forgot { /* type ForgotPasswordRequest */
    struct uuid application_id;
    str change_id, email, login_id, username, state, event_info;
    struct field_texts id_types;
    bool sends_mail, sends_message;
};
#define F(member) FIELD_AT(struct forgot, member)
static const struct field forgot_fields[] = {
    {.name = "applicationId",             .kind = FIELD_UUID,  .offset = F(application_id)},
    {.name = "changePasswordId",          .kind = FIELD_SECRET, .offset = F(change_id), .max = 128},
    {.name = "email",                     .kind = FIELD_TEXT,  .offset = F(email),    .flags = FIELD_PERSONAL},
    {.name = "eventInfo",                 .kind = FIELD_JSON,  .offset = F(event_info), .max = 8192},
    {.name = "loginId",                   .kind = FIELD_TEXT,  .offset = F(login_id), .flags = FIELD_PERSONAL},
    {.name = "loginIdTypes",              .kind = FIELD_ENUMS, .offset = F(id_types), .more.names = api_proof_id_types},
    {.name = "sendForgotPasswordEmail",   .kind = FIELD_BOOL,  .offset = F(sends_mail),    .default_int = true},
    {.name = "sendForgotPasswordMessage", .kind = FIELD_BOOL,  .offset = F(sends_message), .default_int = true},
    {.name = "state",                     .kind = FIELD_JSON,  .offset = F(state), .max = 8192},
    {.name = "username",                  .kind = FIELD_TEXT,  .offset = F(username), .flags = FIELD_PERSONAL},
};
const struct field_table api_forgot_table = FIELD_TABLE("ForgotPasswordRequest", forgot_fields, struct forgot, NULL);

struct change { /* type ChangePasswordRequest */
    struct uuid application_id;
    str change_id, current, login_id, password, refresh, trust_challenge, trust, event_info;
    struct field_texts id_types;
};
#define C(member) FIELD_AT(struct change, member)
static const struct field change_fields[] = {
    {.name = "applicationId",    .kind = FIELD_UUID,   .offset = C(application_id)},
    {.name = "changePasswordId", .kind = FIELD_SECRET, .offset = C(change_id), .max = 128},
    {.name = "currentPassword",  .kind = FIELD_SECRET, .offset = C(current), .max = PASSWORD_MAX_BYTES},
    {.name = "eventInfo",        .kind = FIELD_JSON,   .offset = C(event_info), .max = 8192},
    {.name = "loginId",          .kind = FIELD_TEXT,   .offset = C(login_id), .flags = FIELD_PERSONAL},
    {.name = "loginIdTypes",     .kind = FIELD_ENUMS,  .offset = C(id_types), .more.names = api_proof_id_types},
    {.name = "password",         .kind = FIELD_SECRET, .offset = C(password), .flags = FIELD_REQUIRED, .max = PASSWORD_MAX_BYTES},
    {.name = "refreshToken",     .kind = FIELD_SECRET, .offset = C(refresh), .max = 1024},
    {.name = "trustChallenge",   .kind = FIELD_TEXT,   .offset = C(trust_challenge)},
    {.name = "trustToken",       .kind = FIELD_SECRET, .offset = C(trust), .max = 128},
};
const struct field_table api_change_password_table = FIELD_TABLE("ChangePasswordRequest", change_fields, struct change, NULL);
/* clang-format on */

static const enum ticket_kind password_kinds[] = {TICKET_CHANGE_PASSWORD, TICKET_SETUP_PASSWORD};

/* -- forgotten -- */

/* A caller's own id: only with a key, and nobody's yet. */
static enum err
check_given_id(struct rq *rq, const struct tenant *tenant, str id)
{
    struct ticket *taken = NULL;
    enum err e = ERR_OK;

    if (id.n == 0) {
        return ERR_OK;
    }
    if (rq->api_key == NULL || !ticket_text_ok(id)) {
        return api_refuse(rq, "changePasswordId", "invalid",
            "Only a caller with an API key chooses this id: letters and digits, at most 128.");
    }
    e = ticket_find(rq, tenant, TICKET_CHANGE_PASSWORD, id, &taken);
    if (e == ERR_OK && taken != NULL) {
        e = api_refuse(rq, "changePasswordId", "duplicate", "This id is in use: choose another.");
    }
    return e;
}

static str
login_id_of(const struct forgot *forgot)
{
    str login_id = forgot->login_id.n ? forgot->login_id : forgot->email;

    return login_id.n ? login_id : forgot->username;
}

static enum err
start_reset(struct rq *rq, const struct tenant *tenant, const struct application *application,
    const struct forgot *forgot, const struct user *user)
{
    bool is_phone = proof_identity_of(rq, user, login_id_of(forgot)) == PROOF_PHONE;
    struct proof_order order = {.kind = TICKET_CHANGE_PASSWORD,
        .application = application,
        .user = user,
        .value = is_phone ? user->phone_number : user_address(rq->arena, user),
        .state = forgot->state,
        .given_text = forgot->change_id,
        .is_sent = rq->api_key == NULL || (forgot->sends_mail && forgot->sends_message)};
    struct api_answer answer;
    struct proof_made made = {.text = NO_STR};
    bool may_mail;
    enum err e;

    if (order.is_sent && order.value.n == 0) {
        return rq_answer_empty(rq, 422);
    }
    e = api_proof_may_mail(rq, tenant, order.kind, user, &may_mail);
    if (e == ERR_OK && may_mail) {
        e = proof_start(rq, tenant, &order, &made);
    }
    if (e != ERR_OK || rq->api_key == NULL) {
        return e ? e : rq_answer_empty(rq, 200);
    }
    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("changePasswordId"), made.text);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_password_forgot(struct rq *rq)
{
    const struct application *application = NULL;
    const struct tenant *tenant = NULL;
    const struct json *body;
    struct user *user = NULL;
    struct forgot forgot;
    enum err e = api_body(rq, NULL, &api_forgot_table, &forgot, &body);
    str login_id;

    if (e != ERR_OK) {
        return e;
    }
    login_id = login_id_of(&forgot);
    if (login_id.n == 0) {
        struct field_reader reader = api_reader(rq);
        field_fault(&reader, "loginId", "blank", "Say whose password was forgotten.");
    }
    e = api_faults(rq);
    e = e ? e : api_proof_place(rq, forgot.application_id, &tenant, &application);
    e = e ? e : check_given_id(rq, tenant, forgot.change_id);
    e = e ? e : api_proof_person(rq, tenant, login_id, &forgot.id_types, &user);
    if (e != ERR_OK || user == NULL) {
        return e ? e : api_not_found(rq);
    }
    return start_reset(rq, tenant, application, &forgot, user);
}

/* -- changed -- */

struct call { /* one change on its way */
    struct rq *rq;
    struct change change;
    const struct tenant *tenant;
    struct proof *proof; /* NULL: by token or key */
    struct user *before;
    struct user after;
};

/* FusionAuth says what was wrong only to a caller with a key. */
static enum err
refuse_current(struct call *call)
{
    if (call->rq->api_key == NULL) {
        return api_not_found(call->rq);
    }
    return api_refuse(
        call->rq, "currentPassword", "invalid", "The current password is not the user's password.");
}

/* The same test as at sign-in, with its lock; *ret_is_answered when it has answered. */
static enum err
check_current(struct call *call, bool *ret_is_answered)
{
    enum credential_verdict verdict;
    struct user *user;
    enum err e;

    *ret_is_answered = false;
    if (call->change.current.n == 0) {
        return ERR_OK;
    }
    e = credential_check(
        call->rq, call->tenant, user_login_id(call->before), call->change.current, &verdict, &user);
    if (e != ERR_OK) {
        return e;
    }
    if (verdict == CREDENTIAL_LOCKED) {
        *ret_is_answered = true;
        return rq_answer_empty(call->rq, 423);
    }
    return verdict == CREDENTIAL_RIGHT ? ERR_OK : refuse_current(call);
}

/* By who holds a good refresh token of the user: then the one-time password may give another. */
static enum err
has_refresh(struct call *call, bool *ret)
{
    str cookie = api_token_cookie(call->rq, "refresh_token");
    str text = cookie.n ? cookie : call->change.refresh;
    struct api_refresh found = {.grant = NULL};
    enum err e = ERR_OK;

    if (text.n) {
        e = api_refresh_find_of(call->rq, text, call->tenant, &found);
    }
    *ret = found.grant != NULL && uuid_eq(found.grant->user_id, call->before->id);
    return e;
}

static enum err
answer_change(struct call *call)
{
    struct api_answer answer;
    bool may_refresh;
    str password;
    enum err e = has_refresh(call, &may_refresh);

    e = e ? e
          : proof_one_time_password(
              call->rq, call->tenant, call->before->id, may_refresh, &password);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(call->rq, &answer);
    json_put_str(&answer.out, S("oneTimePassword"), password);
    if (call->proof != NULL && call->proof->state.n) {
        json_put_raw(&answer.out, S("state"), call->proof->state);
    }
    return api_answer_send(call->rq, &answer, 200);
}

static enum err
refuse_untrusted(struct rq *rq)
{
    return api_refuse(rq, "", "TrustTokenRequired",
        "This person has a second factor: get a trustToken by a two-factor login first.");
}

/* The way to a new password is no way around a second factor. */
static enum err
check_trust(struct call *call)
{
    bool is_trusted;
    enum err e;

    if (factor_needed(call->tenant, NULL, call->before) != FACTOR_NEED_CODE) {
        return ERR_OK;
    }
    if (call->change.trust.n == 0) {
        return refuse_untrusted(call->rq);
    }
    e = proof_take_trust(call->rq, call->tenant, call->before->id, call->change.trust,
        call->change.trust_challenge, &is_trusted);
    if (e == ERR_OK && !is_trusted) {
        e = api_refuse(call->rq, "trustToken", "invalid",
            "This trust token is over, another person's, or was begun with another challenge.");
    }
    return e;
}

/* Who it is has been told apart: the rules, the current password, the change. */
static enum err
change_it(struct call *call, bool has_answer)
{
    struct field_reader reader = api_reader(call->rq);
    bool is_answered;
    enum err e;

    CHECK(call->before != NULL);
    call->after = *call->before;
    call->after.password = call->change.password;
    user_check_password(&reader, call->tenant, &call->after, "");
    e = api_faults(call->rq);
    e = e ? e : check_current(call, &is_answered);
    if (e != ERR_OK || is_answered) {
        return e;
    }
    e = user_check_change(call->rq, call->tenant, &reader, call->before, &call->after, "");
    e = e ? e : api_faults(call->rq);
    e = e ? e : breach_check_new(call->rq, call->tenant, &reader, &call->after, "");
    e = e ? e : api_faults(call->rq);
    e = e ? e : check_trust(call);
    if (e != ERR_OK) {
        return e;
    }
    e = proof_set_password(call->rq, call->tenant, call->proof, call->before, &call->after);
    if (e != ERR_OK) {
        return e;
    }
    return has_answer ? answer_change(call) : rq_answer_empty(call->rq, 200);
}

static enum err
change_by_id(struct call *call, str id)
{
    enum err e = api_proof_find(
        call->rq, id, password_kinds, COUNT(password_kinds), &call->tenant, &call->proof);

    if (e != ERR_OK) {
        return e;
    }
    call->before = call->proof->user;
    return user_may_sign_in(call->before, call->rq->now) ? change_it(call, true)
                                                         : api_not_found(call->rq);
}

static enum err
change_by_login_id(struct call *call)
{
    const struct application *application;
    struct rq *rq = call->rq;
    enum err e;

    if (call->change.login_id.n == 0) {
        return api_refuse(rq, "loginId", "blank", "Say whose password is to be changed.");
    }
    e = api_proof_place(rq, call->change.application_id, &call->tenant, &application);
    e = e ? e
          : api_proof_person(
              rq, call->tenant, call->change.login_id, &call->change.id_types, &call->before);
    if (e != ERR_OK || call->before == NULL) {
        return e ? e : api_not_found(rq);
    }
    return change_it(call, false);
}

/* The person behind the access token of this call; ERR_UNAUTHENTICATED without one, and for a token that a third party
 * holds. */
static enum err
find_bearer(struct rq *rq, const struct tenant **ret_tenant, struct user **ret)
{
    struct access *access;
    bool is_trusted = false;
    enum err e = api_refresh_bearer(rq, &access);

    *ret = NULL;
    if (e == ERR_OK && access != NULL) {
        e = api_refresh_is_trusted(rq, access, &is_trusted);
    }
    if (e == ERR_OK && is_trusted) {
        *ret_tenant = access->tenant;
        e = user_load(rq, access->tenant, access->user_id, USER_REGISTRATIONS, ret);
    }
    if (e == ERR_OK && (*ret == NULL || !user_may_sign_in(*ret, rq->now))) {
        e = FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an id, an API key or an access token");
    }
    return e;
}

static enum err
change_by_token(struct call *call)
{
    enum err e = find_bearer(call->rq, &call->tenant, &call->before);

    if (e == ERR_OK && call->change.current.n == 0) {
        e = api_refuse(
            call->rq, "currentPassword", "blank", "Send the password as it is now, too.");
    }
    return e ? e : change_it(call, true);
}

enum err
api_password_change(struct rq *rq)
{
    struct call *call = ARENA_NEW(rq->arena, struct call);
    const struct json *body;
    enum err e;
    str id;

    if (call == NULL) {
        return FAIL_SERVER(rq);
    }
    arena_keep_secret(rq->arena);
    call->rq = rq;
    e = api_body(rq, NULL, &api_change_password_table, &call->change, &body);
    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "password", "blank", "Send the new password.");
    }
    e = e ? e : api_faults(rq);
    if (e != ERR_OK) {
        return e;
    }
    id = call->change.change_id.n ? call->change.change_id : rq->segments[0];
    if (id.n) {
        return change_by_id(call, id);
    }
    return rq->api_key != NULL ? change_by_login_id(call) : change_by_token(call);
}

/* -- asked before -- */

static enum err
find_to_check(struct rq *rq, const struct tenant **ret_tenant, struct user **ret)
{
    struct field_texts login_ids, types;
    struct proof *proof;
    enum err e;

    if (rq->segments[0].n) {
        e = api_proof_find(
            rq, rq->segments[0], password_kinds, COUNT(password_kinds), ret_tenant, &proof);
        *ret = e ? NULL : proof->user;
        return e;
    }
    if (rq->api_key == NULL) {
        return find_bearer(rq, ret_tenant, ret);
    }
    e = api_query_all(rq, "loginId", &login_ids);
    if (e == ERR_OK && login_ids.count == 0) { /* as clients called it until 1.60 */
        e = api_query_all(rq, "username", &login_ids);
    }
    e = e ? e : api_user_id_types(rq, &types);
    if (e == ERR_OK && login_ids.count == 0) {
        e = api_refuse(rq, "loginId", "blank", "Say whose password is to be changed.");
    }
    e = e ? e : api_tenant(rq);
    *ret_tenant = rq->tenant;
    return e ? e : api_proof_person(rq, rq->tenant, login_ids.items[0], &types, ret);
}

enum err
api_password_check(struct rq *rq)
{
    const struct tenant *tenant = NULL;
    struct user *user = NULL;
    enum err e = find_to_check(rq, &tenant, &user);

    if (e != ERR_OK || user == NULL || !user_may_sign_in(user, rq->now)) {
        return e ? e : api_not_found(rq);
    }
    return factor_needed(tenant, NULL, user) == FACTOR_NEED_CODE ? refuse_untrusted(rq)
                                                                 : rq_answer_empty(rq, 200);
}
