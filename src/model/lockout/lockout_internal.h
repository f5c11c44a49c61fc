/* SPDX-License-Identifier: Apache-2.0 */
/* The table of counts, for the files of this room. */
#pragma once
#include <pthread.h>

#include "base/map.h"
#include "crypto/hash.h"
#include "model/lockout/lockout.h"

enum {
    LOCKOUT_BLOCK_BYTES = 6,
    LOCKOUT_KEY_BYTES = 16 + 32 + 1 + LOCKOUT_BLOCK_BYTES,
    LOCKOUT_MAX_DUE = 1000
};

struct lockout_key {
    size_t n;
    uint8_t b[LOCKOUT_KEY_BYTES];
};
struct lockout_count {
    struct lockout_count *prev, *next;
    struct lockout_key key; /* begins with the tenant's id */
    struct uuid user_id;    /* whose login id it is; nil: nobody's, or nothing to forgive */
    int64_t failures, last_at, locked_until; /* of a rate: how many, since when, 0 */
};
struct lockouts {
    pthread_mutex_t lock;
    struct map *counts;
    struct lockout_count *oldest, *newest;
    size_t max;
    struct lockout_due due[LOCKOUT_MAX_DUE]; /* a ring */
    size_t due_first, due_count;
};

/* The count under key, made if need be; NULL when memory is short: then this one is not counted. Held: the lock. */
struct lockout_count *lockout_count_for(struct lockouts *lockouts, const struct lockout_key *key);
/* Forgets it. Held: the lock. */
void lockout_count_forget(struct lockouts *lockouts, struct lockout_count *count);
/* One more failure of a person, wherever it came from and by whatever login id: notes when it is one too many for a tenant
 * with a user action for that. Then true. */
MUST_USE bool lockout_count_person(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
/* Forgets the failures of a person. */
void lockout_forget_person(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
/* What something of the tenant is counted under from everywhere; false for what cannot be counted. */
MUST_USE bool lockout_key_of(
    struct rq *rq, const struct tenant *tenant, str name, struct lockout_key *ret);
