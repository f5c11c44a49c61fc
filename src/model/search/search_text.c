/* SPDX-License-Identifier: Apache-2.0 */
/* The query string: a subset of Lucene's classic syntax.
 *
 *   query   = 1*item              ; + and - say must and must not; without either one of the others is enough
 *   item    = [ "+" / "-" ] any
 *   any     = all *( ( "OR" / "||" ) all )
 *   all     = unary *( ( "AND" / "&&" ) unary )
 *   unary   = ( "NOT" / "!" / "-" / "+" ) unary / primary
 *   primary = "(" query ")" / [ field ":" ] value
 *   value   = phrase / word / "(" query ")" / range / ( ">" / ">=" / "<" / "<=" ) end
 *   range   = ( "[" / "{" ) end "TO" end ( "]" / "}" )     ; end = phrase / word / "*"
 * A backslash takes the next character as it is; ~n behind a phrase and ^n behind a value are read and have no effect.
 * Refused: regular expressions, fuzzy words. Beyond Lucene: AND binds closer than OR. */
#include "model/search/search_internal.h"

#include "base/arena.h"
#include "base/buf.h"
#include "codec/utf8.h"

struct parser {
    struct search_builder builder;
    str rest;
    str field; /* of a group: "firstName:(ann OR bob)" */
    bool needs_all;
};

static bool parse_query(struct parser *p, struct search_node **ret);

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
skip_spaces(struct parser *p)
{
    while (p->rest.n && is_space(p->rest.p[0])) {
        p->rest = str_skip(p->rest, 1);
    }
}

static bool
ends_word(char c)
{
    return is_space(c) || memchr("()[]{}\":^~", c, 10) != NULL;
}

static bool
is_at_end(const struct parser *p)
{
    return p->rest.n == 0 || p->rest.p[0] == ')';
}

/* Takes an operator: a word of its own. */
static bool
take_operator(struct parser *p, str word, str sign)
{
    skip_spaces(p);
    if (sign.n && str_starts(p->rest, sign)) {
        p->rest = str_skip(p->rest, sign.n);
        return true;
    }
    if (str_starts(p->rest, word)
        && (p->rest.n == word.n || is_space(p->rest.p[word.n]) || p->rest.p[word.n] == '(')) {
        p->rest = str_skip(p->rest, word.n);
        return true;
    }
    return false;
}

static bool
take_char(struct parser *p, char c)
{
    if (p->rest.n == 0 || p->rest.p[0] != c) {
        return false;
    }
    p->rest = str_skip(p->rest, 1);
    return true;
}

/* ^2 and ~1: how much a part counts, and how near words stand. */
static bool
skip_weights(struct parser *p, bool is_phrase)
{
    while (p->rest.n && (p->rest.p[0] == '^' || p->rest.p[0] == '~')) {
        if (p->rest.p[0] == '~' && !is_phrase) {
            return search_refuse(&p->builder, "Fuzzy words (~) cannot be searched for.");
        }
        p->rest = str_skip(p->rest, 1);
        while (p->rest.n && ((p->rest.p[0] >= '0' && p->rest.p[0] <= '9') || p->rest.p[0] == '.')) {
            p->rest = str_skip(p->rest, 1);
        }
    }
    return true;
}

static bool
is_text_char(char c)
{
    return (unsigned char)c >= ' ' || c == '\t';
}

static bool
take_phrase(struct parser *p, str *ret)
{
    struct buf buf;

    buf_init(&buf, p->builder.arena, SEARCH_MAX_TEXT + 1);
    p->rest = str_skip(p->rest, 1);
    while (p->rest.n && p->rest.p[0] != '"') {
        if (p->rest.p[0] == '\\' && p->rest.n > 1) {
            p->rest = str_skip(p->rest, 1);
        }
        if (!is_text_char(p->rest.p[0])) {
            return search_refuse(&p->builder, "The query has a control character.");
        }
        buf_char(&buf, p->rest.p[0]);
        p->rest = str_skip(p->rest, 1);
    }
    if (!take_char(p, '"')) {
        return search_refuse(&p->builder, "A quotation mark has no partner.");
    }
    return buf_done(&buf, ret) || search_refuse(&p->builder, "A value of the query is too long.");
}

