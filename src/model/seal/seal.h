/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed people (DESIGN section 7): tenant keys open what a tenant owns, user keys what says
 * something about a person, day keys loose log details. Everything sealed is bound to table,
 * tenant, id and column. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "crypto/hash.h"

struct rq;
struct tenant;

struct seal_place { /* what a sealed value is bound to */
    const char *table, *column;
    struct uuid tenant_id, id;
};

/* The place of a row that is keyed by two ids beside the tenant: a digest makes one of them. */
struct seal_place seal_pair_place(const char *table, const char *column,
    const struct tenant *tenant, struct uuid first, struct uuid second);
/* Seals on the request's arena; empty when it failed. */
bytes seal_put(struct rq *rq, const struct key32 *key, struct seal_place place, bytes plain);
/* Opens; ERR_SERVER (recorded) when it cannot be: wrong key, moved row, damage. Marks the arena
 * secret. */
MUST_USE enum err seal_get(
    struct rq *rq, const struct key32 *key, struct seal_place place, bytes sealed, bytes *ret);

/* A fresh key for a new user, with the write that stores it wrapped in keys.db (committed before
 * the user's rows). */
MUST_USE enum err seal_new_user_key(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    bool is_chosen, struct key32 *ret);
/* The same in two steps, for many users at once: the key with what is stored of it; its write. is_chosen: somebody else
 * may have had the id before. */
bytes seal_make_user_key(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct key32 *ret);
void seal_put_user_key(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, bytes wrapped, bool is_chosen);
/* The user's key; *ret_found false when it was erased (then nothing of the user can be read). */
MUST_USE enum err seal_user_key(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    struct key32 *ret, bool *ret_found);
/* The key if it is the one this request made or opened last. */
bool seal_kept_user_key(
    const struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct key32 *ret);
/* Declares that the key must still be there at the commit (ERR_AGAIN). */
void seal_hold_user_key(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
/* Declares the erasure of the user's key: the person is gone, in every copy of the data. */
void seal_erase_user_key(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
/* Declares that the keys of a tenant's people are to be erased (model/removal does it, some at a time), and the end of
 * its day keys. */
void seal_erase_tenant_keys(struct rq *rq, const struct tenant *tenant);

/* Keys are erased in a commit before that of the rows. What was erased is noted in the same commit, so that after
 * a crash in between the rows are found and end before anybody is served. */
struct seal_erasure {
    struct uuid tenant_id, user_id; /* user_id nil: the whole tenant */
};
/* Those of people, and those of whole tenants. */
MUST_USE enum err seal_erasures(
    struct rq *rq, size_t max, struct seal_erasure **ret, size_t *ret_count);
MUST_USE enum err seal_tenant_erasures(
    struct rq *rq, size_t max, struct seal_erasure **ret, size_t *ret_count);
MUST_USE enum err seal_erasure_is_noted(
    struct rq *rq, const struct seal_erasure *erasure, bool *ret);
/* Declares that the note must still be there at the commit (ERR_AGAIN): a user made anew with the same id
 * takes it away. */
void seal_hold_erasure(struct rq *rq, const struct seal_erasure *erasure);
/* Declares the end of the note: its rows are gone. Never in a set with the rows: keys come first. */
void seal_drop_erasure(struct rq *rq, const struct seal_erasure *erasure);

/* A log detail of the tenant (a login id that failed, an address) sealed under its key of the
 * day, as base64url text; empty when no key of today is there (a job makes tomorrow's today:
 * requests never write keys). */
str seal_for_log(struct rq *rq, const struct tenant *tenant, str detail);
/* Opens what was sealed so at that instant; *ret empty when the key of its day is gone. */
MUST_USE enum err seal_from_log(
    struct rq *rq, const struct tenant *tenant, int64_t instant, str sealed, str *ret);
/* Declares the write of the tenant's day key for the day that holds now_ms (a new tenant's
 * first, and the daily job's). */
MUST_USE enum err seal_new_day_key(struct rq *rq, const struct tenant *tenant, int64_t now_ms);

/* Declares the end of at most max day keys of days before that of before_ms, and how many: their
 * loose log details cannot be read any more. */
MUST_USE enum err seal_sweep_day_keys(
    struct rq *rq, int64_t before_ms, size_t max, size_t *ret_count);

/* The blind index of a normalised identity value under the tenant's index key (32 bytes on the
 * arena). */
bytes seal_blind(struct rq *rq, const struct tenant *tenant, str normalised);
