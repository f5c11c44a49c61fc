/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens given by the API. Deviation: under https the cookies' names carry the __Host- prefix. */
#include "flow/api/api_token.h"

#include "model/claims/claims.h"
#include "model/proof/proof.h"
#include "model/token/token.h"
#include "model/user/user.h"

#define ACCESS_COOKIE S("access_token")
#define REFRESH_COOKIE S("refresh_token")

enum err
api_token_access(struct rq *rq, const struct api_token_wish *wish, const struct token *grant,
    int64_t ttl_s, struct api_tokens *ret)
{
    struct claims_subject subject = {
        .tenant = wish->tenant,
        .application = wish->application,
        .user = wish->user,
        .grant = grant,
        .scope = grant->scope,
        .authentication_type = grant->authentication_type,
        .auth_instant = grant->auth_instant,
        .ttl_s = ttl_s,
        .by_api = true,
    };
    enum err e = claims_access_token(rq, &subject, &ret->access, &ttl_s);

    ret->expires_at = e ? 0 : (rq->now / SECOND_MS + ttl_s) * SECOND_MS; /* as its exp claim says */
    return e;
}

/* Whole seconds of the clock until an instant, at least one; 0 for no instant. */
static int64_t
seconds_until(const struct rq *rq, int64_t instant)
{
    return instant ? MAX(instant / SECOND_MS - rq->now / SECOND_MS, 1) : 0;
}

static int64_t
grant_end(const struct rq *rq, const struct api_token_wish *wish, const struct jwt_config *jwt,
    bool with_refresh)
{
    int64_t access_end = rq->now + jwt->ttl_s * SECOND_MS;
    int64_t refresh_end = rq->now + jwt->refresh_ttl_min * MINUTE_MS;

    if (!with_refresh) {
        return wish->ends_at ? MIN(wish->ends_at, access_end) : access_end;
    }
    return wish->refresh_ends_at ? MIN(wish->refresh_ends_at, refresh_end)
                                 : MAX(refresh_end, access_end);
}

enum err
api_token_make(struct rq *rq, const struct api_token_wish *wish, struct api_tokens *ret)
{
    const struct jwt_config *jwt = application_jwt(wish->application, wish->tenant);
    bool with_refresh = wish->wants_refresh && wish->application != NULL
                        && wish->application->login.makes_refresh_tokens;
    struct token grant = {
        .application_id = wish->application ? wish->application->id : (struct uuid){{0}},
        .user_id = wish->user->id,
        .session_id = wish->session_id,
        .expires_at = grant_end(rq, wish, jwt, with_refresh),
        .authentication_type = str_from(wish->authentication),
        .device_name = rq->info.device_name,
        .device_type = rq->info.device_type,
        .device_description = rq->info.device_description,
        .data = rq->info.login_data,
        .auth_instant = wish->auth_instant,
        .address = rq_address(rq),
    };
    enum err e;

    *ret = (struct api_tokens){.expires_at = 0};
    arena_keep_secret(rq->arena);
    e = token_create(rq, wish->tenant, &grant, with_refresh, &ret->refresh);
    if (e != ERR_OK) {
        return e;
    }
    if (with_refresh) {
        ret->refresh_id = grant.id;
        ret->refresh_ttl_s = seconds_until(rq, grant.expires_at);
    }
    return api_token_access(rq, wish, &grant, seconds_until(rq, wish->ends_at), ret);
}

bool
api_token_may_greet(const struct tenant *tenant, const struct application *application,
    const struct user *user, int64_t now)
{
    return user_may_sign_in(user, now)
           && proof_wanted(tenant, application, user, PROOF_EMAIL) == TICKET_NONE
           && proof_wanted(tenant, application, user, PROOF_PHONE) == TICKET_NONE;
}

void
api_token_write(const struct api_tokens *tokens, struct json_out *out)
{
    if (tokens->refresh.n) {
        json_put_str(out, S("refreshToken"), tokens->refresh);
        json_put_id(out, S("refreshTokenId"), tokens->refresh_id);
    }
    if (tokens->access.n) {
        json_put_str(out, S("token"), tokens->access);
        json_put_i64(out, S("tokenExpirationInstant"), tokens->expires_at);
    }
}

void
api_token_set_cookies(struct rq *rq, const struct api_tokens *tokens)
{
    rq_set_cookie(rq, ACCESS_COOKIE, tokens->access, -1);
    if (tokens->refresh.n) {
        rq_set_cookie(rq, REFRESH_COOKIE, tokens->refresh, tokens->refresh_ttl_s);
    }
}

void
api_token_clear_cookies(struct rq *rq)
{
    rq_set_cookie(rq, ACCESS_COOKIE, NO_STR, 0);
    rq_set_cookie(rq, REFRESH_COOKIE, NO_STR, 0);
}

str
api_token_cookie(struct rq *rq, const char *name)
{
    return rq_cookie(rq, rq_cookie_name(rq, str_from(name)));
}
