/* SPDX-License-Identifier: Apache-2.0 */
/* Tenants in storage: a row in clear for what finds it, its settings sealed under its own key,
 * which the master key wraps. */
#include "model/tenant/tenant.h"

#include "crypto/keyring.h"
#include "crypto/password.h"
#include "crypto/sign.h"
#include "model/cache/cache.h"
#include "model/connector/connector.h"
#include "model/key/key.h"
#include "model/record/record.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/theme/theme.h"

static struct seal_place
config_place(struct uuid id)
{
    return (struct seal_place){"tenant", "config", id, id};
}

/* The keys that hang on the tenant's: kept apart so that an index entry says nothing about a
 * token. */
static void
derive_keys(struct tenant *t)
{
    t->index_key = key_derive(&t->key, S("identity index"), uuid_bytes(&t->id));
    t->refresh_key = key_derive(&t->key, S("refresh token chain"), uuid_bytes(&t->id));
}

static enum err
make_issuer(struct rq *rq, struct tenant *t, struct arena *arena)
{
    struct uuid first;
    enum err e = tenant_default_id(rq, &first);

    if (e != ERR_OK) {
        return e;
    }
    if (uuid_eq(first, t->id)) {
        t->made_issuer = str_dup(arena, rq->house->base_url);
    } else {
        str id = uuid_text(arena, t->id);
        t->made_issuer = str_fmt(arena, STRF "/" STRF, STRV(rq->house->base_url), STRV(id));
    }
    return ERR_OK;
}

/* Reads settings text into an object with the table's help; the object's texts live on arena. */
static enum err
read_config(struct rq *rq, struct tenant *t, struct arena *arena, bytes text)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {arena, &faults};
    const struct json *json;

    field_defaults(arena, &tenant_table, t);
    if (!json_parse(rq->arena, bytes_str(text), &json, NULL)
        || !field_read(&reader, &tenant_table, FIELD_STORED, json, S("tenant"), t)) {
        return FAIL_SERVER(rq);
    }
    return ERR_OK;
}

void
tenant_settle(struct tenant *tenant)
{
    struct password_encryption *e = &tenant->encryption;

    if (e->factor == 0 && !password_scheme_known(e->scheme, &e->factor)) {
        e->factor = 0;
    }
}

/* Every tenant has a theme and a place where its people are known: the house's own unless it says others. */
static void
fill_in(struct tenant *t, struct arena *arena)
{
    struct connector_policy *policy;

    if (uuid_is_nil(t->theme_id)) {
        t->theme_id = theme_default_id;
    }
    if (t->connector_policies.count == 0) {
        policy = ARENA_NEW(arena, struct connector_policy);
        if (policy != NULL) {
            field_defaults(arena, &connector_policy_table, policy);
            policy->connector_id = connector_default_id;
            policy->domains = (struct field_texts){ARENA_NEW(arena, str), 1};
        }
        if (!arena_failed(arena)) {
            policy->domains.items[0] = S("*");
            t->connector_policies = (struct field_list){policy, 1};
        }
    }
}

static enum err
unwrap_key(struct rq *rq, struct uuid id, bytes wrapped, struct key32 *ret)
{
    if (!keyring_unwrap(rq->house->keyring, S("tenant"), uuid_bytes(&id), wrapped, ret)) {
        return FAIL_SERVER(rq);
    }
    return ERR_OK;
}

static enum err
build(struct rq *rq, struct uuid id, struct arena *arena, void **ret)
{
    struct db_row *row;
    struct tenant *t;
    struct key32 key;
    bytes config;
    enum err e = rq_read(rq, TENANT_BY_ID, &row, DB_VALUES(DB_ID(&id)));

    if (e != ERR_OK || row == NULL) {
        return e;
    }
    t = ARENA_NEW(arena, struct tenant);
    if (t == NULL) {
        return FAIL_SERVER(rq);
    }
    e = unwrap_key(rq, id, db_bytes(row, 3), &key);
    e = e ? e : seal_get(rq, &key, config_place(id), db_bytes(row, 4), &config);
    e = e ? e : read_config(rq, t, arena, config);
    if (e != ERR_OK) {
        return e;
    }
    t->id = id;
    t->key = key;
    t->name = str_dup(arena, db_str(row, 0));
    t->insert_instant = db_i64(row, 1);
    t->last_update_instant = db_i64(row, 2);
    derive_keys(t);
    tenant_settle(t);
    fill_in(t, arena);
    key32_wipe(&key);
    e = make_issuer(rq, t, arena);
    *ret = t;
    return e;
}

enum err
tenant_is_there(struct rq *rq, struct uuid id, bool *ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, TENANT_BY_ID, &row, DB_VALUES(DB_ID(&id)));

    *ret = row != NULL;
    return e;
}

enum err
tenant_load(struct rq *rq, struct uuid id, const struct tenant **ret)
{
    const void *thing;
    enum err e = cache_get(rq, CACHE_TENANT, id, build, NULL, &thing);

    *ret = thing;
    return e;
}

