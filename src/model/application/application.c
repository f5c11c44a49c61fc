/* SPDX-License-Identifier: Apache-2.0 */
/* Applications in storage: settings sealed under their tenant's key; compiled into what the
 * protocol rooms ask (application_client.c). */
#include "model/application/application.h"

#include "codec/base64.h"
#include "model/cache/cache.h"
#include "model/record/record.h"
#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/user/user.h"

static struct seal_place
config_place(struct uuid tenant_id, struct uuid id)
{
    return (struct seal_place){"application", "config", tenant_id, id};
}

static const struct {
    const char *name;
    unsigned bit;
} grant_bits[] = {
    {"authorization_code", GRANT_AUTHORIZATION_CODE},
    {"refresh_token", GRANT_REFRESH_TOKEN},
    {"client_credentials", GRANT_CLIENT_CREDENTIALS},
    {"password", GRANT_PASSWORD},
    {"urn:ietf:params:oauth:grant-type:device_code", GRANT_DEVICE_CODE},
};

/* Fills what follows from the settings. */
static void
compile(struct application *app)
{
    app->state = app->active ? STATE_ACTIVE : STATE_INACTIVE;
    app->oauth.client_id = app->id;
    app->oauth.requires_client_auth = app->oauth.client_auth == CLIENT_AUTH_REQUIRED;
    app->oauth.grants = 0;
    for (size_t i = 0; i < COUNT(grant_bits); i++) {
        for (size_t j = 0; j < app->oauth.enabled_grants.count; j++) {
            if (str_eq(app->oauth.enabled_grants.items[j], str_from(grant_bits[i].name))) {
                app->oauth.grants |= grant_bits[i].bit;
            }
        }
    }
    for (size_t i = 0; i < app->scopes.count; i++) {
        ((struct app_scope *)app->scopes.items)[i].application_id = app->id;
    }
}

static enum err
read_config(struct rq *rq, struct application *app, struct arena *arena, bytes text)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {arena, &faults};
    const struct json *json;

    field_defaults(arena, &application_table, app);
    if (!json_parse(rq->arena, bytes_str(text), &json, NULL)
        || !field_read(&reader, &application_table, FIELD_STORED, json, S("application"), app)) {
        return FAIL_SERVER(rq);
    }
    return ERR_OK;
}

static enum err
build(struct rq *rq, struct uuid id, struct arena *arena, void **ret)
{
    const struct tenant *tenant;
    struct application *app;
    struct db_row *row;
    struct uuid tenant_id;
    bytes config;
    enum err e = rq_read(rq, APPLICATION_BY_ID, &row, DB_VALUES(DB_ID(&id)));

    if (e != ERR_OK || row == NULL) {
        return e;
    }
    tenant_id = uuid_from(db_bytes(row, 0));
    e = tenant_or_default(rq, tenant_id, &tenant);
    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    app = ARENA_NEW(arena, struct application);
    if (app == NULL) {
        return FAIL_SERVER(rq);
    }
    e = seal_get(rq, &tenant->key, config_place(tenant_id, id), db_bytes(row, 5), &config);
    e = e ? e : read_config(rq, app, arena, config);
    app->id = id;
    app->tenant_id = tenant_id;
    app->name = str_dup(arena, db_str(row, 1));
    app->active = db_i64(row, 2) != 0;
    app->insert_instant = db_i64(row, 3);
    app->last_update_instant = db_i64(row, 4);
    compile(app);
    *ret = app;
    return e;
}

enum err
application_any(struct rq *rq, struct uuid id, const struct application **ret)
{
    const struct application *app;
    const struct tenant *tenant = NULL;
    const void *thing;
    enum err e = cache_get(rq, CACHE_APPLICATION, id, build, NULL, &thing);

    app = thing;
    if (e == ERR_OK && app != NULL) { /* it may be kept here longer than its tenant is there */
        e = tenant_or_default(rq, app->tenant_id, &tenant);
    }
    *ret = tenant ? app : NULL;
    return e;
}

enum err
application_load(struct rq *rq, struct uuid id, const struct application **ret)
{
    enum err e = application_any(rq, id, ret);

    if (e == ERR_OK && *ret != NULL && (*ret)->universal.is) {
        *ret = NULL;
    }
    return e;
}

