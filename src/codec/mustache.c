/* SPDX-License-Identifier: Apache-2.0 */
/* Views, and templates compiled: a source becomes a list of operations, once.
 *
 * Follows the mustache(5) manual. Deviations: no lambdas, no change of delimiters, no {{&name}}; a
 * partial is not indented by the spaces before its tag; an empty text is false.
 * Invariants: 1 a partial is laid into the list, so rendering never asks for one; 2 a partial opens and
 * closes its own sections; 3 compiling is bounded by the tags met, so partials cannot multiply. */
#include "codec/mustache_internal.h"

#include "base/arena.h"

enum { MAX_DEPTH = 16, MAX_TAGS = 16384, MAX_NAME = 64 };

struct compiler {
    struct arena *arena;
    template_partial *partial;
    void *ctx;
    const char *why;
    struct op *ops;
    size_t count, cap, tags;
    size_t open[MAX_DEPTH]; /* operations of the sections that are not closed yet */
    size_t open_count;
    str inside[MAX_DEPTH]; /* names of the partials being compiled */
    size_t inside_count;
};

struct tag {
    char kind; /* # ^ / ! > { or 0 for a plain name */
    str name;
    size_t start, end; /* where it stands in the source */
};

static bool
refuse(struct compiler *c, const char *why)
{
    c->why = why;
    return false;
}

/* name = "." / part *( "." part ) ; part = 1*( ALPHA / DIGIT / "_" / "-" ) */
static bool
is_name(str s)
{
    bool is_after_dot = true;

    if (str_eq(s, S("."))) {
        return true;
    }
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.p[i];
        bool is_dot = ch == '.';
        bool is_word = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
                       || (ch >= '0' && ch <= '9') || ch == '_' || ch == '-';
        if (!is_word && (!is_dot || is_after_dot)) {
            return false;
        }
        is_after_dot = is_dot;
    }
    return s.n <= MAX_NAME && !is_after_dot;
}

static struct op *
add_op(struct compiler *c, enum op_kind kind, str text)
{
    struct op *op;

    if (c->count == c->cap) {
        size_t cap = c->cap ? c->cap * 2 : 32;
        struct op *ops = arena_grow(c->arena, c->ops, c->cap * sizeof *ops, cap * sizeof *ops);
        if (ops == NULL) {
            c->why = "out of memory";
            return NULL;
        }
        c->ops = ops;
        c->cap = cap;
    }
    op = &c->ops[c->count++];
    *op = (struct op){.kind = kind, .text = text};
    if (kind != OP_LITERAL) {
        op->head = str_find(text, '.');
    }
    return op;
}

static bool
add_literal(struct compiler *c, str text)
{
    return text.n == 0 || add_op(c, OP_LITERAL, text) != NULL;
}

/* Reads the tag whose "{{" stands at start. */
static bool
read_tag(struct compiler *c, str source, size_t start, struct tag *ret)
{
    str rest = str_skip(source, start + 2);
    bool is_raw = str_starts(rest, S("{"));
    str close = is_raw ? S("}}}") : S("}}");
    size_t n = str_find_str(rest, close);
    str inner = str_head(rest, n);
    struct tag tag = {.start = start, .end = start + 2 + n + close.n};

    if (n == rest.n) {
        return refuse(c, "a tag is not closed");
    }
    if (inner.n && memchr("#^/!>{", inner.p[0], 6) != NULL) {
        tag.kind = inner.p[0];
        inner = str_skip(inner, 1);
    }
    tag.name = str_trim(inner);
    if (tag.kind != '!' && !is_name(tag.name)) {
        return refuse(c, "a tag has no valid name");
    }
    *ret = tag;
    return true;
}

/* A tag that prints nothing and is alone on its line takes the whole line with it: *start moves to
 * the line's first character, *end behind its newline. */
static void
widen_to_line(str source, const struct tag *tag, size_t *start, size_t *end)
{
    size_t from = tag->start, to = tag->end;

    while (from > 0 && (source.p[from - 1] == ' ' || source.p[from - 1] == '\t')) {
        from--;
    }
    while (to < source.n && (source.p[to] == ' ' || source.p[to] == '\t' || source.p[to] == '\r')) {
        to++;
    }
    if ((from > 0 && source.p[from - 1] != '\n') || (to < source.n && source.p[to] != '\n')) {
        return;
    }
    *start = from;
    *end = to < source.n ? to + 1 : to;
}

static bool
open_section(struct compiler *c, enum op_kind kind, str name)
{
    if (c->open_count == MAX_DEPTH) {
        return refuse(c, "sections are nested too deep");
    }
    c->open[c->open_count++] = c->count;
    return add_op(c, kind, name) != NULL;
}

/* floor is the number of sections that were open when this source began: a partial closes its own. */
static bool
close_section(struct compiler *c, size_t floor, str name)
{
    struct op *op;

    if (c->open_count == floor) {
        return refuse(c, "a section is closed that was not open");
    }
    op = &c->ops[c->open[c->open_count - 1]];
    if (!str_eq(op->text, name)) {
        return refuse(c, "a section is closed that was not the innermost");
    }
    op->end = c->count;
    c->open_count--;
    return true;
}

