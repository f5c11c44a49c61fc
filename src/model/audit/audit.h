/* SPDX-License-Identifier: Apache-2.0 */
/* The audit log: a number for each audited event, and a chain of digests for each tenant
 * (docs/decisions/0018). A row holds the digest of its event, made with the event under a key of the
 * tenant; a job links the rows that were committed: each link holds the digest of the one before. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "model/event/event.h"

struct rng;
struct rq;
struct tenant;

/* Declares the row of an event that is declared now. */
void audit_add(struct rq *rq, const struct tenant *tenant, const struct event_row *event);

struct audit_entry {
    int64_t seq;
    struct uuid tenant_id, event_id, user_id;
    bool is_gone;           /* the event was erased with its person */
    struct event_row event; /* still sealed */
};
/* The entry of that number; *ret NULL when there is none. */
MUST_USE enum err audit_load(struct rq *rq, int64_t seq, struct audit_entry **ret);

struct audit_which {
    struct uuid tenant_id; /* nil: of all */
    int64_t start, end;    /* from start up to, not with, end; end 0: now */
    bool is_oldest_first;
    int64_t offset;
    struct uuid after; /* instead of offset: behind the event of that id; nil: from the first */
};
/* At most max of these entries, in their order. */
MUST_USE enum err audit_list(struct rq *rq, const struct audit_which *which, size_t max,
    struct audit_entry **ret, size_t *ret_count);
/* How many there are, counted up to max. */
MUST_USE enum err audit_count(
    struct rq *rq, const struct audit_which *which, int64_t max, int64_t *ret);

/* For jobs. Declares links for at most max rows that have none; the end of links of before that
 * instant, oldest first. *ret_count: how many. */
MUST_USE enum err audit_link(struct rq *rq, size_t max, size_t *ret_count);
MUST_USE enum err audit_sweep(struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count);

struct audit_verdict {      /* of a walk along all chains */
    int64_t links, waiting; /* rows linked, and not linked yet */
    int64_t erased, over;   /* of links: whose events went with their person, with their time */
    bool is_broken;
    struct uuid tenant_id; /* the first that is broken: of this tenant */
    int64_t seq;           /* and this number; 0: at the chain's end */
    const char *why;
};
/* A walk along every tenant's chain, each event checked against it, in steps of at most max rows with a
 * request each. Events of before since_ms may have been swept. NULL when memory is short. */
struct audit_walk;
MUST_USE struct audit_walk *audit_walk_new(int64_t since_ms, struct rng *rng);
void audit_walk_free(struct audit_walk *walk);
/* *ret_done: the walk is at its end, or at a break; the verdict says which. */
MUST_USE enum err audit_walk_step(
    struct rq *rq, struct audit_walk *walk, size_t max, bool *ret_done);
const struct audit_verdict *audit_walk_verdict(const struct audit_walk *walk);

/* Declares the end of a tenant's chain: what is left of it is linked no more. */
void audit_forget_head(struct rq *rq, const struct tenant *tenant);
