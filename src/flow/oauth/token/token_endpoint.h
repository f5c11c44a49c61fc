/* SPDX-License-Identifier: Apache-2.0 */
/* The token endpoint. */
#pragma once
#include "model/rq/rq.h"

/* POST /oauth2/token (RFC 6749 s3.2). Answers JSON only, never caches, never redirects. Authenticates
 * its client itself: an application or an entity. */
MUST_USE enum err token_endpoint(struct rq *rq);
