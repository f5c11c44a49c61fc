/* SPDX-License-Identifier: Apache-2.0 */
/* Pages: every one in every language is well-formed, lets no value out of its place, and carries its headers. */
#define UNIT page
#include "test/unit.h"

#include "model/page/page_internal.h"
#include "test/model/page/page_sample.h"

enum { MAX_OPEN = 64 };

static const str langs[] = {S_INIT("en"), S_INIT("ar")};

static str
header(const struct http_answer *answer, str name)
{
    str found = NO_STR;

    for (size_t i = 0; i < answer->header_count; i++) {
        if (str_eq(answer->headers[i].name, name)) {
            REQUIRE(found.p == NULL);
            found = answer->headers[i].value;
        }
    }
    return found;
}

static bool
has(str text, str part)
{
    return str_find_str(text, part) < text.n;
}

static bool
is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

static str
take_name(str *in)
{
    size_t n = 0;

    while (n < in->n && is_name_char(in->p[n])) {
        n++;
    }
    str name = str_head(*in, n);
    *in = str_skip(*in, n);
    return name;
}

/* attributes = *( SP name [ "=" DQUOTE *(%x20-21 / %x23-3B / %x3D-7E) DQUOTE ] ) ; no name twice */
static bool
take_attributes(str *in)
{
    str seen[32];
    size_t count = 0;

    while (str_starts(*in, S(" "))) {
        *in = str_skip(*in, 1);
        str name = take_name(in);
        for (size_t i = 0; i < count; i++) {
            if (str_eq(seen[i], name)) {
                return false;
            }
        }
        if (name.n == 0 || count == COUNT(seen)) {
            return false;
        }
        seen[count++] = name;
        if (str_starts(*in, S("=\""))) {
            size_t end = str_find(str_skip(*in, 2), '"');
            if (memchr(in->p + 2, '<', end) != NULL) {
                return false;
            }
            *in = str_skip(*in, end + 3);
        }
    }
    return true;
}

static bool
is_void(str name, bool in_svg)
{
    static const str voids[] = {S_INIT("meta"), S_INIT("link"), S_INIT("input")};

    for (size_t i = 0; i < COUNT(voids); i++) {
        if (str_eq(voids[i], name)) {
            return true;
        }
    }
    return in_svg;
}

struct nesting {
    str open[MAX_OPEN];
    size_t count;
};

/* One tag, of which the "<" is gone. */
static bool
take_tag(str *in, struct nesting *n)
{
    bool is_end = str_starts(*in, S("/"));
    str name;

    *in = str_skip(*in, is_end);
    name = take_name(in);
    if (name.n == 0) {
        return false;
    }
    if (is_end) {
        bool is_inner =
            n->count > 0 && str_eq(n->open[--n->count], name) && str_starts(*in, S(">"));
        *in = str_skip(*in, 1);
        return is_inner;
    }
    if (!take_attributes(in)) {
        return false;
    }
    bool is_closed = str_starts(*in, S("/>"));
    *in = str_skip(*in, is_closed);
    if (!str_starts(*in, S(">")) || n->count == MAX_OPEN) {
        return false;
    }
    *in = str_skip(*in, 1);
    if (!is_void(name, is_closed)) {
        n->open[n->count++] = name;
    }
    return true;
}

/* What a page has to be for a strict reader: tags balanced, attributes quoted, ">" nowhere else. */
static bool
is_well_formed(str html, str *ret_rest)
{
    struct nesting n = {.count = 0};

    *ret_rest = html;
    if (!str_starts(html, S("<!doctype html>\n"))) {
        return false;
    }
    html = str_skip(html, S("<!doctype html>").n);
    while (html.n) {
        size_t at = str_find(html, '<');
        *ret_rest = html;
        if (memchr(html.p, '>', at) != NULL || memchr(html.p, '"', at) != NULL) {
            return false;
        }
        html = str_skip(html, at);
        if (html.n == 0) {
            break;
        }
        html = str_skip(html, 1);
        if (!take_tag(&html, &n)) {
            return false;
        }
    }
    return n.count == 0;
}

