/* SPDX-License-Identifier: Apache-2.0 */
/* url.c against RFC 3986, the narrower rules for http and https, and libcurl as a second opinion. */
#define UNIT url
#include "test/unit.h"

#include <curl/curl.h>

#include "codec/url.h"

/* The parts between bars, in their order; "-" for a part that is absent, which is not an empty one. */
static str
parts(struct arena *a, const struct url *u)
{
    const struct {
        bool is_there;
        str text;
    } all[] = {
        {true, u->scheme},
        {u->has_userinfo, u->userinfo},
        {u->has_authority, u->host},
        {u->port.p, u->port},
        {true, u->path},
        {u->has_query, u->query},
        {u->has_fragment, u->fragment},
    };
    str texts[COUNT(all)];

    for (size_t i = 0; i < COUNT(all); i++) {
        texts[i] = all[i].is_there ? all[i].text : S("-");
    }
    return str_join(a, texts, COUNT(texts), S("|"));
}

struct split_case {
    int line;
    str text, want; /* scheme|userinfo|host|port|path|query|fragment; empty: refused */
};

static void
check_splits(const struct split_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct url url = {.port = S("unchanged")};
        bool ok = url_parse(cases[i].text, &url);
        str got = ok ? parts(a, &url) : NO_STR;
        cr_expect(str_eq(got, cases[i].want), "row of line %d: \"" STRF "\" gave \"" STRF "\"",
            cases[i].line, STRV(cases[i].text), STRV(got));
        CHECK_AT(cases[i].line, ok || str_eq(url.port, S("unchanged")));
    }
}

