/* SPDX-License-Identifier: Apache-2.0 */
/* Events: what happened, written in the same set as the change (DESIGN section 9). Audit entries and login records are events. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct rq;
struct tenant;

struct event {
    const char *kind;               /* "user.create", "user.login.success", "audit" ...: FusionAuth's names */
    struct uuid user_id, application_id;    /* nil when not about one */
    str detail;                     /* JSON; sealed under the user's key when there is a user, else the tenant's */
};
/* Declares the event with its actor (the API key's id, or the user). A user whose key is being erased gets no sealed detail. */
void event_add(struct rq *rq, const struct tenant *tenant, const struct event *event);
