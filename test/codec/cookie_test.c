/* SPDX-License-Identifier: Apache-2.0 */
/* cookie.c against RFC 6265. */
#define UNIT cookie
#include "test/unit.h"

#include "codec/cookie.h"

TEST(rfc6265_4_2_1_the_first_cookie_of_the_name)
{
    /* clang-format off */
    static const struct { int line; str header, want; bool found; } cases[] = {
        { __LINE__, S_INIT("sid=abc"), S_INIT("abc"), true },            { __LINE__, S_INIT("a=1; sid=abc; b=2"), S_INIT("abc"), true },
        { __LINE__, S_INIT("sid=1; sid=2"), S_INIT("1"), true },         { __LINE__, S_INIT("a=1;sid=2"), S_INIT("2"), true },
        { __LINE__, S_INIT("a=1;  \tsid=2 ; b"), S_INIT("2"), true },    { __LINE__, S_INIT("sid=\"abc\""), S_INIT("abc"), true },
        { __LINE__, S_INIT("sid=\"\""), S_INIT(""), true },              { __LINE__, S_INIT("sid="), S_INIT(""), true },
        { __LINE__, S_INIT("sid=a=b=="), S_INIT("a=b=="), true },        { __LINE__, S_INIT("sid; sid=2"), S_INIT("2"), true },
        { __LINE__, S_INIT("sid=!#$%&'()*+-./:<=>?@[]^_`{|}~"), S_INIT("!#$%&'()*+-./:<=>?@[]^_`{|}~"), true },
        { __LINE__, S_INIT(""), S_INIT(""), false },                     { __LINE__, S_INIT("sid"), S_INIT(""), false },
        { __LINE__, S_INIT("SID=1"), S_INIT(""), false },                { __LINE__, S_INIT("xsid=1; sidx=2"), S_INIT(""), false },
        { __LINE__, S_INIT("a=sid=1"), S_INIT(""), false },              { __LINE__, S_INIT("a=\"; sid2=1"), S_INIT(""), false },
        { __LINE__, S_INIT("sid=a,b"), S_INIT(""), false },              { __LINE__, S_INIT("sid=a b"), S_INIT(""), false },
        { __LINE__, S_INIT("sid=a\\b"), S_INIT(""), false },             { __LINE__, S_INIT("sid=\"a"), S_INIT(""), false },
        { __LINE__, S_INIT("sid=a\""), S_INIT(""), false },              { __LINE__, S_INIT("sid=\""), S_INIT(""), false },
        { __LINE__, S_INIT("sid=\"a\"b\""), S_INIT(""), false },         { __LINE__, S_INIT("sid=\xc3\xa9"), S_INIT(""), false },
        { __LINE__, S_INIT("sid=a\0b"), S_INIT(""), false },             { __LINE__, S_INIT("sid=a\x7f"), S_INIT(""), false },
        { __LINE__, S_INIT("sid=a,b; sid=ok"), S_INIT(""), false },      { __LINE__, S_INIT("; ;; sid=1"), S_INIT("1"), true },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        str value = S("unchanged");
        CHECK_AT(cases[i].line, cookie_get(cases[i].header, S("sid"), &value) == cases[i].found);
        CHECK_AT(cases[i].line, str_eq(value, cases[i].found ? cases[i].want : S("unchanged")));
    }
}

TEST(rfc6265_4_1_1_attributes)
{
    /* clang-format off */
    static const struct { int line; struct cookie cookie; str want; } cases[] = {
        { __LINE__, { S_INIT("sid"), S_INIT("v"), S_INIT(""), -1, false, false, COOKIE_LAX }, S_INIT("sid=v; Path=/; SameSite=Lax") },
        { __LINE__, { S_INIT("__Host-s"), S_INIT(""), S_INIT("/"), 3600, true, true, COOKIE_STRICT },
          S_INIT("__Host-s=; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Strict") },
        { __LINE__, { S_INIT("s"), S_INIT("a=b"), S_INIT("/oauth2"), 0, true, false, COOKIE_NONE },
          S_INIT("s=a=b; Path=/oauth2; Max-Age=0; Secure; SameSite=None") },
        { __LINE__, { S_INIT("s"), S_INIT("v"), S_INIT("/"), INT64_MAX, false, true, COOKIE_LAX },
          S_INIT("s=v; Path=/; Max-Age=9223372036854775807; HttpOnly; SameSite=Lax") },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        CHECK_AT(cases[i].line, str_eq(cookie_format(a, &cases[i].cookie), cases[i].want));
    }
}

