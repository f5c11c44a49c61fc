/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: name NUL value NUL header. What formats is read back, alone and behind other cookies,
 * and ends no line; what is read of a header is a value that could be written. */
#include "base/arena.h"
#include "codec/cookie.h"

static void
check_format(struct arena *arena, const struct cookie *cookie)
{
    str text = cookie_format(arena, cookie);
    str pair = str_head(text, str_find(text, ';')), value;

    if (text.n == 0) {
        return;
    }
    for (size_t i = 0; i < text.n; i++) {
        CHECK(text.p[i] >= ' ' && text.p[i] < 0x7F);
    }
    CHECK(str_ends(text, S("; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Strict")));
    CHECK(cookie_get(pair, cookie->name, &value) && str_eq(value, cookie->value));
    text = str_fmt(arena, "(=1; " STRF, STRV(pair));
    CHECK(cookie_get(text, cookie->name, &value) && str_eq(value, cookie->value));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(16));
    str rest = {(const char *)data, n}, value;
    struct cookie cookie = {.max_age_s = 60, .is_secure = true, .is_http_only = true};

    CHECK(arena != NULL);
    cookie.same_site = COOKIE_STRICT;
    if (!str_cut(&rest, '\0', &cookie.name) || !str_cut(&rest, '\0', &cookie.value)) {
        return 0;
    }
    check_format(arena, &cookie);
    if (cookie_get(rest, cookie.name, &value)) {
        cookie.value = value;
        CHECK(cookie.name.n == 0 || str_find_str(rest, cookie.name) < rest.n);
        cookie.name = S("n");
        CHECK(value.n > 4000 || cookie_format(arena, &cookie).n > 0);
    }
    return 0;
}