static size_t
count_tags(str html)
{
    size_t n = 0;

    for (size_t i = 0; i < html.n; i++) {
        n += html.p[i] == '<';
    }
    return n;
}

/* Runs check for every page, language and state, with value in the place of every value. */
static void
for_each_page(
    str value, void (*check)(const struct page_sample *s, const struct http_answer *answer))
{
    const char *why = "";

    REQUIRE(page_init(&why));
    for (int i = 0; i < PAGE_COUNT * PAGE_STATE_COUNT * (int)COUNT(langs); i++) {
        AUTO(arena_end) struct arena *a = arena_new(MB(1));
        struct page_sample s = {.arena = a,
            .id = (enum page_id)(i % PAGE_COUNT),
            .lang = langs[i / PAGE_COUNT % (int)COUNT(langs)],
            .state = i >= PAGE_COUNT * (int)COUNT(langs) ? PAGE_STATE_WRONG : PAGE_STATE_PLAIN,
            .value = value};
        struct http_answer answer;
        REQUIRE(page_sample_render(&s, &answer));
        check(&s, &answer);
    }
}

TEST(templates_and_catalogues_agree)
{
    const char *why = "";

    cr_expect(page_init(&why), "%s", why);
    EXPECT(page_init(&why));
    for (size_t i = 0; i < PAGE_LANGUAGES; i++) {
        cr_expect(page_compile(i, &why), "%s", why);
    }
}

TEST(templates_that_met_a_lack_of_memory_are_compiled_later)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    struct page p;
    const char *why = "";

    REQUIRE(page_init(&why));
    for (long n = 0; n < 3; n++) {
        arena_fail_after(n);
        EXPECT(!page_start(&p, a, PAGE_ERROR, S("en")));
        arena_fail_after(-1);
        arena_reset(a);
    }
    EXPECT(page_start(&p, a, PAGE_ERROR, S("en")));
}

static void
check_shape(const struct page_sample *s, const struct http_answer *answer)
{
    str rest, start = str_fmt(s->arena, "<!doctype html>\n<html lang=\"" STRF "\" dir=\"%s\">",
                  STRV(s->lang), str_eq(s->lang, S("ar")) ? "rtl" : "ltr");

    cr_expect(is_well_formed(answer->body, &rest), "page %d: not well-formed before \"" STRF "\"",
        s->id, STRV(str_head(rest, 80)));
    EXPECT(str_starts(answer->body, start));
    EXPECT(!has(answer->body, S("{{")) && !has(answer->body, S("}}")));
    EXPECT(!has(answer->body, S(" style=")) && !has(answer->body, S(" onclick")));
    EXPECT(has(answer->body, S("<h1>")) && has(answer->body, S("Acme</title>")));
}

TEST(every_page_is_well_formed_in_every_language)
{
    for_each_page(NO_STR, check_shape);
}

static size_t tags_of[PAGE_COUNT * 4];

static size_t
place_of(const struct page_sample *s)
{
    return (size_t)s->id * 4 + (size_t)s->state * 2 + str_eq(s->lang, S("ar"));
}

static void
note_tags(const struct page_sample *s, const struct http_answer *answer)
{
    tags_of[place_of(s)] = count_tags(answer->body);
}

/* A value that opens no tag of its own leaves as many "<" as a harmless one, and quotes stay balanced. */
static void
check_no_escape(const struct page_sample *s, const struct http_answer *answer)
{
    str rest;

    cr_expect(is_well_formed(answer->body, &rest),
        "page %d and value \"" STRF "\": broken at \"" STRF "\"", s->id, STRV(s->value),
        STRV(str_head(rest, 80)));
    cr_expect(count_tags(answer->body) == tags_of[place_of(s)], "page %d and value \"" STRF "\"",
        s->id, STRV(s->value));
    for (size_t i = 0; i < answer->header_count; i++) {
        EXPECT(!has(answer->headers[i].value, s->value));
    }
}

