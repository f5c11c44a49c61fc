/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/two-factor: methods of people added, renamed, removed; their recovery codes. Each call works with an
 * API key for anybody, and with an access token for its own person. Deviation: recovery codes are shown when
 * they are made and never again, as FusionAuth does since 1.68; GET gives an empty list. */
#include "flow/api/api_two_factor.h"

#include "codec/base32.h"
#include "codec/base64.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_refresh.h"
#include "flow/api/api_user.h"
#include "model/claims/claims.h"
#include "model/event/event.h"
#include "model/session/session.h"
#include "model/token/token.h"

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

struct change { /* types TwoFactorUpdateRequest, TwoFactorDisableRequest */
    struct uuid application_id;
    str code, event_info, method_id, name;
};
#define C(member) FIELD_AT(struct change, member)
static const struct field update_fields[] = {
    {.name = "eventInfo",     .kind = FIELD_JSON, .offset = C(event_info), .max = 8192},
    {.name = "methodId",      .kind = FIELD_TEXT, .offset = C(method_id), .max = 32},
    {.name = "name",          .kind = FIELD_TEXT, .offset = C(name), .flags = FIELD_PERSONAL, .max = 256},
};
const struct field_table api_two_factor_update_table = FIELD_TABLE("TwoFactorUpdateRequest", update_fields, struct change, NULL);
static const struct field disable_fields[] = {
    {.name = "applicationId", .kind = FIELD_UUID,   .offset = C(application_id)},
    {.name = "code",          .kind = FIELD_SECRET, .offset = C(code), .max = 64},
    {.name = "eventInfo",     .kind = FIELD_JSON,   .offset = C(event_info), .max = 8192},
    {.name = "methodId",      .kind = FIELD_TEXT,   .offset = C(method_id), .max = 32},
};
const struct field_table api_two_factor_disable_table = FIELD_TABLE("TwoFactorDisableRequest", disable_fields, struct change, NULL);
/* clang-format on */

struct person {
    struct rq *rq;
    const struct tenant *tenant;
    struct user before, *user;
};

static enum err
refuse_caller(struct rq *rq)
{
    return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key or an access token");
}

static enum err
bearer_person(struct rq *rq, struct uuid id, const struct tenant **ret_tenant, struct user **ret)
{
    struct access *access;
    bool is_trusted = false;
    enum err e = api_refresh_bearer(rq, &access);

    if (e == ERR_OK && access != NULL) {
        e = api_refresh_is_trusted(rq, access, &is_trusted);
    }
    if (e != ERR_OK || !is_trusted || (!uuid_is_nil(id) && !uuid_eq(id, access->user_id))) {
        return e ? e : refuse_caller(rq);
    }
    *ret_tenant = access->tenant;
    e = user_load(rq, access->tenant, access->user_id, USER_REGISTRATIONS, ret);
    return e == ERR_OK && *ret == NULL ? refuse_caller(rq) : e;
}

enum err
api_two_factor_person(
    struct rq *rq, struct uuid id, const struct tenant **ret_tenant, struct user **ret)
{
    enum err e;

    arena_keep_secret(rq->arena);
    if (rq->api_key == NULL) {
        return bearer_person(rq, id, ret_tenant, ret);
    }
    if (uuid_is_nil(id)) {
        return api_refuse(rq, "userId", "blank", "Say whose second factor it is.");
    }
    e = api_user_find(rq, id, ret_tenant, ret);
    return e == ERR_OK && *ret == NULL ? api_not_found(rq) : e;
}

/* The person of the path, and a copy to compare with. */
static enum err
load(struct rq *rq, struct person *person)
{
    struct uuid id;
    enum err e = rq_segment_id(rq, 0, "userId", &id);

    *person = (struct person){.rq = rq};
    e = e ? e : api_two_factor_person(rq, id, &person->tenant, &person->user);
    if (e != ERR_OK) {
        return e;
    }
    CHECK(person->tenant != NULL && person->user != NULL); /* else it was not found */
    person->before = *person->user;
    return ERR_OK;
}

static enum err
store(struct person *person)
{
    return user_update(person->rq, person->tenant, &person->before, person->user);
}

enum err
api_two_factor_application(
    struct rq *rq, struct uuid id, const struct tenant *tenant, const struct application **ret)
{
    enum err e = uuid_is_nil(id) ? ERR_OK : application_in(rq, id, tenant->id, ret);

    if (e == ERR_OK && !uuid_is_nil(id) && *ret == NULL) {
        e = api_refuse(rq, "applicationId", "invalid", "Name an application of this tenant.");
    }
    return e;
}

