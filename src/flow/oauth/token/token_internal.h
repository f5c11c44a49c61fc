/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the token room share: the reply and the one place that issues it. */
#pragma once
#include "model/claims/claims.h"
#include "model/token/token.h"
#include "model/user/user.h"

struct token_reply { /* RFC 6749 s5.1 */
    str access_token, id_token, refresh_token, scope;
    int64_t expires_s;
    struct uuid refresh_token_id, user_id; /* nil: left out */
};

/* Makes access token and, with the openid scope, id token for a grant of a person. */
MUST_USE enum err token_issue(
    struct rq *rq, const struct user *user, const struct token *grant, struct token_reply *reply);
MUST_USE enum err token_reply_json(struct rq *rq, const struct token_reply *reply);

/* One per grant type, each in its file. */
MUST_USE enum err token_grant_code(struct rq *rq, const struct form *form, struct token_reply *ret);
MUST_USE enum err token_grant_refresh(
    struct rq *rq, const struct form *form, struct token_reply *ret);
MUST_USE enum err token_grant_client(
    struct rq *rq, const struct form *form, struct token_reply *ret);

/* Is every word of narrow in wide? */
bool token_scope_within(str narrow, str wide);
