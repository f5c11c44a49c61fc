/* SPDX-License-Identifier: Apache-2.0 */
/* Token introspection (RFC 7662). FusionAuth's clients send only client_id for a public
 * application; a confidential one must prove itself. */
#include "flow/oauth/introspect.h"

#include "flow/oauth/oauth.h"
#include "model/claims/claims.h"

static enum err
answer_inactive(struct rq *rq)
{
    struct json_out out;
    struct buf buf;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_bool(&out, S("active"), false);
    json_out_object_end(&out);
    return rq_answer_json(rq, 200, &buf);
}

/* The token's own claims, and active: RFC 7662 s2.2 lets all of them stand. */
static enum err
answer_active(struct rq *rq, const struct access *access)
{
    const struct json *claims;
    struct json_out out;
    struct buf buf;

    if (!json_parse(rq->arena, access->claims, &claims, NULL)) {
        return FAIL_SERVER(rq);
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_bool(&out, S("active"), true);
    json_put_str(&out, S("token_type"), S("Bearer"));
    for (const struct json *c = claims->first; c != NULL; c = c->next) {
        json_put_raw(&out, c->name, c->raw);
    }
    json_out_object_end(&out);
    return rq_answer_json(rq, 200, &buf);
}

enum err
introspect_endpoint(struct rq *rq)
{
    const struct form *form;
    struct access *access;
    enum err e = client_must_be_proven(rq, false);

    e = e ? e : rq_form(rq, &form);
    if (e != ERR_OK) {
        return e;
    }
    if (!form_has(form, S("token"))) {
        return FAIL(rq, ERR_INVALID_REQUEST, "token", "is required");
    }
    e = claims_believe(rq, form_get(form, S("token")), &access);
    if (e != ERR_OK) {
        return e;
    }
    /* OA-37: a token is its own application's business; to all others it is not one. */
    if (access == NULL || !uuid_eq(access->application_id, rq->application->id)) {
        return answer_inactive(rq);
    }
    return answer_active(rq, access);
}
