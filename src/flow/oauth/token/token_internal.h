/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the token room share: the reply and the one place that issues it. */
#pragma once
#include "flow/oauth/oauth_internal.h"
#include "model/claims/claims.h"
#include "model/token/token.h"
#include "model/user/user.h"

/* Makes access token and, with the openid scope, id token for a grant of a person. */
MUST_USE enum err token_issue(
    struct rq *rq, const struct user *user, const struct token *grant, struct token_reply *reply);
/* The grant of a person begins: completes it (whose, for how long), declares it with a refresh token where scope and
 * application ask for one, and issues its tokens. */
MUST_USE enum err token_start(
    struct rq *rq, const struct user *user, struct token *grant, struct token_reply *reply);
/* A refusal of RFC 6749 s5.2 with a word that ERRORS does not have, and FusionAuth's error_reason (NULL: none). What was
 * declared is committed. */
MUST_USE enum err token_refuse(struct rq *rq, struct token_reply *reply, const char *error,
    const char *reason, const char *description);
/* Such a refusal begun, with members still to come: end it with token_refuse_end. */
struct token_refusal {
    struct buf buf;
    struct json_out out;
};
void token_refuse_start(struct rq *rq, struct token_refusal *refusal, const char *error,
    const char *reason, const char *description);
MUST_USE enum err token_refuse_end(
    struct rq *rq, struct token_refusal *refusal, struct token_reply *reply);
/* Does the application let in only who is registered, and is this person not? */
bool token_lacks_registration(const struct rq *rq, const struct user *user);
MUST_USE enum err token_reply_json(struct rq *rq, const struct token_reply *reply);

/* One per grant type, each in its file. */
MUST_USE enum err token_grant_code(struct rq *rq, const struct form *form, struct token_reply *ret);
MUST_USE enum err token_grant_refresh(
    struct rq *rq, const struct form *form, struct token_reply *ret);
MUST_USE enum err token_grant_client(
    struct rq *rq, const struct form *form, struct token_reply *ret);
MUST_USE enum err token_grant_device(
    struct rq *rq, const struct form *form, struct token_reply *ret);
MUST_USE enum err token_grant_password(
    struct rq *rq, const struct form *form, struct token_reply *ret);
/* Of an entity, which is a client of this grant alone. */
struct entity;
MUST_USE enum err token_grant_entity(
    struct rq *rq, const struct entity *entity, const struct form *form, struct token_reply *ret);
