/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded hash map from bytes to pointers, keyed with SipHash so that chosen keys cannot
 * collide on purpose. Not thread-safe: its owner holds the lock. */
#pragma once
#include "base/str.h"

struct map;
struct rng;

/* Makes a map for at most max entries; NULL when memory is short. */
MUST_USE struct map *map_new(size_t max, struct rng *rng);
/* Frees the map and the copies of its keys, not the values. */
void map_free(struct map *map);
/* The value stored under key, or NULL. */
void *map_get(const struct map *map, bytes key);
/* Stores value (not NULL) under a copy of key, replacing what was there; false when full or out
 * of memory. */
MUST_USE bool map_put(struct map *map, bytes key, void *value);
/* Removes and returns the value stored under key, or NULL. */
void *map_take(struct map *map, bytes key);
size_t map_count(const struct map *map);
/* Calls visit for every entry until it returns false. The map must not change meanwhile. */
void map_each(const struct map *map, bool (*visit)(void *ctx, bytes key, void *value), void *ctx);
