/* SPDX-License-Identifier: Apache-2.0 */
/* Connections per address, over all loops. Safe from any thread. */
#pragma once
#include "base/base.h"

enum { HTTP_PEER_TEXT = 48, HTTP_PEER_KEY = 16 };

struct http_peers;
struct sockaddr_storage;

/* At most max connections in all and max_per_peer of an address; NULL without memory. */
MUST_USE struct http_peers *http_peers_new(size_t max, size_t max_per_peer);
void http_peers_free(struct http_peers *peers);
/* Counts a connection in; false when the address or the server has too many. */
MUST_USE bool http_peers_enter(struct http_peers *peers, const uint8_t key[static HTTP_PEER_KEY]);
void http_peers_leave(struct http_peers *peers, const uint8_t key[static HTTP_PEER_KEY]);
size_t http_peers_count(struct http_peers *peers);
/* The key (an IPv6 network of 64 bits, or an IPv4 address) and the text of an address. */
size_t http_peer_name(const struct sockaddr_storage *address, uint8_t ret_key[static HTTP_PEER_KEY],
    char ret_text[static HTTP_PEER_TEXT]);
