/* SPDX-License-Identifier: Apache-2.0 */
/* Schemas of the OpenAPI document for people: kinds in a few words, types with their members. */
#include "base/arena.h"
#include "base/base.h"
#include "flow/api/api_docs.h"

enum { MAX_DEPTH = 12, MAX_NAMES_SHOWN = 12 };

str
api_docs_text(const struct json *thing, const char *name)
{
    str text = NO_STR;

    return json_str(json_get(thing, str_from(name)), &text) ? text : NO_STR;
}

str
api_docs_rich(const struct api_docs *docs, str text)
{
    bool is_code = false;
    struct buf buf;
    str part, rich;

    buf_init(&buf, docs->view.arena, KB(8));
    while (str_cut(&text, '`', &part)) {
        html_escape(&buf, part);
        if (text.p != NULL) {
            buf_str(&buf, is_code ? S("</code>") : S("<code>"));
            is_code = !is_code;
        }
    }
    return buf_done(&buf, &rich) ? rich : NO_STR;
}

const struct json *
api_docs_resolve(const struct api_docs *docs, const struct json *thing, str *ret_name)
{
    str ref = api_docs_text(thing, "$ref"), part;
    const struct json *at = docs->doc;

    *ret_name = NO_STR;
    if (!str_starts(ref, S("#/"))) {
        return thing;
    }
    ref = str_skip(ref, 2);
    while (str_cut(&ref, '/', &part)) {
        at = json_get(at, part);
        *ret_name = part;
    }
    return at;
}

static str
names_of(struct arena *arena, const struct json *names)
{
    struct buf buf;
    str text;
    size_t count = 0;

    buf_init(&buf, arena, KB(2));
    buf_lit(&buf, "one of ");
    for (const struct json *n = names->first; n != NULL; n = n->next) {
        if (count++ == MAX_NAMES_SHOWN) {
            buf_lit(&buf, " ...");
            break;
        }
        buf_str(&buf, count > 1 ? S(", ") : NO_STR);
        buf_str(&buf, n->text);
    }
    return buf_done(&buf, &text) ? text : NO_STR;
}

/* anyOf: the first type stands for all in the words, each has its place among the types. */
static str
kind_of_any(const struct json *any)
{
    return any->first != NULL ? S("by its type, such as") : S("anything");
}

str
api_docs_kind(const struct api_docs *docs, const struct json *schema, str *ret_link)
{
    const struct json *any = json_get(schema, S("anyOf")), *names = json_get(schema, S("enum"));
    str type = api_docs_text(schema, "type"), format = api_docs_text(schema, "format");
    struct arena *arena = docs->view.arena;

    *ret_link = NO_STR;
    if (json_get(schema, S("$ref")) != NULL) {
        (void)api_docs_resolve(docs, schema, ret_link);
        return NO_STR;
    }
    if (any != NULL) {
        (void)api_docs_resolve(docs, any->first, ret_link);
        return kind_of_any(any);
    }
    if (names != NULL) {
        return names_of(arena, names);
    }
    if (str_eq(type, S("array"))) {
        str inner = api_docs_kind(docs, json_get(schema, S("items")), ret_link);
        return str_fmt(arena, "list of " STRF, STRV(inner));
    }
    if (str_eq(type, S("object")) && json_get(schema, S("additionalProperties")) != NULL) {
        str inner = api_docs_kind(docs, json_get(schema, S("additionalProperties")), ret_link);
        return str_fmt(arena, "map to " STRF, STRV(inner));
    }
    if (type.n == 0) {
        return S("anything");
    }
    return format.n && !str_eq(format, S("int64")) ? format : type;
}

static bool
is_in(const struct json *list, str name)
{
    for (const struct json *n = list != NULL ? list->first : NULL; n != NULL; n = n->next) {
        if (str_eq(n->text, name)) {
            return true;
        }
    }
    return false;
}

static bool
is_true(const struct json *thing, const char *name)
{
    bool is_set = false;

    return json_bool(json_get(thing, str_from(name)), &is_set) && is_set;
}

static void
add_member(struct api_docs *docs, struct view_value *list, const struct json *type,
    const struct json *member)
{
    struct view_value *item = view_item(&docs->view, list);
    const struct json *otherwise = json_get(member, S("default"));
    str link, kind = api_docs_kind(docs, member, &link);

    view_text(&docs->view, item, S("name"), member->name);
    view_text(&docs->view, item, S("kind"), kind);
    view_text(&docs->view, item, S("link"), link);
    view_text(
        &docs->view, item, S("about"), api_docs_rich(docs, api_docs_text(member, "description")));
    view_text(&docs->view, item, S("otherwise"), otherwise != NULL ? otherwise->raw : NO_STR);
    view_bool(
        &docs->view, item, S("is_needed"), is_in(json_get(type, S("required")), member->name));
    view_bool(&docs->view, item, S("is_shown_only"), is_true(member, "readOnly"));
    view_bool(&docs->view, item, S("is_never_shown"), is_true(member, "writeOnly"));
}

static void add_types(
    struct api_docs *docs, struct api_docs_types *types, const struct json *schema, int depth);

static void
add_type(struct api_docs *docs, struct api_docs_types *types, str name, const struct json *type,
    int depth)
{
    const struct json *members = json_get(type, S("properties"));
    struct view_value *item, *list;

    for (size_t i = 0; i < types->count; i++) {
        if (str_eq(types->names[i], name)) {
            return;
        }
    }
    if (types->count == COUNT(types->names) || type == NULL) {
        return;
    }
    types->names[types->count++] = name;
    item = view_item(&docs->view, types->list);
    view_text(&docs->view, item, S("name"), name);
    view_text(&docs->view, item, S("type_about"),
        api_docs_rich(docs, api_docs_text(type, "description")));
    list = view_list(&docs->view, item, S("members"));
    for (const struct json *m = members != NULL ? members->first : NULL; m != NULL; m = m->next) {
        add_member(docs, list, type, m);
    }
    for (const struct json *m = members != NULL ? members->first : NULL; m != NULL; m = m->next) {
        add_types(docs, types, m, depth + 1);
    }
}

static void
add_types(struct api_docs *docs, struct api_docs_types *types, const struct json *schema, int depth)
{
    static const char *const inner[] = {"items", "additionalProperties"};
    const struct json *any = json_get(schema, S("anyOf")), *type;
    str name;

    if (schema == NULL || depth > MAX_DEPTH) {
        return;
    }
    type = api_docs_resolve(docs, schema, &name);
    if (name.n) {
        add_type(docs, types, name, type, depth);
        return;
    }
    for (size_t i = 0; i < COUNT(inner); i++) {
        add_types(docs, types, json_get(schema, str_from(inner[i])), depth + 1);
    }
    for (const struct json *one = any != NULL ? any->first : NULL; one != NULL; one = one->next) {
        add_types(docs, types, one, depth + 1);
    }
}

/* The first of the bodies: of what may be sent, JSON goes first. */
static const struct json *
schema_of(const struct json *thing)
{
    const struct json *content = json_get(thing, S("content"));

    return content != NULL ? json_get(content->first, S("schema")) : NULL;
}

void
api_docs_types(struct api_docs *docs, struct api_docs_types *types, const struct json *operation)
{
    const struct json *answers = json_get(operation, S("responses"));

    add_types(docs, types, schema_of(json_get(operation, S("requestBody"))), 0);
    for (const struct json *a = answers != NULL ? answers->first : NULL; a != NULL; a = a->next) {
        str name;
        add_types(docs, types, schema_of(api_docs_resolve(docs, a, &name)), 0);
    }
}
