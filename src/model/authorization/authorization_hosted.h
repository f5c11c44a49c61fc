/* SPDX-License-Identifier: Apache-2.0 */
/* Sign-ins that end at an address of ours (FusionAuth's hosted backend): what such a one is for travels sealed in the
 * request's state, bound to the browser, with the PKCE verifier, so that nothing is stored for who has proved nothing. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct application;
struct authorization;
struct rq;

struct authorization_hosted {
    struct uuid application_id, tenant_id;
    str target;   /* an address of the application: where the browser goes in the end */
    str state;    /* of the application: sent along */
    str verifier; /* RFC 7636 s4.1 */
    int64_t started_at;
};

/* Our own address, which every application may have its codes sent to: only what was sealed here redeems them. */
str authorization_hosted_uri(struct rq *rq);
/* May codes of the application be sent there? A registered address, or the one above. */
bool authorization_may_return(struct rq *rq, const struct application *application, str uri);
/* Where the browser is in the end: for the CSP of pages, which Chromium holds against every redirect. */
str authorization_lands_at(struct rq *rq, const struct authorization *authorization);

/* The state to send along; sets the browser's cookie if it has none. Empty on failure. */
str authorization_hosted_seal(struct rq *rq, const struct authorization_hosted *hosted);
/* False if forged, damaged or another browser's. How old it may be is the caller's to judge. */
MUST_USE bool authorization_hosted_open(struct rq *rq, str state, struct authorization_hosted *ret);
