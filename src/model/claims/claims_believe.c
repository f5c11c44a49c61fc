/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of our own believed again (RFC 8725, RFC 9068 s4). Order: cheap refusals, signature,
 * then what can have changed since. */
#include "codec/base64.h"
#include "codec/jwk.h"
#include "codec/jwt.h"
#include "model/admin/admin.h"
#include "model/cache/cache.h"
#include "model/claims/claims_internal.h"
#include "model/key/key.h"
#include "model/token/token.h"
#include "model/user/user.h"

bool
claims_id(const struct json *claims, str name, struct uuid *ret)
{
    str text;

    return json_str(json_get(claims, name), &text) && uuid_parse(text, ret);
}

bool
claims_lists_key(const struct field_texts *ids, const struct key *key)
{
    struct uuid id;

    for (size_t i = 0; i < ids->count; i++) {
        if (uuid_parse(ids->items[i], &id) && uuid_eq(id, key->id)) {
            return true;
        }
    }
    return false;
}

/* A key that settings list only for tokens to be checked by is whoever's who holds its private part: what it signs is
 * never an administrator's, and neither kind of token passes by the other kind's list. */
static bool
is_listed(const struct tenant *tenant, const struct jwt_config *jwt, const struct key *key,
    bool is_access)
{
    return (uuid_is_nil(key->tenant_id) || uuid_eq(key->tenant_id, tenant->id))
           && claims_lists_key(
               is_access ? &jwt->access_check_key_ids : &jwt->id_check_key_ids, key);
}

/* The key named by kid, if this tenant may sign with it, its own or the one its settings (or the application's) name;
 * or if they list it. kid is opaque and selects among our keys only (OA-74); a key shared
 * by tenants is no proof for a tenant that does not use it. An administrator's token is signed by the key made with
 * the tenant or one that settings name: who may only import keys forges none. */
static enum err
find_key(struct rq *rq, const struct tenant *tenant, const struct application *application,
    const struct jwt *token, const struct key **ret)
{
    const struct jwt_config *jwt = application_jwt(application, tenant);
    bool is_of_admin = application != NULL && admin_is_application(application->id);
    bool is_access = str_eq(token->typ, S("at+jwt"));
    const struct key *key = NULL;
    bool is_own;
    enum err e = key_find_kid(rq, token->kid, &key);

    *ret = NULL;
    if (e != ERR_OK || key == NULL) {
        return e;
    }
    is_own = uuid_eq(key->tenant_id, tenant->id) && (key->is_default || !is_of_admin);
    if (is_own || uuid_eq(key->id, jwt->access_token_key_id)
        || uuid_eq(key->id, jwt->id_token_key_id)
        || (!is_of_admin && is_listed(tenant, jwt, key, is_access))) {
        *ret = key;
    }
    return ERR_OK;
}

/* A token of the future is none yet (CLOCK_SKEW_MS). */
static bool
is_in_time(const struct access *access, int64_t now)
{
    return access->expires_s > now / SECOND_MS
           && access->issued_s <= (now + CLOCK_SKEW_MS) / SECOND_MS;
}

/* Reads who the token says it is about; nothing is believed yet. */
static bool
read_access(struct rq *rq, const struct jwt *jwt, struct access *ret)
{
    const struct json *c = jwt->claims;
    struct uuid subject;

    *ret = (struct access){.claims = c->raw};
    if (!claims_id(c, S("tid"), &ret->tenant_id) || !claims_id(c, S("sub"), &subject)
        || !json_str(json_get(c, S("jti")), &ret->jti)
        || !json_i64(json_get(c, S("exp")), &ret->expires_s)
        || !json_i64(json_get(c, S("iat")), &ret->issued_s)) {
        return false;
    }
    if (json_get(c, S("client_id")) != NULL
        && !claims_id(c, S("client_id"), &ret->application_id)) {
        return false;
    }
    if (!uuid_eq(subject, ret->application_id)) {
        ret->user_id = subject;
    }
    if (json_get(c, S("sid")) != NULL && !claims_id(c, S("sid"), &ret->grant_id)) {
        return false;
    }
    ret->scope = json_get_str(c, S("scope"));
    return is_in_time(ret, rq->now);
}

/* The tenant and application a token names; *ret_ok false when one is missing. A token of no
 * application is fine: it says who somebody is, and gives nothing. */
