/* SPDX-License-Identifier: Apache-2.0 */
/* Mails and messages by the templates that somebody chose; and whole mails about what is kept about somebody. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct compose_about;
struct outbox_mail;
struct rq;
struct tenant;
struct user;

enum letter_made { LETTER_NO_TEMPLATE, LETTER_BROKEN, LETTER_MADE };
/* Fills in the sender, subject and texts of a mail by the stored template of this id, in the languages of about->user; only
 * when it is LETTER_MADE: not where there is no such template, or it cannot be rendered. */
MUST_USE enum err letter_mail(struct rq *rq, struct uuid template_id,
    const struct compose_about *about, struct outbox_mail *mail, enum letter_made *ret);
/* The same for a message: its text, which must not be empty. */
MUST_USE enum err letter_message(struct rq *rq, struct uuid template_id,
    const struct compose_about *about, struct outbox_mail *message, enum letter_made *ret);

struct letter {
    const struct tenant *tenant;
    const struct user *user; /* who gets it, under whose key it is sealed; NULL: nobody here */
    str address;             /* empty: the user's */
    struct uuid template_id; /* an email template; nil: subject and text as they are */
    str subject, text;
    str data; /* a JSON object: what the template may name beside user and tenant */
};
/* Declares the mail; nothing where there is neither template nor text, nor an address. */
MUST_USE enum err letter_put(struct rq *rq, const struct letter *letter);