TEST(no_value_leaves_its_place)
{
    static const str values[] = {
        S_INIT("<script>alert(1)</script>"),
        S_INIT("\"><script>alert(1)</script>"),
        S_INIT("'><img src=x onerror=alert(1)>"),
        S_INIT("\" autofocus onfocus=\"alert(1)"),
        S_INIT("</title><svg onload=alert(1)>"),
        S_INIT("</pre></textarea><b>"),
        S_INIT("<!--"),
        S_INIT("-->"),
        S_INIT("]]><![CDATA["),
        S_INIT("javascript:alert(1)//\""),
        S_INIT("&lt;script&gt;\""),
        S_INIT("{{{tenant}}}{{>open}}\""),
        S_INIT("\xff\xfe\"<"),
        S_INIT("a\r\nSet-Cookie: x=y\""),
        S_INIT("\"\t/ onclick=x <"),
    };

    for_each_page(S("harmless"), note_tags);
    for (size_t i = 0; i < COUNT(values); i++) {
        for_each_page(values[i], check_no_escape);
    }
}

static void
check_headers(const struct page_sample *s, const struct http_answer *answer)
{
    str csp = header(answer, S("Content-Security-Policy"));

    EXPECT(answer->status == (s->id == PAGE_ERROR ? 400 : 200));
    EXPECT_STR(header(answer, S("Content-Type")), S("text/html; charset=utf-8"));
    EXPECT_STR(header(answer, S("Cache-Control")), S("no-store"));
    EXPECT_STR(header(answer, S("X-Frame-Options")), S("DENY"));
    EXPECT_STR(header(answer, S("X-Content-Type-Options")), S("nosniff"));
    EXPECT_STR(header(answer, S("Referrer-Policy")), S("no-referrer"));
    if (s->id == PAGE_FORM_POST) {
        EXPECT(str_ends(csp, S("; script-src 'self'"))
               && has(answer->body, S("<script src=\"/pages/submit-")));
        EXPECT(has(csp, S("; form-action 'self' https://shop.northwind.example;")));
    } else {
        EXPECT(!has(csp, S("script-src")) && !has(answer->body, S("<script")));
        EXPECT_STR(csp,
            S("default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
              "frame-ancestors 'none'; base-uri 'none'"));
    }
}

TEST(csp3_every_page_carries_its_headers)
{
    for_each_page(NO_STR, check_headers);
}

TEST(csp3_form_action_takes_a_source_and_nothing_else)
{
    /* clang-format off */
    static const struct { int line; const char *origin; bool ok; } cases[] = {
        { __LINE__, "https://app.example.com", true }, { __LINE__, "http://127.0.0.1:8080", true },
        { __LINE__, "com.example.app:", true },        { __LINE__, "https://a; script-src *", false },
        { __LINE__, "https://a,b", false },            { __LINE__, "*", false },
        { __LINE__, "'unsafe-inline'", false },        { __LINE__, "https://a\r\nX: y", false },
    };
    /* clang-format on */
    const char *why = "";

    REQUIRE(page_init(&why));
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(MB(1));
        struct http_answer answer = {0};
        struct page p;
        REQUIRE(page_start(&p, a, PAGE_CARD, S("en")));
        p.form_action_origin = str_from(cases[i].origin);
        page_render(&p, a, &answer);
        str want = str_fmt(a, "form-action 'self'%s%s;", cases[i].ok ? " " : "",
            cases[i].ok ? cases[i].origin : "");
        CHECK_AT(cases[i].line, has(header(&answer, S("Content-Security-Policy")), want));
    }
}

