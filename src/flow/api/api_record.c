/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs for what is only stored. A thing of the house is everybody's to read, unless it is private, and
 * only a key that is not bound to a tenant changes it; a tenant's thing does not exist for another tenant. */
#include "flow/api/api_record.h"

/* It is a tenant's, not the house's. */
static bool
is_owned(const struct record_kind *kind, struct uuid tenant_id)
{
    return kind->is_of_tenant || (kind->may_be_of_tenant && !uuid_is_nil(tenant_id));
}

static bool
has_bound_key(const struct rq *rq)
{
    return rq->api_key != NULL && !uuid_is_nil(rq->api_key->tenant_id);
}

const struct api_record *
api_record_of(const struct api_call *call)
{
    return call->rq->about;
}

static bool
may_see(const struct rq *rq, const struct api_record *record, struct uuid tenant_id)
{
    if (is_owned(record->kind, tenant_id)) {
        return api_may_see(rq, tenant_id);
    }
    return !record->is_private || !has_bound_key(rq);
}

/* Whose a new thing is to be, where the body says: a text that is no UUID is a fault. */
static struct uuid
asked_tenant(struct api_call *call)
{
    struct arena *arena = call->rq->arena;
    const struct json *value = json_get(call->value, S("tenantId"));
    struct uuid id = {{0}};
    str text;

    if (value != NULL && value->type != JSON_NULL
        && (!json_str(value, &text) || (text.n && !uuid_parse(text, &id)))) {
        field_fault_add(&call->rq->faults, arena,
            str_fmt(arena, "%s.tenantId", call->resource->name), S("invalidJSON"),
            S("Write the id of a tenant as a UUID in quotes."));
    }
    return id;
}

static const struct tenant *
owner(const struct api_call *call)
{
    const struct record_kind *kind = api_record_of(call)->kind;
    const struct record *before = call->before;
    struct uuid id = {{0}};

    if (before != NULL) {
        id = before->tenant_id;
    } else if (call->is_for_tenant) {
        id = call->tenant->id;
    }
    return is_owned(kind, id) ? call->tenant : NULL;
}

enum err
api_record_load(struct api_call *call)
{
    const struct api_record *record = api_record_of(call);
    struct rq *rq = call->rq;
    bool is_change = rq->http->method != HTTP_GET && rq->http->method != HTTP_HEAD;
    void *thing;
    enum err e;

    e = record_load(rq, record->kind, call->id, &thing);
    if (e != ERR_OK || thing == NULL
        || !may_see(rq, record, ((const struct record *)thing)->tenant_id)) {
        return e;
    }
    if (is_change && has_bound_key(rq)
        && !is_owned(record->kind, ((const struct record *)thing)->tenant_id)) {
        return ERR_OK;
    }
    call->before = thing;
    return api_resource_tenant(call, ((const struct record *)thing)->tenant_id);
}

/* A new thing of the tenant that the body names. */
static enum err
place_in(struct api_call *call, struct uuid tenant_id)
{
    struct arena *arena = call->rq->arena;
    enum err e = tenant_load(call->rq, tenant_id, &call->tenant);

    if (e != ERR_OK || (call->tenant != NULL && api_may_see(call->rq, tenant_id))) {
        call->is_for_tenant = true;
        return e;
    }
    field_fault_add(&call->rq->faults, arena, str_fmt(arena, "%s.tenantId", call->resource->name),
        S("invalid"), S("There is no tenant with this id."));
    return api_resource_tenant(call, (struct uuid){{0}});
}

enum err
api_record_place(struct api_call *call)
{
    const struct api_record *record = api_record_of(call);
    struct rq *rq = call->rq;
    struct uuid asked = record->kind->may_be_of_tenant ? asked_tenant(call) : (struct uuid){{0}};
    void *taken = NULL;
    enum err e;

    if (record->kind->is_of_tenant) {
        e = api_tenant(rq);
        call->tenant = rq->tenant;
    } else if (!uuid_is_nil(asked)) {
        e = place_in(call, asked);
    } else if (has_bound_key(rq)) {
        return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs a key that is not bound to a tenant");
    } else {
        e = api_resource_tenant(call, (struct uuid){{0}});
    }
    if (e == ERR_OK && !uuid_is_nil(call->id)) {
        e = record_load(rq, record->kind, call->id, &taken);
    }
    if (taken != NULL) {
        api_resource_taken(call);
    }
    return e;
}

