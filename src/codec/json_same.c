/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing JSON values whose members may stand in any order. Numbers are the same when written the
 * same: 1 and 1.0 differ. Invariant: hostile objects cost n log n, not n squared. */
#include "base/mem.h"
#include "codec/json_internal.h"

/* Merges two sorted neighbours, [0, middle) and [middle, n) of from, into to. */
static void
merge(const struct json **from, size_t middle, size_t n, const struct json **to)
{
    size_t a = 0, b = middle;

    for (size_t i = 0; i < n; i++) {
        bool take_a = b == n || (a < middle && str_cmp(from[a]->name, from[b]->name) <= 0);
        to[i] = take_a ? from[a++] : from[b++];
    }
}

/* A stable merge sort from short runs to long ones; the halves of the block swap roles. */
const struct json **
json_sorted(const struct json *object)
{
    size_t n = object->count, i = 0;
    const struct json **block = mem_new(2 * n * sizeof(struct json *) + 1);
    const struct json **from = block, **to = block + n;

    if (block == NULL) {
        return NULL;
    }
    for (const struct json *m = object->first; m != NULL; m = m->next) {
        from[i++] = m;
    }
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t at = 0; at < n; at += 2 * width) {
            size_t length = MIN(2 * width, n - at);
            merge(from + at, MIN(width, length), length, to + at);
        }
        const struct json **swap = from;
        from = to;
        to = swap;
    }
    if (from != block && n) {
        memcpy(block, from, n * sizeof *from);
    }
    return block;
}

static bool
same_elements(const struct json *a, const struct json *b)
{
    for (a = a->first, b = b->first; a != NULL && b != NULL; a = a->next, b = b->next) {
        if (!json_same(a, b)) {
            return false;
        }
    }
    return a == NULL && b == NULL;
}

static bool
same_in_order(const struct json *a, const struct json *b, bool *ret_same)
{
    for (a = a->first, b = b->first; a != NULL && b != NULL; a = a->next, b = b->next) {
        if (!str_eq(a->name, b->name)) {
            return false;
        }
        if (!json_same(a, b)) {
            *ret_same = false;
            return true;
        }
    }
    *ret_same = true;
    return true;
}

static bool
same_sorted(const struct json **a, const struct json **b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!str_eq(a[i]->name, b[i]->name) || !json_same(a[i], b[i])) {
            return false;
        }
    }
    return true;
}

static bool
same_members(const struct json *a, const struct json *b)
{
    const struct json **sorted_a, **sorted_b;
    bool is_same;

    if (same_in_order(a, b, &is_same)) {
        return is_same;
    }
    sorted_a = json_sorted(a);
    sorted_b = json_sorted(b);
    if (sorted_a != NULL && sorted_b != NULL) {
        is_same = same_sorted(sorted_a, sorted_b, a->count);
    } else { /* no memory: slower, but still the right answer */
        is_same = true;
        for (const struct json *m = a->first; m != NULL && is_same; m = m->next) {
            const struct json *other = json_get(b, m->name);
            is_same = other != NULL && json_same(m, other);
        }
    }
    mem_free(sorted_a);
    mem_free(sorted_b);
    return is_same;
}

bool
json_same(const struct json *a, const struct json *b)
{
    if (a->type != b->type || a->count != b->count) {
        return false;
    }
    switch (a->type) {
    case JSON_NUMBER:
    case JSON_STRING:
        return str_eq(a->text, b->text);
    case JSON_ARRAY:
        return same_elements(a, b);
    case JSON_OBJECT:
        return same_members(a, b);
    default:
        return true;
    }
}
