/* SPDX-License-Identifier: Apache-2.0 */
/* /api/api-key, for key managers only. No key gives what it does not have itself: neither an endpoint,
 * nor another tenant, nor more time, nor other addresses. As in FusionAuth, no key manager is made here. Deviations: only digests are kept,
 * so a value is shown once, when it is made, whatever retrievable says; names need not be unique. */
#include "flow/api/api_admin.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_resource.h"
#include "model/record/record.h"

/* clang-format off */
struct beside {
    struct uuid source_id;
};
static const struct field beside_fields[] = {
    {.name = "sourceKeyId", .kind = FIELD_UUID, .offset = FIELD_AT(struct beside, source_id)},
};
static const struct field_table beside_table = FIELD_TABLE("APIKeyRequest", beside_fields, struct beside, NULL);
/* clang-format on */

static const struct beside *
beside_of(const struct api_call *call)
{
    return (const struct beside *)(const void *)call->beside;
}

static enum err
check_manager(struct rq *rq)
{
    return rq->api_key->is_key_manager
               ? ERR_OK
               : FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs a key that may manage keys");
}

static bool
is_super(const struct api_key *key)
{
    return key->permissions.endpoints.n == 0 || str_eq(key->permissions.endpoints, S("{}"));
}

static bool
may_all(struct rq *rq, const struct api_key *key, str endpoint, const struct json *methods)
{
    static const char *const all[] = {"DELETE", "GET", "PATCH", "POST", "PUT"};
    str method;

    for (const struct json *m = methods->first; m != NULL; m = m->next) {
        if (json_str(m, &method) && !apikey_may(rq, key, endpoint, method)) {
            return false;
        }
    }
    for (size_t i = 0; methods->first == NULL && i < COUNT(all); i++) {
        if (!apikey_may(rq, key, endpoint, str_from(all[i]))) {
            return false;
        }
    }
    return true;
}

/* An entry speaks for what lies below it, too: where the manager has a narrower entry there, that one
 * must allow the methods as well. */
static bool
may_below(
    struct rq *rq, const struct api_key *manager, const struct json *own, const struct json *entry)
{
    for (const struct json *o = own->first; o != NULL; o = o->next) {
        bool is_below = o->name.n > entry->name.n && str_starts(o->name, entry->name)
                        && o->name.p[entry->name.n] == '/';
        if (is_below && !may_all(rq, manager, o->name, entry)) {
            return false;
        }
    }
    return true;
}

/* Does the manager have all that the key has? */
static bool
covers(struct rq *rq, const struct api_key *manager, const struct api_key *key)
{
    const struct json *own, *entries;

    if (rq->admin != NULL) {
        return api_admin_covers_key(rq, key);
    }
    if (is_super(manager)) {
        return true;
    }
    if (is_super(key) || !json_parse(rq->arena, manager->permissions.endpoints, &own, NULL)
        || !json_parse(rq->arena, key->permissions.endpoints, &entries, NULL)) {
        return false;
    }
    for (const struct json *e = entries->first; e != NULL; e = e->next) {
        if (!may_all(rq, manager, e->name, e) || !may_below(rq, manager, own, e)) {
            return false;
        }
    }
    return true;
}

/* A key that has more than the manager does not exist for it. */
static enum err
find(struct rq *rq, struct uuid id, const struct api_key **ret)
{
    enum err e = apikey_load(rq, id, ret);

    if (e == ERR_OK && *ret != NULL
        && (!api_may_see(rq, (*ret)->tenant_id) || !covers(rq, rq->api_key, *ret))) {
        *ret = NULL;
    }
    return e;
}

static enum err
load(struct api_call *call)
{
    const struct api_key *key = NULL;
    enum err e = check_manager(call->rq);

    e = e ? e : find(call->rq, call->id, &key);
    call->before = key;
    return e || key == NULL ? e : api_resource_tenant(call, key->tenant_id);
}

