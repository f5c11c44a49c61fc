/* SPDX-License-Identifier: Apache-2.0 */
/* Requests per class and address (invariant 8): a token bucket each, in memory, bounded. */
#pragma once
#include "app/route.h"

struct rate;

/* Safe from any thread; NULL without memory. */
MUST_USE struct rate *rate_new(struct rng *rng);
void rate_free(struct rate *rate);
/* True if one more request of this class may come from this address now; steady_ms from
 * clock_steady_ms. IPv6 addresses count by /64. */
bool rate_allows(struct rate *rate, enum route_rate klass, str peer, int64_t steady_ms);
/* How many requests of the class an address may make a second, and at once after a pause; 0: any number. */
int64_t rate_per_second(enum route_rate klass, int64_t *ret_burst);