/* The sign-in page with a login, an error and the links a flow gave. */
TEST(the_sign_in_page_says_what_went_wrong)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    struct page_sample s = {
        .arena = a, .id = PAGE_SIGNIN, .lang = S("en"), .state = PAGE_STATE_WRONG};
    struct http_answer answer;
    const char *why = "";

    REQUIRE(page_init(&why) && page_sample_render(&s, &answer));
    EXPECT(has(answer.body, S("<title>Error: Sign in &middot; Acme</title>")));
    EXPECT(has(answer.body, S("role=\"alert\">That login and password do not match.")));
    EXPECT(has(answer.body, S("value=\"ada@example.com\" required>")));
    EXPECT(!has(answer.body, S("secret")));
    EXPECT(has(answer.body,
        S("autocomplete=\"current-password\" maxlength=\"1024\" required autofocus>")));
    EXPECT(has(answer.body, S("<button class=\"link\" form=\"f\" name=\"lang\" value=\"ar\"")));
    EXPECT(has(answer.body, S("name=\"rememberDevice\" value=\"true\" checked>")));
    EXPECT(has(answer.body,
        S("href=\"/password/forgot?client_id=1&amp;tenantId=2\">Forgot password?</a>")));
}

TEST(links_stand_only_where_a_flow_gave_them)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    struct http_answer answer = {0};
    const char *why = "";
    struct page p;

    REQUIRE(page_init(&why) && page_start(&p, a, PAGE_SIGNIN, S("en")));
    view_text(&p.view, NULL, S("tenant"), S("Acme"));
    view_text(&p.view, NULL, S("action"), S("/oauth2/authorize"));
    page_add_field(&p, PAGE_FIELD_PASSWORD, NO_STR, NO_STR, true);
    page_render(&p, a, &answer);
    EXPECT(!has(answer.body, S("Forgot")) && !has(answer.body, S("Create an account")));
    EXPECT(!has(answer.body, S("rememberDevice")) && !has(answer.body, S("<footer>\n<a")));
    EXPECT(has(answer.body, S("<title>Sign in &middot; Acme</title>")));
}

/* Enter in a field presses the first submit button of its form (HTML s4.10.21.2): it must be the page's own. */
TEST(the_first_button_of_the_form_is_the_main_one)
{
    static const enum page_id ids[] = {PAGE_SIGNIN, PAGE_PASSWORD, PAGE_REGISTER};
    const char *why = "";

    REQUIRE(page_init(&why));
    for (size_t i = 0; i < COUNT(ids); i++) {
        AUTO(arena_end) struct arena *a = arena_new(MB(1));
        struct page_sample s = {.arena = a, .id = ids[i], .lang = S("en")};
        struct http_answer answer;
        REQUIRE(page_sample_render(&s, &answer));
        str form = str_skip(answer.body, str_find_str(answer.body, S("<form id=\"f\"")));
        EXPECT(str_starts(
            str_skip(form, str_find_str(form, S("<button"))), S("<button class=\"btn\">")));
    }
}

TEST(short_memory_answers_500_and_the_headers)
{
    const char *why = "";
    size_t whole = 0, failed = 0;

    REQUIRE(page_init(&why));
    for (size_t max = 512; max < KB(64); max += 512) {
        AUTO(arena_end) struct arena *a = arena_new(max);
        struct page_sample s = {.arena = a, .id = PAGE_CONSENT, .lang = S("en")};
        struct http_answer answer = {0};
        if (!page_sample_render(&s, &answer)) {
            continue;
        }
        EXPECT(answer.status == 200 || answer.status == 500);
        EXPECT_STR(header(&answer, S("X-Frame-Options")), S("DENY"));
        EXPECT(header(&answer, S("Content-Security-Policy")).n != 0);
        EXPECT(answer.status == 500 || str_ends(answer.body, S("</html>")));
        whole += answer.status == 200;
        failed += answer.status == 500;
    }
    EXPECT(whole > 0 && failed > 0);
}
