/* SPDX-License-Identifier: Apache-2.0 */
/* API keys in storage: the raw value is never kept, only its blind index, so a database thief
 * cannot call the API. */
#include "model/apikey/apikey.h"

#include "codec/base64.h"
#include "crypto/hash.h"
#include "crypto/keyring.h"
#include "model/cache/cache.h"
#include "model/ipacl/ipacl.h"
#include "model/rq/rq.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"


/* clang-format off */
static const struct field meta_fields[] = {
    {.name = "attributes", .kind = FIELD_JSON, .offset = FIELD_AT(struct api_key_meta, attributes)},
};
static const struct field_table meta_table = FIELD_TABLE("APIKeyMetaData", meta_fields, struct api_key_meta, NULL);

static const struct field permission_fields[] = {
    {.name = "endpoints", .kind = FIELD_JSON, .offset = FIELD_AT(struct api_key_permissions, endpoints), .flags = FIELD_NULLABLE},
};
static const struct field_table permissions_table = FIELD_TABLE("APIKeyPermissions", permission_fields, struct api_key_permissions, NULL);

#define A(member) FIELD_AT(struct api_key, member)
static const struct field api_key_fields[] = {
    {.name = "id", .kind = FIELD_UUID, .offset = A(id), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "key", .kind = FIELD_SECRET, .offset = A(key), .flags = FIELD_SHOWN | FIELD_NOT_STORED, .min = 16, .max = 255},
    {.name = "name", .kind = FIELD_TEXT, .offset = A(name), .max = 191},
    {.name = "keyManager", .kind = FIELD_BOOL, .offset = A(is_key_manager)},
    {.name = "retrievable", .kind = FIELD_BOOL, .offset = A(is_retrievable), .default_int = true},
    {.name = "tenantId", .kind = FIELD_UUID, .offset = A(tenant_id), .flags = FIELD_IMMUTABLE | FIELD_NOT_STORED},
    {.name = "permissions", .kind = FIELD_OBJECT, .offset = A(permissions), .more.table = &permissions_table},
    {.name = "metaData", .kind = FIELD_OBJECT, .offset = A(meta), .more.table = &meta_table},
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = A(insert_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = A(last_update_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "expirationInstant", .kind = FIELD_INSTANT, .offset = A(expiration_instant), .flags = FIELD_NOT_STORED},
    {.name = "ipAccessControlListId", .kind = FIELD_UUID, .offset = A(ip_list_id), .more.kind = &ipacl_kind},
};
const struct field_table api_key_table = FIELD_TABLE("APIKey", api_key_fields, struct api_key, NULL);
/* clang-format on */

static struct digest
lookup_of(struct rq *rq, str value)
{
    AUTO(key32_wipe) struct key32 key = keyring_house_key(rq->house->keyring, S("api key index"));

    return hmac_sha256(key32_bytes(&key), str_bytes(value));
}

static enum err
build(struct rq *rq, struct uuid id, struct arena *arena, void **ret)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {arena, &faults};
    const struct json *json;
    struct api_key *key;
    struct db_row *row;
    enum err e = rq_read(rq, APIKEY_BY_ID, &row, DB_VALUES(DB_ID(&id)));

    if (e != ERR_OK || row == NULL) {
        return e;
    }
    key = ARENA_NEW(arena, struct api_key);
    if (key == NULL) {
        return FAIL_SERVER(rq);
    }
    field_defaults(arena, &api_key_table, key);
    if (!json_parse(rq->arena, db_str(row, 4), &json, NULL)
        || !field_read(&reader, &api_key_table, FIELD_STORED, json, S("apiKey"), key)) {
        return FAIL_SERVER(rq);
    }
    key->id = id;
    key->tenant_id = uuid_from(db_bytes(row, 0));
    key->insert_instant = db_i64(row, 1);
    key->last_update_instant = db_i64(row, 2);
    key->expiration_instant = db_i64(row, 3);
    memcpy(&key->lookup, db_bytes(row, 5).p, MIN(db_bytes(row, 5).n, sizeof key->lookup));
    *ret = key;
    return ERR_OK;
}

