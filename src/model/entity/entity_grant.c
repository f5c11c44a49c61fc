/* SPDX-License-Identifier: Apache-2.0 */
/* Grants in storage. What one holds is sealed under the person's key when a person has it, under the tenant's when
 * an entity has it, and bound to both ids. */
#include "codec/json.h"
#include "model/entity/entity.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

enum column { ENTITY, RECIPIENT, IS_USER, ID, INSERTED, UPDATED, DETAIL };

/* clang-format off */
#define G(member) FIELD_AT(struct entity_grant, member)
static const struct field grant_fields[] = {
    {.name = "id",                .kind = FIELD_UUID,    .offset = G(id), .flags = FIELD_READ_ONLY},
    {.name = "recipientEntityId", .kind = FIELD_UUID,    .offset = G(recipient_id)},
    {.name = "userId",            .kind = FIELD_UUID,    .offset = G(user_id)},
    {.name = "permissions",       .kind = FIELD_TEXTS,   .offset = G(permissions), .min = 1, .max = 191},
    {.name = "data",              .kind = FIELD_JSON,    .offset = G(data), .flags = FIELD_PERSONAL},
    {.name = "entity",            .kind = FIELD_UUID,    .offset = G(entity_id), .flags = FIELD_READ_ONLY},
    {.name = "insertInstant",     .kind = FIELD_INSTANT, .offset = G(insert_instant), .flags = FIELD_READ_ONLY},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = G(last_update_instant), .flags = FIELD_READ_ONLY},
};
const struct field_table entity_grant_table = FIELD_TABLE("EntityGrant", grant_fields, struct entity_grant, NULL);

static const struct field stored_fields[] = {
    {.name = "permissions", .kind = FIELD_TEXTS, .offset = G(permissions)},
    {.name = "data",        .kind = FIELD_JSON,  .offset = G(data)},
};
static const struct field_table stored_table = FIELD_TABLE("StoredGrant", stored_fields, struct entity_grant, NULL);
/* clang-format on */

static struct seal_place
detail_place(const struct tenant *tenant, struct uuid entity_id, struct uuid recipient_id)
{
    return seal_pair_place("entity_grant", "detail", tenant, entity_id, recipient_id);
}

/* The key that the detail is under; found false for a person who was erased. */
static enum err
detail_key(struct rq *rq, const struct tenant *tenant, struct uuid user_id, struct key32 *ret,
    bool *ret_found)
{
    *ret_found = uuid_is_nil(user_id);
    if (*ret_found) {
        *ret = tenant->key;
        return ERR_OK;
    }
    return seal_user_key(rq, tenant, user_id, ret, ret_found);
}

static enum err
open_row(struct rq *rq, const struct tenant *tenant, const struct db_row *row,
    struct entity_grant *ret, bool *ret_found)
{
    struct uuid recipient = uuid_from(db_bytes(row, RECIPIENT));
    bool is_user = db_i64(row, IS_USER) != 0;
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {rq->arena, &faults};
    AUTO(key32_wipe) struct key32 key = {{0}};
    const struct json *json;
    bytes text;
    struct uuid entity_id = uuid_from(db_bytes(row, ENTITY));
    enum err e = detail_key(rq, tenant, is_user ? recipient : (struct uuid){{0}}, &key, ret_found);

    if (e != ERR_OK || !*ret_found) {
        return e;
    }
    e = seal_get(
        rq, &key, detail_place(tenant, entity_id, recipient), db_bytes(row, DETAIL), &text);
    if (e != ERR_OK) {
        return e;
    }
    if (!json_parse(rq->arena, bytes_str(text), &json, NULL)
        || !field_read(&reader, &stored_table, FIELD_STORED, json, S("grant"), ret)) {
        return FAIL_SERVER(rq);
    }
    ret->entity_id = entity_id;
    *(is_user ? &ret->user_id : &ret->recipient_id) = recipient;
    ret->id = uuid_from(db_bytes(row, ID));
    ret->insert_instant = db_i64(row, INSERTED);
    ret->last_update_instant = db_i64(row, UPDATED);
    return ERR_OK;
}

enum err
entity_grant_load(struct rq *rq, const struct tenant *tenant, struct uuid entity_id,
    struct uuid recipient_id, struct entity_grant *ret, bool *ret_found)
{
    struct db_row *row;
    enum err e = rq_read(rq, ENTITY_GRANT_GET, &row,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&entity_id), DB_ID(&recipient_id)));

    *ret_found = false;
    *ret = (struct entity_grant){.insert_instant = 0};
    return e || row == NULL ? e : open_row(rq, tenant, row, ret, ret_found);
}

enum err
entity_grants(struct rq *rq, const struct tenant *tenant, const struct entity_grant_query *query,
    struct entity_grant **ret, size_t *ret_count, size_t *ret_total)
{
    bool is_by_entity = uuid_is_nil(query->recipient_id);
    struct uuid by = is_by_entity ? query->entity_id : query->recipient_id;
    struct db_row *list, *total = NULL;
    size_t n;
    enum err e =
        rq_read_all(rq, is_by_entity ? ENTITY_GRANTS_OF_ENTITY : ENTITY_GRANTS_OF_RECIPIENT,
            (size_t)query->rows, &list,
            DB_VALUES(DB_ID(&tenant->id), DB_ID(&by), DB_I64(query->rows), DB_I64(query->start)));