static bool compile(struct compiler *c, str source);

static bool
include_partial(struct compiler *c, str name)
{
    str source = c->partial ? c->partial(c->ctx, name) : NO_STR;

    if (source.p == NULL) {
        return refuse(c, "a partial is missing");
    }
    if (c->inside_count == MAX_DEPTH) {
        return refuse(c, "partials are nested too deep");
    }
    for (size_t i = 0; i < c->inside_count; i++) {
        if (str_eq(c->inside[i], name)) {
            return refuse(c, "a partial includes itself");
        }
    }
    c->inside[c->inside_count++] = name;
    if (!compile(c, source)) {
        return false;
    }
    c->inside_count--;
    return true;
}

static bool
compile_tag(struct compiler *c, size_t floor, const struct tag *tag)
{
    switch (tag->kind) {
    case '#':
        return open_section(c, OP_SECTION, tag->name);
    case '^':
        return open_section(c, OP_INVERTED, tag->name);
    case '/':
        return close_section(c, floor, tag->name);
    case '>':
        return include_partial(c, tag->name);
    case '!':
        return true;
    default:
        return add_op(c, tag->kind == '{' ? OP_RAW : OP_ESCAPED, tag->name) != NULL;
    }
}

static bool
compile(struct compiler *c, str source)
{
    size_t floor = c->open_count, at = 0;

    for (;;) {
        size_t start = at + str_find_str(str_skip(source, at), S("{{"));
        struct tag tag;
        size_t end;
        if (start == source.n) {
            break;
        }
        if (c->tags++ == MAX_TAGS) {
            return refuse(c, "too many tags");
        }
        if (!read_tag(c, source, start, &tag)) {
            return false;
        }
        end = tag.end;
        if (tag.kind != 0 && tag.kind != '{') {
            widen_to_line(source, &tag, &start, &end);
        }
        start = MAX(start, at);
        if (!add_literal(c, (str){source.p + at, start - at}) || !compile_tag(c, floor, &tag)) {
            return false;
        }
        at = end;
    }
    if (c->open_count != floor) {
        return refuse(c, "a section is not closed");
    }
    return add_literal(c, str_skip(source, at));
}

struct template *
template_compile(
    struct arena *arena, str source, template_partial *partial, void *ctx, const char **ret_why)
{
    struct compiler c = {.arena = arena, .partial = partial, .ctx = ctx};
    struct template *t = NULL;

    if (compile(&c, source)) {
        t = ARENA_NEW(arena, struct template);
        c.why = "out of memory";
    }
    if (t == NULL) {
        *ret_why = c.why;
        return NULL;
    }
    *t = (struct template){c.ops, c.count};
    return t;
}

/* Where additions go once the arena has failed. Nothing is ever linked to it. */
static struct view_value *
scratch(void)
{
    static _Thread_local struct view_value value;

    value = (struct view_value){.kind = VIEW_OBJECT};
    return &value;
}

bool
view_init(struct view *view, struct arena *arena)
{
    *view = (struct view){arena, ARENA_NEW(arena, struct view_value)};
    if (view->root == NULL) {
        view->root = scratch();
        return false;
    }
    view->root->kind = VIEW_OBJECT;
    return true;
}

/* Members go to the front, so that the newest of one name is found; their order means nothing. */
static struct view_value *
add_member(struct view *view, struct view_value *object, str name, enum view_kind kind)
{
    struct view_value *v = ARENA_NEW(view->arena, struct view_value);

    if (v == NULL) {
        return scratch();
    }
    object = object ? object : view->root;
    *v = (struct view_value){.next = object->first, .name = name, .kind = kind};
    object->first = v;
    return v;
}

static struct view_value *
add_item(struct view *view, struct view_value *list, enum view_kind kind)
{
    struct view_value *v = ARENA_NEW(view->arena, struct view_value);

    if (v == NULL) {
        return scratch();
    }
    v->kind = kind;
    if (list->last != NULL) {
        list->last->next = v;
    } else {
        list->first = v;
    }
    list->last = v;
    return v;
}

void
view_text(struct view *view, struct view_value *object, str name, str text)
{
    add_member(view, object, name, VIEW_TEXT)->text = text;
}

void
view_bool(struct view *view, struct view_value *object, str name, bool is_true)
{
    add_member(view, object, name, VIEW_BOOL)->is_true = is_true;
}

struct view_value *
view_list(struct view *view, struct view_value *object, str name)
{
    return add_member(view, object, name, VIEW_LIST);
}

struct view_value *
view_object(struct view *view, struct view_value *object, str name)
{
    return add_member(view, object, name, VIEW_OBJECT);
}

struct view_value *
view_item(struct view *view, struct view_value *list)
{
    return add_item(view, list, VIEW_OBJECT);
}

void
view_item_text(struct view *view, struct view_value *list, str text)
{
    add_item(view, list, VIEW_TEXT)->text = text;
}
