/* SPDX-License-Identifier: Apache-2.0 */
/* Records in storage. A record of a tenant is sealed under that tenant's key, one of the house under a key of
 * its own that the master key wraps; both are bound to kind, tenant and id. */
#include "model/record/record.h"

#include "codec/base64.h"
#include "crypto/keyring.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

enum column { TENANT, INSERTED, UPDATED, WRAPPED_KEY, CONFIG };

static struct seal_place
config_place(const struct record_kind *kind, const struct record *head)
{
    return (struct seal_place){"record", kind->name, head->tenant_id, head->id};
}

static bool
is_of_type(const struct record_kind *kind, size_t i, str type)
{
    return kind->types[i] != NULL && str_eq(type, str_from(kind->types[i]));
}

const struct field_table *
record_table(const struct record_kind *kind, const void *thing)
{
    int type;

    if (kind->variants == NULL) {
        return kind->table;
    }
    memcpy(&type, (const char *)thing + kind->type_at, sizeof type);
    return type >= 0 ? kind->variants[type] : kind->table;
}

const struct field_table *
record_table_of(const struct record_kind *kind, const struct json *value)
{
    str type;

    if (kind->variants == NULL || !json_str(json_get(value, S("type")), &type)) {
        return kind->table;
    }
    for (size_t i = 0; kind->types[i] != NULL; i++) {
        if (is_of_type(kind, i, type)) {
            return kind->variants[i];
        }
    }
    return kind->table;
}

bool
record_is_built_in(const struct record_kind *kind, struct uuid id)
{
    return kind->built_in != NULL && uuid_eq(*kind->built_in, id);
}

static void *
make_built_in(struct rq *rq, const struct record_kind *kind)
{
    void *thing = arena_alloc(rq->arena, kind->table->size);
    struct record *head = thing;

    if (thing != NULL) {
        field_defaults(rq->arena, kind->table, thing);
        head->id = *kind->built_in;
        kind->fill(rq->arena, thing);
    }
    return arena_failed(rq->arena) ? NULL : thing;
}

static str
name_of(const struct record_kind *kind, const void *thing)
{
    str name = NO_STR;

    if (kind->name_at != 0) {
        memcpy(&name, (const char *)thing + kind->name_at, sizeof name);
    }
    return name;
}

/* What is unique: the name, or where names are not, the id. */
static str
name_key(struct rq *rq, const struct record_kind *kind, const void *thing)
{
    const struct record *head = thing;

    return kind->is_name_unique ? name_of(kind, thing)
                                : base64url_text(rq->arena, uuid_bytes(&head->id));
}

/* The key that opens the row: its tenant's, or the one wrapped in it. */
static enum err
row_key(struct rq *rq, const struct db_row *row, const struct record *head, struct key32 *ret,
    bool *ret_found)
{
    const struct tenant *tenant;
    enum err e;

    *ret_found = true;
    if (uuid_is_nil(head->tenant_id)) {
        return keyring_unwrap(rq->house->keyring, S("record"), uuid_bytes(&head->id),
                   db_bytes(row, WRAPPED_KEY), ret)
                   ? ERR_OK
                   : FAIL_SERVER(rq);
    }
    e = tenant_load(rq, head->tenant_id, &tenant);
    *ret_found = tenant != NULL; /* else it has ended, and this row will */
    *ret = tenant ? tenant->key : (struct key32){{0}};
    return e;
}

static enum err
read_row(struct rq *rq, const struct record_kind *kind, const struct db_row *row,
    const struct record *head, void **ret)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {rq->arena, &faults};
    const struct field_table *table;
    AUTO(key32_wipe) struct key32 key = {{0}};
    const struct json *json;
    bytes text;
    bool found;
    enum err e = row_key(rq, row, head, &key, &found);

    if (e != ERR_OK || !found) {
        return e;
    }
    e = seal_get(rq, &key, config_place(kind, head), db_bytes(row, CONFIG), &text);
    if (e != ERR_OK) {
        return e;
    }
    if (!json_parse(rq->arena, bytes_str(text), &json, NULL)) {
        return FAIL_SERVER(rq);
    }
    table = record_table_of(kind, json);
    *ret = arena_alloc(rq->arena, table->size);
    if (*ret == NULL
        || !field_read(&reader, table, FIELD_STORED, json, str_from(kind->name), *ret)) {
        return FAIL_SERVER(rq);
    }
    memcpy(*ret, head, sizeof *head);
    return ERR_OK;
}

