/* SPDX-License-Identifier: Apache-2.0 */
/* What bundles have and templates ask for. */
#define UNIT bundle
#include "../unit.h"

#include "base/arena.h"
#include "base/buf.h"
#include "codec/bundle.h"

static str
all(str text, bool (*next)(str *rest, str *ret))
{
    static struct arena *arena;
    struct buf buf;
    str key, joined;

    arena = arena ? arena : arena_new(MB(1));
    buf_init(&buf, arena, KB(4));
    while (next(&text, &key)) {
        buf_fmt(&buf, STRF "|", STRV(key));
    }
    REQUIRE(buf_done(&buf, &joined));
    return joined;
}

TEST(lines_of_java_properties_have_a_key)
{
    static const struct {
        int line;
        str text, keys;
    } cases[] = {
        {__LINE__, S_INIT(""), S_INIT("")},
        {__LINE__, S_INIT("a=1"), S_INIT("a|")},
        {__LINE__, S_INIT("a=1\r\nb:2\nc 3\n  d\t=4"), S_INIT("a|b|c|d|")},
        {__LINE__, S_INIT("# no=1\n! no=2\n\n \t\nyes=3"), S_INIT("yes|")},
        {__LINE__, S_INIT("a=1 \\\n no=2\nb=3\\\\\nc=4"), S_INIT("a|b|c|")},
        {__LINE__, S_INIT("[blank]user.email=x\n{tooltip}a=y"),
            S_INIT("[blank]user.email|{tooltip}a|")},
        {__LINE__, S_INIT("a\\:b\\=c\\ d=1\nalone"), S_INIT("a\\:b\\=c\\ d|alone|")},
        {__LINE__, S_INIT("=1\na\\"), S_INIT("|a\\|")},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line, str_eq(all(cases[i].text, bundle_next), cases[i].keys));
    }
    EXPECT(bundle_is(S("a\\:b\\ c"), S("a:b c")) && bundle_is(S("a"), S("a")));
    EXPECT(!bundle_is(S("a"), S("ab")) && !bundle_is(S("ab"), S("a"))
           && bundle_is(S("\\\\"), S("\\")));
}

TEST(templates_ask_for_the_keys_they_name)
{
    static const struct {
        int line;
        str text, keys;
    } cases[] = {
        {__LINE__, S_INIT("${theme.message('a')}${theme.message(\"b\", x)?no_esc}"),
            S_INIT("a|b|")},
        {__LINE__, S_INIT("[@button text=theme.message ( 'a' )/]"), S_INIT("a|")},
        {__LINE__,
            S_INIT("[#-- theme.message('a') --]theme.message('b')<#-- theme.message('c') -->"),
            S_INIT("b|")},
        {__LINE__, S_INIT("theme.message(key) theme.message('a' + b) theme.message('a${b}')"),
            S_INIT("")},
        {__LINE__, S_INIT("theme.optionalMessage('a') theme.messages('b') theme.message('c"),
            S_INIT("")},
        {__LINE__, S_INIT("theme.message('') theme.message('a\\'b') theme.message('d')"),
            S_INIT("d|")},
        {__LINE__, S_INIT("[#-- never ends theme.message('a')"), S_INIT("")},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line, str_eq(all(cases[i].text, bundle_use), cases[i].keys));
    }
}