    e = e ? e
          : rq_read(rq,
              is_by_entity ? ENTITY_GRANT_COUNT_OF_ENTITY : ENTITY_GRANT_COUNT_OF_RECIPIENT, &total,
              DB_VALUES(DB_ID(&tenant->id), DB_ID(&by)));
    if (e != ERR_OK) {
        return e;
    }
    n = db_row_count(list);
    *ret = ARENA_ARRAY(rq->arena, MAX(n, 1), struct entity_grant);
    *ret_count = 0;
    *ret_total = total ? (size_t)db_i64(total, 0) : 0;
    for (const struct db_row *row = list; *ret != NULL && e == ERR_OK && row != NULL;
         row = row->next) {
        bool found;
        e = open_row(rq, tenant, row, &(*ret)[*ret_count], &found);
        *ret_count += e == ERR_OK && found;
    }
    return *ret ? e : FAIL_SERVER(rq);
}

enum err
entity_grant_rows(struct rq *rq, const struct tenant *tenant,
    const struct entity_grant_query *query, struct entity_grant_row *ret, size_t *ret_count)
{
    bool is_by_entity = !uuid_is_nil(query->entity_id);
    bool is_by_recipient = !is_by_entity && !uuid_is_nil(query->recipient_id);
    int statement = is_by_entity      ? ENTITY_GRANT_ROWS_OF_ENTITY
                    : is_by_recipient ? ENTITY_GRANT_ROWS_OF_RECIPIENT
                                      : ENTITY_GRANT_ROWS_OF_TENANT;
    const struct uuid *first = is_by_entity      ? &query->entity_id
                               : is_by_recipient ? &query->recipient_id
                                                 : &query->after_entity;
    const struct uuid *behind = is_by_recipient ? &query->after_entity : &query->after_recipient;
    struct db_row *rows = NULL;
    enum err e = rq_read_all(rq, statement, (size_t)query->rows, &rows,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(first), DB_ID(behind), DB_I64(query->rows)));

    *ret_count = 0;
    for (const struct db_row *row = e ? NULL : rows; row != NULL; row = row->next) {
        ret[(*ret_count)++] = (struct entity_grant_row){uuid_from(db_bytes(row, 0)),
            uuid_from(db_bytes(row, 1)), db_i64(row, 2) != 0, db_i64(row, 3)};
    }
    return e;
}

enum err
entity_grant_count(
    struct rq *rq, const struct tenant *tenant, struct uuid recipient_id, int64_t *ret)
{
    struct db_row *row = NULL;
    enum err e = rq_read(rq, ENTITY_GRANT_COUNT_OF_RECIPIENT, &row,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&recipient_id)));

    *ret = row != NULL ? db_i64(row, 0) : 0;
    return e;
}

enum err
entity_grant_put(struct rq *rq, const struct tenant *tenant, const struct entity_grant *grant)
{
    bool is_user = !uuid_is_nil(grant->user_id);
    struct uuid recipient = is_user ? grant->user_id : grant->recipient_id;
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct json_out out;
    struct buf buf;
    str text;
    bytes detail;
    bool found;
    enum err e = detail_key(rq, tenant, grant->user_id, &key, &found);

    if (e != ERR_OK || !found) {
        return e ? e : FAIL(rq, ERR_NOT_FOUND, NULL, "does not exist");
    }
    rq_json_out(rq, &buf, &out);
    field_write(&stored_table, FIELD_FOR_STORE, grant, &out);
    if (!buf_done(&buf, &text)) {
        return FAIL_SERVER(rq);
    }
    detail = seal_put(rq, &key, detail_place(tenant, grant->entity_id, recipient), str_bytes(text));
    record_hold(rq, &entity_kind, grant->entity_id);
    if (is_user) {
        seal_hold_user_key(rq, tenant, grant->user_id);
    } else {
        record_hold(rq, &entity_kind, grant->recipient_id);
    }
    rq_write(rq, ENTITY_GRANT_PUT, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&grant->entity_id), DB_ID(&recipient), DB_I64(is_user),
            DB_ID(&grant->id), DB_I64(rq->now), DB_I64(rq->now), DB_BYTES(detail)));
    return detail.n ? ERR_OK : FAIL_SERVER(rq);
}

void
entity_grant_remove(
    struct rq *rq, const struct tenant *tenant, struct uuid entity_id, struct uuid recipient_id)
{
    rq_write(rq, ENTITY_GRANT_REMOVE, DB_ONE, ERR_NOT_FOUND,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&entity_id), DB_ID(&recipient_id)));
}

void
entity_grant_forget(struct rq *rq, const struct tenant *tenant, struct uuid entity_id)
{
    rq_write(rq, ENTITY_GRANT_FORGET_ENTITY, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&entity_id)));
    rq_write(rq, ENTITY_GRANT_FORGET_RECIPIENT, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&entity_id)));
}

void
entity_grant_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(rq, ENTITY_GRANT_FORGET_RECIPIENT, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}
