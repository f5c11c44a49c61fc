/* SPDX-License-Identifier: Apache-2.0 */
/* Signing keys in storage: each row's key material is sealed under a key of its own, which the
 * master key wraps. */
#include "model/key/key.h"

#include "codec/base64.h"
#include "crypto/keyring.h"
#include "model/cache/cache.h"
#include "model/key/key_internal.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"

static struct seal_place
config_place(const struct key *key)
{
    return (struct seal_place){"signing_key", "config", key->tenant_id, key->id};
}

static struct sign_key *
revive(struct rq *rq, enum sign_alg alg, const struct stored_key *stored)
{
    bytes secret;

    if (sign_alg_is_symmetric(alg)) {
        return base64url_decode(rq->arena, stored->secret64, &secret)
                   ? sign_key_from_secret(alg, secret)
                   : NULL;
    }
    return sign_key_from_pem(alg, stored->private_pem.n ? stored->private_pem : stored->public_pem);
}

static enum err
open_row(struct rq *rq, const struct db_row *row, struct key *key, struct stored_key *ret)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {rq->arena, &faults};
    AUTO(key32_wipe) struct key32 wrap;
    const struct json *json;
    bytes text;
    enum err e;

    if (!keyring_unwrap(
            rq->house->keyring, S("signing key"), uuid_bytes(&key->id), db_bytes(row, 7), &wrap)) {
        return FAIL_SERVER(rq);
    }
    e = seal_get(rq, &wrap, config_place(key), db_bytes(row, 8), &text);
    if (e != ERR_OK) {
        return e;
    }
    field_defaults(rq->arena, &stored_key_table, ret);
    if (!json_parse(rq->arena, bytes_str(text), &json, NULL)
        || !field_read(&reader, &stored_key_table, FIELD_STORED, json, S("key"), ret)) {
        return FAIL_SERVER(rq);
    }
    return ERR_OK;
}

static enum err
build(struct rq *rq, struct uuid id, struct arena *arena, void **ret)
{
    struct stored_key stored = {.algorithm = NO_STR};
    struct db_row *row;
    struct key *key;
    enum err e = rq_read(rq, KEY_BY_ID, &row, DB_VALUES(DB_ID(&id)));

    if (e != ERR_OK || row == NULL) {
        return e;
    }
    key = ARENA_NEW(arena, struct key);
    if (key == NULL) {
        return FAIL_SERVER(rq);
    }
    key->id = id;
    key->tenant_id = uuid_from(db_bytes(row, 0));
    key->name = str_dup(arena, db_str(row, 1));
    key->kid = str_dup(arena, db_str(row, 2));
    key->is_default = db_i64(row, 3) != 0;
    key->insert_instant = db_i64(row, 4);
    key->last_update_instant = db_i64(row, 5);
    key->expiration_instant = db_i64(row, 6);
    e = open_row(rq, row, key, &stored);
    if (e != ERR_OK) {
        return e;
    }
    key->algorithm = str_dup(arena, stored.algorithm);
    key->issuer = str_dup(arena, stored.issuer);
    key->certificate = str_dup(arena, stored.certificate);
    if (key->certificate.n && !cert_read(arena, key->certificate, &key->cert)) {
        return FAIL_SERVER(rq);
    }
    key->sign = revive(rq, sign_alg_by_name(stored.algorithm), &stored);
    if (key->sign == NULL) {
        return FAIL_SERVER(rq);
    }
    key_describe(arena, key);
    *ret = key;
    return ERR_OK;
}

static void
release(void *thing)
{
    sign_key_unref(((struct key *)thing)->sign);
}

enum err
key_load(struct rq *rq, struct uuid id, const struct key **ret)
{
    const struct tenant *tenant;
    const struct key *key;
    const void *thing;
    enum err e = cache_get(rq, CACHE_SIGNING_KEY, id, build, release, &thing);

    *ret = key = thing;
    if (e == ERR_OK && key != NULL && !uuid_is_nil(key->tenant_id)) {
        e = tenant_load(rq, key->tenant_id, &tenant);
        *ret = tenant ? key : NULL; /* those of a tenant end with it */
    }
    return e;
}

enum err
key_find_kid(struct rq *rq, str kid, const struct key **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, KEY_BY_KID, &row, DB_VALUES(DB_STR(kid)));

    *ret = NULL;
    return e || row == NULL ? e : key_load(rq, uuid_from(db_bytes(row, 0)), ret);
}

