/* SPDX-License-Identifier: Apache-2.0 */
/* /api/two-factor/send: codes sent, to whom a challenge asks and to who adds or removes a method. */
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_two_factor.h"
#include "model/lockout/lockout.h"
#include "model/messagetemplate/messagetemplate.h"

/* clang-format off */
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
/* clang-format on */

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
    e = e ? e : api_two_factor_challenge(rq, rq->segments[0], &tenant, &challenge);
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
