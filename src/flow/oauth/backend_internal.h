/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies and origins of the hosted backend. */
#pragma once
#include "flow/oauth/oauth_internal.h"

extern const str backend_access, backend_refresh_token, backend_id_token, backend_expiry;

/* The cookies of an answer of the token endpoint. A token that it does not have leaves its cookie alone, but at a new sign-in:
 * that was perhaps somebody else's. ERR_INVALID_REQUEST for a token that is too long for one. */
MUST_USE enum err backend_set_cookies(struct rq *rq, const struct token_reply *reply, bool is_new);
void backend_clear_cookies(struct rq *rq);
/* A refresh token was put into a cookie here: another one of an application that has to prove itself (RFC 6749 s6) is none
 * here, whoever holds it. */
bool backend_is_ours(struct rq *rq, struct uuid grant_id);
/* A page at this address has the cookies: it is on our host, or under the domain that they are for. */
bool backend_is_beside(struct rq *rq, str address);
/* The page that calls may: it says so in Access-Control headers. ERR_FORBIDDEN for a page of another origin that neither
 * rq->application nor the system configuration's CORS knows; a call without an origin comes from no page. */
MUST_USE enum err backend_check_origin(struct rq *rq);