/* Tells the person, where there is a template for it. */
static enum err
tell(struct person *person, struct uuid application_id, const struct factor *factor, int which)
{
    struct factor_letter letter = {.user = person->user, .to = factor};
    enum err e =
        api_two_factor_application(person->rq, application_id, person->tenant, &letter.application);

    return e ? e : factor_notice(person->rq, person->tenant, &letter, which);
}

static enum err
note(struct person *person, const char *kind, const struct factor *factor)
{
    struct event event = {.kind = kind, .user_id = person->user->id};

    if (factor != NULL) {
        event.detail = str_fmt(person->rq->arena, "{\"methodId\":\"" STRF "\",\"method\":\"%s\"}",
            STRV(factor->id), factor_methods[factor->method]);
    }
    return event_add(person->rq, person->tenant, &event);
}

static void
put_codes(struct json_out *out, const struct field_texts *codes)
{
    json_out_name(out, S("recoveryCodes"));
    json_out_array(out);
    for (size_t i = 0; i < codes->count; i++) {
        json_out_str(out, codes->items[i]);
    }
    json_out_array_end(out);
}

enum err
api_two_factor_refuse(struct rq *rq, enum challenge_verdict verdict)
{
    return rq_answer_empty(rq, verdict == CHALLENGE_LOCKED ? 423 : 421);
}

/* ---- POST: a method is added ---- */

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

static enum err
complain(struct rq *rq, const char *member, bool is_given, const char *message)
{
    return api_refuse(rq, member, is_given ? "invalid" : "blank", message);
}

/* What was given of the method; ERR_FIELDS with what is wrong with it. */
static enum err
read_factor(struct person *person, const struct enable *enable, struct factor *factor)
{
    const struct factor_app_config *app = &person->tenant->factor.authenticator;
    struct rq *rq = person->rq;

    *factor = (struct factor){.method = enable->method,
        .authenticator = {app->algorithm, app->code_length, app->step_s},
        .name = enable->name};
    switch (factor->method) {
    case FACTOR_AUTHENTICATOR:
        take_secret(rq, enable, factor);
        return factor_secret_ok(rq, factor)
                   ? ERR_OK
                   : complain(rq, "secret", enable->secret.n || enable->secret_base32.n,
                       "Give the secret of the app: 10 to 64 bytes, in "
                       "base 64, or in base 32 as secretBase32Encoded.");
    case FACTOR_EMAIL:
        factor->email = enable->email;
        return factor->email.n ? ERR_OK
                               : complain(rq, "email", false, "Give the address codes go to.");
    default:
        factor->mobile_phone = enable->mobile_phone;
        return factor_phone_ok(rq, factor->mobile_phone)
                   ? ERR_OK
                   : complain(rq, "mobilePhone", factor->mobile_phone.n,
                       "Give the phone number codes go to in international form: + and country "
                       "code.");
    }
}

static bool
is_there_already(const struct person *person, const struct factor *factor)
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
check_room(struct person *person, const struct factor *factor)
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
prove(struct person *person, struct factor *factor, str code, enum challenge_verdict *ret)
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
pass_on(struct person *person, str two_factor_id, str *ret_code)
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

static void
end_what_was_open(struct person *person)
{
    if (person->tenant->jwt.revocation.on_mfa_enable) {
        session_end_all(person->rq, person->tenant, person->user->id);
        token_revoke_user(person->rq, person->tenant, person->user->id);
    }
}

