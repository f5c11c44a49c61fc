/* SPDX-License-Identifier: Apache-2.0 */
/* /api/login: a password tested for an application's own form, and the note that somebody came in another
 * way. Refused: oneTimePassword. Deviations: 203 has a reason, no changePasswordId; the account an
 * administrator closed and the one locked after failures are both 423, and so is an unknown login id
 * after as many failures. Order: the caller, the lock, the password, the account (invariant 10). */
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_login.h"
#include "flow/api/api_refresh.h"
#include "flow/api/api_user.h"
#include "model/claims/claims.h"
#include "model/credential/credential.h"

/* An address as the caller saw it: digits, letters to f, dots and colons. */
static void
check_address(struct field_check *check)
{
    str value = *(const str *)(const void *)((const char *)check->object + check->field->offset);

    for (size_t i = 0; i < value.n; i++) {
        if (memchr("0123456789abcdefABCDEF.:", value.p[i], 24) == NULL) {
            field_check_fault(check, NULL, "invalid", "Write an IPv4 or IPv6 address.");
            return;
        }
    }
}

/* clang-format off */
static const char *const id_types[] = {"email", "phoneNumber", "username", NULL};

#define D(member) FIELD_AT(struct api_device, member)
static const struct field device_fields[] = {
    {.name = "description",         .kind = FIELD_TEXT,    .offset = D(description)},
    {.name = "lastAccessedAddress", .kind = FIELD_TEXT,    .offset = D(last_address), .flags = FIELD_READ_ONLY},
    {.name = "lastAccessedInstant", .kind = FIELD_INSTANT, .offset = D(last_instant), .flags = FIELD_READ_ONLY},
    {.name = "name",                .kind = FIELD_TEXT,    .offset = D(name)},
    {.name = "type",                .kind = FIELD_TEXT,    .offset = D(type)},
};
static const struct field_table device_table = FIELD_TABLE("DeviceInfo", device_fields, struct api_device, NULL);

#define M(member) FIELD_AT(struct api_metadata, member)
static const struct field metadata_fields[] = {
    {.name = "data",      .kind = FIELD_LATER},
    {.name = "device",    .kind = FIELD_OBJECT, .offset = M(device), .more.table = &device_table},
    {.name = "resources", .kind = FIELD_LATER},
    {.name = "scopes",    .kind = FIELD_TEXTS,  .offset = M(scopes), .flags = FIELD_READ_ONLY},
};
const struct field_table api_metadata_table = FIELD_TABLE("MetaData", metadata_fields, struct api_metadata, NULL);

#define L(member) FIELD_AT(struct login, member)
struct login {
    struct uuid application_id, user_id;
    bool is_new_device, no_jwt;
    str address, event_info, login_id, password, trust;
    struct field_texts id_types;
    struct api_metadata meta;
};
#define BASE_FIELDS \
    {.name = "applicationId",     .kind = FIELD_UUID,   .offset = L(application_id)}, \
    {.name = "botDetectionScore", .kind = FIELD_LATER}, \
    {.name = "eventInfo",         .kind = FIELD_JSON,   .offset = L(event_info), .max = 8192}, \
    {.name = "ipAddress",         .kind = FIELD_TEXT,   .offset = L(address), .min = 2, .max = 45, .rule = check_address}, \
    {.name = "metaData",          .kind = FIELD_OBJECT, .offset = L(meta), .more.table = &api_metadata_table}, \
    {.name = "newDevice",         .kind = FIELD_BOOL,   .offset = L(is_new_device)}, \
    {.name = "noJWT",             .kind = FIELD_BOOL,   .offset = L(no_jwt)}
static const struct field login_fields[] = {
    BASE_FIELDS,
    {.name = "loginId",           .kind = FIELD_TEXT,   .offset = L(login_id), .flags = FIELD_REQUIRED | FIELD_PERSONAL},
    {.name = "loginIdTypes",      .kind = FIELD_ENUMS,  .offset = L(id_types), .more.names = id_types},
    {.name = "oneTimePassword",   .kind = FIELD_LATER},
    {.name = "password",          .kind = FIELD_SECRET, .offset = L(password), .flags = FIELD_REQUIRED, .max = 1024},
    {.name = "twoFactorTrustId",  .kind = FIELD_TEXT,   .offset = L(trust)},
};
const struct field_table api_login_table = FIELD_TABLE("LoginRequest", login_fields, struct login, NULL);

static const struct field ping_fields[] = {
    BASE_FIELDS,
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
    bool is_registered;
};

static enum err
refuse_caller(struct rq *rq)
{
    return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key in the Authorization header");
}

static enum err
refuse_application(struct rq *rq)
{
    return api_refuse(rq, "applicationId", "invalid", "Name an active application of this tenant.");
}

