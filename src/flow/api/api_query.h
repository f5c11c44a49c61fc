/* SPDX-License-Identifier: Apache-2.0 */
/* Searches by a query, for people and for entities: what is asked for, how candidates are looked at one after the other,
 * however many there are (docs/decisions/0019), and pages that go on with nextResults. */
#pragma once
#include "flow/api/api_order.h"
#include "flow/api/api_search.h"
#include "model/search/search.h"

/* Beyond these an answer would take too long: it is refused, never cut short. */
enum { API_LOOKED_PAGE = 20000, API_LOOKED_ALL = 200000, API_COUNTED = 10000 };

struct api_query {
    const struct search_node *tree;
    struct search_plan plan;
    struct uuid *tenants; /* that the call may see */
    size_t tenant_count;
    bool is_ascending; /* by insert instant; where nothing narrows */
};
struct api_query_place { /* how far the looking has come */
    struct uuid tenant_id;
    int64_t need;   /* which of the plan's */
    int64_t number; /* a segment, an instant */
    struct uuid id;
};

/* Reads a raw query or, when that is empty, a query string; faults at their names under path ("search.", ""). */
MUST_USE enum err api_query_read(struct rq *rq, const struct search_scope *scope, str query_string,
    str raw, const char *path, struct api_query *ret);

struct api_user_filter;
struct api_hunt { /* one run */
    const struct api_query *query;
    struct api_query_place
        place;         /* where to begin (all zero: at the beginning); of the last one looked at */
    size_t max_looked; /* people, entities */
    /* Called for each that matches, on memory that is given back; sets *ret_is_enough to end the run. */
    enum err (*found)(void *ctx, struct rq *rq, const struct tenant *tenant, const void *thing,
        bool *ret_is_enough);
    void *ctx;
    size_t looked, passed;
    struct api_user_filter *filter; /* who has what the plan also needs, when it says so */
    enum { API_FILTER_UNKNOWN, API_FILTERS, API_FILTERS_NOT } filtering;
    bool is_at_end; /* nobody was left out */
};

struct api_query_criteria { /* type BaseElasticSearchCriteria */
    struct api_criteria base;
    struct field_texts ids;
    str query, query_string, next_results;
    bool accurate_total;
    struct field_list sort_fields;
};

struct
    api_query_next { /* what nextResults holds, sealed: the query with its order, and where the next page begins */
    str query, query_string, order_by;
    bool accurate_total;
    struct field_list sort_fields;
    int64_t total;             /* as the first page gave it */
    struct uuid tenant_id, id; /* of the last that was shown; nil: this is the first page */
    int64_t need, number;      /* of those that come as they are found */
    str keys[API_ORDER_MAX];   /* of those that are sorted */
};

struct api_query_page;
struct api_query_kind { /* what is searched for */
    const struct search_scope *scope;
    const char *name, *no_order; /* what nextResults is bound to; what a refused order says */
    enum err (*hunt)(struct rq *rq, struct api_hunt *hunt);
    /* How many may match, counting to max in each tenant: exactly those who match when plan.is_exact. */
    enum err (*count)(struct rq *rq, const struct api_query *query, int64_t max, int64_t *ret);
    str (*sort_key)(struct arena *arena, const void *thing, str name, bool is_down);
    void (*put)(const struct api_query_page *page, const void *thing);
    /* On memory that is given back; *ret NULL when there is none. */
    enum err (*load)(struct rq *rq, const struct tenant *tenant, struct uuid id, const void **ret);
    enum err (*tenant_of)(struct rq *rq, struct uuid id, const struct tenant **ret);
    /* Completes a plan by what only the storage knows; NULL: nothing. */
    enum err (*complete)(struct rq *rq, struct search_plan *plan);
};
struct api_query_page { /* one search on its way */
    struct rq *rq;
    const struct api_query_kind *kind;
    struct api_query_criteria criteria;
    struct api_query_next next;
    struct api_query query;
    struct api_order order;
    struct json_out *out; /* within the array of what is found */
    int64_t matched, shown, looked_when_full;
    const struct api_hunt *hunt;
    struct api_query_place last; /* shown */
    struct api_order_top *top;
};
/* Reads the criteria into page, of which rq and kind are set. */
MUST_USE enum err api_query_criteria_read(
    struct api_query_page *page, const struct field_table *table);
/* Puts what is found, ends the array, and puts nextResults and total beside it. */
MUST_USE enum err api_query_put(struct api_query_page *page);