/* A universal application and the tenant that it is seen in. */
static enum err
view(struct rq *rq, const struct application *app, struct uuid tenant_id,
    const struct application **ret)
{
    const struct tenant *tenant;
    struct application *seen;
    enum err e = tenant_load(rq, tenant_id, &tenant);

    if (e != ERR_OK || tenant == NULL) {
        return e;
    }
    seen = ARENA_NEW(rq->arena, struct application);
    if (seen == NULL) {
        return FAIL_SERVER(rq);
    }
    *seen = *app;
    seen->tenant_id = tenant_id;
    *ret = seen;
    return ERR_OK;
}

enum err
application_in(struct rq *rq, struct uuid id, struct uuid tenant_id, const struct application **ret)
{
    const struct application *app;
    enum err e = application_any(rq, id, &app);

    *ret = NULL;
    if (e != ERR_OK || app == NULL) {
        return e;
    }
    if (app->universal.is) {
        return view(rq, app, tenant_id, ret);
    }
    *ret = uuid_eq(app->tenant_id, tenant_id) ? app : NULL;
    return ERR_OK;
}

enum err
application_ids(
    struct rq *rq, struct uuid tenant_id, size_t max, struct uuid **ret, size_t *ret_count)
{
    struct db_row *rows;
    enum err e = rq_read_all(rq, APPLICATION_IDS, max, &rows, DB_VALUES(DB_ID(&tenant_id)));

    return e ? e : rq_ids(rq, rows, ret, ret_count);
}

enum err
application_ids_in(
    struct rq *rq, struct uuid tenant_id, size_t max, struct uuid **ret, size_t *ret_count)
{
    struct uuid *own = NULL, *universal = NULL, *all;
    size_t n = 0, more = 0;
    enum err e = application_ids(rq, tenant_id, max, &own, &n);

    e = e ? e : application_ids(rq, (struct uuid){{0}}, max, &universal, &more);
    *ret = own;
    *ret_count = n;
    if (e != ERR_OK || more == 0) {
        return e;
    }
    all = ARENA_ARRAY(rq->arena, n + more, struct uuid);
    if (all == NULL) {
        return FAIL_SERVER(rq);
    }
    if (n > 0) {
        memcpy(all, own, n * sizeof *all);
    }
    memcpy(all + n, universal, more * sizeof *all);
    *ret = all;
    *ret_count = n + more;
    return ERR_OK;
}

/* Whose row it is: nobody's, if it is universal. */
static struct uuid
owner_of(const struct application *app)
{
    return app->universal.is ? (struct uuid){{0}} : app->tenant_id;
}

/* tenant: whose it is, perhaps made in this very request; of a universal one not looked at. */
static bytes
seal_config(struct rq *rq, const struct tenant *tenant, const struct application *app)
{
    struct buf buf;
    struct json_out out;
    str text;

    rq_json_out(rq, &buf, &out);
    field_write(&application_table, FIELD_FOR_STORE, app, &out);
    if (!buf_done(&buf, &text)
        || (app->universal.is && tenant_or_default(rq, owner_of(app), &tenant) != ERR_OK)
        || tenant == NULL) {
        return (bytes){NULL, 0};
    }
    return seal_put(rq, &tenant->key, config_place(owner_of(app), app->id), str_bytes(text));
}

/* Roles and scopes that came without an id get one; instants say when each was first seen and
 * last changed. */
static void
stamp_items(struct rq *rq, struct application *app)
{
    struct role *roles = app->roles.items;
    struct app_scope *scopes = app->scopes.items;

    for (size_t i = 0; i < app->roles.count; i++) {
        roles[i].id = uuid_is_nil(roles[i].id) ? rq_new_id(rq) : roles[i].id;
        roles[i].insert_instant = roles[i].insert_instant ? roles[i].insert_instant : rq->now;
        roles[i].last_update_instant =
            roles[i].last_update_instant ? roles[i].last_update_instant : rq->now;
    }
    for (size_t i = 0; i < app->scopes.count; i++) {
        scopes[i].id = uuid_is_nil(scopes[i].id) ? rq_new_id(rq) : scopes[i].id;
        scopes[i].insert_instant = scopes[i].insert_instant ? scopes[i].insert_instant : rq->now;
        scopes[i].last_update_instant =
            scopes[i].last_update_instant ? scopes[i].last_update_instant : rq->now;
    }
}