/* clang-format off */
static const struct split_case examples[] = {
    { __LINE__, S_INIT("ftp://ftp.is.co.za/rfc/rfc1808.txt"), S_INIT("ftp|-|ftp.is.co.za|-|/rfc/rfc1808.txt|-|-") },
    { __LINE__, S_INIT("http://www.ietf.org/rfc/rfc2396.txt"), S_INIT("http|-|www.ietf.org|-|/rfc/rfc2396.txt|-|-") },
    { __LINE__, S_INIT("ldap://[2001:db8::7]/c=GB?objectClass?one"), S_INIT("ldap|-|[2001:db8::7]|-|/c=GB|objectClass?one|-") },
    { __LINE__, S_INIT("mailto:John.Doe@example.com"), S_INIT("mailto|-|-|-|John.Doe@example.com|-|-") },
    { __LINE__, S_INIT("news:comp.infosystems.www.servers.unix"), S_INIT("news|-|-|-|comp.infosystems.www.servers.unix|-|-") },
    { __LINE__, S_INIT("tel:+1-816-555-1212"), S_INIT("tel|-|-|-|+1-816-555-1212|-|-") },
    { __LINE__, S_INIT("telnet://192.0.2.16:80/"), S_INIT("telnet|-|192.0.2.16|80|/|-|-") },
    { __LINE__, S_INIT("urn:oasis:names:specification:docbook:dtd:xml:4.1.2"), S_INIT("urn|-|-|-|oasis:names:specification:docbook:dtd:xml:4.1.2|-|-") },
    { __LINE__, S_INIT("foo://example.com:8042/over/there?name=ferret#nose"), S_INIT("foo|-|example.com|8042|/over/there|name=ferret|nose") },
};
static const struct split_case accepted[] = {
    { __LINE__, S_INIT("https://h"), S_INIT("https|-|h|-||-|-") },
    { __LINE__, S_INIT("https://h/"), S_INIT("https|-|h|-|/|-|-") },
    { __LINE__, S_INIT("https://h?"), S_INIT("https|-|h|-|||-") },
    { __LINE__, S_INIT("https://h#"), S_INIT("https|-|h|-||-|") },
    { __LINE__, S_INIT("https://h:/"), S_INIT("https|-|h||/|-|-") },
    { __LINE__, S_INIT("https://h:443/x"), S_INIT("https|-|h|443|/x|-|-") },
    { __LINE__, S_INIT("https://h:65535/"), S_INIT("https|-|h|65535|/|-|-") },
    { __LINE__, S_INIT("https://@h/"), S_INIT("https||h|-|/|-|-") },
    { __LINE__, S_INIT("https://u:p:q%40@h:1/"), S_INIT("https|u:p:q%40|h|1|/|-|-") },
    { __LINE__, S_INIT("HTTPS://H.Example/A"), S_INIT("HTTPS|-|H.Example|-|/A|-|-") },
    { __LINE__, S_INIT("https://h//a/../b/./c;d=e,f/:@!$&'()*+,;=-._~%2F"), S_INIT("https|-|h|-|//a/../b/./c;d=e,f/:@!$&'()*+,;=-._~%2F|-|-") },
    { __LINE__, S_INIT("https://h/p?a=/?:@&b#/?:@"), S_INIT("https|-|h|-|/p|a=/?:@&b|/?:@") },
    { __LINE__, S_INIT("https://h?q/x@y"), S_INIT("https|-|h|-||q/x@y|-") },
    { __LINE__, S_INIT("https://xn--bcher-kva.example/"), S_INIT("https|-|xn--bcher-kva.example|-|/|-|-") },
    { __LINE__, S_INIT("https://h.example./"), S_INIT("https|-|h.example.|-|/|-|-") },
    { __LINE__, S_INIT("https://a_b.example/"), S_INIT("https|-|a_b.example|-|/|-|-") },
    { __LINE__, S_INIT("https://0.example/"), S_INIT("https|-|0.example|-|/|-|-") },
    { __LINE__, S_INIT("https://255.255.255.255/"), S_INIT("https|-|255.255.255.255|-|/|-|-") },
    { __LINE__, S_INIT("http://[::]/"), S_INIT("http|-|[::]|-|/|-|-") },
    { __LINE__, S_INIT("http://[::1]:8080/cb"), S_INIT("http|-|[::1]|8080|/cb|-|-") },
    { __LINE__, S_INIT("http://[1:2:3:4:5:6:7:8]/"), S_INIT("http|-|[1:2:3:4:5:6:7:8]|-|/|-|-") },
    { __LINE__, S_INIT("http://[1:2:3:4:5:6:7::]/"), S_INIT("http|-|[1:2:3:4:5:6:7::]|-|/|-|-") },
    { __LINE__, S_INIT("http://[::2:3:4:5:6:7:8]/"), S_INIT("http|-|[::2:3:4:5:6:7:8]|-|/|-|-") },
    { __LINE__, S_INIT("http://[2001:DB8::a:0FFF]/"), S_INIT("http|-|[2001:DB8::a:0FFF]|-|/|-|-") },
    { __LINE__, S_INIT("http://[::ffff:192.0.2.1]/"), S_INIT("http|-|[::ffff:192.0.2.1]|-|/|-|-") },
    { __LINE__, S_INIT("http://[1:2:3:4:5:6:1.2.3.4]/"), S_INIT("http|-|[1:2:3:4:5:6:1.2.3.4]|-|/|-|-") },
};
static const struct split_case of_other_schemes[] = {
    { __LINE__, S_INIT("com.example.app:/cb"), S_INIT("com.example.app|-|-|-|/cb|-|-") },
    { __LINE__, S_INIT("com.example.app://cb"), S_INIT("com.example.app|-|cb|-||-|-") },
    { __LINE__, S_INIT("com.example.app:///cb?x#y"), S_INIT("com.example.app|-||-|/cb|x|y") },
    { __LINE__, S_INIT("com.example.app:"), S_INIT("com.example.app|-|-|-||-|-") },
    { __LINE__, S_INIT("a+b-c.1:x"), S_INIT("a+b-c.1|-|-|-|x|-|-") },
    { __LINE__, S_INIT("app://a%2Fb/"), S_INIT("app|-|a%2Fb|-|/|-|-") },
    { __LINE__, S_INIT("app://127.1/"), S_INIT("app|-|127.1|-|/|-|-") },
    { __LINE__, S_INIT("app://[v1F.a:b]/"), S_INIT("app|-|[v1F.a:b]|-|/|-|-") },
    { __LINE__, S_INIT("javascript:alert(1)"), S_INIT("javascript|-|-|-|alert(1)|-|-") },
    { __LINE__, S_INIT("data:text/html,x"), S_INIT("data|-|-|-|text/html,x|-|-") },
};
static const struct split_case refused[] = {
    { __LINE__, S_INIT(""), S_INIT("") },                            { __LINE__, S_INIT(":"), S_INIT("") },
    { __LINE__, S_INIT("//h/"), S_INIT("") },                        { __LINE__, S_INIT("/path"), S_INIT("") },
    { __LINE__, S_INIT("h.example/path"), S_INIT("") },              { __LINE__, S_INIT("1a://h/"), S_INIT("") },
    { __LINE__, S_INIT("ht tp://h/"), S_INIT("") },                  { __LINE__, S_INIT("ht_tp://h/"), S_INIT("") },
    { __LINE__, S_INIT("?x:y"), S_INIT("") },                        { __LINE__, S_INIT("ht%74p://h/"), S_INIT("") },
    { __LINE__, S_INIT("https:"), S_INIT("") },                      { __LINE__, S_INIT("https:h"), S_INIT("") },
    { __LINE__, S_INIT("https:/h/"), S_INIT("") },                   { __LINE__, S_INIT("https://"), S_INIT("") },
    { __LINE__, S_INIT("https:///h"), S_INIT("") },                  { __LINE__, S_INIT("https://:443/"), S_INIT("") },
    { __LINE__, S_INIT("https://u@/"), S_INIT("") },                 { __LINE__, S_INIT("https://?x"), S_INIT("") },
    { __LINE__, S_INIT(" https://h/"), S_INIT("") },                 { __LINE__, S_INIT("https://h/ "), S_INIT("") },
    { __LINE__, S_INIT("https://h/a b"), S_INIT("") },               { __LINE__, S_INIT("https://h/\"x\""), S_INIT("") },
    { __LINE__, S_INIT("https://h/<x>"), S_INIT("") },               { __LINE__, S_INIT("https://h/{x}"), S_INIT("") },
    { __LINE__, S_INIT("https://h/x|y"), S_INIT("") },               { __LINE__, S_INIT("https://h/x^y"), S_INIT("") },
    { __LINE__, S_INIT("https://h/`"), S_INIT("") },                 { __LINE__, S_INIT("https://h/[x]"), S_INIT("") },
    { __LINE__, S_INIT("https://h/?a[]=1"), S_INIT("") },            { __LINE__, S_INIT("https://h/#a#b"), S_INIT("") },
    { __LINE__, S_INIT("https://good\\@evil/"), S_INIT("") },        { __LINE__, S_INIT("https://good\\.evil/"), S_INIT("") },
    { __LINE__, S_INIT("https:\\\\h\\"), S_INIT("") },               { __LINE__, S_INIT("https://h/\\..\\x"), S_INIT("") },
    { __LINE__, S_INIT("https://h\t/"), S_INIT("") },                { __LINE__, S_INIT("ht\ttps://h/"), S_INIT("") },
    { __LINE__, S_INIT("https://h/\r\nX: y"), S_INIT("") },          { __LINE__, S_INIT("https://h/\n"), S_INIT("") },
    { __LINE__, S_INIT("https://h/\0"), S_INIT("") },                { __LINE__, S_INIT("https://h\0.evil/"), S_INIT("") },
    { __LINE__, S_INIT("https://h/\x7f"), S_INIT("") },              { __LINE__, S_INIT("https://h/\xc3\xa9"), S_INIT("") },
    { __LINE__, S_INIT("https://good\xef\xbc\x8e" "evil/"), S_INIT("") }, { __LINE__, S_INIT("https://good\xe3\x80\x82" "evil/"), S_INIT("") },
    { __LINE__, S_INIT("https://b\xc3\xbc" "cher.example/"), S_INIT("") }, { __LINE__, S_INIT("https://evil\xe2\x84\x80good/"), S_INIT("") },
    { __LINE__, S_INIT("https://a@b@c/"), S_INIT("") },              { __LINE__, S_INIT("https://a:b@c:d@e/"), S_INIT("") },
    { __LINE__, S_INIT("https://h/%"), S_INIT("") },                 { __LINE__, S_INIT("https://h/%4"), S_INIT("") },
    { __LINE__, S_INIT("https://h/%GG"), S_INIT("") },               { __LINE__, S_INIT("https://h/?%"), S_INIT("") },
    { __LINE__, S_INIT("https://h/#%2"), S_INIT("") },               { __LINE__, S_INIT("https://u%@h/"), S_INIT("") },
    { __LINE__, S_INIT("https://good%2eevil/"), S_INIT("") },        { __LINE__, S_INIT("https://good%00.evil/"), S_INIT("") },
    { __LINE__, S_INIT("https://h:65536/"), S_INIT("") },            { __LINE__, S_INIT("https://h:4294967739/"), S_INIT("") },
    { __LINE__, S_INIT("https://h:99999999999999999999999/"), S_INIT("") }, { __LINE__, S_INIT("https://h:-1/"), S_INIT("") },
    { __LINE__, S_INIT("https://h:80a/"), S_INIT("") },              { __LINE__, S_INIT("https://h:80:80/"), S_INIT("") },
    { __LINE__, S_INIT("https://h: 80/"), S_INIT("") },              { __LINE__, S_INIT("https://h:%38%30/"), S_INIT("") },
    { __LINE__, S_INIT("https://::1/"), S_INIT("") },                { __LINE__, S_INIT("https://[::1/"), S_INIT("") },
    { __LINE__, S_INIT("https://::1]/"), S_INIT("") },               { __LINE__, S_INIT("https://[]/"), S_INIT("") },
    { __LINE__, S_INIT("https://["), S_INIT("") },                   { __LINE__, S_INIT("https://[:]/"), S_INIT("") },
    { __LINE__, S_INIT("https://[:::]/"), S_INIT("") },              { __LINE__, S_INIT("https://[::1]x/"), S_INIT("") },
    { __LINE__, S_INIT("https://[::1]80/"), S_INIT("") },            { __LINE__, S_INIT("https://x[::1]/"), S_INIT("") },
    { __LINE__, S_INIT("https://[1:2:3:4:5:6:7]/"), S_INIT("") },    { __LINE__, S_INIT("https://[1:2:3:4:5:6:7:8:9]/"), S_INIT("") },
    { __LINE__, S_INIT("https://[1:2:3:4:5:6:7::8]/"), S_INIT("") }, { __LINE__, S_INIT("https://[1::2::3]/"), S_INIT("") },
    { __LINE__, S_INIT("https://[12345::]/"), S_INIT("") },          { __LINE__, S_INIT("https://[g::]/"), S_INIT("") },
    { __LINE__, S_INIT("https://[:1::]/"), S_INIT("") },             { __LINE__, S_INIT("https://[::1:]/"), S_INIT("") },
    { __LINE__, S_INIT("https://[::1.2.3]/"), S_INIT("") },          { __LINE__, S_INIT("https://[::1.2.3.256]/"), S_INIT("") },
    { __LINE__, S_INIT("https://[::01.2.3.4]/"), S_INIT("") },       { __LINE__, S_INIT("https://[1.2.3.4::]/"), S_INIT("") },
    { __LINE__, S_INIT("https://[1:2:3:4:5:6:7:1.2.3.4]/"), S_INIT("") }, { __LINE__, S_INIT("https://[::1.2.3.4:5]/"), S_INIT("") },
    { __LINE__, S_INIT("https://[fe80::1%25eth0]/"), S_INIT("") },   { __LINE__, S_INIT("https://[fe80::1%eth0]/"), S_INIT("") },
    { __LINE__, S_INIT("https://[v.a]/"), S_INIT("") },              { __LINE__, S_INIT("https://[v1]/"), S_INIT("") },
    { __LINE__, S_INIT("https://[v1.]/"), S_INIT("") },              { __LINE__, S_INIT("https://[vg.a]/"), S_INIT("") },
    { __LINE__, S_INIT("https://127.1/"), S_INIT("") },              { __LINE__, S_INIT("https://2130706433/"), S_INIT("") },
    { __LINE__, S_INIT("https://0x7f000001/"), S_INIT("") },         { __LINE__, S_INIT("https://0177.0.0.1/"), S_INIT("") },
    { __LINE__, S_INIT("https://127.0.0.0x1/"), S_INIT("") },        { __LINE__, S_INIT("https://256.0.0.1/"), S_INIT("") },
    { __LINE__, S_INIT("https://1.2.3.4.5/"), S_INIT("") },          { __LINE__, S_INIT("https://127.0.0.1./"), S_INIT("") },
    { __LINE__, S_INIT("https://h.0x/"), S_INIT("") },               { __LINE__, S_INIT("https://h.1/"), S_INIT("") },
    { __LINE__, S_INIT("app://a b/"), S_INIT("") },                  { __LINE__, S_INIT("app://[::1"), S_INIT("") },
    { __LINE__, S_INIT("app://h:65536"), S_INIT("") },               { __LINE__, S_INIT("app:%zz"), S_INIT("") },
};
/* clang-format on */

