/* SPDX-License-Identifier: Apache-2.0 */
/* /api/identity/verify: addresses and telephone numbers that are verified, step by step or by an administrator's word.
 * With mustNotExist it is nobody's yet: what was proven is given to the call that makes the account (verificationIds). */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_proof.h"

/* clang-format off */
static const char *const identity_types[] = {[PROOF_EMAIL] = "email", [PROOF_PHONE] = "phoneNumber", NULL};
enum user_strategy { MUST_EXIST, MUST_NOT_EXIST };
static const char *const user_strategies[] = {[MUST_EXIST] = "mustExist", [MUST_NOT_EXIST] = "mustNotExist", NULL};

struct identity_call { /* types VerifyRequest, VerifyStartRequest, VerifySendRequest, VerifyCompleteRequest */
    struct uuid application_id;
    str login_id, state, code, verification_id, event_info;
    int type, strategy, user_strategy; /* -1: not said */
};
#define I(member) FIELD_AT(struct identity_call, member)
#define WHO_FIELDS \
    {.name = "loginId",              .kind = FIELD_TEXT, .offset = I(login_id), .flags = FIELD_REQUIRED | FIELD_PERSONAL}, \
    {.name = "loginIdType",          .kind = FIELD_ENUM, .offset = I(type), .flags = FIELD_REQUIRED, .default_int = -1, .more.names = identity_types}
#define ID_FIELD \
    {.name = "verificationId",       .kind = FIELD_SECRET, .offset = I(verification_id), .flags = FIELD_REQUIRED, .max = 128}
#define EVENT_FIELD \
    {.name = "eventInfo",            .kind = FIELD_JSON, .offset = I(event_info), .max = 8192}
static const struct field verify_fields[] = {
    EVENT_FIELD, WHO_FIELDS,
};
const struct field_table api_verify_table = FIELD_TABLE("VerifyRequest", verify_fields, struct identity_call, NULL);
static const struct field start_fields[] = {
    {.name = "applicationId",        .kind = FIELD_UUID, .offset = I(application_id)},
    {.name = "existingUserStrategy", .kind = FIELD_ENUM, .offset = I(user_strategy), .more.names = user_strategies},
    WHO_FIELDS,
    {.name = "state",                .kind = FIELD_JSON, .offset = I(state), .max = 8192},
    {.name = "verificationStrategy", .kind = FIELD_ENUM, .offset = I(strategy), .default_int = -1, .more.names = verification_strategies},
};
const struct field_table api_verify_start_table = FIELD_TABLE("VerifyStartRequest", start_fields, struct identity_call, NULL);
static const struct field send_fields[] = {
    ID_FIELD,
};
const struct field_table api_verify_send_table = FIELD_TABLE("VerifySendRequest", send_fields, struct identity_call, NULL);
static const struct field complete_fields[] = {
    EVENT_FIELD,
    {.name = "oneTimeCode",          .kind = FIELD_SECRET, .offset = I(code), .max = 128},
    ID_FIELD,
};
const struct field_table api_verify_complete_table = FIELD_TABLE("VerifyCompleteRequest", complete_fields, struct identity_call, NULL);
/* clang-format on */

static const enum ticket_kind kinds[] = {[PROOF_EMAIL] = TICKET_VERIFY_EMAIL,
    [PROOF_PHONE] = TICKET_VERIFY_IDENTITY,
    TICKET_AHEAD_EMAIL,
    TICKET_AHEAD_PHONE};

static enum err
read_body(struct rq *rq, const struct field_table *table, struct identity_call *ret)
{
    const struct json *body;
    enum err e = api_body(rq, NULL, table, ret, &body);

    arena_keep_secret(rq->arena);
    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "", "missing", "Send a JSON object.");
    }
    return e ? e : api_faults(rq);
}

static enum err
find_person(
    struct rq *rq, const struct tenant *tenant, const struct identity_call *call, struct user **ret)
{
    str type = str_from(identity_types[call->type]);
    enum err e = api_proof_person(rq, tenant, call->login_id, &(struct field_texts){&type, 1}, ret);

    return e == ERR_OK && *ret == NULL ? api_not_found(rq) : e;
}

