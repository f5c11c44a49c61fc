/* SPDX-License-Identifier: Apache-2.0 */
/* grant_type=client_credentials (RFC 6749 s4.4): a confidential application speaks for itself.
 * No refresh token (s4.4.3), no id token, nothing stored: the token is its own proof until it
 * expires. */
#include "flow/oauth/oauth.h"
#include "flow/oauth/token/token_internal.h"

/* OA-29: granted is within asked is within what the application's own scopes allow. Scopes that
 * speak of a person have none here. */
static enum err
check_scope(struct rq *rq, str scope)
{
    const struct app_scope *scopes = rq->application->scopes.items;
    str word;

    while (str_cut(&scope, ' ', &word)) {
        bool is_known = word.n == 0;
        for (size_t i = 0; i < rq->application->scopes.count; i++) {
            is_known |= str_eq(scopes[i].name, word);
        }
        if (!is_known) {
            return FAIL(rq, ERR_INVALID_SCOPE, "scope",
                "has a value that this application may not ask for");
        }
    }
    return ERR_OK;
}

enum err
token_grant_client(struct rq *rq, const struct form *form, struct token_reply *ret)
{
    struct claims_subject subject = {
        .tenant = rq->tenant,
        .application = rq->application,
        .scope = form_get(form, S("scope")),
    };
    enum err e;

    if (!client_is_proven(rq)) { /* s4.4: confidential clients only */
        return FAIL(rq, ERR_INVALID_CLIENT, "client_secret", "is required for this grant");
    }
    e = check_scope(rq, subject.scope);
    if (e != ERR_OK) {
        return e;
    }
    ret->scope = subject.scope;
    return claims_access_token(rq, &subject, &ret->access_token, &ret->expires_s);
}