static enum err
place(struct api_call *call)
{
    const struct api_key *taken = NULL;
    enum err e = check_manager(call->rq);

    if (e == ERR_OK && !uuid_is_nil(call->id)) {
        e = apikey_load(call->rq, call->id, &taken);
    }
    if (call->value == NULL && !uuid_is_nil(beside_of(call)->source_id)
        && !json_parse(call->rq->arena, S("{}"), &call->value, NULL)) {
        return FAIL_SERVER(call->rq); /* a copy says nothing of its own */
    }
    if (taken != NULL) {
        api_resource_taken(call);
    }
    return e;
}

static void
check_endpoints(struct api_call *call, const struct api_key *key)
{
    const struct json *entries = NULL;
    bool is_sound = true;
    str text;

    if (key->permissions.endpoints.n
        && !json_parse(call->rq->arena, key->permissions.endpoints, &entries, NULL)) {
        return; /* the table has said so, or memory is short */
    }
    for (const struct json *e = entries ? entries->first : NULL; e != NULL; e = e->next) {
        is_sound = is_sound && e->type == JSON_ARRAY && str_starts(e->name, S("/"));
        for (const struct json *m = e->first; is_sound && m != NULL; m = m->next) {
            is_sound = json_str(m, &text);
        }
    }
    if (!is_sound) {
        field_fault(&call->reader, "apiKey.permissions.endpoints", "invalid",
            "List the methods of each endpoint: {\"/api/user\": [\"GET\"]}.");
    } else if (!covers(call->rq, call->rq->api_key, key)) {
        field_fault(&call->reader, "apiKey.permissions.endpoints", "notAllowed",
            "A key manager gives only what it has itself.");
    }
}

/* Nor one that lasts longer, or may be used from elsewhere: a manager's bounds are those of what it makes and changes, itself
 * among it. */
static void
check_bounds(struct api_call *call, const struct api_key *key)
{
    const struct api_key *manager = call->rq->api_key;
    bool is_later =
        key->expiration_instant == 0 || key->expiration_instant > manager->expiration_instant;

    if (manager->expiration_instant != 0 && is_later) {
        field_fault(&call->reader, "apiKey.expirationInstant", "notAllowed",
            "A key manager that ends makes only keys that end no later.");
    }
    if (!uuid_is_nil(manager->ip_list_id) && !uuid_eq(key->ip_list_id, manager->ip_list_id)) {
        field_fault(&call->reader, "apiKey.ipAccessControlListId", "notAllowed",
            "A key manager with a list of addresses makes only keys with the same.");
    }
}

/* A bound call makes keys of its tenant; others choose, or make one for all. */
static enum err
check_tenant(struct api_call *call, struct api_key *key)
{
    struct rq *rq = call->rq;
    enum err e = ERR_OK;

    if (api_is_bound(rq)) {
        e = api_tenant(rq);
        if (e == ERR_OK && uuid_is_nil(key->tenant_id)) {
            key->tenant_id = rq->tenant->id;
        }
    }
    if (e == ERR_OK && (uuid_is_nil(key->tenant_id) || api_may_see(rq, key->tenant_id))) {
        e = tenant_or_default(rq, key->tenant_id, &call->tenant);
    }
    if (e == ERR_OK && call->tenant == NULL) {
        field_fault(&call->reader, "apiKey.tenantId", "invalid", "Name a tenant you may manage.");
    }
    return e;
}

static enum err
check_list(struct api_call *call, const struct api_key *key)
{
    return record_check_rows(
        call->rq, &call->reader, &api_key_table, key, S("apiKey"), (struct uuid){{0}});
}

static void
check_name(struct api_call *call, const struct api_key *key)
{
    if (!key->is_retrievable && key->name.n == 0) {
        field_fault(&call->reader, "apiKey.name", "blank",
            "A key that is not retrievable needs a name to know it by.");
    }
}

