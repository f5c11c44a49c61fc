/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of a raw query that hold words: match and its like, multi_match, query_string. An option that would change who
 * is meant is acted on or refused, never read over. */
#include "base/arena.h"
#include "codec/json.h"
#include "model/search/search_json.h"

static const char unknown_option[] =
    "An option of the query would change who is meant and is not known here: leave it out.";
static const char no_fuzzy[] = "Fuzzy words cannot be searched for: leave fuzziness out.";

/* Options that move, weigh or allow, and change nobody's being meant. */
static const char idle[] =
    "boost _name rewrite lenient zero_terms_query analyze_wildcard allow_leading_wildcard "
    "tie_breaker "
    "case_insensitive prefix_length max_expansions fuzzy_transpositions fuzzy_max_expansions "
    "fuzzy_prefix_length auto_generate_synonyms_phrase_query enable_position_increments flags";

static bool
is_zero(const struct json *value)
{
    str text = NO_STR;
    int64_t number;

    return (json_str(value, &text) && str_eq(text, S("0")))
           || (json_i64(value, &number) && number == 0);
}

/* Every member of an object is idle, or one of those that the caller reads. */
static bool
options_ok(struct search_builder *b, const struct json *of, str known)
{
    for (const struct json *m = of->type == JSON_OBJECT ? of->first : NULL; m != NULL;
         m = m->next) {
        bool is_off = (str_eq(m->name, S("fuzziness")) || str_eq(m->name, S("slop"))) && is_zero(m);

        if (!is_off && !str_has_word(known, m->name) && !str_has_word(str_from(idle), m->name)) {
            return search_refuse(b, str_eq(m->name, S("fuzziness")) ? no_fuzzy : unknown_option);
        }
    }
    return true;
}

/* "operator" and its like: or, which is meant when nothing is said, or and. */
static bool
take_joiner(struct search_builder *b, const struct json *of, str name, bool *ret_is_and)
{
    str joiner = S("or");

    if (json_get(of, name) != NULL && !json_str(json_get(of, name), &joiner)) {
        return search_refuse(b, "An operator is and or or.");
    }
    *ret_is_and = str_ieq(joiner, S("and"));
    return *ret_is_and || str_ieq(joiner, S("or")) || search_refuse(b, "An operator is and or or.");
}

static bool
begins_with(struct search_builder *b, str field, str text, struct search_node **ret)
{
    return search_pattern_leaf(b, field, str_fmt(b->arena, STRF "%c", STRV(text), SEARCH_ANY), ret);
}

enum style { WORDS, PHRASE, PHRASE_PREFIX, WORDS_PREFIX };
struct wish { /* what is asked of a field */
    str text;
    enum style style;
    bool is_and;
};

/* "ann smith": one of the words is enough, unless the operator is "and"; of WORDS_PREFIX the last may go on. */
static bool
join_words(struct search_builder *b, str field, const struct wish *wish, struct search_node **ret)
{
    struct search_chain chain = {NULL, NULL};
    struct search_node *node = NULL;
    str rest = wish->text, word;

    while (str_cut(&rest, ' ', &word)) {
        bool goes_on = wish->style == WORDS_PREFIX && rest.p == NULL;

        if (word.n == 0) {
            continue;
        }
        if (!(goes_on ? begins_with(b, field, word, &node)
                      : search_json_leaf(b, SEARCH_TERM, field, word, &node))) {
            return false;
        }
        search_chain_add(&chain, node);
    }
    return chain.first != NULL
               ? search_join(b, wish->is_and ? SEARCH_AND : SEARCH_OR, chain.first, ret)
               : search_json_nobody(b, ret);
}

static bool
ask_field(struct search_builder *b, str field, const struct wish *wish, struct search_node **ret)
{
    switch (wish->style) {
    case PHRASE:
        return search_json_leaf(b, SEARCH_TERM, field, wish->text, ret);
    case PHRASE_PREFIX:
        return begins_with(b, field, wish->text, ret);
    case WORDS:
    case WORDS_PREFIX:
        break;
    }
    return join_words(b, field, wish, ret);
}

static bool
read_of_style(
    struct search_builder *b, const struct json *value, enum style style, struct search_node **ret)
{
    struct wish wish = {.style = style};
    const struct json *of = NULL;
    str field = NO_STR;

    return search_json_field(b, value, &field, &of) && of != NULL
           && options_ok(b, of, S("query operator"))
           && search_json_value(b, value, S("query"), &field, &wish.text)
           && take_joiner(b, of, S("operator"), &wish.is_and) && ask_field(b, field, &wish, ret);
}

static bool
read_match(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    return read_of_style(b, value, WORDS, ret);
}

static bool
read_phrase(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    return read_of_style(b, value, PHRASE, ret);
}

static bool
read_phrase_prefix(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    return read_of_style(b, value, PHRASE_PREFIX, ret);
}

static bool
read_bool_prefix(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    return read_of_style(b, value, WORDS_PREFIX, ret);
}

