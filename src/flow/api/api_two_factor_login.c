/* SPDX-License-Identifier: Apache-2.0 */
/* /api/two-factor: challenges begun, their codes sent, answered; and whether one would be asked for. Deviation:
 * 423 for a person whose second factor was guessed at too often, as /api/login answers; a step-up begun by
 * /start that ends in a sign-in says ONE_TIME_PASSWORD of how it was proven. */
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_proof.h"
#include "flow/api/api_token.h"
#include "flow/api/api_two_factor.h"
#include "model/credential/credential.h"
#include "model/lockout/lockout.h"
#include "model/messagetemplate/messagetemplate.h"

/* clang-format off */
struct start { /* type TwoFactorStartRequest */
    struct uuid application_id, user_id;
    str code, login_id, state, trust_challenge;
    struct field_texts id_types;
};
#define ST(member) FIELD_AT(struct start, member)
static const struct field start_fields[] = {
    {.name = "applicationId",    .kind = FIELD_UUID,   .offset = ST(application_id)},
    {.name = "code",             .kind = FIELD_SECRET, .offset = ST(code), .min = 4, .max = 64},
    {.name = "loginId",          .kind = FIELD_TEXT,   .offset = ST(login_id), .flags = FIELD_PERSONAL},
    {.name = "loginIdTypes",     .kind = FIELD_ENUMS,  .offset = ST(id_types), .more.names = api_proof_id_types},
    {.name = "state",            .kind = FIELD_JSON,   .offset = ST(state), .max = FACTOR_STATE_MAX},
    {.name = "trustChallenge",   .kind = FIELD_TEXT,   .offset = ST(trust_challenge)},
    {.name = "userId",           .kind = FIELD_UUID,   .offset = ST(user_id)},
};
const struct field_table api_two_factor_start_table = FIELD_TABLE("TwoFactorStartRequest", start_fields, struct start, NULL);

struct send { /* type TwoFactorSendRequest */
    struct uuid application_id, user_id;
    str email, method_id, mobile_phone;
    int message_type, method;
};
#define SE(member) FIELD_AT(struct send, member)
static const struct field send_fields[] = {
    {.name = "applicationId",    .kind = FIELD_UUID,  .offset = SE(application_id)}, /* its templates come first */
    {.name = "email",            .kind = FIELD_EMAIL, .offset = SE(email), .flags = FIELD_PERSONAL},
    {.name = "messageType",      .kind = FIELD_ENUM,  .offset = SE(message_type), .default_int = -1, .more.names = message_types},
    {.name = "method",           .kind = FIELD_ENUM,  .offset = SE(method), .default_int = -1, .more.names = factor_methods},
    {.name = "methodId",         .kind = FIELD_TEXT,  .offset = SE(method_id), .max = 32},
    {.name = "mobilePhone",      .kind = FIELD_TEXT,  .offset = SE(mobile_phone), .flags = FIELD_PERSONAL, .max = 32},
    {.name = "userId",           .kind = FIELD_UUID,  .offset = SE(user_id)},
};
const struct field_table api_two_factor_send_table = FIELD_TABLE("TwoFactorSendRequest", send_fields, struct send, NULL);

struct login { /* type TwoFactorLoginRequest */
    struct api_login_base base;
    struct uuid user_id;
    str code, two_factor_id;
    bool trusts_computer;
};
#define L(member) FIELD_AT(struct login, member)
static const struct field login_fields[] = {
    API_LOGIN_BASE_FIELDS,
    {.name = "code",             .kind = FIELD_SECRET, .offset = L(code), .flags = FIELD_REQUIRED, .max = 64},
    {.name = "trustComputer",    .kind = FIELD_BOOL,   .offset = L(trusts_computer)},
    {.name = "twoFactorId",      .kind = FIELD_SECRET, .offset = L(two_factor_id), .flags = FIELD_REQUIRED, .max = 128},
    {.name = "userId",           .kind = FIELD_UUID,   .offset = L(user_id)},
};
const struct field_table api_two_factor_login_table = FIELD_TABLE("TwoFactorLoginRequest", login_fields, struct login, NULL);

