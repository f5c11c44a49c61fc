/* SPDX-License-Identifier: Apache-2.0 */
/* Client authentication (RFC 6749 s2.3, RFC 7617). Refused: two methods at once, an empty
 * secret, a client of another tenant than the path names, an inactive client. All of these look
 * alike to the caller. Clients are applications, and at the token endpoint entities. */
#include "flow/oauth/oauth.h"

#include "codec/base64.h"
#include "codec/form.h"
#include "flow/oauth/oauth_internal.h"
#include "model/application/application.h"
#include "model/entity/entity.h"

struct credentials {
    str id, secret;
    bool is_basic, has_secret;
};

static enum err
refuse(struct rq *rq)
{
    /* RFC 6749 s5.2: 401 and the scheme the client tried. */
    rq_set_header(rq, S("www-authenticate"), S("Basic realm=\"token\", charset=\"UTF-8\""));
    return FAIL(rq, ERR_INVALID_CLIENT, NULL, "authentication failed");
}

/* RFC 6749 s2.3.1: id and secret are form-encoded before they are joined by the first colon. */
static bool
decode_part(struct rq *rq, str part, str *ret)
{
    struct form form;
    str text = str_fmt(rq->arena, "v=" STRF, STRV(part));

    if (str_find(part, '\0') < part.n || str_find(part, '&') < part.n
        || str_find(part, '=') < part.n || !form_parse(rq->arena, text, &form) || form.count != 1) {
        return false;
    }
    *ret = form.pairs[0].value;
    return true;
}

static bool
read_basic(struct rq *rq, str header, struct credentials *ret)
{
    bytes raw;
    str text;
    size_t colon;

    if (!base64_decode(rq->arena, str_trim(str_skip(header, 6)), &raw)) {
        return false;
    }
    text = bytes_str(raw);
    colon = str_find(text, ':');
    if (colon == text.n || !decode_part(rq, str_head(text, colon), &ret->id)
        || !decode_part(rq, str_skip(text, colon + 1), &ret->secret)) {
        return false;
    }
    ret->is_basic = ret->has_secret = true;
    return true;
}

static enum err
read_credentials(struct rq *rq, const struct form *form, struct credentials *ret)
{
    str header = rq_header(rq, S("authorization"));

    *ret = (struct credentials){.is_basic = false};
    if (http_header_count(rq->http, S("authorization")) > 1) {
        return refuse(rq);
    }
    if (header.n >= 6 && str_ieq(str_head(header, 6), S("Basic "))) {
        if (!read_basic(rq, header, ret)) {
            return refuse(rq);
        }
        /* One method per request: s2.3. A repeated client_id must agree. */
        if (form_has(form, S("client_secret")) || form_has(form, S("client_assertion"))
            || (form_has(form, S("client_id"))
                && !str_eq(form_get(form, S("client_id")), ret->id))) {
            return FAIL(rq, ERR_INVALID_REQUEST, "client_secret",
                "uses more than one way to authenticate the client");
        }
        return ERR_OK;
    }
    if (header.n || form_has(form, S("client_assertion"))) {
        return refuse(rq); /* a way of proving that is not one here */
    }
    ret->id = form_get(form, S("client_id"));
    ret->secret = form_get(form, S("client_secret"));
    ret->has_secret = form_has(form, S("client_secret"));
    return ERR_OK;
}

static enum err
read_client(struct rq *rq, const struct form **ret_form, struct credentials *ret)
{
    enum err e = rq_form(rq, ret_form);

    e = e ? e : read_credentials(rq, *ret_form, ret);
    if (e == ERR_OK && ret->id.n == 0) {
        return ret->has_secret ? refuse(rq)
                               : FAIL(rq, ERR_INVALID_CLIENT, "client_id", "is required");
    }
    return e;
}

/* What names the tenant where a client id does not. All that speaks must say the same. */
static enum err
named_tenant(struct rq *rq, const struct form *form, struct uuid *ret)
{
    str texts[] = {form_get(form, S("tenantId")), rq_header(rq, S("x-fusionauth-tenantid"))};
    struct uuid id = rq->path_tenant, said, *ids;
    size_t count = 0;
    enum err e;

    for (size_t i = 0; i < COUNT(texts); i++) {
        if (texts[i].n == 0) {
            continue;
        }
        if (!uuid_parse(texts[i], &said) || (!uuid_is_nil(id) && !uuid_eq(id, said))) {
            return FAIL(rq, ERR_INVALID_REQUEST, "tenantId", "is not valid");
        }
        id = said;
    }
    if (uuid_is_nil(id)) {
        e = tenant_ids(rq, 2, &ids, &count);
        if (e != ERR_OK || count != 1) {
            return e ? e : FAIL(rq, ERR_INVALID_REQUEST, "tenantId", "is required");
        }
        id = ids[0];
    }
    *ret = id;
    return ERR_OK;
}

