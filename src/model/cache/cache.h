/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled configuration (tenants, applications, signing keys): immutable, reference-counted,
 * found by kind and id, dropped on change (DESIGN section 6). A thing got in a request stays
 * valid until that request ends. */
#pragma once
#include "base/id.h"

struct arena;
struct cache;
struct rng;
struct rq;

enum cache_kind {
    CACHE_TENANT,
    CACHE_APPLICATION,
    CACHE_SIGNING_KEY,
    CACHE_API_KEY,
    CACHE_API_KEY_ID,     /* by the first half of a value's blind index; goes with any API key */
    CACHE_JWKS,           /* by tenant; made of signing keys: goes with any of them */
    CACHE_DEFAULT_TENANT, /* which one it is, at the nil id */
    CACHE_TENANT_KEY,     /* by tenant: which signing key is its own; goes with any of them */
    CACHE_DISCOVERY,      /* by tenant: the document; goes with it */
    CACHE_IP_ACL,
    CACHE_SYSTEM, /* the settings of the whole house, at the nil id */
    CACHE_KIND_COUNT
};

/* Holds at most max things per kind; the ones unused longest go first. */
MUST_USE struct cache *cache_new(size_t max, struct rng *rng);
void cache_free(struct cache *cache);

/* Builds a thing on an arena of its own (kept while anyone uses it). *ret NULL: there is no such
 * thing. release (may be NULL) frees what is not on the arena and wipes secrets. */
typedef enum err cache_build(struct rq *rq, struct uuid id, struct arena *arena, void **ret);
typedef void cache_release(void *thing);

/* The thing of that kind and id, from the cache or built now; *ret NULL when it does not exist
 * (that is not kept). */
MUST_USE enum err cache_get(struct rq *rq, enum cache_kind kind, struct uuid id, cache_build *build,
    cache_release *release, const void **ret);
/* Forgets a thing at once, and what is made of it (a build under way is not kept either). */
void cache_drop(struct cache *cache, enum cache_kind kind, struct uuid id);
/* For db_config's on_notice: what another node's cache_drop_on_commit says, or NO_STR to forget everything. ctx: the
 * struct cache. */
void cache_hear(void *ctx, str notice);
/* Notes that the thing must be dropped, on every node, when this request's writes are committed. */
void cache_drop_on_commit(struct rq *rq, enum cache_kind kind, struct uuid id);
struct cache_counts {             /* of a kind, since the start */
    uint64_t hits, misses, drops; /* drops: told to forget something */
    size_t held;
};
struct cache_counts cache_count(struct cache *cache, enum cache_kind kind);
/* "tenant" ... */
const char *cache_kind_name(size_t kind);
/* For app/: after a commit, and at a request's end. */
void cache_apply_drops(struct rq *rq);
void cache_end_request(struct rq *rq);
