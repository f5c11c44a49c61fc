/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.c against RFC 3629, all code points and all pairs of first bytes. */
#define UNIT utf8
#include "test/unit.h"

#include "codec/utf8.h"

TEST(rfc3629_3_every_code_point_but_surrogates)
{
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        char text[4];
        bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
        size_t n = utf8_write(code, text);
        size_t want = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        bool ok = n == want && utf8_char_bytes((str){text, n}) == (is_surrogate ? 0 : n)
                  && utf8_is_valid((str){text, n}) == !is_surrogate;
        REQUIRE(ok);
        for (size_t cut = 0; cut < n; cut++) {
            REQUIRE(utf8_char_bytes((str){text, cut}) == 0);
        }
    }
}

/* Decodes by arithmetic, so that it shares nothing with the table of utf8.c. */
static bool
is_shortest_form(const uint8_t p[static 4], size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t code = p[0] & (0x7Fu >> n);

    for (size_t i = 1; i < n; i++) {
        if (p[i] >> 6 != 2) {
            return false;
        }
        code = code << 6 | (p[i] & 63);
    }
    return code >= least[n] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}

TEST(rfc3629_4_every_start_of_a_character)
{
    for (unsigned first = 0x80; first < 0x100; first++) {
        for (unsigned second = 0; second < 0x100; second++) {
            const uint8_t p[4] = {(uint8_t)first, (uint8_t)second, 0xBF, 0x80};
            size_t n = first < 0xC0   ? 0
                       : first < 0xE0 ? 2
                       : first < 0xF0 ? 3
                       : first < 0xF8 ? 4
                                      : 0;
            size_t want = n && is_shortest_form(p, n) ? n : 0;
            cr_expect(
                utf8_char_bytes((str){(const char *)p, 4}) == want, "%02X %02X", first, second);
        }
    }
}

TEST(a_bad_byte_is_found_at_every_place)
{
    char text[40];

    memset(text, 'a', sizeof text);
    EXPECT(utf8_is_valid(NO_STR) && utf8_is_valid((str){text, sizeof text}));
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)0x80;
        cr_expect(!utf8_is_valid((str){text, sizeof text}), "place %zu", i);
        text[i] = 'a';
    }
    EXPECT(utf8_is_valid(S("abcdefg\xc3\xa9"
                           "abcdefgh\xe2\x82\xac\xf0\x9f\x98\x80")));
    EXPECT(!utf8_is_valid(S("abcdefg\xc3\xa9"
                            "abcdefgh\xe2\x82")));
}
