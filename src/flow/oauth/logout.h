/* SPDX-License-Identifier: Apache-2.0 */
/* Signing out at the wish of an application. */
#pragma once
#include "model/rq/rq.h"

/* GET and POST /oauth2/logout (OIDC RP-Initiated Logout 1.0). Ends the browser's session with
 * the tenant at once when a valid id_token_hint of its user came along, else after a question
 * (OA-58). Redirects only to the application's own logout URL or a registered address. */
MUST_USE enum err logout_endpoint(struct rq *rq);
/* POST /oauth2/logout/confirm: the answer to the question. */
MUST_USE enum err logout_confirm(struct rq *rq);
