/* SPDX-License-Identifier: Apache-2.0 */
/* What was found in a log, sorted by a text of each and cut to a page: for logs that are opened to be
 * searched, API_SORTED_LOOKED entries at most. */
#pragma once
#include "flow/api/api_order.h"
#include "flow/api/api_search.h"

enum { API_SORTED_LOOKED = 200000 };

struct api_sorted_hit {
    int64_t seq; /* or */
    struct uuid id;
};
struct api_sorted {
    size_t count;  /* all that were added */
    size_t looked; /* counted by who looks: see api_sorted_gather, api_sorted_refuse */
    size_t column; /* of the columns that may be sorted by */
    bool is_down;
    size_t start, rows;
    struct arena *arena; /* of the request: what is found lies on one that is given back */
    struct api_order order;
    struct api_order_top top;
};

/* Makes room for the page, and reads "column ASC" or "column DESC": the columns are NULL-terminated, the first is what is
 * sorted by, downwards, when nothing is said. ERR_FIELDS at search.orderBy for others. */
MUST_USE enum err api_sorted_start(struct rq *rq, const struct api_criteria *criteria,
    const char *const *columns, struct api_sorted *ret);
/* The same for an order that was read already. */
MUST_USE enum err api_sorted_begin(
    struct rq *rq, const struct api_criteria *criteria, bool is_down, struct api_sorted *ret);
/* Adds one with its text. */
void api_sorted_add(struct api_sorted *sorted, int64_t seq, struct uuid id, str text);
/* The same with a number. */
void api_sorted_add_number(struct api_sorted *sorted, int64_t seq, struct uuid id, int64_t number);
/* Sorts; the page is ret .. ret + *ret_count, NULL when memory is short. */
struct api_sorted_hit *api_sorted_page(struct api_sorted *sorted, size_t *ret_count);
/* Looks at a log, page after page, each on memory that is given back: look adds what fits and says how many it looked at,
 * fewer than page_max when there are no more. ERR_FIELDS when that are more than API_SORTED_LOOKED. */
typedef enum err api_sorted_look(struct rq *rq, void *ctx, size_t *ret_looked);
MUST_USE enum err api_sorted_gather(
    struct rq *rq, struct api_sorted *sorted, size_t page_max, api_sorted_look *look, void *ctx);
/* Writes the page: each of it by write, on memory that is given back. */
typedef enum err api_sorted_write(
    struct rq *rq, const struct api_sorted_hit *hit, struct json_out *out);
MUST_USE enum err api_sorted_put(
    struct rq *rq, struct api_sorted *sorted, api_sorted_write *write, struct json_out *out);
/* Answers {plural: [the page], "total": how many were added}. */
MUST_USE enum err api_sorted_answer(
    struct rq *rq, struct api_sorted *sorted, str plural, api_sorted_write *write);
/* Says that the search would have to open too many. */
enum err api_sorted_refuse(struct rq *rq);
