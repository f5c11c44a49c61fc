/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT str
#include "unit.h"

TEST(integers_are_read_strictly)
{
    static const struct {
        int line;
        const char *text;
        bool ok;
        int64_t value;
    } cases[] = {
        {__LINE__, "0", true, 0},
        {__LINE__, "-0", true, 0},
        {__LINE__, "9223372036854775807", true, INT64_MAX},
        {__LINE__, "9223372036854775808", false, 0},
        {__LINE__, "-9223372036854775808", true, INT64_MIN},
        {__LINE__, "-9223372036854775809", false, 0},
        {__LINE__, "", false, 0},
        {__LINE__, "-", false, 0},
        {__LINE__, "+1", false, 0},
        {__LINE__, " 1", false, 0},
        {__LINE__, "1x", false, 0},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t got = 0;
        CHECK_AT(cases[i].line, str_i64(str_from(cases[i].text), &got) == cases[i].ok);
        CHECK_AT(cases[i].line, got == cases[i].value);
    }
}

TEST(cutting_gives_every_part_also_the_empty_ones)
{
    str rest = S("a,,b,"), part;
    const char *want[] = {"a", "", "b", ""};
    size_t n = 0;

    while (str_cut(&rest, ',', &part)) {
        REQUIRE(n < COUNT(want));
        EXPECT_STR(part, str_from(want[n]));
        n++;
    }
    EXPECT(n == 4);
}

TEST(an_inner_nul_never_reaches_a_foreign_library)
{
    struct arena *a = arena_new(KB(4));

    EXPECT(str_z(a, (str){"a\0b", 3}) == NULL);
    EXPECT(strcmp(str_z(a, S("ab")), "ab") == 0);
    arena_free(a);
}

TEST(words_match_whole_or_not_at_all)
{
    EXPECT(str_has_word(S("openid email"), S("email")));
    EXPECT(!str_has_word(S("openid emails"), S("email")));
    EXPECT(!str_has_word(S(""), S("")));
    EXPECT(str_ieq(S("BeArEr"), S("bearer")));
    EXPECT(str_starts(S("abc"), S("ab")) && !str_starts(S("a"), S("ab")));
    EXPECT(str_ends(S("abc"), S("bc")) && !str_ends(S("c"), S("bc")));
}

TEST(fmt_writes_what_printf_would)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(16));
    const char *volatile none = NULL; /* so that no compiler knows */

    EXPECT_STR(str_fmt(a, "plain"), S("plain"));
    EXPECT_STR(str_fmt(a, "%s", ""), S(""));
    EXPECT_STR(str_fmt(a, "%s/" STRF "!", "ab", STRV(S("cde"))), S("ab/cde!"));
    EXPECT_STR(str_fmt(a, STRF STRF, STRV(S("x")), STRV(NO_STR)), S("x"));
    EXPECT_STR(str_fmt(a, "[%.*s]", 5, "a\0b"), S("[a]")); /* a text ends at its NUL */
    EXPECT_STR(str_fmt(a, "[%.*s]", 0, none), S("[]"));
    EXPECT_STR(str_fmt(a, "%s=%d%%", "n", -7), S("n=-7%"));
    EXPECT_STR(str_fmt(a, "%s %lld %02x", "much", 1LL << 40, 10u), S("much 1099511627776 0a"));
    EXPECT(str_fmt(a, "%s", "end").p[3] == '\0');
    EXPECT(str_fmt(a, "%20000s", "").p == NULL && arena_failed(a));
}
