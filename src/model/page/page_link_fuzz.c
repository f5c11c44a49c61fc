/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: no redirect URI gives a form-action source that could end its directive, and no address that is
 * neither http(s) nor local becomes a link. */
#include "base/arena.h"
#include "codec/url.h"
#include "model/page/page_internal.h"

static bool
is_one_source(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] <= ' ' || s.p[i] > '~' || memchr(";,'\"*", s.p[i], 5) != NULL) {
            return false;
        }
    }
    return true;
}

/* A link to another host has to say so with its scheme. */
static bool
is_harmless(str url)
{
    struct url parts;

    if (url_parse(url, &parts)) {
        return str_ieq(parts.scheme, S("https")) || str_ieq(parts.scheme, S("http"));
    }
    return str_starts(url, S("/")) && (url.n < 2 || (url.p[1] != '/' && url.p[1] != '\\'));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(1));
    str text = {(const char *)data, n};
    struct page page = {0};

    CHECK(view_init(&page.view, a));
    CHECK(is_one_source(page_form_action(a, text)));
    page_url(&page, NULL, S("url"), text);
    CHECK(page.view.root->first == NULL || is_harmless(text));
    page.view.root->first = NULL;
    page_self(&page, text, text);
    CHECK(page.view.root->first == NULL || is_harmless(page.view.root->first->text));
    return 0;
}
