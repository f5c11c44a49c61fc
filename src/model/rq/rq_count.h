/* SPDX-License-Identifier: Apache-2.0 */
/* What requests did, counted once it is committed: a handler that is run again, or whose set is lost, counts nothing. */
#pragma once
#include "base/meter.h"

struct rq;

enum rq_count {
    RQ_SIGN_IN, /* of a person, whichever way in */
    RQ_ACCESS_TOKEN,
    RQ_ID_TOKEN,
    RQ_REFRESH_TOKEN,
    RQ_VENDED_TOKEN,
    RQ_EVENT_INFORMATION, /* entries of the event log, as enum eventlog_type */
    RQ_EVENT_DEBUG,
    RQ_EVENT_ERROR,
    RQ_MAIL_SENT, /* messages to telephones, too */
    RQ_MAIL_FAILED,
    RQ_MAIL_GIVEN_UP,
    RQ_COUNTS
};

struct rq_counts { /* of a process */
    atomic_uint_fast64_t done[RQ_COUNTS];
    atomic_uint_fast64_t mails_waiting, mails_given_up; /* in the database, as last looked at */
};

/* Notes that the request does this. */
void rq_count(struct rq *rq, enum rq_count what);
/* For app/: what was noted is done, and is forgotten by the request. */
void rq_count_done(struct rq *rq);
/* It is not done: the handler is run again, or what it declared is dropped. */
void rq_count_forget(struct rq *rq);
