/* SPDX-License-Identifier: Apache-2.0 */
/* Grants: made, read, listed, revoked. A revoked grant is a deleted row, so that no token of it can
 * be believed again anywhere (OA-35, OA-36). */
#include "model/token/token.h"

#include "model/statements.h"
#include "model/token/token_internal.h"
#include "model/user/user_sealed.h"

enum { MAX_LISTED = 1000 };

/* clang-format off */
#define T(member) FIELD_AT(struct token, member)
static const struct field detail_fields[] = {
    {.name = "scope",              .kind = FIELD_TEXT, .offset = T(scope)},
    {.name = "resource",           .kind = FIELD_TEXT, .offset = T(resource), .max = 2048},
    {.name = "nonce",              .kind = FIELD_TEXT, .offset = T(nonce)},
    {.name = "authenticationType", .kind = FIELD_TEXT, .offset = T(authentication_type)},
    {.name = "deviceName",         .kind = FIELD_TEXT, .offset = T(device_name)},
    {.name = "deviceType",         .kind = FIELD_TEXT, .offset = T(device_type)},
    {.name = "deviceDescription",  .kind = FIELD_TEXT, .offset = T(device_description)},
    {.name = "data",               .kind = FIELD_JSON, .offset = T(data), .max = TOKEN_DATA_MAX},
    {.name = "address",            .kind = FIELD_TEXT, .offset = T(address)},
};
static const struct field_table detail_table = FIELD_TABLE("TokenDetail", detail_fields, struct token, NULL);
/* clang-format on */

static struct seal_place
detail_place(const struct tenant *tenant, struct uuid id)
{
    return (struct seal_place){"token", "detail", tenant->id, id};
}

static enum err
seal_detail(struct rq *rq, const struct tenant *tenant, const struct token *token, bytes *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool found;
    enum err e = user_key(rq, tenant, token->user_id, &key, &found);

    if (e == ERR_OK && !found) {
        e = FAIL(rq, ERR_INVALID_GRANT, NULL, "cannot be given for this user");
    }
    return e != ERR_OK
               ? e
               : user_seal(rq, &key, detail_place(tenant, token->id), &detail_table, token, ret);
}

static void
fill(struct rq *rq, const struct tenant *tenant, struct token *token)
{
    int64_t ttl_ms = token->has_refresh ? tenant->jwt.refresh_ttl_min * MINUTE_MS
                                        : tenant->jwt.ttl_s * SECOND_MS;

    if (uuid_is_nil(token->id)) {
        token->id = rq_new_id(rq);
    }
    token->tenant_id = tenant->id;
    token->step = token->rotated_at = 0;
    token->insert_instant = token->start_instant = rq->now;
    token->auth_instant = token->auth_instant ? token->auth_instant : rq->now;
    token->expires_at = token->expires_at ? token->expires_at : rq->now + ttl_ms;
}

/* The row of a grant; digest empty when it has no refresh token. */
static enum err
insert(struct rq *rq, const struct tenant *tenant, const struct token *token, bytes digest,
    enum err miss)
{
    bytes detail;
    enum err e = seal_detail(rq, tenant, token, &detail);

    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, TOKEN_INSERT, DB_NEW, miss,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&token->id), DB_ID(&token->application_id),
            DB_ID(&token->user_id), DB_ID(&token->session_id), DB_BYTES(digest),
            DB_I64(token->step), DB_I64(token->rotated_at), DB_I64(token->insert_instant),
            DB_I64(token->start_instant), DB_I64(token->auth_instant), DB_I64(token->expires_at),
            DB_BYTES(detail)));
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

enum err
token_create(struct rq *rq, const struct tenant *tenant, struct token *token, bool with_refresh,
    str *ret_refresh)
{
    AUTO(token_secret_wipe) struct token_secret secret = {{{0}}, 0, {0}};
    struct digest digest = {{0}};
    str text = NO_STR;
    enum err e;

    token->has_refresh = with_refresh;
    fill(rq, tenant, token);
    if (with_refresh) {
        secret = token_secret_new(rq, token->id);
        digest = token_secret_digest(&secret);
        text = token_secret_text(rq, &secret);
    }
    e = insert(rq, tenant, token, (bytes){digest.b, with_refresh ? sizeof digest.b : 0}, ERR_AGAIN);
    if (e == ERR_OK && with_refresh) {
        *ret_refresh = text;
        rq_count(rq, RQ_REFRESH_TOKEN);
    }
    return e;
}

enum err
token_import(struct rq *rq, const struct tenant *tenant, struct token *token, str text,
    enum token_import *ret)
{
    AUTO(token_secret_wipe) struct token_secret secret = {{{0}}, 0, {0}};
    int64_t inserted = token->insert_instant, started = token->start_instant;
    struct digest digest;
    struct db_row *row;
    enum err e;

