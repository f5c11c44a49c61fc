/* SPDX-License-Identifier: Apache-2.0 */
/* What real User-Agent headers are read as. */
#define UNIT useragent
#include "test/unit.h"

#include "codec/useragent.h"

#define MAC "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
#define WINDOWS "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
#define PHONE                                                                                      \
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "    \
    "Gecko) "
#define ANDROID "Mozilla/5.0 (Linux; Android 10; K) "
#define WEBKIT "AppleWebKit/537.36 (KHTML, like Gecko) "

TEST(rfc9110_10_1_5_known_headers_are_named)
{
    /* clang-format off */
    static const struct { int line; const char *header, *browser, *os, *device; } cases[] = {
        { __LINE__, WINDOWS WEBKIT "Chrome/138.0.0.0 Safari/537.36",                     "Chrome",            "Windows", "DESKTOP" },
        { __LINE__, WINDOWS WEBKIT "Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0",       "Edge",              "Windows", "DESKTOP" },
        { __LINE__, WINDOWS WEBKIT "Chrome/120.0.0.0 Safari/537.36 OPR/106.0.0.0",       "Opera",             "Windows", "DESKTOP" },
        { __LINE__, "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Windows", "DESKTOP" },
        { __LINE__, "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer", "Windows", "DESKTOP" },
        { __LINE__, MAC "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15", "Safari",     "macOS",   "DESKTOP" },
        { __LINE__, MAC WEBKIT "Chrome/138.0.0.0 Safari/537.36",                         "Chrome",            "macOS",   "DESKTOP" },
        { __LINE__, "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox",      "Linux",   "DESKTOP" },
        { __LINE__, "Mozilla/5.0 (X11; Linux x86_64) " WEBKIT "HeadlessChrome/138.0.0.0 Safari/537.36", "Chrome", "Linux", "DESKTOP" },
        { __LINE__, "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) " WEBKIT "Chrome/138.0.0.0 Safari/537.36", "Chrome", "Linux", "DESKTOP" },
        { __LINE__, PHONE "Version/18.5 Mobile/15E148 Safari/604.1",                     "Safari",            "iOS",     "MOBILE" },
        { __LINE__, PHONE "CriOS/138.0.7204.119 Mobile/15E148 Safari/604.1",             "Chrome",            "iOS",     "MOBILE" },
        { __LINE__, PHONE "FxiOS/140.0 Mobile/15E148 Safari/605.1.15",                   "Firefox",           "iOS",     "MOBILE" },
        { __LINE__, PHONE "Mobile/15E148",                                               "Safari",            "iOS",     "MOBILE" },
        { __LINE__, "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1", "Safari", "iOS", "TABLET" },
        { __LINE__, ANDROID WEBKIT "Chrome/138.0.0.0 Mobile Safari/537.36",              "Chrome",            "Android", "MOBILE" },
        { __LINE__, ANDROID WEBKIT "Chrome/138.0.0.0 Safari/537.36",                     "Chrome",            "Android", "TABLET" },
        { __LINE__, ANDROID WEBKIT "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "Samsung Internet", "Android", "MOBILE" },
        { __LINE__, "Mozilla/5.0 (Android 14; Tablet; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox",        "Android", "TABLET" },
        { __LINE__, "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox",        "Android", "MOBILE" },
        { __LINE__, "Dalvik/2.1.0 (Linux; U; Android 13; Pixel 7)",                      "Android",           "Android", "MOBILE" },
        { __LINE__, "Mozilla/5.0 (compatible)",                                          "Unknown",           "Unknown", "BROWSER" },
        { __LINE__, "curl/8.5.0",                                                        "curl",              "Unknown", "UNKNOWN" },
        { __LINE__, "python-requests/2.32.3",                                            "Python",            "Unknown", "UNKNOWN" },
        { __LINE__, "okhttp/4.12.0",                                                     "OkHttp",            "Unknown", "UNKNOWN" },
        { __LINE__, "<script>alert(1)</script>",                                         "Unknown",           "Unknown", "UNKNOWN" },
        { __LINE__, "",                                                                  "Unknown",           "Unknown", "UNKNOWN" },
    };
    /* clang-format on */
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct useragent ua = useragent_read(str_from(cases[i].header));
        cr_expect(str_eq(ua.browser, str_from(cases[i].browser)), "row of line %d: browser " STRF,
            cases[i].line, STRV(ua.browser));
        cr_expect(str_eq(ua.os, str_from(cases[i].os)), "row of line %d: system " STRF,
            cases[i].line, STRV(ua.os));
        cr_expect(str_eq(ua.device, str_from(cases[i].device)), "row of line %d: device " STRF,
            cases[i].line, STRV(ua.device));
    }
}

TEST(only_the_first_512_bytes_are_read)
{
    char text[512 + sizeof "curl/8"];

    memset(text, 'x', sizeof text);
    memcpy(text + 507, "curl/8", 6);
    EXPECT_STR(useragent_read((str){text, sizeof text}).browser, S("curl"));
    memset(text, 'x', sizeof text);
    memcpy(text + 508, "curl/8", 6);
    EXPECT_STR(useragent_read((str){text, sizeof text}).browser, S("Unknown"));
}