/* Each byte of the table below the name, the value and the path in turn. */
TEST(rfc6265_4_1_1_no_byte_that_could_end_a_part_is_written)
{
    for (unsigned c = 0; c < 256; c++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        const char text[] = {'/', (char)c};
        str s = {text, 2};
        bool graphic = c > ' ' && c < 0x7F;
        bool in_value = graphic && !strchr("\",;\\", (int)c);
        bool in_name = graphic && !strchr("()<>@,;:\\\"/[]?={}", (int)c);
        struct cookie cookie = {.name = S("n"), .value = s, .max_age_s = -1};
        cr_expect((cookie_format(a, &cookie).n > 0) == in_value, "value %02X", c);
        cookie = (struct cookie){.name = str_skip(s, 1), .value = S("v"), .max_age_s = -1};
        cr_expect((cookie_format(a, &cookie).n > 0) == in_name, "name %02X", c);
        cookie = (struct cookie){.name = S("n"), .value = S("v"), .path = s, .max_age_s = -1};
        cr_expect((cookie_format(a, &cookie).n > 0) == ((graphic || c == ' ') && c != ';'),
            "path %02X", c);
    }
}

TEST(rfc6265_6_1_a_cookie_browsers_would_drop_is_refused)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    char text[4100];
    struct cookie cookie = {.name = S("n"), .value = {text, 4095}, .max_age_s = -1};

    memset(text, 'v', sizeof text);
    EXPECT(cookie_format(a, &cookie).n > 4095);
    cookie.value.n = 4096;
    EXPECT(cookie_format(a, &cookie).n == 0);
    cookie = (struct cookie){.name = NO_STR, .value = S("v")};
    EXPECT(cookie_format(a, &cookie).n == 0);
    EXPECT(!arena_failed(a));
}

TEST(torture_a_failing_arena_writes_no_part_of_a_cookie)
{
    struct cookie cookie = {.name = S("n"), .value = S("v"), .max_age_s = 1};
    AUTO(arena_end) struct arena *a = arena_new(KB(64));

    arena_fail_after(0);
    str text = cookie_format(a, &cookie);
    arena_fail_after(-1);
    EXPECT(text.n == 0 && arena_failed(a));
}

TEST(a_cookie_may_be_for_the_domain_below_a_public_suffix)
{
    static const struct {
        int line;
        const char *host, *domain;
    } cases[] = {
        {__LINE__, "id.example.com", "example.com"},
        {__LINE__, "example.com", "example.com"},
        {__LINE__, "a.b.c.example.com", "example.com"},
        {__LINE__, "id.example.co.uk", "example.co.uk"},
        {__LINE__, "example.co.uk", "example.co.uk"},
        {__LINE__, "co.uk", ""},
        {__LINE__, "localhost", ""},
        {__LINE__, "127.0.0.1", ""},
        {__LINE__, "[::1]", ""},
        {__LINE__, "example.com.", ""},
        {__LINE__, ".com", ""},
        {__LINE__, "", ""},
        {__LINE__, ".", ""},
    };
    AUTO(arena_end) struct arena *a = arena_new(KB(64));

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cookie cookie = {.name = S("n"),
            .value = S("v"),
            .domain = cookie_domain(str_from(cases[i].host)),
            .max_age_s = -1};
        CHECK_AT(cases[i].line, str_eq(cookie.domain, str_from(cases[i].domain)));
        CHECK_AT(cases[i].line, cookie_format(a, &cookie).n > 0);
    }
    struct cookie cookie = {.name = S("n"), .value = S("v"), .domain = S("a.b"), .max_age_s = -1};
    EXPECT_STR(cookie_format(a, &cookie), S("n=v; Path=/; Domain=a.b; SameSite=Lax"));
    cookie.domain = S("a.b; Secure");
    EXPECT(cookie_format(a, &cookie).n == 0);
}

TEST(rfc6265_5_1_3_where_a_cookie_of_ours_is_sent)
{
    static const struct {
        int line;
        const char *from, *host;
        bool yes;
    } cases[] = {
        {__LINE__, "id.example.com", "app.example.com", true},
        {__LINE__, "id.example.com", "a.b.Example.com", true},
        {__LINE__, "id.example.com", "example.com", true},
        {__LINE__, "id.example.com", "ID.example.com", true},
        {__LINE__, "id.example.com", "evilexample.com", false},
        {__LINE__, "id.example.com", "app.example.org", false},
        {__LINE__, "id.example.com", "example.com.evil.org", false},
        {__LINE__, "id.example.com", "com", false},
        {__LINE__, "id.example.com", "", false},
        {__LINE__, "id.example.co.uk", "app.example.co.uk", true},
        {__LINE__, "id.example.co.uk", "other.co.uk", false},
        {__LINE__, "localhost", "localhost", true},
        {__LINE__, "localhost", "a.localhost", false},
        {__LINE__, "127.0.0.1", "127.0.0.1", true},
        {__LINE__, "127.0.0.1", "127.0.0.2", false},
        {__LINE__, "", "", false},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line,
            cookie_reaches(str_from(cases[i].from), str_from(cases[i].host)) == cases[i].yes);
    }
}
