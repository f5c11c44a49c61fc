/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs: started, found, sent. What each kind takes from its tenant is a row of a table. */
#include "model/proof/proof.h"

#include "model/event/event.h"
#include "model/lockout/lockout.h"
#include "model/proof/proof_internal.h"
#include "model/rq/rq.h"
#include "model/user/user_verified.h"

enum { MAILS_IN_WINDOW = 5, MAILS_WINDOW_MS = 10 * 60 * 1000 };

#define IDS(member) offsetof(struct external_id_config, member)

/* clang-format off */
static const struct proof_kind kinds[] = {
/*   kind                        time to live                    text                      code beside it                  letter          text in templates   template                        message                         page                     event of its start                 rate */
    {TICKET_CHANGE_PASSWORD,     IDS(change_password_ttl_s),     IDS(change_password),     IDS(change_password),           "forgot",       "changePasswordId", MAIL_TEMPLATE_FORGOT_PASSWORD,  PHONE_TEMPLATE_FORGOT_PASSWORD, "/password/change/",     "user.password.reset.start",       TENANT_RATE_FORGOT_PASSWORD},
    {TICKET_SETUP_PASSWORD,      IDS(setup_password_ttl_s),      IDS(setup_password),      IDS(setup_password),            "setup",        "changePasswordId", MAIL_TEMPLATE_SET_PASSWORD,     PHONE_TEMPLATE_SET_PASSWORD,    "/password/change/",     "user.password.reset.start",       -1},
    {TICKET_VERIFY_EMAIL,        IDS(verify_email_ttl_s),        IDS(verify_email),        IDS(verify_email_code),         "verify",       "verificationId",   MAIL_TEMPLATE_VERIFICATION,     -1,                             "/email/verify/",        "user.email.verify.start",         TENANT_RATE_EMAIL_VERIFICATION},
    {TICKET_VERIFY_IDENTITY,     IDS(verify_phone_ttl_s),        IDS(verify_phone),        IDS(verify_phone_code),         "number",       "verificationId",   MAIL_TEMPLATE_VERIFICATION,     PHONE_TEMPLATE_VERIFICATION,    "/phone/verify/",        "user.identity.verify.start",      TENANT_RATE_PHONE_VERIFICATION},
    {TICKET_VERIFY_REGISTRATION, IDS(verify_registration_ttl_s), IDS(verify_registration), IDS(verify_registration_code),  "registration", "verificationId",   -1,                             -1,                             "/registration/verify/", "user.registration.verify.start",  TENANT_RATE_REGISTRATION_VERIFICATION},
    {TICKET_AHEAD_EMAIL,         IDS(verify_email_ttl_s),        IDS(verify_email),        IDS(verify_email_code),         "verify",       "verificationId",   MAIL_TEMPLATE_VERIFICATION,     -1,                             "/email/verify/",        "user.email.verify.start",         -1},
    {TICKET_AHEAD_PHONE,         IDS(verify_phone_ttl_s),        IDS(verify_phone),        IDS(verify_phone_code),         "number",       "verificationId",   MAIL_TEMPLATE_VERIFICATION,     PHONE_TEMPLATE_VERIFICATION,    "/phone/verify/",        "user.identity.verify.start",      -1},
    {TICKET_PASSWORDLESS,        IDS(passwordless_ttl_s),        IDS(passwordless),        IDS(passwordless_code),         "passwordless", "code",             MAIL_TEMPLATE_PASSWORDLESS,     PHONE_TEMPLATE_PASSWORDLESS,    "/oauth2/passwordless/", "user.passwordless.start",         TENANT_RATE_PASSWORDLESS},
};
/* clang-format on */

const struct proof_kind *
proof_kind(enum ticket_kind kind)
{
    size_t i = 0;

    while (i < COUNT(kinds) && kinds[i].kind != kind) {
        i++;
    }
    CHECK(i < COUNT(kinds));
    return &kinds[i];
}

static int64_t
ttl_of(const struct tenant *tenant, size_t offset)
{
    return *(const int64_t *)(const void *)((const char *)&tenant->ids + offset);
}

static const struct secure_generator *
generator_of(const struct tenant *tenant, size_t offset)
{
    return (const struct secure_generator *)(const void *)((const char *)&tenant->ids + offset);
}