enum action { ACTION_CHANGE_PASSWORD, ACTION_LOGIN, ACTION_STEP_UP };
static const char *const actions[] = {"changePassword", "login", "stepUp", NULL};
struct status { /* type TwoFactorStatusRequest */
    struct uuid application_id, user_id;
    str access_token, event_info, trust;
    int action;
};
#define SS(member) FIELD_AT(struct status, member)
static const struct field status_fields[] = {
    {.name = "accessToken",      .kind = FIELD_SECRET, .offset = SS(access_token), .max = 8192}, /* for a lambda to look at */
    {.name = "action",           .kind = FIELD_ENUM,   .offset = SS(action), .default_int = ACTION_LOGIN, .more.names = actions},
    {.name = "applicationId",    .kind = FIELD_UUID,   .offset = SS(application_id)},
    {.name = "eventInfo",        .kind = FIELD_JSON,   .offset = SS(event_info), .max = 8192},
    {.name = "twoFactorTrustId", .kind = FIELD_SECRET, .offset = SS(trust), .max = 128},
    {.name = "userId",           .kind = FIELD_UUID,   .offset = SS(user_id)},
};
const struct field_table api_two_factor_status_table = FIELD_TABLE("TwoFactorStatusRequest", status_fields, struct status, NULL);
/* clang-format on */

static void
put_methods(struct json_out *out, const struct user *user)
{
    json_out_name(out, S("methods"));
    factor_write_methods(&user->two_factor, out);
}

static void
put_configurable(struct json_out *out, const struct tenant *tenant)
{
    json_out_name(out, S("configurableMethods"));
    json_out_array(out);
    for (int i = 0; factor_methods[i] != NULL; i++) {
        if (factor_is_allowed(tenant, (enum factor_method)i)) {
            json_out_str(out, str_from(factor_methods[i]));
        }
    }
    json_out_array_end(out);
}

static enum err
refuse_application(struct rq *rq)
{
    return api_refuse(rq, "applicationId", "invalid", "Name an active application of this tenant.");
}

/* ---- the question, at the end of every first step ---- */

static enum err
ask(struct rq *rq, const struct api_entry *entry, enum factor_need need)
{
    struct challenge_order order = {
        .user = entry->user,
        .application = entry->application,
        .detail = {.authentication = str_from(entry->authentication),
            .state = entry->state,
            .is_by_phone = entry->is_by_phone},
    };
    struct api_answer answer;
    struct ticket_made made;
    enum err e = factor_challenge_start(rq, entry->tenant, &order, &made);

    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    if (need == FACTOR_NEED_SETUP) {
        put_configurable(&answer.out, entry->tenant);
    }
    put_methods(&answer.out, entry->user);
    json_put_str(&answer.out, S("twoFactorId"), made.text);
    return api_answer_send(rq, &answer, 242);
}

enum err
api_two_factor_ask(struct rq *rq, const struct api_entry *entry, bool *ret_asked)
{
    enum factor_need need = factor_needed(entry->tenant, entry->application, entry->user);
    struct factor_trusted trusted;
    enum err e;

    *ret_asked = false;
    if (entry->is_proven_twice || need == FACTOR_NEED_NONE) {
        return ERR_OK;
    }
    e = factor_trust_look(rq, entry->tenant, entry->application, entry->user->id,
        api_token_trust(rq, entry->trust), &trusted);
    if (e != ERR_OK || (need == FACTOR_NEED_CODE && trusted.spares)) {
        return e;
    }
    *ret_asked = true;
    return ask(rq, entry, need);
}

/* ---- POST /api/two-factor/start ---- */

