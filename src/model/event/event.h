/* SPDX-License-Identifier: Apache-2.0 */
/* Events: what happened, written in the same set as the change (DESIGN section 9). Audit entries and
 * login records are events: the stream says which. */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct db_row;
struct rq;
struct tenant;

enum event_stream { EVENT_OTHER, EVENT_AUDIT, EVENT_LOGIN, EVENT_LOGIN_FAILED };

struct event {
    const char *kind; /* "user.create", "user.login.success" ...: FusionAuth's names */
    struct uuid user_id, application_id; /* nil when not about one */
    str detail;                          /* JSON; sealed under the user's key, else the tenant's */
};
/* Declares the event with its actor (the API key's id, or the user). A user whose key is being erased,
 * or is gone, gets no sealed detail. "user.login.success" is a login record and is counted; all else is
 * audited. On failure nothing is declared and the fault is recorded. */
enum err event_add(struct rq *rq, const struct tenant *tenant, const struct event *event);

struct event_row { /* as it is stored */
    struct uuid tenant_id, id, user_id, application_id, actor;
    str kind;
    int64_t insert_instant;
    int stream;
    bytes sealed;
};
/* What EVENT_ROW selects, from that column on. */
#define EVENT_ROW                                                                                  \
    "e.tenant_id, e.id, e.kind, e.user_id, e.application_id, e.actor, e.insert_instant, e.stream," \
    " e.detail"
enum { EVENT_ROW_COLUMNS = 9 };
struct event_row event_row(const struct db_row *row, size_t column);
/* Declares a row that is ready but for its detail, which it seals: for what happened earlier. */
MUST_USE enum err event_add_row(
    struct rq *rq, const struct tenant *tenant, struct event_row *row, str detail);

/* The same with what is sealed already. */
MUST_USE enum err event_add_sealed(
    struct rq *rq, const struct tenant *tenant, const struct event_row *row);

struct event_record {
    struct uuid tenant_id, id, user_id, application_id, actor;
    int64_t insert_instant;
    str kind, detail; /* detail: empty when none or when its person was erased */
    int stream;
};
/* Opens a row of the tenant. */
MUST_USE enum err event_open(struct rq *rq, const struct tenant *tenant,
    const struct event_row *row, struct event_record *ret);
/* The tenant's events before the one with that id (nil: the newest), newest first. */
MUST_USE enum err event_list(struct rq *rq, const struct tenant *tenant, struct uuid before,
    size_t max, struct event_record **ret, size_t *ret_count);

struct event_logins {                               /* which sign-ins; nil: any */
    struct uuid tenant_id, user_id, application_id; /* user_id: with its tenant */
    int64_t start, end; /* from start up to, not with, end; end 0: now */
    int from, to;       /* streams: EVENT_LOGIN to EVENT_LOGIN_FAILED */
    int64_t offset;
    struct uuid before; /* older than the one of that id; nil: from the newest */
};
/* Sign-ins, newest first, still sealed. */
MUST_USE enum err event_login_list(struct rq *rq, const struct event_logins *which, size_t max,
    struct event_row **ret, size_t *ret_count);
/* How many there are, counted up to max. */
MUST_USE enum err event_login_count(
    struct rq *rq, const struct event_logins *which, int64_t max, int64_t *ret);

/* Declares the end of all rows of a user. */
void event_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
/* Declares the removal of at most max of before that instant, of all tenants, and how many. */
MUST_USE enum err event_sweep(struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count);
/* The same for sign-ins alone. */
MUST_USE enum err event_sweep_logins(
    struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count);
/* Declares the end of one. */
void event_end(struct rq *rq, struct uuid tenant_id, struct uuid id);
