/* SPDX-License-Identifier: Apache-2.0 */
/* The device authorization grant (RFC 8628): asking, and approving without a page of ours. Deviations from FusionAuth:
 * no idp-link scopes; a client without an API key approves only with a token of its own, a third party's only for scopes
 * that token has: nobody gives themselves what no person granted (OA-45). User codes are short: rates bound guessing. */
#include "flow/oauth/device.h"

#include "codec/json.h"
#include "codec/url.h"
#include "flow/oauth/oauth_internal.h"
#include "flow/oauth/oauth.h"
#include "model/admin/admin.h"
#include "model/apikey/apikey.h"
#include "model/claims/claims.h"
#include "model/user/user.h"

enum { DEVICE_TEXT_MAX = 255 };

static enum err
refuse_user_code(struct rq *rq)
{
    return FAIL(rq, ERR_INVALID_REQUEST, "user_code", "is not valid");
}

/* ---- asking ---- */

static str
page_with_code(struct rq *rq, str url, str user_code)
{
    struct buf buf;
    str text;

    buf_init(&buf, rq->arena, KB(4));
    url_add_query(&buf, url, S("user_code"), user_code);
    return buf_done(&buf, &text) ? text : NO_STR;
}

/* s3.2 */
static enum err
answer_codes(struct rq *rq, const struct device_grant *grant, str device_code, str user_code)
{
    str url = rq->application->oauth.device_url;
    struct json_out out;
    struct buf buf;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("device_code"), device_code);
    json_put_i64(&out, S("expires_in"), (grant->expires_at - rq->now) / SECOND_MS);
    json_put_i64(&out, S("interval"), grant->interval_s);
    json_put_str(&out, S("user_code"), user_code);
    json_put_str(&out, S("verification_uri"), url);
    json_put_str(&out, S("verification_uri_complete"), page_with_code(rq, url, user_code));
    json_out_object_end(&out);
    return rq_answer_json(rq, 200, &buf);
}

enum err
device_authorize(struct rq *rq)
{
    struct device_grant grant = {.application_id = rq->application->id};
    const char *problem;
    const struct form *form;
    str device_code, user_code;
    enum err e = client_must_be_proven(rq, false);

    e = e ? e : rq_form(rq, &form);
    if (e != ERR_OK) {
        return e;
    }
    if (!(rq->application->oauth.grants & GRANT_DEVICE_CODE)) {
        return FAIL(rq, ERR_UNAUTHORIZED_CLIENT, NULL,
            "is for a grant that is not enabled for this application");
    }
    if (rq->application->oauth.device_url.n == 0) {
        return FAIL(rq, ERR_INVALID_REQUEST, "deviceVerificationURL",
            "of the application has to be set first");
    }
    if (!scope_grant(rq, rq->application, form_get(form, S("scope")), &grant.scope, &problem)) {
        return FAIL(rq, ERR_INVALID_SCOPE, NULL, problem);
    }
    grant.name = str_head(form_get(form, S("metaData.device.name")), DEVICE_TEXT_MAX);
    grant.type = str_head(form_get(form, S("metaData.device.type")), DEVICE_TEXT_MAX);
    grant.description = str_head(form_get(form, S("metaData.device.description")), DEVICE_TEXT_MAX);
    arena_keep_secret(rq->arena);
    e = device_grant_make(rq, rq->tenant, &grant, &device_code, &user_code);
    return e ? e : answer_codes(rq, &grant, device_code, user_code);
}

/* ---- who speaks of a user code ---- */

static bool
has_api_key(const struct rq *rq)
{
    str value = rq_header(rq, S("authorization"));

    return value.n && !str_ieq(str_head(value, 6), S("Basic "))
           && !str_ieq(str_head(value, 7), S("Bearer "));
}

static enum err
check_key(struct rq *rq, str endpoint)
{
    bool is_let_in = false;
    enum err e = apikey_find(rq, rq_header(rq, S("authorization")), &rq->api_key);

    if (e == ERR_OK && rq->api_key != NULL
        && apikey_may(rq, rq->api_key, endpoint, rq->http->method_text)) {
        e = apikey_is_let_in(rq, rq->api_key, &is_let_in);
    }
    if (e == ERR_OK && !is_let_in) {
        rq->api_key = NULL;
        return FAIL(rq, ERR_INVALID_CLIENT, NULL, "needs an API key that may call this endpoint");
    }
    return e;
}

/* The first that says: the application's, the path's, the form's, the header's, the key's, or the only one there is. Those
 * that speak must not contradict each other. */