static enum err
check_value(struct api_call *call, const struct api_key *key)
{
    const struct api_key *taken = NULL;
    enum err e = key->key.n ? apikey_find(call->rq, key->key, &taken) : ERR_OK;

    if (taken != NULL) {
        field_fault(&call->reader, "apiKey.key", "duplicate", "Choose another value.");
    }
    return e;
}

static enum err
copy_source(struct api_call *call, struct api_key *key)
{
    const struct api_key *source = NULL;
    struct uuid id = beside_of(call)->source_id;
    enum err e = uuid_is_nil(id) ? ERR_OK : find(call->rq, id, &source);

    if (e != ERR_OK || uuid_is_nil(id)) {
        return e;
    }
    if (source == NULL || source->is_key_manager) {
        field_fault(&call->reader, "sourceKeyId", "invalid",
            "Name a key that exists and is no key manager.");
        return ERR_OK;
    }
    key->tenant_id = source->tenant_id;
    key->permissions = source->permissions;
    key->meta = source->meta;
    key->is_retrievable = source->is_retrievable;
    key->ip_list_id = source->ip_list_id;
    return ERR_OK;
}

static enum err
check_new(struct api_call *call)
{
    struct api_key *key = call->after;
    enum err e = copy_source(call, key);

    key->id = call->id;
    if (key->is_key_manager && !call->rq->is_operator) {
        field_fault(&call->reader, "apiKey.keyManager", "notAllowed",
            "Key managers come from a file of the operator, not from this call.");
    }
    check_name(call, key);
    e = e ? e : check_value(call, key);
    e = e ? e : check_list(call, key);
    check_bounds(call, key);
    e = e ? e : check_tenant(call, key);
    if (e == ERR_OK) {
        check_endpoints(call, key); /* of a key of that tenant */
    }
    return e;
}

static enum err
create(struct api_call *call)
{
    return apikey_create(call->rq, call->after);
}

/* What is set for good stays: the value, the tenant, whether it manages keys or is retrievable. */
static enum err
check_changed(struct api_call *call)
{
    const struct api_key *before = call->before;
    struct api_key *key = call->after;

    if (call->rq->is_operator && key->is_key_manager && !before->is_key_manager) {
        field_fault(&call->reader, "apiKey.keyManager", "notAllowed",
            "A key that was made without it never manages keys: make another one.");
    }
    key->key = NO_STR;
    key->tenant_id = before->tenant_id;
    key->is_key_manager = before->is_key_manager;
    key->is_retrievable = before->is_retrievable;
    check_name(call, key);
    check_endpoints(call, key);
    check_bounds(call, key);
    return check_list(call, key);
}

static enum err
update(struct api_call *call)
{
    return apikey_update(call->rq, call->after);
}

static enum err
remove_key(struct api_call *call)
{
    apikey_delete(call->rq, call->before);
    return ERR_OK;
}

static void
write_new(struct rq *rq, const void *object, struct json_out *out)
{
    (void)rq;
    apikey_write(object, true, out);
}

static void
write_known(struct rq *rq, const void *object, struct json_out *out)
{
    (void)rq;
    apikey_write(object, false, out);
}

/* clang-format off */
static const struct api_resource made = {
    .name = "apiKey", .id_name = "keyId", .table = &api_key_table, .beside = &beside_table,
    .created = "api-key.create", .place = place, .check = check_new, .create = create, .write = write_new,
};
static const struct api_resource known = {
    .name = "apiKey", .id_name = "keyId", .table = &api_key_table, .beside = &beside_table,
    .updated = "api-key.update", .deleted = "api-key.delete",
    .load = load, .check = check_changed, .update = update, .remove = remove_key, .write = write_known,
};
/* clang-format on */

enum err
api_apikey_create(struct rq *rq)
{
    return api_resource_create(rq, &made);
}

enum err
api_apikey_retrieve(struct rq *rq)
{
    return api_resource_retrieve(rq, &known);
}

enum err
api_apikey_change(struct rq *rq)
{
    return api_resource_change(rq, &known);
}

enum err
api_apikey_delete(struct rq *rq)
{
    return api_resource_delete(rq, &known);
}
