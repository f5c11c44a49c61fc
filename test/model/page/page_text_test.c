/* SPDX-License-Identifier: Apache-2.0 */
/* Catalogues: what is refused at the start, and what a text becomes. The source is included, so that the
 * tests can hand it catalogues of their own. */
#define UNIT page_text
#include "test/unit.h"

#include "model/page/page_text.c"

static str english, arabic;

str
page_file(str name)
{
    return str_eq(name, S("messages/en.properties")) ? english : arabic;
}

static bool
start(struct arena *a, const char *en, const char *ar, const char **ret_why)
{
    english = str_from(en);
    arabic = str_from(ar);
    *ret_why = "";
    return page_text_init(a, ret_why);
}

TEST(catalogues_that_differ_are_refused_with_the_key)
{
    /* clang-format off */
    static const struct { int line; const char *en, *ar, *why; } cases[] = {
        { __LINE__, "a = x\nb = y\n", "a = x\n", "messages/ar.properties: the key is missing: b" },
        { __LINE__, "a = x\nb = y\n", "b = x\n", "messages/ar.properties: the key is missing: a" },
        { __LINE__, "a = x\n", "a = x\nb = y", "messages/ar.properties: the key is in no other language: b" },
        { __LINE__, "a = {0} {1}\n", "a = {0}\n", "messages/ar.properties: has other placeholders: a" },
        { __LINE__, "a = x\na = y\n", "a = x\n", "messages/en.properties: the key is there twice: a" },
        { __LINE__, "a = x\n", "a = x\na = y\n", "messages/ar.properties: the key is in no other language: a" },
        { __LINE__, "a x\n", "", "messages/en.properties: not a \"key = text\": a x" },
        { __LINE__, "A = x\n", "", "messages/en.properties: not a \"key = text\": A = x" },
        { __LINE__, "= x\n", "", "messages/en.properties: not a \"key = text\": = x" },
        { __LINE__, "a = \n", "", "messages/en.properties: not a \"key = text\": a = " },
        { __LINE__, "a = {{b}}\n", "", "messages/en.properties: not a \"key = text\": a = {{b}}" },
        { __LINE__, "a = \xff\n", "", "messages/en.properties: not a \"key = text\": a = \xff" },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        const char *why;
        CHECK_AT(cases[i].line, !start(a, cases[i].en, cases[i].ar, &why));
        EXPECT_STR(str_from(why), str_from(cases[i].why));
    }
}

TEST(a_text_is_found_by_language_and_key)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    const char *why;

    REQUIRE(
        start(a, "# c\n\nb = two = 2 \na.c_1=one\nz = last", "z = l\na.c_1 = eins\nb = z", &why));
    EXPECT_STR(page_text(S("en"), S("b")), S("two = 2"));
    EXPECT_STR(page_text(S("en"), S("a.c_1")), S("one"));
    EXPECT_STR(page_text(S("en"), S("z")), S("last"));
    EXPECT_STR(page_text(S("ar"), S("a.c_1")), S("eins"));
    EXPECT_STR(page_text(S("de"), S("a.c_1")), S("one"));
    EXPECT_STR(page_text(S("en"), S("missing")), S("missing"));
    EXPECT_STR(page_text(S("en"), S("")), S(""));
}

TEST(placeholders_take_arguments_as_they_are)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    str args[] = {S("<b>"), S("{0}")};
    const char *why;

    REQUIRE(start(a, "a = {0} and {1}, {0}{2} { {x} {0", "a = {0}{1}{2}", &why));
    EXPECT_STR(page_text_fmt(a, S("en"), S("a"), args, 2), S("<b> and {0}, <b>{2} { {x} {0"));
    EXPECT_STR(page_text_fmt(a, S("ar"), S("a"), args, 1), S("<b>{1}{2}"));
    EXPECT_STR(page_text_fmt(a, S("en"), S("missing"), args, 2), S("missing"));
}

TEST(short_memory_is_said)
{
    AUTO(arena_end) struct arena *a = arena_new(64);
    const char *why;

    EXPECT(!start(a, "a = x\nb = y\nc = z\n", "a = x\nb = y\nc = z\n", &why));
    EXPECT(why[0] != 0);
}
