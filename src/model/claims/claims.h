/* SPDX-License-Identifier: Apache-2.0 */
/* Access and id tokens: JWTs of our own (RFC 9068, OIDC Core s2, plus FusionAuth's claims), made
 * and believed again. */
#pragma once
#include "model/application/application.h"
#include "model/rq/rq.h"

struct session;
struct token;
struct user;

struct claims_subject { /* whom and what a token is about */
    const struct tenant *tenant;
    const struct application
        *application; /* NULL: none, of a user who is signed in to the tenant alone (Login API) */
    const struct user *user;   /* NULL: the application itself (client credentials) */
    const struct token *grant; /* NULL: none */
    str scope, nonce, authentication_type;
    str resource; /* RFC 8707: of the access token; empty: all of the grant's */
    int64_t auth_instant;
    bool by_api; /* asked for through the API, where there are no scopes: shows the person */
    int64_t
        ttl_s; /* of the access token, if it is to end earlier than the settings say; 0: as they say */
};
/* typ at+jwt; claims iss sub aud exp iat jti client_id scope sid tid auth_time, applicationId
 * roles authenticationType email email_verified preferred_username as FusionAuth gives them.
 * *ret_expires in seconds from now. */
MUST_USE enum err claims_access_token(
    struct rq *rq, const struct claims_subject *subject, str *ret_token, int64_t *ret_ttl_s);
/* typ JWT; nonce, auth_time, at_hash (OIDC Core s2), FusionAuth's claims, and what the scopes
 * allow of the person: FusionAuth's clients read it here. */
MUST_USE enum err claims_id_token(
    struct rq *rq, const struct claims_subject *subject, str access_token, str *ret_token);

/* The application's secret as the key of its id tokens, if its settings say so, the caller's to unref; NULL otherwise. */
struct sign_key *claims_secret_key(
    const struct tenant *tenant, const struct application *application);

struct access { /* a believed access token */
    const struct tenant *tenant;
    struct uuid tenant_id, application_id, user_id,
        grant_id; /* nil user: client credentials; nil application: a user of no application */
    str scope, jti, claims; /* claims: the payload's JSON */
    int64_t issued_s, expires_s;
};
/* Believes a token only if: typ at+jwt, signed by a key of its tenant under that key's alg, iss
 * exact, not expired, its grant not revoked, its user and application active. *ret NULL
 * otherwise, without saying why. Verified signatures are remembered for a minute. */
MUST_USE enum err claims_believe(struct rq *rq, str token, struct access **ret);
/* The same, with the account (without registrations) when it believes a token that speaks of one: a read less than
 * loading it afterwards. */
MUST_USE enum err claims_believe_person(
    struct rq *rq, str token, struct access **ret, struct user **ret_user);
struct claims_entity { /* a believed token of an entity */
    const struct entity *entity;
    const struct tenant *tenant;
    str claims; /* the payload's JSON */
};
/* Believes a token of client_credentials that an entity was given: signed by a key its tenant or type uses, iss exact, not
 * expired, the entity and all it is meant for still there. *ret_ok false otherwise, without saying why. */
MUST_USE enum err claims_believe_entity(
    struct rq *rq, str token, struct claims_entity *ret, bool *ret_ok);
/* Whether the token is about this entity, or meant for it. */
bool claims_entity_is_for(struct rq *rq, const struct claims_entity *access, struct uuid id);
/* The userinfo claims the scope allows, written as members of an open object (OIDC Core s5.4). */
void claims_userinfo(const struct user *user, const struct application *application, str scope,
    struct json_out *out);
/* Believes an id token as a hint (its signature and issuer hold; it may be expired): OIDC
 * RP-Initiated Logout s2. */
MUST_USE enum err claims_hint(struct rq *rq, const struct tenant *tenant, str id_token,
    struct uuid *ret_user, struct uuid *ret_application, bool *ret_ok);
/* All public keys of the tenant as a JWKS document, on the request's arena. */
MUST_USE enum err claims_jwks(struct rq *rq, const struct tenant *tenant, str *ret);

/* Access tokens whose signature was believed a moment ago, by digest: at most max of them, each
 * for a minute. */
MUST_USE struct verdicts *verdicts_new(size_t max, struct rng *rng);
void verdicts_free(struct verdicts *verdicts);
