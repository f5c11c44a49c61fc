/* SPDX-License-Identifier: Apache-2.0 */
/* DELETE /api/jwt/refresh: one grant, by id or by its refresh token, or one session by id, for its owner or an API
 * key; all of a person, their sessions among them, of an application, or of both, for an API key. The access tokens
 * end, too. */
#include "flow/api/api_admin.h"
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_refresh.h"
#include "flow/api/api_user.h"
#include "model/claims/claims.h"
#include "model/event/event.h"
#include "model/session/session.h"

struct wanted { /* type RefreshTokenRevokeRequest */
    struct uuid application_id, user_id;
    str token, event_info;
};
/* clang-format off */
#define W(member) FIELD_AT(struct wanted, member)
static const struct field wanted_fields[] = {
    {.name = "applicationId", .kind = FIELD_UUID,   .offset = W(application_id)},
    {.name = "eventInfo",     .kind = FIELD_JSON,   .offset = W(event_info), .max = 8192},
    {.name = "token",         .kind = FIELD_SECRET, .offset = W(token), .max = 1024},
    {.name = "userId",        .kind = FIELD_UUID,   .offset = W(user_id)},
};
const struct field_table api_refresh_revoke_table = FIELD_TABLE("RefreshTokenRevokeRequest", wanted_fields, struct wanted, NULL);
/* clang-format on */

/* A form keeps the token out of access logs, so FusionAuth takes one. */
static enum err
read_body(struct rq *rq, struct wanted *ret)
{
    const struct json *body;
    const struct form *form;
    enum err e;

    if (!str_starts(rq_header(rq, S("content-type")), S("application/x-www-form-urlencoded"))) {
        return api_body(rq, NULL, &api_refresh_revoke_table, ret, &body);
    }
    field_defaults(rq->arena, &api_refresh_revoke_table, ret);
    e = rq_form(rq, &form);
    if (e == ERR_OK) {
        ret->token = form_get(form, S("token"));
    }
    return e;
}

static enum err
read_wanted(struct rq *rq, struct wanted *ret)
{
    struct uuid application_id, user_id;
    str token = rq_query_get(rq, S("token"));
    enum err e = read_body(rq, ret);

    e = e ? e : api_faults(rq);
    e = e ? e : api_query_id(rq, "applicationId", &application_id);
    e = e ? e : api_query_id(rq, "userId", &user_id);
    if (e != ERR_OK) {
        return e;
    }
    ret->token = token.n ? token : ret->token;
    ret->application_id = uuid_is_nil(application_id) ? ret->application_id : application_id;
    ret->user_id = uuid_is_nil(user_id) ? ret->user_id : user_id;
    return ERR_OK;
}

/* Loading whose it is refuses a caller who has less than they (decision 0025). */
static enum err
check_rights(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    struct user *user;

    if (!api_may_see(rq, tenant->id)) {
        return api_not_found(rq);
    }
    return rq->guards_admins && !uuid_is_nil(user_id)
               ? user_load(rq, tenant, user_id, USER_PLAIN, &user)
               : ERR_OK;
}

/* A person ends only what is theirs, and by a third party's token only what that one was given;
 * other grants do not exist for them. */
static enum err
check_owner(struct rq *rq, const struct tenant *tenant, const struct access *access,
    const struct token *grant)
{
    bool is_theirs = access != NULL && uuid_eq(access->tenant_id, grant->tenant_id)
                     && uuid_eq(access->user_id, grant->user_id);
    bool is_trusted = false;
    enum err e = ERR_OK;

    if (rq->api_key != NULL) {
        return check_rights(rq, tenant, grant->user_id);
    }
    if (is_theirs && !uuid_eq(access->application_id, grant->application_id)) {
        e = api_refresh_is_trusted(rq, access, &is_trusted);
        is_theirs = is_trusted;
    }
    return e || is_theirs ? e : api_not_found(rq);
}

/* A person ends their own sessions, by the token of an application of the house. */
static enum err
check_session_owner(struct rq *rq, const struct tenant *tenant, const struct access *access,
    const struct session *session)
{
    bool is_trusted = false;
    enum err e = ERR_OK;

    if (rq->api_key != NULL) {
        return check_rights(rq, tenant, session->user_id);
    }
    if (access != NULL && uuid_eq(access->tenant_id, session->tenant_id)
        && uuid_eq(access->user_id, session->user_id)) {
        e = api_refresh_is_trusted(rq, access, &is_trusted);
    }
    return e || is_trusted ? e : api_not_found(rq);
}

