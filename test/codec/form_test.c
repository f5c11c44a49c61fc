/* SPDX-License-Identifier: Apache-2.0 */
/* form.c against WHATWG URL s5, RFC 6749 B, and what form.h refuses. */
#define UNIT form
#include "test/unit.h"

#include "codec/form.h"

static str
encoded(struct arena *a, const struct form *form)
{
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, a, KB(64));
    form_encode(&buf, form);
    REQUIRE(buf_done(&buf, &text));
    return text;
}

/* Each text is read and then written again; the writing shows what was read. */
TEST(whatwg_url_5_1_parsing)
{
    /* clang-format off */
    static const struct { int line; str text; size_t count; str again; } cases[] = {
        { __LINE__, S_INIT(""), 0, S_INIT("") },                     { __LINE__, S_INIT("a=b"), 1, S_INIT("a=b") },
        { __LINE__, S_INIT("a=b&c=d"), 2, S_INIT("a=b&c=d") },       { __LINE__, S_INIT("a"), 1, S_INIT("a=") },
        { __LINE__, S_INIT("a="), 1, S_INIT("a=") },                 { __LINE__, S_INIT("=b"), 1, S_INIT("=b") },
        { __LINE__, S_INIT("="), 1, S_INIT("=") },                   { __LINE__, S_INIT("&"), 0, S_INIT("") },
        { __LINE__, S_INIT("&&a=b&&"), 1, S_INIT("a=b") },           { __LINE__, S_INIT("a=b=c"), 1, S_INIT("a=b%3Dc") },
        { __LINE__, S_INIT("a+b=c+d"), 1, S_INIT("a%20b=c%20d") },   { __LINE__, S_INIT("a=%2B"), 1, S_INIT("a=%2B") },
        { __LINE__, S_INIT("%61=%62"), 1, S_INIT("a=b") },           { __LINE__, S_INIT("a=%3d%26%25"), 1, S_INIT("a=%3D%26%25") },
        { __LINE__, S_INIT("a=%C3%A9%e2%82%ac"), 1, S_INIT("a=%C3%A9%E2%82%AC") },
        { __LINE__, S_INIT("a=\xc3\xa9"), 1, S_INIT("a=%C3%A9") },   { __LINE__, S_INIT("a=\xc3%A9"), 1, S_INIT("a=%C3%A9") },
        { __LINE__, S_INIT("a=%0D%0A"), 1, S_INIT("a=%0D%0A") },     { __LINE__, S_INIT("a=1;b=2"), 1, S_INIT("a=1%3Bb%3D2") },
        { __LINE__, S_INIT("a[]=1&a[b]=2"), 2, S_INIT("a%5B%5D=1&a%5Bb%5D=2") }, { __LINE__, S_INIT("a?=/#"), 1, S_INIT("a%3F=%2F%23") },
        { __LINE__, S_INIT("-._~=-._~"), 1, S_INIT("-._~=-._~") },   { __LINE__, S_INIT("a=1&a=2"), 2, S_INIT("a=1&a=2") },
        /* RFC 6749 B: the six characters " %&+" and pound and euro sign. */
        { __LINE__, S_INIT("x=+%25%26%2B%C2%A3%E2%82%AC"), 1, S_INIT("x=%20%25%26%2B%C2%A3%E2%82%AC") },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(256));
        struct form form, again;
        bool ok = form_parse(a, cases[i].text, &form);
        CHECK_AT(cases[i].line, ok && form.count == cases[i].count);
        REQUIRE(ok);
        CHECK_AT(cases[i].line, str_eq(encoded(a, &form), cases[i].again));
        CHECK_AT(
            cases[i].line, form_parse(a, encoded(a, &form), &again) && form_same(&form, &again));
    }
}

TEST(what_others_repair_is_refused)
{
    /* clang-format off */
    static const struct { int line; str text; } cases[] = {
        { __LINE__, S_INIT("%") },        { __LINE__, S_INIT("a=%") },      { __LINE__, S_INIT("a=%4") },      { __LINE__, S_INIT("a=%4&b=1") },
        { __LINE__, S_INIT("a=%G1") },    { __LINE__, S_INIT("a=%1G") },    { __LINE__, S_INIT("a=%%41") },    { __LINE__, S_INIT("a=%u0041") },
        { __LINE__, S_INIT("%x=1") },     { __LINE__, S_INIT("a=%+1") },    { __LINE__, S_INIT("a=% 1") },     { __LINE__, S_INIT("a%=1") },
        { __LINE__, S_INIT("a=%00") },    { __LINE__, S_INIT("%00=a") },    { __LINE__, S_INIT("a=b\0") },     { __LINE__, S_INIT("\0=a") },
        { __LINE__, S_INIT("a=%FF") },    { __LINE__, S_INIT("a=\xff") },   { __LINE__, S_INIT("a=%C3") },     { __LINE__, S_INIT("a=%C3%28") },
        { __LINE__, S_INIT("a=%C0%AF") }, { __LINE__, S_INIT("a=%ED%A0%80") }, { __LINE__, S_INIT("a=%F4%90%80%80") }, { __LINE__, S_INIT("%C3=%A9") },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(256));
        struct form form = {NULL, 77};
        CHECK_AT(cases[i].line, !form_parse(a, cases[i].text, &form) && form.count == 77);
    }
}