/* One character of a word, its backslash or wildcard resolved; false when it cannot stand there. */
static bool
take_word_char(struct parser *p, struct buf *buf)
{
    char c = p->rest.p[0];
    bool is_plain = c == '\\' && p->rest.n > 1;

    if (is_plain) {
        p->rest = str_skip(p->rest, 1);
        c = p->rest.p[0];
    }
    if (!is_text_char(c)) {
        return search_refuse(&p->builder, "The query has a control character.");
    }
    if (!is_plain && (c == '*' || c == '?')) {
        c = c == '*' ? SEARCH_ANY : SEARCH_ONE;
    }
    buf_char(buf, c);
    p->rest = str_skip(p->rest, 1);
    return true;
}

static bool
take_word(struct parser *p, str *ret)
{
    struct buf buf;

    if (p->rest.n && p->rest.p[0] == '/') {
        return search_refuse(&p->builder, "Regular expressions cannot be searched for.");
    }
    buf_init(&buf, p->builder.arena, SEARCH_MAX_TEXT + 1);
    while (p->rest.n && !ends_word(p->rest.p[0])) {
        if (!take_word_char(p, &buf)) {
            return false;
        }
    }
    if (!buf_done(&buf, ret)) {
        return search_refuse(&p->builder, "A value of the query is too long.");
    }
    return ret->n > 0 || search_refuse(&p->builder, "The query has a sign where a word is wanted.");
}

static bool
has_wildcard(str text)
{
    return str_find(text, SEARCH_ANY) < text.n || str_find(text, SEARCH_ONE) < text.n;
}

/* An end of a range: empty for *. */
static bool
take_end(struct parser *p, str *ret)
{
    skip_spaces(p);
    if (p->rest.n && p->rest.p[0] == '"') {
        return take_phrase(p, ret)
               && (ret->n > 0 || search_refuse(&p->builder, "An end of a range is empty."));
    }
    if (!take_word(p, ret)) {
        return false;
    }
    while (p->rest.n && p->rest.p[0] == ':') { /* times: 2024-05-01T10:00:00Z */
        str more = NO_STR;
        p->rest = str_skip(p->rest, 1);
        if (!take_word(p, &more)) {
            return false;
        }
        *ret = str_fmt(p->builder.arena, STRF ":" STRF, STRV(*ret), STRV(more));
    }
    if (ret->n == 1 && ret->p[0] == SEARCH_ANY) {
        *ret = NO_STR;
    }
    return !has_wildcard(*ret) || search_refuse(&p->builder, "An end of a range has no wildcards.");
}

static bool
parse_range(struct parser *p, struct search_node **ret)
{
    struct search_node *node = search_node_new(&p->builder, SEARCH_RANGE);

    if (node == NULL) {
        return false;
    }
    node->field = p->field;
    node->has_low = p->rest.p[0] == '[';
    p->rest = str_skip(p->rest, 1);
    if (!take_end(p, &node->low)) {
        return false;
    }
    if (!take_operator(p, S("TO"), NO_STR)) {
        return search_refuse(&p->builder, "A range is written [a TO b].");
    }
    if (!take_end(p, &node->high)) {
        return false;
    }
    skip_spaces(p);
    node->has_high = p->rest.n && p->rest.p[0] == ']';
    if (!take_char(p, ']') && !take_char(p, '}')) {
        return search_refuse(&p->builder, "A range is written [a TO b].");
    }
    *ret = node;
    return search_leaf_ok(&p->builder, node);
}

