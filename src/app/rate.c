/* SPDX-License-Identifier: Apache-2.0 */
/* Token buckets by class and address. When the table is full every bucket is forgotten: a flood
 * from many addresses costs memory to no one, and the limits of connections and pools still
 * stand. */
#include "app/rate.h"

#include <arpa/inet.h>
#include <pthread.h>

#include "base/map.h"
#include "base/mem.h"

enum { MAX_BUCKETS = 65536, NETWORK_MAX = 63 };

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

/* One holder of an IPv6 network has 2^64 addresses: they count as one. By their numbers, for there are many ways to write one;
 * an IPv4 address that came as IPv6 is that IPv4 address. What is no address counts as itself. Returns how many bytes. */
static size_t
network_of(str peer, uint8_t ret[static NETWORK_MAX])
{
    char text[NETWORK_MAX + 1] = "";
    struct in6_addr address;
    size_t n = MIN(peer.n, NETWORK_MAX);

    memcpy(text, n ? peer.p : "", n);
    if (inet_pton(AF_INET, text, ret) == 1) {
        return 4;
    }
    if (inet_pton(AF_INET6, text, &address) == 1) {
        bool is_ipv4 = IN6_IS_ADDR_V4MAPPED(&address);
        n = is_ipv4 ? 4 : 8;
        memcpy(ret, address.s6_addr + (is_ipv4 ? 12 : 0), n);
        return n;
    }
    memcpy(ret, text, n);
    return n;
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
    uint8_t key[1 + NETWORK_MAX];
    struct bucket *b;
    bool is_allowed = true;
    size_t n;

    if (limits[klass].per_second == 0) {
        return true;
    }
    key[0] = (uint8_t)klass;
    n = 1 + network_of(peer, key + 1);
    pthread_mutex_lock(&rate->lock);
    b = find(rate, (bytes){key, n}, limits[klass].burst, now);
    if (b != NULL) {
        int64_t passed_ms = MAX(now - b->at_ms, 0); /* a clock may be set back */
        b->left_milli =
            MIN(limits[klass].burst * 1000, b->left_milli + passed_ms * limits[klass].per_second);
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
