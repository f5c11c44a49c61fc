/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and registrations that are verified. */
#include "model/event/event.h"
#include "model/proof/proof_internal.h"
#include "model/rq/rq.h"

enum ticket_kind
proof_wanted(
    const struct tenant *tenant, const struct application *application, const struct user *user)
{
    const struct mail_config *mail = &tenant->mail;
    const struct registration *registration =
        application != NULL ? user_registration(user, application->id) : NULL;

    if (mail->verifies && mail->unverified.behavior == UNVERIFIED_GATED && user->email.n
        && !user->verified) {
        return TICKET_VERIFY_EMAIL;
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

static void
mark(struct user *user, enum proof_identity identity, int64_t now)
{
    bool *is_verified = identity == PROOF_EMAIL ? &user->verified : &user->phone_verified;
    int64_t *instant =
        identity == PROOF_EMAIL ? &user->verified_instant : &user->phone_verified_instant;

    if (!*is_verified) {
        *is_verified = true;
        *instant = now;
    }
}

enum err
proof_verify_identity(struct rq *rq, const struct tenant *tenant, const struct user *user,
    enum proof_identity identity)
{
    static const char *const kinds[] = {
        [PROOF_EMAIL] = "user.email.verified", [PROOF_PHONE] = "user.identity.verified"};
    struct user after = *user;
    enum err e;

    mark(&after, identity, rq->now);
    e = user_update(rq, tenant, user, &after);
    e = e ? e : note(rq, tenant, kinds[identity], user, (struct uuid){{0}});
    return e != ERR_OK || identity != PROOF_EMAIL
               ? e
               : proof_letter_notice(rq, tenant, &after, MAIL_TEMPLATE_EMAIL_VERIFIED);
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
    enum err e;

    if (proof->ticket->kind == TICKET_VERIFY_REGISTRATION) {
        e = verify_registration(rq, tenant, proof);
    } else if (!proof_is_current(rq, proof)) {
        return FAIL(rq, ERR_NOT_FOUND, NULL, "is not there any more");
    } else {
        e = proof_verify_identity(rq, tenant, proof->user,
            proof->ticket->kind == TICKET_VERIFY_EMAIL ? PROOF_EMAIL : PROOF_PHONE);
    }
    if (e == ERR_OK) {
        ticket_use(rq, proof->ticket);
    }
    return e;
}
