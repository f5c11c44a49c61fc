/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses on pages: which may be links, where a page itself is, what a form may lead to. */
#include "model/page/page_internal.h"

#include "base/arena.h"
#include "codec/url.h"

/* "/a/b", not "//host" nor "/\host", which browsers take for another host. */
static bool
is_local(str url)
{
    if (!str_starts(url, S("/")) || str_starts(url, S("//")) || str_starts(url, S("/\\"))) {
        return false;
    }
    for (size_t i = 0; i < url.n; i++) {
        if ((uint8_t)url.p[i] <= ' ') { /* browsers drop tabs and newlines: "/\t/host" */
            return false;
        }
    }
    return true;
}

static bool
is_web(str scheme)
{
    return str_ieq(scheme, S("https")) || str_ieq(scheme, S("http"));
}

void
page_url(struct page *page, struct view_value *object, str name, str url)
{
    struct url parts;

    if (is_local(url) || (url_parse(url, &parts) && is_web(parts.scheme))) {
        view_text(&page->view, object, name, url);
    }
}

void
page_self(struct page *page, str path, str query)
{
    struct buf buf;
    str part, base;

    if (!is_local(path)) {
        return;
    }
    buf_init(&buf, page->view.arena, KB(16));
    buf_str(&buf, path);
    buf_char(&buf, '?');
    while (str_cut(&query, '&', &part)) {
        if (part.n && !str_eq(part, S("lang")) && !str_starts(part, S("lang="))) {
            buf_str(&buf, part);
            buf_char(&buf, '&');
        }
    }
    if (buf_done(&buf, &base)) {
        view_text(&page->view, NULL, S("lang_base"), base);
    }
}

/* What CSP can say of a host (CSP3 s2.3.1, host-part); RFC 3986 would allow ";" and "," too. */
static bool
is_host(str host)
{
    for (size_t i = 0; i < host.n; i++) {
        char c = host.p[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && c != '.' && c != '-') {
            return false;
        }
    }
    return host.n > 0;
}

str
page_form_action(struct arena *arena, str redirect_uri)
{
    struct url url;

    if (!url_parse(redirect_uri, &url)) {
        return NO_STR;
    }
    if (is_web(url.scheme) && is_host(url.host)) {
        return url_origin(arena, &url);
    }
    if (is_web(url.scheme) && !str_starts(url.host, S("["))) {
        return NO_STR;
    }
    return str_fmt(arena, STRF ":", STRV(url.scheme));
}
