/* SPDX-License-Identifier: Apache-2.0 */
/* sortFields and orderBy, and of what is found the first in that order behind a place: as many as a page holds,
 * whatever the number of matches. */
#pragma once
#include "flow/api/api.h"

enum { API_ORDER_MAX = 4, API_ORDER_KEY = 100 };

struct search_scope;
struct api_order_field { /* type SortField */
    str missing, name;
    int order; /* asc, desc */
};
extern const struct field_table api_order_table;
struct api_order {
    struct api_order_field of[API_ORDER_MAX];
    size_t count;
};
/* Adds a field; false when there is no such order, or no room. */
MUST_USE bool api_order_add(
    struct api_order *order, const struct search_scope *scope, const struct api_order_field *field);
/* "lastName ASC, insertInstant DESC" */
MUST_USE bool api_order_read(struct api_order *order, const struct search_scope *scope, str text);

struct api_order_hit {
    const struct api_order *order;
    struct uuid tenant_id, id;
    str keys[API_ORDER_MAX]; /* cut to API_ORDER_KEY bytes */
    char *bytes;             /* where a hit of the heap keeps them */
};
struct api_order_top {
    const struct api_order *order;
    struct api_order_hit *hits; /* a heap, the last in order first */
    size_t count, max;
    size_t behind; /* all that come behind last */
    bool has_last; /* what does not come behind it is left out */
    struct api_order_hit last;
};
/* Makes room for max hits. */
MUST_USE bool api_order_top_init(
    struct api_order_top *top, struct arena *arena, const struct api_order *order, size_t max);
/* A key as a hit holds it: what is missing in its place, cut to a whole character. */
str api_order_key(struct arena *arena, const struct api_order_field *field, str key);
/* Copies the hit, unless max others come before it. */
void api_order_top_add(struct api_order_top *top, const struct api_order_hit *hit);
void api_order_top_sort(struct api_order_top *top);
