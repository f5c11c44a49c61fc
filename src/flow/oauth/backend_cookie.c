/* SPDX-License-Identifier: Apache-2.0 */
/* Cookies with FusionAuth's names, for the broadest domain of ours that is no public suffix, as its documentation says: what
 * runs beside us under that domain is trusted with them. The tokens are HttpOnly; the id token and the time at which the
 * access token ends are for scripts. Origins are compared byte for byte; an asterisk stands for none, because the answers are
 * for callers with cookies. */
#include "codec/base64.h"
#include "codec/cookie.h"
#include "codec/url.h"
#include "crypto/hash.h"
#include "crypto/keyring.h"
#include "flow/oauth/backend_internal.h"
#include "model/application/application.h"
#include "model/system/system.h"

const str backend_access = {"app.at", 6}, backend_refresh_token = {"app.rt", 6},
          backend_id_token = {"app.idt", 7}, backend_expiry = {"app.at_exp", 10};

/* False for a value that no browser keeps. */
static bool
set(struct rq *rq, str name, str value, int64_t max_age_s, bool is_for_scripts)
{
    struct url url;
    struct cookie cookie = {
        .name = name,
        .value = value,
        .path = S("/"),
        .domain = url_parse(rq->house->base_url, &url) ? cookie_domain(url.host) : NO_STR,
        .max_age_s = max_age_s,
        .is_secure = rq->house->is_https,
        .is_http_only = !is_for_scripts,
        .same_site = COOKIE_LAX,
    };
    str text = cookie_format(rq->arena, &cookie);

    if (text.n) {
        rq_set_header(rq, S("set-cookie"), text);
    }
    return text.n > 0;
}

bool
backend_is_beside(struct rq *rq, str address)
{
    struct url own, url;

    return url_parse(rq->house->base_url, &own) && url_parse(address, &url)
           && cookie_reaches(own.host, url.host);
}

/* Beside the refresh token: that its grant began here. */
static const str proof_name = {"app.rt_proof", 12};

static str
proof_of(struct rq *rq, struct uuid grant_id)
{
    AUTO(key32_wipe)
    struct key32 key = keyring_house_key(rq->house->keyring, S("hosted refresh tokens"));
    struct digest mac = hmac_sha256((bytes){key.b, sizeof key.b}, uuid_bytes(&grant_id));

    return base64url_text(rq->arena, digest_bytes(&mac));
}

bool
backend_is_ours(struct rq *rq, struct uuid grant_id)
{
    return ct_eq(str_bytes(rq_cookie(rq, proof_name)), str_bytes(proof_of(rq, grant_id)));
}

static void
clear(struct rq *rq, str name)
{
    (void)!set(rq, name, NO_STR, 0, false);
}

/* A sign-in without such a token leaves none of whoever signed in before: what cookies hold is of one person. */
static bool
put(struct rq *rq, str name, str value, int64_t max_age_s, bool is_for_scripts, bool is_new)
{
    if (value.n) {
        return set(rq, name, value, max_age_s, is_for_scripts);
    }
    if (is_new && rq_cookie(rq, name).n) {
        clear(rq, name);
    }
    return true;
}

enum err
backend_set_cookies(struct rq *rq, const struct token_reply *reply, bool is_new)
{
    const struct jwt_config *jwt = application_jwt(rq->application, rq->tenant);
    int64_t ttl_s = reply->expires_s, refresh_s = jwt->refresh_ttl_min * 60;
    bool has_refresh = reply->refresh_token.n > 0;
    long long ends_s = rq->now / SECOND_MS + ttl_s;
    str ends = str_fmt(rq->arena, "%lld", ends_s);
    str proof = has_refresh ? proof_of(rq, reply->refresh_token_id) : NO_STR;

    if (!put(rq, backend_access, reply->access_token, ttl_s, false, is_new)
        || !put(rq, backend_expiry, ends, ttl_s, true, is_new)
        || !put(rq, backend_refresh_token, reply->refresh_token, refresh_s, false, is_new)
        || !put(rq, proof_name, proof, refresh_s, false, is_new)
        || !put(rq, backend_id_token, reply->id_token, ttl_s, true, is_new)) {
        return FAIL(rq, ERR_INVALID_REQUEST, NULL,
            "makes a token that is longer than a cookie may be: it needs fewer roles or claims");
    }
    return ERR_OK;
}

void
backend_clear_cookies(struct rq *rq)
{
    const str all[] = {
        backend_access, backend_refresh_token, backend_id_token, backend_expiry, proof_name};

    for (size_t i = 0; i < COUNT(all); i++) {
        clear(rq, all[i]);
    }
}

static enum err
house_allows(struct rq *rq, str origin, bool *ret)
{
    const struct system *system;
    enum err e = system_load(rq, &system);

    *ret = false;
    if (e != ERR_OK || !system->cors.enabled || !system->cors.allows_credentials) {
        return e;
    }
    for (size_t i = 0; i < system->cors.origins.count; i++) {
        *ret |= str_eq(system->cors.origins.items[i], origin);
    }
    return ERR_OK;
}

enum err
backend_check_origin(struct rq *rq)
{
    str origin = rq_header(rq, S("origin"));
    struct url own;
    bool is_ok = origin.n == 0;
    enum err e = ERR_OK;

    if (!is_ok && url_parse(rq->house->base_url, &own)) {
        is_ok = str_eq(origin, url_origin(rq->arena, &own));
    }
    if (!is_ok && rq->application != NULL) {
        is_ok = application_has_origin(rq->application, origin);
    }
    if (!is_ok) {
        e = house_allows(rq, origin, &is_ok);
    }
    if (e != ERR_OK || !is_ok) {
        return e ? e
                 : FAIL(rq, ERR_FORBIDDEN, "Origin",
                     "is not among the authorized origins of this application");
    }
    if (origin.n) {
        rq->allow_origin = origin;
        rq_set_header(rq, S("access-control-allow-credentials"), S("true"));
    }
    return ERR_OK;
}
