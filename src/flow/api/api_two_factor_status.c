/* SPDX-License-Identifier: Apache-2.0 */
/* /api/two-factor/status: whether a second factor would be asked for, and what a trust of this browser is worth. */
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_two_factor.h"
#include "flow/api/api_user.h"

/* clang-format off */
enum action { ACTION_CHANGE_PASSWORD, ACTION_LOGIN, ACTION_STEP_UP };
static const char *const actions[] = {"changePassword", "login", "stepUp", NULL};
struct status { /* type TwoFactorStatusRequest */
    struct uuid application_id, user_id;
    str access_token, event_info, trust;
    int action;
};
#define SS(member) FIELD_AT(struct status, member)
static const struct field status_fields[] = {
    {.name = "accessToken",      .kind = FIELD_SECRET, .offset = SS(access_token), .max = 8192}, /* for a lambda to look at */
    {.name = "action",           .kind = FIELD_ENUM,   .offset = SS(action), .default_int = ACTION_LOGIN, .more.names = actions},
    {.name = "applicationId",    .kind = FIELD_UUID,   .offset = SS(application_id)},
    {.name = "eventInfo",        .kind = FIELD_JSON,   .offset = SS(event_info), .max = 8192},
    {.name = "twoFactorTrustId", .kind = FIELD_SECRET, .offset = SS(trust), .max = 128},
    {.name = "userId",           .kind = FIELD_UUID,   .offset = SS(user_id)},
};
const struct field_table api_two_factor_status_table = FIELD_TABLE("TwoFactorStatusRequest", status_fields, struct status, NULL);
/* clang-format on */

static enum err
read_status(struct rq *rq, struct status *status)
{
    const struct json *body;
    enum err e = api_body(rq, NULL, &api_two_factor_status_table, status, &body);

    if (e == ERR_OK && rq->http->method == HTTP_GET) {
        status->trust = rq->segments[0];
        e = api_query_id(rq, "userId", &status->user_id);
        e = e ? e : api_query_id(rq, "applicationId", &status->application_id);
    }
    e = e ? e : api_faults(rq);
    if (e == ERR_OK && uuid_is_nil(status->user_id)) {
        e = api_refuse(rq, "userId", "blank", "Say whose status it is.");
    }
    return e;
}

/* A change of the password and a step up are asked of everybody who has a method, whatever the policy of
 * sign-ins. */
static bool
is_needed(const struct status *status, const struct tenant *tenant, const struct application *app,
    const struct user *user)
{
    if (status->action == ACTION_LOGIN) {
        return factor_needed(tenant, app, user) != FACTOR_NEED_NONE;
    }
    return factor_count(user) > 0 || factor_needed(tenant, app, user) != FACTOR_NEED_NONE;
}

static void
put_trust(struct json_out *out, const struct factor_trusted *trusted)
{
    json_out_name(out, S("trusts"));
    json_out_array(out);
    if (trusted->started_at) {
        json_out_object(out);
        json_put_given_id(out, S("applicationId"), trusted->application_id);
        json_put_i64(out, S("expiration"), trusted->expires_at);
        json_put_i64(out, S("startInstant"), trusted->started_at);
        json_out_object_end(out);
    }
    json_out_array_end(out);
}

static enum err
answer_status(struct rq *rq, const struct status *status, const struct tenant *tenant,
    const struct application *app, const struct user *user)
{
    struct factor_trusted trusted;
    struct api_answer answer;
    bool is_spared;
    enum err e = factor_trust_look(rq, tenant, app, user->id, status->trust, &trusted);

    if (e != ERR_OK) {
        return e;
    }
    is_spared = trusted.spares && factor_count(user) > 0;
    api_answer_start(rq, &answer);
    put_trust(&answer.out, &trusted);
    json_put_given(&answer.out, S("twoFactorTrustId"), status->trust);
    return api_answer_send(
        rq, &answer, is_needed(status, tenant, app, user) && !is_spared ? 242 : 200);
}

enum err
api_two_factor_status(struct rq *rq)
{
    const struct tenant *tenant = NULL;
    const struct application *app = NULL;
    struct user *user = NULL;
    struct status status;
    enum err e = read_status(rq, &status);

    e = e ? e : api_user_find(rq, status.user_id, &tenant, &user);
    if (e != ERR_OK || user == NULL) {
        return e ? e : api_refuse(rq, "userId", "invalid", "Name a user.");
    }
    if (!uuid_is_nil(status.application_id)) {
        e = application_in(rq, status.application_id, tenant->id, &app);
        if (e == ERR_OK && app == NULL) {
            e = api_application_refuse(rq);
        }
    }
    return e ? e : answer_status(rq, &status, tenant, app, user);
}