    *ret = TOKEN_IMPORT_INVALID;
    if (!token_secret_of_foreign(rq, tenant, text, &secret)) {
        return ERR_OK;
    }
    e = rq_read(rq, TOKEN_BY_ID, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&secret.id)));
    if (e != ERR_OK || row != NULL) {
        *ret = TOKEN_IMPORT_TAKEN;
        return e;
    }
    token->id = secret.id;
    token->has_refresh = true;
    fill(rq, tenant, token);
    token->insert_instant = inserted && inserted < rq->now ? inserted : rq->now;
    token->start_instant = started && started < rq->now ? started : rq->now;
    token->expires_at = token->start_instant + tenant->jwt.refresh_ttl_min * MINUTE_MS;
    digest = token_secret_digest(&secret);
    *ret = TOKEN_IMPORT_GOOD;
    return insert(rq, tenant, token, digest_bytes(&digest), ERR_AGAIN);
}

static void
take_columns(const struct tenant *tenant, const struct db_row *row, struct token *token)
{
    token->id = uuid_from(db_bytes(row, TOKEN_ID));
    token->tenant_id = tenant->id;
    token->application_id = uuid_from(db_bytes(row, TOKEN_APPLICATION));
    token->user_id = uuid_from(db_bytes(row, TOKEN_USER));
    token->session_id = uuid_from(db_bytes(row, TOKEN_SESSION));
    token->has_refresh = db_bytes(row, TOKEN_DIGEST).n > 0;
    token->step = db_i64(row, TOKEN_STEP);
    token->rotated_at = db_i64(row, TOKEN_ROTATED);
    token->insert_instant = db_i64(row, TOKEN_INSERTED);
    token->start_instant = db_i64(row, TOKEN_STARTED);
    token->auth_instant = db_i64(row, TOKEN_AUTHENTICATED);
    token->expires_at = db_i64(row, TOKEN_EXPIRES);
    token->verdict = TOKEN_UNKNOWN;
}

static enum err
open_row(struct rq *rq, const struct tenant *tenant, const struct key32 *key,
    const struct db_row *row, struct token *token)
{
    struct seal_place place = detail_place(tenant, uuid_from(db_bytes(row, TOKEN_ID)));
    enum err e = user_open(rq, key, place, db_bytes(row, TOKEN_DETAIL), &detail_table, token);

    if (e == ERR_OK) {
        take_columns(tenant, row, token);
    }
    return e;
}

enum err
token_from_row(
    struct rq *rq, const struct tenant *tenant, const struct db_row *row, struct token **ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct token *token;
    bool found;
    enum err e = user_key(rq, tenant, uuid_from(db_bytes(row, TOKEN_USER)), &key, &found);

    *ret = NULL;
    if (e != ERR_OK || !found) {
        return e;
    }
    token = ARENA_NEW(rq->arena, struct token);
    if (token == NULL) {
        return FAIL_SERVER(rq);
    }
    e = open_row(rq, tenant, &key, row, token);
    if (e == ERR_OK) {
        *ret = token;
    }
    return e;
}

enum err
token_load(struct rq *rq, const struct tenant *tenant, struct uuid id, struct token **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, TOKEN_BY_ID, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));

    *ret = NULL;
    if (e != ERR_OK || row == NULL || db_i64(row, TOKEN_EXPIRES) <= rq->now) {
        return e;
    }
    return token_from_row(rq, tenant, row, ret);
}

enum err
token_stands(struct rq *rq, const struct tenant *tenant, struct uuid id, bool *ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, TOKEN_STANDING, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));

    *ret = row != NULL && db_i64(row, 0) > rq->now;
    return e;
}

static enum err
open_rows(struct rq *rq, const struct tenant *tenant, const struct key32 *key,
    const struct db_row *rows, struct token *ret)
{
    for (const struct db_row *row = rows; row != NULL; row = row->next, ret++) {
        enum err e = open_row(rq, tenant, key, row, ret);
        if (e != ERR_OK) {
            return e;
        }
    }
    return ERR_OK;
}

enum err
token_list(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct token **ret,
    size_t *ret_count)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct db_row *rows;
    struct token *tokens;
    size_t count = 0;
    bool found;
    enum err e = rq_read_all(rq, TOKEN_BY_USER, MAX_LISTED, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_I64(rq->now)));

    *ret = NULL;
    *ret_count = 0;
    if (e == ERR_OK && rows != NULL) {
        e = user_key(rq, tenant, user_id, &key, &found);
    }
    if (e != ERR_OK || rows == NULL || !found) {
        return e;
    }
    for (const struct db_row *row = rows; row != NULL; row = row->next) {
        count++;
    }
    tokens = ARENA_ARRAY(rq->arena, count, struct token);
    if (tokens == NULL) {
        return FAIL_SERVER(rq);
    }
    e = open_rows(rq, tenant, &key, rows, tokens);
    if (e == ERR_OK) {
        *ret = tokens;
        *ret_count = count;
    }
    return e;
}
