/* SPDX-License-Identifier: Apache-2.0 */
/* Failed sign-ins, counted in memory per tenant, login id and block of addresses, because anonymous
 * traffic never writes. Bounded: when full, the oldest counts go. A node forgets on restart; that is
 * the price of not letting strangers write. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "model/tenant/tenant_protect.h"

struct lockouts;
struct rng;
struct rq;
struct tenant;

/* Counts of max login ids and addresses at once; NULL without memory. */
MUST_USE struct lockouts *lockouts_new(size_t max, struct rng *rng);
void lockouts_free(struct lockouts *lockouts);
/* True while so many attempts for this normalised login id failed that the tenant's policy refuses
 * more; known and unknown ids alike (invariant 10). *ret_wait_s says for how long. */
bool lockout_holds(struct rq *rq, const struct tenant *tenant, str normalised, int64_t *ret_wait_s);
/* Notes a failure / a success (which forgets the failures seen from the same addresses). */
void lockout_note_failure(struct rq *rq, const struct tenant *tenant, str normalised);
void lockout_note_success(struct rq *rq, const struct tenant *tenant, str normalised);
/* Forgets all failures for a login id, wherever they came from, and its lock: who it is was proven another way. */
void lockout_forgive(struct rq *rq, const struct tenant *tenant, str normalised);
/* Notes a wrong guess at something of a person who was proven already, under a name of its own: it counts the
 * same from everywhere. */
void lockout_note_guess(struct rq *rq, const struct tenant *tenant, str name);

/* A tenant's rateLimitConfiguration: so many in a period of one kind for whoever it is about, whatever was asked from where; the
 * first opens the period. lockout_rate_take counts one more (once a request, however often it is run) and is ERR_TOO_MANY, with
 * Retry-After, when it is one too many; lockout_rate_look counts nothing; lockout_rate_note only counts. */
MUST_USE enum err lockout_rate_take(
    struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who);
MUST_USE enum err lockout_rate_look(
    struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who);
void lockout_rate_note(struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who);
/* The same for a limit of ours, one thing a request: what the database cannot tell yet of requests that come at once. */
bool lockout_lets_pass(
    struct rq *rq, const struct tenant *tenant, str name, int64_t limit, int64_t period_s);