/* {"value": ..., "code": ..., "sent": 1, "state": {...}} */
static str
write_detail(struct rq *rq, str state, int64_t sent, str value, str code)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("value"), value);
    json_put_given(&out, S("code"), code);
    if (sent) {
        json_put_i64(&out, S("sent"), sent);
    }
    if (state.n) {
        json_put_raw(&out, S("state"), state);
    }
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

static enum err
note(struct rq *rq, const struct tenant *tenant, const char *kind, struct uuid user_id,
    struct uuid application_id)
{
    struct event event = {kind, user_id, application_id, NO_STR};

    return event_add(rq, tenant, &event);
}

enum err
proof_take_rate(
    struct rq *rq, const struct tenant *tenant, enum ticket_kind kind, struct uuid user_id)
{
    int rate = proof_kind(kind)->rate;

    return rate < 0 ? ERR_OK
                    : lockout_rate_take(
                        rq, tenant, (enum tenant_rate)rate, uuid_text(rq->arena, user_id));
}

enum err
proof_may_mail(struct rq *rq, const struct tenant *tenant, enum ticket_kind kind,
    struct uuid user_id, bool *ret)
{
    str name = str_fmt(rq->arena, "mail %d " STRF, (int)kind, STRV(uuid_text(rq->arena, user_id)));
    int64_t count;
    enum err e = ticket_count_since(rq, tenant, kind, user_id, rq->now - MAILS_WINDOW_MS, &count);

    *ret = e == ERR_OK && count < MAILS_IN_WINDOW
           && lockout_lets_pass(rq, tenant, name, MAILS_IN_WINDOW, MAILS_WINDOW_MS / SECOND_MS);
    return e;
}

/* As typed, else as a number with its country code. */
enum err
proof_person(struct rq *rq, const struct tenant *tenant, str login_id, struct user **ret)
{
    str phone = identity_phone(rq->arena, login_id);
    enum err e = user_find(rq, tenant, login_id, USER_REGISTRATIONS, ret);

    if (e == ERR_OK && *ret == NULL && phone.n && !str_eq(phone, login_id)) {
        e = user_find(rq, tenant, phone, USER_REGISTRATIONS, ret);
    }
    if (e == ERR_OK && *ret != NULL && !user_may_sign_in(*ret, rq->now)) {
        *ret = NULL;
    }
    return e;
}

/* The rate is a person's: whoever is told of it learns that there is one. */
static bool
is_within_rate(
    struct rq *rq, const struct tenant *tenant, const struct proof_kind *kind, struct uuid user_id)
{
    return kind->rate < 0
           || lockout_rate_passes(
               rq, tenant, (enum tenant_rate)kind->rate, uuid_text(rq->arena, user_id));
}

enum err
proof_start_quietly(struct rq *rq, const struct tenant *tenant, const struct proof_order *order,
    struct proof_made *ret)
{
    const struct proof_kind *kind = proof_kind(order->kind);
    bool may_mail = false;
    enum err e = ERR_OK;

    if (order->user != NULL && is_within_rate(rq, tenant, kind, order->user->id)) {
        e = proof_may_mail(rq, tenant, order->kind, order->user->id, &may_mail);
    }
    if (e != ERR_OK || may_mail) {
        return e ? e : proof_start(rq, tenant, order, ret);
    }
    *ret = (struct proof_made){.text = ticket_draw_sham(rq, generator_of(tenant, kind->text))};
    return ERR_OK;
}

enum err
proof_start(struct rq *rq, const struct tenant *tenant, const struct proof_order *order,
    struct proof_made *ret)
{
    const struct proof_kind *kind = proof_kind(order->kind);
    str value = order->value.n ? order->value : user_address(rq->arena, order->user);
    str code = order->has_code ? ticket_draw(rq, generator_of(tenant, kind->code)) : NO_STR;
    struct ticket_order wanted = {.kind = order->kind,
        .user_id = order->user->id,
        .ttl_s = ttl_of(tenant, kind->ttl),
        .detail = write_detail(rq, order->state, order->is_sent, value, code),
        .text = generator_of(tenant, kind->text),
        .given_text = order->given_text,
        .given_code = code};
    struct proof_letter letter = {.kind = kind,
        .user = order->user,
        .application = order->application,
        .to = value,
        .code = code,
        .state = order->state};
    struct ticket_made made;
    enum err e;

