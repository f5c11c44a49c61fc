/* SPDX-License-Identifier: Apache-2.0 */
/* Grants and their refresh tokens. One row per grant: made when a code is redeemed (or a user signs
 * in through the API), gone when it is revoked. Its id is the sid claim of every access token it
 * gave, so that ending the row ends them all. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct jwt_config;
struct rq;
struct tenant;

/* clang-format off */
enum token_verdict {
    TOKEN_GOOD,     /* current */
    TOKEN_GRACE,    /* just rotated: give the successor again */
    TOKEN_REUSED,   /* rotated long ago: end the family */
    TOKEN_UNKNOWN,
};
/* clang-format on */
enum { TOKEN_DATA_MAX = 4096 }; /* bytes of what a sign-in says beside its device */
struct token {
    struct uuid id, tenant_id, application_id, user_id, session_id;
    bool has_refresh;
    int64_t step, rotated_at, insert_instant, start_instant, expires_at, auth_instant;
    str scope, nonce, authentication_type, device_name, device_type, device_description,
        data,     /* JSON: metaData.data of the sign-in; empty: none */
        resource, /* RFC 8707: what its access tokens may be for, with spaces between them */
        address;  /* sealed */
    enum token_verdict verdict; /* on the text it was found by */
};

/* Declares a new grant; with_refresh also gives the text of its refresh token. Makes what is nil or
 * zero of id, instants and expires_at: by the tenant's refresh token time, or access token time. */
MUST_USE enum err token_create(struct rq *rq, const struct tenant *tenant, struct token *token,
    bool with_refresh, str *ret_refresh);

/* Declares a grant whose refresh token another server made: whoever has that text may refresh, as if it were ours. Instants are
 * kept, and it lives as long as the tenant says from its start. */
enum token_import {
    TOKEN_IMPORT_GOOD,
    TOKEN_IMPORT_INVALID, /* no text of 16 to 2048 characters, or one that looks like ours */
    TOKEN_IMPORT_TAKEN,   /* it is there already */
};
MUST_USE enum err token_import(struct rq *rq, const struct tenant *tenant, struct token *token,
    str text, enum token_import *ret);

/* Judges a refresh token's text: TOKEN_UNKNOWN for guesses, ended and expired ones alike. *ret is
 * NULL for TOKEN_UNKNOWN only. */
MUST_USE enum err token_find_refresh(struct rq *rq, const struct tenant *tenant,
    const struct jwt_config *config, str text, enum token_verdict *ret_verdict, struct token **ret);

/* Declares the rotation (of one found TOKEN_GOOD) or repeats it (TOKEN_GRACE) and gives the successor's text; with
 * reusable tokens gives text back. A lost race is ERR_AGAIN. Slides the expiry as config says. */
MUST_USE enum err token_rotate(struct rq *rq, const struct tenant *tenant,
    const struct jwt_config *config, struct token *token, str text, str *ret_text);

/* By id; *ret NULL when revoked, expired or never there. */
MUST_USE enum err token_load(
    struct rq *rq, const struct tenant *tenant, struct uuid id, struct token **ret);
/* Whether the grant is there and has not expired: one point read, opens nothing. */
MUST_USE enum err token_stands(
    struct rq *rq, const struct tenant *tenant, struct uuid id, bool *ret);
/* All of a user's (those with a refresh token), newest first. */
MUST_USE enum err token_list(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    struct token **ret, size_t *ret_count);

/* Declare revocations. */
void token_revoke(struct rq *rq, const struct tenant *tenant, struct uuid id);
void token_revoke_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
void token_revoke_user_application(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid application_id);
void token_revoke_application(
    struct rq *rq, const struct tenant *tenant, struct uuid application_id);
void token_revoke_session(struct rq *rq, const struct tenant *tenant, struct uuid session_id);
/* Those that came from a session of the user, whichever. */
void token_revoke_user_sessions(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
/* Declares that the grants of one session go on with another of the same user. */
void token_move_session(
    struct rq *rq, const struct tenant *tenant, struct uuid from, struct uuid to);
/* Declares the removal of at most max that have expired, and how many. */
MUST_USE enum err token_sweep(struct rq *rq, size_t max, size_t *ret_count);
