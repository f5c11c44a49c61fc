/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of ours that are no step of a journey (a forgotten password, an address to verify): what they are about, sealed and
 * bound to the browser as a journey is, and the request people came with, so that they can go on to sign in. That request
 * is carried unchecked: /oauth2/authorize checks it when they come to it. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "codec/form.h"

struct application;
struct rq;
struct tenant;

struct authorization_onward {
    struct uuid tenant_id, application_id; /* application_id nil: none is known */
    str step;                              /* which page it is of: no other takes it */
    str text;                              /* of the mail's link; empty: none yet */
    str request;                           /* as authorization_request_of gives it */
    str lang;                              /* of pages, if it was chosen; else empty */
    int64_t started_at;
};

/* Sealed text for the hidden field; sets the browser's cookie if it has none. Empty on failure. */
str authorization_onward_seal(struct rq *rq, const struct authorization_onward *onward);
/* False if forged, damaged or another browser's. How old it may be is the caller's to judge. */
MUST_USE bool authorization_onward_open(
    struct rq *rq, str sealed, struct authorization_onward *ret);

/* What of a form is an authorization request, as a query: the parameters that are known, each once. Empty when it is none,
 * or longer than a link may be. prompt=none is left out: who comes from a page of ours is there to be asked. */
str authorization_request_of(struct rq *rq, const struct form *form);
/* The same as a JSON object of texts, for the state of a mail (FusionAuth's name for it), and back; empty: none. */
str authorization_request_state(struct rq *rq, str request);
str authorization_request_of_state(struct rq *rq, str state);

/* ERR_FORBIDDEN when the access list of the application (NULL: none is known), or without one the tenant's, keeps the
 * request's address out. */
MUST_USE enum err authorization_check_place(
    struct rq *rq, const struct tenant *tenant, const struct application *application);
