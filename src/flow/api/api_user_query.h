/* SPDX-License-Identifier: Apache-2.0 */
/* People who match a query. */
#pragma once
#include "flow/api/api_query.h"
#include "model/user/user.h"

/* Calls hunt->found for each person who matches, tenant by tenant, from hunt->place on, which moves along. */
MUST_USE enum err api_user_hunt_run(struct rq *rq, struct api_hunt *hunt);
/* How many may match: all who have what the plan needs, counting to max in each tenant. Exactly those who match when
 * plan.is_exact. */
MUST_USE enum err api_user_query_count(
    struct rq *rq, const struct api_query *query, int64_t max, int64_t *ret);
