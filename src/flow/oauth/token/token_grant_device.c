/* SPDX-License-Identifier: Apache-2.0 */
/* grant_type=urn:ietf:params:oauth:grant-type:device_code (RFC 8628 s3.4-3.5). A device code gives tokens once: its ticket's
 * use decides. What has happened to the person since the approval counts. */
#include "flow/oauth/oauth_internal.h"
#include "flow/oauth/oauth.h"
#include "flow/oauth/token/token_internal.h"
#include "model/action/action.h"
#include "model/credential/credential.h"

static enum err
answer_waiting(struct rq *rq, struct device_grant *grant, struct token_reply *ret)
{
    bool is_in_time;
    enum err e = device_grant_poll(rq, rq->tenant, grant, &is_in_time);

    if (e != ERR_OK) {
        return e;
    }
    return is_in_time ? token_refuse(
               rq, ret, "authorization_pending", NULL, "nobody has approved the device yet")
                      : token_refuse(rq, ret, "slow_down", NULL,
                          "the device asks too often: wait five seconds more each time");
}

/* s3.5: access_denied ends it. */
static enum err
deny(struct rq *rq, const struct device_grant *grant, struct token_reply *ret)
{
    ticket_use(rq, grant->ticket);
    return token_refuse(
        rq, ret, "access_denied", NULL, "the person may not sign in to this application");
}

/* *ret NULL: not, or not any more. */
static enum err
load_person(struct rq *rq, const struct device_grant *grant, struct user **ret)
{
    struct dossier_list actions = {.count = 0};
    enum err e = user_load(rq, rq->tenant, grant->user_id, USER_REGISTRATIONS, ret);

    if (e != ERR_OK || *ret == NULL) {
        return e;
    }
    e = action_prevents(rq, rq->tenant, *ret, rq->application->id, &actions);
    if (actions.count || !user_may_sign_in(*ret, rq->now)
        || (*ret)->password_instant > grant->approved_at || token_lacks_registration(rq, *ret)) {
        *ret = NULL;
    }
    return e;
}

static enum err
redeem(struct rq *rq, const struct device_grant *grant, struct token_reply *ret)
{
    struct token token = {
        .user_id = grant->user_id,
        .auth_instant = grant->auth_instant,
        .scope = grant->scope,
        .authentication_type = grant->authentication,
        .device_name = grant->name,
        .device_type = grant->type,
        .device_description = grant->description,
    };
    struct user *user;
    enum err e = load_person(rq, grant, &user);

    if (e != ERR_OK) {
        return e;
    }
    if (user == NULL) {
        return deny(rq, grant, ret);
    }
    ticket_use(rq, grant->ticket);
    e = credential_note_login(rq, rq->tenant, user, rq->application->id, NO_STR);
    return e ? e : token_start(rq, user, &token, ret);
}

enum err
token_grant_device(struct rq *rq, const struct form *form, struct token_reply *ret)
{
    str code = form_get(form, S("device_code"));
    struct device_grant *grant;
    enum err e = client_must_be_proven(rq, false);

    if (e != ERR_OK) {
        return e;
    }
    if (code.n == 0) {
        return FAIL(rq, ERR_INVALID_REQUEST, "device_code", "is required");
    }
    e = device_grant_find(rq, rq->tenant, code, &grant);
    if (e != ERR_OK) {
        return e;
    }
    if (grant == NULL || !uuid_eq(grant->application_id, rq->application->id)) {
        return FAIL(rq, ERR_INVALID_GRANT, "device_code", "is not valid");
    }
    if (grant->expires_at <= rq->now) {
        return token_refuse(rq, ret, "expired_token", NULL, "the device code is over");
    }
    return uuid_is_nil(grant->user_id) ? answer_waiting(rq, grant, ret) : redeem(rq, grant, ret);
}
