/* SPDX-License-Identifier: Apache-2.0 */
/* Administrators who call with their access token, and what no caller may do however they call: give, or touch, more than
 * they have themselves (decision 0025). */
#pragma once
#include "flow/api/api.h"
#include "flow/api/api_right.h"

struct application;
struct field_texts;

/* Believes the token in Authorization as an administrator's who may call the endpoint: then rq->admin, and rq->api_key for
 * where they may. Else both stay NULL, without saying why. */
MUST_USE enum err api_admin_find(struct rq *rq, str endpoint);
/* Has the caller every right? The role admin, or a key for everything everywhere. */
bool api_is_super(const struct rq *rq);
/* May the call do more than assist (ADMIN_ASSIST)? */
bool api_may_write(const struct rq *rq);
/* May it delete, where the route takes less? */
bool api_may_delete(const struct rq *rq);
/* From now on user_load refuses who has more rights than the caller, if the endpoint changes anything. */
void api_admin_watch(struct rq *rq, str endpoint);

/* Adds [notAllowed] at path when the roles, given in the application, permit more than the caller may. */
MUST_USE enum err api_admin_check_roles(struct rq *rq, struct field_reader *reader,
    struct uuid application_id, const struct field_texts *roles, const char *path);
/* The same for what a role of one's own permits. */
bool api_admin_may_give(const struct rq *rq, const struct admin *what);
/* Do administrators sign in to this tenant? */
MUST_USE enum err api_admin_is_home(struct rq *rq, struct uuid tenant_id, bool *ret);
/* Refuses what only a caller with every right may change: the administrators' application, and their tenant. */
MUST_USE enum err api_admin_check_home(struct rq *rq, struct uuid tenant_id);
/* Does the administrator have what the key has? */
bool api_admin_covers_key(struct rq *rq, const struct api_key *key);