static enum err
find_person(struct rq *rq, const struct start *start, const struct tenant **ret_tenant,
    const struct application **ret_app, struct user **ret)
{
    enum err e;

    if (uuid_is_nil(start->user_id) && start->login_id.n == 0) {
        return api_refuse(rq, "loginId", "blank", "Name the person: by userId or loginId.");
    }
    e = uuid_is_nil(start->user_id) || !uuid_is_nil(start->application_id)
            ? api_proof_place(rq, start->application_id, ret_tenant, ret_app)
            : api_user_tenant(rq, start->user_id, ret_tenant);
    if (e != ERR_OK) {
        return e;
    }
    if (!uuid_is_nil(start->application_id) && (*ret_app == NULL || !(*ret_app)->active)) {
        return refuse_application(rq);
    }
    if (*ret_tenant == NULL) {
        return api_not_found(rq);
    }
    e = uuid_is_nil(start->user_id)
            ? api_proof_person(rq, *ret_tenant, start->login_id, &start->id_types, ret)
            : user_load(rq, *ret_tenant, start->user_id, USER_REGISTRATIONS, ret);
    return e == ERR_OK && (*ret == NULL || !user_may_sign_in(*ret, rq->now)) ? api_not_found(rq)
                                                                             : e;
}

static enum err
answer_start(struct rq *rq, const struct tenant *tenant, const struct challenge_order *order)
{
    struct api_answer answer;
    struct ticket_made made;
    enum err e = factor_challenge_start(rq, tenant, order, &made);

    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("code"), order->code.n ? order->code : made.code);
    if (factor_count(order->user)) {
        put_methods(&answer.out, order->user);
    }
    json_put_str(&answer.out, S("twoFactorId"), made.text);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_two_factor_start(struct rq *rq)
{
    const struct application *app = NULL;
    const struct tenant *tenant = NULL;
    struct challenge_order order;
    const struct json *body;
    struct user *user = NULL;
    struct start start;
    enum err e = api_body(rq, NULL, &api_two_factor_start_table, &start, &body);

    arena_keep_secret(rq->arena);
    e = e ? e : api_faults(rq);
    e = e ? e : find_person(rq, &start, &tenant, &app, &user);
    if (e != ERR_OK) {
        return e;
    }
    order = (struct challenge_order){
        .user = user,
        .application = app,
        .detail = {.authentication = S("ONE_TIME_PASSWORD"),
            .state = start.state,
            .trust_challenge = start.trust_challenge},
        .wants_code = start.code.n == 0,
        .code = start.code,
    };
    return answer_start(rq, tenant, &order);
}

/* ---- codes sent ---- */

/* FusionAuth's older calls name no method: the one used last, else the first that can be sent to. */
static const struct factor *
usual_method(const struct user *user)
{
    const struct factor *items = user->two_factor.methods.items, *found = NULL;

    for (size_t i = 0; i < factor_count(user); i++) {
        if (items[i].method != FACTOR_AUTHENTICATOR && (found == NULL || items[i].last_used)) {
            found = &items[i];
        }
    }
    return found;
}

static enum err
find_challenge(struct rq *rq, str id, const struct tenant **ret_tenant, struct challenge **ret)
{
    enum err e = api_proof_tenant(rq, id, ret_tenant);

    *ret = NULL;
    if (e == ERR_OK && *ret_tenant != NULL) {
        e = factor_challenge_find(rq, *ret_tenant, id, ret);
    }
    return e;
}

static enum err
refuse_method(struct rq *rq, str id)
{
    return api_refuse(rq, "methodId", id.n ? "invalid" : "blank",
        "Name one of the user's methods that a code can be sent to.");
}

static bool
is_voice(const struct send *send)
{
    return send->message_type == MESSAGE_VOICE;
}

/* A call goes to a number, and where the tenant calls. */
static enum err
check_voice(
    struct rq *rq, const struct tenant *tenant, const struct send *send, const struct factor *to)
{
    if (!is_voice(send)) {
        return ERR_OK;
    }
    if (to->method != FACTOR_SMS) {
        return api_refuse(rq, "messageType", "invalid", "Only telephone numbers can be called.");
    }
    return tenant->factor.voice.enabled
               ? ERR_OK
               : api_refuse(rq, "messageType", "notEnabled",
                   "The tenant's multiFactorConfiguration has not enabled calls.");
}