/* A client secret of 256 bits, made for every application that brings none. */
static void
make_secret(struct rq *rq, struct application *app)
{
    uint8_t secret[32];

    if (app->oauth.client_secret.n == 0) {
        rng_fill(rq->rng, secret, sizeof secret);
        app->oauth.client_secret = base64url_text(rq->arena, BYTES_OF(secret));
        secret_wipe(secret, sizeof secret);
    }
}

/* Is the id a user's, where the application can be used? */
static enum err
is_of_person(struct rq *rq, const struct tenant *tenant, const struct application *app, bool *ret)
{
    struct uuid *tenants;
    size_t count = 0;
    enum err e;

    if (!app->universal.is) {
        return user_exists(rq, tenant, app->id, ret);
    }
    e = user_tenants(rq, app->id, 1, &tenants, &count);
    *ret = count > 0;
    return e;
}

enum err
application_create(struct rq *rq, const struct tenant *tenant, struct application *app)
{
    struct uuid owner;
    bytes config;
    bool is_person;
    enum err e = is_of_person(rq, tenant, app, &is_person);

    if (e != ERR_OK) {
        return e;
    }
    if (is_person) { /* OA-47: the sub of its own tokens must not be a person's */
        field_fault_add(&rq->faults, rq->arena, S("applicationId"), S("duplicate"),
            S("This id is a user's already: choose another, or leave it out."));
        return FAIL(rq, ERR_FIELDS, "applicationId", "is taken");
    }
    app->tenant_id = app->universal.is ? (struct uuid){{0}} : tenant->id;
    app->active = true;
    app->insert_instant = app->last_update_instant = rq->now;
    make_secret(rq, app);
    stamp_items(rq, app);
    compile(app);
    config = seal_config(rq, tenant, app);
    if (config.n == 0) {
        return FAIL_SERVER(rq);
    }
    owner = owner_of(app);
    rq_write(rq, APPLICATION_ADD, DB_NEW, ERR_CONFLICT,
        DB_VALUES(DB_ID(&owner), DB_ID(&app->id), DB_STR(app->name), DB_I64(1),
            DB_I64(app->insert_instant), DB_I64(app->last_update_instant), DB_BYTES(config)));
    record_keep_rows(rq, RECORD_BY_APPLICATION, app->id, &application_table, app);
    cache_drop_on_commit(rq, CACHE_APPLICATION, app->id);
    return ERR_OK;
}

enum err
application_update(struct rq *rq, struct application *app)
{
    int64_t version = app->last_update_instant;
    struct uuid owner = owner_of(app);
    const struct tenant *tenant;
    bytes config;
    enum err e = tenant_or_default(rq, owner, &tenant);

    if (e != ERR_OK) {
        return e;
    }
    app->last_update_instant = MAX(rq->now, version + 1);
    make_secret(rq, app);
    stamp_items(rq, app);
    compile(app);
    config = seal_config(rq, tenant, app);
    if (config.n == 0) {
        return FAIL_SERVER(rq);
    }
    rq_write(rq, APPLICATION_CHANGE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&owner), DB_ID(&app->id), DB_STR(app->name), DB_I64(app->active),
            DB_I64(app->last_update_instant), DB_BYTES(config), DB_I64(version)));
    record_keep_rows(rq, RECORD_BY_APPLICATION, app->id, &application_table, app);
    cache_drop_on_commit(rq, CACHE_APPLICATION, app->id);
    return ERR_OK;
}

enum err
application_name_taken(
    struct rq *rq, struct uuid tenant_id, str name, struct uuid except, bool *ret)
{
    struct db_row *row;
    enum err e = rq_read(rq, APPLICATION_BY_NAME, &row, DB_VALUES(DB_ID(&tenant_id), DB_STR(name)));

    *ret = row != NULL && !uuid_eq(uuid_from(db_bytes(row, 0)), except);
    return e;
}