enum err
record_load(struct rq *rq, const struct record_kind *kind, struct uuid id, void **ret)
{
    struct record head = {.id = id};
    struct db_row *row;
    enum err e;

    *ret = NULL;
    if (record_is_built_in(kind, id)) {
        *ret = make_built_in(rq, kind);
        return *ret ? ERR_OK : FAIL_SERVER(rq);
    }
    e = rq_read(rq, RECORD_BY_ID, &row, DB_VALUES(DB_I64(kind->number), DB_ID(&id)));
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    head.tenant_id = uuid_from(db_bytes(row, TENANT));
    head.insert_instant = db_i64(row, INSERTED);
    head.last_update_instant = db_i64(row, UPDATED);
    return read_row(rq, kind, row, &head, ret);
}

/* A page's rows have the key and what it opens in the same places. */
enum err
record_load_hit(struct rq *rq, const struct record_kind *kind, struct uuid tenant_id,
    const struct record_hit *hit, void **ret)
{
    struct record head = {.id = hit->id, .tenant_id = tenant_id};

    *ret = NULL;
    if (hit->row == NULL) {
        return record_load(rq, kind, hit->id, ret);
    }
    head.last_update_instant = db_i64(hit->row, UPDATED);
    head.insert_instant = db_i64(hit->row, CONFIG + 1);
    return read_row(rq, kind, hit->row, &head, ret);
}

enum err
record_find(struct rq *rq, const struct record_kind *kind, struct uuid tenant_id, str name,
    struct uuid *ret)
{
    struct db_row *row;
    enum err e;

    if (kind->built_in != NULL) {
        const void *thing = make_built_in(rq, kind);
        if (thing == NULL || str_eq(name_of(kind, thing), name)) {
            *ret = *kind->built_in;
            return thing ? ERR_OK : FAIL_SERVER(rq);
        }
    }
    e = rq_read(
        rq, RECORD_BY_NAME, &row, DB_VALUES(DB_ID(&tenant_id), DB_I64(kind->number), DB_STR(name)));

    *ret = row != NULL ? uuid_from(db_bytes(row, 0)) : (struct uuid){{0}};
    return e;
}

/* What is built in comes first; of one tenant's things it is none. */
static void
put_built_in(struct rq *rq, const struct record_kind *kind, struct record_name *names, size_t *n)
{
    const void *thing = make_built_in(rq, kind);

    if (thing != NULL) {
        names[(*n)++] = (struct record_name){.id = *kind->built_in, .name = name_of(kind, thing)};
    }
}

enum err
record_names(struct rq *rq, const struct record_kind *kind, struct uuid tenant_id, size_t max,
    struct record_name **ret, size_t *ret_count)
{
    struct db_row *rows;
    size_t n;
    enum err e = uuid_is_nil(tenant_id)
                     ? rq_read_all(rq, RECORD_NAMES, max, &rows,
                         DB_VALUES(DB_I64(kind->number), DB_I64((int64_t)max)))
                     : rq_read_all(rq, RECORD_NAMES_OF_TENANT, max, &rows,
                         DB_VALUES(DB_ID(&tenant_id), DB_I64(kind->number), DB_I64((int64_t)max)));

    if (e != ERR_OK) {
        return e;
    }
    n = db_row_count(rows);
    *ret = ARENA_ARRAY(rq->arena, n + 1, struct record_name);
    n = 0;
    if (*ret != NULL && kind->built_in != NULL && uuid_is_nil(tenant_id)) {
        put_built_in(rq, kind, *ret, &n);
    }
    for (const struct db_row *row = rows; *ret != NULL && row != NULL; row = row->next) {
        (*ret)[n++] = (struct record_name){uuid_from(db_bytes(row, 0)), uuid_from(db_bytes(row, 1)),
            db_str(row, 2), db_i64(row, 3), db_i64(row, 4)};
    }
    *ret_count = n;
    return *ret && !arena_failed(rq->arena) ? ERR_OK : FAIL_SERVER(rq);
}