/* POST /api/two-factor/send/{twoFactorId}: the id is the proof. */
enum err
api_two_factor_send_login(struct rq *rq)
{
    const struct factor *factor = NULL;
    struct challenge *challenge = NULL;
    const struct tenant *tenant;
    const struct json *body;
    struct send send;
    enum err e = api_body(rq, NULL, &api_two_factor_send_table, &send, &body);

    e = e ? e : api_faults(rq);
    e = e ? e : find_challenge(rq, rq->segments[0], &tenant, &challenge);
    if (e != ERR_OK || challenge == NULL) {
        return e ? e : api_not_found(rq);
    }
    factor = send.method_id.n ? factor_by_id(challenge->user, send.method_id)
                              : usual_method(challenge->user);
    if (factor == NULL) {
        return refuse_method(rq, send.method_id);
    }
    e = check_voice(rq, tenant, &send, factor);
    e = e ? e
          : lockout_rate_take(
              rq, tenant, TENANT_RATE_TWO_FACTOR, uuid_text(rq->arena, challenge->user->id));
    e = e ? e : factor_challenge_send(rq, tenant, challenge, factor, is_voice(&send));
    return e ? e : rq_answer_empty(rq, 200);
}

/* Where a code to enable a method goes. */
static enum err
read_target(struct rq *rq, const struct tenant *tenant, const struct send *send, struct factor *to,
    struct factor_purpose *purpose)
{
    *to = (struct factor){
        .method = send->method, .email = send->email, .mobile_phone = send->mobile_phone};
    if (send->method != FACTOR_EMAIL && send->method != FACTOR_SMS) {
        return api_refuse(rq, "method", send->method < 0 ? "blank" : "invalid",
            "Name the method a code is to be sent for: email or sms; or a methodId.");
    }
    if (!factor_is_allowed(tenant, (enum factor_method)send->method)) {
        return api_refuse(rq, "method", "notEnabled",
            "The tenant's multiFactorConfiguration has not enabled this method.");
    }
    if (send->method == FACTOR_EMAIL && send->email.n == 0) {
        return api_refuse(rq, "email", "blank", "Give the address the code goes to.");
    }
    if (send->method == FACTOR_SMS && !factor_phone_ok(rq, send->mobile_phone)) {
        return api_refuse(rq, "mobilePhone", send->mobile_phone.n ? "invalid" : "blank",
            "Give the phone number in international form: + and country code.");
    }
    purpose->kind = str_from(factor_methods[send->method]);
    purpose->value = send->method == FACTOR_EMAIL ? send->email : send->mobile_phone;
    return ERR_OK;
}

/* POST /api/two-factor/send: a code to disable a method, or to enable one. */
enum err
api_two_factor_send(struct rq *rq)
{
    struct factor_purpose purpose = {.kind = S("method")};
    struct factor_letter letter = {.to = NULL};
    const struct tenant *tenant = NULL;
    struct factor target;
    const struct json *body;
    struct user *user = NULL;
    struct send send;
    enum err e = api_body(rq, NULL, &api_two_factor_send_table, &send, &body);

    e = e ? e : api_faults(rq);
    e = e ? e : api_two_factor_person(rq, send.user_id, &tenant, &user);
    if (e != ERR_OK) {
        return e;
    }
    letter.user = user;
    if (send.method_id.n) {
        purpose.value = send.method_id;
        letter.to = factor_by_id(user, send.method_id);
        if (letter.to == NULL || letter.to->method == FACTOR_AUTHENTICATOR) {
            return refuse_method(rq, send.method_id);
        }
    } else {
        e = read_target(rq, tenant, &send, &target, &purpose);
        letter.to = &target;
    }
    letter.is_voice = is_voice(&send);
    e = e ? e : check_voice(rq, tenant, &send, letter.to);
    e = e ? e : api_two_factor_application(rq, send.application_id, tenant, &letter.application);
    e = e ? e
          : lockout_rate_take(rq, tenant, TENANT_RATE_TWO_FACTOR, uuid_text(rq->arena, user->id));
    e = e ? e : factor_code_send(rq, tenant, &letter, &purpose);
    return e ? e : rq_answer_empty(rq, 200);
}

