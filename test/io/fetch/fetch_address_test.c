/* SPDX-License-Identifier: Apache-2.0 */
/* OA-60: which addresses an outgoing request may reach. */
#define UNIT fetch_address
#include "../../unit.h"
#include "io/fetch/fetch_internal.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/un.h>

/* clang-format off */
static const struct {
    int line;
    str address;
    bool is_private;
} addresses[] = {
    /* public */
    {__LINE__, S_INIT("1.1.1.1"), false},
    {__LINE__, S_INIT("8.8.8.8"), false},
    {__LINE__, S_INIT("9.255.255.255"), false},
    {__LINE__, S_INIT("11.0.0.0"), false},
    {__LINE__, S_INIT("93.184.216.34"), false},
    {__LINE__, S_INIT("100.63.255.255"), false},
    {__LINE__, S_INIT("100.128.0.0"), false},
    {__LINE__, S_INIT("126.255.255.255"), false},
    {__LINE__, S_INIT("128.0.0.0"), false},
    {__LINE__, S_INIT("168.63.129.15"), false},
    {__LINE__, S_INIT("169.253.255.255"), false},
    {__LINE__, S_INIT("169.255.0.0"), false},
    {__LINE__, S_INIT("172.15.255.255"), false},
    {__LINE__, S_INIT("172.32.0.0"), false},
    {__LINE__, S_INIT("192.0.1.0"), false},
    {__LINE__, S_INIT("192.167.255.255"), false},
    {__LINE__, S_INIT("192.169.0.0"), false},
    {__LINE__, S_INIT("198.17.255.255"), false},
    {__LINE__, S_INIT("198.20.0.0"), false},
    {__LINE__, S_INIT("223.255.255.255"), false},
    {__LINE__, S_INIT("2606:4700:4700::1111"), false},
    {__LINE__, S_INIT("2001:4860:4860::8888"), false},
    {__LINE__, S_INIT("2001:200::1"), false},
    {__LINE__, S_INIT("2000::1"), false},
    {__LINE__, S_INIT("2003::1"), false},
    {__LINE__, S_INIT("3ffe:ffff::1"), false},
    /* this machine and network */
    {__LINE__, S_INIT("0.0.0.0"), true},
    {__LINE__, S_INIT("0.1.2.3"), true},
    {__LINE__, S_INIT("127.0.0.1"), true},
    {__LINE__, S_INIT("127.255.255.254"), true},
    {__LINE__, S_INIT("::"), true},
    {__LINE__, S_INIT("::1"), true},
    /* private */
    {__LINE__, S_INIT("10.0.0.0"), true},
    {__LINE__, S_INIT("10.255.255.255"), true},
    {__LINE__, S_INIT("172.16.0.0"), true},
    {__LINE__, S_INIT("172.31.255.255"), true},
    {__LINE__, S_INIT("192.168.0.0"), true},
    {__LINE__, S_INIT("192.168.255.255"), true},
    {__LINE__, S_INIT("100.64.0.0"), true},
    {__LINE__, S_INIT("100.127.255.255"), true},
    {__LINE__, S_INIT("fc00::"), true},
    {__LINE__, S_INIT("fdff:ffff::1"), true},
    {__LINE__, S_INIT("fec0::1"), true},
    /* link-local, metadata of the clouds */
    {__LINE__, S_INIT("169.254.0.0"), true},
    {__LINE__, S_INIT("169.254.169.254"), true},
    {__LINE__, S_INIT("169.254.255.255"), true},
    {__LINE__, S_INIT("168.63.129.16"), true},
    {__LINE__, S_INIT("100.100.100.200"), true},
    {__LINE__, S_INIT("192.0.0.192"), true},
    {__LINE__, S_INIT("fd00:ec2::254"), true},
    {__LINE__, S_INIT("fe80::1"), true},
    {__LINE__, S_INIT("febf::1"), true},
    /* multicast, broadcast, reserved */
    {__LINE__, S_INIT("224.0.0.1"), true},
    {__LINE__, S_INIT("239.255.255.255"), true},
    {__LINE__, S_INIT("240.0.0.1"), true},
    {__LINE__, S_INIT("255.255.255.255"), true},
    {__LINE__, S_INIT("ff02::1"), true},
    {__LINE__, S_INIT("ffff::1"), true},
    {__LINE__, S_INIT("100::1"), true},
    {__LINE__, S_INIT("4000::1"), true},
    {__LINE__, S_INIT("1fff:ffff::1"), true},
    /* documentation, benchmarks, protocol assignments */
    {__LINE__, S_INIT("192.0.0.8"), true},
    {__LINE__, S_INIT("192.0.2.1"), true},
    {__LINE__, S_INIT("198.51.100.1"), true},
    {__LINE__, S_INIT("203.0.113.255"), true},
    {__LINE__, S_INIT("198.18.0.0"), true},
    {__LINE__, S_INIT("198.19.255.255"), true},
    {__LINE__, S_INIT("192.88.99.1"), true},
    {__LINE__, S_INIT("2001:db8::1"), true},
    {__LINE__, S_INIT("2001:2::1"), true},
    {__LINE__, S_INIT("2001:1ff::1"), true},
    {__LINE__, S_INIT("3fff::1"), true},
    {__LINE__, S_INIT("3fff:fff::1"), true},
    /* IPv4 in IPv6: mapped, compatible, NAT64, 6to4, Teredo, ISATAP */
    {__LINE__, S_INIT("::ffff:10.0.0.1"), true},
    {__LINE__, S_INIT("::ffff:8.8.8.8"), true},
    {__LINE__, S_INIT("::ffff:7f00:1"), true},
    {__LINE__, S_INIT("::7f00:1"), true},
    {__LINE__, S_INIT("64:ff9b::7f00:1"), true},
    {__LINE__, S_INIT("64:ff9b::10.0.0.1"), true},
    {__LINE__, S_INIT("64:ff9b:1::1"), true},
    {__LINE__, S_INIT("2002:7f00:1::"), true},
    {__LINE__, S_INIT("2002:a00:1::1"), true},
    {__LINE__, S_INIT("2001:0:7f00:1::1"), true},
    {__LINE__, S_INIT("fe80::5efe:10.0.0.1"), true},
    /* no literal address: refused, not guessed */
    {__LINE__, S_INIT(""), true},
    {__LINE__, S_INIT("localhost"), true},
    {__LINE__, S_INIT("example.com"), true},
    {__LINE__, S_INIT("8.8.8"), true},
    {__LINE__, S_INIT("8.8.8.8 "), true},
    {__LINE__, S_INIT("8.8.8.8\0"), true},
    {__LINE__, S_INIT("134744072"), true},
    {__LINE__, S_INIT("0x08080808"), true},
    {__LINE__, S_INIT("010.8.8.8"), true},
    {__LINE__, S_INIT("[2606:4700::1]"), true},
    {__LINE__, S_INIT("fe80::1%eth0"), true},
    {__LINE__, S_INIT("2606:4700:4700:0000:0000:0000:0000:1111:1111:1111"), true},
};
/* clang-format on */