/* The sealed settings, and for the house's the key that opens them, wrapped. */
static enum err
seal_thing(struct rq *rq, const struct record_kind *kind, const struct tenant *tenant,
    const void *thing, bytes *ret_wrapped, bytes *ret_config)
{
    const struct record *head = thing;
    AUTO(key32_wipe) struct key32 key = {{0}};
    struct json_out out;
    struct buf buf;
    str text;

    *ret_wrapped = BYTES_OF("");
    ret_wrapped->n = 0;
    if (tenant != NULL) {
        key = tenant->key;
    } else {
        rng_fill(rq->rng, key.b, sizeof key.b);
        *ret_wrapped = keyring_wrap(
            rq->house->keyring, rq->arena, rq->rng, S("record"), uuid_bytes(&head->id), &key);
    }
    rq_json_out(rq, &buf, &out);
    field_write(record_table(kind, thing), FIELD_FOR_STORE, thing, &out);
    if (!buf_done(&buf, &text)) {
        return FAIL_SERVER(rq);
    }
    *ret_config = seal_put(rq, &key, config_place(kind, head), str_bytes(text));
    return ret_config->n ? ERR_OK : FAIL_SERVER(rq);
}

/* What the rows of its table say, and what its function says beyond them. */
static void
keep_refs(struct rq *rq, const struct record_kind *kind, const void *thing)
{
    const struct record *head = thing;

    record_keep_rows(rq, kind->number, head->id, record_table(kind, thing), thing);
    if (kind->refer != NULL) {
        record_add_refs(rq, kind->number, head->id, kind->refer, thing);
    }
}

enum err
record_create(
    struct rq *rq, const struct record_kind *kind, const struct tenant *tenant, void *thing)
{
    struct record *head = thing;
    bytes wrapped, config;
    enum err e;

    head->tenant_id = tenant ? tenant->id : (struct uuid){{0}};
    head->insert_instant = head->last_update_instant = rq->now;
    e = seal_thing(rq, kind, tenant, thing, &wrapped, &config);
    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, RECORD_ADD, DB_NEW, ERR_AGAIN,
        DB_VALUES(DB_ID(&head->tenant_id), DB_I64(kind->number), DB_ID(&head->id),
            DB_STR(name_of(kind, thing)), DB_STR(name_key(rq, kind, thing)),
            DB_I64(head->insert_instant), DB_I64(head->last_update_instant), DB_BYTES(wrapped),
            DB_BYTES(config)));
    keep_refs(rq, kind, thing);
    return ERR_OK;
}

enum err
record_update(
    struct rq *rq, const struct record_kind *kind, const struct tenant *tenant, void *thing)
{
    struct record *head = thing;
    int64_t version = head->last_update_instant;
    bytes wrapped, config;
    enum err e;

    head->last_update_instant = MAX(rq->now, version + 1);
    e = seal_thing(rq, kind, tenant, thing, &wrapped, &config);
    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, RECORD_CHANGE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&head->tenant_id), DB_I64(kind->number), DB_ID(&head->id),
            DB_STR(name_of(kind, thing)), DB_STR(name_key(rq, kind, thing)),
            DB_I64(head->last_update_instant), DB_BYTES(wrapped), DB_BYTES(config),
            DB_I64(version)));
    keep_refs(rq, kind, thing);
    return ERR_OK;
}

void
record_delete(struct rq *rq, const struct record_kind *kind, const void *thing)
{
    const struct record *head = thing;

    rq_write(rq, RECORD_REMOVE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&head->tenant_id), DB_I64(kind->number), DB_ID(&head->id)));
    record_keep_refs(rq, kind->number, head->id, NULL, NULL);
}

void
record_hold(struct rq *rq, const struct record_kind *kind, struct uuid id)
{
    rq_write(rq, RECORD_HOLD, DB_ONE, ERR_AGAIN, DB_VALUES(DB_I64(kind->number), DB_ID(&id)));
}

enum err
record_is_used(struct rq *rq, const struct record_kind *kind, struct uuid id, bool *ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, RECORD_USED, &row, DB_VALUES(DB_I64(kind->number), DB_ID(&id)));

    *ret = row != NULL;
    return e;
}
