/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of the operator: a request without a socket. */
#include "app/operator.h"

#include "app/dispatch.h"
#include "base/arena.h"

enum { CALL_ARENA = 32 * 1024 * 1024 };

static enum http_method
method_of(const char *name)
{
    switch (name[0] == 'P' ? name[1] : name[0]) {
    case 'O':
        return HTTP_POST;
    case 'U':
        return HTTP_PUT;
    case 'D':
        return HTTP_DELETE;
    default:
        return HTTP_GET;
    }
}

int
operator_perform(
    struct dispatch *dispatch, struct arena *arena, const struct operator_call *call, str *ret_body)
{
    AUTO(arena_end) struct arena *own = arena_new(CALL_ARENA);
    struct http_header headers[] = {
        {S("content-type"), S("application/json")},
        {S("x-fusionauth-tenantid"), call->tenant_id},
    };
    struct http_exchange x = {
        .arena = own,
        .request =
            {
                .method = method_of(call->method),
                .method_text = str_from(call->method),
                .target = call->path,
                .path = call->path,
                .query = call->query,
                .headers = headers,
                .header_count = call->tenant_id.n ? 2 : 1,
                .body = call->body,
                .peer = S("operator"),
                .version = 11,
            },
    };

    *ret_body = NO_STR;
    if (own == NULL) {
        return 503;
    }
    arena_keep_secret(own);
    dispatch_perform_as_operator(dispatch, &x);
    *ret_body = str_dup(arena, x.answer.body);
    return arena_failed(arena) ? 503 : x.answer.status;
}
