/* SPDX-License-Identifier: Apache-2.0 */
/* Messages a theme's own templates need. A page that names a key nobody has is a broken page in front of a person who
 * signs in, so such a theme is refused when it is stored; keys that no template of the theme names are nobody's
 * concern (decision 0033). */
#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "codec/bundle.h"
#include "model/theme/theme.h"

enum { KEY_MAX = 100 };

struct keys {
    str *list;
    size_t count;
};

static int
compare(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

/* As it is meant: most keys have no escapes. */
static str
unescaped(struct arena *arena, str key)
{
    size_t n = 0;
    char *to;

    if (str_find(key, '\\') == key.n) {
        return key;
    }
    to = arena_alloc(arena, key.n);
    for (size_t i = 0; to != NULL && i < key.n; i++) {
        i += key.p[i] == '\\' && i + 1 < key.n;
        to[n++] = key.p[i];
    }
    return to ? (str){to, n} : NO_STR;
}

static bool
read_keys(struct arena *arena, str bundle, struct keys *ret)
{
    str rest = bundle, key;
    size_t count = 0;

    while (bundle_next(&rest, &key)) {
        count++;
    }
    *ret = (struct keys){ARENA_ARRAY(arena, MAX(count, 1), str), 0};
    rest = bundle;
    while (ret->list != NULL && bundle_next(&rest, &key)) {
        ret->list[ret->count++] = unescaped(arena, key);
    }
    if (ret->list == NULL) {
        return false;
    }
    qsort(ret->list, ret->count, sizeof *ret->list, compare);
    return true;
}

static bool
has_key(const struct keys *keys, str key)
{
    return bsearch(&key, keys->list, keys->count, sizeof key, compare) != NULL;
}

/* Shown to whoever sent it, in JSON: of what messages are called, nothing longer. */
static bool
is_shown(str key)
{
    for (size_t i = 0; i < key.n; i++) {
        if (key.p[i] <= ' ' || key.p[i] >= 0x7F || key.p[i] == '<' || key.p[i] == '>') {
            return false;
        }
    }
    return key.n <= KEY_MAX;
}

struct lack {
    const struct keys *has;
    str *shown; /* those that were written already */
    size_t count, max;
    bool is_any;
};

static void
note(struct lack *lack, str key, struct buf *out)
{
    lack->is_any = true;
    for (size_t i = 0; i < lack->count; i++) {
        if (str_eq(lack->shown[i], key)) {
            return;
        }
    }
    if (lack->count < lack->max && is_shown(key)) {
        buf_fmt(out, "%s" STRF, lack->count ? ", " : "", STRV(key));
        lack->shown[lack->count++] = key;
    }
}

bool
theme_lacks(struct arena *arena, const struct theme *theme, size_t max, struct buf *out)
{
    struct keys keys;
    struct lack lack = {&keys, ARENA_ARRAY(arena, max, str), 0, max, false};
    str key;

    if (lack.shown == NULL || !read_keys(arena, theme->default_messages, &keys)) {
        return false;
    }
    for (size_t i = 0; i < THEME_TEMPLATE_COUNT; i++) {
        str rest = theme->templates.text[i];

        while (bundle_use(&rest, &key)) {
            if (!has_key(&keys, key)) {
                note(&lack, key, out);
            }
        }
    }
    return lack.is_any;
}
