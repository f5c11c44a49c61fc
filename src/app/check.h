/* SPDX-License-Identifier: Apache-2.0 */
/* Who may call a row: its named checks, before the handler sees the request. */
#pragma once
#include "app/route.h"

/* ERR_OK, or a recorded fault. Sets rq->api_key, rq->tenant, rq->application as the row's caller
 * class says. */
MUST_USE enum err check_caller(struct rq *rq, const struct route *route);
