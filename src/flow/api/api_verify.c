/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/verify-email and /api/user/verify-registration: a mail is asked for (PUT), and what came with it is handed
 * in (POST). Whoever asks without an API key does not learn whether the address is somebody's. Deviation: a wrong code
 * is 404 as an unknown id is. */
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_proof.h"

/* clang-format off */
struct verify { /* types VerifyEmailRequest, VerifyRegistrationRequest */
    str code, verification_id, event_info;
    struct uuid user_id;
};
#define V(member) FIELD_AT(struct verify, member)
#define VERIFY_FIELDS \
    {.name = "eventInfo",      .kind = FIELD_JSON,   .offset = V(event_info), .max = 8192}, \
    {.name = "oneTimeCode",    .kind = FIELD_SECRET, .offset = V(code), .max = 128}, \
    {.name = "verificationId", .kind = FIELD_SECRET, .offset = V(verification_id), .max = 128}
static const struct field email_fields[] = {
    VERIFY_FIELDS,
    {.name = "userId",         .kind = FIELD_UUID,   .offset = V(user_id)},
};
const struct field_table api_verify_email_table = FIELD_TABLE("VerifyEmailRequest", email_fields, struct verify, NULL);
static const struct field registration_fields[] = {
    VERIFY_FIELDS,
};
const struct field_table api_verify_registration_table = FIELD_TABLE("VerifyRegistrationRequest", registration_fields, struct verify, NULL);
/* clang-format on */

/* A body need not be there when the id is in the path. */
static enum err
read_body(struct rq *rq, const struct field_table *table, struct verify *ret)
{
    const struct json *body;
    enum err e = api_body(rq, NULL, table, ret, &body);

    arena_keep_secret(rq->arena);
    if (e == ERR_OK && ret->verification_id.n == 0) {
        ret->verification_id = rq->segments[0];
    }
    return e ? e : api_faults(rq);
}

static enum err
hand_in(struct rq *rq, const struct verify *verify, enum ticket_kind kind)
{
    const struct tenant *tenant;
    struct proof *proof;
    enum err e;

    if (verify->verification_id.n == 0) {
        return api_refuse(rq, "verificationId", "blank", "Send the id that came with the mail.");
    }
    e = api_proof_find(rq, verify->verification_id, &kind, 1, &tenant, &proof);
    e = e ? e : api_proof_judge(rq, tenant, proof, verify->code);
    e = e ? e : proof_verify(rq, tenant, proof);
    return e ? e : rq_answer_empty(rq, 200);
}

/* An administrator knows the address. */
static enum err
mark_email(struct rq *rq, struct uuid user_id)
{
    const struct tenant *tenant;
    struct user *user;
    enum err e;

    if (rq->api_key == NULL) {
        return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key to name a user");
    }
    e = api_user_find(rq, user_id, &tenant, &user);
    if (e != ERR_OK || user == NULL || user->email.n == 0) {
        return e ? e : api_not_found(rq);
    }
    e = proof_verify_identity(rq, tenant, user, PROOF_EMAIL);
    return e ? e : rq_answer_empty(rq, 200);
}

enum err
api_verify_email(struct rq *rq)
{
    struct verify verify;
    enum err e = read_body(rq, &api_verify_email_table, &verify);

    if (e == ERR_OK && verify.verification_id.n == 0 && !uuid_is_nil(verify.user_id)) {
        return mark_email(rq, verify.user_id);
    }
    return e ? e : hand_in(rq, &verify, TICKET_VERIFY_EMAIL);
}

enum err
api_verify_registration(struct rq *rq)
{
    struct verify verify;
    enum err e = read_body(rq, &api_verify_registration_table, &verify);

    return e ? e : hand_in(rq, &verify, TICKET_VERIFY_REGISTRATION);
}

/* Without a key everybody is answered alike. */
static enum err
answer_nobody(struct rq *rq)
{
    return rq->api_key != NULL ? api_not_found(rq) : rq_answer_empty(rq, 200);
}

static enum err
start(struct rq *rq, const struct tenant *tenant, const struct proof_order *order)
{
    struct api_answer answer;
    struct proof_made made = {.text = NO_STR};
    bool may_mail;
    enum err e = api_proof_may_mail(rq, tenant, order->kind, order->user, &may_mail);

    if (e == ERR_OK && may_mail) {
        e = proof_start(rq, tenant, order, &made);
    }
    if (e != ERR_OK || rq->api_key == NULL) {
        return e ? e : rq_answer_empty(rq, 200);
    }
    api_answer_start(rq, &answer);
    json_put_given(&answer.out, S("oneTimeCode"), made.code);
    json_put_str(&answer.out, S("verificationId"), made.text);
    return api_answer_send(rq, &answer, 200);
}

struct asked { /* for a mail */
    const struct tenant *tenant;
    const struct application *application;
    struct user *user; /* NULL: nobody has the address */
    bool is_sent;
};

/* ?email= &applicationId= and whether a mail is wanted. */
static enum err
read_asked(struct rq *rq, const char *send_name, struct asked *ret)
{
    static str types[] = {S_INIT("email")};
    str email = rq_query_get(rq, S("email"));
    struct uuid application_id;
    enum err e = api_query_id(rq, "applicationId", &application_id);

    if (e == ERR_OK && email.n == 0) {
        e = api_refuse(rq, "email", "blank", "Name the address to be verified.");
    }
    e = e ? e : api_proof_place(rq, application_id, &ret->tenant, &ret->application);
    ret->is_sent =
        rq->api_key == NULL || !str_eq(rq_query_get(rq, str_from(send_name)), S("false"));
    return e ? e
             : api_proof_person(
                 rq, ret->tenant, email, &(struct field_texts){types, COUNT(types)}, &ret->user);
}

enum err
api_verify_email_start(struct rq *rq)
{
    struct proof_order order = {.kind = TICKET_VERIFY_EMAIL};
    struct asked asked;
    enum err e = read_asked(rq, "sendVerifyEmail", &asked);

    if (e != ERR_OK) {
        return e;
    }
    if (!asked.tenant->mail.verifies) {
        return rq_answer_empty(rq, 403);
    }
    if (asked.user == NULL) {
        return answer_nobody(rq);
    }
    order.application = asked.application;
    order.user = asked.user;
    order.has_code = asked.tenant->mail.strategy == VERIFY_BY_CODE;
    order.is_sent = asked.is_sent;
    return start(rq, asked.tenant, &order);
}

enum err
api_verify_registration_start(struct rq *rq)
{
    struct proof_order order = {.kind = TICKET_VERIFY_REGISTRATION};
    struct asked asked;
    enum err e = read_asked(rq, "sendVerifyPasswordEmail", &asked);

    if (e == ERR_OK && asked.application == NULL) {
        e = api_refuse(rq, "applicationId", "invalid", "Name the application of the registration.");
    }
    if (e != ERR_OK || asked.application == NULL) {
        return e;
    }
    if (!asked.application->verifies_registration) {
        return rq_answer_empty(rq, 403);
    }
    if (asked.user == NULL || user_registration(asked.user, asked.application->id) == NULL) {
        return answer_nobody(rq);
    }
    order.application = asked.application;
    order.user = asked.user;
    order.has_code = asked.application->verification_strategy == VERIFY_BY_CODE;
    order.is_sent = asked.is_sent;
    return start(rq, asked.tenant, &order);
}
