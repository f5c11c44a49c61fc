/* SPDX-License-Identifier: Apache-2.0 */
/* /api/passwordless: a link or a code instead of a password. start makes it (and tells a caller with a key that nobody
 * has the login id, as FusionAuth does), send mails it (telling nobody anything), login takes it. */
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_login.h"
#include "flow/api/api_proof.h"
#include "model/credential/credential.h"

/* clang-format off */
struct start { /* type PasswordlessStartRequest, and PasswordlessSendRequest */
    struct uuid application_id;
    str login_id, state, code;
    struct field_texts id_types;
    int strategy; /* -1: the application's */
};
#define P(member) FIELD_AT(struct start, member)
static const struct field start_fields[] = {
    {.name = "applicationId", .kind = FIELD_UUID,  .offset = P(application_id), .flags = FIELD_REQUIRED},
    {.name = "loginId",       .kind = FIELD_TEXT,  .offset = P(login_id), .flags = FIELD_REQUIRED | FIELD_PERSONAL},
    {.name = "loginIdTypes",  .kind = FIELD_ENUMS, .offset = P(id_types), .more.names = api_proof_id_types},
    {.name = "loginStrategy", .kind = FIELD_ENUM,  .offset = P(strategy), .default_int = -1, .more.names = verification_strategies},
    {.name = "state",         .kind = FIELD_JSON,  .offset = P(state), .max = 8192},
};
const struct field_table api_passwordless_start_table = FIELD_TABLE("PasswordlessStartRequest", start_fields, struct start, NULL);
static const struct field send_fields[] = {
    {.name = "applicationId", .kind = FIELD_UUID,   .offset = P(application_id)},
    {.name = "code",          .kind = FIELD_SECRET, .offset = P(code), .max = 192},
    {.name = "loginId",       .kind = FIELD_TEXT,   .offset = P(login_id), .flags = FIELD_PERSONAL},
    {.name = "state",         .kind = FIELD_JSON,   .offset = P(state), .max = 8192},
};
const struct field_table api_passwordless_send_table = FIELD_TABLE("PasswordlessSendRequest", send_fields, struct start, NULL);

struct login { /* type PasswordlessLoginRequest */
    struct api_login_base base;
    str code, one_time_code, trust;
};
#define L(member) FIELD_AT(struct login, member)
static const struct field login_fields[] = {
    API_LOGIN_BASE_FIELDS,
    {.name = "code",             .kind = FIELD_SECRET, .offset = L(code), .flags = FIELD_REQUIRED, .max = 192},
    {.name = "oneTimeCode",      .kind = FIELD_SECRET, .offset = L(one_time_code), .max = 192},
    {.name = "twoFactorTrustId", .kind = FIELD_TEXT,   .offset = L(trust)},
};
const struct field_table api_passwordless_login_table = FIELD_TABLE("PasswordlessLoginRequest", login_fields, struct login, NULL);
/* clang-format on */

static const enum ticket_kind passwordless[] = {TICKET_PASSWORDLESS};

static enum err
find_application(
    struct rq *rq, struct uuid id, const struct tenant **ret_tenant, const struct application **ret)
{
    enum err e = api_application_find(rq, id, ret_tenant, ret);

    if (e == ERR_OK && (*ret == NULL || !(*ret)->active)) {
        e = api_refuse(
            rq, "applicationId", "invalid", "Name an active application of this tenant.");
    } else if (e == ERR_OK && !(*ret)->passwordless.enabled) {
        e = api_refuse(rq, "", "PasswordlessDisabled",
            "Passwordless sign-in is not enabled for this application: set "
            "passwordlessConfiguration.enabled.");
    }
    return e;
}

static struct proof_order
order_of(struct rq *rq, const struct application *application, const struct user *user,
    const struct start *start)
{
    bool is_phone = proof_identity_of(rq, user, start->login_id) == PROOF_PHONE;
    int usual = is_phone ? application->passwordless.phone_strategy
                         : application->passwordless.email_strategy;

    return (struct proof_order){.kind = TICKET_PASSWORDLESS,
        .application = application,
        .user = user,
        .value = is_phone ? user->phone_number : user_address(rq->arena, user),
        .state = start->state,
        .has_code = (start->strategy >= 0 ? start->strategy : usual) == VERIFY_BY_CODE};
}

enum err
api_passwordless_start(struct rq *rq)
{
    const struct application *application;
    const struct tenant *tenant;
    const struct json *body;
    struct proof_order order;
    struct api_answer answer;
    struct proof_made made;
    struct start start;
    struct user *user;
    enum err e = api_body(rq, NULL, &api_passwordless_start_table, &start, &body);

    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "loginId", "blank", "Send an applicationId and a loginId.");
    }
    e = e ? e : api_faults(rq);
    e = e ? e : find_application(rq, start.application_id, &tenant, &application);
    e = e ? e : api_proof_person(rq, tenant, start.login_id, &start.id_types, &user);
    if (e != ERR_OK || user == NULL) {
        return e ? e : api_not_found(rq);
    }
    order = order_of(rq, application, user, &start);
    e = proof_start(rq, tenant, &order, &made);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("code"), made.text);
    json_put_given(&answer.out, S("oneTimeCode"), made.code);
    return api_answer_send(rq, &answer, 200);
}

