/* SPDX-License-Identifier: Apache-2.0 */
/* url_wild.c: FusionAuth's tables of patterns and of what they stand for, where they are narrowed, and what has been done
 * elsewhere with patterns that gave way (CV-01, OA-01). */
#define UNIT url_wild
#include "test/unit.h"

#include "codec/url.h"
#include "codec/url_wild.h"

static const struct {
    int line;
    const char *pattern;
    bool is_ok;
} patterns[] = {
    {__LINE__, "https://*.example.com", true},
    {__LINE__, "https://blah*.example.com", true},
    {__LINE__, "https://a*b.example.com/cb", true},
    {__LINE__, "https://*.example.co.uk/", true},
    {__LINE__, "https://example.com:*", true},
    {__LINE__, "http://localhost:*/cb", true},
    {__LINE__, "https://example.com:*/p?q=*", true},
    {__LINE__, "https://example.com/path/*/resource", true},
    {__LINE__, "https://example.com/*/par*tial/*", true},
    {__LINE__, "https://example.com?foo=*&bar=*&baz=blah", true},
    {__LINE__, "https://example.com/", false}, /* no pattern at all */
    {__LINE__, "https://*", false},
    {__LINE__, "https://*.com", false},
    {__LINE__, "https://*.co.uk", false},
    {__LINE__, "https://*.COM.au", false},
    {__LINE__, "https://auth.*.com", false},
    {__LINE__, "https://auth.*.example.com", false},
    {__LINE__, "https://*mid*.example.com", false},
    {__LINE__, "https://*.*.example.com", false},
    {__LINE__, "https://*.168.1.1", false},
    {__LINE__, "https://192.168.1.*", false},
    {__LINE__, "https://[*::1]/", false},
    {__LINE__, "https://*.example.com.", false},
    {__LINE__, "https://*..example.com", false},
    {__LINE__, "https://example.com*", false},
    {__LINE__, "https://*example.com", false},
    {__LINE__, "https://example.com:4*", false},
    {__LINE__, "https://example.com:**", false},
    {__LINE__, "https://user:*@a.example.com", false},
    {__LINE__, "https://*@a.example.com", false},
    {__LINE__, "https://a.example.com/#*", false},
    {__LINE__, "https://example.com/path/*mid*/resource", false},
    {__LINE__, "https://example.com/**", false},
    {__LINE__, "https://example.com?foo=par*tial", false},
    {__LINE__, "https://example.com?*=blah", false},
    {__LINE__, "https://example.com?*", false},
    {__LINE__, "*://a.example.com/", false},
    {__LINE__, "http*://a.example.com/", false},
    {__LINE__, "com.example.app:/*", false},
    {__LINE__, "javascript:*", false},
    {__LINE__, "*", false},
    {__LINE__, "", false},
};

TEST(an_asterisk_stands_in_one_label_a_port_a_segment_a_value)
{
    for (size_t i = 0; i < COUNT(patterns); i++) {
        CHECK_AT(patterns[i].line, url_wild_ok(str_from(patterns[i].pattern)) == patterns[i].is_ok);
    }
}