static enum err
read_default(struct rq *rq, struct uuid unused, struct arena *arena, void **ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, SETTING_GET, &row, DB_VALUES(DB_STR(S("default_tenant"))));
    struct uuid *id = row ? ARENA_NEW(arena, struct uuid) : NULL;

    (void)unused;
    if (id != NULL) {
        *id = uuid_from(db_bytes(row, 0));
    }
    *ret = id;
    return e;
}

enum err
tenant_default_id(struct rq *rq, struct uuid *ret)
{
    const void *id;
    enum err e = cache_get(rq, CACHE_DEFAULT_TENANT, (struct uuid){{0}}, read_default, NULL, &id);

    *ret = id ? *(const struct uuid *)id : (struct uuid){{0}};
    return e;
}

enum err
tenant_or_default(struct rq *rq, struct uuid id, const struct tenant **ret)
{
    enum err e = uuid_is_nil(id) ? tenant_default_id(rq, &id) : ERR_OK;

    *ret = NULL;
    return e ? e : tenant_load(rq, id, ret);
}

void
tenant_set_default(struct rq *rq, struct uuid id)
{
    rq_write(
        rq, SETTING_PUT, DB_ONE, ERR_SERVER, DB_VALUES(DB_STR(S("default_tenant")), DB_ID(&id)));
    cache_drop_on_commit(rq, CACHE_DEFAULT_TENANT, (struct uuid){{0}});
}

enum err
tenant_ids(struct rq *rq, size_t max, struct uuid **ret, size_t *ret_count)
{
    struct db_row *row;
    enum err e = rq_read_all(rq, TENANT_IDS, max, &row, NULL, 0);

    return e ? e : rq_ids(rq, row, ret, ret_count);
}

str
tenant_issuer(const struct tenant *tenant)
{
    return tenant->issuer.n ? tenant->issuer : tenant->made_issuer;
}

static bytes
seal_config(struct rq *rq, const struct tenant *t)
{
    struct buf buf;
    struct json_out out;
    str text;

    rq_json_out(rq, &buf, &out);
    field_write(&tenant_table, FIELD_FOR_STORE, t, &out);
    if (!buf_done(&buf, &text)) {
        return (bytes){NULL, 0};
    }
    return seal_put(rq, &t->key, config_place(t->id), str_bytes(text));
}

/* A tenant is born with a signing key of its own, so that tokens of two tenants never share one. */
static enum err
add_signing_key(struct rq *rq, const struct tenant *t)
{
    struct key key = {.tenant_id = t->id, .algorithm = S("ES256")};

    key.id = rq_new_id(rq);
    key.name = str_fmt(rq->arena, "Signing key of " STRF, STRV(t->name));
    key.is_default = true;
    return key_generate(rq, &key);
}

enum err
tenant_create(struct rq *rq, struct tenant *t)
{
    bytes wrapped, config;
    enum err e;

    rng_fill(rq->rng, t->key.b, sizeof t->key.b);
    derive_keys(t);
    t->insert_instant = t->last_update_instant = rq->now;
    fill_in(t, rq->arena);
    wrapped = keyring_wrap(
        rq->house->keyring, rq->arena, rq->rng, S("tenant"), uuid_bytes(&t->id), &t->key);
    config = seal_config(rq, t);
    if (wrapped.n == 0 || config.n == 0) {
        return FAIL_SERVER(rq);
    }
    rq_write(rq, TENANT_ADD, DB_NEW, ERR_CONFLICT,
        DB_VALUES(DB_ID(&t->id), DB_STR(t->name), DB_I64(t->insert_instant),
            DB_I64(t->last_update_instant), DB_BYTES(wrapped), DB_BYTES(config)));
    e = seal_new_day_key(rq, t, rq->now);
    e = e ? e : seal_new_day_key(rq, t, rq->now + DAY_MS);
    e = e ? e : add_signing_key(rq, t);
    record_keep_rows(rq, RECORD_BY_TENANT, t->id, &tenant_table, t);
    cache_drop_on_commit(rq, CACHE_TENANT, t->id);
    return e;
}

enum err
tenant_update(struct rq *rq, struct tenant *t)
{
    int64_t version = t->last_update_instant;
    bytes config;

    t->last_update_instant = MAX(rq->now, version + 1);
    fill_in(t, rq->arena);
    config = seal_config(rq, t);
    if (config.n == 0) {
        return FAIL_SERVER(rq);
    }
    rq_write(rq, TENANT_CHANGE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&t->id), DB_STR(t->name), DB_I64(t->last_update_instant), DB_BYTES(config),
            DB_I64(version)));
    record_keep_rows(rq, RECORD_BY_TENANT, t->id, &tenant_table, t);
    cache_drop_on_commit(rq, CACHE_TENANT, t->id);
    return ERR_OK;
}

enum err
tenant_name_taken(struct rq *rq, str name, struct uuid except, bool *ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, TENANT_BY_NAME, &row, DB_VALUES(DB_STR(name)));

    *ret = row != NULL && !uuid_eq(uuid_from(db_bytes(row, 0)), except);
    return e;
}
