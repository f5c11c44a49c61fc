/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share and nobody else sees. */
#pragma once
#include "model/search/search.h"

struct field_texts;

enum search_field_kind {
    KIND_LOGIN,  /* found whole: email, username, telephone number */
    KIND_NAME,   /* found by word */
    KIND_WHOLE,  /* found whole */
    KIND_FLAG,   /* true or false */
    KIND_MOMENT, /* an instant */
    KIND_ID,     /* a UUID */
    KIND_TREE,   /* data.x: whatever the JSON holds */
};
struct search_field {
    const char *name;
    enum search_field_kind kind;
    size_t at; /* of the member in its struct; SEARCH_ELSEWHERE: part of a list */
};
#define SEARCH_ELSEWHERE SIZE_MAX
struct search_scope {
    const struct search_field *fields;
    size_t count;
    const char *const *trees;       /* "data." and the like, NULL-terminated */
    const char *const *paths;       /* of nested, NULL-terminated */
    const char *no_field, *no_path; /* what a refusal says */
};
/* The row of a name, also of "data.x" and "registrations.data.x"; NULL when there is none. */
const struct search_field *search_field_of(const struct search_scope *scope, str name);
/* Where the member of a field stands in an object of the scope; NULL for lists and trees. */
const void *search_member(const struct search_scope *scope, const void *object, str name);
/* A number as JSON writes it. */
bool search_number(str text, double *ret);

struct search_builder { /* a tree on its way, with its limits */
    struct arena *arena;
    const struct search_scope *scope;
    size_t nodes;
    int depth;
    const char *why;
};
/* A node, or NULL with why set. */
struct search_node *search_node_new(struct search_builder *builder, enum search_kind kind);
/* Refuses with why; false. */
bool search_refuse(struct search_builder *builder, const char *why);
/* Parts in their order. A part stands in one chain at a time: it is given a new place. */
struct search_chain {
    struct search_node *first, *last;
};
void search_chain_add(struct search_chain *chain, struct search_node *part);
/* A leaf of the field checked: that there is such a field, and that the value is of its kind. */
bool search_leaf_ok(struct search_builder *builder, const struct search_node *leaf);
/* search_parse where words without an operator between them must all be there. */
MUST_USE bool search_parse_all(struct arena *arena, const struct search_scope *scope, str text,
    const struct search_node **ret, const char **ret_why);
/* Hangs parts under AND or OR: *ret is the part itself when there is one alone. */
bool search_join(struct search_builder *builder, enum search_kind kind, struct search_node *first,
    struct search_node **ret);
/* A pattern's text into a leaf: a term when it has no wildcard, EXISTS (or everybody) when it is nothing else. */
bool search_pattern_leaf(
    struct search_builder *builder, str field, str text, struct search_node **ret);

/* A tree judged on one object: its members by the scope's rows, the rest by two functions. */
struct search_judge {
    struct arena *arena;
    int64_t now;
    const struct search_scope *scope;
    const void *object;
    bool (*leaf)(struct search_judge *judge, const struct search_node *leaf);
    bool (*nested)(struct search_judge *judge, const struct search_node *node);
};
bool search_judge_node(struct search_judge *s, const struct search_node *node);
/* By the value of a member; false when it has no place of its own. */
bool search_judge_member(
    struct search_judge *s, const struct search_node *leaf, const struct search_field *field);
bool search_judge_whole(struct search_judge *s, const struct search_node *leaf, str value);
bool search_judge_login(struct search_judge *s, const struct search_node *leaf, str value);
bool search_judge_name(struct search_judge *s, const struct search_node *leaf, str value);
bool search_judge_flag(const struct search_node *leaf, bool value);
bool search_judge_id(const struct search_node *leaf, struct uuid value);
bool search_judge_moment(
    const struct search_judge *s, const struct search_node *leaf, int64_t value);
/* What data (JSON) has at the leaf's field without its prefix. */
bool search_judge_tree(
    struct search_judge *s, const struct search_node *leaf, str data, str prefix);
bool search_judge_texts(
    struct search_judge *s, const struct search_node *leaf, const struct field_texts *texts);
/* Whether a folded pattern fits all of a folded value. */
bool search_fits(str pattern, str value);
str search_fold_pattern(struct arena *arena, str pattern);
