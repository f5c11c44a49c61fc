/* SPDX-License-Identifier: Apache-2.0 */
/* What a person allowed a third-party application: the scopes, remembered for a time, bound to where
 * the answer went (OA-91: a changed redirect address asks again). */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct rq;
struct tenant;

struct consent {
    struct uuid user_id, application_id;
    str scope, redirect_uri;
};
/* True if all of the scope was allowed before for this redirect address and still holds. */
MUST_USE enum err consent_holds(
    struct rq *rq, const struct tenant *tenant, const struct consent *consent, bool *ret);
/* Declares the person's consent (adds to earlier scopes of the same redirect address). */
MUST_USE enum err consent_remember(
    struct rq *rq, const struct tenant *tenant, const struct consent *consent, int64_t ttl_s);
/* Declares that everything allowed to the application is taken back. */
void consent_withdraw(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid application_id);

/* Declare the end of all rows of a user; the removal of some that have
 * expired. */
void consent_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
MUST_USE enum err consent_sweep(struct rq *rq, size_t max, size_t *ret_count);