/* ---- POST /api/two-factor/login ---- */

/* The application of the first step; one that only this call names must let anybody in without a key. */
static enum err
find_application(struct rq *rq, const struct challenge *challenge, struct uuid named,
    const struct application **ret)
{
    struct uuid first = challenge->ticket->application_id;
    struct uuid id = uuid_is_nil(first) ? named : first;
    enum err e =
        uuid_is_nil(id) ? ERR_OK : application_in(rq, id, challenge->ticket->tenant_id, ret);

    if (e != ERR_OK || uuid_is_nil(id)) {
        return e;
    }
    if ((!uuid_is_nil(named) && !uuid_eq(named, id)) || *ret == NULL || !(*ret)->active) {
        return refuse_application(rq);
    }
    if (uuid_is_nil(first) && (*ret)->login.needs_api_key && rq->api_key == NULL) {
        return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key in the Authorization header");
    }
    return ERR_OK;
}

/* For calls that want a fresh proof beside an access token, such as a change of the password. */
static enum err
give_trust_token(
    struct rq *rq, const struct tenant *tenant, const struct challenge *challenge, str *ret)
{
    struct ticket_order order = {
        .kind = TICKET_TRUST,
        .user_id = challenge->user->id,
        .application_id = challenge->ticket->application_id,
        .ttl_s = tenant->ids.trust_ttl_s,
    };
    struct ticket_made made;
    struct json_out out;
    struct buf buf;
    enum err e;

    if (challenge->detail.trust_challenge.n) {
        rq_json_out(rq, &buf, &out);
        json_out_object(&out);
        json_put_str(&out, S("trustChallenge"), challenge->detail.trust_challenge);
        json_out_object_end(&out);
        if (!buf_done(&buf, &order.detail)) {
            return FAIL_SERVER(rq);
        }
    }
    e = ticket_make(rq, tenant, &order, &made);
    *ret = e ? NO_STR : made.text;
    return e;
}

static enum err
let_in(struct rq *rq, const struct login *login, const struct tenant *tenant,
    struct challenge *challenge, const struct application *app)
{
    struct api_entry entry = {
        .tenant = tenant,
        .application = app,
        .user = challenge->user,
        .authentication = str_z(rq->arena, challenge->detail.authentication),
        .state = challenge->detail.state,
        .is_by_phone = challenge->detail.is_by_phone,
        .base = &login->base,
        .is_proven_twice = true,
    };
    enum err e = give_trust_token(rq, tenant, challenge, &entry.trust_token);

    if (e == ERR_OK && login->trusts_computer) {
        e = factor_trust_give(rq, tenant, app, challenge->user->id, &entry.given_trust);
    }
    if (e == ERR_OK && entry.authentication == NULL) {
        e = FAIL_SERVER(rq);
    }
    return e ? e : api_login_finish(rq, &entry);
}

static bool
is_of_another(const struct login *login, const struct challenge *challenge)
{
    return !uuid_is_nil(login->user_id) && !uuid_eq(login->user_id, challenge->user->id);
}