static enum err
find_tenant(struct rq *rq, const struct form *form)
{
    struct uuid said[5] = {rq->path_tenant}, id = {{0}}, *ids;
    str texts[] = {form_get(form, S("tenantId")), rq_header(rq, S("x-fusionauth-tenantid"))};
    size_t count = 0;
    enum err e;

    said[1] = rq->application ? rq->application->tenant_id : id;
    said[2] = rq->api_key ? rq->api_key->tenant_id : id;
    for (size_t i = 0; i < COUNT(texts); i++) {
        if (texts[i].n && !uuid_parse(texts[i], &said[3 + i])) {
            return FAIL(rq, ERR_INVALID_REQUEST, "tenantId", "is not valid");
        }
    }
    for (size_t i = 0; i < COUNT(said); i++) {
        if (!uuid_is_nil(said[i]) && !uuid_is_nil(id) && !uuid_eq(said[i], id)) {
            return FAIL(rq, ERR_INVALID_REQUEST, "tenantId", "is not valid");
        }
        id = uuid_is_nil(said[i]) ? id : said[i];
    }
    if (uuid_is_nil(id)) {
        e = tenant_ids(rq, 2, &ids, &count);
        if (e != ERR_OK || count != 1) {
            return e ? e : FAIL(rq, ERR_INVALID_REQUEST, "tenantId", "is required");
        }
        id = ids[0];
    }
    e = tenant_load(rq, id, &rq->tenant);
    return e == ERR_OK && rq->tenant == NULL
               ? FAIL(rq, ERR_INVALID_REQUEST, "tenantId", "is not valid")
               : e;
}

/* With an API key a client need not be named or prove itself, but what is said of it must be right. */
static enum err
check_named_client(struct rq *rq, const struct form *form)
{
    str text = form_get(form, S("client_id")), secret = form_get(form, S("client_secret"));
    struct uuid id;
    enum err e;

    if (text.n == 0) {
        return ERR_OK;
    }
    e = uuid_parse(text, &id) ? client_find(rq, id, form, &rq->application) : ERR_OK;
    if (e == ERR_OK
        && (rq->application == NULL || !rq->application->active
            || (secret.n && !application_secret_ok(rq->application, secret)))) {
        rq->application = NULL;
        return FAIL(rq, ERR_INVALID_CLIENT, "client_id", "is not known, or has another secret");
    }
    return e;
}

static enum err
find_caller(struct rq *rq, const struct form *form, str endpoint)
{
    enum err e;

    if (has_api_key(rq)) {
        e = check_key(rq, endpoint);
        e = e ? e : check_named_client(rq, form);
    } else {
        e = client_authenticate(rq);
        e = e ? e : client_must_be_proven(rq, false);
    }
    return e ? e : find_tenant(rq, form);
}

/* The grant of a user code; another application's is none. */
static enum err
find_grant(struct rq *rq, str user_code, struct device_grant **ret)
{
    enum err e;

    if (user_code.n == 0) {
        return FAIL(rq, ERR_INVALID_REQUEST, "user_code", "is required");
    }
    e = device_grant_find_user_code(rq, rq->tenant, user_code, ret);
    if (e == ERR_OK
        && (*ret == NULL
            || (rq->application != NULL
                && !uuid_eq((*ret)->application_id, rq->application->id)))) {
        return refuse_user_code(rq);
    }
    return e;
}

/* ---- what a user code stands for ---- */

enum err
device_validate(struct rq *rq)
{
    struct device_grant *grant = NULL;
    const struct form *query;
    struct uuid id;
    enum err e = rq_query(rq, &query);

    if (e != ERR_OK) {
        return e;
    }
    e = uuid_parse(form_get(query, S("client_id")), &id)
            ? client_find(rq, id, query, &rq->application)
            : ERR_OK;
    if (e != ERR_OK) {
        return e;
    }
    if (rq->application == NULL || !rq->application->active) {
        return FAIL(rq, ERR_INVALID_REQUEST, "client_id", "is missing or not known");
    }
    e = tenant_load(rq, rq->application->tenant_id, &rq->tenant);
    if (e != ERR_OK || rq->tenant == NULL) {
        return e ? e : refuse_user_code(rq);
    }
    e = find_grant(rq, form_get(query, S("user_code")), &grant);
    return e ? e : rq_answer_empty(rq, 200);
}

static void
put_device(struct json_out *out, const struct device_grant *grant)
{
    json_out_name(out, S("deviceInfo"));
    json_out_object(out);
    json_put_given(out, S("description"), grant->description);
    json_put_given(out, S("name"), grant->name);
    json_put_given(out, S("type"), grant->type);
    json_out_object_end(out);
}

