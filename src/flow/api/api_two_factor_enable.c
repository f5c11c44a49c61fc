/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/user/two-factor/{userId}: a method is added once a code of it is right. */
#include "codec/base32.h"
#include "codec/base64.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_two_factor.h"

/* clang-format off */
struct enable { /* type TwoFactorRequest */
    struct uuid application_id;
    str authenticator_id, code, email, event_info, mobile_phone, name, secret, secret_base32, two_factor_id;
    int method; /* enum factor_method; -1: none was given */
};
#define E(member) FIELD_AT(struct enable, member)
static const struct field enable_fields[] = {
    {.name = "applicationId",       .kind = FIELD_UUID,   .offset = E(application_id)}, /* its templates come first */
    {.name = "authenticatorId",     .kind = FIELD_LATER, .more.like = "string"},
    {.name = "code",                .kind = FIELD_SECRET, .offset = E(code), .flags = FIELD_REQUIRED, .max = 192},
    {.name = "email",               .kind = FIELD_EMAIL,  .offset = E(email), .flags = FIELD_PERSONAL},
    {.name = "eventInfo",           .kind = FIELD_JSON,   .offset = E(event_info), .max = 8192},
    {.name = "method",              .kind = FIELD_ENUM,   .offset = E(method), .flags = FIELD_REQUIRED, .default_int = -1, .more.names = factor_methods},
    {.name = "mobilePhone",         .kind = FIELD_TEXT,   .offset = E(mobile_phone), .flags = FIELD_PERSONAL, .max = 32},
    {.name = "name",                .kind = FIELD_TEXT,   .offset = E(name), .flags = FIELD_PERSONAL, .max = 256},
    {.name = "secret",              .kind = FIELD_SECRET, .offset = E(secret), .max = 128},
    {.name = "secretBase32Encoded", .kind = FIELD_SECRET, .offset = E(secret_base32), .max = 128},
    {.name = "twoFactorId",         .kind = FIELD_SECRET, .offset = E(two_factor_id), .max = 128},
};
const struct field_table api_two_factor_enable_table = FIELD_TABLE("TwoFactorRequest", enable_fields, struct enable, NULL);
/* clang-format on */

/* The secret in base 64, whichever way it was written. */
static void
take_secret(struct rq *rq, const struct enable *enable, struct factor *factor)
{
    bytes secret;

    factor->secret = enable->secret;
    if (factor->secret.n == 0 && base32_decode(rq->arena, enable->secret_base32, &secret)) {
        factor->secret = base64_text(rq->arena, secret);
    }
}

/* What was given of the method; ERR_FIELDS with what is wrong with it. */
static enum err
read_factor(
    struct api_two_factor_holder *person, const struct enable *enable, struct factor *factor)
{
    const struct factor_app_config *app = &person->tenant->factor.authenticator;
    struct rq *rq = person->rq;

    *factor = (struct factor){.method = enable->method,
        .authenticator = {app->algorithm, app->code_length, app->step_s},
        .name = enable->name};
    switch (factor->method) {
    case FACTOR_AUTHENTICATOR:
        take_secret(rq, enable, factor);
        return factor_secret_ok(rq, factor) ? ERR_OK
                                            : api_two_factor_complain(rq, "secret",
                                                enable->secret.n || enable->secret_base32.n,
                                                "Give the secret of the app: 10 to 64 bytes, in "
                                                "base 64, or in base 32 as secretBase32Encoded.");
    case FACTOR_EMAIL:
        factor->email = enable->email;
        return factor->email.n
                   ? ERR_OK
                   : api_two_factor_complain(rq, "email", false, "Give the address codes go to.");
    default:
        factor->mobile_phone = enable->mobile_phone;
        return factor_phone_ok(rq, factor->mobile_phone)
                   ? ERR_OK
                   : api_two_factor_complain(rq, "mobilePhone", factor->mobile_phone.n,
                       "Give the phone number codes go to in international form: + and country "
                       "code.");
    }
}

static bool
is_there_already(const struct api_two_factor_holder *person, const struct factor *factor)
{
    const struct factor *items = person->user->two_factor.methods.items;

    for (size_t i = 0; i < factor_count(person->user); i++) {
        if (items[i].method == factor->method && str_eq(items[i].secret, factor->secret)
            && str_ieq(items[i].email, factor->email)
            && str_eq(items[i].mobile_phone, factor->mobile_phone)) {
            return true;
        }
    }
    return false;
}