    if (order->application != NULL) {
        wanted.application_id = order->application->id;
    }
    e = wanted.detail.n ? ticket_make(rq, tenant, &wanted, &made) : FAIL_SERVER(rq);
    e = e ? e : note(rq, tenant, kind->event, order->user->id, wanted.application_id);
    if (e == ERR_OK) {
        letter.text = made.text;
        *ret = (struct proof_made){made.text, made.code};
    }
    return e != ERR_OK || !order->is_sent ? e : proof_letter_send(rq, tenant, &letter);
}

str
proof_text_of(const struct json *detail, const char *name)
{
    const struct json *member = detail ? json_get(detail, str_from(name)) : NULL;
    str text = NO_STR;

    return member != NULL && json_str(member, &text) ? text : NO_STR;
}

static str
state_of(struct rq *rq, const struct json *detail)
{
    const struct json *state = detail ? json_get(detail, S("state")) : NULL;
    struct json_out out;
    struct buf buf;
    str text;

    if (state == NULL) {
        return NO_STR;
    }
    rq_json_out(rq, &buf, &out);
    json_out_value(&out, state);
    return buf_done(&buf, &text) ? text : NO_STR;
}

/* Tickets of before have true, whose number was not counted. */
static int64_t
sent_of(const struct json *detail)
{
    const struct json *sent = detail ? json_get(detail, S("sent")) : NULL;
    int64_t count;

    return sent != NULL && json_i64(sent, &count) ? count : sent != NULL;
}

enum err
proof_find(
    struct rq *rq, const struct tenant *tenant, enum ticket_kind kind, str text, struct proof **ret)
{
    struct proof *proof;
    struct ticket *ticket;
    struct user *user = NULL;
    bool is_proven = false;
    enum err e = ticket_find(rq, tenant, kind, text, &ticket);

    *ret = NULL;
    if (e == ERR_OK && ticket != NULL && proof_is_ahead(kind)) {
        user = proof_nobody(rq, kind, proof_text_of(ticket->detail, "value"));
        is_proven = ticket->detail && json_get(ticket->detail, S("proven")) != NULL;
        e = user ? ERR_OK : FAIL_SERVER(rq);
    } else if (e == ERR_OK && ticket != NULL) {
        e = user_load(rq, tenant, ticket->user_id, USER_REGISTRATIONS, &user);
    }
    if (e != ERR_OK || user == NULL) {
        return e;
    }
    proof = ARENA_NEW(rq->arena, struct proof);
    if (proof == NULL) {
        return FAIL_SERVER(rq);
    }
    *proof = (struct proof){.ticket = ticket,
        .user = user,
        .value = proof_text_of(ticket->detail, "value"),
        .code = proof_text_of(ticket->detail, "code"),
        .state = state_of(rq, ticket->detail),
        .sent = sent_of(ticket->detail),
        .is_proven = is_proven};
    *ret = proof;
    return ERR_OK;
}

enum err
proof_application(struct rq *rq, const struct tenant *tenant, const struct proof *proof,
    const struct application **ret)
{
    *ret = NULL;
    return proof == NULL || uuid_is_nil(proof->ticket->application_id)
               ? ERR_OK
               : application_in(rq, proof->ticket->application_id, tenant->id, ret);
}

enum err
proof_send(struct rq *rq, const struct tenant *tenant, const struct proof *proof, str text)
{
    struct proof_letter letter = {.kind = proof_kind(proof->ticket->kind),
        .user = proof->user,
        .to = proof->value,
        .text = text,
        .code = proof->code,
        .state = proof->state};
    str detail = write_detail(rq, proof->state, proof->sent + 1, proof->value, proof->code);
    enum err e;

    if (rq->api_key == NULL && proof->sent >= MAILS_IN_WINDOW) {
        return ERR_OK;
    }
    e = detail.n ? ticket_change(rq, tenant, proof->ticket, detail, NULL, NULL) : FAIL_SERVER(rq);

    e = e ? e : proof_application(rq, tenant, proof, &letter.application);
    return e ? e : proof_letter_send(rq, tenant, &letter);
}

static bool
is_same(struct rq *rq, str a, str b)
{
    str normal = identity_normal(rq->arena, a);

    return normal.n > 0 && str_eq(normal, identity_normal(rq->arena, b));
}

/* Is there a value, and another one than before? */
static bool
is_new(struct rq *rq, str before, str value)
{
    return value.n > 0 && !is_same(rq, before, value);
}

