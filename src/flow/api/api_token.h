/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that calls of the API give to people: an access token, and a refresh token where the
 * application's login settings say so. Both hang on one grant. */
#pragma once
#include "flow/api/api.h"
#include "model/application/application.h"

struct user;

struct api_tokens {
    str access, refresh;    /* refresh: empty when there is none */
    struct uuid refresh_id; /* the grant's */
    int64_t expires_at;     /* of the access token, ms */
    int64_t refresh_ttl_s;
};
struct api_token_wish {
    const struct tenant *tenant;
    const struct application *application; /* NULL: none; the token says who it is, gives nothing */
    const struct user *user;               /* with registrations */
    const char *authentication;            /* FusionAuth's claim: "PASSWORD", "REGISTRATION" ... */
    int64_t auth_instant;                  /* of the password; 0: now */
    struct uuid session_id;                /* the grant ends with it; nil: no session */
    int64_t ends_at;         /* ms; the access token lives no longer; 0: as configured */
    int64_t refresh_ends_at; /* the same for the refresh token; 0: as configured */
    bool wants_refresh; /* it is given only if the application's login settings allow it, too */
};
/* Declares the grant, of the device and place that rq->info says, and makes the tokens. */
MUST_USE enum err api_token_make(
    struct rq *rq, const struct api_token_wish *wish, struct api_tokens *ret);
/* May who was just made, or registered, have tokens at once? Nobody who could not sign in: closed, over, or first to be
 * verified. */
bool api_token_may_greet(const struct tenant *tenant, const struct application *application,
    const struct user *user, int64_t now);
/* An access token for a grant that is there; at most ttl_s long when that is not 0. */
struct token;
MUST_USE enum err api_token_access(struct rq *rq, const struct api_token_wish *wish,
    const struct token *grant, int64_t ttl_s, struct api_tokens *ret);
/* Writes token, tokenExpirationInstant, refreshToken and refreshTokenId, those that there are. */
void api_token_write(const struct api_tokens *tokens, struct json_out *out);
/* Sets the cookies access_token (until the browser ends) and refresh_token, as FusionAuth does. */
void api_token_set_cookies(struct rq *rq, const struct api_tokens *tokens);
void api_token_clear_cookies(struct rq *rq);
str api_token_cookie(struct rq *rq, const char *name);
