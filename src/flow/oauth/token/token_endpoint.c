/* SPDX-License-Identifier: Apache-2.0 */
/* POST /oauth2/token: pick the grant, let it redeem, answer (RFC 6749 s3.2, s5). */
#include "flow/oauth/token/token_endpoint.h"

#include "flow/oauth/token/token_internal.h"

static const struct grant {
    const char *name;
    unsigned bit;
    enum err (*redeem)(struct rq *rq, const struct form *form, struct token_reply *ret);
} grants[] = {
    {"authorization_code", GRANT_AUTHORIZATION_CODE, token_grant_code},
    {"refresh_token", GRANT_REFRESH_TOKEN, token_grant_refresh},
    {"client_credentials", GRANT_CLIENT_CREDENTIALS, token_grant_client},
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

enum err
token_endpoint(struct rq *rq)
{
    struct token_reply reply = {.expires_s = 0};
    const struct grant *grant;
    const struct form *form;
    enum err e = rq_form(rq, &form);

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
    if (!(rq->application->oauth.grants & grant->bit)) {
        return FAIL(
            rq, ERR_UNAUTHORIZED_CLIENT, "grant_type", "is not enabled for this application");
    }
    arena_keep_secret(rq->arena);
    e = grant->redeem(rq, form, &reply);
    return e ? e : token_reply_json(rq, &reply);
}

bool
token_scope_within(str narrow, str wide)
{
    str word;

    while (str_cut(&narrow, ' ', &word)) {
        if (word.n && !str_has_word(wide, word)) {
            return false;
        }
    }
    return true;
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
token_reply_json(struct rq *rq, const struct token_reply *reply)
{
    struct json_out out;
    struct buf buf;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("access_token"), reply->access_token);
    json_put_str(&out, S("token_type"), S("Bearer"));
    json_put_i64(&out, S("expires_in"), reply->expires_s);
    if (reply->scope.n) {
        json_put_str(&out, S("scope"), reply->scope);
    }
    if (reply->id_token.n) {
        json_put_str(&out, S("id_token"), reply->id_token);
    }
    if (reply->refresh_token.n) {
        json_put_str(&out, S("refresh_token"), reply->refresh_token);
        json_put_str(&out, S("refresh_token_id"), uuid_text(rq->arena, reply->refresh_token_id));
    }
    if (!uuid_is_nil(reply->user_id)) {
        json_put_str(&out, S("userId"), uuid_text(rq->arena, reply->user_id));
    }
    json_out_object_end(&out);
    rq_set_header(rq, S("pragma"), S("no-cache")); /* RFC 6749 s5.1 */
    return rq_answer_json(rq, 200, &buf);
}