enum err
apikey_load(struct rq *rq, struct uuid id, const struct api_key **ret)
{
    const struct tenant *tenant;
    const struct api_key *key;
    const void *thing;
    enum err e = cache_get(rq, CACHE_API_KEY, id, build, NULL, &thing);

    *ret = key = thing;
    if (e == ERR_OK && key != NULL && !uuid_is_nil(key->tenant_id)) {
        e = tenant_load(rq, key->tenant_id, &tenant);
        *ret = tenant ? key : NULL; /* those of a tenant end with it */
    }
    return e;
}

/* Whose blind index begins with these 16 bytes: apikey_find compares all of it. */
static enum err
build_id(struct rq *rq, struct uuid half, struct arena *arena, void **ret)
{
    struct digest first = {{0}}, last;
    struct db_row *row;
    struct uuid *id;
    enum err e;

    memset(&last, 0xff, sizeof last);
    memcpy(&first, &half, sizeof half);
    memcpy(&last, &half, sizeof half);
    e = rq_read(rq, APIKEY_BY_LOOKUP, &row,
        DB_VALUES(DB_BYTES(digest_bytes(&first)), DB_BYTES(digest_bytes(&last))));
    if (e != ERR_OK || row == NULL) {
        return e;
    }
    *ret = id = ARENA_NEW(arena, struct uuid);
    if (id == NULL) {
        return FAIL_SERVER(rq);
    }
    *id = uuid_from(db_bytes(row, 0));
    return ERR_OK;
}

static enum err
id_of(struct rq *rq, const struct digest *lookup, const struct uuid **ret)
{
    struct uuid half = uuid_from((bytes){lookup->b, sizeof half});
    const void *thing = NULL;
    void *built = NULL;
    enum err e;

    if (db_reads_block(rq->db)) { /* another node may have deleted the key a moment ago */
        e = build_id(rq, half, rq->arena, &built);
        thing = built;
    } else {
        e = cache_get(rq, CACHE_API_KEY_ID, half, build_id, NULL, &thing);
    }
    *ret = thing;
    return e;
}

enum err
apikey_find(struct rq *rq, str value, const struct api_key **ret)
{
    const struct api_key *key = NULL;
    struct digest lookup;
    const struct uuid *id;
    enum err e;

    *ret = NULL;
    if (value.n == 0 || value.n > 255) {
        return ERR_OK;
    }
    lookup = lookup_of(rq, value);
    e = id_of(rq, &lookup, &id);
    if (e == ERR_OK && id != NULL) {
        e = apikey_load(rq, *id, &key);
    }
    if (key != NULL && ct_eq(digest_bytes(&key->lookup), digest_bytes(&lookup))
        && (key->expiration_instant == 0 || key->expiration_instant > rq->now)) {
        *ret = key;
    }
    return e;
}

enum err
apikey_is_let_in(struct rq *rq, const struct api_key *key, bool *ret)
{
    return ipacl_judge(rq, key->ip_list_id, ret);
}

enum err
apikey_after(struct rq *rq, struct uuid after, size_t max, struct uuid **ret, size_t *ret_count)
{
    struct db_row *rows;
    enum err e =
        rq_read_all(rq, APIKEY_AFTER, max, &rows, DB_VALUES(DB_ID(&after), DB_I64((int64_t)max)));

    return e ? e : rq_ids(rq, rows, ret, ret_count);
}

/* The entry of the longest listed prefix of the endpoint that ends at a slash: "/api/user"
 * covers "/api/user/registration" unless that is listed itself. */
