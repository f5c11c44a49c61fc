/* SPDX-License-Identifier: Apache-2.0 */
/* The house: everything a process shares, opened in order and closed in reverse. */
#pragma once
#include "app/config.h"
#include "model/rq/rq.h"

/* Opens keys, databases, caches and pages. The base URL is --url, or this machine's at the port
 * of --listen. False with *ret_why; nothing is left open. */
MUST_USE bool house_open(
    const struct config *config, struct arena *arena, struct house *ret, const char **ret_why);
void house_close(struct house *house);
/* Whether there is anything to open: commands that only look must not make what they look at, and call it sound. False
 * with *ret_why for a folder without a database; of PostgreSQL house_open says. */
MUST_USE bool house_is_there(const struct config *config, const char **ret_why);

/* A request of the house itself (commands, jobs), on an arena of its caller; commit waits and
 * gives the fault of a missed expectation. */
void house_begin(struct house *house, struct arena *arena, struct rq *ret);
MUST_USE enum err house_commit(struct rq *rq);

/* The default tenant's id, nil when there is none yet, read on memory of its own; false when it cannot be read. */
MUST_USE bool house_default_tenant(struct house *house, struct uuid *ret);
/* True if the database has no tenant yet. */
MUST_USE enum err house_is_empty(struct rq *rq, bool *ret);
/* Declares the first tenant and the application administrators register with (FusionAuth's fixed
 * id). tenant_id nil: one is made. */
MUST_USE enum err house_bootstrap(struct rq *rq, struct uuid tenant_id);
/* Declares what the administrators' application lacks of its built-in roles: nothing, mostly. */
MUST_USE enum err house_complete_admin(struct rq *rq);
