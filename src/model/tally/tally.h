/* SPDX-License-Identifier: Apache-2.0 */
/* What reports are made of: counters an hour, and who was there on a day and in a month. A change adds a
 * row of its own to the tally, so nobody waits for a counter; a job adds the rows up. Reports add what
 * has not been added up yet. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct rq;
struct tenant;

enum tally_kind {
    TALLY_LOGIN,
    TALLY_REGISTRATION,     /* made */
    TALLY_REGISTRATION_END, /* ended, one way or the other */
    TALLY_USER,
    TALLY_USER_END,
    TALLY_BREACH_FOUND, /* people who have a password that got out, and who have it no more */
    TALLY_BREACH_END,
    TALLY_BREACH_CHECKED, /* passwords that were looked up, and what was found */
    TALLY_BREACH_COMMON,
    TALLY_BREACH_PASSWORD,
    TALLY_BREACH_UNCHECKED, /* let through, because the service could not be reached */
    TALLY_KINDS
};
enum tally_period { TALLY_DAY, TALLY_MONTH };

/* Declares n more of a kind now, of the application and its tenant, or of the tenant alone (nil). */
void tally_add(struct rq *rq, const struct tenant *tenant, enum tally_kind kind,
    struct uuid application_id, int64_t n);
/* Declares that the user signed in now: the count; the day and the month in the house's time zone of reports. */
MUST_USE enum err tally_login(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid application_id);

struct
    tally_count { /* interval: hours of UTC, days or months of the house's time zone of reports, since 1970 */
    int64_t interval, count;
};
struct tally_question {
    const struct tenant *tenant;
    struct uuid application_id; /* nil: of the tenant */
    int64_t start, end;         /* intervals; end is not in */
};
/* Counts an hour. By interval; hours with nothing are left out. */
MUST_USE enum err tally_hours(struct rq *rq, const struct tally_question *question,
    enum tally_kind kind, struct tally_count **ret, size_t *ret_count);
/* How many different people signed in, in each period. */
MUST_USE enum err tally_people(struct rq *rq, const struct tally_question *question,
    enum tally_period period, struct tally_count **ret, size_t *ret_count);
struct tally_total {
    struct uuid application_id; /* nil: of the tenant */
    int64_t n[TALLY_KINDS];     /* ever */
};
/* All that was ever counted in a tenant, an item an application and one for the tenant. */
MUST_USE enum err tally_totals(
    struct rq *rq, const struct tenant *tenant, struct tally_total **ret, size_t *ret_count);

/* Months since 1970 of an instant of UTC; of a local time's day see datetime_local. */
int64_t tally_month(int64_t instant);

/* For jobs: declares that at most max rows are added up; that at most max people of periods before that
 * instant are forgotten. *ret_count: how many. */
MUST_USE enum err tally_fold(struct rq *rq, size_t max, size_t *ret_count);
MUST_USE enum err tally_sweep(struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count);
