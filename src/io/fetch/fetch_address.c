/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses an outgoing request may reach: what IANA's special-purpose registries (RFC 6890) call globally
 * reachable unicast, and of that not the few below that lead inside.
 *
 * IPv6 is refused by default: only 2000::/3 is public, so IPv4-mapped, NAT64 (RFC 6052), ULA and all to come are
 * out. Deviation: the handful of global anycast addresses within 192.0.0.0/24 and 2001::/23 are refused too. */
#include "io/fetch/fetch_internal.h"

#include <arpa/inet.h>
#include <netinet/in.h>

struct range {
    uint8_t prefix[16];
    int bits;
};

/* clang-format off */
static const struct range refused_v4[] = {
    {{0}, 8},                   /* this network, 0.0.0.0: RFC 1122 s3.2.1.3 */
    {{10}, 8},                  /* private: RFC 1918 */
    {{100, 64}, 10},            /* carrier-grade NAT: RFC 6598 */
    {{127}, 8},                 /* loopback: RFC 1122 s3.2.1.3 */
    {{168, 63, 129, 16}, 32},   /* the host of an Azure machine: its metadata */
    {{169, 254}, 16},           /* link-local, and with it the clouds' metadata: RFC 3927 */
    {{172, 16}, 12},            /* private: RFC 1918 */
    {{192, 0, 0}, 24},          /* protocol assignments: RFC 6890 */
    {{192, 0, 2}, 24},          /* documentation: RFC 5737 */
    {{192, 88, 99}, 24},        /* 6to4 relays: RFC 7526 */
    {{192, 168}, 16},           /* private: RFC 1918 */
    {{198, 18}, 15},            /* benchmarks: RFC 2544 */
    {{198, 51, 100}, 24},       /* documentation: RFC 5737 */
    {{203, 0, 113}, 24},        /* documentation: RFC 5737 */
    {{224}, 4},                 /* multicast: RFC 5771 */
    {{240}, 4},                 /* reserved, broadcast: RFC 1112 s4 */
};
static const struct range public_v6 = {{0x20}, 3};      /* global unicast: RFC 4291 s2.4 */
static const struct range refused_v6[] = {              /* within it */
    {{0x20, 0x01, 0x00}, 23},               /* protocol assignments, Teredo: RFC 2928, RFC 4380 */
    {{0x20, 0x01, 0x0d, 0xb8}, 32},         /* documentation: RFC 3849 */
    {{0x20, 0x02}, 16},                     /* 6to4, whatever IPv4 address it wraps: RFC 3056 */
    {{0x3f, 0xff, 0x00}, 20},               /* documentation: RFC 9637 */
};
/* clang-format on */

static bool
is_within(const uint8_t *address, const struct range *range)
{
    int whole = range->bits / 8, rest = range->bits % 8;
    uint8_t mask = (uint8_t)(0xff00 >> rest);

    for (int i = 0; i < whole; i++) {
        if (address[i] != range->prefix[i]) {
            return false;
        }
    }
    return rest == 0 || (address[whole] & mask) == range->prefix[whole];
}

static bool
is_in_any(const uint8_t *address, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_within(address, &ranges[i])) {
            return true;
        }
    }
    return false;
}

static bool
is_refused_v4(const struct in_addr *address)
{
    uint8_t b[4];

    memcpy(b, address, sizeof b);
    return is_in_any(b, refused_v4, COUNT(refused_v4));
}

static bool
is_refused_v6(const struct in6_addr *address)
{
    return !is_within(address->s6_addr, &public_v6)
           || is_in_any(address->s6_addr, refused_v6, COUNT(refused_v6));
}

bool
fetch_address_is_refused(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    switch (address->sa_family) {
    case AF_INET:
        memcpy(&v4, address, sizeof v4);
        return is_refused_v4(&v4.sin_addr);
    case AF_INET6:
        memcpy(&v6, address, sizeof v6);
        return is_refused_v6(&v6.sin6_addr);
    default:
        return true;
    }
}

bool
fetch_is_private(str address)
{
    char text[INET6_ADDRSTRLEN + 1];
    struct in_addr v4;
    struct in6_addr v6;

    if (address.n == 0 || address.n >= sizeof text || memchr(address.p, 0, address.n) != NULL) {
        return true;
    }
    memcpy(text, address.p, address.n);
    text[address.n] = 0;
    if (inet_pton(AF_INET, text, &v4) == 1) {
        return is_refused_v4(&v4);
    }
    /* What is no literal address is refused: the caller has to resolve it first. */
    return inet_pton(AF_INET6, text, &v6) != 1 || is_refused_v6(&v6);
}
