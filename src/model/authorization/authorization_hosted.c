/* SPDX-License-Identifier: Apache-2.0 */
/* The state of sign-ins that end here. Invariants: 1 a state opens in the browser it was made for, so that nobody is signed
 * in by a link of somebody else  2 its target was the application's own when it was sealed. */
#include "model/authorization/authorization_hosted.h"

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

str
authorization_hosted_seal(struct rq *rq, const struct authorization_hosted *hosted)
{
    return authorization_carry(rq, S("hosted"), &table, hosted);
}

bool
authorization_hosted_open(struct rq *rq, str state, struct authorization_hosted *ret)
{
    return authorization_carried(rq, S("hosted"), state, &table, ret);
}
