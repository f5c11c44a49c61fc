/* SPDX-License-Identifier: Apache-2.0 */
/* Who comes from an identity provider: what it says of a person, put to the test, and which person of ours that is.
 * Headless: the API and the hosted pages are faces of it; one copy of the rules of linking. */
#pragma once
#include "model/idp/idp.h"
#include "model/link/link.h"

struct application;
struct json;
struct ticket;
struct user;

struct federate_claims { /* what a provider says, once it is believed */
    str subject, email, username, display_name, token;
    bool says_verified, is_verified; /* of the email address */
    bool is_authority;               /* it is the one to say whose address it is */
    const struct json *all;          /* an object */
};
/* Takes the claims of an object by the names the provider is set up with. */
void federate_read(const struct idp *idp, const struct json *all, struct federate_claims *ret);

/* A JWT of an ExternalJWT provider: signed by one of its keys, in time (exp is required), and of its issuer and for
 * its client_id where it is set up with them. *ret_is_right false: not to be believed. */
MUST_USE enum err federate_jwt(struct rq *rq, const struct idp *idp, str token,
    struct federate_claims *ret, bool *ret_is_right);

/* What an OpenIDConnect provider or a social network gave: an authorization code, exchanged for tokens, the ID token
 * judged where there is one, the rest asked of the userinfo endpoint. Or, of some networks, a token or a ticket that is
 * asked about. Waits for the network: only on a worker. */
struct federate_code {
    str code, redirect_uri, verifier; /* verifier: of PKCE, or empty */
    str token;      /* Apple, Google: an ID token; of the others that take one: an access token */
    str ticket;     /* Steam */
    str secret;     /* Twitter: of the token; verifier is its oauth_verifier, or empty */
    str person;     /* Apple: what its form says of a new person, once, and nobody signed */
    bool is_native; /* Apple: the client is the app (bundleId), not the web page (servicesId) */
};
/* The type can be asked. */
bool federate_can_ask(const struct idp *idp);
/* The type takes a token in place of a code. */
bool federate_takes_token(const struct idp *idp);
enum federate_reach {
    FEDERATE_REACHED,
    FEDERATE_REFUSED,
    FEDERATE_UNREACHABLE,
    FEDERATE_WAITING /* for the person (HYPR) */
};
struct federate_step { /* what was tried, for whoever sets a provider up */
    const char *title;
    str detail;
    bool is_right;
};
struct federate_trace {
    struct federate_step steps[12];
    size_t count;
    enum federate_reach reach; /* how it ended */
};
/* trace->reach says whether *ret is set. */
MUST_USE enum err federate_openid(struct rq *rq, const struct idp *idp,
    const struct application *application, const struct federate_code *code,
    struct federate_trace *trace, struct federate_claims *ret);
/* What a SAML provider answered (SAMLv2, SAMLv2IdPInitiated), as its form brought it: trace->reach says whether *ret and
 * *ret_saml are set. Whether the request it names was made, and that it comes once, is for the caller to see to. */
struct federate_order;
struct federate_saml {
    str id, request; /* of the assertion; of what it answers, or empty */
    int64_t ends_ms; /* when nothing will believe it any more */
};
MUST_USE enum err federate_saml(struct rq *rq, const struct federate_order *order, str response,
    struct federate_trace *trace, struct federate_claims *ret, struct federate_saml *ret_saml);
/* Whether the provider can be reached and says of itself what is needed; application may be NULL. */
MUST_USE enum err federate_probe(
    struct rq *rq, const struct idp *idp, struct federate_trace *trace);

enum federate_verdict {
    FEDERATE_IN,         /* *ret->user is the person */
    FEDERATE_PENDING,    /* whoever knows ret->pending_id may link them */
    FEDERATE_UNLINKED,   /* nobody is linked, and the strategy makes no link */
    FEDERATE_UNVERIFIED, /* by an address that the provider did not verify nobody is linked */
    FEDERATE_UNFIT,      /* what the provider says names nobody */
    FEDERATE_OTHER,      /* whose address or name it is, is somebody else of the provider's */
    FEDERATE_FULL,       /* the person has as many links as the tenant allows */
};
struct federate_order {
    const struct tenant *tenant;
    const struct application *application; /* where to; the provider is on for it */
    const struct idp *idp;
    const struct federate_claims *claims;
    bool makes_no_link;
};
struct federate_result {
    enum federate_verdict verdict;
    struct user *user; /* with registrations, as after the call */
    str pending_id;
};
/* Declares what signing in with these claims makes: the person, the link, the registration, as the provider's
 * strategy says. */
MUST_USE enum err federate_sign_in(
    struct rq *rq, const struct federate_order *order, struct federate_result *ret);

/* Declares what letting in a person does whom no link names, because the provider was asked about a person of ours
 * (HYPR). The verdict is FEDERATE_UNLINKED when that person is gone. */
MUST_USE enum err federate_let_in(struct rq *rq, const struct federate_order *order,
    struct uuid user_id, struct federate_result *ret);

/* HYPR asks people on their own devices. Starts that: what is to be asked about is *ret_id, once trace->reach says that
 * the server was reached. */
MUST_USE enum err federate_hypr_start(struct rq *rq, const struct idp *idp,
    const struct application *application, str login_id, struct federate_trace *trace, str *ret_id);
/* How it went: trace->reach. */
MUST_USE enum err federate_hypr_ask(struct rq *rq, const struct idp *idp,
    const struct application *application, str login_id, str id, struct federate_trace *trace);

/* What a pending link is about; the person is left alone. False when it is not one. */
struct federate_pending {
    struct uuid idp_id;
    str subject, email, username, display_name, token;
};
MUST_USE bool federate_pending_read(const struct ticket *ticket, struct federate_pending *ret);

/* Declares what the claims change of the person, and takes it over into *user; LinkAnonymously: nothing. is_new: the
 * person is declared by the caller, afterwards. */
MUST_USE enum err federate_apply(
    struct rq *rq, const struct federate_order *order, struct user *user, bool is_new);
/* The registration's free data from the claims. */
void federate_apply_registration(struct rq *rq, const struct federate_order *order, str *data);
