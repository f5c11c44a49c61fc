/* SPDX-License-Identifier: Apache-2.0 */
/* Refresh tokens found and ended, for the calls that exchange, revoke and sign out. */
#include "codec/jwt.h"
#include "flow/api/api_application.h"
#include "flow/api/api_refresh.h"
#include "model/claims/claims.h"
#include "model/event/event.h"

/* The tenant an access token names; not believed, and nil when it names none. */
static struct uuid
named_tenant(struct rq *rq, str access_token)
{
    struct uuid id = {{0}};
    struct jwt jwt;
    str text;

    if (access_token.n == 0 || access_token.n > JWT_MAX_BYTES
        || !jwt_parse(rq->arena, access_token, &jwt)
        || !json_str(json_get(jwt.claims, S("tid")), &text) || !uuid_parse(text, &id)) {
        return (struct uuid){{0}};
    }
    return id;
}

static enum err
find_tenant(struct rq *rq, str access_token, const struct tenant **ret)
{
    struct uuid id = named_tenant(rq, access_token);
    enum err e;

    if (!api_is_bound(rq) && !uuid_is_nil(id)) {
        e = tenant_load(rq, id, ret);
        if (e != ERR_OK || *ret != NULL) {
            return e;
        }
    }
    e = api_tenant(rq);
    *ret = rq->tenant;
    return e;
}

/* How long the last token is forgiven is a setting of its application, which is known only when it
 * is found: so it is looked at twice. */
enum err
api_refresh_find_of(struct rq *rq, str text, const struct tenant *tenant, struct api_refresh *ret)
{
    const struct jwt_config *config = &tenant->jwt;
    enum err e;

    *ret = (struct api_refresh){.tenant = tenant, .verdict = TOKEN_UNKNOWN};
    e = token_find_refresh(rq, tenant, config, text, &ret->verdict, &ret->grant);
    if (e != ERR_OK || ret->grant == NULL) {
        return e;
    }
    e = application_in(rq, ret->grant->application_id, tenant->id, &ret->application);
    if (e != ERR_OK || ret->application == NULL) {
        ret->grant = NULL;
        return e;
    }
    if (application_jwt(ret->application, tenant) == config) {
        return ERR_OK;
    }
    config = application_jwt(ret->application, tenant);
    return token_find_refresh(rq, tenant, config, text, &ret->verdict, &ret->grant);
}

enum err
api_refresh_find(struct rq *rq, str text, str access_token, struct api_refresh *ret)
{
    const struct tenant *tenant;
    enum err e = find_tenant(rq, access_token, &tenant);

    return e ? e : api_refresh_find_of(rq, text, tenant, ret);
}

void
api_refresh_reused(struct rq *rq, const struct api_refresh *found)
{
    struct event event = {
        "jwt.refresh-token.reuse", found->grant->user_id, found->grant->application_id, NO_STR};

    token_revoke(rq, found->tenant, found->grant->id);
    event_add(rq, found->tenant, &event);
    rq->keeps_writes = true;
}

enum err
api_refresh_end(struct rq *rq, const struct tenant *tenant, const struct token *grant)
{
    struct event event = {
        "jwt.refresh-token.revoke", grant->user_id, grant->application_id, NO_STR};

    token_revoke(rq, tenant, grant->id);
    return event_add(rq, tenant, &event);
}

/* "Bearer xyz", or "JWT xyz" as older clients write it; the cookie only when there is no header. */
static str
token_of(struct rq *rq)
{
    str value = rq_header(rq, S("authorization"));

    if (value.n == 0) {
        return api_token_cookie(rq, "access_token");
    }
    return str_ieq(str_head(value, 4), S("JWT ")) ? str_trim(str_skip(value, 4)) : rq_bearer(rq);
}

enum err
api_refresh_bearer(struct rq *rq, struct access **ret)
{
    str header = rq_header(rq, S("x-fusionauth-tenantid"));
    struct uuid id;
    enum err e = claims_believe(rq, token_of(rq), ret);

    if (e != ERR_OK || *ret == NULL || header.n == 0) {
        return e;
    }
    if (!uuid_parse(header, &id) || !uuid_eq(id, (*ret)->tenant_id)) {
        *ret = NULL;
    }
    return ERR_OK;
}

enum err
api_refresh_bearer_entity(struct rq *rq, struct claims_entity *ret, bool *ret_ok)
{
    str header = rq_header(rq, S("x-fusionauth-tenantid"));
    struct uuid id;
    enum err e = claims_believe_entity(rq, token_of(rq), ret, ret_ok);

    if (e == ERR_OK && *ret_ok && header.n) {
        *ret_ok = uuid_parse(header, &id) && uuid_eq(id, ret->tenant->id);
    }
    return e;
}

enum err
api_refresh_is_trusted(struct rq *rq, const struct access *access, bool *ret)
{
    const struct application *app = NULL;
    enum err e = ERR_OK;

    if (!uuid_is_nil(access->application_id)) {
        e = application_in(rq, access->application_id, access->tenant_id, &app);
    }
    *ret = e == ERR_OK && !uuid_is_nil(access->user_id)
           && (app == NULL || app->oauth.relationship == APP_FIRST_PARTY);
    return e;
}