static enum err
check_room(struct api_two_factor_holder *person, const struct factor *factor)
{
    if (!factor_is_allowed(person->tenant, (enum factor_method)factor->method)) {
        return api_refuse(person->rq, "method", "notEnabled",
            "The tenant's multiFactorConfiguration has not enabled this method.");
    }
    if (is_there_already(person, factor)) {
        return api_refuse(person->rq, "method", "duplicate", "The user has this method already.");
    }
    if (factor_count(person->user) >= FACTOR_MAX) {
        return api_refuse(person->rq, "method", "tooMany", "Remove a method first.");
    }
    return ERR_OK;
}

static enum err
prove(struct api_two_factor_holder *person, struct factor *factor, str code,
    enum challenge_verdict *ret)
{
    struct factor_purpose purpose = {.kind = str_from(factor_methods[factor->method]),
        .value = factor->method == FACTOR_EMAIL ? factor->email : factor->mobile_phone};

    if (factor->method
        == FACTOR_AUTHENTICATOR) { /* the caller knows the secret: nothing to guess */
        *ret = factor_take_code(person->rq, factor, code) ? CHALLENGE_RIGHT : CHALLENGE_WRONG;
        return ERR_OK;
    }
    return factor_code_answer(person->rq, person->tenant, person->user, code, &purpose, ret);
}

/* A code with which the sign-in that asked for a method goes on. */
static enum err
pass_on(struct api_two_factor_holder *person, str two_factor_id, str *ret_code)
{
    struct challenge *challenge = NULL;
    enum err e = two_factor_id.n
                     ? factor_challenge_find(person->rq, person->tenant, two_factor_id, &challenge)
                     : ERR_OK;

    *ret_code = NO_STR;
    if (e != ERR_OK || two_factor_id.n == 0) {
        return e;
    }
    if (challenge == NULL || !uuid_eq(challenge->user->id, person->user->id)
        || factor_count(&person->before)) {
        return api_refuse(person->rq, "twoFactorId", "invalid",
            "Give the twoFactorId of a sign-in of this user that asked for a first method.");
    }
    return factor_challenge_pass(person->rq, person->tenant, challenge, ret_code);
}

static enum err
add(struct api_two_factor_holder *person, const struct enable *enable, const struct factor *factor)
{
    struct rq *rq = person->rq;
    struct field_texts codes;
    struct api_answer answer;
    struct factor *added;
    str code;
    enum err e = pass_on(person, enable->two_factor_id, &code);

    e = e ? e : factor_add(rq, person->tenant, person->user, factor, &added, &codes);
    e = e ? e : api_two_factor_store(person);
    e = e ? e : api_two_factor_note(person, "user.two-factor.method.add", added);
    e = e ? e
          : api_two_factor_tell(
              person, enable->application_id, added, MAIL_TEMPLATE_TWO_FACTOR_ADD);
    if (e != ERR_OK) {
        return e;
    }
    if (codes.count == 0) {
        return rq_answer_empty(rq, 200);
    }
    api_answer_start(rq, &answer);
    json_put_given(&answer.out, S("code"), code);
    api_two_factor_put_codes(&answer.out, &codes);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_two_factor_enable(struct rq *rq)
{
    enum challenge_verdict verdict = CHALLENGE_WRONG;
    const struct json *body;
    struct api_two_factor_holder person;
    struct factor factor;
    struct enable enable;
    enum err e = api_two_factor_load(rq, &person);

    e = e ? e : api_body(rq, NULL, &api_two_factor_enable_table, &enable, &body);
    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "method", "blank", "Send a method and a code of it.");
    }
    e = e ? e : api_faults(rq);
    e = e ? e : read_factor(&person, &enable, &factor);
    e = e ? e : check_room(&person, &factor);
    e = e ? e : prove(&person, &factor, enable.code, &verdict);
    if (e != ERR_OK) {
        return e;
    }
    return verdict == CHALLENGE_RIGHT ? add(&person, &enable, &factor)
                                      : api_two_factor_refuse(rq, verdict);
}
