/* SPDX-License-Identifier: Apache-2.0 */
/* The tree: its limits, how it is printed and compared. */
#include "model/search/search_internal.h"

#include "base/arena.h"
#include "base/buf.h"

static const struct search_field tree_field = {"data.", KIND_TREE, SEARCH_ELSEWHERE};

const struct search_field *
search_field_of(const struct search_scope *scope, str name)
{
    for (size_t i = 0; i < scope->count; i++) {
        if (str_eq(name, str_from(scope->fields[i].name))) {
            return &scope->fields[i];
        }
    }
    for (size_t i = 0; scope->trees[i] != NULL; i++) {
        str prefix = str_from(scope->trees[i]);
        if (str_starts(name, prefix) && name.n > prefix.n) {
            return &tree_field;
        }
    }
    return NULL;
}

const void *
search_member(const struct search_scope *scope, const void *object, str name)
{
    const struct search_field *field = search_field_of(scope, name);

    return field == NULL || field->at == SEARCH_ELSEWHERE ? NULL : (const char *)object + field->at;
}

bool
search_has_field(const struct search_scope *scope, str field)
{
    return search_field_of(scope, field) != NULL;
}

void
search_chain_add(struct search_chain *chain, struct search_node *part)
{
    part->next = NULL;
    if (chain->last == NULL) {
        chain->first = part;
    } else {
        chain->last->next = part;
    }
    chain->last = part;
}

bool
search_refuse(struct search_builder *builder, const char *why)
{
    if (builder->why == NULL) {
        builder->why = why;
    }
    return false;
}

struct search_node *
search_node_new(struct search_builder *builder, enum search_kind kind)
{
    struct search_node *node = NULL;

    if (builder->nodes++ < SEARCH_MAX_NODES) {
        node = ARENA_NEW(builder->arena, struct search_node);
    }
    if (node == NULL) {
        (void)search_refuse(builder, "The query has too many parts.");
        return NULL;
    }
    node->kind = kind;
    return node;
}

static bool
is_moment(str text, bool is_end)
{
    int64_t at;

    return text.n == 0 || search_instant(text, 0, is_end, &at);
}

static bool
value_ok(
    struct search_builder *builder, enum search_field_kind kind, const struct search_node *leaf)
{
    struct uuid id;

    switch (kind) {
    case KIND_ID:
        return (leaf->kind == SEARCH_TERM && uuid_parse(leaf->text, &id))
               || search_refuse(builder, "Search for a whole id there.");
    case KIND_FLAG:
        return (leaf->kind == SEARCH_TERM
                   && (str_eq(leaf->text, S("true")) || str_eq(leaf->text, S("false"))))
               || search_refuse(builder, "Search for true or false there.");
    case KIND_MOMENT:
        return ((leaf->kind == SEARCH_TERM && is_moment(leaf->text, false))
                   || (leaf->kind == SEARCH_RANGE && is_moment(leaf->low, false)
                       && is_moment(leaf->high, true)))
               || search_refuse(builder, "Search for an instant there: milliseconds, 2024-05-01, "
                                         "2024-05-01T10:00:00Z, or now-30d.");
    default:
        return true;
    }
}

bool
search_leaf_ok(struct search_builder *builder, const struct search_node *leaf)
{
    const struct search_field *field;

    if (leaf->text.n > SEARCH_MAX_TEXT || leaf->low.n > SEARCH_MAX_TEXT
        || leaf->high.n > SEARCH_MAX_TEXT || leaf->field.n > SEARCH_MAX_TEXT) {
        return search_refuse(builder, "A value of the query is too long.");
    }
    if (leaf->field.n == 0) {
        return leaf->kind != SEARCH_RANGE || search_refuse(builder, "A range needs a field.");
    }
    if (str_ends(leaf->field, S(".*"))) { /* it would find nobody, in silence */
        return search_refuse(builder, "A field has no wildcard: name one, such as data.plan.");
    }
    field = search_field_of(builder->scope, leaf->field);
    if (field == NULL) {
        return search_refuse(builder, builder->scope->no_field);
    }
    return leaf->kind == SEARCH_EXISTS || value_ok(builder, field->kind, leaf);
}

bool
search_join(struct search_builder *builder, enum search_kind kind, struct search_node *first,
    struct search_node **ret)
{
    struct search_node *node;

