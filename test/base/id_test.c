/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT id
#include "unit.h"

#include "base/id.h"

TEST(rfc9562_5_7_version_7_has_time_version_and_variant)
{
    struct unit_rng r = unit_rng_new(1);
    struct uuid id = uuid_make(0x017F22E279B0, &r.rng); /* the time of RFC 9562 A.6 */
    char text[UUID_TEXT];

    uuid_write(id, text);
    EXPECT_STR(((str){text, 15}), S("017f22e2-79b0-7"));
    EXPECT((id.b[8] & 0xc0) == 0x80);
    EXPECT(uuid_ms(id) == 0x017F22E279B0);
}

TEST(rfc9562_6_2_ids_of_one_time_grow)
{
    struct unit_rng r = unit_rng_new(1);
    struct uuid last = {{0}}, ends = uuid_make(0x017F22E279B0, &r.rng), next;

    for (int i = 0; i < 10000; i++) {
        next = uuid_next(last, 0x017F22E279B0, &r.rng);
        EXPECT(uuid_cmp(last, next) < 0);
        EXPECT(memcmp(&next, &ends, 6) == 0);
        EXPECT((next.b[6] & 0xf0) == 0x70 && (next.b[8] & 0xc0) == 0x80);
        last = next;
    }
    memset(ends.b + 8, 0xff, 8); /* nothing above it: a fresh one, of the same form */
    ends.b[8] = 0xbf;
    next = uuid_next(ends, 0x017F22E279B0, &r.rng);
    EXPECT(memcmp(&next, &ends, 6) == 0 && !uuid_eq(next, ends));
    EXPECT((next.b[6] & 0xf0) == 0x70 && (next.b[8] & 0xc0) == 0x80);
}

TEST(rfc9562_4_text_is_strict_and_round_trips)
{
    struct uuid id;

    EXPECT(uuid_parse(S("3c219e58-ed0e-4b18-ad48-f4f92793ae32"), &id));
    EXPECT(uuid_parse(S("3C219E58-ED0E-4B18-AD48-F4F92793AE32"), &id));
    EXPECT(!uuid_parse(S("3c219e58ed0e4b18ad48f4f92793ae32"), &id));
    EXPECT(!uuid_parse(S("3c219e58-ed0e-4b18-ad48-f4f92793ae3g"), &id));
    EXPECT(!uuid_parse(S("3c219e58-ed0e-4b18-ad48-f4f92793ae322"), &id));
    EXPECT(!uuid_parse(S("{3c219e58-ed0e-4b18-ad48-f4f92793ae3}"), &id));
}