/* A field of "fields" or default_field, without its weight; empty for all. */
static bool
take_name(struct search_builder *b, const struct json *value, str *ret)
{
    if (!json_str(value, ret)) {
        return search_refuse(b, "Fields are names.");
    }
    *ret = str_head(*ret, str_find(*ret, '^'));
    if (str_eq(*ret, S("*"))) {
        *ret = NO_STR;
    }
    return true;
}

static bool
take_style(struct search_builder *b, const struct json *type, enum style *ret)
{
    static const struct {
        str name;
        enum style style;
    } styles[] = {{S_INIT("best_fields"), WORDS}, {S_INIT("most_fields"), WORDS},
        {S_INIT("cross_fields"), WORDS}, {S_INIT("phrase"), PHRASE},
        {S_INIT("phrase_prefix"), PHRASE_PREFIX}, {S_INIT("bool_prefix"), WORDS_PREFIX}};
    str name = S("best_fields");

    if (type != NULL && !json_str(type, &name)) {
        return search_refuse(b, unknown_option);
    }
    for (size_t i = 0; i < COUNT(styles); i++) {
        if (str_eq(name, styles[i].name)) {
            *ret = styles[i].style;
            return true;
        }
    }
    return search_refuse(b, unknown_option);
}

static bool
read_multi_match(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    struct search_chain chain = {NULL, NULL};
    struct search_node *node = NULL;
    const struct json *fields = json_get(value, S("fields"));
    struct wish wish = {.style = WORDS};
    str field = NO_STR;

    if (!options_ok(b, value, S("query fields operator type"))
        || !search_json_text(b, json_get(value, S("query")), &wish.text)
        || !take_joiner(b, value, S("operator"), &wish.is_and)
        || !take_style(b, json_get(value, S("type")), &wish.style)) {
        return false;
    }
    for (const struct json *item = fields && fields->type == JSON_ARRAY ? fields->first : NULL;
         item != NULL; item = item->next) {
        if (!take_name(b, item, &field) || !ask_field(b, field, &wish, &node)) {
            return false;
        }
        search_chain_add(&chain, node);
    }
    return chain.first != NULL ? search_join(b, SEARCH_OR, chain.first, ret)
                               : ask_field(b, NO_STR, &wish, ret);
}

/* A part of a parsed query string that names no field asks each of these: any of them is enough. */
static bool
ask_fields(struct search_builder *b, const struct search_node *leaf, const struct json *fields,
    struct search_node **ret)
{
    bool is_list = fields->type == JSON_ARRAY;
    struct search_chain chain = {NULL, NULL};

    for (const struct json *item = is_list ? fields->first : fields; item != NULL;
         item = is_list ? item->next : NULL) {
        struct search_node *copy = search_node_new(b, leaf->kind);

        if (copy == NULL) {
            return false;
        }
        *copy = *leaf;
        copy->next = NULL;
        if (!take_name(b, item, &copy->field) || !search_leaf_ok(b, copy)) {
            return false;
        }
        search_chain_add(&chain, copy);
    }
    return chain.first != NULL ? search_join(b, SEARCH_OR, chain.first, ret)
                               : search_refuse(b, "Fields are names.");
}

/* The tree again, in this builder's memory and limits; its depth is bounded by the one who parsed it. */
static bool
spread(struct search_builder *b, const struct search_node *from, const struct json *fields,
    struct search_node **ret)
{
    bool is_leaf = from->first == NULL && from->kind != SEARCH_ALL;
    struct search_chain chain = {NULL, NULL};
    struct search_node *node, *part = NULL;

    if (is_leaf && from->field.n == 0 && fields != NULL) {
        return ask_fields(b, from, fields, ret);
    }
    node = search_node_new(b, from->kind);
    if (node == NULL) {
        return false;
    }
    *node = *from;
    node->next = NULL;
    for (const struct search_node *child = from->first; child != NULL; child = child->next) {
        if (!spread(b, child, fields, &part)) {
            return false;
        }
        search_chain_add(&chain, part);
    }
    node->first = chain.first;
    *ret = node;
    return true;
}

static bool
read_query_string(struct search_builder *b, const struct json *value, struct search_node **ret)
{
    const struct json *fields = json_get(value, S("fields"));
    const struct search_node *tree = NULL;
    const char *why = NULL;
    str text = NO_STR;
    bool is_and = false;

    if (!options_ok(b, value, S("query fields default_field default_operator"))
        || !search_json_text(b, json_get(value, S("query")), &text)
        || !take_joiner(b, value, S("default_operator"), &is_and)) {
        return false;
    }
    if (!(is_and ? search_parse_all : search_parse)(b->arena, b->scope, text, &tree, &why)) {
        return search_refuse(b, why ? why : "The query is too large.");
    }
    return spread(b, tree, fields ? fields : json_get(value, S("default_field")), ret);
}

/* clang-format off */
const struct search_json_part search_json_words[] = {
    {"match",               read_match},
    {"match_bool_prefix",   read_bool_prefix},
    {"match_phrase",        read_phrase},
    {"match_phrase_prefix", read_phrase_prefix},
    {"multi_match",         read_multi_match},
    {"query_string",        read_query_string},
    {"simple_query_string", read_query_string},
};
/* clang-format on */
const size_t search_json_word_count = COUNT(search_json_words);