/* age:>10 */
static bool
parse_compared(struct parser *p, struct search_node **ret)
{
    struct search_node *node = search_node_new(&p->builder, SEARCH_RANGE);
    bool is_low, has_end;

    if (node == NULL) {
        return false;
    }
    is_low = p->rest.p[0] == '>';
    p->rest = str_skip(p->rest, 1);
    has_end = take_char(p, '=');
    node->field = p->field;
    node->has_low = is_low ? has_end : true;
    node->has_high = is_low ? true : has_end;
    *ret = node;
    return take_end(p, is_low ? &node->low : &node->high) && search_leaf_ok(&p->builder, node);
}

static bool
parse_group(struct parser *p, struct search_node **ret)
{
    str field = p->field;

    if (++p->builder.depth > SEARCH_MAX_DEPTH) {
        return search_refuse(&p->builder, "The query is nested too deeply.");
    }
    p->rest = str_skip(p->rest, 1);
    if (!parse_query(p, ret)) {
        return false;
    }
    p->builder.depth--;
    p->field = field;
    return take_char(p, ')') || search_refuse(&p->builder, "A parenthesis has no partner.");
}

static bool
parse_value(struct parser *p, struct search_node **ret)
{
    struct search_node *node;
    str text = NO_STR;
    char c = p->rest.n ? p->rest.p[0] : '\0';

    if (c == '(') {
        return parse_group(p, ret) && skip_weights(p, true);
    }
    if (c == '[' || c == '{') {
        return parse_range(p, ret) && skip_weights(p, false);
    }
    if ((c == '>' || c == '<') && p->field.n) {
        return parse_compared(p, ret) && skip_weights(p, false);
    }
    if (c != '"') {
        return take_word(p, &text) && skip_weights(p, false)
               && search_pattern_leaf(&p->builder, p->field, text, ret);
    }
    node = search_node_new(&p->builder, SEARCH_TERM);
    if (node == NULL || !take_phrase(p, &node->text)) {
        return false;
    }
    node->field = p->field;
    *ret = node;
    return skip_weights(p, true) && search_leaf_ok(&p->builder, node);
}

/* The field before a colon, if there is one: "*:*" is everybody, "_exists_:x" asks for the field x. */
static bool
take_field(struct parser *p, str *ret)
{
    struct parser ahead = *p;
    str name;

    if (p->rest.n == 0 || ends_word(p->rest.p[0]) || memchr("></", p->rest.p[0], 3) != NULL
        || !take_word(&ahead, &name) || ahead.rest.n == 0 || ahead.rest.p[0] != ':') {
        return false;
    }
    ahead.builder.why = p->builder.why;
    *p = ahead;
    p->rest = str_skip(p->rest, 1);
    skip_spaces(p);
    *ret = name;
    return true;
}

static bool
parse_of_field(struct parser *p, str name, struct search_node **ret)
{
    struct search_node *node;
    str before = p->field;
    bool is_sound;

    if (str_eq(name, S("_exists_"))) {
        node = search_node_new(&p->builder, SEARCH_EXISTS);
        *ret = node;
        return node != NULL && take_word(p, &node->field) && search_leaf_ok(&p->builder, node);
    }
    if (name.n == 1 && name.p[0] == SEARCH_ANY) {
        name = NO_STR;
    } else if (!search_has_field(p->builder.scope, name)) {
        return search_refuse(&p->builder, p->builder.scope->no_field);
    }
    p->field = name;
    is_sound = parse_value(p, ret);
    p->field = before;
    return is_sound;
}

