/* SPDX-License-Identifier: Apache-2.0 */
/* The table of endpoints: one row each, read by the dispatcher, OpenAPI, `make where` and the
 * tests. */
#pragma once
#include "model/rq/rq.h"

enum route_who {
    WHO_ANYONE,
    WHO_API_KEY,       /* an API key that may call this endpoint with this method */
    WHO_MAYBE_API_KEY, /* a key is checked when given; the handler decides whether it can do without */
    WHO_CLIENT,        /* OAuth client authentication (RFC 6749 s2.3) */
    WHO_BEARER,        /* an access token in Authorization (RFC 6750 s2.1) */
};

enum route_cors {
    CORS_NO,
    CORS_PUBLIC, /* public documents: any origin, no credentials */
    CORS_CLIENT, /* only origins the application registered (OA-50) */
};

enum route_rate { RATE_FREE, RATE_PAGE, RATE_TOKEN, RATE_LOGIN, RATE_API, RATE_COUNT };

typedef enum err route_handler(struct rq *rq);

struct route {
    enum http_method method;
    const char *path; /* "/api/user/{userId?}": {x} one segment, {x?} one or none, at the end */
    route_handler *handler;
    enum route_who who;
    size_t max_body;
    enum route_rate rate;
    enum rq_place place;
    enum rq_shape shape;
    enum route_cors cors;
    const char *spec;
    const void
        *about; /* handed to the handler as rq->about: a handler of many resources learns which */
};

/* Prepares the search; once, before the first. */
void route_init(void);
/* The row for a method and path; fills rq->segments, and rq->path_tenant from a leading
 * /{tenantId} when the rest is an endpoint that may stand under a tenant. NULL with *ret_status
 * 404 or 405 when there is none. */
const struct route *route_find(enum http_method method, str path, struct rq *rq, int *ret_status);
/* FusionAuth's client for Java cannot send PATCH: it posts, and says in this header what it means. Said once, and so: the
 * caller's rights are those to PATCH from here on. */
bool route_means_patch(const struct http_request *request);
/* What a path that has a row takes, for Allow: "GET, HEAD, PUT" (RFC 9110 s10.2.1). */
str route_methods(struct arena *a, str path);
/* Hands the rows to the OpenAPI document; once, at start. */
void route_describe(void);
/* All rows. */
const struct route *route_all(size_t *ret_count);
