/* SPDX-License-Identifier: Apache-2.0 */
/* What the two files of the raw query share. */
#pragma once
#include "codec/json.h"
#include "model/search/search_internal.h"

struct search_json_part {
    const char *name;
    bool (*read)(struct search_builder *b, const struct json *value, struct search_node **ret);
};
extern const struct search_json_part search_json_leaves[];
extern const size_t search_json_leaf_count;

/* A node that everything fits. */
bool search_json_all(struct search_builder *b, struct search_node **ret);
/* Puts *ret under a node of this kind. */
bool search_json_wrap(struct search_builder *b, enum search_kind kind, struct search_node **ret);
/* A value as text: strings, numbers, truths. */
bool search_json_text(struct search_builder *b, const struct json *value, str *ret);
