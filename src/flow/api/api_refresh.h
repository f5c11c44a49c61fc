/* SPDX-License-Identifier: Apache-2.0 */
/* Refresh tokens presented to the API: what stands behind one. */
#pragma once
#include "flow/api/api_token.h"
#include "model/token/token.h"

struct access;
struct claims_entity;

struct api_refresh { /* a refresh token that was found */
    const struct tenant *tenant;
    const struct application *application;
    struct token *grant; /* NULL: a guess, ended, or expired */
    enum token_verdict verdict;
};
/* Finds a refresh token. Its text does not name its tenant: the call does, or the access token that
 * came with it (which only says where to look; it proves nothing), or there is but one. */
MUST_USE enum err api_refresh_find(
    struct rq *rq, str text, str access_token, struct api_refresh *ret);
/* The same when the tenant is known. */
MUST_USE enum err api_refresh_find_of(
    struct rq *rq, str text, const struct tenant *tenant, struct api_refresh *ret);
/* An older token of a family came back (invariant 9): declares the end of the family, also when the
 * request is refused, as it must be. */
void api_refresh_reused(struct rq *rq, const struct api_refresh *found);
/* Declares the end of its grant, with the event. */
MUST_USE enum err api_refresh_end(
    struct rq *rq, const struct tenant *tenant, const struct token *grant);
/* The access token of this call, from Authorization or the cookie, believed; *ret NULL without a
 * good one, or when X-FusionAuth-TenantId names another tenant than the token's. */
MUST_USE enum err api_refresh_bearer(struct rq *rq, struct access **ret);
/* The same of an entity's token. */
MUST_USE enum err api_refresh_bearer_entity(struct rq *rq, struct claims_entity *ret, bool *ret_ok);
/* May the token speak for its user beyond its own application? Not one that a third party holds: it
 * would give itself what nobody granted (OA-45). */
MUST_USE enum err api_refresh_is_trusted(struct rq *rq, const struct access *access, bool *ret);

extern const struct field_table api_refresh_table; /* type RefreshToken */
