/* SPDX-License-Identifier: Apache-2.0 */
/* Token buckets by class and address. When the table is full every bucket is forgotten: a flood
 * from many addresses costs memory to no one, and the limits of connections and pools still
 * stand. */
#include "app/rate.h"

#include <pthread.h>

#include "base/map.h"
#include "base/mem.h"

enum { MAX_BUCKETS = 65536, KEY_MAX = 64 };

static const struct {
    int64_t per_second, burst;
} limits[RATE_COUNT] = {
    [RATE_FREE] = {0, 0},
    [RATE_PAGE] = {100, 500},
    [RATE_TOKEN] = {200, 1000},
    [RATE_LOGIN] = {20, 100},
    [RATE_API] = {1000, 5000},
};

struct bucket {
    int64_t left_milli, at_ms; /* thousandths of a request */
};

struct rate {
    pthread_mutex_t lock;
    struct map *buckets;
    struct rng *rng;
};

struct rate *
rate_new(struct rng *rng)
{
    struct rate *rate = MEM_NEW(struct rate);

    if (rate == NULL) {
        return NULL;
    }
    pthread_mutex_init(&rate->lock, NULL);
    rate->rng = rng;
    rate->buckets = map_new(MAX_BUCKETS, rng);
    if (rate->buckets == NULL) {
        rate_free(rate);
        return NULL;
    }
    return rate;
}

static bool
free_one(void *ctx, bytes key, void *value)
{
    (void)ctx;
    (void)key;
    mem_free(value);
    return true;
}

void
rate_free(struct rate *rate)
{
    if (rate == NULL) {
        return;
    }
    if (rate->buckets != NULL) {
        map_each(rate->buckets, free_one, NULL);
        map_free(rate->buckets);
    }
    pthread_mutex_destroy(&rate->lock);
    mem_free(rate);
}

/* One holder of an IPv6 network has 2^64 addresses: they count as one. */
static str
network_of(str peer)
{
    size_t colons = 0;

    for (size_t i = 0; i < peer.n; i++) {
        if (peer.p[i] == ':' && ++colons == 4) {
            return str_head(peer, i);
        }
    }
    return peer;
}

static struct bucket *
find(struct rate *rate, bytes key, int64_t burst, int64_t now)
{
    struct bucket *b = map_get(rate->buckets, key);
    struct map *fresh;

    if (b != NULL) {
        return b;
    }
    if (map_count(rate->buckets) >= MAX_BUCKETS) {
        fresh = map_new(MAX_BUCKETS, rate->rng);
        if (fresh == NULL) {
            return NULL;
        }
        map_each(rate->buckets, free_one, NULL);
        map_free(rate->buckets);
        rate->buckets = fresh;
    }
    b = MEM_NEW(struct bucket);
    if (b == NULL) {
        return NULL;
    }
    *b = (struct bucket){burst * 1000, now};
    if (!map_put(rate->buckets, key, b)) {
        mem_free(b);
        return NULL;
    }
    return b;
}

bool
rate_allows(struct rate *rate, enum route_rate klass, str peer, int64_t now)
{
    char text[KEY_MAX];
    str network = str_head(network_of(peer), KEY_MAX - 1);
    struct bucket *b;
    bool is_allowed = true;

    if (limits[klass].per_second == 0) {
        return true;
    }
    text[0] = (char)klass;
    memcpy(text + 1, network.n ? network.p : "", network.n);
    pthread_mutex_lock(&rate->lock);
    b = find(rate, (bytes){(const uint8_t *)text, network.n + 1}, limits[klass].burst, now);
    if (b != NULL) {
        b->left_milli = MIN(limits[klass].burst * 1000,
            b->left_milli + (now - b->at_ms) * limits[klass].per_second);
        b->at_ms = now;
        is_allowed = b->left_milli >= 1000;
        b->left_milli -= is_allowed ? 1000 : 0;
    }
    pthread_mutex_unlock(&rate->lock);
    return is_allowed;
}

int64_t
rate_per_second(enum route_rate klass, int64_t *ret_burst)
{
    *ret_burst = limits[klass].burst;
    return limits[klass].per_second;
}
