/* SPDX-License-Identifier: Apache-2.0 */
/* /api/jwt/refresh: exchange, list. An older token that comes back ends its family (invariant 9). Sessions of
 * browsers are listed, too, as FusionAuth has them: of no application, and nothing that could be exchanged.
 *
 * Deviations: a confidential application's OAuth refresh token is exchanged at /oauth2/token only,
 * where the client proves itself (RFC 6749 s6); with several tenants the call must say which one it
 * is about. */
#include "flow/api/api_refresh.h"

#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_login.h"
#include "flow/api/api_user.h"
#include "model/claims/claims.h"
#include "model/session/session.h"

struct exchange { /* type RefreshRequest */
    str refresh, access, event_info;
    int64_t ttl_s;
};
/* clang-format off */
#define X(member) FIELD_AT(struct exchange, member)
static const struct field exchange_fields[] = {
    {.name = "eventInfo",           .kind = FIELD_JSON,   .offset = X(event_info), .max = 8192},
    {.name = "refreshToken",        .kind = FIELD_SECRET, .offset = X(refresh), .max = 1024},
    {.name = "timeToLiveInSeconds", .kind = FIELD_INT,    .offset = X(ttl_s), .min = 0, .max = INT32_MAX},
    {.name = "token",               .kind = FIELD_SECRET, .offset = X(access), .max = 8192},
};
const struct field_table api_refresh_request_table = FIELD_TABLE("RefreshRequest", exchange_fields, struct exchange, NULL);
/* clang-format on */

static enum err
refuse(struct rq *rq)
{
    return api_refuse(
        rq, "refreshToken", "invalid", "This refresh token cannot be exchanged: sign in again.");
}

static bool
may_exchange(const struct api_refresh *found)
{
    const struct application *app = found->application;

    return app->active && app->login.may_refresh
           && (found->grant->scope.n == 0 || application_is_public(app));
}

static enum err
check_ttl(struct rq *rq, const struct api_refresh *found, int64_t ttl_s)
{
    if (ttl_s > application_jwt(found->application, found->tenant)->ttl_s) {
        return api_refuse(
            rq, "timeToLiveInSeconds", "invalid", "Ask for at most the time that is configured.");
    }
    return ERR_OK;
}

static enum err
answer(struct rq *rq, const struct api_tokens *tokens)
{
    struct api_answer answer;

    api_token_set_cookies(rq, tokens);
    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("refreshToken"), tokens->refresh);
    json_put_id(&answer.out, S("refreshTokenId"), tokens->refresh_id);
    json_put_str(&answer.out, S("token"), tokens->access);
    return api_answer_send(rq, &answer, 200);
}

static enum err
redeem(struct rq *rq, const struct api_refresh *found, const struct exchange *request)
{
    const struct jwt_config *config = application_jwt(found->application, found->tenant);
    struct api_tokens tokens = {.refresh_id = found->grant->id};
    struct api_token_wish wish = {.tenant = found->tenant, .application = found->application};
    struct user *user;
    enum err e = user_load(rq, found->tenant, found->grant->user_id, USER_REGISTRATIONS, &user);

    if (e != ERR_OK) {
        return e;
    }
    if (user == NULL || !user_may_sign_in(user, rq->now)) {
        return refuse(rq);
    }
    wish.user = user;
    e = token_rotate(rq, found->tenant, config, found->grant, request->refresh, &tokens.refresh);
    tokens.refresh_ttl_s = (found->grant->expires_at - rq->now) / SECOND_MS;
    e = e ? e : api_token_access(rq, &wish, found->grant, request->ttl_s, &tokens);
    return e ? e : answer(rq, &tokens);
}

enum err
api_refresh_exchange(struct rq *rq)
{
    struct exchange request;
    struct api_refresh found;
    const struct json *body;
    str cookie = api_token_cookie(rq, "refresh_token");
    enum err e = api_body(rq, NULL, &api_refresh_request_table, &request, &body);

    arena_keep_secret(rq->arena);
    e = e ? e : api_faults(rq);
    if (e != ERR_OK) {
        return e;
    }
    request.refresh = cookie.n ? cookie : request.refresh; /* FusionAuth's order */
    if (request.refresh.n == 0) {
        return api_refuse(rq, "refreshToken", "blank", "Send a refresh token.");
    }
    if (request.access.n == 0) {
        request.access = api_token_cookie(rq, "access_token");
    }
    e = api_refresh_find(rq, request.refresh, request.access, &found);
    if (e != ERR_OK) {
        return e;
    }
    if (found.grant == NULL || !may_exchange(&found)) {
        return refuse(rq);
    }
    if (found.verdict == TOKEN_REUSED) {
        api_refresh_reused(rq, &found);
        return refuse(rq);
    }
    e = check_ttl(rq, &found, request.ttl_s);
    return e ? e : redeem(rq, &found, &request);
}

