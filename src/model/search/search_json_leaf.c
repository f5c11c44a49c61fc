/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a raw query that ask something of a field: term, range and their like. */
#include "base/arena.h"
#include "base/buf.h"
#include "codec/json.h"
#include "model/search/search_json.h"

bool
search_json_all(struct search_builder *b, struct search_node **ret)
{
    *ret = search_node_new(b, SEARCH_ALL);
    return *ret != NULL;
}

bool
search_json_wrap(struct search_builder *b, enum search_kind kind, struct search_node **ret)
{
    struct search_node *node = search_node_new(b, kind);

    if (node == NULL) {
        return false;
    }
    node->first = *ret;
    *ret = node;
    return true;
}

bool
search_json_nobody(struct search_builder *b, struct search_node **ret)
{
    return search_json_all(b, ret) && search_json_wrap(b, SEARCH_NOT, ret);
}

bool
search_json_text(struct search_builder *b, const struct json *value, str *ret)
{
    static const str truths[] = {S_INIT("false"), S_INIT("true")};

    if (value != NULL && (value->type == JSON_STRING || value->type == JSON_NUMBER)) {
        *ret = value->text;
    } else if (value != NULL && (value->type == JSON_FALSE || value->type == JSON_TRUE)) {
        *ret = truths[value->type == JSON_TRUE];
    } else {
        return search_refuse(b, "The query has an object or nothing where a value is wanted.");
    }
    for (size_t i = 0; i < ret->n; i++) {
        if ((unsigned char)ret->p[i] < ' ' && ret->p[i] != '\t') {
            return search_refuse(b, "The query has a control character.");
        }
    }
    return true;
}

/* {"field": value} or {"field": {"key": value, ...}}: the only member that names no option. */
bool
search_json_field(
    struct search_builder *b, const struct json *value, str *ret_field, const struct json **ret)
{
    const struct json *found = NULL;

    for (const struct json *m = value->type == JSON_OBJECT ? value->first : NULL; m != NULL;
         m = m->next) {
        if (str_eq(m->name, S("boost")) || str_eq(m->name, S("_name"))) {
            continue;
        }
        if (found != NULL) {
            return search_refuse(b, "A part of the query names more than one field.");
        }
        found = m;
    }
    if (found == NULL) {
        return search_refuse(b, "A part of the query names no field.");
    }
    *ret_field = found->name;
    *ret = found;
    /* "email.keyword" and the like are the field itself there */
    if (str_ends(*ret_field, S(".keyword")) && !str_starts(*ret_field, S("data."))) {
        *ret_field = str_head(*ret_field, ret_field->n - 8);
    }
    return true;
}

bool
search_json_value(
    struct search_builder *b, const struct json *value, str key, str *ret_field, str *ret)
{
    const struct json *of = NULL;

    if (!search_json_field(b, value, ret_field, &of) || of == NULL) {
        return false;
    }
    return search_json_text(b, of->type == JSON_OBJECT ? json_get(of, key) : of, ret);
}

bool
search_json_leaf(
    struct search_builder *b, enum search_kind kind, str field, str text, struct search_node **ret)
{
    struct search_node *node = search_node_new(b, kind);

    if (node == NULL) {
        return false;
    }
    node->field = field;
    node->text = text;
    *ret = node;
    return search_leaf_ok(b, node);
}

static bool
read_term(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    str field = NO_STR, text = NO_STR;

    return search_json_value(b, value, S("value"), &field, &text)
           && search_json_leaf(b, SEARCH_TERM, field, text, ret);
}

static bool
read_terms(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    struct search_chain chain = {NULL, NULL};
    struct search_node *node = NULL;
    const struct json *of = NULL;
    str field = NO_STR, text = NO_STR;

    if (!search_json_field(b, value, &field, &of) || of == NULL) {
        return false;
    }
    if (of->type != JSON_ARRAY) {
        return search_refuse(b, "terms wants a list of values.");
    }
    for (const struct json *item = of->first; item != NULL; item = item->next) {
        if (!search_json_text(b, item, &text)
            || !search_json_leaf(b, SEARCH_TERM, field, text, &node)) {
            return false;
        }
        search_chain_add(&chain, node);
    }
    return chain.first != NULL ? search_join(b, SEARCH_OR, chain.first, ret)
                               : search_json_nobody(b, ret);
}

