/* SPDX-License-Identifier: Apache-2.0 */
/* base32.c against RFC 4648. */
#define UNIT base32
#include "test/unit.h"

#include "base/arena.h"
#include "codec/base32.h"

static const struct {
    int line;
    str plain, text;
} vectors[] = {
    /* clang-format off */
    { __LINE__, S_INIT(""), S_INIT("") },               { __LINE__, S_INIT("f"), S_INIT("MY======") },
    { __LINE__, S_INIT("fo"), S_INIT("MZXQ====") },     { __LINE__, S_INIT("foo"), S_INIT("MZXW6===") },
    { __LINE__, S_INIT("foob"), S_INIT("MZXW6YQ=") },   { __LINE__, S_INIT("fooba"), S_INIT("MZXW6YTB") },
    { __LINE__, S_INIT("foobar"), S_INIT("MZXW6YTBOI======") },
    /* clang-format on */
};

TEST(rfc4648_10_vectors_with_padding_and_without)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        str unpadded = str_head(vectors[i].text, str_find(vectors[i].text, '='));
        bytes out;
        CHECK_AT(vectors[i].line, str_eq(base32_text(a, str_bytes(vectors[i].plain)), unpadded));
        CHECK_AT(vectors[i].line,
            base32_decode(a, vectors[i].text, &out) && str_eq(bytes_str(out), vectors[i].plain));
        CHECK_AT(vectors[i].line,
            base32_decode(a, unpadded, &out) && str_eq(bytes_str(out), vectors[i].plain));
    }
}

TEST(either_case_is_read_and_every_digit_has_its_value)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    static const uint8_t all[] = {0x00, 0x44, 0x32, 0x14, 0xc7, 0x42, 0x54, 0xb6, 0x35, 0xcf, 0x84,
        0x65, 0x3a, 0x56, 0xd7, 0xc6, 0x75, 0xbe, 0x77, 0xdf};
    bytes out;

    EXPECT(base32_decode(a, S("abcdefghijklmnopqrstuvwxyz234567"), &out));
    EXPECT(str_eq(bytes_str(out), bytes_str(BYTES_OF(all))));
    EXPECT_STR(base32_text(a, BYTES_OF(all)), S("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
}

TEST(rfc4648_3_one_text_for_each_byte_string)
{
    /* clang-format off */
    static const struct { int line; str text; bool good; } cases[] = {
        { __LINE__, S_INIT("MY"), true },         { __LINE__, S_INIT("MZ"), false },        { __LINE__, S_INIT("M"), false },
        { __LINE__, S_INIT("MZX"), false },       { __LINE__, S_INIT("MZXQ"), true },       { __LINE__, S_INIT("MZXR"), false },
        { __LINE__, S_INIT("MY="), false },       { __LINE__, S_INIT("MY======="), false }, { __LINE__, S_INIT("========"), false },
        { __LINE__, S_INIT("MZXW6Y"), false },    { __LINE__, S_INIT("MY1"), false },       { __LINE__, S_INIT("MY0"), false },
        { __LINE__, S_INIT("M Y"), false },       { __LINE__, S_INIT("MY\n"), false },      { __LINE__, S_INIT("MY==MY=="), false },
        { __LINE__, S_INIT("M8"), false },        { __LINE__, S_INIT("MZXW6YTBMY======"), true },
    };
    /* clang-format on */

    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        bytes out = str_bytes(S("kept"));
        CHECK_AT(cases[i].line, base32_decode(a, cases[i].text, &out) == cases[i].good);
        CHECK_AT(cases[i].line, cases[i].good || str_eq(bytes_str(out), S("kept")));
    }
}

TEST(random_bytes_come_back)
{
    uint8_t data[40];

    for (size_t n = 0; n <= sizeof data; n++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        bytes out;
        for (size_t i = 0; i < n; i++) {
            data[i] = (uint8_t)(i * 167 + n * 31);
        }
        EXPECT(base32_decode(a, base32_text(a, (bytes){data, n}), &out));
        EXPECT(str_eq(bytes_str(out), (str){(const char *)data, n}));
    }
}
