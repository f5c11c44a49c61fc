/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/user/refresh-token/import: refresh tokens that another server gave, up to 10,000 in one call, all of them or none. */
#include "flow/api/api_cut.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_login.h"
#include "model/application/application.h"
#include "model/token/token.h"
#include "model/user/user.h"

enum { TOKENS_MAX = 10000, FAULTS_MAX = 100, IMPORT_BYTES = 128 * 1024 * 1024 };

struct options {
    bool validates; /* users and applications are always looked at */
};
struct imported { /* type RefreshToken, as given */
    struct uuid application_id, id, tenant_id, user_id;
    int64_t insert_instant, start_instant;
    str token, data;
    struct api_metadata meta;
};
/* clang-format off */
static const struct field option_fields[] = {
    {.name = "validateDbConstraints", .kind = FIELD_BOOL, .offset = FIELD_AT(struct options, validates)},
};
static const struct field_table options_table = FIELD_TABLE("RefreshTokenImportOptions", option_fields, struct options, NULL);

#define I(member) FIELD_AT(struct imported, member)
static const struct field imported_fields[] = {
    {.name = "applicationId", .kind = FIELD_UUID,    .offset = I(application_id), .flags = FIELD_REQUIRED},
    {.name = "data",          .kind = FIELD_JSON,    .offset = I(data), .max = 8192}, /* it has no effect */
    {.name = "id",            .kind = FIELD_UUID,    .offset = I(id)},                /* made of the token */
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = I(insert_instant)},
    {.name = "metaData",      .kind = FIELD_OBJECT,  .offset = I(meta), .more.table = &api_metadata_table},
    {.name = "startInstant",  .kind = FIELD_INSTANT, .offset = I(start_instant)},
    {.name = "tenantId",      .kind = FIELD_UUID,    .offset = I(tenant_id)},
    {.name = "token",         .kind = FIELD_SECRET,  .offset = I(token), .flags = FIELD_REQUIRED, .max = 2048},
    {.name = "userId",        .kind = FIELD_UUID,    .offset = I(user_id), .flags = FIELD_REQUIRED},
};
static const struct field_table imported_table = FIELD_TABLE("ImportedRefreshToken", imported_fields, struct imported, NULL);
/* clang-format on */

static void
add_fault(struct field_reader *reader, const char *path, const char *member, const char *code,
    const char *message)
{
    const char *at = str_z(reader->arena, str_fmt(reader->arena, "%s.%s", path, member));

    field_fault(reader, at ? at : path, code, message);
}

/* The person and the application must be there, and of the tenant. */
static enum err
judge(struct rq *rq, const struct imported *token, struct field_reader *reader, const char *path)
{
    const struct application *app = NULL;
    struct user *user;
    enum err e = user_load(rq, rq->tenant, token->user_id, USER_PLAIN, &user);

    e = e ? e : application_in(rq, token->application_id, rq->tenant->id, &app);
    if (e != ERR_OK) {
        return e;
    }
    if (user == NULL) {
        add_fault(reader, path, "userId", "invalid", "There is no such user.");
    }
    if (app == NULL) {
        add_fault(reader, path, "applicationId", "invalid", "There is no such application.");
    }
    return ERR_OK;
}

struct importing {
    struct uuid *seen; /* ids of tokens of this call */
    size_t seen_count;
};

static bool
see(struct importing *m, struct uuid id)
{
    for (size_t i = 0; i < m->seen_count; i++) {
        if (uuid_eq(m->seen[i], id)) {
            return false;
        }
    }
    m->seen[m->seen_count++] = id;
    return true;
}

static enum err
add(struct rq *rq, struct importing *m, const struct imported *given, struct field_reader *reader,
    const char *path)
{
    struct token token = {.application_id = given->application_id,
        .user_id = given->user_id,
        .insert_instant = given->insert_instant,
        .start_instant = given->start_instant,
        .authentication_type = S("PASSWORD"),
        .device_name = given->meta.device.name,
        .device_type = given->meta.device.type,
        .device_description = given->meta.device.description,
        .data = given->meta.data,
        .address = given->meta.device.last_address};
    enum token_import verdict;
    enum err e;

    token.scope = str_join(rq->arena, given->meta.scopes.items, given->meta.scopes.count, S(" "));
    user_hold(rq, rq->tenant, given->user_id); /* before what is theirs: model/README, gates */
    e = token_import(rq, rq->tenant, &token, given->token, &verdict);
    if (e == ERR_OK && verdict == TOKEN_IMPORT_GOOD && !see(m, token.id)) {
        verdict = TOKEN_IMPORT_TAKEN;
    }
    if (e == ERR_OK && verdict == TOKEN_IMPORT_INVALID) {
        add_fault(
            reader, path, "token", "invalid", "Give the token as it is, of 16 to 2048 characters.");
    } else if (e == ERR_OK && verdict == TOKEN_IMPORT_TAKEN) {
        add_fault(reader, path, "token", "duplicate", "This token is there already.");
    }
    return e;
}

static enum err
import_one(struct rq *rq, struct importing *m, str text, size_t number)
{
    struct field_reader reader = api_reader(rq);
    size_t faults = rq->faults.count;
    const char *path = str_z(rq->arena, str_fmt(rq->arena, "refreshTokens[%zu]", number));
    struct imported token;
    const struct json *value;
    enum err e;

    if (path == NULL) {
        return FAIL_SERVER(rq);
    }
    if (!json_parse(rq->arena, text, &value, NULL)) {
        field_fault(&reader, path, "invalidJSON", "This token is no valid JSON.");
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
    }
    if (!field_read(&reader, &imported_table, FIELD_CREATE, value, str_from(path), &token)) {
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
    }
    e = judge(rq, &token, &reader, path);
    return e || rq->faults.count > faults ? e : add(rq, m, &token, &reader, path);
}

enum err
api_refresh_import(struct rq *rq)
{
    struct options options;
    struct json_cut tokens;
    struct api_change change = {.kind = "jwt.refresh-token.import"};
    struct importing m = {NULL, 0};
    size_t count = 0;
    str name, value;
    enum err e = api_tenant(rq);

    arena_allow(rq->arena, IMPORT_BYTES);
    arena_keep_secret(rq->arena);
    e = e ? e
          : api_cut_list(rq,
              &(struct api_cut){"refreshTokens", TOKENS_MAX, &options_table, &options}, &tokens,
              &count);
    m.seen = ARENA_ARRAY(rq->arena, count + 1, struct uuid);
    e = e == ERR_OK && m.seen == NULL ? FAIL_SERVER(rq) : e;
    for (size_t i = 0; e == ERR_OK && i < count && rq->faults.count < FAULTS_MAX; i++) {
        e = json_cut_next(&tokens, &name, &value) ? import_one(rq, &m, value, i) : FAIL_SERVER(rq);
    }
    e = e ? e : api_faults(rq);
    if (e == ERR_OK) {
        change.id = rq->tenant->id;
        e = api_audit(rq, rq->tenant, &change);
    }
    return e ? e : rq_answer_empty(rq, 200);
}
