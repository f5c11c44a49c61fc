/* SPDX-License-Identifier: Apache-2.0 */
/* The hosted sign-in journey: pages for people, the same steps as JSON for native apps. */
#pragma once
#include "model/rq/rq.h"

struct authorization;

/* Where /oauth2/authorize hands a checked request over: the first page, or the answer when a
 * live session makes a page needless. */
MUST_USE enum err signin_begin(struct rq *rq, struct authorization *authorization);
/* POST /signin: the answer to a page. Its hidden fields say which step it is and carry the
 * journey sealed. */
MUST_USE enum err signin_endpoint(struct rq *rq);
