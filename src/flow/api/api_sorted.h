/* SPDX-License-Identifier: Apache-2.0 */
/* What was found in a log, sorted by a text of each and cut to a page: for logs that are opened to be
 * searched. */
#pragma once
#include "flow/api/api_search.h"

enum { API_SORTED_BYTES = 64 };

struct api_sorted_hit {
    int64_t seq; /* or */
    struct uuid id;
    char text[API_SORTED_BYTES]; /* what it is sorted by, cut */
};
struct api_sorted {
    struct api_sorted_hit *hits;
    size_t count, max;
    size_t column; /* of the columns that may be sorted by */
    bool is_down;
};

/* Makes room for max hits, and reads "column ASC" or "column DESC": the columns are NULL-terminated, the first is what is
 * sorted by, downwards, when nothing is said. ERR_FIELDS at search.orderBy for others. */
MUST_USE enum err api_sorted_start(struct rq *rq, const struct api_criteria *criteria,
    const char *const *columns, size_t max, struct api_sorted *ret);
/* Adds one with its text; false when there is no room. */
MUST_USE bool api_sorted_add(struct api_sorted *sorted, int64_t seq, struct uuid id, str text);
/* The same with a number. */
MUST_USE bool api_sorted_add_number(
    struct api_sorted *sorted, int64_t seq, struct uuid id, int64_t number);
/* Sorts; the page is ret .. ret + *ret_count. */
struct api_sorted_hit *api_sorted_page(
    struct api_sorted *sorted, const struct api_criteria *criteria, size_t *ret_count);
/* Says that the search would have to open too many. */
enum err api_sorted_refuse(struct rq *rq);
