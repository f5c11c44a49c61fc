/* SPDX-License-Identifier: Apache-2.0 */
/* base64.c against RFC 4648 and RFC 7515. */
#define UNIT base64
#include "test/unit.h"

#include "codec/base64.h"

static const struct {
    int line;
    str plain, text;
} vectors[] = {
    /* clang-format off */
    { __LINE__, S_INIT(""), S_INIT("") },            { __LINE__, S_INIT("f"), S_INIT("Zg==") },
    { __LINE__, S_INIT("fo"), S_INIT("Zm8=") },      { __LINE__, S_INIT("foo"), S_INIT("Zm9v") },
    { __LINE__, S_INIT("foob"), S_INIT("Zm9vYg==") }, { __LINE__, S_INIT("fooba"), S_INIT("Zm9vYmE=") },
    { __LINE__, S_INIT("foobar"), S_INIT("Zm9vYmFy") },
    /* clang-format on */
};

TEST(rfc4648_10_vectors)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        bytes out;
        str unpadded = str_head(vectors[i].text, str_find(vectors[i].text, '='));
        CHECK_AT(
            vectors[i].line, str_eq(base64_text(a, str_bytes(vectors[i].plain)), vectors[i].text));
        CHECK_AT(vectors[i].line, str_eq(base64url_text(a, str_bytes(vectors[i].plain)), unpadded));
        CHECK_AT(vectors[i].line,
            base64_decode(a, vectors[i].text, &out) && str_eq(bytes_str(out), vectors[i].plain));
        CHECK_AT(vectors[i].line,
            base64url_decode(a, unpadded, &out) && str_eq(bytes_str(out), vectors[i].plain));
    }
}

/* RFC 7515 C: the example whose text has both letters of the other alphabet. */
TEST(rfc7515_c_url_alphabet)
{
    static const uint8_t plain[] = {3, 236, 255, 224, 193};
    AUTO(arena_end) struct arena *a = arena_new(KB(64));

    EXPECT_STR(base64url_text(a, BYTES_OF(plain)), S("A-z_4ME"));
    EXPECT_STR(base64_text(a, BYTES_OF(plain)), S("A+z/4ME="));
}

TEST(rfc4648_3_one_text_for_each_byte_string)
{
    enum { URL = 1, STD = 2 };
    /* clang-format off */
    static const struct { int line; str text; int good; } cases[] = {
        { __LINE__, S_INIT("Zm9v"), URL | STD },  { __LINE__, S_INIT("Zg"), URL },      { __LINE__, S_INIT("Zg=="), STD },
        { __LINE__, S_INIT("Zm8"), URL },         { __LINE__, S_INIT("Zm8="), STD },    { __LINE__, S_INIT("-_-_"), URL },
        { __LINE__, S_INIT("+/+/"), STD },        { __LINE__, S_INIT("-/-/"), 0 },      { __LINE__, S_INIT("Z"), 0 },
        { __LINE__, S_INIT("Zm9vY"), 0 },         { __LINE__, S_INIT("Zg="), 0 },       { __LINE__, S_INIT("Zg==="), 0 },
        { __LINE__, S_INIT("Zm8=="), 0 },         { __LINE__, S_INIT("Zm9v="), 0 },     { __LINE__, S_INIT("Zm9v===="), 0 },
        { __LINE__, S_INIT("===="), 0 },          { __LINE__, S_INIT("="), 0 },         { __LINE__, S_INIT("Z==="), 0 },
        { __LINE__, S_INIT("Zh"), 0 },            { __LINE__, S_INIT("Zh=="), 0 },      { __LINE__, S_INIT("Zm9"), 0 },
        { __LINE__, S_INIT("Zm9="), 0 },          { __LINE__, S_INIT("Zg==Zg=="), 0 },  { __LINE__, S_INIT("Z=g="), 0 },
        { __LINE__, S_INIT(" Zm9v"), 0 },         { __LINE__, S_INIT("Zm9v\n"), 0 },    { __LINE__, S_INIT("Zm\n9v"), 0 },
        { __LINE__, S_INIT("Zm 9v"), 0 },         { __LINE__, S_INIT("Zm9v\0"), 0 },    { __LINE__, S_INIT("Zm9\xc3"), 0 },
        { __LINE__, S_INIT("Zm9."), 0 },          { __LINE__, S_INIT("%5A%6"), 0 },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        bytes out = {NULL, 77};
        CHECK_AT(
            cases[i].line, base64url_decode(a, cases[i].text, &out) == !!(cases[i].good & URL));
        CHECK_AT(cases[i].line, base64_decode(a, cases[i].text, &out) == !!(cases[i].good & STD));
        CHECK_AT(cases[i].line, (out.n == 77) == (cases[i].good == 0));
    }
}

/* All texts of two and three characters: those accepted are exactly those that encoding makes. */
TEST(rfc4648_3_5_spare_bits_are_zero)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(64));
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t two = 0, three = 0;

    for (size_t i = 0; i < 64 * 64 * 64; i++) {
        const char text[] = {alphabet[i & 63], alphabet[i >> 6 & 63], alphabet[i >> 12]};
        bytes out;
        two += i < 64 * 64 && base64url_decode(a, (str){text, 2}, &out);
        three += base64url_decode(a, (str){text, 3}, &out);
        if (i % 4096 == 0) {
            arena_reset(a);
        }
    }
    EXPECT(two == 256);
    EXPECT(three == 65536);
}

TEST(all_lengths_survive)
{
    for (size_t n = 0; n < 200; n++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct unit_rng rng = unit_rng_new(n);
        uint8_t plain[200];
        bytes out;
        rng_fill(&rng.rng, plain, n);
        str url = base64url_text(a, (bytes){plain, n}), std = base64_text(a, (bytes){plain, n});
        cr_expect(url.n == (n * 4 + 2) / 3 && std.n == (n + 2) / 3 * 4, "%zu", n);
        cr_expect(base64url_decode(a, url, &out) && str_eq(bytes_str(out), (str){(char *)plain, n}),
            "%zu", n);
        cr_expect(base64_decode(a, std, &out) && str_eq(bytes_str(out), (str){(char *)plain, n}),
            "%zu", n);
    }
}

TEST(a_full_buffer_gets_nothing)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    struct buf buf;
    str text;

    buf_init(&buf, a, 8);
    base64_encode(&buf, str_bytes(S("foo")));
    base64url_encode(&buf, str_bytes(S("fo")));
    EXPECT(buf_done(&buf, &text));
    EXPECT_STR(text, S("Zm9vZm8"));
    base64_encode(&buf, str_bytes(S("f")));
    EXPECT(!buf_done(&buf, &text) && buf.n == 7);
}

TEST(an_arena_that_fails_gives_nothing)
{
    AUTO(arena_end) struct arena *a = arena_new(64);
    uint8_t plain[300] = {0};
    bytes out;

    EXPECT(base64url_text(a, BYTES_OF(plain)).n == 0 && arena_failed(a));
    EXPECT(!base64url_decode(a, S("AAAA"), &out));
}