static bool
parse_unary(struct parser *p, struct search_node **ret)
{
    struct search_node *node;
    bool is_not = false;
    str name;

    skip_spaces(p);
    for (;;) {
        if (take_operator(p, S("NOT"), S("!")) || take_char(p, '-')) {
            is_not = !is_not;
        } else if (!take_char(p, '+')) {
            break;
        }
        skip_spaces(p);
    }
    if (is_at_end(p)) {
        return search_refuse(&p->builder, "The query ends where a word is wanted.");
    }
    if (!(take_field(p, &name) ? parse_of_field(p, name, ret) : parse_value(p, ret))) {
        return false;
    }
    if (!is_not) {
        return true;
    }
    node = search_node_new(&p->builder, SEARCH_NOT);
    if (node == NULL) {
        return false;
    }
    node->first = *ret;
    *ret = node;
    return true;
}

/* Parts with an operator between them. */
static bool
parse_list(struct parser *p, enum search_kind kind, struct search_node **ret)
{
    struct search_chain chain = {NULL, NULL};
    struct search_node *part = NULL;

    do {
        if (!(kind == SEARCH_OR ? parse_list(p, SEARCH_AND, &part) : parse_unary(p, &part))) {
            return false;
        }
        search_chain_add(&chain, part);
    } while (kind == SEARCH_OR ? take_operator(p, S("OR"), S("||"))
                               : take_operator(p, S("AND"), S("&&")));
    return search_join(&p->builder, kind, chain.first, ret);
}

struct items { /* of a query: what must hold, and of what one is enough */
    struct search_chain must, may;
};

/* Must not is a part that must hold, but says nothing of the others: of them one is still enough. */
static bool
join_items(struct parser *p, struct items *items, bool has_plus, struct search_node **ret)
{
    struct search_node *any = NULL;

    if (items->must.first == NULL) {
        return search_join(&p->builder, SEARCH_OR, items->may.first, ret);
    }
    if (items->may.first != NULL && !has_plus) {
        if (!search_join(&p->builder, SEARCH_OR, items->may.first, &any)) {
            return false;
        }
        search_chain_add(&items->must, any);
    }
    return search_join(&p->builder, SEARCH_AND, items->must.first, ret);
}

static bool
parse_query(struct parser *p, struct search_node **ret)
{
    struct items items = {{NULL, NULL}, {NULL, NULL}};
    struct search_node *node = NULL;
    bool has_plus = false;

    skip_spaces(p);
    do {
        bool is_plus = p->rest.n && p->rest.p[0] == '+';
        if (!parse_list(p, SEARCH_OR, &node)) {
            return false;
        }
        has_plus |= is_plus;
        search_chain_add(
            is_plus || p->needs_all || node->kind == SEARCH_NOT ? &items.must : &items.may, node);
        skip_spaces(p);
    } while (!is_at_end(p));
    return join_items(p, &items, has_plus, ret);
}

static bool
parse_text(struct arena *arena, const struct search_scope *scope, str text, bool needs_all,
    const struct search_node **ret, const char **ret_why)
{
    struct parser p = {
        .builder = {.arena = arena, .scope = scope}, .rest = text, .needs_all = needs_all};
    struct search_node *tree = NULL;
    bool is_sound = utf8_is_valid(text) || search_refuse(&p.builder, "The query is no UTF-8.");

    skip_spaces(&p);
    if (is_sound && p.rest.n == 0) {
        tree = search_node_new(&p.builder, SEARCH_ALL);
        is_sound = tree != NULL;
    } else {
        is_sound = is_sound && parse_query(&p, &tree);
    }
    if (is_sound && p.rest.n > 0) {
        is_sound = search_refuse(&p.builder, "A parenthesis has no partner.");
    }
    *ret_why = p.builder.why;
    if (is_sound) {
        *ret = tree;
    }
    return is_sound && !arena_failed(arena);
}

bool
search_parse(struct arena *arena, const struct search_scope *scope, str text,
    const struct search_node **ret, const char **ret_why)
{
    return parse_text(arena, scope, text, false, ret, ret_why);
}

bool
search_parse_all(struct arena *arena, const struct search_scope *scope, str text,
    const struct search_node **ret, const char **ret_why)
{
    return parse_text(arena, scope, text, true, ret, ret_why);
}
