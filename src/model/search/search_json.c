/* SPDX-License-Identifier: Apache-2.0 */
/* The raw query: a subset of Elasticsearch's query language, in JSON.
 *
 *   bool (must, filter, should, must_not, minimum_should_match of 1), match_all, match, match_phrase,
 *   match_phrase_prefix, match_bool_prefix, match_none, dis_max, term, terms, prefix, wildcard, range, exists, ids, query_string, simple_query_string,
 *   multi_match, constant_score, nested (registrations and memberships of people, grants of entities)
 * A query may stand under "query". What only moves results (boost, _name, score_mode ...) has no effect; what would
 * change which people are meant is refused. This file has what combines
 * queries; what asks something of a field is in search_json_leaf.c, what holds words in search_json_words.c. */
#include "base/arena.h"
#include "codec/json.h"
#include "model/search/search_json.h"

static bool read_query(
    struct search_builder *b, const struct json *value, struct search_node **ret);

static bool
is_path(const struct search_scope *scope, str path)
{
    for (size_t i = 0; scope->paths[i] != NULL; i++) {
        if (str_eq(path, str_from(scope->paths[i]))) {
            return true;
        }
    }
    return false;
}

static bool
read_nested(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    str path = NO_STR;

    if (!json_str(json_get(value, S("path")), &path) || !is_path(b->scope, path)) {
        return search_refuse(b, b->scope->no_path);
    }
    if (!read_query(b, json_get(value, S("query")), ret)
        || !search_json_wrap(b, SEARCH_NESTED, ret)) {
        return false;
    }
    (*ret)->field = path;
    return true;
}

static bool
read_constant(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    return read_query(b, json_get(value, S("filter")), ret);
}

/* The best of them counts, so one is enough. */
static bool
read_dis_max(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    const struct json *list = json_get(value, S("queries"));
    struct search_chain chain = {NULL, NULL};
    struct search_node *node = NULL;

    if (list == NULL || list->type != JSON_ARRAY || list->first == NULL) {
        return search_refuse(b, "dis_max has a list of queries.");
    }
    for (const struct json *item = list->first; item != NULL; item = item->next) {
        if (!read_query(b, item, &node)) {
            return false;
        }
        search_chain_add(&chain, node);
    }
    return search_join(b, SEARCH_OR, chain.first, ret);
}

struct clauses { /* of a bool */
    struct search_chain must, should;
};

/* A list of one in a list stands for what is in it: FusionAuth's documentation writes such. */
static const struct json *
unwrap(const struct json *item)
{
    while (item->type == JSON_ARRAY && item->first != NULL && item->first->next == NULL) {
        item = item->first;
    }
    return item;
}

/* One query, or a list of them. */
static bool
read_clause(struct search_builder *b, const struct json *m, struct clauses *to)
{
    bool is_list = m->type == JSON_ARRAY, is_not = str_eq(m->name, S("must_not"));
    const struct json *item = is_list ? m->first : m;
    struct search_node *node = NULL;

    while (item != NULL) {
        if (!read_query(b, unwrap(item), &node)
            || (is_not && !search_json_wrap(b, SEARCH_NOT, &node))) {
            return false;
        }
        search_chain_add(str_eq(m->name, S("should")) ? &to->should : &to->must, node);
        item = is_list ? item->next : NULL;
    }
    return true;
}

/* Without must and filter one of should has to match, with them none. */
static bool
join_clauses(
    struct search_builder *b, struct clauses *clauses, int64_t least, struct search_node **ret)
{
    struct search_node *any = NULL;

    if (clauses->should.first != NULL && least > 0) {
        if (!search_join(b, SEARCH_OR, clauses->should.first, &any)) {
            return false;
        }
        search_chain_add(&clauses->must, any);
    }
    return clauses->must.first != NULL ? search_join(b, SEARCH_AND, clauses->must.first, ret)
                                       : search_json_all(b, ret);
}