    if (first != NULL && first->next == NULL) {
        *ret = first;
        return true;
    }
    node = search_node_new(builder, kind);
    if (node == NULL) {
        return false;
    }
    node->first = first;
    *ret = node;
    return true;
}

bool
search_pattern_leaf(struct search_builder *builder, str field, str text, struct search_node **ret)
{
    bool is_any = text.n > 0, is_pattern = false;
    struct search_node *node;

    for (size_t i = 0; i < text.n; i++) {
        is_any &= text.p[i] == SEARCH_ANY;
        is_pattern |= text.p[i] == SEARCH_ANY || text.p[i] == SEARCH_ONE;
    }
    node = search_node_new(builder, is_any       ? field.n ? SEARCH_EXISTS : SEARCH_ALL
                                    : is_pattern ? SEARCH_PATTERN
                                                 : SEARCH_TERM);
    if (node == NULL) {
        return false;
    }
    node->field = field;
    node->text = is_any ? NO_STR : text;
    *ret = node;
    return search_leaf_ok(builder, node);
}

static void
print_text(struct buf *buf, str text)
{
    buf_char(buf, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"' || text.p[i] == '\\') {
            buf_char(buf, '\\');
        }
        buf_char(buf, text.p[i]);
    }
    buf_char(buf, '"');
}

static void
print_pattern(struct buf *buf, str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == SEARCH_ANY || text.p[i] == SEARCH_ONE) {
            buf_char(buf, text.p[i] == SEARCH_ANY ? '*' : '?');
            continue;
        }
        if ((unsigned char)text.p[i] < 0x80) {
            buf_char(buf, '\\');
        }
        buf_char(buf, text.p[i]);
    }
}

static void
print_end(struct buf *buf, str text)
{
    if (text.n == 0) {
        buf_char(buf, '*');
    } else {
        print_text(buf, text);
    }
}

static void print_node(struct buf *buf, const struct search_node *node);

static void
print_parts(struct buf *buf, const struct search_node *node)
{
    buf_char(buf, '(');
    for (const struct search_node *part = node->first; part != NULL; part = part->next) {
        print_node(buf, part);
        if (part->next != NULL) {
            buf_str(buf, node->kind == SEARCH_AND ? S(" AND ") : S(" OR "));
        }
    }
    buf_char(buf, ')');
}

static void
print_leaf(struct buf *buf, const struct search_node *node)
{
    if (node->field.n) {
        print_pattern(buf, node->field);
        buf_char(buf, ':');
    }
    switch (node->kind) {
    case SEARCH_TERM:
        print_text(buf, node->text);
        return;
    case SEARCH_PATTERN:
        print_pattern(buf, node->text);
        return;
    case SEARCH_RANGE:
        buf_char(buf, node->has_low ? '[' : '{');
        print_end(buf, node->low);
        buf_lit(buf, " TO ");
        print_end(buf, node->high);
        buf_char(buf, node->has_high ? ']' : '}');
        return;
    default: /* EXISTS, and ALL */
        buf_char(buf, '*');
    }
}

static void
print_node(struct buf *buf, const struct search_node *node)
{
    switch (node->kind) {
    case SEARCH_AND:
    case SEARCH_OR:
        print_parts(buf, node);
        return;
    case SEARCH_NOT:
        buf_lit(buf, "(NOT ");
        print_node(buf, node->first);
        buf_char(buf, ')');
        return;
    case SEARCH_NESTED:
        print_node(buf, node->first);
        return;
    default:
        print_leaf(buf, node);
    }
}

str
search_print(struct arena *arena, const struct search_node *tree)
{
    struct buf buf;
    str text;

    buf_init(&buf, arena, KB(64));
    print_node(&buf, tree);
    return buf_done(&buf, &text) ? text : NO_STR;
}

bool
search_same(const struct search_node *a, const struct search_node *b)
{
    const struct search_node *left = a->first, *right = b->first;

    if (a->kind != b->kind || !str_eq(a->field, b->field) || !str_eq(a->text, b->text)
        || !str_eq(a->low, b->low) || !str_eq(a->high, b->high) || a->has_low != b->has_low
        || a->has_high != b->has_high) {
        return false;
    }
    for (; left != NULL && right != NULL; left = left->next, right = right->next) {
        if (!search_same(left, right)) {
            return false;
        }
    }
    return left == NULL && right == NULL;
}
