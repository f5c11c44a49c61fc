/* SPDX-License-Identifier: Apache-2.0 */
/* The work of leased jobs, a row each: what is done, how often, in which steps. */
#pragma once
#include "model/job/job.h"

struct chore_step {      /* one step of one run */
    struct job *job;     /* whose place says how far the work has come, and is moved on */
    size_t max;          /* rows to take at most */
    int64_t event_since; /* events from before this instant go; 0: none go */
    size_t count;        /* answered: how many there were; fewer than max: no more is left */
    bool is_more;        /* answered: unless this says that there is */
};

struct chore {
    const char *name;
    int64_t period_ms;
    size_t rows; /* a step's rows; 0: as the pace says (job_pace) */
    /* Declares what the step changes. */
    enum err (*step)(struct rq *rq, struct chore_step *step);
};

extern const struct chore chores[];
extern const size_t chore_count;

/* When a run that began at that instant is due again: periods of a day begin at midnight UTC. */
int64_t chore_next(const struct chore *chore, int64_t began);
