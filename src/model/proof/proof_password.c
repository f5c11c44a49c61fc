/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords that are set anew, by a mail or by who knows the old one; and what ends then (RFC 9700 s4.14.2). */
#include "model/action/action.h"
#include "model/event/event.h"
#include "model/lockout/lockout.h"
#include "model/proof/proof_internal.h"
#include "model/rq/rq.h"
#include "model/session/session.h"
#include "model/token/token.h"

void
proof_end_opened(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    if (tenant->jwt.revocation.on_password_change) {
        session_end_all(rq, tenant, user_id);
        token_revoke_user(rq, tenant, user_id);
    }
    ticket_forget_user_kind(rq, tenant, user_id, TICKET_CHANGE_PASSWORD);
    ticket_forget_user_kind(rq, tenant, user_id, TICKET_SETUP_PASSWORD);
}

static enum err
tell_of_password(
    struct rq *rq, const struct tenant *tenant, const struct proof *proof, const struct user *user)
{
    struct proof_letter letter = {.user = user};
    enum err e = proof_application(rq, tenant, proof, &letter.application);

    e = e ? e
          : proof_letter_mail(rq, tenant, &letter,
              proof ? MAIL_TEMPLATE_PASSWORD_RESET_SUCCESS : MAIL_TEMPLATE_PASSWORD_UPDATE);
    letter.to = user->phone_number;
    return e ? e
             : proof_letter_message(rq, tenant, &letter,
                 proof ? PHONE_TEMPLATE_PASSWORD_RESET_SUCCESS : PHONE_TEMPLATE_PASSWORD_UPDATE);
}

/* Whoever has somebody's mail and a new password is no stranger who guesses: FusionAuth's actionCancelPolicy. */
static enum err
forgive(struct rq *rq, const struct tenant *tenant, const struct user *user)
{
    lockout_forgive(rq, tenant, user->id);
    return action_end_of_failures(rq, tenant, user);
}

/* The person's row first, then the ticket (src/model/README, "Gates"). */
enum err
proof_set_password(struct rq *rq, const struct tenant *tenant, const struct proof *proof,
    const struct user *before, struct user *after)
{
    struct event event = {proof != NULL ? "user.password.reset.success" : "user.password.update",
        before->id, {{0}}, NO_STR};
    enum err e = user_change_password(rq, tenant, before, after);

    if (e != ERR_OK) {
        return e;
    }
    after->password_change_required = false;
    if (proof != NULL) {
        event.application_id = proof->ticket->application_id;
        proof_verify_on_the_way(rq, tenant, proof, after);
    }
    e = user_update(rq, tenant, before, after);
    if (e == ERR_OK && proof != NULL) {
        ticket_use(rq, proof->ticket);
    }
    if (e == ERR_OK && proof != NULL && tenant->failed_login.cancel.on_password_reset) {
        e = forgive(rq, tenant, after);
    }
    if (e == ERR_OK) {
        proof_end_opened(rq, tenant, before->id);
    }
    e = e ? e : event_add(rq, tenant, &event);
    return e ? e : tell_of_password(rq, tenant, proof, after);
}

enum err
proof_take_trust(struct rq *rq, const struct tenant *tenant, struct uuid user_id, str token,
    str challenge, bool *ret)
{
    struct ticket *ticket;
    enum err e = ticket_find(rq, tenant, TICKET_TRUST, token, &ticket);

    *ret =
        e == ERR_OK && ticket != NULL && uuid_eq(ticket->user_id, user_id)
        && ct_eq(str_bytes(proof_text_of(ticket->detail, "trustChallenge")), str_bytes(challenge));
    if (*ret) {
        ticket_use(rq, ticket);
    }
    return e;
}

enum err
proof_one_time_password(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, bool may_refresh, str *ret)
{
    struct ticket_order order = {.kind = TICKET_ONE_TIME_PASSWORD,
        .user_id = user_id,
        .ttl_s = tenant->ids.one_time_password_ttl_s,
        .detail = may_refresh ? S("{\"refresh\":true}") : NO_STR,
        .is_only = true};
    struct ticket_made made;
    enum err e = ticket_make(rq, tenant, &order, &made);

    if (e == ERR_OK) {
        *ret = made.text;
    }
    return e;
}

enum err
proof_find_one_time_password(struct rq *rq, const struct tenant *tenant, str text,
    struct ticket **ret, bool *ret_may_refresh)
{
    enum err e = ticket_find(rq, tenant, TICKET_ONE_TIME_PASSWORD, text, ret);

    *ret_may_refresh = e == ERR_OK && *ret != NULL && (*ret)->detail != NULL;
    return e;
}
