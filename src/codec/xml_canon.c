/* SPDX-License-Identifier: Apache-2.0 */
/* Exclusive XML Canonicalization 1.0 (W3C, 18 July 2002) over whole elements: a namespace is written where it is first
 * used, or where a PrefixList names it. Two trees have one canonical form only if they say the same. */
#include "base/arena.h"
#include "codec/xml_internal.h"

struct canon {
    struct arena *arena;
    struct buf out;
    const struct xml *without;
    str prefixes[XML_MAX_PREFIXES];
    size_t prefix_count;
};

/* Canonical XML s2.3: what is written in place of which character. */
static void
write_escaped(struct buf *out, str text, bool is_value)
{
    size_t from = 0;

    for (size_t i = 0; i < text.n; i++) {
        const char *as = NULL;
        switch (text.p[i]) {
        case '&':
            as = "&amp;";
            break;
        case '<':
            as = "&lt;";
            break;
        case '\r':
            as = "&#xD;";
            break;
        case '>':
            as = is_value ? NULL : "&gt;";
            break;
        case '"':
            as = is_value ? "&quot;" : NULL;
            break;
        case '\t':
            as = is_value ? "&#x9;" : NULL;
            break;
        case '\n':
            as = is_value ? "&#xA;" : NULL;
            break;
        default:
            break;
        }
        if (as != NULL) {
            buf_str(out, (str){text.p + from, i - from});
            buf_str(out, str_from(as));
            from = i + 1;
        }
    }
    buf_str(out, str_skip(text, from));
}

static void
write_name(struct buf *out, const struct xml_name *name)
{
    if (name->prefix.n) {
        buf_str(out, name->prefix);
        buf_char(out, ':');
    }
    buf_str(out, name->local);
}

/* ---- namespaces ---- */

struct prefixes { /* in their order, each once */
    str *items;
    size_t count;
};

static void
add_prefix(struct prefixes *set, str prefix)
{
    size_t at = 0;

    while (at < set->count && str_cmp(set->items[at], prefix) < 0) {
        at++;
    }
    if (at < set->count && str_eq(set->items[at], prefix)) {
        return;
    }
    for (size_t i = set->count; i > at; i--) {
        set->items[i] = set->items[i - 1];
    }
    set->items[at] = prefix;
    set->count++;
}

/* s3: those the element and its attributes use, and those of the list that are in scope. */
static void
collect_prefixes(const struct canon *c, const struct xml *e, struct prefixes *set)
{
    str uri;

    add_prefix(set, e->name.prefix);
    for (const struct xml_attribute *a = e->attributes; a != NULL; a = a->next) {
        if (a->name.prefix.n && !str_eq(a->name.prefix, S("xml"))) {
            add_prefix(set, a->name.prefix);
        }
    }
    for (size_t i = 0; i < c->prefix_count; i++) {
        if (c->prefixes[i].n == 0 || xml_scope_find(e->scope, c->prefixes[i], &uri)) {
            add_prefix(set, c->prefixes[i]);
        }
    }
}

/* Writes what an element above did not write already; *rendered grows by it. */
static void
write_namespaces(struct canon *c, const struct xml *e, const struct prefixes *set,
    const struct xml_scope **rendered)
{
    const struct xml_scope *above = *rendered;

    for (size_t i = 0; i < set->count; i++) {
        str prefix = set->items[i], uri, was;
        struct xml_scope *own;
        (void)xml_scope_find(e->scope, prefix, &uri);
        (void)xml_scope_find(above, prefix, &was);
        /* Also: no default namespace, and none to take back. Mostly it is the very same text: a list of prefixes would
         * have it read for each element, however long it is. */
        if ((uri.p == was.p && uri.n == was.n) || str_eq(uri, was)) {
            continue;
        }
        buf_lit(&c->out, " xmlns");
        if (prefix.n) {
            buf_char(&c->out, ':');
            buf_str(&c->out, prefix);
        }
        buf_lit(&c->out, "=\"");
        write_escaped(&c->out, uri, true);
        buf_char(&c->out, '"');
        own = ARENA_NEW(c->arena, struct xml_scope);
        if (own != NULL) {
            *own = (struct xml_scope){prefix, uri, *rendered};
            *rendered = own;
        }
    }
}

/* ---- attributes ---- */

static bool
comes_before(const struct xml_attribute *a, const struct xml_attribute *b)
{
    int order = str_cmp(a->name.space, b->name.space);

    return order ? order < 0 : str_cmp(a->name.local, b->name.local) < 0;
}

static void
write_attributes(struct canon *c, const struct xml *e, size_t count)
{
    const struct xml_attribute **sorted =
        ARENA_ARRAY(c->arena, count, const struct xml_attribute *);
    size_t n = 0;

    if (sorted == NULL) {
        return;
    }
    for (const struct xml_attribute *a = e->attributes; a != NULL; a = a->next) {
        size_t at = n++;
        for (; at > 0 && comes_before(a, sorted[at - 1]); at--) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = a;
    }
    for (size_t i = 0; i < n; i++) {
        buf_char(&c->out, ' ');
        write_name(&c->out, &sorted[i]->name);
        buf_lit(&c->out, "=\"");
        write_escaped(&c->out, sorted[i]->value, true);
        buf_char(&c->out, '"');
    }
}

static void
write_element(struct canon *c, const struct xml *e, const struct xml_scope *rendered)
{
    struct prefixes set = {NULL, 0};
    size_t count = 0;

    for (const struct xml_attribute *a = e->attributes; a != NULL; a = a->next) {
        count++;
    }
    set.items = ARENA_ARRAY(c->arena, count + 1 + c->prefix_count, str);
    if (set.items == NULL || c->out.failed) {
        return;
    }
    collect_prefixes(c, e, &set);
    buf_char(&c->out, '<');
    write_name(&c->out, &e->name);
    write_namespaces(c, e, &set, &rendered);
    if (count) {
        write_attributes(c, e, count);
    }
    buf_char(&c->out, '>');
    for (const struct xml *m = e->first; m != NULL; m = m->next) {
        if (xml_is_text(m)) {
            write_escaped(&c->out, m->text, false);
        } else if (m != c->without) {
            write_element(c, m, rendered); /* at most XML_MAX_DEPTH deep */
        }
    }
    buf_lit(&c->out, "</");
    write_name(&c->out, &e->name);
    buf_char(&c->out, '>');
}

/* A list of prefixes with white space between; "#default" is the empty one. */
static bool
read_prefixes(struct canon *c, str list)
{
    size_t at = 0;

    while (at < list.n) {
        size_t from = at;
        while (at < list.n && list.p[at] > ' ') {
            at++;
        }
        if (at > from) {
            str word = {list.p + from, at - from};
            if (c->prefix_count == XML_MAX_PREFIXES) {
                return false;
            }
            c->prefixes[c->prefix_count++] = str_eq(word, S("#default")) ? NO_STR : word;
        }
        at++;
    }
    return true;
}

bool
xml_canon(
    struct arena *arena, const struct xml *apex, const struct xml *without, str prefixes, str *ret)
{
    struct canon c = {.arena = arena, .without = without};

    if (!read_prefixes(&c, prefixes)) {
        return false;
    }
    buf_init(&c.out, arena, XML_MAX_CANON);
    write_element(&c, apex, NULL);
    return !arena_failed(arena) && buf_done(&c.out, ret);
}
