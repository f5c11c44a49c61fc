/* SPDX-License-Identifier: Apache-2.0 */
/* The userinfo endpoint (OIDC Core s5.3, RFC 6750). */
#include "flow/oauth/userinfo.h"

#include "flow/oauth/oauth_internal.h"
#include "model/claims/claims.h"
#include "model/user/user.h"

static enum err
refuse(struct rq *rq, bool has_token)
{
    if (!has_token) { /* RFC 6750 s3.1: no error information for a request without a token */
        rq_set_header(rq, S("www-authenticate"), S("Bearer realm=\"userinfo\""));
        return FAIL(rq, ERR_INVALID_TOKEN, NULL, "is required in the Authorization header");
    }
    rq_set_header(
        rq, S("www-authenticate"), S("Bearer realm=\"userinfo\", error=\"invalid_token\""));
    return FAIL(rq, ERR_INVALID_TOKEN, NULL, "is not valid");
}

static enum err
refuse_scope(struct rq *rq)
{
    rq_set_header(rq, S("www-authenticate"),
        S("Bearer realm=\"userinfo\", error=\"insufficient_scope\", scope=\"openid\""));
    return FAIL(rq, ERR_INSUFFICIENT_SCOPE, "scope", "must include openid");
}

/* One way to send the token per request: RFC 6750 s2. */
static enum err
read_token(struct rq *rq, str *ret)
{
    str type = rq_header(rq, S("content-type"));
    const struct form *form;
    enum err e;

    *ret = rq_bearer(rq);
    if (rq->http->method != HTTP_POST
        || !str_starts(type, S("application/x-www-form-urlencoded"))) {
        return ERR_OK;
    }
    e = rq_form(rq, &form);
    if (e == ERR_OK && form_has(form, S("access_token"))) {
        if (ret->n) {
            return FAIL(rq, ERR_INVALID_REQUEST, "access_token", "is sent in more than one way");
        }
        *ret = form_get(form, S("access_token"));
    }
    return e;
}

/* Sets rq->application: the origins it registered may read the answer in a browser (OA-50). */
static enum err
load_application(struct rq *rq, const struct access *access)
{
    rq->tenant = access->tenant;
    return application_in(rq, access->application_id, access->tenant_id, &rq->application);
}

enum err
userinfo_answer(struct rq *rq, str token)
{
    struct access *access;
    struct json_out out;
    struct user *user;
    struct buf buf;
    enum err e = claims_believe_person(rq, token, &access, &user);

    if (e != ERR_OK) {
        return e;
    }
    if (access == NULL || user == NULL
        || (!uuid_is_nil(rq->path_tenant) && !uuid_eq(rq->path_tenant, access->tenant_id))) {
        return refuse(rq, token.n > 0);
    }
    if (access->scope.n && !str_has_word(access->scope, S("openid"))) {
        return refuse_scope(rq);
    }
    e = load_application(rq, access);
    if (e != ERR_OK || rq->application == NULL) {
        return e ? e : refuse(rq, true);
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_id(&out, S("sub"), user->id);
    claims_userinfo(user, rq->application, access->scope, &out);
    json_out_object_end(&out);
    return rq_answer_json(rq, 200, &buf);
}

enum err
userinfo_endpoint(struct rq *rq)
{
    str token;
    enum err e = read_token(rq, &token);

    return e ? e : userinfo_answer(rq, token);
}