TEST(rfc3986_1_1_2_examples)
{
    check_splits(examples, COUNT(examples));
}

TEST(rfc3986_3_parts_as_written)
{
    check_splits(accepted, COUNT(accepted));
}

TEST(rfc8252_7_1_schemes_of_applications)
{
    check_splits(of_other_schemes, COUNT(of_other_schemes));
}

TEST(rfc9700_4_1_mutants_of_redirect_uris_are_refused)
{
    check_splits(refused, COUNT(refused));
}

static bool
curl_part_is(CURLU *handle, CURLUPart part, str want)
{
    char *text = NULL;
    bool same = curl_url_get(handle, part, &text, 0) != CURLUE_OK ? want.n == 0
                                                                  : str_ieq(str_from(text), want);

    curl_free(text);
    return same;
}

/* What decides where a browser or we ourselves would go must not be read in two ways. */
TEST(libcurl_finds_the_same_host_and_port)
{
    for (size_t i = 0; i < COUNT(accepted); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        CURLU *handle = curl_url();
        struct url url;
        bool ok = curl_url_set(handle, CURLUPART_URL, str_z(a, accepted[i].text), CURLU_PATH_AS_IS)
                  == CURLUE_OK;
        REQUIRE(url_parse(accepted[i].text, &url));
        CHECK_AT(accepted[i].line, ok && curl_part_is(handle, CURLUPART_PORT, url.port));
        if (url.host.p[0] != '[') { /* curl rewrites IPv6 literals */
            CHECK_AT(accepted[i].line, curl_part_is(handle, CURLUPART_HOST, url.host));
        }
        CHECK_AT(
            accepted[i].line, curl_part_is(handle, CURLUPART_PATH, url.path.n ? url.path : S("/")));
        curl_url_cleanup(handle);
    }
}

