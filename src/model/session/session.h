/* SPDX-License-Identifier: Apache-2.0 */
/* Sign-in sessions: one row per browser and tenant. The cookie holds id + 256 random bits; the row
 * holds a digest. A session's secret is new at every sign-in (OA-57). */
#pragma once
#include "base/fault.h"
#include "base/id.h"

struct rq;
struct tenant;

struct session {
    struct uuid id, tenant_id, user_id;
    int64_t insert_instant, last_instant, auth_instant, expires_at;
    bool is_kept;    /* "keep me signed in" */
    bool has_factor; /* a second factor was proved when it began */
};

/* The live session of this browser with the tenant, from its cookie; *ret NULL when there is none
 * (unknown, wrong secret, ended, expired: all alike). Reads only. */
MUST_USE enum err session_find(struct rq *rq, const struct tenant *tenant, struct session **ret);
/* The live session of that id, whoever asks; NULL when there is none. */
MUST_USE enum err session_load(
    struct rq *rq, const struct tenant *tenant, struct uuid id, struct session **ret);
/* The live sessions of a user, newest first, at most SESSION_LIST_MAX. */
enum { SESSION_LIST_MAX = 1000 };
MUST_USE enum err session_list(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    struct session **ret, size_t *ret_count);
/* Declares a new session for a user who has just proved who they are, sets the cookie. An older
 * session of the browser ends; if it was the same user's, its grants go over to the new one, else
 * they are revoked. */
MUST_USE enum err session_start(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    bool is_kept, struct session **ret);
/* The same with all that can be said of it: the person, is_kept, has_factor, and auth_instant for who proved it at an earlier
 * time, elsewhere: the session is as old for what asks for a fresh proof. */
MUST_USE enum err session_start_as(
    struct rq *rq, const struct tenant *tenant, const struct session *wanted, struct session **ret);
/* Declares that the session was used (at most once a minute) so that its idle time starts again. */
void session_touch(struct rq *rq, const struct tenant *tenant, const struct session *session);
/* Declares that the session must still be there at the commit, else the request is refused as miss:
 * what is given in its name cannot outlive its end, however the two race. */
void session_hold(struct rq *rq, const struct tenant *tenant, struct uuid id, enum err miss);
/* Declares the end: the row goes, its tokens are revoked, the cookie is cleared. */
void session_end(struct rq *rq, const struct tenant *tenant, const struct session *session);
/* The same of a session in some other browser. */
void session_end_elsewhere(struct rq *rq, const struct tenant *tenant, struct uuid id);
/* Declares the end of all sessions of a user, and of the grants they gave. */
void session_end_all(struct rq *rq, const struct tenant *tenant, struct uuid user_id);

/* Whether this browser signed the person in before, in the last 400 days; sets the cookie that says so the next time. */
bool session_note_device(struct rq *rq, const struct tenant *tenant, struct uuid user_id);

/* Declare the end of all rows of a user; the removal of at most max that have
 * expired, and how many. */
void session_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
MUST_USE enum err session_sweep(struct rq *rq, size_t max, size_t *ret_count);
