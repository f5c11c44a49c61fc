/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and registrations that are verified. */
#include "model/event/event.h"
#include "model/proof/proof_internal.h"
#include "model/rq/rq.h"
#include "model/user/user_verified.h"

enum proof_identity
proof_identity_of(struct rq *rq, const struct user *user, str login_id)
{
    str given, phone;

    if (login_id.n == 0 || user->phone_number.n == 0) {
        return user->email.n == 0 && user->phone_number.n ? PROOF_PHONE : PROOF_EMAIL;
    }
    given = identity_normal(rq->arena, login_id);
    phone = identity_normal(rq->arena, user->phone_number);
    if (!str_eq(given, identity_normal(rq->arena, user->username))
        && str_eq(identity_phone(rq->arena, login_id), phone)) {
        return PROOF_PHONE;
    }
    return str_eq(given, phone) ? PROOF_PHONE : PROOF_EMAIL;
}

static bool
is_gated(const struct tenant *tenant, const struct user *user, enum proof_identity by)
{
    const struct mail_config *mail = &tenant->mail;
    const struct phone_config *phone = &tenant->phone;

    if (by == PROOF_PHONE) {
        return phone->verifies && phone->unverified.behavior == UNVERIFIED_GATED
               && user->phone_number.n && !user->phone_verified;
    }
    return mail->verifies && mail->unverified.behavior == UNVERIFIED_GATED && user->email.n
           && !user->verified;
}

enum ticket_kind
proof_wanted(const struct tenant *tenant, const struct application *application,
    const struct user *user, enum proof_identity by)
{
    const struct registration *registration =
        application != NULL ? user_registration(user, application->id) : NULL;

    if (is_gated(tenant, user, by)) {
        return by == PROOF_PHONE ? TICKET_VERIFY_IDENTITY : TICKET_VERIFY_EMAIL;
    }
    if (registration != NULL && application->verifies_registration
        && application->unverified.behavior == UNVERIFIED_GATED && !registration->verified) {
        return TICKET_VERIFY_REGISTRATION;
    }
    return TICKET_NONE;
}

static enum err
note(struct rq *rq, const struct tenant *tenant, const char *kind, const struct user *user,
    struct uuid application_id)
{
    struct event event = {kind, user->id, application_id, NO_STR};

    return event_add(rq, tenant, &event);
}

static enum err
verify_identity(struct rq *rq, const struct tenant *tenant, const struct application *application,
    const struct user *user, enum proof_identity identity, str reason)
{
    static const char *const kinds[] = {
        [PROOF_EMAIL] = "user.email.verified", [PROOF_PHONE] = "user.identity.verified"};
    struct user after = *user;
    struct proof_letter letter = {.user = &after, .application = application};
    enum err e;

    user_verify(&after, identity == PROOF_EMAIL ? USER_EMAIL : USER_PHONE, reason, rq->now);
    e = user_update(rq, tenant, user, &after);
    e = e ? e : note(rq, tenant, kinds[identity], user, (struct uuid){{0}});
    if (e != ERR_OK) {
        return e;
    }
    if (identity == PROOF_EMAIL) {
        return proof_letter_mail(rq, tenant, &letter, MAIL_TEMPLATE_EMAIL_VERIFIED);
    }
    letter.to = after.phone_number;
    return proof_letter_message(rq, tenant, &letter, PHONE_TEMPLATE_VERIFICATION_COMPLETE);
}

enum err
proof_verify_identity(struct rq *rq, const struct tenant *tenant, const struct user *user,
    enum proof_identity identity)
{
    return verify_identity(rq, tenant, NULL, user, identity, USER_VERIFIED_BY_ADMIN);
}

static enum err
verify_registration(struct rq *rq, const struct tenant *tenant, const struct proof *proof)
{
    struct uuid id = proof->ticket->application_id;
    const struct registration *before = user_registration(proof->user, id);
    struct registration after;
    enum err e;

    if (before == NULL) {
        return FAIL(rq, ERR_NOT_FOUND, NULL, "is not there any more");
    }
    after = *before;
    after.verified = true;
    after.verified_instant = before->verified ? before->verified_instant : rq->now;
    e = registration_update(rq, tenant, proof->user, &after);
    return e ? e : note(rq, tenant, "user.registration.verified", proof->user, id);
}

enum err
proof_verify(struct rq *rq, const struct tenant *tenant, const struct proof *proof)
{
    const struct application *application;
    enum err e;

    if (proof_is_ahead(proof->ticket->kind)) {
        return proof_verify_ahead(rq, tenant, proof);
    }
    if (proof->ticket->kind == TICKET_VERIFY_REGISTRATION) {
        e = verify_registration(rq, tenant, proof);
    } else if (!proof_is_current(rq, proof)) {
        return FAIL(rq, ERR_NOT_FOUND, NULL, "is not there any more");
    } else {
        e = proof_application(rq, tenant, proof, &application);
        e = e ? e
              : verify_identity(rq, tenant, application, proof->user,
                  proof->ticket->kind == TICKET_VERIFY_EMAIL ? PROOF_EMAIL : PROOF_PHONE,
                  USER_VERIFIED_COMPLETED);
    }
    if (e == ERR_OK) {
        ticket_use(rq, proof->ticket);
    }
    return e;
}
