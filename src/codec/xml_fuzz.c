/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a document. What is read has a canonical form that is read as the same tree and is its own canonical
 * form: so two documents that say different things never share one, and a signature over it is over what was read. */
#include "base/arena.h"
#include "codec/xml.h"

static bool
has_attribute(const struct xml *node, const struct xml_attribute *wanted)
{
    for (const struct xml_attribute *a = node->attributes; a != NULL; a = a->next) {
        if (str_eq(a->name.space, wanted->name.space)
            && str_eq(a->name.local, wanted->name.local)) {
            return str_eq(a->value, wanted->value);
        }
    }
    return false;
}

static size_t
count_attributes(const struct xml *node)
{
    size_t count = 0;

    for (const struct xml_attribute *a = node->attributes; a != NULL; a = a->next) {
        count++;
    }
    return count;
}

static bool
is_same(const struct xml *a, const struct xml *b)
{
    if (!str_eq(a->name.local, b->name.local) || !str_eq(a->name.space, b->name.space)
        || !str_eq(a->name.prefix, b->name.prefix) || !str_eq(a->text, b->text)
        || count_attributes(a) != count_attributes(b)) {
        return false;
    }
    for (const struct xml_attribute *x = a->attributes; x != NULL; x = x->next) {
        if (!has_attribute(b, x)) {
            return false;
        }
    }
    for (a = a->first, b = b->first; a != NULL && b != NULL; a = a->next, b = b->next) {
        if (!is_same(a, b)) {
            return false;
        }
    }
    return a == b;
}

static void
check(struct arena *arena, const struct xml *root, str prefixes)
{
    const struct xml *again;
    str canon, twice;

    if (!xml_canon(arena, root, NULL, prefixes, &canon)) {
        return; /* too long, or too many prefixes */
    }
    CHECK(xml_parse(arena, canon, &again) && is_same(root, again));
    CHECK(xml_canon(arena, again, NULL, prefixes, &twice) && str_eq(canon, twice));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(64));
    const struct xml *root;

    CHECK(arena != NULL);
    if (n <= KB(64) && xml_parse(arena, (str){(const char *)data, n}, &root)) {
        check(arena, root, NO_STR);
        check(arena, root, S("#default a xs samlp"));
    }
    return 0;
}
