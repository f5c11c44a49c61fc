/* SPDX-License-Identifier: Apache-2.0 */
/* Templates: what each tag prints, what is refused, and that every run ends. */
#define UNIT mustache
#include "test/unit.h"

#include "codec/mustache.h"

static str
no_partial(void *ctx, str name)
{
    (void)ctx;
    (void)name;
    return NO_STR;
}

/* Partials "row", "loop", "open" and the like, told apart by name. */
static str
some_partial(void *ctx, str name)
{
    /* clang-format off */
    static const struct { str name, source; } all[] = {
        { S_INIT("row"),   S_INIT("<{{name}}>") },
        { S_INIT("twice"), S_INIT("{{>row}}{{>row}}") },
        { S_INIT("empty"), S_INIT("") },
        { S_INIT("self"),  S_INIT("a{{>self}}") },
        { S_INIT("ping"),  S_INIT("{{>pong}}") },
        { S_INIT("pong"),  S_INIT("{{>ping}}") },
        { S_INIT("open"),  S_INIT("{{#name}}") },
        { S_INIT("close"), S_INIT("{{/name}}") },
    };
    /* clang-format on */
    (void)ctx;
    for (size_t i = 0; i < COUNT(all); i++) {
        if (str_eq(all[i].name, name)) {
            return all[i].source;
        }
    }
    return NO_STR;
}

/* Partial pN includes p(N-1) eight times: all of them would be 8^N tags. */
static str
many_partials(void *ctx, str name)
{
    struct arena *a = ctx;
    int64_t level;

    if (!str_starts(name, S("p")) || !str_i64(str_skip(name, 1), &level) || level == 0) {
        return S("");
    }
    str one = str_fmt(a, "{{>p%d}}", (int)level - 1);
    str eight[] = {one, one, one, one, one, one, one, one};
    return str_join(a, eight, COUNT(eight), NO_STR);
}

static struct view
sample(struct arena *a)
{
    struct view v;
    struct view_value *list, *item;

    REQUIRE(view_init(&v, a));
    view_text(&v, NULL, S("name"), S("Ada"));
    view_text(&v, NULL, S("evil"), S("<a href=\"x\">'&'"));
    view_text(&v, NULL, S("blank"), S(""));
    view_bool(&v, NULL, S("yes"), true);
    view_bool(&v, NULL, S("no"), false);
    list = view_list(&v, NULL, S("rows"));
    item = view_item(&v, list);
    view_text(&v, item, S("id"), S("1"));
    item = view_item(&v, list);
    view_text(&v, item, S("id"), S("2"));
    view_text(&v, item, S("name"), S("Bob"));
    list = view_list(&v, NULL, S("words"));
    view_item_text(&v, list, S("a"));
    view_item_text(&v, list, S("<b>"));
    (void)view_list(&v, NULL, S("none"));
    item = view_object(&v, NULL, S("user"));
    view_text(&v, item, S("email"), S("ada@example.com"));
    view_text(&v, view_object(&v, item, S("address")), S("city"), S("London"));
    return v;
}

static str
rendered(struct arena *a, const char *source, template_partial *partial, size_t max)
{
    const char *why = "";
    struct template *t = template_compile(a, str_from(source), partial, NULL, &why);
    struct view v = sample(a);
    struct buf buf;
    str out;

    if (t == NULL) {
        return str_fmt(a, "refused: %s", why);
    }
    buf_init(&buf, a, max);
    template_render(t, &v, &buf);
    return buf_done(&buf, &out) ? out : S("failed");
}

