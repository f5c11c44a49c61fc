/* SPDX-License-Identifier: Apache-2.0 */
/* Namespaces in XML 1.0: what an element declares, and what its name and the names of its attributes stand for. */
#include "base/arena.h"
#include "codec/xml_internal.h"

static bool
is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
xml_scope_find(const struct xml_scope *scope, str prefix, str *ret)
{
    for (; scope != NULL; scope = scope->next) {
        if (str_eq(scope->prefix, prefix)) {
            *ret = scope->uri;
            return true;
        }
    }
    *ret = NO_STR;
    return false;
}

static bool
is_declaration(const struct xml_name *name)
{
    return str_eq(name->prefix, S("xmlns"))
           || (name->prefix.n == 0 && str_eq(name->local, S("xmlns")));
}

/* scheme ":" and what a URI may have (RFC 3986 s2, s3), without the brackets that only addresses have. A relative name
 * means nothing (Canonical XML s1.3). */
static bool
is_uri(str uri)
{
    static const str unfit = S_INIT("<>\"{}|\\^`[]");
    size_t scheme = str_find(uri, ':');

    if (scheme == 0 || scheme == uri.n || !is_letter(uri.p[0])) {
        return false;
    }
    for (size_t i = 0; i < uri.n; i++) {
        char c = uri.p[i];
        bool is_fit =
            i < scheme ? is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'
                       : c > ' ' && c < 0x7F && str_find(unfit, c) == unfit.n;
        if (!is_fit) {
            return false;
        }
    }
    return true;
}

/* s3 of Namespaces: what is reserved is left alone, a prefix cannot be undeclared. */
static bool
may_declare(str prefix, str uri)
{
    if (str_eq(prefix, S("xml")) || str_eq(prefix, S("xmlns")) || str_eq(uri, XML_SPACE)
        || str_eq(uri, S("http://www.w3.org/2000/xmlns/"))) {
        return false;
    }
    return uri.n == 0 ? prefix.n == 0 : is_uri(uri);
}

static bool
declare(struct arena *arena, struct xml *node, const struct xml_attribute *all, size_t *scope_count)
{
    const struct xml_scope *outer = node->scope;

    for (const struct xml_attribute *a = all; a != NULL; a = a->next) {
        str prefix = a->name.prefix.n ? a->name.local : NO_STR;
        struct xml_scope *own;
        if (!is_declaration(&a->name)) {
            continue;
        }
        for (const struct xml_scope *s = node->scope; s != outer; s = s->next) {
            if (str_eq(s->prefix, prefix)) {
                return false;
            }
        }
        own = ARENA_NEW(arena, struct xml_scope);
        if (own == NULL || !may_declare(prefix, a->value) || *scope_count == XML_MAX_SCOPE) {
            return false;
        }
        *own = (struct xml_scope){prefix, a->value, node->scope};
        node->scope = own;
        ++*scope_count;
    }
    return true;
}

static bool
resolve(const struct xml *node, struct xml_name *name, bool is_attribute)
{
    if (str_eq(name->prefix, S("xml"))) {
        name->space = XML_SPACE;
        return is_attribute;
    }
    if (is_attribute && name->prefix.n == 0) {
        return true;
    }
    return xml_scope_find(node->scope, name->prefix, &name->space) || name->prefix.n == 0;
}

static bool
is_repeated(const struct xml *node, const struct xml_name *name)
{
    for (const struct xml_attribute *a = node->attributes; a != NULL; a = a->next) {
        if (str_eq(a->name.local, name->local) && str_eq(a->name.space, name->space)) {
            return true;
        }
    }
    return false;
}

/* Keeps the attributes that declare nothing; each name once, whatever its prefix. */
static bool
keep_attributes(struct xml *node, struct xml_attribute *all)
{
    struct xml_attribute *last = NULL, *next;

    for (struct xml_attribute *a = all; a != NULL; a = next) {
        next = (struct xml_attribute *)a->next;
        if (is_declaration(&a->name)) {
            continue;
        }
        if (!resolve(node, &a->name, true) || is_repeated(node, &a->name)) {
            return false;
        }
        a->next = NULL;
        if (last == NULL) {
            node->attributes = a;
        } else {
            last->next = a;
        }
        last = a;
    }
    return true;
}

bool
xml_scope_enter(
    struct arena *arena, struct xml *node, struct xml_attribute *all, size_t *scope_count)
{
    return declare(arena, node, all, scope_count) && resolve(node, &node->name, false)
           && keep_attributes(node, all);
}
