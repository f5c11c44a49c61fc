/* SPDX-License-Identifier: Apache-2.0 */
/* What a link or a code that was sent to somebody proves: that they read that address. With it they set a password,
 * verify an address or a registration, sign in. Headless: the API is one face of it. */
#pragma once
#include "model/ticket/ticket.h"
#include "model/user/user.h"

struct proof_order {
    enum ticket_kind kind;
    const struct application *application; /* NULL: none was named */
    const struct user *user;
    str value;      /* the address or number that is proven; empty: the user's email address */
    str state;      /* a JSON object, given back at the end; empty: none */
    str given_text; /* chosen by the caller; empty: drawn */
    bool has_code;  /* a short code to type beside the text (FusionAuth's FormField) */
    bool is_sent;   /* by mail, or by message if value is a number; in the same set */
};
struct proof_made {
    str text, code; /* code: empty unless has_code */
};
/* Whether a caller without a key may have one more mail or message of this kind sent to somebody: few in a while, so that
 * nobody's mailbox can be filled. */
MUST_USE enum err proof_may_mail(struct rq *rq, const struct tenant *tenant, enum ticket_kind kind,
    struct uuid user_id, bool *ret);
/* Counts one more of this kind for somebody: ERR_TOO_MANY where the tenant's rateLimitConfiguration says so. */
MUST_USE enum err proof_take_rate(
    struct rq *rq, const struct tenant *tenant, enum ticket_kind kind, struct uuid user_id);
/* The usable account behind what somebody typed, with their registrations; *ret NULL without one. */
MUST_USE enum err proof_person(
    struct rq *rq, const struct tenant *tenant, str login_id, struct user **ret);
/* Declares the ticket, and the mail if it is_sent. As long and as short as the tenant says. */
MUST_USE enum err proof_start(struct rq *rq, const struct tenant *tenant,
    const struct proof_order *order, struct proof_made *ret);
/* The same for who must not learn whether there is somebody (order->user NULL: nobody) or whether one more may be sent:
 * without either nothing is declared, and *ret has a text that opens nothing. */
MUST_USE enum err proof_start_quietly(struct rq *rq, const struct tenant *tenant,
    const struct proof_order *order, struct proof_made *ret);

struct proof_sent {
    struct proof_made email, phone; /* empty when none was sent */
};
/* Declares the mail to verify its address, and the message to verify its number, that a new account (before NULL), or one
 * whose address or number changed, gets where the tenant says so, unless it is verified; and tells the old one and the
 * new one of a change if there is a template for it. */
MUST_USE enum err proof_account(struct rq *rq, const struct tenant *tenant,
    const struct application *application, const struct user *before, const struct user *user,
    struct proof_sent *ret);

/* The same for a registration that is not verified, where its application says so. */
MUST_USE enum err proof_registration(struct rq *rq, const struct tenant *tenant,
    const struct application *application, const struct user *user,
    const struct registration *registration, struct proof_made *ret);

struct proof {
    struct ticket *ticket;
    struct user *user;      /* with registrations; may be closed; of nobody: the value alone */
    str value, state, code; /* as ordered; code: the one beside the text */
    int64_t sent;           /* how often we sent it, to value */
    bool is_proven;         /* of what is nobody's yet: it was completed */
};
/* Looks; *ret NULL for what ticket_find does not find. */
MUST_USE enum err proof_find(struct rq *rq, const struct tenant *tenant, enum ticket_kind kind,
    str text, struct proof **ret);
/* Declares the mail with the text (and the code) of a ticket that was found by it. A caller without a key has it sent a few
 * times, then nothing is: answer alike. */
MUST_USE enum err proof_send(
    struct rq *rq, const struct tenant *tenant, const struct proof *proof, str text);
/* Is the address still the user's? One that changed meanwhile is not verified by an older mail. */
bool proof_is_current(struct rq *rq, const struct proof *proof);
/* Did the person open our mail, so that the tenant takes their address as verified on the way? Says so in *user. */
void proof_verify_on_the_way(
    struct rq *rq, const struct tenant *tenant, const struct proof *proof, struct user *user);