TEST(each_tag_prints_what_the_manual_says)
{
    /* clang-format off */
    static const struct { int line; const char *source, *want; } cases[] = {
        { __LINE__, "", "" },
        { __LINE__, "plain { } }} text", "plain { } }} text" },
        { __LINE__, "Hello {{name}}!", "Hello Ada!" },
        { __LINE__, "{{ name }}{{\tname\t}}", "AdaAda" },
        { __LINE__, "{{missing}}|{{blank}}|{{rows}}|{{user}}", "|||" },
        { __LINE__, "{{yes}} {{no}}", "true false" },
        { __LINE__, "{{evil}}", "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;" },
        { __LINE__, "{{{evil}}}", "<a href=\"x\">'&'" },
        { __LINE__, "{{{ name }}}}", "Ada}" },
        { __LINE__, "a{{! any {thing} # }}b", "ab" },
        { __LINE__, "{{#yes}}{{name}}{{/yes}}{{#no}}x{{/no}}", "Ada" },
        { __LINE__, "{{^yes}}x{{/yes}}{{^no}}y{{/no}}{{^missing}}z{{/missing}}{{^none}}n{{/none}}", "yzn" },
        { __LINE__, "{{#blank}}x{{/blank}}{{^blank}}b{{/blank}}{{#none}}x{{/none}}", "b" },
        { __LINE__, "{{#name}}[{{.}}]{{/name}}", "[Ada]" },
        { __LINE__, "{{#rows}}{{id}}:{{name}} {{/rows}}", "1:Ada 2:Bob " },
        { __LINE__, "{{#words}}{{.}},{{/words}}{{#words}}{{{.}}}{{/words}}", "a,&lt;b&gt;,a<b>" },
        { __LINE__, "{{#user}}{{email}} {{name}}{{/user}}", "ada@example.com Ada" },
        { __LINE__, "{{user.email}} {{user.address.city}} {{user.missing.city}}{{name.email}}", "ada@example.com London " },
        { __LINE__, "{{#rows}}{{#user.address}}{{city}}{{id}}{{/user.address}}{{/rows}}", "London1London2" },
        { __LINE__, "{{#rows}}{{#words}}{{.}}{{/words}}{{/rows}}", "a&lt;b&gt;a&lt;b&gt;" },
        { __LINE__, "{{>row}}{{>twice}}{{>empty}}", "<Ada><Ada><Ada>" },
        { __LINE__, "{{#rows}}{{>row}}{{/rows}}", "<Ada><Bob>" },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(MB(1));
        str got = rendered(a, cases[i].source, some_partial, KB(64));
        cr_expect(str_eq(got, str_from(cases[i].want)), "row of line %d: got \"" STRF "\"",
            cases[i].line, STRV(got));
    }
}

TEST(a_silent_tag_alone_on_its_line_takes_the_line_away)
{
    /* clang-format off */
    static const struct { int line; const char *source, *want; } cases[] = {
        { __LINE__, "a\n  {{#yes}}\n  b\n\t{{/yes}} \nc\n", "a\n  b\nc\n" },
        { __LINE__, "{{! c }}\r\nx", "x" },
        { __LINE__, "x\n{{! c }}", "x\n" },
        { __LINE__, "x {{! c }}\ny", "x \ny" },
        { __LINE__, "  {{name}}\n", "  Ada\n" },
        { __LINE__, "{{#yes}}a{{/yes}}\nb", "a\nb" },
        { __LINE__, "{{#yes}} {{/yes}}\nb", " \nb" },
        { __LINE__, " {{>row}}\n|", "<Ada>|" },
        { __LINE__, "{{!a}}\n{{!b}}\n{{!c}}\n", "" },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(MB(1));
        str got = rendered(a, cases[i].source, some_partial, KB(64));
        cr_expect(str_eq(got, str_from(cases[i].want)), "row of line %d: got \"" STRF "\"",
            cases[i].line, STRV(got));
    }
}

TEST(a_bad_template_is_refused_with_a_reason)
{
    /* clang-format off */
    static const struct { int line; const char *source, *why; } cases[] = {
        { __LINE__, "{{name", "a tag is not closed" },
        { __LINE__, "{{{name}}", "a tag is not closed" },
        { __LINE__, "{{", "a tag is not closed" },
        { __LINE__, "{{}}", "a tag has no valid name" },
        { __LINE__, "{{a b}}", "a tag has no valid name" },
        { __LINE__, "{{.a}}", "a tag has no valid name" },
        { __LINE__, "{{a..b}}", "a tag has no valid name" },
        { __LINE__, "{{a.}}", "a tag has no valid name" },
        { __LINE__, "{{&name}}", "a tag has no valid name" },
        { __LINE__, "{{=<% %>=}}", "a tag has no valid name" },
        { __LINE__, "{{#yes}}", "a section is not closed" },
        { __LINE__, "{{/yes}}", "a section is closed that was not open" },
        { __LINE__, "{{#yes}}{{#no}}{{/yes}}{{/no}}", "a section is closed that was not the innermost" },
        { __LINE__, "{{>gone}}", "a partial is missing" },
        { __LINE__, "{{>self}}", "a partial includes itself" },
        { __LINE__, "{{>ping}}", "a partial includes itself" },
        { __LINE__, "{{>open}}{{>close}}", "a section is not closed" },
        { __LINE__, "{{#name}}{{>close}}", "a section is closed that was not open" },
        { __LINE__, "{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}{{#a}}",
            "sections are nested too deep" },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(MB(1));
        str got = rendered(a, cases[i].source, some_partial, KB(64));
        str want = str_fmt(a, "refused: %s", cases[i].why);
        cr_expect(str_eq(got, want), "row of line %d: got \"" STRF "\"", cases[i].line, STRV(got));
    }
}