enum { MAX_KEYS = 500, MAX_KEYS_OF_ALL = 20000 };

enum err
key_list(struct rq *rq, struct uuid tenant_id, const struct key ***ret, size_t *ret_count)
{
    struct uuid everybody = {{0}}, *ids;
    struct db_row *rows;
    size_t count;
    enum err e = uuid_is_nil(tenant_id) ? rq_read_all(rq, KEY_IDS, MAX_KEYS_OF_ALL, &rows, NULL, 0)
                                        : rq_read_all(rq, KEY_IDS_OF_TENANT, MAX_KEYS, &rows,
                                            DB_VALUES(DB_ID(&tenant_id), DB_ID(&everybody)));

    e = e ? e : rq_ids(rq, rows, &ids, &count);
    if (e != ERR_OK) {
        return e;
    }
    *ret = ARENA_ARRAY(rq->arena, count, const struct key *);
    *ret_count = 0;
    for (size_t i = 0; *ret != NULL && i < count; i++) {
        e = key_load(rq, ids[i], &(*ret)[*ret_count]);
        if (e != ERR_OK) {
            return e;
        }
        *ret_count += (*ret)[*ret_count] != NULL;
    }
    return *ret ? ERR_OK : FAIL_SERVER(rq);
}

static enum err
read_default(struct rq *rq, struct uuid tenant_id, struct arena *arena, void **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, KEY_DEFAULT_OF_TENANT, &row, DB_VALUES(DB_ID(&tenant_id)));
    struct uuid *id = row ? ARENA_NEW(arena, struct uuid) : NULL;

    if (id != NULL) {
        *id = uuid_from(db_bytes(row, 0));
    }
    *ret = id;
    return e;
}

enum err
key_of_tenant(struct rq *rq, const struct tenant *tenant, const struct key **ret)
{
    const void *id;
    enum err e = cache_get(rq, CACHE_TENANT_KEY, tenant->id, read_default, NULL, &id);

    *ret = NULL;
    if (e != ERR_OK || id == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    return key_load(rq, *(const struct uuid *)id, ret);
}

enum err
key_make_own(struct rq *rq, const struct tenant *tenant, struct uuid id)
{
    const struct key *before = NULL;
    enum err e = key_of_tenant(rq, tenant, &before);

    if (e != ERR_OK) {
        return e;
    }
    rq_write(rq, KEY_DEMOTE, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&id)));
    rq_write(rq, KEY_PROMOTE, DB_ONE, ERR_NOT_FOUND, DB_VALUES(DB_ID(&id), DB_ID(&tenant->id)));
    if (before != NULL) {
        cache_drop_on_commit(rq, CACHE_SIGNING_KEY, before->id);
    }
    cache_drop_on_commit(rq, CACHE_SIGNING_KEY, id);
    return ERR_OK;
}

enum err
key_rename(struct rq *rq, const struct key *before, str name)
{
    rq_write(rq, KEY_CHANGE, DB_ONE, ERR_NOT_FOUND,
        DB_VALUES(DB_ID(&before->id), DB_STR(name), DB_I64(rq->now)));
    cache_drop_on_commit(rq, CACHE_SIGNING_KEY, before->id);
    return ERR_OK;
}

void
key_hold(struct rq *rq, struct uuid id)
{
    rq_write(rq, KEY_HOLD, DB_ONE, ERR_AGAIN, DB_VALUES(DB_ID(&id)));
}

enum err
key_uses(struct rq *rq, const struct key *key, int64_t *ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, KEY_USES, &row, DB_VALUES(DB_ID(&key->id)));

    *ret = e == ERR_OK && row != NULL ? db_i64(row, 0) : 0;
    return e;
}

void
key_delete(struct rq *rq, const struct key *key, int64_t uses)
{
    rq_write(rq, KEY_REMOVE, DB_ONE, ERR_AGAIN, DB_VALUES(DB_ID(&key->id), DB_I64(uses)));
    cache_drop_on_commit(rq, CACHE_SIGNING_KEY, key->id);
}

void
key_write(const struct key *key, struct json_out *out)
{
    bool is_shared = str_eq(key->type, S("HMAC"));

    field_write(is_shared ? &key_shared_table : &key_table, FIELD_FOR_API, key, out);
}
