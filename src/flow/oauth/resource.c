/* SPDX-License-Identifier: Apache-2.0 */
/* Resource indicators (RFC 8707): what an access token is to be used at. Only addresses that the application lists are taken, byte
 * for byte; an application without a list asks for nothing this way, and the parameter means nothing, as in FusionAuth. */
#include "codec/url.h"
#include "flow/oauth/oauth_internal.h"
#include "model/authorization/authorization.h"

enum { RESOURCES_MAX_BYTES = 2048 };

static bool
is_listed(const struct application *app, str uri)
{
    for (size_t i = 0; i < app->oauth.resource_uris.count; i++) {
        if (str_eq(app->oauth.resource_uris.items[i], uri)) {
            return true;
        }
    }
    return false;
}

/* An absolute URI without a fragment (s2). */
static bool
is_indicator(str uri)
{
    struct url url;

    return url_parse(uri, &url) && !url.has_fragment;
}

bool
resource_read(struct rq *rq, const struct application *app, const struct form *form, str *ret)
{
    size_t count = 0;
    struct buf buf;

    *ret = NO_STR;
    if (app->oauth.resource_uris.count == 0) {
        return true;
    }
    buf_init(&buf, rq->arena, RESOURCES_MAX_BYTES);
    for (size_t i = 0; i < form->count; i++) {
        str uri = form->pairs[i].value;
        if (!str_eq(form->pairs[i].name, S("resource")) || uri.n == 0) {
            continue;
        }
        if (++count > AUTHORIZATION_RESOURCES_MAX || !is_indicator(uri) || !is_listed(app, uri)) {
            return false;
        }
        if (!str_has_word((str){buf.p, buf.n}, uri)) {
            buf_str(&buf, buf.n ? S(" ") : S(""));
            buf_str(&buf, uri);
        }
    }
    return count == 0 || buf_done(&buf, ret);
}

enum err
resource_pick(struct rq *rq, const struct form *form, str granted, str *ret)
{
    if (!resource_read(rq, rq->application, form, ret) || !scope_within(*ret, granted)) {
        return FAIL(rq, ERR_INVALID_TARGET, "resource", "is not one that was granted");
    }
    *ret = ret->n ? *ret : granted;
    return ERR_OK;
}
