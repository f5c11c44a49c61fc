/* SPDX-License-Identifier: Apache-2.0 */
/* The userinfo endpoint. */
#pragma once
#include "model/rq/rq.h"

/* GET and POST /oauth2/userinfo (OIDC Core s5.3). The token comes in the Authorization header,
 * or in a POSTed form (RFC 6750 s2.2), never in the query (s2.3). */
MUST_USE enum err userinfo_endpoint(struct rq *rq);
