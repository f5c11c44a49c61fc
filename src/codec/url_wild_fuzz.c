/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a pattern, a newline, a text. What is matched is a sound URL of the pattern's own site, and has no
 * character of any meaning (slash, dot of the name, escape, @ ...) that the pattern has not, nor one less. */
#include "base/arena.h"
#include "codec/url.h"
#include "codec/url_wild.h"

/* What an asterisk cannot stand for. */
static str
skeleton(struct arena *arena, str text)
{
    struct buf buf;
    str ret;

    buf_init(&buf, arena, URL_MAX_BYTES);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                        || c == '-' || c == '.' || c == '_' || c == '~' || c == '*';
        if (!is_plain) {
            buf_char(&buf, c);
        }
    }
    CHECK(buf_done(&buf, &ret));
    return ret;
}

static size_t
dots(str text)
{
    size_t n = 0;

    for (size_t i = 0; i < text.n; i++) {
        n += text.p[i] == '.';
    }
    return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    str whole = {(const char *)data, n}, pattern = str_head(whole, str_find(whole, '\n'));
    str text = str_skip(whole, pattern.n + 1), made, star_host;
    char sample[URL_MAX_BYTES];
    struct url a, b;

    CHECK(arena != NULL);
    if (!url_wild_matches(pattern, text)) {
        return 0;
    }
    CHECK(url_wild_ok(pattern) && url_parse(text, &b) && !b.has_userinfo && !b.has_fragment);
    CHECK(url_wild_sample(pattern, sample, sizeof sample, &made) && url_parse(made, &a));
    star_host = (str){pattern.p + (a.host.p - made.p), a.host.n};
    CHECK(dots(a.host) == dots(b.host) && str_eq(a.scheme, b.scheme));
    CHECK(str_eq(str_skip(star_host, str_find(star_host, '.')),
              str_skip(b.host, str_find(b.host, '.')))
          || str_eq(star_host, b.host));
    CHECK(str_eq(skeleton(arena, pattern), skeleton(arena, text)));
    return 0;
}
