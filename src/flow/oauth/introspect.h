/* SPDX-License-Identifier: Apache-2.0 */
/* Token introspection. */
#pragma once
#include "model/rq/rq.h"

/* POST /oauth2/introspect (RFC 7662). The caller is an authenticated client of the token's
 * tenant; anything that is not a good token of it gives exactly {"active":false} (OA-37). */
MUST_USE enum err introspect_endpoint(struct rq *rq);
