/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a template, a 0, then a value. What compiles renders twice alike and within
 * its maximum; a value shown by {{name}} alone never brings one of its own special characters through. */
#include "base/arena.h"
#include "codec/mustache.h"

enum { MAX_OUT = 64 * 1024 };

struct halves {
    str source, value;
};

static struct halves
split(const uint8_t *data, size_t n)
{
    str all = {(const char *)data, n};
    size_t at = str_find(all, '\0');

    return (struct halves){str_head(all, at), str_skip(all, at + 1)};
}

/* The source itself is every partial but "none", so recursion is met soon. */
static str
partial(void *ctx, str name)
{
    return str_eq(name, S("none")) ? NO_STR : *(const str *)ctx;
}

static struct view
view_of(struct arena *a, str value)
{
    struct view v;

    CHECK(view_init(&v, a));
    view_text(&v, NULL, S("t"), value);
    view_bool(&v, NULL, S("b"), true);
    struct view_value *list = view_list(&v, NULL, S("l"));
    for (int i = 0; i < 3; i++) {
        view_item_text(&v, list, value);
        view_text(&v, view_item(&v, list), S("t"), value);
    }
    view_text(&v, view_object(&v, view_object(&v, NULL, S("o")), S("o")), S("t"), value);
    return v;
}

static bool
render(const struct template *t, const struct view *v, struct arena *a, str *ret)
{
    struct buf buf;

    buf_init(&buf, a, MAX_OUT);
    template_render(t, v, &buf);
    return buf_done(&buf, ret);
}

static size_t
count(str s, char c)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        n += s.p[i] == c;
    }
    return n;
}

/* The property that matters: the same template with a harmless value has as many < > " ' as with this
 * one, if no tag of it is raw. Both values are non-empty, so sections go the same way. */
static void
check_escaping(struct arena *a, const struct template *t, str value, str out)
{
    struct view harmless = view_of(a, S("x"));
    str plain;

    if (value.n == 0 || !render(t, &harmless, a, &plain)) {
        return;
    }
    for (const char *c = "<>\"'"; *c; c++) {
        CHECK(count(out, *c) == count(plain, *c));
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(16));
    struct halves in = split(data, n);
    const char *why = NULL;
    struct template *t = template_compile(a, in.source, partial, &in.source, &why);
    str first, second;

    if (t == NULL) {
        CHECK(why != NULL);
        return 0;
    }
    struct view v = view_of(a, in.value);
    bool is_whole = render(t, &v, a, &first);
    CHECK(is_whole == render(t, &v, a, &second));
    if (!is_whole) {
        return 0;
    }
    CHECK(first.n <= MAX_OUT && str_eq(first, second));
    if (str_find_str(in.source, S("{{{")) == in.source.n) {
        check_escaping(a, t, in.value, first);
    }
    return 0;
}
