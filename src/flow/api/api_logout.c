/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/logout: the cookies go, and the grant of the refresh token that came along; with
 * global=true all of its owner's grants and sessions. Nothing is written for a token that proves
 * nothing. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_refresh.h"
#include "model/event/event.h"
#include "model/session/session.h"

struct logout { /* type LogoutRequest */
    bool is_global;
    str refresh, event_info;
};
/* clang-format off */
#define L(member) FIELD_AT(struct logout, member)
static const struct field logout_fields[] = {
    {.name = "eventInfo",    .kind = FIELD_JSON,   .offset = L(event_info), .max = 8192},
    {.name = "global",       .kind = FIELD_BOOL,   .offset = L(is_global)},
    {.name = "refreshToken", .kind = FIELD_SECRET, .offset = L(refresh), .max = 1024},
};
const struct field_table api_logout_table = FIELD_TABLE("LogoutRequest", logout_fields, struct logout, NULL);
/* clang-format on */

/* FusionAuth's order: body, query string, cookie. */
static enum err
read_logout(struct rq *rq, struct logout *ret)
{
    const struct json *body;
    enum err e = api_body(rq, NULL, &api_logout_table, ret, &body);

    e = e ? e : api_faults(rq);
    if (e != ERR_OK) {
        return e;
    }
    ret->is_global = ret->is_global || api_flag(rq, "global");
    if (ret->refresh.n == 0) {
        ret->refresh = rq_query_get(rq, S("refreshToken"));
    }
    if (ret->refresh.n == 0) {
        ret->refresh = api_token_cookie(rq, "refresh_token");
    }
    return ERR_OK;
}

static enum err
end_all(struct rq *rq, const struct api_refresh *found)
{
    struct event event = {"user.logout", found->grant->user_id, found->application->id, NO_STR};

    session_end_all(rq, found->tenant, found->grant->user_id);
    token_revoke_user(rq, found->tenant, found->grant->user_id);
    return event_add(rq, found->tenant, &event);
}

/* An old token of the family ends the family, never more. */
static enum err
end_grants(struct rq *rq, const struct logout *logout)
{
    struct api_refresh found;
    enum err e =
        api_refresh_find(rq, logout->refresh, api_token_cookie(rq, "access_token"), &found);

    if (e != ERR_OK || found.grant == NULL) {
        return e;
    }
    if (logout->is_global && found.verdict != TOKEN_REUSED) {
        return end_all(rq, &found);
    }
    return api_refresh_end(rq, found.tenant, found.grant);
}

enum err
api_logout(struct rq *rq)
{
    struct logout logout;
    enum err e = read_logout(rq, &logout);

    if (e == ERR_OK && logout.refresh.n) {
        e = end_grants(rq, &logout);
    }
    if (e != ERR_OK) {
        return e;
    }
    api_token_clear_cookies(rq);
    return rq_answer_empty(rq, 200);
}