static bool
read_bool(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    struct clauses clauses = {{NULL, NULL}, {NULL, NULL}};
    int64_t least = -1;

    for (const struct json *m = value->type == JSON_OBJECT ? value->first : NULL; m != NULL;
         m = m->next) {
        bool is_must = str_eq(m->name, S("must")) || str_eq(m->name, S("filter"));
        if (is_must || str_eq(m->name, S("should")) || str_eq(m->name, S("must_not"))) {
            least = is_must && least < 0 && m->first != NULL ? 0 : least;
            if (!read_clause(b, m, &clauses)) {
                return false;
            }
        } else if (str_eq(m->name, S("minimum_should_match"))) {
            str text = NO_STR;
            if (!search_json_text(b, m, &text) || !str_i64(text, &least) || least < 0
                || least > 1) {
                return search_refuse(b, "minimum_should_match is 0 or 1.");
            }
            least += 2; /* said, whatever comes behind */
        } else if (!str_eq(m->name, S("boost")) && !str_eq(m->name, S("_name"))) {
            return search_refuse(b, "bool has must, filter, should and must_not.");
        }
    }
    least = least >= 2 ? least - 2 : least < 0;
    return join_clauses(b, &clauses, least, ret);
}

/* clang-format off */
static const struct search_json_part parts[] = {
    {"bool",                read_bool},
    {"constant_score",      read_constant},
    {"dis_max",             read_dis_max},
    {"nested",              read_nested},
};
/* clang-format on */

static const struct search_json_part *
part_of(const struct search_json_part *list, size_t count, str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(name, str_from(list[i].name))) {
            return &list[i];
        }
    }
    return NULL;
}

/* Parts that people write and that are not read here, and what to do instead. */
static bool
refuse_part(struct search_builder *b, str name)
{
    static const struct {
        str name;
        const char *why;
    } known[] = {
        {S_INIT("regexp"),
            "Regular expressions cannot be searched for: use wildcard, with * and ?."},
        {S_INIT("fuzzy"), "Fuzzy words cannot be searched for: use wildcard, with * and ?."},
        {S_INIT("script"), "Scripts are not run: ask for fields."},
        {S_INIT("has_child"), "There are no children to ask for: use nested."},
        {S_INIT("has_parent"), "There are no parents to ask for: use nested."},
    };

    for (size_t i = 0; i < COUNT(known); i++) {
        if (str_eq(name, known[i].name)) {
            return search_refuse(b, known[i].why);
        }
    }
    return search_refuse(b,
        "The query has a part that nothing can be searched by here. There are bool, nested, match, "
        "match_phrase, term, terms, prefix, wildcard, range, exists, ids, query_string and "
        "multi_match.");
}

static bool
read_query(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    const struct json *m = value && value->type == JSON_OBJECT ? value->first : NULL;
    const struct search_json_part *part;
    bool is_sound;

    if (m == NULL || m->next != NULL) {
        return search_refuse(b, "A query is an object of one member, such as {\"match_all\":{}}.");
    }
    if (++b->depth > SEARCH_MAX_DEPTH) {
        return search_refuse(b, "The query is nested too deeply.");
    }
    part = part_of(parts, COUNT(parts), m->name);
    part = part ? part : part_of(search_json_leaves, search_json_leaf_count, m->name);
    part = part ? part : part_of(search_json_words, search_json_word_count, m->name);
    if (part == NULL) {
        return refuse_part(b, m->name);
    }
    is_sound = part->read(b, m, ret);
    b->depth--;
    return is_sound;
}

bool
search_json_parse(struct arena *arena, const struct search_scope *scope, str text,
    const struct search_node **ret, const char **ret_why)
{
    struct search_builder b = {.arena = arena, .scope = scope};
    const struct json *root = NULL;
    struct search_node *tree = NULL;
    bool is_sound = json_parse(arena, text, &root, NULL);

    if (!is_sound) {
        *ret_why = "The query is no JSON.";
        return false;
    }
    if (json_get(root, S("query")) != NULL) {
        root = json_get(root, S("query"));
    }
    is_sound = read_query(&b, root, &tree);
    *ret_why = b.why;
    if (is_sound) {
        *ret = tree;
    }
    return is_sound && !arena_failed(arena);
}
