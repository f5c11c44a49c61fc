/* SPDX-License-Identifier: Apache-2.0 */
/* The people of one token as a set, so that of two words only those are opened who have both (docs/decisions/0019). */
#pragma once
#include "base/id.h"

struct arena;
struct rng;

/* More are not worth gathering: opening those of the other word is cheaper. */
enum { API_FILTER_MAX = 32768 };

struct api_user_filter;
/* An empty set on the arena; NULL without memory. About a MB. */
struct api_user_filter *api_user_filter_new(struct arena *arena, struct rng *rng);
void api_user_filter_clear(struct api_user_filter *filter);
/* False when there are API_FILTER_MAX already. */
MUST_USE bool api_user_filter_add(struct api_user_filter *filter, struct uuid id);
bool api_user_filter_has(const struct api_user_filter *filter, struct uuid id);