enum err
api_two_factor_login(struct rq *rq)
{
    enum challenge_verdict verdict = CHALLENGE_WRONG;
    const struct application *app = NULL;
    struct challenge *challenge = NULL;
    const struct tenant *tenant;
    const struct json *body;
    struct login login;
    enum err e = api_body(rq, NULL, &api_two_factor_login_table, &login, &body);

    arena_keep_secret(rq->arena);
    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "twoFactorId", "blank", "Send a twoFactorId and a code.");
    }
    e = e ? e : api_faults(rq);
    e = e ? e : find_challenge(rq, login.two_factor_id, &tenant, &challenge);
    if (e != ERR_OK || challenge == NULL || is_of_another(&login, challenge)) {
        return e ? e : api_not_found(rq);
    }
    e = find_application(rq, challenge, login.base.application_id, &app);
    e = e ? e : factor_challenge_answer(rq, tenant, challenge, login.code, &verdict);
    if (e != ERR_OK) {
        return e;
    }
    if (verdict == CHALLENGE_RIGHT || verdict == CHALLENGE_RECOVERED) {
        return let_in(rq, &login, tenant, challenge, app);
    }
    rq->login_application = app ? app->id : rq->login_application;
    api_info_take_login(rq, &login.base);
    credential_note_failure(rq, tenant, challenge->user->id,
        verdict == CHALLENGE_LOCKED ? ATTEMPT_LOCKED : ATTEMPT_CODE,
        user_login_id(challenge->user));
    return api_two_factor_refuse(rq, verdict);
}

/* ---- /api/two-factor/status ---- */

static enum err
read_status(struct rq *rq, struct status *status)
{
    const struct json *body;
    enum err e = api_body(rq, NULL, &api_two_factor_status_table, status, &body);

    if (e == ERR_OK && rq->http->method == HTTP_GET) {
        status->trust = rq->segments[0];
        e = api_query_id(rq, "userId", &status->user_id);
        e = e ? e : api_query_id(rq, "applicationId", &status->application_id);
    }
    e = e ? e : api_faults(rq);
    if (e == ERR_OK && uuid_is_nil(status->user_id)) {
        e = api_refuse(rq, "userId", "blank", "Say whose status it is.");
    }
    return e;
}

/* A change of the password and a step up are asked of everybody who has a method, whatever the policy of
 * sign-ins. */
static bool
is_needed(const struct status *status, const struct tenant *tenant, const struct application *app,
    const struct user *user)
{
    if (status->action == ACTION_LOGIN) {
        return factor_needed(tenant, app, user) != FACTOR_NEED_NONE;
    }
    return factor_count(user) > 0 || factor_needed(tenant, app, user) != FACTOR_NEED_NONE;
}

static void
put_trust(struct json_out *out, const struct factor_trusted *trusted)
{
    json_out_name(out, S("trusts"));
    json_out_array(out);
    if (trusted->started_at) {
        json_out_object(out);
        json_put_given_id(out, S("applicationId"), trusted->application_id);
        json_put_i64(out, S("expiration"), trusted->expires_at);
        json_put_i64(out, S("startInstant"), trusted->started_at);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static enum err
answer_status(struct rq *rq, const struct status *status, const struct tenant *tenant,
    const struct application *app, const struct user *user)
{
    struct factor_trusted trusted;
    struct api_answer answer;
    bool is_spared;
    enum err e = factor_trust_look(rq, tenant, app, user->id, status->trust, &trusted);

    if (e != ERR_OK) {
        return e;
    }
    is_spared = trusted.spares && factor_count(user) > 0;
    api_answer_start(rq, &answer);
    put_trust(&answer.out, &trusted);
    json_put_given(&answer.out, S("twoFactorTrustId"), status->trust);
    return api_answer_send(
        rq, &answer, is_needed(status, tenant, app, user) && !is_spared ? 242 : 200);
}

enum err
api_two_factor_status(struct rq *rq)
{
    const struct tenant *tenant = NULL;
    const struct application *app = NULL;
    struct user *user = NULL;
    struct status status;
    enum err e = read_status(rq, &status);

    e = e ? e : api_user_find(rq, status.user_id, &tenant, &user);
    if (e != ERR_OK || user == NULL) {
        return e ? e : api_refuse(rq, "userId", "invalid", "Name a user.");
    }
    if (!uuid_is_nil(status.application_id)) {
        e = application_in(rq, status.application_id, tenant->id, &app);
        if (e == ERR_OK && app == NULL) {
            e = refuse_application(rq);
        }
    }
    return e ? e : answer_status(rq, &status, tenant, app, user);
}