enum err
client_find(struct rq *rq, struct uuid id, const struct form *form, const struct application **ret)
{
    const struct application *app;
    struct uuid tenant_id;
    enum err e = application_any(rq, id, &app);

    *ret = NULL;
    if (e != ERR_OK || app == NULL) {
        return e;
    }
    if (!app->universal.is) {
        *ret =
            uuid_is_nil(rq->path_tenant) || uuid_eq(rq->path_tenant, app->tenant_id) ? app : NULL;
        return ERR_OK;
    }
    e = named_tenant(rq, form, &tenant_id);
    return e ? e : application_in(rq, id, tenant_id, ret);
}

/* *ret NULL when no application has that id. */
static enum err
find_application(struct rq *rq, const struct form *form, const struct credentials *given,
    const struct application **ret)
{
    struct uuid id;

    *ret = NULL;
    return uuid_parse(given->id, &id) ? client_find(rq, id, form, ret) : ERR_OK;
}

static enum err
load_tenant(struct rq *rq, struct uuid id)
{
    enum err e = ERR_OK;

    if (!uuid_is_nil(rq->path_tenant) && !uuid_eq(rq->path_tenant, id)) {
        return refuse(rq);
    }
    e = tenant_load(rq, id, &rq->tenant);
    return e == ERR_OK && rq->tenant == NULL ? refuse(rq) : e;
}

static enum err
accept(struct rq *rq, const struct credentials *given, const struct application *app)
{
    enum err e;

    if (app == NULL || !app->active
        || (given->has_secret && !application_secret_ok(app, given->secret))) {
        return refuse(rq);
    }
    e = load_tenant(rq, app->tenant_id);
    if (e == ERR_OK) {
        rq->application = app;
        rq->is_client_proven = given->has_secret;
    }
    return e;
}

enum err
client_authenticate(struct rq *rq)
{
    const struct application *app;
    struct credentials given;
    const struct form *form;
    enum err e = read_client(rq, &form, &given);

    e = e ? e : find_application(rq, form, &given, &app);
    return e ? e : accept(rq, &given, app);
}

/* The tenant is named where a client id does not name it itself: by the path, else the form. */
static enum err
find_entity(struct rq *rq, const struct form *form, const struct credentials *given,
    const struct entity **ret)
{
    struct uuid tenant_id = rq->path_tenant;
    enum err e;

    if (uuid_is_nil(tenant_id) && !uuid_parse(form_get(form, S("tenantId")), &tenant_id)) {
        tenant_id = (struct uuid){{0}};
    }
    e = entity_by_client(rq, given->id, tenant_id, ret);
    if (e == ERR_OK
        && (*ret == NULL || !given->has_secret || !entity_secret_ok(*ret, given->secret)
            || (!uuid_is_nil(tenant_id) && !uuid_eq(tenant_id, (*ret)->head.tenant_id)))) {
        return refuse(rq);
    }
    return e;
}

enum err
client_or_entity(struct rq *rq, const struct entity **ret)
{
    const struct application *app;
    struct credentials given;
    const struct form *form;
    enum err e = read_client(rq, &form, &given);

    *ret = NULL;
    e = e ? e : find_application(rq, form, &given, &app);
    if (e != ERR_OK || app != NULL) {
        return e ? e : accept(rq, &given, app);
    }
    e = find_entity(rq, form, &given, ret);
    if (e != ERR_OK || *ret == NULL) {
        return e ? e : refuse(rq);
    }
    e = load_tenant(rq, (*ret)->head.tenant_id);
    if (e == ERR_OK) {
        rq->is_client_proven = true;
    }
    return e;
}

bool
client_is_proven(const struct rq *rq)
{
    return rq->is_client_proven;
}

enum err
client_must_be_proven(struct rq *rq, bool has_pkce)
{
    int policy = rq->application->oauth.client_auth;

    if (rq->is_client_proven || policy == CLIENT_AUTH_NOT_REQUIRED
        || (policy == CLIENT_AUTH_NOT_REQUIRED_WITH_PKCE && has_pkce)) {
        return ERR_OK;
    }
    return refuse(rq);
}
