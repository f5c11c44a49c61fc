/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata (OIDC Discovery s3, RFC 8414 s2, RFC 9207 s3) and keys. Every address is made of the
 * configured base URL, never of a Host header (OA-49). */
#include "flow/oauth/discovery.h"

#include "model/cache/cache.h"
#include "model/claims/claims.h"

/* clang-format off */
static const struct {
    const char *name, *values; /* space-separated */
} lists[] = {
    {"scopes_supported", "openid profile email phone address offline_access"},
    {"response_types_supported", "code"},
    {"response_modes_supported", "query fragment form_post"},
    {"grant_types_supported", "authorization_code refresh_token client_credentials password urn:ietf:params:oauth:grant-type:device_code"},
    {"subject_types_supported", "public"},
    {"id_token_signing_alg_values_supported", "ES256 ES384 ES512 RS256 RS384 RS512 EdDSA HS256 HS384 HS512"},
    {"token_endpoint_auth_methods_supported", "client_secret_basic client_secret_post none"},
    {"introspection_endpoint_auth_methods_supported", "client_secret_basic client_secret_post"},
    {"revocation_endpoint_auth_methods_supported", "client_secret_basic client_secret_post none"},
    {"code_challenge_methods_supported", "S256"},
    {"prompt_values_supported", "none login consent"},
    {"ui_locales_supported", "en ar"},
    {"claims_supported", "sub iss aud exp iat jti auth_time nonce at_hash sid tid applicationId roles authenticationType"
                         " name given_name middle_name family_name preferred_username picture birthdate zoneinfo locale updated_at"
                         " email email_verified phone_number phone_number_verified address"},
};
static const struct {
    const char *name, *path;
} endpoints[] = {
    {"authorization_endpoint", "/oauth2/authorize"},
    {"token_endpoint", "/oauth2/token"},
    {"device_authorization_endpoint", "/oauth2/device_authorize"}, /* RFC 8628 s4 */
    {"userinfo_endpoint", "/oauth2/userinfo"},
    {"introspection_endpoint", "/oauth2/introspect"},
    {"revocation_endpoint", "/oauth2/revoke"},
    {"end_session_endpoint", "/oauth2/logout"},
    {"jwks_uri", "/.well-known/jwks.json"},
};
static const struct {
    const char *name;
    bool value;
} flags[] = {
    {"claims_parameter_supported", false},
    {"request_parameter_supported", false},
    {"request_uri_parameter_supported", false},
    {"authorization_response_iss_parameter_supported", true},
    {"frontchannel_logout_supported", false},
    {"backchannel_logout_supported", false},
};
/* clang-format on */

/* The tenant the path names, else the query, else the default one. */
static enum err
find_tenant(struct rq *rq, const struct tenant **ret)
{
    bool is_in_path = rq->segment_count && rq->segments[0].n;
    str named = is_in_path ? rq->segments[0] : rq_query_get(rq, S("tenantId"));
    struct uuid id = rq->path_tenant;
    enum err e = ERR_OK;

    if (named.n && (is_in_path || uuid_is_nil(id))) {
        if (!uuid_parse(named, &id)) {
            return FAIL(rq, ERR_NOT_FOUND, "tenantId", "is not known");
        }
    } else if (uuid_is_nil(id)) {
        e = tenant_default_id(rq, &id);
    }
    e = e ? e : tenant_load(rq, id, ret);
    if (e == ERR_OK && *ret == NULL) {
        e = FAIL(rq, ERR_NOT_FOUND, "tenantId", "is not known");
    }
    return e;
}

static void
put_list(struct json_out *out, const char *name, const char *values)
{
    str rest = str_from(values), word;

    json_out_name(out, str_from(name));
    json_out_array(out);
    while (str_cut(&rest, ' ', &word)) {
        json_out_str(out, word);
    }
    json_out_array_end(out);
}

/* Endpoints stand under the issuer when the issuer is ours (so each tenant has its own: OA-14),
 * else under the base URL, as FusionAuth has it for issuers set by hand. */
static str
endpoint_base(struct rq *rq, const struct tenant *tenant)
{
    CHECK(tenant != NULL);
    return tenant->issuer.n ? rq->house->base_url : tenant->made_issuer;
}

static void
write_discovery(struct rq *rq, const struct tenant *tenant, struct json_out *out)
{
    str base = endpoint_base(rq, tenant);

    json_out_object(out);
    json_put_str(out, S("issuer"), tenant_issuer(tenant));
    for (size_t i = 0; i < COUNT(endpoints); i++) {
        json_put_str(out, str_from(endpoints[i].name),
            str_fmt(rq->arena, STRF "%s", STRV(base), endpoints[i].path));
    }
    for (size_t i = 0; i < COUNT(lists); i++) {
        put_list(out, lists[i].name, lists[i].values);
    }
    for (size_t i = 0; i < COUNT(flags); i++) {
        json_put_bool(out, str_from(flags[i].name), flags[i].value);
    }
    json_out_object_end(out);
}

/* The tenant is asked for again: what the request holds may be older than the last drop. */
static enum err
build_discovery(struct rq *rq, struct uuid tenant_id, struct arena *arena, void **ret)
{
    const struct tenant *tenant;
    struct json_out out;
    struct buf buf;
    str made, *text;
    enum err e = tenant_load(rq, tenant_id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    rq_json_out(rq, &buf, &out);
    write_discovery(rq, tenant, &out);
    text = ARENA_NEW(arena, str);
    if (text == NULL || !buf_done(&buf, &made)) {
        return FAIL_SERVER(rq);
    }
    *text = str_dup(arena, made);
    *ret = text;
    return ERR_OK;
}

/* Public documents may be kept a while by anybody. */
static enum err
answer_public(struct rq *rq, str text)
{
    if (arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    rq->answer->status = 200;
    rq->answer->body = text;
    rq_set_header(rq, S("content-type"), S("application/json;charset=UTF-8"));
    rq_set_header(rq, S("cache-control"), S("public, max-age=300"));
    return ERR_OK;
}

enum err
discovery_endpoint(struct rq *rq)
{
    const struct tenant *tenant = NULL;
    const void *text = NULL;
    enum err e = find_tenant(rq, &tenant);

    if (e == ERR_OK && tenant != NULL) {
        e = cache_get(rq, CACHE_DISCOVERY, tenant->id, build_discovery, NULL, &text);
    }
    if (e != ERR_OK || text == NULL) {
        return e ? e : FAIL(rq, ERR_NOT_FOUND, "tenantId", "is not known");
    }
    /* A copy: the answer is written when the request holds nothing any more. */
    return answer_public(rq, str_dup(rq->arena, *(const str *)text));
}

enum err
discovery_jwks(struct rq *rq)
{
    const struct tenant *tenant = NULL;
    str text;
    enum err e = find_tenant(rq, &tenant);

    e = e ? e : claims_jwks(rq, tenant, &text);
    return e ? e : answer_public(rq, text);
}
