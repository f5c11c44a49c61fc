/* SPDX-License-Identifier: Apache-2.0 */
/* Searches: criteria from a body's "search" or from the query string, names matched, pages cut. */
#pragma once
#include "flow/api/api.h"

/* Comes first in every criteria struct (type BaseSearchCriteria). */
struct api_criteria {
    str name, order_by;
    int64_t rows, start;
};
/* The rows of it for a criteria table. */
/* clang-format off */
#define API_CRITERIA_FIELDS \
    {.name = "numberOfResults", .kind = FIELD_INT, .offset = FIELD_AT(struct api_criteria, rows), .min = 0, .max = API_PAGE_MAX, .default_int = API_PAGE}, \
    {.name = "orderBy", .kind = FIELD_TEXT, .offset = FIELD_AT(struct api_criteria, order_by), .max = 60}, \
    {.name = "startRow", .kind = FIELD_INT, .offset = FIELD_AT(struct api_criteria, start), .min = 0, .max = INT32_MAX}
#define API_CRITERIA_NAME \
    {.name = "name", .kind = FIELD_TEXT, .offset = FIELD_AT(struct api_criteria, name), .max = 191}
/* clang-format on */

/* Reads {"search": {...}}, or the query string's parameters for a GET; ERR_FIELDS with all faults. */
MUST_USE enum err api_criteria_read(struct rq *rq, const struct field_table *table, void *criteria);
/* The query string as the object a POST would have sent. */
MUST_USE enum err api_criteria_query(
    struct rq *rq, const struct field_table *table, const struct json **ret);
/* FusionAuth's match: any case of ASCII letters; * stands for anything; without a *, anywhere. */
bool api_name_matches(str pattern, str name);

/* Names that a search reads at once, and the memory they take: a request that does allows itself that much. */
enum { API_NAMES_MAX = 100000, API_NAMES_ARENA = MB(96) };

struct api_hit { /* one thing found, by what it is sorted */
    struct uuid id;
    str name;
    int64_t instant;
};
/* Sorts hits as order_by says ("name", "insertInstant", each with ASC or DESC; name ASC when empty)
 * and cuts the page out; *ret_total is how many there were. A fault at search.orderBy for other
 * words. */
MUST_USE enum err api_page_of(struct rq *rq, const struct api_criteria *criteria,
    struct api_hit *hits, size_t *count, struct api_hit **ret_page, size_t *ret_total);
/* Writes "plural": [each of them by put, what that loads being given back]. */
typedef enum err api_hit_put(struct rq *rq, const void *ctx, struct uuid id, struct json_out *out);
struct api_hits {
    str plural;
    api_hit_put *put;
    const void *ctx;
};
MUST_USE enum err api_hits_write(struct rq *rq, const struct api_hits *how,
    const struct api_hit *hits, size_t count, struct json_out *out);
/* FusionAuth's expand: the parts of what is found that are wanted, in the body or the query string; without it all are.
 * ret_left_out[i]: not parts[i]. */
MUST_USE enum err api_expand_read(
    struct rq *rq, const str *parts, size_t count, bool *ret_left_out);
/* The member "expandable": what was left out. */
void api_expand_put(const str *parts, size_t count, const bool *is_left_out, struct json_out *out);