static const struct json *
entry_for(const struct json *endpoints, str endpoint)
{
    const struct json *best = NULL;

    for (const struct json *e = endpoints->first; e != NULL; e = e->next) {
        bool is_prefix = str_starts(endpoint, e->name)
                         && (endpoint.n == e->name.n || endpoint.p[e->name.n] == '/');
        if (is_prefix && (best == NULL || e->name.n > best->name.n)) {
            best = e;
        }
    }
    return best;
}

bool
apikey_may(struct rq *rq, const struct api_key *key, str endpoint, str method)
{
    const struct json *endpoints, *entry;
    str name;

    if (key->permissions.endpoints.n == 0 || str_eq(key->permissions.endpoints, S("{}"))) {
        return true; /* no list: a key for everything, as FusionAuth has it */
    }
    if (!json_parse(rq->arena, key->permissions.endpoints, &endpoints, NULL)) {
        return false;
    }
    entry = entry_for(endpoints, endpoint);
    if (entry == NULL) {
        return false;
    }
    for (const struct json *m = entry->first; m != NULL; m = m->next) {
        if (json_str(m, &name) && str_eq(name, method)) {
            return true;
        }
    }
    return entry->first == NULL; /* listed without methods: all of them */
}

static bool
config_text(struct rq *rq, const struct api_key *key, str *ret)
{
    struct buf buf;
    struct json_out out;

    rq_json_out(rq, &buf, &out);
    field_write(&api_key_table, FIELD_FOR_STORE, key, &out);
    return buf_done(&buf, ret);
}

enum err
apikey_create(struct rq *rq, struct api_key *key)
{
    uint8_t secret[32];
    str config;

    if (key->key.n == 0) {
        rng_fill(rq->rng, secret, sizeof secret);
        key->key = base64url_text(rq->arena, BYTES_OF(secret));
        secret_wipe(secret, sizeof secret);
    }
    key->lookup = lookup_of(rq, key->key);
    key->insert_instant = key->last_update_instant = rq->now;
    if (!config_text(rq, key, &config)) {
        return FAIL_SERVER(rq);
    }
    rq_write(rq, APIKEY_ADD, DB_NEW, ERR_CONFLICT,
        DB_VALUES(DB_ID(&key->id), DB_BYTES(digest_bytes(&key->lookup)), DB_ID(&key->tenant_id),
            DB_I64(key->insert_instant), DB_I64(key->last_update_instant),
            DB_I64(key->expiration_instant), DB_STR(config)));
    record_keep_rows(rq, RECORD_BY_API_KEY, key->id, &api_key_table, key);
    cache_drop_on_commit(rq, CACHE_API_KEY, key->id);
    return ERR_OK;
}

enum err
apikey_update(struct rq *rq, struct api_key *key)
{
    str config;

    key->last_update_instant = rq->now;
    if (!config_text(rq, key, &config)) {
        return FAIL_SERVER(rq);
    }
    rq_write(rq, APIKEY_CHANGE, DB_ONE, ERR_NOT_FOUND,
        DB_VALUES(DB_ID(&key->id), DB_I64(key->last_update_instant),
            DB_I64(key->expiration_instant), DB_STR(config)));
    record_keep_rows(rq, RECORD_BY_API_KEY, key->id, &api_key_table, key);
    cache_drop_on_commit(rq, CACHE_API_KEY, key->id);
    return ERR_OK;
}

void
apikey_delete(struct rq *rq, const struct api_key *key)
{
    record_keep_refs(rq, RECORD_BY_API_KEY, key->id, NULL, NULL);
    rq_write(rq, APIKEY_REMOVE, DB_ONE, ERR_NOT_FOUND, DB_VALUES(DB_ID(&key->id)));
    cache_drop_on_commit(rq, CACHE_API_KEY, key->id);
}

void
apikey_write(const struct api_key *key, bool with_secret, struct json_out *out)
{
    struct api_key shown = *key;

    if (!with_secret) {
        shown.key = NO_STR;
    }
    field_write(&api_key_table, FIELD_FOR_API, &shown, out);
}
