/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of the raw query share. */
#pragma once
#include "codec/json.h"
#include "model/search/search_internal.h"

struct search_json_part {
    const char *name;
    bool (*read)(struct search_builder *b, const struct json *value, struct search_node **ret);
};
extern const struct search_json_part search_json_leaves[], search_json_words[];
extern const size_t search_json_leaf_count, search_json_word_count;

/* A node that everything fits. */
bool search_json_all(struct search_builder *b, struct search_node **ret);
bool search_json_nobody(struct search_builder *b, struct search_node **ret); /* that nothing fits */
/* {"field": value} or {"field": {...}}: the one member that names no option. */
bool search_json_field(
    struct search_builder *b, const struct json *value, str *ret_field, const struct json **ret);
/* The value of it, which in an object stands at the key. */
bool search_json_value(
    struct search_builder *b, const struct json *value, str key, str *ret_field, str *ret);
/* A leaf, checked. */
bool search_json_leaf(
    struct search_builder *b, enum search_kind kind, str field, str text, struct search_node **ret);
/* Puts *ret under a node of this kind. */
bool search_json_wrap(struct search_builder *b, enum search_kind kind, struct search_node **ret);
/* A value as text: strings, numbers, truths. */
bool search_json_text(struct search_builder *b, const struct json *value, str *ret);
