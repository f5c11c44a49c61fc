/* SPDX-License-Identifier: Apache-2.0 */
/* A password put to the test, the same way for hosted pages and the Login API: unknown user,
 * wrong password and erased user take one path and one time (DESIGN section 8, OA-52). */
#pragma once
#include "model/attempt/attempt.h"
#include "model/tenant/tenant.h"

struct application;
struct rq;
struct user;

enum credential_verdict {
    CREDENTIAL_RIGHT,  /* *ret_user is the person; may still be inactive: user_may_sign_in */
    CREDENTIAL_WRONG,  /* unknown or wrong */
    CREDENTIAL_LOCKED, /* too many failures for this login id, known or not */
    CREDENTIAL_TOKEN,  /* right, by the authentication token of the person's registration */
};
struct credential_ask {
    const struct tenant *tenant;
    const struct application *application; /* whose authentication tokens count; NULL: none do */
    str login_id, password;
};

/* Only on the hash pool: ERR_MOVE elsewhere. Notes failures and successes for the lock. */
MUST_USE enum err credential_check(struct rq *rq, const struct tenant *tenant, str login_id,
    str password, enum credential_verdict *ret, struct user **ret_user);
/* The same where the application's authentication tokens may stand in place of the password. */
MUST_USE enum err credential_check_any(struct rq *rq, const struct credential_ask *ask,
    enum credential_verdict *ret, struct user **ret_user);
/* Notes a sign-in that failed, in the log and for the login records; nothing is declared. */
void credential_note_failure(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    enum attempt_reason reason, str login_id);
/* Declares what a sign-in leaves: login instants, a hash made anew when the tenant's scheme
 * changed, the login record. */
MUST_USE enum err credential_note_login(struct rq *rq, const struct tenant *tenant,
    struct user *user, struct uuid application_id, str password);