/* Every byte in every part: those of RFC 3986 A stay, all others are refused. */
TEST(rfc3986_a_characters_of_each_part)
{
    static const struct {
        int line;
        const char *before, *after, *allowed;
    } cases[] = {
        /* clang-format off */
        { __LINE__, "a", ":x", "+-." },
        { __LINE__, "a://u", "@h/", "-._~!$&'()*+,;=:" "/?#" },     /* the last three end the authority */
        { __LINE__, "a://h", "h/", "-._~!$&'()*+,;=" "/?#@" },      /* and the @ its first part */
        { __LINE__, "a://h/", "x", "-._~!$&'()*+,;=:@/?#" },
        { __LINE__, "a:/?", "x", "-._~!$&'()*+,;=:@/?#" },
        { __LINE__, "a:/#", "x", "-._~!$&'()*+,;=:@/?" },
        /* clang-format on */
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        for (int c = 1; c < 256; c++) {
            AUTO(arena_end) struct arena *a = arena_new(KB(64));
            struct url url;
            bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
            bool want = c < 128 && (alnum || strchr(cases[i].allowed, c) || (i == 0 && c == ':'));
            str text = str_fmt(a, "%s%c%s", cases[i].before, c, cases[i].after);
            cr_expect(url_parse(text, &url) == want, "row of line %d: byte %02X", cases[i].line,
                (unsigned)c);
        }
    }
}