/* FusionAuth's rule: what the person is asked for is the rest. */
static str
scope_to_ask(struct rq *rq, str scope)
{
    struct buf buf;
    str word, text;

    buf_init(&buf, rq->arena, scope.n + 1);
    while (str_cut(&scope, ' ', &word)) {
        if (!str_eq(word, S("openid")) && !str_eq(word, S("offline_access"))) {
            buf_str(&buf, buf.n ? S(" ") : S(""));
            buf_str(&buf, word);
        }
    }
    return buf_done(&buf, &text) ? text : NO_STR;
}

enum err
device_user_code(struct rq *rq)
{
    struct device_grant *grant = NULL;
    const struct form *form;
    struct json_out out;
    struct buf buf;
    str scope;
    enum err e = rq_form(rq, &form);

    e = e ? e : find_caller(rq, form, S("/oauth2/device/user-code"));
    e = e ? e : find_grant(rq, form_get(form, S("user_code")), &grant);
    if (e != ERR_OK || grant == NULL) {
        return e ? e : refuse_user_code(rq);
    }
    scope = scope_to_ask(rq, grant->scope);
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_id(&out, S("client_id"), grant->application_id);
    put_device(&out, grant);
    json_put_i64(&out, S("expires_in"), (grant->expires_at - rq->now) / SECOND_MS);
    json_put_given(&out, S("scope"), scope);
    json_put_id(&out, S("tenantId"), rq->tenant->id);
    json_put_str(&out, S("user_code"), form_get(form, S("user_code")));
    json_out_object_end(&out);
    return rq_answer_json(rq, 200, &buf);
}

/* ---- approving ---- */

/* Whose token it is, and whether this caller may approve with it. An administrator's device is approved with an
 * administrator's token alone, whoever brings it. */
static enum err
check_token(struct rq *rq, const struct access *access, const struct device_grant *grant)
{
    const struct application *app = NULL;
    enum err e;

    if (rq->api_key != NULL && !admin_is_application(grant->application_id)) {
        return ERR_OK;
    }
    if (!uuid_eq(access->application_id, grant->application_id)) {
        return FAIL(rq, ERR_INVALID_TOKEN, "token", "is of another application");
    }
    e = application_in(rq, grant->application_id, rq->tenant->id, &app);
    if (e == ERR_OK
        && (app == NULL
            || (app->oauth.relationship == APP_THIRD_PARTY
                && !scope_within(grant->scope, access->scope)))) {
        return FAIL(rq, ERR_INVALID_SCOPE, "token", "does not have the scopes that are asked for");
    }
    return e;
}

static enum err
approve(
    struct rq *rq, const struct access *access, const struct user *user, struct device_grant *grant)
{
    const struct json *claims;
    int64_t seconds;
    enum err e = check_token(rq, access, grant);

    if (e != ERR_OK) {
        return e;
    }
    if (!json_parse(rq->arena, access->claims, &claims, NULL)) {
        return FAIL_SERVER(rq);
    }
    grant->authentication = json_get_str(claims, S("authenticationType"));
    grant->auth_instant =
        (json_i64(json_get(claims, S("auth_time")), &seconds) ? seconds : access->issued_s)
        * SECOND_MS;
    grant->user_id = user->id;
    return device_grant_approve(rq, rq->tenant, grant);
}

enum err
device_approve(struct rq *rq)
{
    struct device_grant *grant = NULL;
    const struct form *form;
    struct access *access;
    struct json_out out;
    struct user *user;
    struct buf buf;
    enum err e = rq_form(rq, &form);

    e = e ? e : find_caller(rq, form, S("/oauth2/device/approve"));
    e = e ? e : claims_believe_person(rq, form_get(form, S("token")), &access, &user);
    if (e != ERR_OK) {
        return e;
    }
    if (access == NULL || user == NULL || !uuid_eq(access->tenant_id, rq->tenant->id)) {
        return FAIL(rq, ERR_INVALID_TOKEN, "token", "is not valid");
    }
    e = find_grant(rq, form_get(form, S("user_code")), &grant);
    if (e != ERR_OK || grant == NULL) {
        return e ? e : refuse_user_code(rq);
    }
    e = approve(rq, access, user, grant);
    if (e != ERR_OK) {
        return e;
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_str(&out, S("deviceGrantStatus"), S("Approved"));
    put_device(&out, grant);
    json_put_id(&out, S("tenantId"), rq->tenant->id);
    json_put_id(&out, S("userId"), user->id);
    json_out_object_end(&out);
    return rq_answer_json(rq, 200, &buf);
}
