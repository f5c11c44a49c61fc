/* SPDX-License-Identifier: Apache-2.0 */
/* Templates for one language: texts and asset paths become literal, wrong ones are refused by name. */
#define UNIT page_source
#include "test/unit.h"

#include "model/page/page_internal.h"

static str
expanded(struct arena *a, const char *source)
{
    const char *why = "";
    str out;

    REQUIRE(page_init(&why));
    return page_source_expand(a, 0, str_from(source), &out, &why) ? out : str_from(why);
}

TEST(texts_become_literal_and_arguments_tags)
{
    /* clang-format off */
    static const struct { int line; const char *source, *want; } cases[] = {
        { __LINE__, "<b>{{t.signin.title}}</b>", "<b>Sign in</b>" },
        { __LINE__, "{{t.signin.to application}}", "Sign in to continue to <bdi>{{application}}</bdi>" },
        { __LINE__, "{{t.signin.new >link}}", "New here? {{>link}}" },
        { __LINE__, "{{t.consent.heading a b}}", "<bdi>{{a}}</bdi> wants to use your <bdi>{{b}}</bdi> account" },
        { __LINE__, "{{name}} {{{raw}}} {{#a}}x{{/a}}{{! c }}", "{{name}} {{{raw}}} {{#a}}x{{/a}}{{! c }}" },
        { __LINE__, "  <a>\n\t<b>  \n</a>\n", "<a>\n<b>\n</a>" },
        { __LINE__, "\n\nx", "\n\nx" },
        { __LINE__, "", "" },
        { __LINE__, "{{t.no.such}}", "names a missing message: no.such" },
        { __LINE__, "{{t.}}", "names a missing message: " },
        { __LINE__, "{{t.signin.to}}", "arguments and placeholders differ: signin.to" },
        { __LINE__, "{{t.signin.title a}}", "arguments and placeholders differ: signin.title a" },
        { __LINE__, "{{t.signin.to a b}}", "arguments and placeholders differ: signin.to a b" },
        { __LINE__, "{{t.signin.to a b c d e}}", "too many arguments: signin.to a b c d e" },
        { __LINE__, "{{asset.none.css}}", "names a missing file: asset.none.css" },
        { __LINE__, "a {{open\n}}", "a tag is not closed on its line: {{open" },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        str got = expanded(a, cases[i].source);
        cr_expect(str_eq(got, str_from(cases[i].want)), "row of line %d: got \"" STRF "\"",
            cases[i].line, STRV(got));
    }
}

TEST(texts_are_escaped)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    str text;

    REQUIRE(expanded(a, "x").n && page_text_find(1, S("post.text"), &text));
    EXPECT_STR(expanded(a, "{{t.error.email}}"), S("Enter an address like name@example.com."));
    EXPECT(str_find_str(expanded(a, "{{asset.hosted.css}}"), S("/pages/hosted-")) == 0);
}

TEST(a_template_has_a_greatest_size)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(256));
    char *big = arena_alloc(a, KB(20));

    REQUIRE(big != NULL);
    memset(big, 'x', KB(20) - 1);
    EXPECT_STR(expanded(a, big), S("is too long"));
}

/* An asset is found by the path pages link to, and by no other. */
TEST(assets_are_found_by_their_path)
{
    const char *why = "";
    str type, body, path;

    REQUIRE(page_init(&why));
    path = page_asset_path(S("hosted.css"));
    REQUIRE(page_asset(path, &type, &body));
    EXPECT_STR(type, S("text/css; charset=utf-8"));
    EXPECT(str_starts(body, S("/* SPDX")) && str_find_str(body, S(":root{--brand:")) < body.n);
    REQUIRE(page_asset(page_asset_path(S("submit.js")), &type, &body));
    EXPECT_STR(type, S("text/javascript; charset=utf-8"));
    REQUIRE(page_asset(page_asset_path(S("icon.svg")), &type, &body));
    EXPECT_STR(type, S("image/svg+xml"));
    EXPECT(!page_asset(S("/pages/hosted.css"), &type, &body));
    EXPECT(!page_asset(S("/pages/hosted-000000000000.css"), &type, &body));
    EXPECT(!page_asset(S("/pages/signin.mustache"), &type, &body));
    EXPECT(!page_asset(NO_STR, &type, &body));
    EXPECT(page_asset_path(S("signin.mustache")).p == NULL);
}
