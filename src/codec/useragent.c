/* SPDX-License-Identifier: Apache-2.0 */
/* User-Agent headers (RFC 9110 s10.1.5) by the words in them. Every product claims to be those before it, so
 * the order of the tables decides: the newest claim first. Answers are fixed texts: no input is echoed. */
#include "codec/useragent.h"

enum { MAX_BYTES = 512 };

struct word {
    str word, name;
};

/* clang-format off */
static const struct word browsers[] = {
    { S_INIT("Edg/"),             S_INIT("Edge") },             /* before Chrome, which they all claim to be */
    { S_INIT("EdgA/"),            S_INIT("Edge") },
    { S_INIT("EdgiOS/"),          S_INIT("Edge") },
    { S_INIT("Edge/"),            S_INIT("Edge") },
    { S_INIT("OPR/"),             S_INIT("Opera") },
    { S_INIT("OPT/"),             S_INIT("Opera") },
    { S_INIT("OPX/"),             S_INIT("Opera") },
    { S_INIT("Opera"),            S_INIT("Opera") },
    { S_INIT("SamsungBrowser/"),  S_INIT("Samsung Internet") },
    { S_INIT("Vivaldi/"),         S_INIT("Vivaldi") },
    { S_INIT("YaBrowser/"),       S_INIT("Yandex Browser") },
    { S_INIT("UCBrowser/"),       S_INIT("UC Browser") },
    { S_INIT("MiuiBrowser/"),     S_INIT("Mi Browser") },
    { S_INIT("HuaweiBrowser/"),   S_INIT("Huawei Browser") },
    { S_INIT("DuckDuckGo/"),      S_INIT("DuckDuckGo") },
    { S_INIT("Ddg/"),             S_INIT("DuckDuckGo") },
    { S_INIT("Brave/"),           S_INIT("Brave") },
    { S_INIT("Electron/"),        S_INIT("Electron") },
    { S_INIT("HeadlessChrome/"),  S_INIT("Chrome") },
    { S_INIT("FxiOS/"),           S_INIT("Firefox") },
    { S_INIT("Focus/"),           S_INIT("Firefox") },
    { S_INIT("Firefox/"),         S_INIT("Firefox") },
    { S_INIT("CriOS/"),           S_INIT("Chrome") },
    { S_INIT("Chromium/"),        S_INIT("Chromium") },
    { S_INIT("Chrome/"),          S_INIT("Chrome") },           /* before Safari, which it claims to be */
    { S_INIT("Trident/"),         S_INIT("Internet Explorer") },
    { S_INIT("MSIE "),            S_INIT("Internet Explorer") },
    { S_INIT("Safari/"),          S_INIT("Safari") },
    { S_INIT("iPhone"),           S_INIT("Safari") },           /* views inside applications leave the word out */
    { S_INIT("iPad"),             S_INIT("Safari") },
    { S_INIT("curl/"),            S_INIT("curl") },
    { S_INIT("Wget/"),            S_INIT("Wget") },
    { S_INIT("python-requests/"), S_INIT("Python") },
    { S_INIT("Python-urllib/"),   S_INIT("Python") },
    { S_INIT("aiohttp/"),         S_INIT("Python") },
    { S_INIT("okhttp/"),          S_INIT("OkHttp") },
    { S_INIT("Go-http-client/"),  S_INIT("Go") },
    { S_INIT("Dalvik/"),          S_INIT("Android") },
    { S_INIT("Java/"),            S_INIT("Java") },
    { S_INIT("Java-http-client/"), S_INIT("Java") },
    { S_INIT("CFNetwork/"),       S_INIT("Apple application") },
    { S_INIT("PostmanRuntime/"),  S_INIT("Postman") },
    { S_INIT("node-fetch"),       S_INIT("Node.js") },
    { S_INIT("undici"),           S_INIT("Node.js") },
};

static const struct word systems[] = {
    { S_INIT("Windows Phone"), S_INIT("Windows") },
    { S_INIT("Android"),       S_INIT("Android") },             /* before Linux, which it is */
    { S_INIT("Windows"),       S_INIT("Windows") },
    { S_INIT("iPhone"),        S_INIT("iOS") },                 /* before "like Mac OS X" */
    { S_INIT("iPad"),          S_INIT("iOS") },
    { S_INIT("iPod"),          S_INIT("iOS") },
    { S_INIT("Mac OS X"),      S_INIT("macOS") },
    { S_INIT("Macintosh"),     S_INIT("macOS") },
    { S_INIT("Darwin/"),       S_INIT("macOS") },
    { S_INIT("Linux"),         S_INIT("Linux") },
    { S_INIT("CrOS"),          S_INIT("Linux") },
    { S_INIT("X11"),           S_INIT("Linux") },
};

/* An Android without "Mobile" is a tablet, says its vendor; the last rows are what no row before knew. */
static const struct word devices[] = {
    { S_INIT("iPad"),          S_INIT("TABLET") },
    { S_INIT("Tablet"),        S_INIT("TABLET") },
    { S_INIT("iPhone"),        S_INIT("MOBILE") },
    { S_INIT("iPod"),          S_INIT("MOBILE") },
    { S_INIT("Mobile"),        S_INIT("MOBILE") },
    { S_INIT("Windows Phone"), S_INIT("MOBILE") },
    { S_INIT("Dalvik/"),       S_INIT("MOBILE") },
    { S_INIT("Android"),       S_INIT("TABLET") },
    { S_INIT("Windows"),       S_INIT("DESKTOP") },
    { S_INIT("Macintosh"),     S_INIT("DESKTOP") },
    { S_INIT("Linux"),         S_INIT("DESKTOP") },
    { S_INIT("CrOS"),          S_INIT("DESKTOP") },
    { S_INIT("X11"),           S_INIT("DESKTOP") },
    { S_INIT("Mozilla/"),      S_INIT("BROWSER") },
};
/* clang-format on */

static str
first(const struct word *words, size_t count, str text, str otherwise)
{
    for (size_t i = 0; i < count; i++) {
        if (str_find_str(text, words[i].word) < text.n) {
            return words[i].name;
        }
    }
    return otherwise;
}

struct useragent
useragent_read(str header)
{
    str text = str_head(header, MAX_BYTES);

    return (struct useragent){
        .browser = first(browsers, COUNT(browsers), text, S("Unknown")),
        .os = first(systems, COUNT(systems), text, S("Unknown")),
        .device = first(devices, COUNT(devices), text, S("UNKNOWN")),
    };
}
