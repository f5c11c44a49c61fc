/* SPDX-License-Identifier: Apache-2.0 */
/* Sign-ins that failed, on their way to the login records. Anonymous traffic never writes: what failed is kept
 * in memory, bounded, and the house writes it some seconds later in one set. When more comes than fits, the
 * rest is counted and dropped; what waits when the process ends is lost. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct attempts;
struct event_row;
struct rq;
struct tenant;

enum attempt_reason {
    ATTEMPT_UNKNOWN,
    ATTEMPT_PASSWORD,
    ATTEMPT_LOCKED,
    ATTEMPT_PASSKEY,
    ATTEMPT_CODE,      /* one that was sent, or a second factor's */
    ATTEMPT_ONE_TIME,  /* a one-time password */
    ATTEMPT_PROVIDER,  /* an identity provider's word does not hold, or nobody is linked */
    ATTEMPT_CLOSED,    /* the account is out of use */
    ATTEMPT_EXPIRED,   /* its time is over */
    ATTEMPT_PREVENTED, /* by a user action */
    ATTEMPT_REASONS    /* at most 10: a digit is stored */
};

/* Room for max failures that wait to be written; NULL without memory. */
MUST_USE struct attempts *attempts_new(size_t max);
void attempts_free(struct attempts *attempts);
/* Notes a failure; sealed is "address login-id" as seal_for_log sealed it. user_id nil: nobody's login id, or
 * not looked at. */
void attempt_note(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    enum attempt_reason reason, str sealed);
struct attempt_counts { /* since the start */
    uint64_t failures[ATTEMPT_REASONS], dropped;
};
/* all NULL: none. */
struct attempt_counts attempts_count(struct attempts *all);
/* "WrongPassword" ... */
const char *attempt_reason_name(size_t reason);
/* For the house: takes what waits, at most max, and declares its rows. */
MUST_USE enum err attempts_write(struct rq *rq, size_t max, size_t *ret_count);

/* What a row of a failure tells: JSON {"reason", "ipAddress", "loginId"}; the latter two as long as the key of
 * their day is there. */
MUST_USE enum err attempt_open(
    struct rq *rq, const struct tenant *tenant, const struct event_row *row, str *ret);