/* The tenant is the application's; without an application it is the caller's. */
static enum err
find_place(struct call *call)
{
    struct rq *rq = call->rq;
    const struct application *app;
    enum err e;

    if (uuid_is_nil(call->login.application_id)) {
        e = api_tenant(rq);
        call->tenant = rq->tenant;
        return e ? e : (call->tenant->login.needs_api_key && !rq->api_key ? refuse_caller(rq) : e);
    }
    e = api_application_find(rq, call->login.application_id, &call->tenant, &app);
    if (e != ERR_OK) {
        return e;
    }
    if (rq->api_key == NULL && (app == NULL || app->login.needs_api_key)) {
        return refuse_caller(rq); /* the same for an application that is not there */
    }
    if (app == NULL || !app->active) {
        return refuse_application(rq);
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
    const str values[] = {call->user->email, call->user->phone_number, call->user->username};

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
answer_change_password(struct rq *rq)
{
    struct api_answer answer;

    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("changePasswordReason"), S("Administrative"));
    return api_answer_send(rq, &answer, 203);
}

/* What stands between a right password and the door; 0: nothing. */
static int
barrier(const struct call *call)
{
    if (!call->user->active) {
        return 423;
    }
    return call->user->expiry && call->user->expiry <= call->rq->now ? 410 : 0;
}

static enum err
give_tokens(struct call *call, struct api_tokens *ret)
{
    const struct api_device *device = &call->login.meta.device;
    struct api_token_wish wish = {
        .tenant = call->tenant,
        .application = call->is_registered ? call->application : NULL, /* as FusionAuth does */
        .user = call->user,
        .authentication = "PASSWORD",
        .device_name = device->name,
        .device_type = device->type,
        .device_description = device->description,
        .wants_refresh = true,
    };

    if (call->rq->api_key
        != NULL) { /* only somebody we know is believed about where it came from */
        wish.address = call->login.address;
    }
    return api_token_make(call->rq, &wish, ret);
}

static enum err
let_in(struct call *call)
{
    struct api_tokens tokens = {.expires_at = 0};
    struct uuid app_id = call->application ? call->application->id : (struct uuid){{0}};
    struct api_answer answer;
    enum err e;

    call->is_registered =
        call->application != NULL && user_registration(call->user, app_id) != NULL;
    e = credential_note_login(call->rq, call->tenant, call->user, app_id, call->login.password);
    if (e == ERR_OK && !call->login.no_jwt) {
        e = give_tokens(call, &tokens);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (tokens.access.n) {
        api_token_set_cookies(call->rq, &tokens);
    }
    api_answer_start(call->rq, &answer);
    api_token_write(call->rq, &tokens, &answer.out);
    json_out_name(&answer.out, S("user"));
    user_write(call->user, &answer.out);
    return api_answer_send(
        call->rq, &answer, call->application == NULL || call->is_registered ? 200 : 202);
}

static enum err
judge(struct call *call, enum credential_verdict verdict)
{
    struct rq *rq = call->rq;

    if (verdict == CREDENTIAL_LOCKED) {
        return rq_answer_empty(rq, 423);
    }
    if (verdict == CREDENTIAL_WRONG || !is_of_type(call)) {
        return api_not_found(rq);
    }
    if (barrier(call)) {
        return rq_answer_empty(rq, barrier(call));
    }
    if (call->user->password_change_required) {
        return answer_change_password(rq);
    }
    return let_in(call);
}

enum err
api_login(struct rq *rq)
{
    struct call call = {.rq = rq};
    enum credential_verdict verdict;
    const struct json *body;
    enum err e = api_body(rq, NULL, &api_login_table, &call.login, &body);

    arena_keep_secret(rq->arena);
    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "loginId", "blank", "Send a loginId and a password.");
    }
    e = e ? e : api_faults(rq);
    e = e ? e : find_place(&call);
    e = e ? e
          : credential_check(
              rq, call.tenant, call.login.login_id, call.login.password, &verdict, &call.user);
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
    call->login.application_id = access->application_id;
    e = user_load(rq, access->tenant, access->user_id, USER_REGISTRATIONS, &call->user);
    return e ? e : (call->user == NULL ? refuse_caller(rq) : ERR_OK);
}

static enum err
note_ping(struct call *call)
{
    struct rq *rq = call->rq;
    const struct application *app = NULL;
    struct uuid id = call->login.application_id;
    enum err e = uuid_is_nil(id) ? ERR_OK : application_load(rq, id, &app);

    if (e != ERR_OK) {
        return e;
    }
    if (!uuid_is_nil(id) && (app == NULL || !uuid_eq(app->tenant_id, call->tenant->id))) {
        return refuse_application(rq);
    }
    if (barrier(call)) {
        return rq_answer_empty(rq, barrier(call));
    }
    e = credential_note_login(rq, call->tenant, call->user, id, NO_STR);
    return e ? e
             : rq_answer_empty(
                 rq, app == NULL || user_registration(call->user, id) != NULL ? 200 : 202);
}

enum err
api_login_ping(struct rq *rq)
{
    struct call call = {.rq = rq};
    const struct json *body;
    enum err e = api_body(rq, NULL, &api_login_ping_table, &call.login, &body);

    if (e == ERR_OK && rq->segments[0].n) {
        e = rq_segment_id(rq, 0, "userId", &call.login.user_id);
        e = e ? e : rq_segment_id(rq, 1, "applicationId", &call.login.application_id);
    }
    e = e ? e : api_faults(rq);
    e = e ? e : find_person(&call);
    return e ? e : note_ping(&call);
}
