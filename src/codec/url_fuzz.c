/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the parts put together again are the text; an origin is a URL with the same scheme and
 * host and is its own origin; a parameter that is added can be read back. */
#include "base/arena.h"
#include "codec/form.h"
#include "codec/url.h"

static str
joined(struct arena *arena, const struct url *url)
{
    return str_fmt(arena, STRF ":%s" STRF "%s" STRF "%s" STRF STRF "%s" STRF "%s" STRF,
        STRV(url->scheme), url->has_authority ? "//" : "", STRV(url->userinfo),
        url->has_userinfo ? "@" : "", STRV(url->host), url->port.p ? ":" : "", STRV(url->port),
        STRV(url->path), url->has_query ? "?" : "", STRV(url->query), url->has_fragment ? "#" : "",
        STRV(url->fragment));
}

static void
check_origin(struct arena *arena, const struct url *url)
{
    str origin = url_origin(arena, url);
    struct url again;

    CHECK((origin.n > 0) == (url->host.n > 0));
    if (origin.n == 0) {
        return;
    }
    CHECK(url_parse(origin, &again) || origin.n > URL_MAX_BYTES);
    CHECK(str_ieq(again.scheme, url->scheme) && str_ieq(again.host, url->host));
    CHECK(url_is_loopback(&again) == url_is_loopback(url));
    CHECK(str_eq(url_origin(arena, &again), origin));
}

static void
check_added(struct arena *arena, str text, const struct url *url)
{
    struct url again;
    struct form form;
    struct buf buf;
    str longer;

    buf_init(&buf, arena, URL_MAX_BYTES);
    url_add_query(&buf, text, S("na me"), S("v&l=e"));
    if (!buf_done(&buf, &longer)) {
        return;
    }
    CHECK(url_parse(longer, &again) && again.has_query && !again.has_fragment);
    CHECK(str_eq(again.host, url->host) && str_eq(again.path, url->path));
    CHECK(str_starts(again.query, url->query));
    CHECK(form_parse(arena, str_skip(again.query, url->query.n), &form));
    CHECK(form.count == 1 && str_eq(form_get(&form, S("na me")), S("v&l=e")));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    str text = {(const char *)data, n};
    struct url url;

    CHECK(arena != NULL);
    if (url_parse(text, &url)) {
        CHECK(str_eq(joined(arena, &url), text));
        check_origin(arena, &url);
        check_added(arena, text, &url);
    }
    return 0;
}
