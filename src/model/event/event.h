/* SPDX-License-Identifier: Apache-2.0 */
/* Events: what happened, written in the same set as the change (DESIGN section 9). Audit entries and
 * login records are events. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct rq;
struct tenant;

struct event {
    const char *kind; /* "user.create", "user.login.success" ...: FusionAuth's names */
    struct uuid user_id, application_id; /* nil when not about one */
    str detail;                          /* JSON; sealed under the user's key, else the tenant's */
};
/* Declares the event with its actor (the API key's id, or the user). A user whose key is being erased,
 * or is gone, gets no sealed detail. On failure nothing is declared and the fault is recorded. */
enum err event_add(struct rq *rq, const struct tenant *tenant, const struct event *event);

struct event_record {
    struct uuid id, user_id, application_id, actor;
    int64_t insert_instant;
    str kind, detail; /* detail: empty when none or when its person was erased */
};
/* The tenant's events before the one with that id (nil: the newest), newest first. */
MUST_USE enum err event_list(struct rq *rq, const struct tenant *tenant, struct uuid before,
    size_t max, struct event_record **ret, size_t *ret_count);

/* Declare the end of all rows of a user, or of a tenant. */
void event_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
void event_forget_tenant(struct rq *rq, const struct tenant *tenant);
/* Declares the removal of at most max of before that instant, of all tenants, and how many. */
MUST_USE enum err event_sweep(struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count);
