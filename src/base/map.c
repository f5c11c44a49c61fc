/* SPDX-License-Identifier: Apache-2.0 */
/* A chained hash map under SipHash-2-4. */
#include "base/map.h"

#include <stdlib.h>

#include "base/rng.h"

struct entry {
    struct entry *next;
    uint64_t hash;
    void *value;
    size_t key_n;
    uint8_t key[];
};

struct map {
    struct entry **slots;
    size_t slot_count, count, max; /* slot_count is a power of two */
    uint64_t k0, k1;
};

static uint64_t
rotl(uint64_t x, int b)
{
    return x << b | x >> (64 - b);
}

static void
sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotl(v[1], 13) ^ v[0];
    v[3] = rotl(v[3], 16) ^ v[2];
    v[0] = rotl(v[0], 32) + v[3];
    v[2] += v[1];
    v[3] = rotl(v[3], 21) ^ v[0];
    v[1] = rotl(v[1], 17) ^ v[2];
    v[2] = rotl(v[2], 32);
}

/* SipHash-2-4 (Aumasson and Bernstein, 2012). */
static uint64_t
sip_hash(uint64_t k0, uint64_t k1, bytes key)
{
    uint64_t v[4] = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
        k1 ^ 0x7465646279746573};
    uint64_t word = 0;
    size_t i = 0;

    for (; i + 8 <= key.n; i += 8) {
        memcpy(&word, key.p + i, 8);
        v[3] ^= word;
        sip_round(v);
        sip_round(v);
        v[0] ^= word;
    }
    word = (uint64_t)key.n << 56;
    for (size_t j = 0; i + j < key.n; j++) {
        word |= (uint64_t)key.p[i + j] << (8 * j);
    }
    v[3] ^= word;
    sip_round(v);
    sip_round(v);
    v[0] ^= word;
    v[2] ^= 0xff;
    for (int r = 0; r < 4; r++) {
        sip_round(v);
    }
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct map *
map_new(size_t max, struct rng *rng)
{
    struct map *map = calloc(1, sizeof *map);

    if (map == NULL) {
        return NULL;
    }
    map->slot_count = 64;
    map->slots = calloc(map->slot_count, sizeof *map->slots);
    if (map->slots == NULL) {
        free(map);
        return NULL;
    }
    map->max = max;
    rng_fill(rng, &map->k0, sizeof map->k0);
    rng_fill(rng, &map->k1, sizeof map->k1);
    return map;
}

void
map_free(struct map *map)
{
    if (map == NULL) {
        return;
    }
    for (size_t i = 0; i < map->slot_count; i++) {
        while (map->slots[i] != NULL) {
            struct entry *e = map->slots[i];
            map->slots[i] = e->next;
            free(e);
        }
    }
    free(map->slots);
    free(map);
}

/* The link that points to the entry of key, or the NULL link where it would be. */
static struct entry **
find(const struct map *map, bytes key, uint64_t hash)
{
    struct entry **link = &map->slots[hash & (map->slot_count - 1)];

    while (*link != NULL
           && ((*link)->hash != hash
               || !str_eq((str){(char *)(*link)->key, (*link)->key_n}, bytes_str(key)))) {
        link = &(*link)->next;
    }
    return link;
}

void *
map_get(const struct map *map, bytes key)
{
    struct entry *e = *find(map, key, sip_hash(map->k0, map->k1, key));

    return e ? e->value : NULL;
}

static void
grow(struct map *map)
{
    size_t count = map->slot_count * 2;
    struct entry **slots = calloc(count, sizeof *slots);

    if (slots == NULL) {
        return; /* longer chains until memory is back */
    }
    for (size_t i = 0; i < map->slot_count; i++) {
        while (map->slots[i] != NULL) {
            struct entry *e = map->slots[i];
            map->slots[i] = e->next;
            e->next = slots[e->hash & (count - 1)];
            slots[e->hash & (count - 1)] = e;
        }
    }
    free(map->slots);
    map->slots = slots;
    map->slot_count = count;
}

bool
map_put(struct map *map, bytes key, void *value)
{
    uint64_t hash = sip_hash(map->k0, map->k1, key);
    struct entry **link = find(map, key, hash);
    struct entry *e;

    CHECK(value != NULL);
    if (*link != NULL) {
        (*link)->value = value;
        return true;
    }
    if (map->count >= map->max) {
        return false;
    }
    e = malloc(sizeof *e + key.n);
    if (e == NULL) {
        return false;
    }
    *e = (struct entry){NULL, hash, value, key.n};
    memcpy(e->key, key.p, key.n);
    *link = e;
    if (++map->count > map->slot_count) {
        grow(map);
    }
    return true;
}

void *
map_take(struct map *map, bytes key)
{
    struct entry **link = find(map, key, sip_hash(map->k0, map->k1, key));
    struct entry *e = *link;
    void *value;

    if (e == NULL) {
        return NULL;
    }
    value = e->value;
    *link = e->next;
    free(e);
    map->count--;
    return value;
}

size_t
map_count(const struct map *map)
{
    return map->count;
}

void
map_each(const struct map *map, bool (*visit)(void *ctx, bytes key, void *value), void *ctx)
{
    for (size_t i = 0; i < map->slot_count; i++) {
        for (struct entry *e = map->slots[i]; e != NULL; e = e->next) {
            if (!visit(ctx, (bytes){e->key, e->key_n}, e->value)) {
                return;
            }
        }
    }
}
