/* SPDX-License-Identifier: Apache-2.0 */
/* POST /oauth2/token: pick the grant, let it redeem, answer (RFC 6749 s3.2, s5). */
#include "flow/oauth/token/token_endpoint.h"

#include "flow/oauth/oauth_internal.h"
#include "flow/oauth/token/token_internal.h"

static const struct grant {
    const char *name;
    unsigned bit;
    enum err (*redeem)(struct rq *rq, const struct form *form, struct token_reply *ret);
} grants[] = {
    {"authorization_code", GRANT_AUTHORIZATION_CODE, token_grant_code},
    {"refresh_token", GRANT_REFRESH_TOKEN, token_grant_refresh},
    {"client_credentials", GRANT_CLIENT_CREDENTIALS, token_grant_client},
    {"password", GRANT_PASSWORD, token_grant_password},
    {"urn:ietf:params:oauth:grant-type:device_code", GRANT_DEVICE_CODE, token_grant_device},
};

static const struct grant *
find_grant(str name)
{
    for (size_t i = 0; i < COUNT(grants); i++) {
        if (str_eq(name, str_from(grants[i].name))) {
            return &grants[i];
        }
    }
    return NULL;
}

/* An entity is a client of its own grant alone. */
static enum err
redeem(struct rq *rq, const struct entity *entity, const struct grant *grant,
    const struct form *form, struct token_reply *ret)
{
    unsigned enabled = entity != NULL ? GRANT_CLIENT_CREDENTIALS : rq->application->oauth.grants;

    if (!(enabled & grant->bit)) {
        return FAIL(rq, ERR_UNAUTHORIZED_CLIENT, "grant_type", "is not enabled for this client");
    }
    arena_keep_secret(rq->arena);
    return entity != NULL ? token_grant_entity(rq, entity, form, ret)
                          : grant->redeem(rq, form, ret);
}

enum err
token_redeem(struct rq *rq, str grant_type, const struct form *form, struct token_reply *ret)
{
    const struct grant *grant = find_grant(grant_type);

    CHECK(grant != NULL);
    return redeem(rq, NULL, grant, form, ret);
}

enum err
token_endpoint(struct rq *rq)
{
    struct token_reply reply = {.expires_s = 0};
    const struct entity *entity;
    const struct grant *grant;
    const struct form *form;
    enum err e = client_or_entity(rq, &entity);

    e = e ? e : rq_form(rq, &form);
    if (e != ERR_OK) {
        return e;
    }
    if (form_get(form, S("grant_type")).n == 0) { /* empty is omitted: RFC 6749 s3.2 */
        return FAIL(rq, ERR_INVALID_REQUEST, "grant_type", "is required");
    }
    grant = find_grant(form_get(form, S("grant_type")));
    if (grant == NULL) {
        return FAIL(rq, ERR_UNSUPPORTED_GRANT_TYPE, "grant_type", "is not supported");
    }
    e = redeem(rq, entity, grant, form, &reply);
    return e != ERR_OK || reply.is_answered ? e : token_reply_json(rq, &reply);
}

enum err
token_issue(
    struct rq *rq, const struct user *user, const struct token *grant, struct token_reply *reply)
{
    struct claims_subject subject = {
        .tenant = rq->tenant,
        .application = rq->application,
        .user = user,
        .grant = grant,
        .scope = reply->scope,
        .resource = reply->resource,
        .nonce = grant->nonce,
        .authentication_type = grant->authentication_type,
        .auth_instant = grant->auth_instant,
    };
    enum err e = claims_access_token(rq, &subject, &reply->access_token, &reply->expires_s);

    if (e == ERR_OK && str_has_word(reply->scope, S("openid"))) {
        e = claims_id_token(rq, &subject, reply->access_token, &reply->id_token);
    }
    reply->user_id = user->id;
    return e;
}

enum err
token_start(struct rq *rq, const struct user *user, struct token *grant, struct token_reply *reply)
{
    const struct jwt_config *jwt = application_jwt(rq->application, rq->tenant);
    bool with_refresh = rq->application->oauth.generates_refresh_tokens
                        && (rq->application->oauth.grants & GRANT_REFRESH_TOKEN)
                        && str_has_word(grant->scope, S("offline_access"));
    int64_t lifetime_s = with_refresh ? MAX(jwt->refresh_ttl_min * 60, jwt->ttl_s) : jwt->ttl_s;
    enum err e;

    grant->tenant_id = rq->tenant->id;
    grant->application_id = rq->application->id;
    grant->expires_at = rq->now + lifetime_s * SECOND_MS;
    grant->address = rq->http->peer;
    e = token_create(rq, rq->tenant, grant, with_refresh, &reply->refresh_token);
    if (e != ERR_OK) {
        return e;
    }
    if (with_refresh) {
        reply->refresh_token_id = grant->id;
    }
    reply->scope = grant->scope;
    return token_issue(rq, user, grant, reply);
}

bool
token_lacks_registration(const struct rq *rq, const struct user *user)
{
    return rq->application->oauth.needs_registration
           && user_registration(user, rq->application->id) == NULL;
}

void
token_refuse_start(struct rq *rq, struct token_refusal *refusal, const char *error,
    const char *reason, const char *description)
{
    rq_json_out(rq, &refusal->buf, &refusal->out);
    json_out_object(&refusal->out);
    json_put_str(&refusal->out, S("error"), str_from(error));
    json_put_str(&refusal->out, S("error_description"), str_from(description));
    if (reason != NULL) {
        json_put_str(&refusal->out, S("error_reason"), str_from(reason));
    }
}

enum err
token_refuse_end(struct rq *rq, struct token_refusal *refusal, struct token_reply *reply)
{
    json_out_object_end(&refusal->out);
    rq_set_header(rq, S("pragma"), S("no-cache")); /* RFC 6749 s5.2 */
    reply->is_answered = true;
    return rq_answer_json(rq, 400, &refusal->buf);
}

enum err
token_refuse(struct rq *rq, struct token_reply *reply, const char *error, const char *reason,
    const char *description)
{
    struct token_refusal refusal;

    token_refuse_start(rq, &refusal, error, reason, description);
    return token_refuse_end(rq, &refusal, reply);
}

enum err
token_reply_json(struct rq *rq, const struct token_reply *reply)
{
    struct json_out out;
    struct buf buf;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("access_token"), reply->access_token);
    json_put_str(&out, S("token_type"), S("Bearer"));
    json_put_i64(&out, S("expires_in"), reply->expires_s);
    json_put_given(&out, S("scope"), reply->scope);
    json_put_given(&out, S("id_token"), reply->id_token);
    if (reply->refresh_token.n) {
        json_put_str(&out, S("refresh_token"), reply->refresh_token);
        json_put_id(&out, S("refresh_token_id"), reply->refresh_token_id);
    }
    json_put_given_id(&out, S("userId"), reply->user_id);
    json_out_object_end(&out);
    rq_set_header(rq, S("pragma"), S("no-cache")); /* RFC 6749 s5.1 */
    return rq_answer_json(rq, 200, &buf);
}