TEST(a_name_may_have_64_characters)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    char source[80] = "{{";

    memset(source + 2, 'n', 65);
    memcpy(source + 66, "}}", 3);
    EXPECT_STR(rendered(a, source, no_partial, KB(1)), S(""));
    memcpy(source + 66, "n}}", 4);
    EXPECT_STR(rendered(a, source, no_partial, KB(1)), S("refused: a tag has no valid name"));
}

TEST(partials_that_multiply_are_refused)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(64));
    const char *why = "";

    REQUIRE(template_compile(a, S("{{>p3}}"), many_partials, a, &why) != NULL);
    REQUIRE(template_compile(a, S("{{>p15}}"), many_partials, a, &why) == NULL);
    EXPECT_STR(str_from(why), S("too many tags"));
    REQUIRE(template_compile(a, S("{{>p40}}"), many_partials, a, &why) == NULL);
    EXPECT_STR(str_from(why), S("partials are nested too deep"));
}

TEST(output_beyond_the_maximum_fails_whole)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));

    EXPECT_STR(rendered(a, "{{name}}{{name}}", no_partial, 6), S("AdaAda"));
    EXPECT_STR(rendered(a, "{{name}}{{name}}", no_partial, 5), S("failed"));
    EXPECT_STR(rendered(a, "{{evil}}", no_partial, 20), S("failed"));
}

/* A list met again inside its own items would print nothing, 20^15 times. */
TEST(a_list_inside_itself_ends)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    const char *why = "";
    struct view v;
    struct buf buf;
    str out, source = NO_STR;

    for (int i = 0; i < 15; i++) {
        source = str_fmt(a, "{{#l}}" STRF "{{/l}}", STRV(source));
    }
    struct template *t = template_compile(a, source, no_partial, NULL, &why);
    REQUIRE(t != NULL && view_init(&v, a));
    struct view_value *list = view_list(&v, NULL, S("l"));
    for (int i = 0; i < 20; i++) {
        view_text(&v, view_item(&v, list), S("x"), S("y"));
    }
    buf_init(&buf, a, KB(1));
    template_render(t, &v, &buf);
    EXPECT(!buf_done(&buf, &out));
}

TEST(the_newest_value_of_a_name_is_shown)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    struct view v = sample(a);
    const char *why = "";
    struct template *t = template_compile(a, S("{{name}}{{#yes}}x{{/yes}}"), NULL, NULL, &why);
    struct buf buf;
    str out = NO_STR;

    REQUIRE(t != NULL);
    view_text(&v, NULL, S("name"), S("Grace"));
    view_bool(&v, NULL, S("yes"), false);
    buf_init(&buf, a, KB(1));
    template_render(t, &v, &buf);
    REQUIRE(buf_done(&buf, &out));
    EXPECT_STR(out, S("Grace"));
}

TEST(short_memory_fails_the_arena_and_nothing_else)
{
    for (size_t max = 16; max < 4096; max += 48) {
        AUTO(arena_end) struct arena *a = arena_new(max);
        struct view v;
        const char *why = "";
        bool is_ready = view_init(&v, a);
        struct view_value *list = view_list(&v, NULL, S("rows"));
        for (int i = 0; i < 8; i++) {
            view_text(&v, view_item(&v, list), S("id"), S("1"));
            view_item_text(&v, view_list(&v, NULL, S("words")), S("a"));
            view_bool(&v, view_object(&v, NULL, S("o")), S("b"), true);
        }
        EXPECT(is_ready || arena_failed(a));
        struct template *t =
            template_compile(a, S("{{#rows}}{{id}}{{/rows}}{{^a}}b{{/a}}"), NULL, NULL, &why);
        EXPECT(t != NULL || arena_failed(a));
        EXPECT(t == NULL || str_eq(str_from(why), S("")));
    }
}

TEST(escaping_leaves_other_bytes_as_they_are)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    struct buf buf;
    str out = NO_STR;
    char all[256];

    for (size_t i = 0; i < sizeof all; i++) {
        all[i] = (char)i;
    }
    buf_init(&buf, a, KB(4));
    html_escape(&buf, (str){all, sizeof all});
    REQUIRE(buf_done(&buf, &out));
    EXPECT(out.n == 256 + 4 + 3 + 3 + 5 + 4);
    EXPECT(memchr(out.p, '<', out.n) == NULL && memchr(out.p, '"', out.n) == NULL);
    EXPECT(memchr(out.p, 0, out.n) != NULL && memchr(out.p, 255, out.n) != NULL);
}