static bool
read_ids(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    struct search_chain chain = {NULL, NULL};
    struct search_node *node = NULL;
    const struct json *ids = json_get(value, S("values"));
    str text = NO_STR;

    for (const struct json *item = ids && ids->type == JSON_ARRAY ? ids->first : NULL; item != NULL;
         item = item->next) {
        if (!search_json_text(b, item, &text)
            || !search_json_leaf(b, SEARCH_TERM, S("id"), text, &node)) {
            return false;
        }
        search_chain_add(&chain, node);
    }
    return chain.first != NULL ? search_join(b, SEARCH_OR, chain.first, ret)
                               : search_json_nobody(b, ret);
}

static bool
read_prefix(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    str field = NO_STR, text = NO_STR;

    return search_json_value(b, value, S("value"), &field, &text)
           && search_pattern_leaf(
               b, field, str_fmt(b->arena, STRF "%c", STRV(text), SEARCH_ANY), ret);
}

static bool
read_wildcard(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    str field = NO_STR, text = NO_STR, pattern;
    struct buf buf;

    if (!search_json_value(b, value, S("value"), &field, &text)) {
        return false;
    }
    buf_init(&buf, b->arena, SEARCH_MAX_TEXT + 1);
    for (size_t i = 0; i < text.n; i++) {
        bool is_plain = text.p[i] == '\\' && i + 1 < text.n;
        char c = text.p[i += is_plain];
        buf_char(&buf, is_plain ? c : c == '*' ? SEARCH_ANY : c == '?' ? SEARCH_ONE : c);
    }
    if (!buf_done(&buf, &pattern)) {
        return search_refuse(b, "A value of the query is too long.");
    }
    return search_pattern_leaf(b, field, pattern, ret);
}

static bool
take_bound(struct search_builder *b, const struct json *m, struct search_node *node)
{
    static const struct {
        const char *name;
        bool is_low, is_in;
    } bounds[] = {{"gt", true, false}, {"gte", true, true}, {"from", true, true},
        {"lt", false, false}, {"lte", false, true}, {"to", false, true}};

    for (size_t i = 0; i < COUNT(bounds); i++) {
        if (!str_eq(m->name, str_from(bounds[i].name)) || m->type == JSON_NULL) {
            continue;
        }
        *(bounds[i].is_low ? &node->has_low : &node->has_high) = bounds[i].is_in;
        return search_json_text(b, m, bounds[i].is_low ? &node->low : &node->high);
    }
    return m->type == JSON_NULL || str_eq(m->name, S("boost")) || str_eq(m->name, S("format"))
           || search_refuse(b, "A range has gt, gte, lt and lte.");
}

static bool
read_range(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    struct search_node *node = search_node_new(b, SEARCH_RANGE);
    const struct json *of = NULL;

    if (node == NULL || !search_json_field(b, value, &node->field, &of) || of == NULL) {
        return false;
    }
    if (of->type != JSON_OBJECT) {
        return search_refuse(b, "A range has gt, gte, lt and lte.");
    }
    node->has_low = node->has_high = true;
    for (const struct json *m = of->first; m != NULL; m = m->next) {
        if (!take_bound(b, m, node)) {
            return false;
        }
    }
    *ret = node;
    return search_leaf_ok(b, node);
}

static bool
read_exists(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    str field = NO_STR;

    if (!json_str(json_get(value, S("field")), &field)) {
        return search_refuse(b, "exists wants a field.");
    }
    return search_json_leaf(b, SEARCH_EXISTS, field, NO_STR, ret);
}

static bool
read_all(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    (void)value;
    return search_json_all(b, ret);
}

static bool
read_none(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    (void)value;
    return search_json_nobody(b, ret);
}

/* clang-format off */
const struct search_json_part search_json_leaves[] = {
    {"exists",              read_exists},
    {"ids",                 read_ids},
    {"match_all",           read_all},
    {"match_none",          read_none},
    {"prefix",              read_prefix},
    {"range",               read_range},
    {"term",                read_term},
    {"terms",               read_terms},
    {"wildcard",            read_wildcard},
};
/* clang-format on */
const size_t search_json_leaf_count = COUNT(search_json_leaves);
