/* SPDX-License-Identifier: Apache-2.0 */
/* The authorization endpoint. */
#pragma once
#include "model/rq/rq.h"

/* GET and POST /oauth2/authorize (RFC 6749 s3.1, OIDC Core s3.1.2). Checks the request in the
 * order of the step table, then hands the person to the journey, or answers at once when a live
 * session makes a page needless. */
MUST_USE enum err authorize_endpoint(struct rq *rq);
