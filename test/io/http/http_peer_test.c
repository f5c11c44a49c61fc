/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses as keys and text, and how many connections each may hold. */
#define UNIT http_peer
#include "io/http/http_internal.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "crypto/hash.h"
#include "test/unit.h"

struct name {
    uint8_t key[16];
    char text[HTTP_PEER_TEXT];
};

static struct name
name_of(const char *address)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)&storage;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)&storage;
    struct name n = {0};

    if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
    } else {
        REQUIRE(inet_pton(AF_INET6, address, &six->sin6_addr) == 1);
        six->sin6_family = AF_INET6;
    }
    EXPECT(http_peer_name(&storage, n.key, n.text) == strlen(n.text));
    return n;
}

TEST(who_counts_as_the_same_peer)
{
    static const struct {
        int line;
        const char *a, *b, *text_of_b;
        bool is_same;
    } rows[] = {
        {__LINE__, "192.0.2.1", "192.0.2.1", "192.0.2.1", true},
        {__LINE__, "192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1", true},
        {__LINE__, "192.0.2.1", "192.0.2.2", "192.0.2.2", false},
        {__LINE__, "2001:db8::1", "2001:db8::ffff:1", "2001:db8::ffff:1", true},
        {__LINE__, "2001:db8::1", "2001:db8:0:1::1", "2001:db8:0:1::1", false},
        {__LINE__, "::1", "127.0.0.1", "127.0.0.1", false},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct name a = name_of(rows[i].a), b = name_of(rows[i].b);
        CHECK_AT(rows[i].line,
            str_eq(bytes_str(BYTES_OF(a.key)), bytes_str(BYTES_OF(b.key))) == rows[i].is_same);
        CHECK_AT(rows[i].line, str_eq(str_from(b.text), str_from(rows[i].text_of_b)));
    }
}

TEST(both_caps_hold_and_leaving_makes_room)
{
    struct http_peers *peers;
    struct name a = name_of("192.0.2.1"), b = name_of("192.0.2.2"), c = name_of("192.0.2.3");

    REQUIRE(crypto_init());
    peers = http_peers_new(3, 2);
    REQUIRE(peers != NULL);
    EXPECT(http_peers_enter(peers, a.key));
    EXPECT(http_peers_enter(peers, a.key));
    EXPECT(!http_peers_enter(peers, a.key));
    EXPECT(http_peers_enter(peers, b.key));
    EXPECT(!http_peers_enter(peers, c.key));
    EXPECT(http_peers_count(peers) == 3);
    http_peers_leave(peers, a.key);
    EXPECT(http_peers_enter(peers, c.key));
    http_peers_leave(peers, a.key);
    http_peers_leave(peers, b.key);
    http_peers_leave(peers, c.key);
    EXPECT(http_peers_count(peers) == 0);
    EXPECT(http_peers_enter(peers, b.key));
    EXPECT(http_peers_enter(peers, b.key));
    http_peers_free(peers);
    http_peers_free(NULL);
}
