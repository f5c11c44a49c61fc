/* SPDX-License-Identifier: Apache-2.0 */
/* A second factor asked for, on the way in or in between: twoFactorId, the codes sent for it, and
 * twoFactorTrustId, which spares the next time. Headless: the API and the hosted pages are faces of it.
 *
 *   start -> twoFactorId (a ticket) -send, as often as the ticket bears-> code
 *         -answer: authenticator, code that was sent, recovery code-> used up, once
 *         -answer wrong, five times-> over */
#pragma once
#include "model/factor/factor.h"
#include "model/ticket/ticket.h"

enum { FACTOR_STATE_MAX = 8192 };
struct challenge_detail {       /* sealed in the ticket */
    str authentication;         /* how the first step was proven: "PASSWORD" ... */
    str state, trust_challenge; /* of whoever began it */
    str code_digest;            /* of a code that the caller chose */
    str method_id;              /* where the code of the ticket was sent; empty: nowhere by us */
    int64_t code_expires_at;    /* of the code of the ticket; 0: with the ticket */
    int64_t sent;               /* how many were */
    bool is_by_phone;           /* the first step named the person by their number */
    int64_t password_instant; /* of the account, when it began: another password voids the proof */
};
struct challenge {
    struct ticket *ticket;
    struct challenge_detail detail;
    struct user *user; /* with registrations */
};

struct challenge_order {
    const struct user *user;
    const struct application *application; /* NULL: none */
    struct challenge_detail detail;        /* what the caller knows of it */
    bool wants_code;                       /* draw one, to be shown to the caller */
    str code;                              /* chosen by the caller, instead */
};
/* Declares a challenge, with its event. *ret->code is empty unless one was wanted. */
MUST_USE enum err factor_challenge_start(struct rq *rq, const struct tenant *tenant,
    const struct challenge_order *order, struct ticket_made *ret);
/* Finds one that stands, with its person; *ret NULL otherwise: nobody is told why. */
MUST_USE enum err factor_challenge_find(
    struct rq *rq, const struct tenant *tenant, str id, struct challenge **ret);
/* Declares a new code, sent to this method of the person's (email or sms; is_voice: by a call); every older one is void. ERR_FIELDS
 * with a fault at methodId when it is an authenticator, or too many were sent: for this challenge, or to
 * this person by callers without an API key. */
MUST_USE enum err factor_challenge_send(struct rq *rq, const struct tenant *tenant,
    const struct challenge *challenge, const struct factor *factor, bool is_voice);
/* Declares a new code for somebody who just set up a first method, so as to go on with the sign-in. */
MUST_USE enum err factor_challenge_pass(
    struct rq *rq, const struct tenant *tenant, const struct challenge *challenge, str *ret_code);

enum challenge_verdict {
    CHALLENGE_RIGHT,
    CHALLENGE_RECOVERED, /* right, and it was a recovery code */
    CHALLENGE_WRONG, /* counted against the ticket and the person: commit it (rq->keeps_writes is set) */
    CHALLENGE_LOCKED, /* too many were wrong: right ones are not looked at either */
};
/* Judges an answer. Right: the challenge is used up, and challenge->user is changed where a factor was used
 * (the sign-in's write takes it along); with the event. */
MUST_USE enum err factor_challenge_answer(struct rq *rq, const struct tenant *tenant,
    struct challenge *challenge, str code, enum challenge_verdict *ret);

/* Codes without a challenge, sent to a person who is known, to enable or disable a method. */
struct factor_purpose { /* what a code that was sent is good for */
    str kind;           /* "method", "email", "sms" */
    str value;          /* the method's id, the address, the number */
};
struct factor_letter { /* a message to somebody */
    const struct user *user;
    const struct application *application; /* NULL: none; its templates come first */
    const struct factor *to; /* the method it is about, and for a code where it goes */
    str code;
    bool is_voice; /* a number is called, and told */
};
/* Declares one, sent to letter->to->email or ->mobile_phone; the older ones are void. letter->code is ignored. */
MUST_USE enum err factor_code_send(struct rq *rq, const struct tenant *tenant,
    const struct factor_letter *letter, const struct factor_purpose *purpose);
/* Declares the mail, and the message to their number, that tell a person that letter->to was added or removed, if the
 * application or the tenant has a template for it: MAIL_TEMPLATE_TWO_FACTOR_ADD or _REMOVE. */
MUST_USE enum err factor_notice(
    struct rq *rq, const struct tenant *tenant, const struct factor_letter *letter, int which);
/* Judges one (an empty purpose->value: good for any of the kind), and for the kind "method" also codes of the
 * user's authenticators and recovery codes, which are used up in the user. */
MUST_USE enum err factor_code_answer(struct rq *rq, const struct tenant *tenant, struct user *user,
    str code, const struct factor_purpose *purpose, enum challenge_verdict *ret);

/* ---- trust: a computer that is spared the challenge for a while ---- */
struct factor_trusted {             /* type TwoFactorTrust */
    struct uuid application_id;     /* it was given for; nil: none */
    int64_t started_at, expires_at; /* 0: there is no such trust of this person */
    bool spares;                    /* the challenge of the application that was asked for */
};
/* Declares one for a sign-in to the application (NULL: none); *ret is its text. */
MUST_USE enum err factor_trust_give(struct rq *rq, const struct tenant *tenant,
    const struct application *application, struct uuid user_id, str *ret);
/* What the text is worth for this person at the application (NULL: none). */
MUST_USE enum err factor_trust_look(struct rq *rq, const struct tenant *tenant,
    const struct application *application, struct uuid user_id, str text,
    struct factor_trusted *ret);
/* The text in the browser's cookie, as FusionAuth names it; empty: none. keep sets it for as long as it lasts. */
str factor_trust_cookie(struct rq *rq);
void factor_trust_keep(
    struct rq *rq, const struct tenant *tenant, const struct application *application, str text);
/* Whether the application (NULL: none) believes any at all, so that one is offered. */
bool factor_trust_is_offered(const struct application *application);
/* Declares that none of the person's spares anything any more. */
void factor_trust_forget(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