static enum err
add(struct person *person, const struct enable *enable, const struct factor *factor)
{
    struct rq *rq = person->rq;
    struct field_texts codes;
    struct api_answer answer;
    struct factor *added;
    str code;
    enum err e = pass_on(person, enable->two_factor_id, &code);

    e = e ? e : factor_add(rq, person->tenant, person->user, factor, &added, &codes);
    e = e ? e : store(person);
    e = e ? e : note(person, "user.two-factor.method.add", added);
    e = e ? e : tell(person, enable->application_id, added, MAIL_TEMPLATE_TWO_FACTOR_ADD);
    if (e != ERR_OK) {
        return e;
    }
    end_what_was_open(person);
    if (codes.count == 0) {
        return rq_answer_empty(rq, 200);
    }
    api_answer_start(rq, &answer);
    json_put_given(&answer.out, S("code"), code);
    put_codes(&answer.out, &codes);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_two_factor_enable(struct rq *rq)
{
    enum challenge_verdict verdict = CHALLENGE_WRONG;
    const struct json *body;
    struct person person;
    struct factor factor;
    struct enable enable;
    enum err e = load(rq, &person);

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

/* ---- PUT and DELETE ---- */

static enum err
find_method(struct person *person, str id, const struct factor **ret)
{
    *ret = factor_by_id(person->user, id);
    if (*ret == NULL) {
        return complain(
            person->rq, "methodId", id.n > 0, "Name one of the user's methods by its id.");
    }
    return ERR_OK;
}

static enum err
read_change(struct rq *rq, const struct field_table *table, struct change *change)
{
    const struct json *body;
    enum err e = api_body(rq, NULL, table, change, &body);
    str code = rq_query_get(rq, S("code")), method_id = rq_query_get(rq, S("methodId"));

    if (change->code.n == 0) {
        change->code = code;
    }
    if (change->method_id.n == 0) {
        change->method_id = method_id;
    }
    return e ? e : api_faults(rq);
}

enum err
api_two_factor_update(struct rq *rq)
{
    const struct factor *factor = NULL;
    struct person person;
    struct change change;
    enum err e = load(rq, &person);

    e = e ? e : read_change(rq, &api_two_factor_update_table, &change);
    e = e ? e : find_method(&person, change.method_id, &factor);
    e = e ? e : factor_rename(rq, person.user, factor, change.name);
    e = e ? e : store(&person);
    e = e ? e : note(&person, "user.two-factor.method.update", factor);
    return e ? e : rq_answer_empty(rq, 200);
}

/* With the last method, and with a recovery code, nothing is left that spares a challenge. */
static enum err
remove_method(
    struct person *person, const struct factor *factor, struct uuid application_id, bool is_all)
{
    enum err e = factor_remove(person->rq, person->user, is_all ? NULL : factor);

    e = e ? e : store(person);
    e = e ? e : note(person, "user.two-factor.method.remove", is_all ? NULL : factor);
    e = e ? e : tell(person, application_id, factor, MAIL_TEMPLATE_TWO_FACTOR_REMOVE);
    if (e == ERR_OK && factor_count(person->user) == 0) {
        factor_trust_forget(person->rq, person->tenant, person->user->id);
    }
    return e;
}

enum err
api_two_factor_disable(struct rq *rq)
{
    const struct factor_purpose purpose = {.kind = S("method")};
    enum challenge_verdict verdict = CHALLENGE_WRONG;
    const struct factor *factor = NULL;
    struct person person;
    struct change change;
    enum err e = load(rq, &person);

    e = e ? e : read_change(rq, &api_two_factor_disable_table, &change);
    e = e ? e : find_method(&person, change.method_id, &factor);
    if (e == ERR_OK && change.code.n == 0) {
        e = api_refuse(rq, "code", "blank", "Send a code of one of the user's methods.");
    }
    e = e ? e : factor_code_answer(rq, person.tenant, person.user, change.code, &purpose, &verdict);
    if (e != ERR_OK) {
        return e;
    }
    if (verdict != CHALLENGE_RIGHT && verdict != CHALLENGE_RECOVERED) {
        return api_two_factor_refuse(rq, verdict);
    }
    e = remove_method(&person, factor, change.application_id, verdict == CHALLENGE_RECOVERED);
    return e ? e : rq_answer_empty(rq, 200);
}

/* ---- recovery codes ---- */

static enum err
answer_codes(struct rq *rq, const struct field_texts *codes)
{
    struct api_answer answer;

    api_answer_start(rq, &answer);
    put_codes(&answer.out, codes);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_two_factor_codes(struct rq *rq)
{
    struct person person;
    enum err e = load(rq, &person);

    return e ? e : answer_codes(rq, &(struct field_texts){NULL, 0});
}

enum err
api_two_factor_new_codes(struct rq *rq)
{
    struct field_texts codes;
    struct person person;
    enum err e = load(rq, &person);

    e = e ? e : factor_new_codes(rq, person.tenant, person.user, &codes);
    e = e ? e : store(&person);
    e = e ? e : note(&person, "user.two-factor.recovery-codes", NULL);
    return e ? e : answer_codes(rq, &codes);
}

/* GET /api/two-factor/secret: made here, kept nowhere. */
enum err
api_two_factor_secret(struct rq *rq)
{
    struct api_answer answer;
    struct access *access = NULL;
    bytes secret;
    enum err e = rq->api_key != NULL ? ERR_OK : api_refresh_bearer(rq, &access);

    if (e != ERR_OK || (rq->api_key == NULL && access == NULL)) {
        return e ? e : refuse_caller(rq);
    }
    secret = factor_new_secret(rq);
    if (secret.n == 0) {
        return FAIL_SERVER(rq);
    }
    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("secret"), base64_text(rq->arena, secret));
    json_put_str(&answer.out, S("secretBase32Encoded"), base32_text(rq->arena, secret));
    return api_answer_send(rq, &answer, 200);
}