static enum err
send_code(struct rq *rq, str code)
{
    const struct tenant *tenant;
    struct proof *proof = NULL;
    enum err e = api_proof_tenant(rq, code, &tenant);

    if (e == ERR_OK && tenant != NULL) {
        e = proof_find(rq, tenant, TICKET_PASSWORDLESS, code, &proof);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (proof == NULL) {
        return api_refuse(rq, "code", "invalid", "This code is unknown or over: start again.");
    }
    if (!proof_is_current(rq, proof)) {
        return rq_answer_empty(rq, 200); /* nothing goes to an address or a number of before */
    }
    e = proof_send(rq, tenant, proof, code);
    return e ? e : rq_answer_empty(rq, 200);
}

/* FusionAuth's older way: start and send in one. Everybody is answered alike. */
static enum err
send_new(struct rq *rq, struct start *start)
{
    const struct application *application;
    const struct tenant *tenant;
    struct proof_order order;
    struct proof_made made;
    struct user *user;
    bool may_mail;
    enum err e = find_application(rq, start->application_id, &tenant, &application);

    start->strategy = -1;
    e = e ? e : api_proof_person(rq, tenant, start->login_id, &start->id_types, &user);
    if (e != ERR_OK || user == NULL) {
        return e ? e : rq_answer_empty(rq, 200);
    }
    order = order_of(rq, application, user, start);
    order.is_sent = order.value.n > 0;
    e = api_proof_may_mail(rq, tenant, order.kind, user, &may_mail);
    if (e == ERR_OK && may_mail) {
        e = proof_start(rq, tenant, &order, &made);
    }
    return e ? e : rq_answer_empty(rq, 200);
}

enum err
api_passwordless_send(struct rq *rq)
{
    const struct json *body;
    struct start start;
    enum err e = api_body(rq, NULL, &api_passwordless_send_table, &start, &body);

    arena_keep_secret(rq->arena);
    if (e == ERR_OK && start.code.n == 0 && start.login_id.n == 0) {
        struct field_reader reader = api_reader(rq);
        field_fault(&reader, "code", "blank", "Send the code that start has given.");
    }
    e = e ? e : api_faults(rq);
    if (e != ERR_OK) {
        return e;
    }
    return start.code.n ? send_code(rq, start.code) : send_new(rq, &start);
}

/* The application is that of the start: a code for one opens no other. */
static enum err
enter(struct rq *rq, const struct tenant *tenant, struct proof *proof, const struct login *login)
{
    struct uuid id = proof->ticket->application_id;
    const struct application *application;
    struct user after = *proof->user;
    struct api_entry entry;
    enum err e = application_in(rq, id, tenant->id, &application);

    if (e != ERR_OK) {
        return e;
    }
    if (application == NULL || !application->active || !application->passwordless.enabled
        || (!uuid_is_nil(login->base.application_id) && !uuid_eq(login->base.application_id, id))) {
        return api_not_found(rq);
    }
    proof_verify_on_the_way(rq, tenant, proof, &after);
    if (after.verified != proof->user->verified
        || after.phone_verified != proof->user->phone_verified) {
        e = user_update(rq, tenant, proof->user, &after);
    }
    if (e != ERR_OK) {
        return e;
    }
    ticket_use(rq, proof->ticket);
    entry = (struct api_entry){.tenant = tenant,
        .application = application,
        .user = &after,
        .authentication = "PASSWORDLESS",
        .is_by_phone = proof_identity_of(rq, &after, proof->value) == PROOF_PHONE,
        .trust = login->trust,
        .state = proof->state,
        .base = &login->base};
    return api_login_finish(rq, &entry);
}

enum err
api_passwordless_login(struct rq *rq)
{
    const struct tenant *tenant;
    const struct json *body;
    struct proof *proof;
    struct login login;
    enum err e = api_body(rq, NULL, &api_passwordless_login_table, &login, &body);

    arena_keep_secret(rq->arena);
    if (e == ERR_OK && body == NULL) {
        e = api_refuse(rq, "code", "blank", "Send the code that was mailed.");
    }
    e = e ? e : api_faults(rq);
    e = e ? e : api_proof_find(rq, login.code, passwordless, COUNT(passwordless), &tenant, &proof);
    if (e != ERR_OK) {
        return e;
    }
    e = api_proof_judge(rq, tenant, proof, login.one_time_code);
    if (e == ERR_NOT_FOUND) {
        rq->login_application = proof->ticket->application_id;
        api_info_take_login(rq, &login.base);
        credential_note_failure(
            rq, tenant, proof->user->id, ATTEMPT_CODE, user_login_id(proof->user));
    }
    return e ? e : enter(rq, tenant, proof, &login);
}
