/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: any Accept-Language gives a language we have; it asks before the tenant's default and never
 * before what the person chose; a wish of weight 0 in front of it changes nothing. */
#include "base/arena.h"
#include "model/page/page_internal.h"

static bool
is_ours(str lang)
{
    return str_eq(page_languages[page_language(lang)], lang);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    str header = {(const char *)data, n}, got = page_lang(NO_STR, NO_STR, header);
    str refused = str_fmt(a, "ar;q=0," STRF, STRV(header));

    CHECK(is_ours(got) && is_ours(page_lang(header, header, header)));
    CHECK(str_eq(page_lang(NO_STR, S("ar"), header), S("ar")));
    CHECK(str_eq(page_lang_or(NO_STR, NO_STR, header, got), got));
    if (str_find(header, '\0') == header.n
        && n < 31) { /* short enough for no wish to fall off the end */
        CHECK(str_eq(page_lang(NO_STR, NO_STR, refused), got));
    }
    return 0;
}
