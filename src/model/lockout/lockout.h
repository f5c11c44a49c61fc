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
/* Notes a failure / a success (which forgets the failures seen from the same addresses). user_id: whose login id it is; nil:
 * nobody's. */
void lockout_note_failure(
    struct rq *rq, const struct tenant *tenant, str normalised, struct uuid user_id);
void lockout_note_success(
    struct rq *rq, const struct tenant *tenant, str normalised, struct uuid user_id);
/* Forgets all failures of a person, wherever they came from, and their locks: here at once, on other nodes with the commit. */
void lockout_forgive(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
/* What another node's lockout_forgive says; false when the notice is about something else. */
bool lockouts_hear(struct lockouts *lockouts, str notice);
/* How long a lock is for. */
int64_t lockout_ms(const struct failed_login_config *config);

/* Who failed as often as the tenant's policy allows, from wherever, and has to have its user action: who guesses waits for no
 * write, so that the time of an answer does not tell who exists. */
struct lockout_due {
    struct uuid tenant_id, user_id;
    int64_t instant; /* of the failure that was one too many */
    int tries;
};
/* The one that waits longest; false when none does. */
MUST_USE bool lockout_due_take(struct lockouts *lockouts, struct lockout_due *ret);
/* Back to the others, for a later try. Without room, or when the same person waits already, it is dropped. */
void lockout_due_put(struct lockouts *lockouts, const struct lockout_due *due);
size_t lockout_due_count(struct lockouts *lockouts);
/* Notes a wrong guess at something of a person who was proven already, under a name of its own: it counts the
 * same from everywhere. */
void lockout_note_guess(struct rq *rq, const struct tenant *tenant, str name);

/* A tenant's rateLimitConfiguration: so many in a period of one kind for whoever it is about, whatever was asked from where; the
 * first opens the period. lockout_rate_take counts one more (once a request, however often it is run) and is ERR_TOO_MANY, with
 * Retry-After, when it is one too many; lockout_rate_passes is the same for who is not to be told; lockout_rate_look counts
 * nothing; lockout_rate_note only counts. */
MUST_USE enum err lockout_rate_take(
    struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who);
MUST_USE bool lockout_rate_passes(
    struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who);
MUST_USE enum err lockout_rate_look(
    struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who);
void lockout_rate_note(struct rq *rq, const struct tenant *tenant, enum tenant_rate rate, str who);
/* The same for a limit of ours, one thing a request: what the database cannot tell yet of requests that come at once. */
bool lockout_lets_pass(
    struct rq *rq, const struct tenant *tenant, str name, int64_t limit, int64_t period_s);
