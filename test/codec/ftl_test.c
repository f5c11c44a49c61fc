/* SPDX-License-Identifier: Apache-2.0 */
/* ftl.c: what is read, as it renders in the end, and what is refused. */
#define UNIT ftl
#include "test/unit.h"

#include "base/arena.h"
#include "codec/ftl.h"
#include "codec/mustache.h"

/* user.firstName <Ada>, user.verified true, items one and two, each with a name; words a and b. */
static void
fill(struct view *view)
{
    struct view_value *user = view_object(view, NULL, S("user"));
    struct view_value *items = view_list(view, NULL, S("items"));
    struct view_value *words = view_list(view, NULL, S("words"));

    view_text(view, user, S("firstName"), S("<Ada>"));
    view_bool(view, user, S("verified"), true);
    view_bool(view, user, S("active"), false);
    view_text(view, view_item(view, items), S("name"), S("one"));
    view_text(view, view_item(view, items), S("name"), S("two"));
    view_item_text(view, words, S("a"));
    view_item_text(view, words, S("b"));
}

static bool
render(struct arena *arena, str source, bool is_html, str *ret)
{
    const char *why;
    struct template *template;
    struct view view;
    struct buf buf;
    str translated;

    REQUIRE(view_init(&view, arena));
    fill(&view);
    if (!ftl_translate(arena, source, is_html, &translated, &why)) {
        return false;
    }
    template = template_compile(arena, translated, NULL, NULL, &why);
    if (template == NULL) {
        return false;
    }
    buf_init(&buf, arena, KB(16));
    template_render(template, &view, &buf);
    return buf_done(&buf, ret);
}

static const struct {
    int line;
    const char *source, *html, *text; /* html NULL: refused */
} cases[] = {
    /* clang-format off */
    { __LINE__, "plain [x] <b> $5 { }",                       "plain [x] <b> $5 { }", "plain [x] <b> $5 { }" },
    { __LINE__, "Hi ${user.firstName}",                       "Hi &lt;Ada&gt;", "Hi <Ada>" },
    { __LINE__, "Hi {{user.firstName}}",                      "Hi &lt;Ada&gt;", "Hi <Ada>" },
    { __LINE__, "Hi {{{user.firstName}}}",                    "Hi <Ada>", "Hi <Ada>" },
    { __LINE__, "Hi ${user.firstName?no_esc}",                "Hi <Ada>", "Hi <Ada>" },
    { __LINE__, "Hi ${(user.lastName)!'you'}",                "Hi you", "Hi you" },
    { __LINE__, "Hi ${user.lastName!}|${user.nick!\"\"}",     "Hi |", "Hi |" },
    { __LINE__, "[#if user.verified]yes[#else]no[/#if]",      "yes", "yes" },
    { __LINE__, "<#if user.active>yes<#else/>no</#if>",       "no", "no" },
    { __LINE__, "[#if !user.active]a[/#if][#if user.x??]b[/#if]", "a", "a" },
    { __LINE__, "[#if !user.verified]a[#else]b[/#if]",        "b", "b" },
    { __LINE__, "[#if user.x??]a[#elseif user.verified]b[#else]c[/#if]", "b", "b" },
    { __LINE__, "[#if (user.firstName)?has_content]a[/#if]",  "a", "a" },
    { __LINE__, "[#list items as item]${item.name},[/#list]", "one,two,", "one,two," },
    { __LINE__, "[#list words as w]${w}[#if user.verified]![/#if][/#list]", "a!b!", "a!b!" },
    { __LINE__, "[#ftl/][#-- a note --][#setting x=\"y\"]z",  "z", "z" },
    { __LINE__, "[#assign x = 1]",                            NULL, NULL },
    { __LINE__, "${a + b}",                                   NULL, NULL },
    { __LINE__, "${a?url}",                                   NULL, NULL },
    { __LINE__, "${a",                                        NULL, NULL },
    { __LINE__, "[#if a]",                                    NULL, NULL },
    { __LINE__, "[#if a && b]x[/#if]",                        NULL, NULL },
    { __LINE__, "[/#if]",                                     NULL, NULL },
    { __LINE__, "[#if a][/#list]",                            NULL, NULL },
    { __LINE__, "[#else]",                                    NULL, NULL },
    { __LINE__, "[#list a]x[/#list]",                         NULL, NULL },
    { __LINE__, "[#-- never",                                 NULL, NULL },
    { __LINE__, "${a!'{{b}}'}",                               NULL, NULL },
    { __LINE__, "[#list a as x][#list b as y]${x.z}[/#list][/#list]", NULL, NULL },
    /* clang-format on */
};

TEST(values_conditions_and_lists_are_read_the_rest_is_refused)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(MB(1));
        str html = NO_STR, text = NO_STR;
        bool is_read = render(a, str_from(cases[i].source), true, &html);

        CHECK_AT(cases[i].line, is_read == (cases[i].html != NULL));
        CHECK_AT(cases[i].line, render(a, str_from(cases[i].source), false, &text) == is_read);
        if (is_read && cases[i].html != NULL) {
            CHECK_AT(cases[i].line, str_eq(html, str_from(cases[i].html)));
            CHECK_AT(cases[i].line, str_eq(text, str_from(cases[i].text)));
        }
    }
}

TEST(nesting_is_bounded)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    const char *why = NULL;
    struct buf buf;
    str source, out;

    buf_init(&buf, a, KB(16));
    for (int i = 0; i < 40; i++) {
        buf_lit(&buf, "[#if a]");
    }
    REQUIRE(buf_done(&buf, &source));
    EXPECT(!ftl_translate(a, source, true, &out, &why));
    EXPECT(why != NULL);
}