/* "a0=0&a1=1&...", n pairs. */
static str
pairs(struct arena *a, size_t n)
{
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, a, KB(64));
    for (size_t i = 0; i < n; i++) {
        buf_fmt(&buf, "%sa%zu=%zu", i ? "&" : "", i, i);
    }
    REQUIRE(buf_done(&buf, &text));
    return text;
}

TEST(the_number_of_pairs_is_bounded)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(256));
    struct form form;

    EXPECT(form_parse(a, pairs(a, FORM_MAX_PAIRS), &form) && form.count == FORM_MAX_PAIRS);
    EXPECT(!form_is_repeated(&form, NULL));
    EXPECT(!form_parse(a, pairs(a, FORM_MAX_PAIRS + 1), &form));
}

TEST(rfc6749_3_1_a_repeated_name_is_told)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    struct form form;
    str name = S("unchanged");

    REQUIRE(form_parse(a, S("a=1&b=&c=3"), &form));
    EXPECT(!form_is_repeated(&form, &name));
    EXPECT_STR(name, S("unchanged"));
    EXPECT_STR(form_get(&form, S("a")), S("1"));
    EXPECT(form_has(&form, S("b")) && form_get(&form, S("b")).n == 0);
    EXPECT(!form_has(&form, S("B")) && !form_has(&form, S("")) && form_get(&form, S("d")).n == 0);
    REQUIRE(form_parse(a, S("a=1&b=2&%62=3&a=4"), &form));
    EXPECT(form_is_repeated(&form, &name) && form_is_repeated(&form, NULL));
    EXPECT_STR(name, S("b"));
    EXPECT_STR(form_get(&form, S("b")), S("2"));
}

TEST(rfc3986_2_3_only_unreserved_characters_stay)
{
    for (unsigned c = 0; c < 256; c++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct buf buf;
        str text = NO_STR;
        bool stays =
            c
            && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", (int)c);
        buf_init(&buf, a, 16);
        form_encode_value(&buf, (str){(const char[]){(char)c}, 1});
        REQUIRE(buf_done(&buf, &text));
        str want = stays ? str_fmt(a, "%c", (int)c) : str_fmt(a, "%%%02X", c);
        cr_expect(str_eq(text, want), "byte %02X gave " STRF, c, STRV(text));
    }
}

TEST(forms_are_the_same_pair_by_pair)
{
    /* clang-format off */
    static const struct { int line; str a, b; bool same; } cases[] = {
        { __LINE__, S_INIT("a=1&b=2"), S_INIT("a=%31&b=2"), true }, { __LINE__, S_INIT("a=1&b=2"), S_INIT("b=2&a=1"), false },
        { __LINE__, S_INIT("a=1"), S_INIT("a=2"), false },          { __LINE__, S_INIT("a=1"), S_INIT("b=1"), false },
        { __LINE__, S_INIT("a=1"), S_INIT("a=1&a=1"), false },      { __LINE__, S_INIT(""), S_INIT("&"), true },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct form x, y;
        REQUIRE(form_parse(a, cases[i].a, &x) && form_parse(a, cases[i].b, &y));
        CHECK_AT(cases[i].line, form_same(&x, &y) == cases[i].same);
    }
}

TEST(torture_every_allocation_may_fail)
{
    bool ok = false;
    long n = 0;

    for (; !ok && n < 100; n++) {
        struct form form = {NULL, 77};
        arena_fail_after(n);
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        ok = a != NULL
             && form_parse(a, S("grant_type=refresh_token&refresh_token=%41b&scope=a+b"), &form);
        arena_fail_after(-1);
        cr_expect(ok == (form.count == 3), "allocation %ld", n);
    }
    EXPECT(ok && n == 4); /* the arena, the pairs, the text; then none fails */
}

/* Eight bytes are looked at together: each mark has to be seen in each place, and nothing else for one. */
TEST(a_mark_is_seen_wherever_it_stands)
{
    static const char fills[] = "a\x01!*,$&\x7f~";

    for (size_t at = 0; at < 24; at++) {
        for (const char *fill = fills; *fill != '\0'; fill++) {
            AUTO(arena_end) struct arena *a = arena_new(KB(16));
            char text[28] = "v=";
            struct form form;

            memset(text + 2, *fill == '&' ? 'b' : *fill, 24);
            REQUIRE(form_parse(a, (str){text, 26}, &form));
            EXPECT_STR(form.pairs[0].value, ((str){text + 2, 24}));
            text[2 + at] = '+';
            REQUIRE(form_parse(a, (str){text, 26}, &form));
            EXPECT(form.pairs[0].value.n == 24 && form.pairs[0].value.p[at] == ' ');
            text[2 + at] = '\0';
            EXPECT(!form_parse(a, (str){text, 26}, &form));
            text[2 + at] = '%';
            EXPECT(!form_parse(a, (str){text, 26}, &form));
        }
    }
}
