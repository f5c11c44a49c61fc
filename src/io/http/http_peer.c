/* SPDX-License-Identifier: Apache-2.0 */
/* How many connections an address holds, over all loops: one table under a lock, touched when a
 * connection comes and when it goes. An IPv6 client owns a /64, so that is what is counted. */
#include "io/http/http_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypto/random.h"

enum { NETWORK_BYTES = 8 };

struct http_peers {
    pthread_mutex_t lock;
    struct map *counts; /* key -> the count itself, as a pointer */
    size_t count, max, max_per_peer;
};

struct http_peers *
http_peers_new(size_t max, size_t max_per_peer)
{
    struct http_peers *peers = MEM_NEW(struct http_peers);

    if (peers == NULL) {
        return NULL;
    }
    peers->counts = map_new(max, random_system());
    if (peers->counts == NULL) {
        mem_free(peers);
        return NULL;
    }
    pthread_mutex_init(&peers->lock, NULL);
    peers->max = max;
    peers->max_per_peer = max_per_peer;
    return peers;
}

void
http_peers_free(struct http_peers *peers)
{
    if (peers == NULL) {
        return;
    }
    pthread_mutex_destroy(&peers->lock);
    map_free(peers->counts);
    mem_free(peers);
}

bool
http_peers_enter(struct http_peers *peers, const uint8_t key[static HTTP_PEER_KEY])
{
    bytes k = {key, HTTP_PEER_KEY};
    size_t held;
    bool is_in;

    pthread_mutex_lock(&peers->lock);
    held = (size_t)(uintptr_t)map_get(peers->counts, k);
    is_in = peers->count < peers->max && held < peers->max_per_peer
            && map_put(peers->counts, k, (void *)(uintptr_t)(held + 1));
    peers->count += is_in;
    pthread_mutex_unlock(&peers->lock);
    return is_in;
}

void
http_peers_leave(struct http_peers *peers, const uint8_t key[static HTTP_PEER_KEY])
{
    bytes k = {key, HTTP_PEER_KEY};
    size_t held;

    pthread_mutex_lock(&peers->lock);
    held = (size_t)(uintptr_t)map_get(peers->counts, k);
    CHECK(held > 0);
    if (held == 1) {
        (void)map_take(peers->counts, k);
    } else {
        /* Replacing what is there needs no memory, so it cannot fail. */
        CHECK(map_put(peers->counts, k, (void *)(uintptr_t)(held - 1)));
    }
    peers->count--;
    pthread_mutex_unlock(&peers->lock);
}

size_t
http_peers_count(struct http_peers *peers)
{
    size_t count;

    pthread_mutex_lock(&peers->lock);
    count = peers->count;
    pthread_mutex_unlock(&peers->lock);
    return count;
}

/* An IPv4 address keeps its mapped form ::ffff:a.b.c.d as key and loses it as text. */
size_t
http_peer_name(const struct sockaddr_storage *address, uint8_t ret_key[static HTTP_PEER_KEY],
    char ret_text[static HTTP_PEER_TEXT])
{
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)address;
    const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)address;
    struct in6_addr ip = IN6ADDR_ANY_INIT;

    if (address->ss_family == AF_INET) {
        ip.s6_addr[10] = ip.s6_addr[11] = 0xff;
        memcpy(ip.s6_addr + 12, &four->sin_addr, sizeof four->sin_addr);
    } else {
        ip = six->sin6_addr;
    }
    memset(ret_key, 0, HTTP_PEER_KEY);
    if (IN6_IS_ADDR_V4MAPPED(&ip)) {
        memcpy(ret_key, ip.s6_addr, HTTP_PEER_KEY);
        inet_ntop(AF_INET, ip.s6_addr + 12, ret_text, HTTP_PEER_TEXT);
    } else {
        memcpy(ret_key, ip.s6_addr, NETWORK_BYTES);
        inet_ntop(AF_INET6, &ip, ret_text, HTTP_PEER_TEXT);
    }
    return strlen(ret_text);
}
