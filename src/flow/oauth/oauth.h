/* SPDX-License-Identifier: Apache-2.0 */
/* Client authentication (RFC 6749 s2.3) for the endpoints clients call: token, introspect,
 * revoke. */
#pragma once
#include "model/rq/rq.h"

/* Finds and proves the client: client_secret_basic or client_secret_post, or none for a public
 * client, never two at once (s2.3). Sets rq->application and rq->tenant. Faults are
 * invalid_client for an unknown client and for a wrong secret alike, with WWW-Authenticate when
 * Basic was tried (s5.2). The grant decides whether a client that proved nothing may go on:
 * client_is_proven. */
MUST_USE enum err client_authenticate(struct rq *rq);
/* True if the caller proved the client's secret in this request. */
bool client_is_proven(const struct rq *rq);
/* ERR_OK if the client was proven, or needs no proof because it is public; else invalid_client. */
MUST_USE enum err client_must_be_proven(struct rq *rq, bool has_pkce);
