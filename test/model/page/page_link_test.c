/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: which become links, what language links lead to, what a form may lead to. */
#define UNIT page_link
#include "test/unit.h"

#include "model/page/page_internal.h"

static struct page
started(struct arena *a)
{
    struct page p;
    const char *why = "";

    REQUIRE(page_init(&why) && page_start(&p, a, PAGE_ERROR, S("en")));
    return p;
}

/* The newest value of the page. */
static str
newest(const struct page *p, str name)
{
    return str_eq(p->view.root->first->name, name) ? p->view.root->first->text : NO_STR;
}

TEST(only_web_and_local_addresses_become_links)
{
    /* clang-format off */
    static const struct { int line; const char *url; bool ok; } cases[] = {
        { __LINE__, "https://a.example/b?c=d#e", true }, { __LINE__, "http://localhost:9011", true },
        { __LINE__, "HTTPS://A.example/", true },        { __LINE__, "/oauth2/register?client_id=1", true },
        { __LINE__, "/", true },                         { __LINE__, "", false },
        { __LINE__, "javascript:alert(1)", false },      { __LINE__, "JavaScript:alert(1)", false },
        { __LINE__, " javascript:alert(1)", false },     { __LINE__, "data:text/html,x", false },
        { __LINE__, "//evil.example", false },           { __LINE__, "/\\evil.example", false },
        { __LINE__, "/\t/evil.example", false },         { __LINE__, "/a\nb", false },
        { __LINE__, "vbscript:x", false },               { __LINE__, "app:/x", false },
        { __LINE__, "relative", false },                 { __LINE__, "https://a b/", false },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct page p = started(a);
        page_url(&p, NULL, S("url"), str_from(cases[i].url));
        CHECK_AT(
            cases[i].line, str_eq(newest(&p, S("url")), str_from(cases[i].ok ? cases[i].url : "")));
    }
}

TEST(language_links_keep_the_query)
{
    /* clang-format off */
    static const struct { int line; const char *path, *query, *want; } cases[] = {
        { __LINE__, "/a", "", "/a?" },
        { __LINE__, "/a", "b=c&d=e", "/a?b=c&d=e&" },
        { __LINE__, "/a", "lang=ar&b=c&lang&langs=1", "/a?b=c&langs=1&" },
        { __LINE__, "/a", "&&b=%26", "/a?b=%26&" },
        { __LINE__, "//evil", "b=c", "" },
        { __LINE__, "*", "", "" },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct page p = started(a);
        page_self(&p, str_from(cases[i].path), str_from(cases[i].query));
        cr_expect(str_eq(newest(&p, S("lang_base")), str_from(cases[i].want)),
            "row of line %d: got \"" STRF "\"", cases[i].line, STRV(newest(&p, S("lang_base"))));
    }
}

TEST(csp3_2_3_1_the_source_of_a_redirect_uri)
{
    /* clang-format off */
    static const struct { int line; const char *uri, *want; } cases[] = {
        { __LINE__, "https://app.example.com/cb?x=y", "https://app.example.com" },
        { __LINE__, "https://app.example.com:8443/", "https://app.example.com:8443" },
        { __LINE__, "http://127.0.0.1:51004/cb", "http://127.0.0.1:51004" },
        { __LINE__, "http://localhost/cb", "http://localhost" },
        { __LINE__, "http://[::1]:51004/cb", "http:" },
        { __LINE__, "com.example.app:/cb", "com.example.app:" },
        { __LINE__, "https://a;script-src/cb", "" },
        { __LINE__, "https://a,b/cb", "" },
        { __LINE__, "https://a'b/cb", "" },
        { __LINE__, "not a uri", "" },
        { __LINE__, "", "" },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        str got = page_form_action(a, str_from(cases[i].uri));
        cr_expect(str_eq(got, str_from(cases[i].want)), "row of line %d: got \"" STRF "\"",
            cases[i].line, STRV(got));
    }
}
