/* SPDX-License-Identifier: Apache-2.0 */
/* What the rooms of oauth share among themselves: clients that are no applications, scopes that clients ask for (RFC 6749 s3.3), and device grants. */
#pragma once
#include "model/application/application.h"
#include "model/rq/rq.h"
#include "model/ticket/ticket.h"

struct entity;

/* As client_authenticate, for the endpoint where entities are clients, too, always proven by their secret: then *ret is the
 * entity, and rq->application stays NULL. */
MUST_USE enum err client_or_entity(struct rq *rq, const struct entity **ret);

/* The application of a client_id: of the tenant that the path names, if it names one. A universal one as the tenant has it that
 * the path, tenantId of the form or the header names, or the only one there is; ERR_INVALID_REQUEST when none does. */
MUST_USE enum err client_find(
    struct rq *rq, struct uuid id, const struct form *form, const struct application **ret);

/* What is granted of what was asked: words once each, in their order; unknown ones refused, left out or passed on, as the
 * application's policy says. False with *ret_problem for what is refused. */
MUST_USE bool scope_grant(struct rq *rq, const struct application *application, str asked, str *ret,
    const char **ret_problem);
/* The resources that a request names (RFC 8707), once each, with spaces between them; empty without any, or where the
 * application lists none. False for one that it does not list, or that is none. */
MUST_USE bool resource_read(
    struct rq *rq, const struct application *application, const struct form *form, str *ret);
/* What a token is for, of what was granted: what the request names of it, else all. ERR_INVALID_TARGET. */
MUST_USE enum err resource_pick(struct rq *rq, const struct form *form, str granted, str *ret);

/* Is every word of narrow in wide? */
bool scope_within(str narrow, str wide);

/* Device grants (RFC 8628): two tickets, the device's code (id + 256 bits) and the short one its person types, as the
 * tenant's generator draws it. Only digests of both are stored; what stands between is sealed in the device's ticket.
 *
 *   asked -poll-> asked,  asked -approve, which uses the user code up-> approved -redeem-> gone */
enum {
    DEVICE_GRANT_INTERVAL_S = 5,      /* RFC 8628 s3.2 */
    DEVICE_GRANT_INTERVAL_MAX_S = 60, /* however often a device asks too early */
    DEVICE_GRANT_OVER_S = 600, /* for so long a code that is over is told from one that never was */
};
struct device_grant {
    struct ticket *ticket, *user_code;   /* user_code: when it was found by it */
    struct uuid application_id, user_id; /* nil user: not approved yet */
    str scope, name, type, description;  /* of the request, and of the device */
    str authentication;                  /* how the person proved who they are */
    int64_t expires_at, polled_at, interval_s, auth_instant, approved_at;
};

/* Declares a new one for the application and gives its codes; sets what is zero of instants and interval. */
MUST_USE enum err device_grant_make(struct rq *rq, const struct tenant *tenant,
    struct device_grant *grant, str *ret_device_code, str *ret_user_code);
/* By the device's code, also one that is over; by the user's, while it may be approved. *ret NULL otherwise. */
MUST_USE enum err device_grant_find(
    struct rq *rq, const struct tenant *tenant, str device_code, struct device_grant **ret);
MUST_USE enum err device_grant_find_user_code(
    struct rq *rq, const struct tenant *tenant, str user_code, struct device_grant **ret);
/* Declares that it was asked for now; false when that was too early, and the interval grows (RFC 8628 s3.5). */
MUST_USE enum err device_grant_poll(
    struct rq *rq, const struct tenant *tenant, struct device_grant *grant, bool *ret_in_time);
/* Declares the approval by grant->user_id, once, with its event. */
MUST_USE enum err device_grant_approve(
    struct rq *rq, const struct tenant *tenant, struct device_grant *grant);

/* ---- what the hosted backend has done in its own name, for rq->application and rq->tenant ---- */

struct token_reply { /* RFC 6749 s5.1 */
    str access_token, id_token, refresh_token, scope, resource;
    int64_t expires_s;
    struct uuid refresh_token_id, user_id; /* nil: left out */
    bool is_answered;                      /* with a refusal: token_refuse */
};
/* As the token endpoint for a client that was found and judged by the caller (rq->is_client_proven). */
MUST_USE enum err token_redeem(
    struct rq *rq, str grant_type, const struct form *form, struct token_reply *ret);
/* The userinfo endpoint's answer for a token, wherever it came from; sets rq->application and rq->tenant when it is believed. */
MUST_USE enum err userinfo_answer(struct rq *rq, str token);
/* Signing out, with an id token that is known to be the browser's own, or none: then it is asked about. */
MUST_USE enum err logout_hosted(struct rq *rq, str uri, str id_token);
/* Declares the end of the grant behind a refresh token of the application; what is none is left alone. */
MUST_USE enum err revoke_refresh(struct rq *rq, str text, bool *ret_done);