static enum err
load_places(struct rq *rq, const struct access *access, const struct tenant **ret_tenant,
    const struct application **ret_app, bool *ret_ok)
{
    enum err e = tenant_load(rq, access->tenant_id, ret_tenant);

    *ret_app = NULL;
    *ret_ok = false;
    if (e != ERR_OK || *ret_tenant == NULL) {
        return e;
    }
    *ret_ok = uuid_is_nil(access->application_id);
    if (!*ret_ok) {
        e = application_in(rq, access->application_id, access->tenant_id, ret_app);
        *ret_ok = e == ERR_OK && *ret_app != NULL;
    }
    return e;
}

/* Checks the signature and the issuer; *ret_ok false without saying why. */
static enum err
check_signature(struct rq *rq, str token, struct access *ret, bool *ret_ok)
{
    const struct application *application;
    const struct tenant *tenant;
    const struct key *key;
    struct jwt jwt;
    bool is_found;
    str issuer;
    enum err e;

    *ret_ok = false;
    /* RFC 8725 s3.11: an id token or a logout token is no access token, whoever signed it. */
    if (!jwt_parse(rq->arena, token, &jwt) || !str_eq(jwt.typ, S("at+jwt"))
        || !read_access(rq, &jwt, ret)) {
        return ERR_OK;
    }
    e = load_places(rq, ret, &tenant, &application, &is_found);
    if (e != ERR_OK || !is_found) {
        return e;
    }
    e = find_key(rq, tenant, application, &jwt, &key);
    if (e != ERR_OK || key == NULL) {
        return e;
    }
    *ret_ok = sign_check_jwt(key->sign, &jwt) && json_str(json_get(jwt.claims, S("iss")), &issuer)
              && str_eq(issuer, tenant_issuer(tenant));
    return ERR_OK;
}

/* Whether the person stands; with ret_user the row is read whole, for who wants it anyway. */
static enum err
check_person(struct rq *rq, const struct access *access, struct user **ret_user, bool *ret_ok)
{
    enum err e;

    if (ret_user == NULL) {
        return user_stands(rq, access->tenant, access->user_id, ret_ok);
    }
    e = user_load(rq, access->tenant, access->user_id, USER_PLAIN, ret_user);
    *ret_ok = e == ERR_OK && *ret_user != NULL && user_may_sign_in(*ret_user, rq->now);
    return e;
}

/* OA-63: what was disabled, revoked or erased since counts at once. */
static enum err
check_standing(struct rq *rq, struct access *access, struct user **ret_user, bool *ret_ok)
{
    const struct application *application;
    bool is_standing;
    enum err e = load_places(rq, access, &access->tenant, &application, &is_standing);

    *ret_ok = false;
    if (e != ERR_OK || !is_standing || (application != NULL && !application->active)) {
        return e;
    }
    if (!uuid_is_nil(access->grant_id)) {
        e = token_stands(rq, access->tenant, access->grant_id, &is_standing);
        if (e != ERR_OK || !is_standing) {
            return e;
        }
    }
    if (!uuid_is_nil(access->user_id)) {
        e = check_person(rq, access, ret_user, &is_standing);
        if (e != ERR_OK || !is_standing) {
            return e;
        }
    }
    *ret_ok = is_in_time(access, rq->now);
    return ERR_OK;
}

static enum err
believe(struct rq *rq, str token, struct access **ret, struct user **ret_user)
{
    struct access *access = ARENA_NEW(rq->arena, struct access);
    struct digest digest;
    bool is_ok = true;
    enum err e = ERR_OK;

    *ret = NULL;
    if (access == NULL) {
        return FAIL_SERVER(rq);
    }
    if (token.n == 0 || token.n > JWT_MAX_BYTES) {
        return ERR_OK;
    }
    arena_keep_secret(rq->arena);
    digest = sha256(str_bytes(token));
    if (!verdicts_get(rq->house->verdicts, &digest, rq->now, rq->arena, access)) {
        e = check_signature(rq, token, access, &is_ok);
        if (e != ERR_OK || !is_ok) {
            return e;
        }
        verdicts_put(rq->house->verdicts, &digest, rq->now, access);
    }
    e = check_standing(rq, access, ret_user, &is_ok);
    *ret = is_ok ? access : NULL;
    return e;
}

enum err
claims_believe(struct rq *rq, str token, struct access **ret)
{
    return believe(rq, token, ret, NULL);
}

