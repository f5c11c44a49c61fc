/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share and nobody else sees. */
#pragma once
#include "model/search/search.h"

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
};
/* The row of a name, also of "data.x" and "registrations.data.x"; NULL when there is none. */
const struct search_field *search_field_of(str name);

/* Where the member of a field stands in a user; NULL for lists and trees. */
const void *search_member(const struct user *user, str name);
/* A number as JSON writes it. */
bool search_number(str text, double *ret);

struct search_builder { /* a tree on its way, with its limits */
    struct arena *arena;
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
/* Hangs parts under AND or OR: *ret is the part itself when there is one alone. */
bool search_join(struct search_builder *builder, enum search_kind kind, struct search_node *first,
    struct search_node **ret);
/* A pattern's text into a leaf: a term when it has no wildcard, EXISTS (or everybody) when it is nothing else. */
bool search_pattern_leaf(
    struct search_builder *builder, str field, str text, struct search_node **ret);
