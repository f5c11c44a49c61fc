/* SPDX-License-Identifier: Apache-2.0 */
/* Token revocation. */
#pragma once
#include "model/rq/rq.h"

/* POST /oauth2/revoke (RFC 7009). Ends the grant behind a refresh or access token of the calling
 * client; anything else is 200 as well. */
MUST_USE enum err revoke_endpoint(struct rq *rq);
