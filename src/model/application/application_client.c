/* SPDX-License-Identifier: Apache-2.0 */
/* What the protocol rooms ask of an application as a client: whether an address, an origin, a scope, a role or a secret is its
 * own. RFC 9700 s2.1: redirects byte for byte, but the port of loopback addresses (RFC 8252 s7.3), or by codec/url_wild. */
#include "codec/url.h"
#include "codec/url_wild.h"
#include "crypto/hash.h"
#include "model/application/application.h"
#include "model/tenant/tenant.h"

const struct jwt_config *
application_jwt(const struct application *application, const struct tenant *tenant)
{
    return application != NULL && application->jwt.enabled ? &application->jwt : &tenant->jwt;
}

/* No port, or one as a client writes it: digits without a leading zero. */
static bool
is_plain_port(const struct url *url)
{
    return url->port.p == NULL || (url->port.n > 0 && url->port.p[0] != '0');
}

/* RFC 8252 s7.3: an app on this machine listens on whatever port it gets; all else must be
 * equal. */
static bool
is_same_but_port(str registered, str given)
{
    struct url a, b;

    return url_parse(registered, &a) && url_parse(given, &b) && url_is_loopback(&a)
           && url_is_loopback(&b) && str_eq(a.scheme, S("http")) && str_eq(b.scheme, S("http"))
           && str_eq(a.host, b.host) && str_eq(a.path, b.path) && a.has_query == b.has_query
           && str_eq(a.query, b.query) && !a.has_userinfo && !b.has_userinfo && !b.has_fragment
           && is_plain_port(&b);
}

/* A pattern stands for others, never for itself: an asterisk is sent to nobody. */
static bool
is_meant(const struct application *application, str known, str given)
{
    bool is_pattern = application->oauth.url_policy == URLS_WITH_WILDCARDS && url_wild_is(known);

    return is_pattern ? url_wild_matches(known, given) : str_eq(known, given);
}

bool
application_has_redirect(const struct application *application, str url)
{
    const struct field_texts *list = &application->oauth.redirect_urls;

    for (size_t i = 0; i < list->count; i++) {
        if (is_meant(application, list->items[i], url)) {
            return true;
        }
        if (application_is_public(application) && is_same_but_port(list->items[i], url)) {
            return true;
        }
    }
    return false;
}

const struct app_requirable *
application_provided_scope(const struct application *application, str name)
{
    const struct app_scope_policy *policy = &application->oauth.scope_policy;
    const struct {
        str name;
        const struct app_requirable *is;
    } all[] = {{S("address"), &policy->address}, {S("email"), &policy->email},
        {S("phone"), &policy->phone}, {S("profile"), &policy->profile}};

    for (size_t i = 0; i < COUNT(all); i++) {
        if (str_eq(name, all[i].name)) {
            return all[i].is;
        }
    }
    return NULL;
}

bool
application_has_origin(const struct application *application, str origin)
{
    const struct field_texts *list = &application->oauth.origin_urls;

    for (size_t i = 0; i < list->count; i++) {
        str known = list->items[i];

        if (str_ends(known, S("/"))) {
            known.n--;
        }
        if (is_meant(application, known, origin)) {
            return true;
        }
    }
    return false;
}

bool
application_has_role(const struct application *application, str name)
{
    const struct role *roles = application->roles.items;

    for (size_t i = 0; i < application->roles.count; i++) {
        if (str_eq(roles[i].name, name)) {
            return true;
        }
    }
    return false;
}

bool
application_is_public(const struct application *application)
{
    return application->oauth.client_auth != CLIENT_AUTH_REQUIRED;
}

bool
application_secret_ok(const struct application *application, str secret)
{
    /* Digests have one length, so the comparison says nothing about the secret's. */
    struct digest want = sha256(str_bytes(application->oauth.client_secret));
    struct digest got = sha256(str_bytes(secret));

    return ct_eq(digest_bytes(&want), digest_bytes(&got)) && application->oauth.client_secret.n > 0;
}
