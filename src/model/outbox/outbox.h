/* SPDX-License-Identifier: Apache-2.0 */
/* Mails and messages to telephones to be sent, in the same set as their cause. A job sends them with backoff; without
 * SMTP settings or a messenger they stay and the demo shows them. Sealed under the user's key: an erased person's mails
 * are gone too. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "model/field/field.h"

struct rq;
struct tenant;
struct user;

enum outbox_way {      /* numbers are in storage */
    OUTBOX_MAIL,       /* by the tenant's SMTP settings */
    OUTBOX_SMS,        /* by the messenger of its phoneConfiguration */
    OUTBOX_FACTOR_SMS, /* by that of its second factor sms, OUTBOX_FACTOR_VOICE: voice */
    OUTBOX_FACTOR_VOICE,
    OUTBOX_WAY_COUNT
};
struct
    outbox_mail { /* what goes to a telephone has a number in to, a text, and none of the other texts */
    struct uuid id, tenant_id, user_id;
    int64_t way; /* enum outbox_way */
    str code;    /* that stands in the text of a second factor: messengers are told of it, too */
    str to, to_name, from_email, from_name, subject, text,
        html; /* from: empty: as the tenant says */
    struct field_texts cc, bcc;
    int64_t insert_instant, next_instant, sent_instant;
    int64_t attempts;
};
enum { OUTBOX_MAX_ATTEMPTS = 10, OUTBOX_KEPT_DAYS = 30 }; /* no mail is kept for longer */

/* Declares a mail to the user's email address; nothing if there is none. */
MUST_USE enum err outbox_add(struct rq *rq, const struct tenant *tenant, const struct user *user,
    str subject, str text, str html);
/* Declares a mail as it is given: to mail->user_id, or with a nil one to an address that is nobody's here (then it
 * is sealed under the tenant's key). Its id and instants are made. */
MUST_USE enum err outbox_put(
    struct rq *rq, const struct tenant *tenant, const struct outbox_mail *mail);
/* The newest mails of the tenant (demo, tests). */
MUST_USE enum err outbox_list(struct rq *rq, const struct tenant *tenant, size_t max,
    struct outbox_mail **ret, size_t *ret_count);

/* For the job: tenants and ids of mails that are due; then each is opened (*ret NULL when its
 * person was erased or it was sent meanwhile). */
struct outbox_due {
    struct uuid tenant_id, id;
    int64_t insert_instant, next_instant;
};
MUST_USE enum err outbox_list_due(
    struct rq *rq, size_t max, struct outbox_due **ret, size_t *ret_count);
MUST_USE enum err outbox_load(
    struct rq *rq, const struct tenant *tenant, struct uuid id, struct outbox_mail **ret);
/* Declare that the mail was sent; that it was not, and when it is tried again: after 1, 2, 4 ...
 * minutes, OUTBOX_MAX_ATTEMPTS times in all, then never. */
void outbox_note_sent(struct rq *rq, const struct outbox_mail *mail);
void outbox_note_failure(struct rq *rq, const struct outbox_mail *mail);

/* How many are to be sent, and how many were given up and not removed yet: each counted up to OUTBOX_COUNTED. */
enum { OUTBOX_COUNTED = 10000 };
MUST_USE enum err outbox_count(struct rq *rq, uint64_t *ret_waiting, uint64_t *ret_given_up);

/* Declares that it is this node that sends the mail now: ERR_AGAIN at commit when another does. */
void outbox_claim(struct rq *rq, const struct outbox_due *due);
/* Declares that the mail waits a while for SMTP settings its tenant does not have: no attempt is
 * counted, and those of other tenants are not held up. ERR_AGAIN as above. */
void outbox_postpone(struct rq *rq, const struct outbox_due *due);
/* Declares that the server refused the mail for good: it is not tried again. */
void outbox_note_refusal(struct rq *rq, struct outbox_mail *mail);

/* Declare the end of all rows of a user; the removal of at most max that were sent or
 * given up more than a week ago, or have waited for a month, and how many. */
void outbox_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
MUST_USE enum err outbox_sweep(struct rq *rq, size_t max, size_t *ret_count);