static const struct {
    int line;
    const char *pattern, *text;
    bool is_match;
} texts[] = {
    {__LINE__, "https://*.example.com", "https://login.example.com", true},
    {__LINE__, "https://auth*.example.com", "https://auth2.example.com", true},
    {__LINE__, "https://a*z.example.com/cb", "https://a-1-z.example.com/cb", true},
    {__LINE__, "https://example.com:*", "https://example.com:2012", true},
    {__LINE__, "http://localhost:*/cb", "http://localhost:50123/cb", true},
    {__LINE__, "https://example.com/path/*/resource", "https://example.com/path/to/resource", true},
    {__LINE__, "https://example.com/p*/to", "https://example.com/path/to", true},
    {__LINE__, "https://example.com/*/par*tial/*", "https://example.com/path/partotial/x", true},
    {__LINE__, "https://example.com?foo=*", "https://example.com?foo=bar", true},
    {__LINE__, "https://example.com?foo=*&b=1", "https://example.com?foo=bar&b=1", true},
    {__LINE__, "https://*.example.com", "https://example.com", false},
    {__LINE__, "https://auth*.example.com", "https://auth.example.com", false},
    {__LINE__, "https://*.example.com", "https://auth.customer.example.com", false},
    {__LINE__, "https://*.example.com", "https://a.example.com.evil.example", false},
    {__LINE__, "https://*.example.com", "https://evil.example/.example.com", false},
    {__LINE__, "https://*.example.com", "https://evil.example?.example.com", false},
    {__LINE__, "https://*.example.com", "https://evil.example#.example.com", false},
    {__LINE__, "https://*.example.com", "https://evil.example\\.example.com", false},
    {__LINE__, "https://*.example.com", "https://evil.example%2f.example.com", false},
    {__LINE__, "https://*.example.com", "https://evil.example:1@a.example.com", false},
    {__LINE__, "https://*.example.com", "https://a@b@c.example.com", false},
    {__LINE__, "https://*.example.com", "https://.example.com", false},
    {__LINE__, "https://*.example.com", "https://-a.example.com", false},
    {__LINE__, "https://*.example.com", "https://a-.example.com", false},
    {__LINE__, "https://*.example.com", "https://*.example.com", false},
    {__LINE__, "https://*.example.com", "https://a.example.com.", false},
    {__LINE__, "https://*.example.com", "https://a.EXAMPLE.com", false},
    {__LINE__, "https://*.example.com", "HTTPS://a.example.com", false},
    {__LINE__, "https://*.example.com", "http://a.example.com", false},
    {__LINE__, "https://*.example.com", "https://a.example.com/", false},
    {__LINE__, "https://*.example.com", "https://a.example.com:443", false},
    {__LINE__, "https://*.example.com", "https://a.example.com?x=1", false},
    {__LINE__, "https://*.example.com",
        "https://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example.com",
        false},
    {__LINE__, "https://example.com:*", "https://example.com", false},
    {__LINE__, "https://example.com:*", "https://example.com:", false},
    {__LINE__, "https://example.com:*", "https://example.com:080", false},
    {__LINE__, "https://example.com:*", "https://example.com:65536", false},
    {__LINE__, "http://localhost:*", "http://localhost:80@evil.example", false},
    {__LINE__, "http://localhost:*", "http://localhost:80.evil.example", false},
    {__LINE__, "https://e.com/*/r", "https://e.com/a/b/r", false},
    {__LINE__, "https://e.com/*/r", "https://e.com//r", false},
    {__LINE__, "https://e.com/*/r", "https://e.com/../r", false},
    {__LINE__, "https://e.com/*/r", "https://e.com/./r", false},
    {__LINE__, "https://e.com/.*/r", "https://e.com/../r", false},
    {__LINE__, "https://e.com/*/r", "https://e.com/%2e%2e/r", false},
    {__LINE__, "https://e.com/*/r", "https://e.com/a%2Fb/r", false},
    {__LINE__, "https://e.com/*/r", "https://e.com/a%5cb/r", false},
    {__LINE__, "https://e.com/*/r", "https://e.com/..;/r", false},
    {__LINE__, "https://e.com/*/r", "https://e.com/a;b/r", false},
    {__LINE__, "https://e.com/*", "https://e.com/a?foo=bar", false},
    {__LINE__, "https://e.com/*", "https://e.com/a#b", false},
    {__LINE__, "https://e.com/*", "https://e.com/a/", false},
    {__LINE__, "https://e.com/*", "https://e.com/", false},
    {__LINE__, "https://e.com/par*tial", "https://e.com/partial", false},
    {__LINE__, "https://e.com/ab*ba", "https://e.com/aba", false},
    {__LINE__, "https://e.com?foo=*", "https://e.com?foo=", false},
    {__LINE__, "https://e.com?foo=*", "https://e.com?foo=bar&baz=blah", false},
    {__LINE__, "https://e.com?foo=*", "https://e.com?baz=blah&foo=bar", false},
    {__LINE__, "https://e.com?foo=*", "https://e.com?foo=a%26code=x", false},
    {__LINE__, "https://e.com?foo=*", "https://e.com?foo=a;b", false},
    {__LINE__, "https://e.com?foo=*", "https://e.com?FOO=a", false},
    {__LINE__, "https://a.e.com/*", "https://b.e.com/x", false},
    {__LINE__, "https://a.e.com/", "https://a.e.com/", false}, /* equal texts are the caller's */
    {__LINE__, "https://*.co.uk", "https://evil.co.uk", false},
    {__LINE__, "*", "https://evil.example", false},
};

TEST(oa_01_all_else_is_equal_byte_for_byte)
{
    for (size_t i = 0; i < COUNT(texts); i++) {
        CHECK_AT(
            texts[i].line, url_wild_matches(str_from(texts[i].pattern), str_from(texts[i].text))
                               == texts[i].is_match);
    }
}

TEST(the_longest_pattern_and_one_more)
{
    char text[URL_MAX_BYTES + 1];
    str sample;

    memset(text, 'a', sizeof text);
    memcpy(text, "https://e.com/*", 15);
    EXPECT(url_wild_ok((str){text, URL_MAX_BYTES}));
    EXPECT(!url_wild_ok((str){text, URL_MAX_BYTES + 1}));
    EXPECT(!url_wild_sample((str){text, 20}, text, 19, &sample));
}
