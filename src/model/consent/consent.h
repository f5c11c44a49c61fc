/* SPDX-License-Identifier: Apache-2.0 */
/* What a person allowed a third-party application: the scopes, remembered for a time, bound to where the answer went
 * (OA-91: a changed redirect address asks again). */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct rq;
struct tenant;

/* True if all of scope was allowed before for this redirect address and still holds. */
MUST_USE enum err consent_holds(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid application_id, str scope,
    str redirect_uri, bool *ret);
/* Declares the person's consent (adds to earlier scopes of the same redirect address). */
MUST_USE enum err consent_remember(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid application_id, str scope,
    str redirect_uri, int64_t ttl_s);
/* Declares that everything allowed to the application is taken back. */
void consent_withdraw(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid application_id);
