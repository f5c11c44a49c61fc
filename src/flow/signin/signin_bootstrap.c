/* SPDX-License-Identifier: Apache-2.0 */
/* ssoConfiguration.allowAccessTokenBootstrap: an app that has a person's access token opens a page of ours with it in
 * the Authorization header, and the person is signed in there, too. A browser never sends that header by itself, so no
 * other site can bring a session about. Only a tenant that switched it on, only what was given to an application of the
 * first party for a proof whose time the token tells; never for administrators, whose sessions open more than any token. */
#include "codec/json.h"
#include "flow/signin/signin_internal.h"
#include "model/admin/admin.h"
#include "model/claims/claims.h"
#include "model/event/event.h"

/* When the person proved it: what asks for a fresh proof (max_age) must not take the token for one. */
static bool
proved_at(struct rq *rq, const struct access *access, int64_t *ret)
{
    const struct json *claims;
    int64_t at_s;

    if (!json_parse(rq->arena, access->claims, &claims, NULL)
        || !json_i64(json_get(claims, S("auth_time")), &at_s) || at_s <= 0
        || at_s > access->issued_s) {
        return false;
    }
    *ret = at_s * SECOND_MS;
    return true;
}

/* *ret NULL when nobody may come in by the token. */
static enum err
find_person(struct visit *visit, const struct access *access, struct user **ret)
{
    struct rq *rq = visit->rq;
    const struct application *from;
    struct user *user = NULL;
    enum err e;

    *ret = NULL;
    if (!uuid_eq(access->tenant_id, visit->a->tenant->id) || uuid_is_nil(access->user_id)
        || uuid_is_nil(access->grant_id)) {
        return ERR_OK;
    }
    e = application_in(rq, access->application_id, access->tenant_id, &from);
    if (e != ERR_OK || from == NULL || from->oauth.relationship != APP_FIRST_PARTY) {
        return e;
    }
    e = user_load(rq, visit->a->tenant, access->user_id, USER_REGISTRATIONS, &user);
    *ret = e == ERR_OK && user != NULL && !admin_is_registered(user) ? user : NULL;
    return e;
}

enum err
signin_bootstrap(struct visit *visit)
{
    struct rq *rq = visit->rq;
    struct authorization *a = visit->a;
    struct event event = {.kind = "user.login.success", .application_id = a->application->id};
    struct access *access = NULL;
    struct session *session = NULL, wanted = {.is_kept = false};
    struct user *user = NULL;
    str token = rq_bearer(rq);
    int64_t proved = 0;
    enum err e;

    if (!a->tenant->sso.may_bootstrap || visit->session != NULL || token.n == 0) {
        return ERR_OK;
    }
    e = claims_believe(rq, token, &access);
    if (e != ERR_OK || access == NULL || !proved_at(rq, access, &proved)) {
        return e;
    }
    e = find_person(visit, access, &user);
    if (e != ERR_OK || user == NULL) {
        return e;
    }
    wanted.user_id = user->id;
    wanted.auth_instant = proved;
    e = session_start_as(rq, a->tenant, &wanted, &session);
    if (e != ERR_OK) {
        return e;
    }
    visit->user = user;
    visit->session = session;
    a->authentication_type = S("JWT_SSO");
    event.user_id = user->id;
    return event_add(rq, a->tenant, &event);
}
