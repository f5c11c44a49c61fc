/* SPDX-License-Identifier: Apache-2.0 */
/* Style sheets and scripts of the hosted pages. */
#pragma once
#include "model/rq/rq.h"

/* GET /pages/{name}: the name holds a digest of the content, so it may be kept for ever. */
MUST_USE enum err ops_asset(struct rq *rq);