/* -- passwords -- */

/* Declares a mail by that template about the person, if it gives one. */
MUST_USE enum err proof_notice(struct rq *rq, const struct tenant *tenant,
    const struct application *application, const struct user *user, struct uuid template_id);
/* Declares the new password (user->password, judged before by user_check_password; only on the hash pool), the end of
 * what the old one opened and of other mails about it, and the event. proof: NULL when it was not by a mail. */
MUST_USE enum err proof_set_password(struct rq *rq, const struct tenant *tenant,
    const struct proof *proof, const struct user *before, struct user *after);
/* Declares the end of what a password opened, as the tenant says: one copy for every way to change one. */
void proof_end_opened(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
/* Whether a trust token (of a second factor, model/ticket's TICKET_TRUST) is the person's, begun with this challenge;
 * declares its use then. */
MUST_USE enum err proof_take_trust(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    str token, str challenge, bool *ret);
/* Declares a one-time password for the Login API, for those whose grants have just ended. may_refresh: it may give a
 * refresh token. */
MUST_USE enum err proof_one_time_password(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, bool may_refresh, str *ret);
/* Finds one: *ret NULL when it is none. Declare ticket_use then. */
MUST_USE enum err proof_find_one_time_password(struct rq *rq, const struct tenant *tenant, str text,
    struct ticket **ret, bool *ret_may_refresh);

/* -- addresses and registrations -- */

enum proof_identity { PROOF_EMAIL, PROOF_PHONE, PROOF_IDENTITY_COUNT };
/* By what of theirs somebody comes who gave this login id: a username stands for the address. Empty (they came another
 * way): the address, or the number if there is none. */
enum proof_identity proof_identity_of(struct rq *rq, const struct user *user, str login_id);
/* What has to be verified before this account is let in by that identity: TICKET_VERIFY_EMAIL or TICKET_VERIFY_IDENTITY
 * where the tenant gates it, TICKET_VERIFY_REGISTRATION where the application does (NULL: none), TICKET_NONE else. */
enum ticket_kind proof_wanted(const struct tenant *tenant, const struct application *application,
    const struct user *user, enum proof_identity by);

/* Declares the ticket's use and that what it stands for is verified, with the event; of what is nobody's yet only that it is
 * proven. ERR_NOT_FOUND when that is not the
 * user's any more. */
MUST_USE enum err proof_verify(
    struct rq *rq, const struct tenant *tenant, const struct proof *proof);
/* Declares the same without a ticket: an administrator says so. */
MUST_USE enum err proof_verify_identity(struct rq *rq, const struct tenant *tenant,
    const struct user *user, enum proof_identity identity);

/* -- before there is an account -- */

/* As proof_start, for the value of an order that names nobody. */
MUST_USE enum err proof_start_ahead(struct rq *rq, const struct tenant *tenant,
    enum proof_identity identity, const struct proof_order *order, struct proof_made *ret);
/* Finds what proof_verify noted as proven and no account has used yet; *ret NULL without. Declare ticket_use with the account. */
MUST_USE enum err proof_find_proven(struct rq *rq, const struct tenant *tenant, str text,
    enum proof_identity *ret_identity, struct proof **ret);

/* -- what people are told of -- */

/* A refusal of a new account (before NULL) or a change because a login id of user's is somebody else's: whose it is is told, where
 * there is a template for it. What was declared before is forgotten, and this is committed with the refusal. */
MUST_USE enum err proof_tell_taken(struct rq *rq, const struct tenant *tenant,
    const struct application *application, const struct user *before, const struct user *user);
/* Somebody came in from a device that is new to them: they are told, where there is a template for it. */
MUST_USE enum err proof_tell_device(struct rq *rq, const struct tenant *tenant,
    const struct application *application, const struct user *user, str authentication);
