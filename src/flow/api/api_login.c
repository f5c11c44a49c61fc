/* SPDX-License-Identifier: Apache-2.0 */
/* /api/login: a password tested for an application's own form, and the note that somebody came in another
 * way. Deviation: an unknown login id is 423 after as many failures as a known
 * one. Order: the caller, the lock, the password, the account (invariant 10). */
#include "flow/api/api_action.h"
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_login.h"
#include "flow/api/api_refresh.h"
#include "flow/api/api_user.h"
#include "model/claims/claims.h"
#include "model/credential/credential.h"
#include "model/proof/proof.h"

/* clang-format off */
static const char *const id_types[] = {"email", "phoneNumber", "username", NULL};

#define L(member) FIELD_AT(struct login, member)
struct login {
    struct api_login_base base;
    struct uuid user_id;
    str login_id, password, trust, one_time;
    struct field_texts id_types;
};
/* A one-time password stands for both. */
static void
check_login(struct field_check *check)
{
    const struct login *login = check->object;

    if (login->one_time.n == 0 && login->login_id.n == 0) {
        field_check_fault(check, "loginId", "blank", "Send a login id.");
    }
    if (login->one_time.n == 0 && login->password.n == 0) {
        field_check_fault(check, "password", "blank", "Send a password.");
    }
}
static const struct field login_fields[] = {
    API_LOGIN_BASE_FIELDS,
    {.name = "loginId",           .kind = FIELD_TEXT,   .offset = L(login_id), .flags = FIELD_PERSONAL},
    {.name = "loginIdTypes",      .kind = FIELD_ENUMS,  .offset = L(id_types), .more.names = id_types},
    {.name = "oneTimePassword",   .kind = FIELD_SECRET, .offset = L(one_time), .max = 128},
    {.name = "password",          .kind = FIELD_SECRET, .offset = L(password), .max = 1024},
    {.name = "twoFactorTrustId",  .kind = FIELD_TEXT,   .offset = L(trust)},
};
const struct field_table api_login_table = FIELD_TABLE("LoginRequest", login_fields, struct login, check_login);

static const struct field ping_fields[] = {
    API_LOGIN_BASE_FIELDS,
    {.name = "userId",            .kind = FIELD_UUID,   .offset = L(user_id)},
};
const struct field_table api_login_ping_table = FIELD_TABLE("LoginPingRequest", ping_fields, struct login, NULL);
/* clang-format on */

struct call { /* one login on its way */
    struct rq *rq;
    struct login login;
    const struct tenant *tenant;
    const struct application *application; /* NULL: none was named */
    struct user *user;
};

static enum err
refuse_caller(struct rq *rq)
{
    return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key in the Authorization header");
}

/* The tenant is the application's; without an application it is the caller's. */
static enum err
find_place(struct call *call)
{
    struct rq *rq = call->rq;
    const struct application *app;
    enum err e;

    if (uuid_is_nil(call->login.base.application_id)) {
        e = api_tenant(rq);
        call->tenant = rq->tenant;
        return e ? e : (call->tenant->login.needs_api_key && !rq->api_key ? refuse_caller(rq) : e);
    }
    e = api_application_find(rq, call->login.base.application_id, &call->tenant, &app);
    if (e != ERR_OK) {
        return e;
    }
    if (rq->api_key == NULL && (app == NULL || app->login.needs_api_key)) {
        return refuse_caller(rq); /* the same for an application that is not there */
    }
    if (app == NULL || !app->active) {
        return api_application_refuse(rq);
    }
    call->application = app;
    return ERR_OK;
}

/* Was the login id one of the kinds the caller asked for? Judged after the hash, so that time tells
 * nothing. */
static bool
is_of_type(const struct call *call)
{
    const struct field_texts *types = &call->login.id_types;
    struct arena *arena = call->rq->arena;
    str given = identity_normal(arena, call->login.login_id);
    const str values[] = {
        call->user->email, call->user->phone_number, user_unique_username(call->user)};

    for (size_t i = 0; i < COUNT(values); i++) {
        for (size_t t = 0; t < types->count; t++) {
            if (str_eq(types->items[t], str_from(id_types[i]))
                && str_eq(given, identity_normal(arena, values[i]))) {
                return true;
            }
        }
    }
    return types->count == 0;
}

static enum err
judge(struct call *call, enum credential_verdict verdict)
{
    struct rq *rq = call->rq;
    struct api_entry entry;

    if (verdict == CREDENTIAL_LOCKED) {
        return rq_answer_empty(rq, 423);
    }
    if (verdict != CREDENTIAL_WRONG && !is_of_type(call)) {
        credential_note_failure(
            rq, call->tenant, call->user->id, ATTEMPT_UNKNOWN, call->login.login_id);
        verdict = CREDENTIAL_WRONG;
    }
    if (verdict == CREDENTIAL_WRONG) {
        return api_not_found(rq);
    }
    entry = (struct api_entry){
        .tenant = call->tenant,
        .application = call->application,
        .user = call->user,
        .authentication = verdict == CREDENTIAL_TOKEN ? "APPLICATION_TOKEN" : "PASSWORD",
        .password = verdict == CREDENTIAL_TOKEN ? NO_STR : call->login.password,
        .is_by_phone = proof_identity_of(rq, call->user, call->login.login_id) == PROOF_PHONE,
        .trust = call->login.trust,
        .base = &call->login.base,
    };
    return api_login_finish(rq, &entry);
}

