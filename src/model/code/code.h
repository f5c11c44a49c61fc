/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization codes (RFC 6749 s4.1.2): id + 256 random bits, a digest in the row, redeemed at most
 * once (invariant 1). */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct rq;
struct tenant;

struct code {
    struct uuid id, tenant_id, application_id, user_id, session_id;
    struct uuid grant_id; /* the token row its redemption makes: revoked when replayed */
    int64_t insert_instant, expires_at, used_at, auth_instant;
    str resource;                              /* RFC 8707: with spaces between them */
    str redirect_uri, scope, nonce, challenge; /* challenge: S256 value, empty without PKCE */
    str authentication_type;                   /* FusionAuth's claim: "PASSWORD", "JWT_SSO" ... */
};

/* Declares a new code and gives its text; makes grant_id, instants and, where nil, the id. code->id
 * is the journey's id: a second code of one journey is ERR_CONFLICT at commit. */
MUST_USE enum err code_issue(
    struct rq *rq, const struct tenant *tenant, struct code *code, str *ret_text);
/* Finds the code behind text: *ret NULL when unknown or the secret is wrong. Used and expired ones
 * are returned, for a day. */
MUST_USE enum err code_find(
    struct rq *rq, const struct tenant *tenant, str text, struct code **ret);
/* Declares its redemption: the WHERE clause decides, a lost race runs the handler again
 * (ERR_AGAIN). */
void code_use(struct rq *rq, const struct code *code);

/* Declare the end of all rows of a user, a user with an application, an application or a tenant; the removal of at most max that
 * expired more than a day ago, and how many. */
void code_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
void code_forget_user_application(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid application_id);
MUST_USE enum err code_sweep(struct rq *rq, size_t max, size_t *ret_count);
