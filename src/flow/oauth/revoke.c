/* SPDX-License-Identifier: Apache-2.0 */
/* Token revocation (RFC 7009). Both kinds of token stand for one grant, so revoking either ends
 * both (s2.1). An unknown token, or one of another client, is answered with 200 and left alone
 * (s2.2, OA-36); a failing store with 5xx, never 200. */
#include "flow/oauth/revoke.h"

#include "flow/oauth/oauth_internal.h"
#include "flow/oauth/oauth.h"
#include "model/claims/claims.h"
#include "model/event/event.h"
#include "model/token/token.h"

static void
end_grant(struct rq *rq, struct uuid grant_id, struct uuid user_id)
{
    struct event event = {"jwt.refresh-token.revoke", user_id, rq->application->id, NO_STR};

    token_revoke(rq, rq->tenant, grant_id);
    event_add(rq, rq->tenant, &event);
}

enum err
revoke_refresh(struct rq *rq, str text, bool *ret_done)
{
    const struct jwt_config *config = application_jwt(rq->application, rq->tenant);
    enum token_verdict verdict;
    struct token *grant;
    enum err e = token_find_refresh(rq, rq->tenant, config, text, &verdict, &grant);

    *ret_done = e == ERR_OK && verdict != TOKEN_UNKNOWN;
    if (*ret_done && uuid_eq(grant->application_id, rq->application->id)) {
        end_grant(rq, grant->id, grant->user_id);
    }
    return e;
}

static enum err
revoke_access(struct rq *rq, str text)
{
    struct access *access;
    enum err e = claims_believe(rq, text, &access);

    if (e == ERR_OK && access != NULL && !uuid_is_nil(access->grant_id)
        && uuid_eq(access->tenant_id, rq->tenant->id)
        && uuid_eq(access->application_id, rq->application->id)) {
        end_grant(rq, access->grant_id, access->user_id);
    }
    return e;
}

enum err
revoke_endpoint(struct rq *rq)
{
    const struct form *form;
    bool is_done;
    str token;
    enum err e =
        client_must_be_proven(rq, true); /* public clients revoke their own: RFC 7009 s2.1 */

    e = e ? e : rq_form(rq, &form);
    if (e != ERR_OK) {
        return e;
    }
    token = form_get(form, S("token"));
    if (token.n == 0) {
        return FAIL(rq, ERR_INVALID_REQUEST, "token", "is required");
    }
    /* token_type_hint only speeds a search up (s2.1); the two kinds cannot be confused here. */
    e = revoke_refresh(rq, token, &is_done);
    if (e == ERR_OK && !is_done) {
        e = revoke_access(rq, token);
    }
    return e ? e : rq_answer_empty(rq, 200);
}