struct shown { /* type RefreshToken; the token itself is never shown */
    struct uuid application_id, id, tenant_id, user_id;
    int64_t insert_instant, start_instant;
    struct api_metadata meta;
};
/* clang-format off */
#define S_(member) FIELD_AT(struct shown, member)
static const struct field shown_fields[] = {
    {.name = "applicationId", .kind = FIELD_UUID,    .offset = S_(application_id)},
    {.name = "data",          .kind = FIELD_LATER},
    {.name = "id",            .kind = FIELD_UUID,    .offset = S_(id)},
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = S_(insert_instant)},
    {.name = "metaData",      .kind = FIELD_OBJECT,  .offset = S_(meta), .more.table = &api_metadata_table},
    {.name = "startInstant",  .kind = FIELD_INSTANT, .offset = S_(start_instant)},
    {.name = "tenantId",      .kind = FIELD_UUID,    .offset = S_(tenant_id)},
    {.name = "token",         .kind = FIELD_LATER, .more.like = "string"},
    {.name = "userId",        .kind = FIELD_UUID,    .offset = S_(user_id)},
};
const struct field_table api_refresh_table = FIELD_TABLE("RefreshToken", shown_fields, struct shown, NULL);
/* clang-format on */

static struct field_texts
split_words(struct rq *rq, str text)
{
    struct field_texts list = {ARENA_ARRAY(rq->arena, text.n / 2 + 1, str), 0};
    str word;

    while (list.items != NULL && str_cut(&text, ' ', &word)) {
        if (word.n) {
            list.items[list.count++] = word;
        }
    }
    return list;
}

static void
put_token(struct rq *rq, const struct token *token, struct json_out *out)
{
    struct shown shown = {
        .application_id = token->application_id,
        .id = token->id,
        .tenant_id = token->tenant_id,
        .user_id = token->user_id,
        .insert_instant = token->insert_instant,
        .start_instant = token->start_instant,
        .meta = {.device = {.description = token->device_description,
                     .last_address = token->address,
                     .name = token->device_name,
                     .type = token->device_type,
                     .last_instant = MAX(token->rotated_at, token->start_instant)},
            .data = token->data,
            .scopes = split_words(rq, token->scope),
            .resources = split_words(rq, token->resource)},
    };

    field_write(&api_refresh_table, FIELD_FOR_API, &shown, out);
}

static void
put_session(const struct session *session, struct json_out *out)
{
    struct shown shown = {
        .id = session->id,
        .tenant_id = session->tenant_id,
        .user_id = session->user_id,
        .insert_instant = session->insert_instant,
        .start_instant = session->insert_instant,
        .meta = {.device = {.last_instant = session->last_instant}},
    };

    field_write(&api_refresh_table, FIELD_FOR_API, &shown, out);
}

static enum err
retrieve_one(struct rq *rq, struct uuid id)
{
    struct session *session = NULL;
    struct api_answer answer;
    struct token *token = NULL;
    enum err e = api_tenant(rq);

    e = e ? e : token_load(rq, rq->tenant, id, &token);
    if (e == ERR_OK && token == NULL) {
        e = session_load(rq, rq->tenant, id, &session);
    }
    if (e != ERR_OK || (session == NULL && (token == NULL || !token->has_refresh))) {
        return e ? e : api_not_found(rq);
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("refreshToken"));
    if (session != NULL) {
        put_session(session, &answer.out);
    } else {
        put_token(rq, token, &answer.out);
    }
    return api_answer_send(rq, &answer, 200);
}

static enum err
retrieve_of(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    struct session *sessions = NULL;
    struct token *tokens = NULL;
    struct api_answer answer;
    size_t token_count, session_count = 0;
    struct user *user = NULL;
    enum err e = token_list(rq, tenant, user_id, &tokens, &token_count);

    e = e ? e : session_list(rq, tenant, user_id, &sessions, &session_count);
    if (e == ERR_OK && token_count + session_count == 0) {
        e = user_load(rq, tenant, user_id, USER_PLAIN, &user);
        e = e == ERR_OK && user == NULL ? api_not_found(rq) : e;
    }
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("refreshTokens"));
    json_out_array(&answer.out);
    for (size_t i = 0; i < token_count; i++) {
        put_token(rq, &tokens[i], &answer.out);
    }
    for (size_t i = 0; i < session_count; i++) {
        put_session(&sessions[i], &answer.out);
    }
    json_out_array_end(&answer.out);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_refresh_retrieve(struct rq *rq)
{
    const struct tenant *tenant = NULL;
    struct uuid id, user_id;
    enum err e = rq_segment_id(rq, 0, "tokenId", &id);

    if (e != ERR_OK || !uuid_is_nil(id)) {
        return e ? e : retrieve_one(rq, id);
    }
    e = api_query_id(rq, "userId", &user_id);
    if (e == ERR_OK && uuid_is_nil(user_id)) {
        e = api_refuse(rq, "userId", "missing", "Name the user.");
    }
    e = e ? e : api_user_tenant(rq, user_id, &tenant);
    if (e != ERR_OK || tenant == NULL) {
        return e ? e : api_not_found(rq);
    }
    return retrieve_of(rq, tenant, user_id);
}