enum err
api_verify_identity(struct rq *rq)
{
    struct identity_call call;
    struct user *user;
    enum err e = read_body(rq, &api_verify_table, &call);

    e = e ? e : api_tenant(rq);
    e = e ? e : find_person(rq, rq->tenant, &call, &user);
    e = e ? e : proof_verify_identity(rq, rq->tenant, user, (enum proof_identity)call.type);
    return e ? e : rq_answer_empty(rq, 200);
}

static bool
wants_code(const struct tenant *tenant, const struct identity_call *call)
{
    int usual = call->type == PROOF_EMAIL ? tenant->mail.strategy : tenant->phone.strategy;

    return (call->strategy >= 0 ? call->strategy : usual) == VERIFY_BY_CODE;
}

/* A user's own. */
static enum err
start_owned(struct rq *rq, const struct tenant *tenant, const struct identity_call *call,
    struct proof_order *order, struct proof_made *ret)
{
    struct user *user = NULL;
    enum err e = find_person(rq, tenant, call, &user);

    if (e != ERR_OK) {
        return e;
    }
    order->kind = kinds[call->type];
    order->user = user;
    order->value = call->type == PROOF_EMAIL ? user->email : user->phone_number;
    return proof_start(rq, tenant, order, ret);
}

/* Nobody's. */
static enum err
start_ahead(struct rq *rq, const struct tenant *tenant, const struct identity_call *call,
    struct proof_order *order, struct proof_made *ret)
{
    struct field_reader reader = api_reader(rq);
    bool is_email = call->type == PROOF_EMAIL;
    struct user *user = NULL;
    enum err e = ERR_OK;

    order->value = is_email ? call->login_id : identity_phone(rq->arena, call->login_id);
    if (is_email ? !field_email_ok(order->value) : order->value.n == 0) {
        field_fault(&reader, "loginId", "invalid",
            "Give an email address, or a telephone number in international form.");
    } else {
        e = user_find(rq, tenant, order->value, USER_PLAIN, &user);
    }
    if (user != NULL) {
        field_fault(&reader, "loginId", "duplicate", "Somebody has this login id already.");
    }
    e = e ? e : api_faults(rq);
    return e ? e : proof_start_ahead(rq, tenant, (enum proof_identity)call->type, order, ret);
}

enum err
api_verify_identity_start(struct rq *rq)
{
    const struct application *application = NULL;
    const struct tenant *tenant = NULL;
    struct proof_order order;
    struct identity_call call;
    struct api_answer answer;
    struct proof_made made;
    enum err e = read_body(rq, &api_verify_start_table, &call);

    e = e ? e : api_proof_place(rq, call.application_id, &tenant, &application);
    if (e != ERR_OK) {
        return e;
    }
    order = (struct proof_order){
        .application = application, .state = call.state, .has_code = wants_code(tenant, &call)};
    e = (call.user_strategy == MUST_EXIST ? start_owned : start_ahead)(
        rq, tenant, &call, &order, &made);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_put_given(&answer.out, S("oneTimeCode"), made.code);
    json_put_str(&answer.out, S("verificationId"), made.text);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_verify_identity_send(struct rq *rq)
{
    const struct tenant *tenant;
    struct identity_call call;
    struct proof *proof;
    enum err e = read_body(rq, &api_verify_send_table, &call);

    e = e ? e : api_proof_find(rq, call.verification_id, kinds, COUNT(kinds), &tenant, &proof);
    if (e == ERR_OK && (proof->is_proven || !proof_is_current(rq, proof))) {
        e = api_not_found(rq);
    }
    e = e ? e : proof_send(rq, tenant, proof, call.verification_id);
    return e ? e : rq_answer_empty(rq, 200);
}

enum err
api_verify_identity_complete(struct rq *rq)
{
    const struct tenant *tenant;
    struct identity_call call;
    struct proof *proof;
    enum err e = read_body(rq, &api_verify_complete_table, &call);

    e = e ? e : api_proof_find(rq, call.verification_id, kinds, COUNT(kinds), &tenant, &proof);
    e = e ? e : api_proof_judge(rq, tenant, proof, call.code);
    e = e ? e : proof_verify(rq, tenant, proof);
    return e ? e : api_proof_answer_state(rq, proof->state);
}