static enum err
check_name(struct api_call *call, const struct record_kind *kind)
{
    struct uuid of = owner(call) ? call->tenant->id : (struct uuid){{0}}, taken;
    const char *member = api_record_of(call)->name_member;
    str name;
    enum err e;

    memcpy(&name, (const char *)call->after + kind->name_at, sizeof name);
    e = name.n ? record_find(call->rq, kind, of, name, &taken) : ERR_OK;
    if (e == ERR_OK && name.n && !uuid_is_nil(taken) && !uuid_eq(taken, call->id)) {
        field_fault_add(&call->rq->faults, call->rq->arena,
            str_fmt(call->rq->arena, "%s.%s", call->resource->name, member ? member : "name"),
            S("duplicate"), S("Something with this name exists already: choose another."));
    }
    return e;
}

static enum err
refuse_built_in(struct api_call *call)
{
    return api_refuse(call->rq, api_record_of(call)->resource.id_name, "notAllowed",
        "This one is built in and stays as it is: make one of your own.");
}

enum err
api_record_check(struct api_call *call)
{
    const struct api_record *record = api_record_of(call);
    struct record *head = call->after;
    enum err e = ERR_OK;

    if (record_is_built_in(record->kind, call->id)) {
        return refuse_built_in(call);
    }
    head->id = call->id;
    head->tenant_id = owner(call) ? call->tenant->id : (struct uuid){{0}};
    if (record->kind->is_name_unique) {
        e = check_name(call, record->kind);
    }
    e = e ? e
          : record_check_rows(call->rq, &call->reader, call->resource->table, call->after,
              str_from(call->resource->name), head->tenant_id);
    e = e ? e
          : record_check_refs(
              call->rq, &call->reader, record->kind->refer, call->after, head->tenant_id);
    return e == ERR_OK && record->check != NULL ? record->check(call) : e;
}

enum err
api_record_store_new(struct api_call *call)
{
    return record_create(call->rq, api_record_of(call)->kind, owner(call), call->after);
}

enum err
api_record_store(struct api_call *call)
{
    return record_update(call->rq, api_record_of(call)->kind, owner(call), call->after);
}

enum err
api_record_remove(struct api_call *call)
{
    const struct api_record *record = api_record_of(call);
    bool is_used;
    enum err e;

    if (record_is_built_in(record->kind, call->id)) {
        return refuse_built_in(call);
    }
    e = record_is_used(call->rq, record->kind, call->id, &is_used);

    if (e == ERR_OK && is_used) {
        return api_refuse(call->rq, record->resource.id_name, "inUse",
            "Something still refers to it: take it away there first.");
    }
    if (e == ERR_OK) {
        record_delete(call->rq, record->kind, call->before);
    }
    return e;
}

/* The resource with the table that fits: of kinds with variants the type decides. */
static struct api_resource
resource_with(const struct api_record *record, const struct field_table *table)
{
    struct api_resource resource = record->resource;

    if (resource.table == NULL) {
        resource.table = table;
    }
    return resource;
}

/* Of the thing that the path names. */
static enum err
resource_of_stored(struct rq *rq, struct api_resource *ret)
{
    const struct api_record *record = rq->about;
    const struct field_table *table = record->kind->table;
    struct uuid id;
    void *thing = NULL;
    enum err e = rq_segment_id(rq, record->resource.id_at, record->resource.id_name, &id);

    if (e == ERR_OK && record->kind->variants != NULL) {
        e = record_load(rq, record->kind, id, &thing);
    }
    if (thing != NULL) {
        table = record_table(record->kind, thing);
    }
    *ret = resource_with(record, table);
    return e;
}

enum err
api_record_create(struct rq *rq)
{
    const struct api_record *record = rq->about;
    const struct json *body;
    struct api_resource resource;
    enum err e = rq_json(rq, &body);

    if (e != ERR_OK) {
        return e;
    }
    resource = resource_with(
        record, record_table_of(record->kind, json_get(body, str_from(record->resource.name))));
    return api_resource_create(rq, &resource);
}

enum err
api_record_change(struct rq *rq)
{
    struct api_resource resource;
    enum err e = resource_of_stored(rq, &resource);

    return e ? e : api_resource_change(rq, &resource);
}

enum err
api_record_delete(struct rq *rq)
{
    struct api_resource resource;
    enum err e = resource_of_stored(rq, &resource);

    return e ? e : api_resource_delete(rq, &resource);
}
