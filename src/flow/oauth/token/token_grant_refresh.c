/* SPDX-License-Identifier: Apache-2.0 */
/* grant_type=refresh_token (RFC 6749 s6, RFC 9700 s4.14.2): rotation, a grace time for lost
 * answers, and the end of the family when an older token comes back. */
#include "flow/oauth/oauth.h"
#include "flow/oauth/oauth_internal.h"
#include "flow/oauth/token/token_internal.h"
#include "model/event/event.h"

static enum err
refuse_token(struct rq *rq)
{
    return FAIL(rq, ERR_INVALID_GRANT, "refresh_token", "is not valid");
}

/* Invariant 9. The thief or the owner holds the newer one; nobody can tell, so both must sign in
 * again. */
static enum err
refuse_reuse(struct rq *rq, const struct token *grant)
{
    struct event event = {"jwt.refresh-token.reuse", grant->user_id, grant->application_id, NO_STR};

    token_revoke(rq, rq->tenant, grant->id);
    event_add(rq, rq->tenant, &event);
    rq->keeps_writes = true;
    return refuse_token(rq);
}

/* RFC 6749 s6: the scope may shrink for this answer, never grow. */
static enum err
pick_scope(
    struct rq *rq, const struct form *form, const struct token *grant, struct token_reply *ret)
{
    str asked = form_get(form, S("scope"));

    if (asked.n && !scope_within(asked, grant->scope)) {
        return FAIL(rq, ERR_INVALID_SCOPE, "scope", "has a value that was not granted");
    }
    ret->scope = asked.n ? asked : grant->scope;
    return ERR_OK;
}

static enum err
redeem(struct rq *rq, const struct form *form, struct token *grant, struct token_reply *ret)
{
    const struct jwt_config *config = application_jwt(rq->application, rq->tenant);
    str text = form_get(form, S("refresh_token"));
    struct user *user;
    enum err e = user_load(rq, rq->tenant, grant->user_id, USER_REGISTRATIONS, &user);

    if (e != ERR_OK) {
        return e;
    }
    if (user == NULL || !user_may_sign_in(user, rq->now)) {
        return refuse_token(rq);
    }
    e = pick_scope(rq, form, grant, ret);
    e = e ? e : resource_pick(rq, form, grant->resource, &ret->resource);
    e = e ? e : token_rotate(rq, rq->tenant, config, grant, text, &ret->refresh_token);
    if (e != ERR_OK) {
        return e;
    }
    ret->refresh_token_id = grant->id;
    grant->nonce = NO_STR; /* OIDC Core s12.2: no nonce in a refreshed id token */
    return token_issue(rq, user, grant, ret);
}

enum err
token_grant_refresh(struct rq *rq, const struct form *form, struct token_reply *ret)
{
    const struct jwt_config *config = application_jwt(rq->application, rq->tenant);
    enum token_verdict verdict;
    struct token *grant;
    enum err e =
        client_must_be_proven(rq, true); /* a public client is bound by rotation: RFC 9700 s2.2.2 */

    if (e != ERR_OK) {
        return e;
    }
    if (form_get(form, S("refresh_token")).n == 0) {
        return FAIL(rq, ERR_INVALID_REQUEST, "refresh_token", "is required");
    }
    e = token_find_refresh(
        rq, rq->tenant, config, form_get(form, S("refresh_token")), &verdict, &grant);
    if (e != ERR_OK) {
        return e;
    }
    /* OA-94: another client's token is refused without touching its family. */
    if (verdict == TOKEN_UNKNOWN || !uuid_eq(grant->application_id, rq->application->id)) {
        return refuse_token(rq);
    }
    if (verdict == TOKEN_REUSED) {
        return refuse_reuse(rq, grant);
    }
    return redeem(rq, form, grant, ret);
}