TEST(length_is_bounded)
{
    char text[URL_MAX_BYTES + 1];
    struct url url;

    memset(text, 'a', sizeof text);
    memcpy(text, "https://h/", 10);
    EXPECT(url_parse((str){text, URL_MAX_BYTES}, &url));
    EXPECT(!url_parse((str){text, URL_MAX_BYTES + 1}, &url));
    EXPECT(!url_parse(NO_STR, &url));
}

TEST(rfc8252_7_3_loopback_is_an_address_not_a_name)
{
    /* clang-format off */
    static const struct { int line; str text; bool is; } cases[] = {
        { __LINE__, S_INIT("http://127.0.0.1:1/"), true },    { __LINE__, S_INIT("http://127.255.0.9/"), true },
        { __LINE__, S_INIT("http://[::1]/"), true },          { __LINE__, S_INIT("http://[0:0:0:0:0:0:0:1]/"), true },
        { __LINE__, S_INIT("http://[::0001]/"), true },       { __LINE__, S_INIT("http://localhost/"), false },
        { __LINE__, S_INIT("http://127.0.0.1.example/"), false }, { __LINE__, S_INIT("http://128.0.0.1/"), false },
        { __LINE__, S_INIT("http://[::2]/"), false },         { __LINE__, S_INIT("http://[::]/"), false },
        { __LINE__, S_INIT("http://[::ffff:127.0.0.1]/"), false }, { __LINE__, S_INIT("http://0.0.0.0/"), false },
        { __LINE__, S_INIT("http://127.0.0.1@h/"), false },   { __LINE__, S_INIT("http://h/127.0.0.1"), false },
        { __LINE__, S_INIT("app://127.1/"), false },          { __LINE__, S_INIT("app://127.0.0.01/"), false },
        { __LINE__, S_INIT("app:/127.0.0.1"), false },        { __LINE__, S_INIT("app://[v1.a]/"), false },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct url url;
        CHECK_AT(
            cases[i].line, url_parse(cases[i].text, &url) && url_is_loopback(&url) == cases[i].is);
    }
}