enum err
claims_believe_person(struct rq *rq, str token, struct access **ret, struct user **ret_user)
{
    *ret_user = NULL;
    return believe(rq, token, ret, ret_user);
}

/* An id token: by a key of the tenant, or by the application's secret. */
static enum err
is_signed(struct rq *rq, const struct tenant *tenant, const struct application *application,
    const struct jwt *jwt, bool *ret)
{
    struct sign_key *secret = claims_secret_key(tenant, application);
    const struct key *key = NULL;
    enum err e = ERR_OK;

    *ret = secret != NULL && sign_check_jwt(secret, jwt);
    sign_key_unref(secret);
    if (!*ret) {
        e = find_key(rq, tenant, application, jwt, &key);
        *ret = e == ERR_OK && key != NULL && sign_check_jwt(key->sign, jwt);
    }
    return e;
}

enum err
claims_hint(struct rq *rq, const struct tenant *tenant, str id_token, struct uuid *ret_user,
    struct uuid *ret_application, bool *ret_ok)
{
    const struct application *application;
    struct uuid tenant_id;
    struct jwt jwt;
    str issuer;
    enum err e;

    *ret_ok = false;
    if (id_token.n > JWT_MAX_BYTES || !jwt_parse(rq->arena, id_token, &jwt)
        || !str_eq(jwt.typ, S("JWT")) || !claims_id(jwt.claims, S("sub"), ret_user)
        || !claims_id(jwt.claims, S("aud"), ret_application)
        || !claims_id(jwt.claims, S("tid"), &tenant_id) || !uuid_eq(tenant_id, tenant->id)) {
        return ERR_OK; /* tenants of one key and one issuer: tid, which vending guards, tells them apart */
    }
    e = application_in(rq, *ret_application, tenant->id, &application);
    if (e != ERR_OK || application == NULL) {
        return e;
    }
    e = is_signed(rq, tenant, application, &jwt, ret_ok);
    *ret_ok = e == ERR_OK && *ret_ok && json_str(json_get(jwt.claims, S("iss")), &issuer)
              && str_eq(issuer, tenant_issuer(tenant));
    return e;
}

static enum err
write_jwks(struct rq *rq, struct uuid tenant_id, struct json_out *out)
{
    const struct key **keys;
    struct jwk jwk;
    size_t count;
    enum err e = key_list(rq, tenant_id, &keys, &count);

    if (e != ERR_OK) {
        return e;
    }
    json_out_object(out);
    json_out_name(out, S("keys"));
    json_out_array(out);
    for (size_t i = 0; i < count; i++) {
        if (!sign_key_to_jwk(rq->arena, keys[i]->sign, &jwk)) {
            continue; /* a shared secret is never published */
        }
        jwk.kid = keys[i]->kid;
        jwk.alg = sign_alg_name(sign_key_alg(keys[i]->sign));
        jwk.use = S("sig");
        jwk.x5c = keys[i]->cert.der;
        jwk.x5t = keys[i]->cert.sha1_thumb;
        jwk.x5t_s256 = keys[i]->cert.sha256_thumb;
        if (!jwk_write_public(out, &jwk)) {
            return FAIL_SERVER(rq);
        }
    }
    json_out_array_end(out);
    json_out_object_end(out);
    return ERR_OK;
}

static enum err
build_jwks(struct rq *rq, struct uuid tenant_id, struct arena *arena, void **ret)
{
    str *text = ARENA_NEW(arena, str), made = NO_STR;
    struct json_out out;
    struct buf buf;
    enum err e;

    rq_json_out(rq, &buf, &out);
    e = write_jwks(rq, tenant_id, &out);
    if (e == ERR_OK && (text == NULL || !buf_done(&buf, &made))) {
        e = FAIL_SERVER(rq);
    }
    if (e == ERR_OK) {
        *text = str_dup(arena, made);
        *ret = text;
    }
    return e;
}

/* Kept by tenant: taking coordinates out of OpenSSL's keys costs more than all the rest of the
 * request. */
enum err
claims_jwks(struct rq *rq, const struct tenant *tenant, str *ret)
{
    const void *text;
    enum err e = cache_get(rq, CACHE_JWKS, tenant->id, build_jwks, NULL, &text);

    if (e == ERR_OK) {
        *ret = str_dup(rq->arena, *(const str *)text);
    }
    return e;
}