static enum err
end_session(struct rq *rq, const struct tenant *tenant, struct uuid id, const struct access *access)
{
    struct event event = {.kind = "jwt.refresh-token.revoke"};
    struct session *session;
    enum err e = session_load(rq, tenant, id, &session);

    if (e != ERR_OK || session == NULL) {
        return e ? e : api_not_found(rq);
    }
    e = check_session_owner(rq, tenant, access, session);
    if (e != ERR_OK) {
        return e;
    }
    session_end_elsewhere(rq, tenant, id);
    event.user_id = session->user_id;
    return event_add(rq, tenant, &event);
}

static enum err
revoke_by_id(struct rq *rq, struct uuid id, const struct access *access)
{
    const struct tenant *tenant = access ? access->tenant : NULL;
    struct token *grant;
    enum err e = ERR_OK;

    if (tenant == NULL) {
        e = api_tenant(rq);
        tenant = rq->tenant;
    }
    e = e ? e : token_load(rq, tenant, id, &grant);
    if (e != ERR_OK) {
        return e;
    }
    if (grant == NULL) {
        e = end_session(rq, tenant, id, access);
    } else {
        e = check_owner(rq, tenant, access, grant);
        e = e ? e : api_refresh_end(rq, tenant, grant);
    }
    return e ? e : rq_answer_empty(rq, 200);
}

static enum err
revoke_by_token(struct rq *rq, str text, const struct access *access)
{
    struct api_refresh found;
    str bearer = rq_bearer(rq);
    enum err e = api_refresh_find(
        rq, text, bearer.n ? bearer : api_token_cookie(rq, "access_token"), &found);

    if (e != ERR_OK) {
        return e;
    }
    e = found.grant == NULL ? api_not_found(rq)
                            : check_owner(rq, found.tenant, access, found.grant);
    e = e ? e : api_refresh_end(rq, found.tenant, found.grant);
    return e ? e : rq_answer_empty(rq, 200);
}

static enum err
note(struct rq *rq, const struct tenant *tenant, const struct wanted *wanted, bool has_user)
{
    struct event event = {"jwt.refresh-token.revoke",
        has_user ? wanted->user_id : (struct uuid){{0}}, wanted->application_id, NO_STR};

    return event_add(rq, tenant, &event);
}

static enum err
revoke_of_user(struct rq *rq, const struct wanted *wanted)
{
    const struct tenant *tenant;
    struct user *user = NULL;
    enum err e = api_user_tenant(rq, wanted->user_id, &tenant);

    if (e == ERR_OK && tenant != NULL) {
        e = user_load(rq, tenant, wanted->user_id, USER_PLAIN, &user);
    }
    if (e != ERR_OK || user == NULL) {
        return e ? e : api_not_found(rq);
    }
    if (uuid_is_nil(wanted->application_id)) {
        session_end_all(rq, tenant, wanted->user_id);
        token_revoke_user(rq, tenant, wanted->user_id);
    } else {
        token_revoke_user_application(rq, tenant, wanted->user_id, wanted->application_id);
    }
    e = note(rq, tenant, wanted, true);
    return e ? e : rq_answer_empty(rq, 200);
}

static enum err
revoke_of_application(struct rq *rq, const struct wanted *wanted)
{
    const struct application *app;
    const struct tenant *tenant;
    enum err e = api_application_find(rq, wanted->application_id, &tenant, &app);

    if (e != ERR_OK || app == NULL) {
        return e ? e : api_not_found(rq);
    }
    if (admin_is_application(app->id) && !api_is_super(rq)) {
        return FAIL(
            rq, ERR_FORBIDDEN, NULL, "is about people with more rights than the caller has");
    }
    token_revoke_application(rq, tenant, app->id);
    e = note(rq, tenant, wanted, false);
    return e ? e : rq_answer_empty(rq, 200);
}

enum err
api_refresh_revoke(struct rq *rq)
{
    struct access *access = NULL;
    struct wanted wanted;
    struct uuid id;
    enum err e = rq_segment_id(rq, 0, "tokenId", &id);

    e = e ? e : read_wanted(rq, &wanted);
    if (e == ERR_OK && rq->api_key == NULL) {
        e = api_refresh_bearer(rq, &access);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (rq->api_key == NULL && access == NULL) {
        return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key or an access token");
    }
    if (!uuid_is_nil(id)) {
        return revoke_by_id(rq, id, access);
    }
    if (wanted.token.n) {
        return revoke_by_token(rq, wanted.token, access);
    }
    if (rq->api_key == NULL) {
        return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an API key");
    }
    if (!uuid_is_nil(wanted.user_id)) {
        return revoke_of_user(rq, &wanted);
    }
    return uuid_is_nil(wanted.application_id)
               ? api_refuse(rq, "token", "missing", "Name a token, a user or an application.")
               : revoke_of_application(rq, &wanted);
}
