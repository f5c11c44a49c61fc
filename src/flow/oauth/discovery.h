/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata and keys. */
#pragma once
#include "model/rq/rq.h"

/* GET /.well-known/openid-configuration[/{tenantId}],
 * /.well-known/oauth-authorization-server[/{tenantId}], and both under /{tenantId} (OIDC
 * Discovery s4, RFC 8414 s3). */
MUST_USE enum err discovery_endpoint(struct rq *rq);
/* GET /.well-known/jwks.json, also under /{tenantId} (RFC 7517 s5): the public keys of the
 * tenant, or of the default tenant. */
MUST_USE enum err discovery_jwks(struct rq *rq);