TEST(oa_60_only_public_unicast_addresses_may_be_reached)
{
    for (size_t i = 0; i < COUNT(addresses); i++) {
        CHECK_AT(
            addresses[i].line, fetch_is_private(addresses[i].address) == addresses[i].is_private);
    }
}

/* Any spelling a resolver takes for an address becomes the same socket address. */
TEST(oa_60_spellings_are_judged_by_what_they_resolve_to)
{
    static const struct {
        int line;
        const char *spelling;
        bool is_refused;
    } cases[] = {
        {__LINE__, "2130706433", true}, /* 127.0.0.1 */
        {__LINE__, "0x7f000001", true},
        {__LINE__, "0177.0.0.1", true},
        {__LINE__, "127.1", true},
        {__LINE__, "0", true},
        {__LINE__, "2852039166", true}, /* 169.254.169.254 */
        {__LINE__, "0xa9.0xfe.0xa9.0xfe", true},
        {__LINE__, "::ffff:127.0.0.1", true},
        {__LINE__, "0:0:0:0:0:0:0:1", true},
        {__LINE__, "134744072", false}, /* 8.8.8.8 */
        {__LINE__, "8.526344", false},
    };
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found;

    for (size_t i = 0; i < COUNT(cases); i++) {
        REQUIRE(getaddrinfo(cases[i].spelling, NULL, &hints, &found) == 0);
        CHECK_AT(cases[i].line, fetch_address_is_refused(found->ai_addr) == cases[i].is_refused);
        freeaddrinfo(found);
    }
}

TEST(oa_60_other_families_are_refused)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/run/some.sock"};

    EXPECT(fetch_address_is_refused((const struct sockaddr *)(const void *)&local));
}
