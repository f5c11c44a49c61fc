/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. */
#pragma once
#include "model/federate/federate.h"

/* exp is there and not over, nbf and iat, where they are, not to come. */
bool federate_in_time(const struct rq *rq, const struct json *claims);
bool federate_is_for(const struct json *claims, str audience);

struct federate_talk { /* one provider, being asked */
    struct rq *rq;
    const struct idp *idp;
    struct federate_trace *trace;
    str token_endpoint, userinfo_endpoint, jwks_uri, client_id, client_secret;
    str access_token, id_token, refresh_token;
    const struct json *id_claims, *userinfo; /* NULL: none */
    const struct json *person;               /* NULL, or what Apple's form said: cosmetic (SO-A3) */
};

struct fetch_request;

/* Notes a step; false when it went wrong, for the caller to return. */
bool federate_step(struct federate_talk *talk, const char *title, bool is_right, str detail);
/* Notes how it ended, with a sentence of why; false. */
bool federate_fail(
    struct federate_talk *talk, enum federate_reach reach, const char *title, const char *detail);
/* Asks, and takes the JSON object of the answer; plain http only reaches this machine itself. */
bool federate_ask(struct federate_talk *talk, const char *title, struct fetch_request *request,
    const struct json **ret);
/* The same, and takes the answer as it is; the caller notes the step when it went well. */
bool federate_ask_text(
    struct federate_talk *talk, const char *title, struct fetch_request *request, str *ret);
/* A text member of an object; empty when there is none. */
str federate_text(const struct json *v, str name);

/* ---- social networks and makers of games: federate_network.c ---- */

bool federate_is_network(const struct idp *idp);
/* *ret: the provider with its oauth set to where the network is asked, as which client of it, and what its claims
 * are called; app (or NULL) has what one application says otherwise. */
MUST_USE enum err federate_as_openid(struct rq *rq, const struct idp *idp,
    const struct idp_app *app, bool is_native, const struct idp **ret);
bool federate_is_issuer(const struct idp *idp, str issuer);
/* Whether an address that the provider verified is still its owner's today (SO-G4): Google speaks for its own. */
bool federate_is_authority(const struct idp *idp, const struct federate_claims *claims);
/* Takes a token that somebody brought in place of a code, if it was given to our client, and asks who it is:
 * federate_token.c. */
MUST_USE bool federate_token(struct federate_talk *talk, str token);
/* Judges the ID token by the provider's published keys, where there are both: talk->id_claims. */
MUST_USE bool federate_judge(struct federate_talk *talk);
/* Asks the userinfo endpoint with the access token: talk->userinfo. */
MUST_USE bool federate_ask_userinfo(struct federate_talk *talk);
/* Who it is that Microsoft's access token was given to. */
MUST_USE bool federate_xbox(struct federate_talk *talk);
/* Who it is that Sony's access token was given to, and that it was given to our client. */
MUST_USE bool federate_sony(struct federate_talk *talk);
/* Twitter, by OAuth 1.0a: federate_twitter.c. */
MUST_USE bool federate_twitter(struct federate_talk *talk, const struct federate_code *code);
struct form;
/* RFC 5849 s3.4.2 over parameters that are sorted by name; empty when memory fails. */
str federate_oauth1_signature(
    struct arena *arena, str method, str url, const struct form *parameters, str key);
/* RFC 6749 s2.3.1: the client and its secret for an Authorization header, both form-encoded first. */
str federate_basic(struct federate_talk *talk);
MUST_USE bool federate_steam(struct federate_talk *talk, const struct federate_code *code);
