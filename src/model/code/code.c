/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization codes (RFC 6749 s4.1.2, RFC 9700 s4.5).
 *
 *   ISSUED -use-> USED,  ISSUED -time-> EXPIRED;  both are kept for a day, so that a replay is known
 *   for one and its grant can be revoked (RFC 6749 s10.5), then swept. */
#include "model/code/code.h"

#include "model/bearer/bearer.h"
#include "model/job/job.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user_sealed.h"

enum { MAX_TTL_S = 60 }; /* OA-18 */
enum column {
    APPLICATION,
    USER,
    SESSION,
    GRANT,
    DIGEST,
    INSERTED,
    AUTHENTICATED,
    EXPIRES,
    USED,
    DETAIL,
};

/* clang-format off */
#define C(member) FIELD_AT(struct code, member)
static const struct field detail_fields[] = {
    {.name = "redirectUri",        .kind = FIELD_TEXT, .offset = C(redirect_uri)},
    {.name = "scope",              .kind = FIELD_TEXT, .offset = C(scope)},
    {.name = "resource",           .kind = FIELD_TEXT, .offset = C(resource), .max = 2048},
    {.name = "nonce",              .kind = FIELD_TEXT, .offset = C(nonce)},
    {.name = "challenge",          .kind = FIELD_TEXT, .offset = C(challenge)},
    {.name = "authenticationType", .kind = FIELD_TEXT, .offset = C(authentication_type)},
};
static const struct field_table detail_table = FIELD_TABLE("CodeDetail", detail_fields, struct code, NULL);
/* clang-format on */

static struct seal_place
detail_place(const struct tenant *tenant, struct uuid id)
{
    return (struct seal_place){"auth_code", "detail", tenant->id, id};
}

static enum err
seal_detail(struct rq *rq, const struct tenant *tenant, const struct code *code, bytes *ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    bool found;
    enum err e = user_key(rq, tenant, code->user_id, &key, &found);

    if (e == ERR_OK && !found) {
        e = FAIL(rq, ERR_ACCESS_DENIED, NULL, "cannot be given for this user");
    }
    return e != ERR_OK
               ? e
               : user_seal(rq, &key, detail_place(tenant, code->id), &detail_table, code, ret);
}

enum err
code_issue(struct rq *rq, const struct tenant *tenant, struct code *code, str *ret_text)
{
    struct digest digest;
    bytes detail;
    str text;
    enum err e;

    if (uuid_is_nil(code->id)) {
        code->id = rq_new_id(rq);
    }
    code->tenant_id = tenant->id;
    code->grant_id = rq_new_id(rq);
    code->insert_instant = rq->now;
    code->expires_at = rq->now + MIN(tenant->ids.code_ttl_s, MAX_TTL_S) * SECOND_MS;
    code->used_at = 0;
    text = bearer_make(rq, code->id, &digest);
    e = seal_detail(rq, tenant, code, &detail);
    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, CODE_INSERT, DB_NEW, ERR_CONFLICT,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&code->id), DB_ID(&code->application_id),
            DB_ID(&code->user_id), DB_ID(&code->session_id), DB_ID(&code->grant_id),
            DB_BYTES(digest_bytes(&digest)), DB_I64(code->insert_instant),
            DB_I64(code->auth_instant), DB_I64(code->expires_at), DB_BYTES(detail)));
    if (arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    *ret_text = text;
    return ERR_OK;
}

static void
take_columns(
    const struct tenant *tenant, struct uuid id, const struct db_row *row, struct code *code)
{
    code->id = id;
    code->tenant_id = tenant->id;
    code->application_id = uuid_from(db_bytes(row, APPLICATION));
    code->user_id = uuid_from(db_bytes(row, USER));
    code->session_id = uuid_from(db_bytes(row, SESSION));
    code->grant_id = uuid_from(db_bytes(row, GRANT));
    code->insert_instant = db_i64(row, INSERTED);
    code->auth_instant = db_i64(row, AUTHENTICATED);
    code->expires_at = db_i64(row, EXPIRES);
    code->used_at = db_i64(row, USED);
}

/* *ret NULL for a code of somebody who was erased. */
static enum err
code_from_row(struct rq *rq, const struct tenant *tenant, struct uuid id, const struct db_row *row,
    struct code **ret)
{
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct code *code;
    bool found;
    enum err e = user_key(rq, tenant, uuid_from(db_bytes(row, USER)), &key, &found);

    if (e != ERR_OK || !found) {
        return e;
    }
    code = ARENA_NEW(rq->arena, struct code);
    if (code == NULL) {
        return FAIL_SERVER(rq);
    }
    e = user_open(rq, &key, detail_place(tenant, id), db_bytes(row, DETAIL), &detail_table, code);
    if (e != ERR_OK) {
        return e;
    }
    take_columns(tenant, id, row, code);
    *ret = code;
    return ERR_OK;
}

enum err
code_find(struct rq *rq, const struct tenant *tenant, str text, struct code **ret)
{
    struct digest digest;
    struct db_row *row;
    struct uuid id;
    enum err e;

    *ret = NULL;
    if (!bearer_read(rq, text, &id, &digest)) {
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
    }
    e = rq_read(rq, CODE_BY_ID, &row, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));
    if (e != ERR_OK || row == NULL || !bearer_is(&digest, db_bytes(row, DIGEST))) {
        return e;
    }
    return code_from_row(rq, tenant, id, row, ret);
}

void
code_use(struct rq *rq, const struct code *code)
{
    rq_write(rq, CODE_USE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&code->tenant_id), DB_ID(&code->id), DB_I64(rq->now)));
}

void
code_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(rq, CODE_FORGET_USER, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}

void
code_forget_user_application(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct uuid application_id)
{
    rq_write(rq, CODE_FORGET_USER_APPLICATION, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id), DB_ID(&application_id)));
}

enum err
code_sweep(struct rq *rq, size_t max, size_t *ret_count)
{
    const struct db_value bound = DB_I64(rq->now - DAY_MS);
    const struct job_rows rows = {CODE_OVERDUE, CODE_SWEEP, &bound, 1};

    return job_sweep(rq, &rows, max, ret_count);
}
