/* SPDX-License-Identifier: Apache-2.0 */
/* The device authorization grant's endpoints (RFC 8628, at FusionAuth's paths); its tokens come from
 * token/token_grant_device.c. */
#pragma once
#include "model/rq/rq.h"

/* POST /oauth2/device_authorize (RFC 8628 s3.1). The client is already authenticated. */
MUST_USE enum err device_authorize(struct rq *rq);
/* GET /oauth2/device/validate: whether a user code is one of the client that is named. */
MUST_USE enum err device_validate(struct rq *rq);
/* POST /oauth2/device/user-code: what stands behind it, for the client itself or an API key. */
MUST_USE enum err device_user_code(struct rq *rq);
/* POST /oauth2/device/approve: approves it for the person whose access token is sent. */
MUST_USE enum err device_approve(struct rq *rq);
