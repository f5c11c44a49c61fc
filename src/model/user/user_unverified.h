/* SPDX-License-Identifier: Apache-2.0 */
/* People and registrations that nobody verified in the time a tenant's userDeletePolicy, an application's
 * registrationDeletePolicy gives: a job walks through them and ends them. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct delete_policy;
struct rq;
struct user_unverified { /* how far a walk has come; all zero at first */
    struct uuid tenant_id, application_id, id;
    int64_t instant, state;
};

/* Sets since when a policy is on: from now, or as before (NULL: a new one). */
void user_unverified_start(
    const struct delete_policy *before, struct delete_policy *after, int64_t now);

/* Goes one step, past at most max people. Whoever was made before the policy was switched on stays, who belongs to the
 * administrators' application, too, and who verifies while the walk is there. *ret_is_end: all were looked at. */
MUST_USE enum err user_unverified_people(
    struct rq *rq, struct user_unverified *walk, size_t max, bool *ret_is_end);
/* The same of registrations. */
MUST_USE enum err user_unverified_registrations(
    struct rq *rq, struct user_unverified *walk, size_t max, bool *ret_is_end);
