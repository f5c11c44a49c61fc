/* SPDX-License-Identifier: Apache-2.0 */
/* /api/jwt/validate, issue, public-key: tokens looked at, exchanged for one of another application, and
 * the keys that prove them. Deviations: a third party's token is exchanged for none (OA-45); without a
 * tenant, the public keys are the default tenant's. */
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_key_use.h"
#include "flow/api/api_refresh.h"
#include "model/admin/admin.h"
#include "model/claims/claims.h"
#include "model/key/key.h"
#include "model/user/user.h"

static enum err
refuse_caller(struct rq *rq)
{
    return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs a good access token");
}

enum err
api_jwt_validate(struct rq *rq)
{
    struct claims_entity of_entity;
    struct api_answer answer;
    struct access *access;
    bool is_of_entity = false;
    enum err e = api_refresh_bearer(rq, &access);

    if (e == ERR_OK && access == NULL) {
        e = api_refresh_bearer_entity(rq, &of_entity, &is_of_entity);
    }
    if (e != ERR_OK || (access == NULL && !is_of_entity)) {
        return e ? e : refuse_caller(rq);
    }
    api_answer_start(rq, &answer);
    json_put_raw(&answer.out, S("jwt"), is_of_entity ? of_entity.claims : access->claims);
    return api_answer_send(rq, &answer, 200);
}

struct issue { /* one exchange on its way */
    struct rq *rq;
    struct access *access; /* the token that was brought */
    const struct application *application;
    struct api_token_wish wish;
};

static enum err
read_caller(struct issue *issue)
{
    bool is_trusted = false;
    enum err e = api_refresh_bearer(issue->rq, &issue->access);

    if (e == ERR_OK && issue->access != NULL) {
        e = api_refresh_is_trusted(issue->rq, issue->access, &is_trusted);
    }
    return e || is_trusted ? e : refuse_caller(issue->rq);
}

/* Who holds a person's token of any application must not turn it into an administrator's. */
static enum err
read_target(struct issue *issue)
{
    struct rq *rq = issue->rq;
    struct uuid id;
    enum err e = api_query_id(rq, "applicationId", &id);

    if (e == ERR_OK && uuid_is_nil(id)) {
        e = api_refuse(rq, "applicationId", "blank", "Name the application the token is for.");
    }
    e = e ? e : application_in(rq, id, issue->access->tenant_id, &issue->application);
    if (e != ERR_OK) {
        return e;
    }
    if (issue->application == NULL || !issue->application->active
        || (admin_is_application(id) && !admin_is_application(issue->access->application_id))) {
        return api_refuse(rq, "applicationId", "invalid", "Name an active application.");
    }
    return ERR_OK;
}

/* What the new grant has from the old: the session it ends with, and when the password was given. */
static enum err
inherit(struct issue *issue)
{
    const struct access *access = issue->access;
    struct token *source = NULL;
    struct user *user;
    enum err e = user_load(issue->rq, access->tenant, access->user_id, USER_REGISTRATIONS, &user);

    if (e == ERR_OK && !uuid_is_nil(access->grant_id)) {
        e = token_load(issue->rq, access->tenant, access->grant_id, &source);
    }
    if (e != ERR_OK || user == NULL) {
        return e ? e : refuse_caller(issue->rq);
    }
    issue->wish = (struct api_token_wish){
        .tenant = access->tenant,
        .user = user,
        .authentication = "JWT_SSO",
        .ends_at = access->expires_s * SECOND_MS,
    };
    if (source != NULL) {
        issue->wish.session_id = source->session_id;
        issue->wish.auth_instant = source->auth_instant;
    }
    if (user_registration(user, issue->application->id) != NULL) {
        issue->wish.application = issue->application; /* else FusionAuth gives one of none */
    }
    return ERR_OK;
}

/* A refresh token brought along asks for another, which ends no later. */
static enum err
read_refresh(struct issue *issue)
{
    struct rq *rq = issue->rq;
    const struct tenant *tenant = issue->access->tenant;
    str text = api_token_cookie(rq, "refresh_token");
    struct api_refresh found;
    enum err e;

    text = text.n ? text : rq_query_get(rq, S("refreshToken"));
    if (text.n == 0) {
        return ERR_OK;
    }
    e = api_refresh_find_of(rq, text, tenant, &found);
    if (e != ERR_OK || found.grant == NULL
        || !uuid_eq(found.grant->user_id, issue->access->user_id)) {
        return e;
    }
    if (found.verdict == TOKEN_REUSED) {
        api_refresh_reused(rq, &found);
        return refuse_caller(rq);
    }
    if (application_jwt(found.application, tenant)->refresh_expiration
        == application_jwt(issue->application, tenant)->refresh_expiration) {
        issue->wish.wants_refresh = true;
        issue->wish.refresh_ends_at = found.grant->expires_at;
    }
    return ERR_OK;
}

enum err
api_jwt_issue(struct rq *rq)
{
    struct issue issue = {.rq = rq};
    struct api_tokens tokens;
    struct api_answer answer;
    enum err e = read_caller(&issue);

    e = e ? e : read_target(&issue);
    e = e ? e : inherit(&issue);
    e = e ? e : read_refresh(&issue);
    e = e ? e : api_token_make(rq, &issue.wish, &tokens);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_put_given(&answer.out, S("refreshToken"), tokens.refresh);
    json_put_str(&answer.out, S("token"), tokens.access);
    return api_answer_send(rq, &answer, issue.wish.application ? 200 : 202);
}

static enum err
answer_key(struct rq *rq, const struct key *key)
{
    struct api_answer answer;

    if (key == NULL || key->public_key.n == 0
        || (!uuid_is_nil(key->tenant_id) && !api_may_see(rq, key->tenant_id))) {
        return api_not_found(rq);
    }
    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("publicKey"), key->public_key);
    return api_answer_send(rq, &answer, 200);
}

static enum err
answer_key_of(struct rq *rq, struct uuid application_id)
{
    const struct application *app;
    const struct tenant *tenant;
    const struct key *key = NULL;
    enum err e = api_application_find(rq, application_id, &tenant, &app);

    if (e != ERR_OK || app == NULL) {
        return e ? e : api_not_found(rq);
    }
    e = api_key_of(rq, tenant, application_jwt(app, tenant), &key);
    return e ? e : answer_key(rq, key);
}

static enum err
answer_keys(struct rq *rq)
{
    const struct tenant *tenant = NULL;
    const struct key **keys;
    struct api_answer answer;
    size_t count = 0;
    enum err e;

    if (api_is_bound(rq)) {
        e = api_tenant(rq);
        tenant = rq->tenant;
    } else {
        e = tenant_or_default(rq, (struct uuid){{0}}, &tenant);
    }
    if (e != ERR_OK || tenant == NULL) {
        return e ? e : api_not_found(rq);
    }
    e = key_list(rq, tenant->id, &keys, &count);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("publicKeys"));
    json_out_object(&answer.out);
    for (size_t i = 0; i < count; i++) {
        json_put_given(&answer.out, keys[i]->kid, keys[i]->public_key);
    }
    json_out_object_end(&answer.out);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_jwt_public_key(struct rq *rq)
{
    str kid = rq_query_get(rq, S("kid"));
    const struct key *key = NULL;
    struct uuid application_id;
    enum err e = api_query_id(rq, "applicationId", &application_id);

    if (e == ERR_OK && kid.n) {
        e = key_find_kid(rq, kid, &key);
        return e ? e : answer_key(rq, key);
    }
    if (e == ERR_OK && !uuid_is_nil(application_id)) {
        return answer_key_of(rq, application_id);
    }
    return e ? e : answer_keys(rq);
}