static enum err
tell_of_address(struct rq *rq, const struct tenant *tenant, const struct application *application,
    const struct user *before, const struct user *user)
{
    const struct proof_letter old = {.user = before, .application = application};
    const struct proof_letter new = {.user = user, .application = application};
    enum err e = proof_letter_mail(rq, tenant, &old, MAIL_TEMPLATE_EMAIL_UPDATE);

    return e ? e : proof_letter_mail(rq, tenant, &new, MAIL_TEMPLATE_EMAIL_UPDATE);
}

static enum err
tell_of_number(struct rq *rq, const struct tenant *tenant, const struct application *application,
    const struct user *before, const struct user *user)
{
    const struct proof_letter old = {
        .user = before, .application = application, .to = before->phone_number};
    const struct proof_letter new = {
        .user = user, .application = application, .to = user->phone_number};
    enum err e = proof_letter_message(rq, tenant, &old, PHONE_TEMPLATE_IDENTITY_UPDATE);

    return e ? e : proof_letter_message(rq, tenant, &new, PHONE_TEMPLATE_IDENTITY_UPDATE);
}

/* Who reads what goes to the old one and who reads what goes to the new one are to know. */
static enum err
tell_of_change(struct rq *rq, const struct tenant *tenant, const struct application *application,
    const struct user *before, const struct user *user)
{
    enum err e = ERR_OK;

    if (before != NULL && is_new(rq, user->email, before->email)) {
        e = tell_of_address(rq, tenant, application, before, user);
    }
    if (e == ERR_OK && before != NULL && is_new(rq, user->phone_number, before->phone_number)) {
        e = tell_of_number(rq, tenant, application, before, user);
    }
    return e;
}

enum err
proof_account(struct rq *rq, const struct tenant *tenant, const struct application *application,
    const struct user *before, const struct user *user, struct proof_sent *ret)
{
    const struct proof_order email = {.kind = TICKET_VERIFY_EMAIL,
        .application = application,
        .user = user,
        .value = user->email,
        .has_code = tenant->mail.strategy == VERIFY_BY_CODE,
        .is_sent = true};
    const struct proof_order phone = {.kind = TICKET_VERIFY_IDENTITY,
        .application = application,
        .user = user,
        .value = user->phone_number,
        .has_code = tenant->phone.strategy == VERIFY_BY_CODE,
        .is_sent = true};
    bool is_asked_for = tenant->mail.verifies && (before == NULL || tenant->mail.verifies_changed);
    enum err e = tell_of_change(rq, tenant, application, before, user);

    *ret = (struct proof_sent){.email = {NO_STR, NO_STR}};
    if (e == ERR_OK && is_asked_for && !user->verified
        && is_new(rq, before ? before->email : NO_STR, user->email)) {
        e = proof_start(rq, tenant, &email, &ret->email);
    }
    if (e == ERR_OK && tenant->phone.verifies && !user->phone_verified
        && is_new(rq, before ? before->phone_number : NO_STR, user->phone_number)) {
        e = proof_start(rq, tenant, &phone, &ret->phone);
    }
    return e;
}

enum err
proof_registration(struct rq *rq, const struct tenant *tenant,
    const struct application *application, const struct user *user,
    const struct registration *registration, struct proof_made *ret)
{
    struct proof_order order = {.kind = TICKET_VERIFY_REGISTRATION,
        .application = application,
        .user = user,
        .has_code = application->verification_strategy == VERIFY_BY_CODE,
        .is_sent = true};

    *ret = (struct proof_made){NO_STR, NO_STR};
    if (!application->verifies_registration || registration->verified || user->email.n == 0) {
        return ERR_OK;
    }
    return proof_start(rq, tenant, &order, ret);
}

bool
proof_is_current(struct rq *rq, const struct proof *proof)
{
    bool is_phone = identity_is_phone(identity_normal(rq->arena, proof->value));

    return is_same(rq, proof->value,
        is_phone ? proof->user->phone_number : user_address(rq->arena, proof->user));
}

void
proof_verify_on_the_way(
    struct rq *rq, const struct tenant *tenant, const struct proof *proof, struct user *user)
{
    if (proof->sent == 0) {
        return;
    }
    if (tenant->mail.verifies_on_the_way && !user->verified
        && is_same(rq, proof->value, user->email)) {
        user_verify(user, USER_EMAIL, USER_VERIFIED_IMPLICIT, rq->now);
    }
    if (tenant->phone.verifies_on_the_way && !user->phone_verified
        && is_same(rq, proof->value, user->phone_number)) {
        user_verify(user, USER_PHONE, USER_VERIFIED_IMPLICIT, rq->now);
    }
}
