/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of a row's caller column. The rooms that own the proofs do the work. */
#include "app/check.h"

#include "flow/api/api.h"
#include "flow/api/api_right.h"
#include "flow/oauth/oauth.h"

static enum err
check_api_key(struct rq *rq, const struct route *route)
{
    return api_check_key(rq, api_endpoint_of(rq->arena, route->path), true);
}

static enum err
check_maybe_api_key(struct rq *rq, const struct route *route)
{
    return api_check_key(rq, api_endpoint_of(rq->arena, route->path), false);
}

static enum err
check_client(struct rq *rq, const struct route *route)
{
    (void)route;
    return client_authenticate(rq);
}

static enum err
check_anyone(struct rq *rq, const struct route *route)
{
    (void)rq;
    (void)route;
    return ERR_OK;
}

static enum err (*const checks[])(struct rq *rq, const struct route *route) = {
    [WHO_ANYONE] = check_anyone,
    [WHO_API_KEY] = check_api_key,
    [WHO_MAYBE_API_KEY] = check_maybe_api_key,
    [WHO_CLIENT] = check_client,
    [WHO_BEARER] =
        check_anyone, /* the handler reads the token: RFC 6750 s3 wants its challenge in the answer */
};

enum err
check_caller(struct rq *rq, const struct route *route)
{
    CHECK(route->who < COUNT(checks));
    return checks[route->who](rq, route);
}
