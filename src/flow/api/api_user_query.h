/* SPDX-License-Identifier: Apache-2.0 */
/* People who match a query, one after the other, however many there are (docs/decisions/0019). */
#pragma once
#include "flow/api/api.h"
#include "model/search/search.h"
#include "model/user/user.h"

/* Beyond these an answer would take too long: it is refused, never cut short. */
enum { API_LOOKED_PAGE = 20000, API_LOOKED_ALL = 200000, API_COUNTED = 10000 };

struct api_user_query {
    const struct search_node *tree;
    struct search_plan plan;
    struct uuid *tenants; /* that the call may see */
    size_t tenant_count;
    bool is_ascending; /* by insert instant; where nothing narrows */
};
struct api_user_place { /* how far the looking has come */
    struct uuid tenant_id;
    int64_t need;   /* which of the plan's */
    int64_t number; /* a segment, an instant */
    struct uuid id;
};

/* Reads a query string or, when that is empty, a raw query; faults at their names under path ("search.", ""). */
MUST_USE enum err api_user_query_read(
    struct rq *rq, str query_string, str raw, const char *path, struct api_user_query *ret);

struct api_user_filter;
struct api_user_hunt { /* one run */
    const struct api_user_query *query;
    struct api_user_place
        place;         /* where to begin (all zero: at the beginning); of the last one looked at */
    size_t max_looked; /* people */
    /* Called for each who matches, on memory that is given back; sets *ret_is_enough to end the run. */
    enum err (*found)(void *ctx, struct rq *rq, const struct tenant *tenant,
        const struct user *user, bool *ret_is_enough);
    void *ctx;
    size_t looked, passed;
    struct api_user_filter *filter; /* who has what the plan also needs, when it says so */
    enum { API_FILTER_UNKNOWN, API_FILTERS, API_FILTERS_NOT } filtering;
    bool is_at_end; /* nobody was left out */
};
MUST_USE enum err api_user_hunt_run(struct rq *rq, struct api_user_hunt *hunt);
/* How many may match: all who have what the plan needs, counting to max in each tenant. Exactly those who match when
 * plan.is_exact. */
MUST_USE enum err api_user_query_count(
    struct rq *rq, const struct api_user_query *query, int64_t max, int64_t *ret);