TEST(rfc6454_6_2_origins)
{
    /* clang-format off */
    static const struct { int line; str text, want; } cases[] = {
        { __LINE__, S_INIT("https://h/"), S_INIT("https://h") },           { __LINE__, S_INIT("HTTPS://H.Example:443/x?y#z"), S_INIT("https://h.example") },
        { __LINE__, S_INIT("https://h:80/"), S_INIT("https://h:80") },     { __LINE__, S_INIT("http://h:80/"), S_INIT("http://h") },
        { __LINE__, S_INIT("http://h:443/"), S_INIT("http://h:443") },     { __LINE__, S_INIT("http://h:/"), S_INIT("http://h") },
        { __LINE__, S_INIT("https://u:p@h:0443/"), S_INIT("https://h") },  { __LINE__, S_INIT("http://h:08080"), S_INIT("http://h:8080") },
        { __LINE__, S_INIT("http://[::A]:81/"), S_INIT("http://[::a]:81") }, { __LINE__, S_INIT("app://Host:443/"), S_INIT("app://host:443") },
        { __LINE__, S_INIT("app:/x"), S_INIT("") },                        { __LINE__, S_INIT("app:///x"), S_INIT("") },
        { __LINE__, S_INIT("mailto:a@b.example"), S_INIT("") },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct url url;
        CHECK_AT(cases[i].line,
            url_parse(cases[i].text, &url) && str_eq(url_origin(a, &url), cases[i].want));
    }
}

TEST(an_origin_of_a_failing_arena_is_empty)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    struct url url;

    REQUIRE(url_parse(S("https://h.example:8443/"), &url));
    for (long n = 0; n < 3; n++) {
        arena_fail_after(n);
        str origin = url_origin(a, &url);
        arena_fail_after(-1);
        cr_expect(origin.n == 0 && arena_failed(a), "allocation %ld", n);
        arena_reset(a);
    }
    EXPECT_STR(url_origin(a, &url), S("https://h.example:8443"));
}

TEST(rfc6749_4_1_2_parameters_are_added_to_the_query)
{
    /* clang-format off */
    static const struct { int line; str base, want; } cases[] = {
        { __LINE__, S_INIT("https://h"), S_INIT("https://h?a%20b=c%26d&e=") },
        { __LINE__, S_INIT("https://h/cb"), S_INIT("https://h/cb?a%20b=c%26d&e=") },
        { __LINE__, S_INIT("https://h/cb?x=1"), S_INIT("https://h/cb?x=1&a%20b=c%26d&e=") },
        { __LINE__, S_INIT("https://h/cb?"), S_INIT("https://h/cb?a%20b=c%26d&e=") },
        { __LINE__, S_INIT("https://h/cb?x=1&"), S_INIT("https://h/cb?x=1&a%20b=c%26d&e=") },
        { __LINE__, S_INIT("https://h/cb#part"), S_INIT("https://h/cb?a%20b=c%26d&e=") },
        { __LINE__, S_INIT("com.example.app:/cb"), S_INIT("com.example.app:/cb?a%20b=c%26d&e=") },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        AUTO(arena_end) struct arena *a = arena_new(KB(64));
        struct buf buf;
        str text = NO_STR;
        buf_init(&buf, a, KB(4));
        url_add_query(&buf, cases[i].base, S("a b"), S("c&d"));
        url_add_query(&buf, cases[i].base, S("e"), S(""));
        CHECK_AT(cases[i].line, buf_done(&buf, &text) && str_eq(text, cases[i].want));
    }
}

TEST(a_base_the_caller_has_written_is_not_written_again)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    struct buf buf;
    str text = NO_STR;

    buf_init(&buf, a, KB(4));
    buf_lit(&buf, "https://h/cb?x");
    url_add_query(&buf, S("https://h/cb?x"), S("code"), S("1"));
    REQUIRE(buf_done(&buf, &text));
    EXPECT_STR(text, S("https://h/cb?x&code=1"));
}