/* After a changed password: whoever changed it is not asked for it again. */
static enum err
enter_once(struct call *call)
{
    struct rq *rq = call->rq;
    struct api_entry entry = {.tenant = call->tenant,
        .application = call->application,
        .authentication = "ONE_TIME_PASSWORD",
        .trust = call->login.trust,
        .base = &call->login.base};
    struct ticket *ticket;
    bool may_refresh;
    enum err e =
        proof_find_one_time_password(rq, call->tenant, call->login.one_time, &ticket, &may_refresh);

    if (e == ERR_OK && ticket != NULL) {
        e = user_load(rq, call->tenant, ticket->user_id, USER_REGISTRATIONS, &call->user);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (call->user == NULL) {
        credential_note_failure(
            rq, call->tenant, (struct uuid){{0}}, ATTEMPT_ONE_TIME, call->login.login_id);
        return api_not_found(rq);
    }
    ticket_use(rq, ticket);
    entry.user = call->user;
    entry.has_no_refresh = !may_refresh;
    return api_login_finish(rq, &entry);
}

enum err
api_login(struct rq *rq)
{
    struct call call = {.rq = rq};
    enum credential_verdict verdict;
    struct credential_ask ask;
    const struct json *body;
    enum err e = api_body(rq, NULL, &api_login_table, &call.login, &body);

    arena_keep_secret(rq->arena);
    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "loginId", "blank", "Send a loginId and a password.");
    }
    e = e ? e : api_faults(rq);
    e = e ? e : find_place(&call);
    rq->login_application = call.login.base.application_id;
    api_info_take_login(rq, &call.login.base);
    if (e == ERR_OK && call.login.one_time.n) {
        return enter_once(&call);
    }
    e = e ? e : api_user_phone(rq, call.tenant, &call.login.id_types, &call.login.login_id);
    ask = (struct credential_ask){
        call.tenant, call.application, call.login.login_id, call.login.password};
    e = e ? e : credential_check_any(rq, &ask, &verdict, &call.user);
    return e ? e : judge(&call, verdict);
}

/* With an API key for anybody, with a token for its own user and application. */
static enum err
find_person(struct call *call)
{
    struct rq *rq = call->rq;
    struct access *access;
    enum err e;

    if (rq->api_key != NULL) {
        if (uuid_is_nil(call->login.user_id)) {
            return api_refuse(rq, "userId", "blank", "Say whose login it was.");
        }
        e = api_user_find(rq, call->login.user_id, &call->tenant, &call->user);
        return e ? e : (call->user == NULL ? api_not_found(rq) : ERR_OK);
    }
    e = api_refresh_bearer(rq, &access);
    if (e != ERR_OK) {
        return e;
    }
    if (access == NULL || uuid_is_nil(access->user_id)) {
        return refuse_caller(rq);
    }
    call->tenant = access->tenant;
    call->login.base.application_id = access->application_id;
    e = user_load(rq, access->tenant, access->user_id, USER_REGISTRATIONS, &call->user);
    return e ? e : (call->user == NULL ? refuse_caller(rq) : ERR_OK);
}

static enum err
note_ping(struct call *call)
{
    struct rq *rq = call->rq;
    const struct application *app = NULL;
    struct uuid id = call->login.base.application_id;
    struct dossier_list actions;
    enum err e = uuid_is_nil(id) ? ERR_OK : application_in(rq, id, call->tenant->id, &app);

    if (e != ERR_OK) {
        return e;
    }
    if (!uuid_is_nil(id) && app == NULL) {
        return api_application_refuse(rq);
    }
    api_info_take_login(rq, &call->login.base);
    if (api_login_barrier(rq, call->user)) {
        return rq_answer_empty(rq, api_login_barrier(rq, call->user));
    }
    e = action_prevents(rq, call->tenant, call->user, id, &actions);
    if (e != ERR_OK || actions.count) {
        return e ? e : api_action_answer_prevented(rq, &actions);
    }
    e = credential_note_login(rq, call->tenant, call->user, id, NO_STR);
    return e ? e
             : rq_answer_empty(
                 rq, app == NULL || user_registration(call->user, id) != NULL ? 200 : 202);
}

/* ?ipAddress= where the body says none. */
static enum err
read_address(struct call *call)
{
    struct field_reader reader = api_reader(call->rq);
    str text = rq_query_get(call->rq, S("ipAddress"));

    if (call->login.base.address.n || text.n == 0 || api_is_left_out(text)) {
        return ERR_OK;
    }
    if (!api_info_is_address(text)) {
        field_fault(&reader, "ipAddress", "invalid", "Write an IPv4 or IPv6 address.");
    }
    call->login.base.address = text;
    return ERR_OK;
}

enum err
api_login_ping(struct rq *rq)
{
    struct call call = {.rq = rq};
    const struct json *body;
    enum err e = api_body(rq, NULL, &api_login_ping_table, &call.login, &body);

    if (e == ERR_OK && rq->segments[0].n) {
        e = rq_segment_id(rq, 0, "userId", &call.login.user_id);
        e = e ? e : rq_segment_id(rq, 1, "applicationId", &call.login.base.application_id);
    }
    e = e ? e : read_address(&call);
    e = e ? e : api_faults(rq);
    e = e ? e : find_person(&call);
    return e ? e : note_ping(&call);
}
