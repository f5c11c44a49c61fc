/* SPDX-License-Identifier: Apache-2.0 */
/* FusionAuth's hosted backend: the code flow with PKCE done here for applications that run in browsers, their tokens in
 * cookies, so that FusionAuth's browser SDKs work unchanged. */
#pragma once
#include "model/rq/rq.h"

/* GET /app/login/{clientId?} and /app/register/{clientId?}: to the authorization endpoint, and back to redirect_uri. */
MUST_USE enum err backend_login(struct rq *rq);
/* GET /app/callback: redeems the code, sets the cookies, sends the browser where the login said. */
MUST_USE enum err backend_callback(struct rq *rq);
/* POST /app/refresh/{clientId?}: new tokens for the cookie app.rt. */
MUST_USE enum err backend_refresh(struct rq *rq);
/* GET /app/me/{clientId?}: userinfo for the cookie app.at. */
MUST_USE enum err backend_me(struct rq *rq);
/* GET /app/logout/{clientId?}: ends the session, takes the cookies. */
MUST_USE enum err backend_logout(struct rq *rq);
