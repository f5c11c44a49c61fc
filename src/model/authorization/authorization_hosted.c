/* SPDX-License-Identifier: Apache-2.0 */
/* The state of sign-ins that end here. Invariants: 1 a state opens in the browser it was made for, so that nobody is signed
 * in by a link of somebody else  2 its target was the application's own when it was sealed. */
#include "model/authorization/authorization_hosted.h"

#include "codec/base64.h"
#include "crypto/aead.h"
#include "crypto/keyring.h"
#include "model/application/application.h"
#include "model/authorization/authorization.h"
#include "model/authorization/authorization_internal.h"

enum { TEXT_MAX = 2048 };

/* clang-format off */
#define H(member) FIELD_AT(struct authorization_hosted, member)
static const struct field fields[] = {
    {.name = "a", .kind = FIELD_UUID, .offset = H(application_id)},
    {.name = "t", .kind = FIELD_UUID, .offset = H(tenant_id)},
    {.name = "u", .kind = FIELD_TEXT, .offset = H(target), .max = TEXT_MAX},
    {.name = "s", .kind = FIELD_TEXT, .offset = H(state), .max = TEXT_MAX},
    {.name = "v", .kind = FIELD_TEXT, .offset = H(verifier)},
    {.name = "i", .kind = FIELD_INSTANT, .offset = H(started_at)},
};
static const struct field_table table = FIELD_TABLE("Hosted", fields, struct authorization_hosted, NULL);
/* clang-format on */

str
authorization_hosted_uri(struct rq *rq)
{
    return str_fmt(rq->arena, STRF "/app/callback", STRV(rq->house->base_url));
}

bool
authorization_may_return(struct rq *rq, const struct application *application, str uri)
{
    return application_has_redirect(application, uri) || str_eq(uri, authorization_hosted_uri(rq));
}

str
authorization_lands_at(struct rq *rq, const struct authorization *a)
{
    struct authorization_hosted hosted;

    if (str_eq(a->redirect_uri, authorization_hosted_uri(rq))
        && authorization_hosted_open(rq, a->state, &hosted)) {
        return hosted.target;
    }
    return a->redirect_uri;
}

static bytes
binding(struct rq *rq, str browser)
{
    return str_bytes(str_fmt(rq->arena, "hosted " STRF, STRV(browser)));
}

str
authorization_hosted_seal(struct rq *rq, const struct authorization_hosted *hosted)
{
    AUTO(key32_wipe) struct key32 key = keyring_house_key(rq->house->keyring, S("pages"));
    struct json_out out;
    struct buf buf;
    bytes sealed;
    str text;

    rq_json_out(rq, &buf, &out);
    field_write(&table, FIELD_FOR_STORE, hosted, &out);
    if (!buf_done(&buf, &text)) {
        return NO_STR;
    }
    sealed = aead_seal(
        rq->arena, rq->rng, &key, binding(rq, authorization_browser(rq)), str_bytes(text));
    return sealed.n ? base64url_text(rq->arena, sealed) : NO_STR;
}

bool
authorization_hosted_open(struct rq *rq, str state, struct authorization_hosted *ret)
{
    AUTO(key32_wipe) struct key32 key = keyring_house_key(rq->house->keyring, S("pages"));
    str browser = authorization_browser_known(rq);
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {rq->arena, &faults};
    const struct json *json;
    bytes raw, text;

    if (browser.n == 0 || state.n > 2 * TEXT_MAX || !base64url_decode(rq->arena, state, &raw)
        || !aead_open(rq->arena, &key, binding(rq, browser), raw, &text)) {
        return false;
    }
    field_defaults(rq->arena, &table, ret);
    return json_parse(rq->arena, bytes_str(text), &json, NULL)
           && field_read(&reader, &table, FIELD_STORED, json, S("hosted"), ret);
}
