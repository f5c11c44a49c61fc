/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: what is translated holds no FreeMarker any more, and what was mustache without values is left as it is. */
#include "base/arena.h"
#include "codec/ftl.h"
#include "codec/mustache.h"

static bool
has_ftl(str s)
{
    static const char *const marks[] = {"${", "[#", "<#", "[/#", "</#"};

    for (size_t i = 0; i < COUNT(marks); i++) {
        if (str_find_str(s, str_from(marks[i])) < s.n) {
            return true;
        }
    }
    return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(64));
    str in = {(const char *)data, n}, html, text;
    const char *why;

    CHECK(arena != NULL);
    if (ftl_translate(arena, in, true, &html, &why)) {
        CHECK(ftl_translate(arena, in, false, &text, &why)); /* both or none */
        if (!has_ftl(in)) {
            CHECK(str_eq(html, in));
        }
        (void)!template_compile(arena, html, NULL, NULL, &why); /* may refuse, must not break */
    } else {
        CHECK(why != NULL && why[0] != 0);
        CHECK(has_ftl(in) || n > KB(100));
    }
    return 0;
}
