/* SPDX-License-Identifier: Apache-2.0 */
/* Ceremonies: a challenge given out, which is a one-time ticket, and the answer to it. Headless: the API and the hosted
 * pages are two faces of it. */
#pragma once
#include "model/application/application.h"
#include "model/passkey/passkey_judge.h"
#include "model/ticket/ticket.h"
#include "model/user/user.h"

/* By index of passkey_workflows; what a passkey is made or used for. */
enum passkey_workflow { PASSKEY_BOOTSTRAP, PASSKEY_GENERAL, PASSKEY_REAUTHENTICATION };
extern const char *const passkey_workflows[];
/* How the workflow is set up; enabled as the application says, where it has a say. A passkey for no workflow in
 * particular suits both: the stricter verification of the two, any authenticator. */
struct webauthn_workflow passkey_workflow(const struct tenant *tenant,
    const struct application *application, enum passkey_workflow workflow);

struct passkey_start {
    const struct tenant *tenant;
    const struct application *application; /* NULL: none */
    const struct user *user;
    enum passkey_workflow workflow;
    str display_name, name, user_agent; /* of a new passkey */
    struct uuid passkey_id;             /* only this one may answer; nil: any of the person's */
    str state;                          /* JSON, given back at the end; empty: none */
};
struct passkey_options { /* for the browser */
    str challenge, rp_id;
    int64_t timeout_ms;
    int verification, attachment;    /* of tenant.h */
    const struct passkey **passkeys; /* that there are already, or that may answer */
    size_t count;
    bool is_full; /* the person has as many as there may be: no further one can be registered */
};
/* Declare the challenge. Login: count 0 and no challenge when no passkey may answer. */
MUST_USE enum err passkey_start_registration(
    struct rq *rq, const struct passkey_start *start, struct passkey_options *ret);
MUST_USE enum err passkey_start_login(
    struct rq *rq, const struct passkey_start *start, struct passkey_options *ret);

struct passkey_open { /* a ceremony that is open */
    const struct tenant *tenant;
    const struct application *application; /* NULL: none was named, or it is gone */
    struct ticket *ticket;
    struct user *user;     /* with registrations */
    str challenge, origin; /* of the client data */
};
/* The ceremony that the challenge in the client data belongs to; *ret_found false when none is open. tenant NULL: the
 * challenge says which. */
MUST_USE enum err passkey_find_open(struct rq *rq, const struct tenant *tenant,
    enum ticket_kind kind, bytes client_data, struct passkey_open *ret, bool *ret_found);
/* A JSON object that was given at the start; empty: none. */
str passkey_state(struct rq *rq, const struct passkey_open *open);

/* Judges the answer, and declares the new passkey, or the use of one, and of the challenge. *ret_refusal NULL when all
 * is well. caller_origin: where a caller we know says the ceremony took place; empty: nobody says. */
MUST_USE enum err passkey_complete_registration(struct rq *rq, const struct passkey_open *open,
    const struct passkey_registration *response, str caller_origin, struct passkey *passkey,
    const struct passkey_refusal **ret_refusal);
MUST_USE enum err passkey_complete_login(struct rq *rq, const struct passkey_open *open,
    const struct passkey_assertion *response, str caller_origin, struct passkey **ret,
    const struct passkey_refusal **ret_refusal);
