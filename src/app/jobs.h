/* SPDX-License-Identifier: Apache-2.0 */
/* What happens without a request: chores (app/chore.h), each on one node at a time, mails from the
 * outbox, and locks after failed sign-ins. A thread each, small steps. */
#pragma once
#include "model/rq/rq.h"

struct jobs;

struct jobs_config {
    struct house *house;
    int64_t event_days; /* how long events are kept; 0: for ever */
};

enum { JOBS_EVENT_DAYS_MIN = 7 };
/* The option --event-days: 365 without it, 0, or at least a week. False for any other text. */
MUST_USE bool jobs_event_days(const char *option, int64_t *ret);

/* Starts the threads; config is copied, its house outlives them. NULL when one cannot be made. */
MUST_USE struct jobs *jobs_start(const struct jobs_config *config);
enum { JOBS_COUNTED = 64 };
struct jobs_counts { /* by job, as many as jobs_count says; since the start */
    uint64_t runs[JOBS_COUNTED], failures[JOBS_COUNTED];
};
struct jobs_counts jobs_count(const struct jobs *jobs);
/* The name of a job that is counted; NULL: no more. */
const char *jobs_name(size_t i);
/* Mails wait to be sent: the turn of them begins now (struct house's wake_mailer). */
void jobs_wake_mailer(void *jobs);
/* The same for who is due for the lock of failed sign-ins (wake_locker). */
void jobs_wake_locker(void *jobs);
/* Lets the steps under way end, hands jobs back, then stops. */
void jobs_stop(struct jobs *jobs);
/* Of jobs that were stopped; until then they can be woken. */
void jobs_free(struct jobs *jobs);
