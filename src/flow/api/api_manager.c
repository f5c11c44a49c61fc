/* SPDX-License-Identifier: Apache-2.0 */
/* /api/tenant-manager: one object of the house, and what of identity providers is opened to tenants, by type. Mappings of
 * what the attribute form does not ask for, and of passwords, are left out. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_records.h"
#include "flow/api/api_single.h"
#include "model/form/form.h"
#include "model/manager/manager.h"
#include "model/system/system.h"

static enum err
write_types(struct rq *rq, str *ret)
{
    struct json_out out;
    struct buf buf;
    enum err e = ERR_OK;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    for (int type = 0; e == ERR_OK && type < MANAGER_TYPE_COUNT; type++) {
        void *thing;
        e = record_load(
            rq, &manager_provider_kind, manager_provider_id((enum manager_type)type), &thing);
        if (e == ERR_OK && thing != NULL) {
            ((struct manager_provider *)thing)->type = type;
            json_out_name(&out, str_from(manager_types[type]));
            field_write(manager_provider_kind.table, FIELD_FOR_API, thing, &out);
        }
    }
    json_out_object_end(&out);
    return e == ERR_OK && !buf_done(&buf, ret) ? FAIL_SERVER(rq) : e;
}

static enum err
load(struct api_call *call)
{
    struct manager *manager;
    enum err e = api_single_load(call);

    if (e != ERR_OK) {
        return e;
    }
    manager = ARENA_NEW(call->rq->arena, struct manager);
    if (manager == NULL) {
        return FAIL_SERVER(call->rq);
    }
    *manager = *(const struct manager *)call->before;
    call->before = manager;
    return write_types(call->rq, &manager->types);
}

static enum err
check(struct api_call *call)
{
    const struct manager *manager = call->after;
    const struct manager_application *items = manager->applications.items;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < manager->applications.count; i++) {
        const struct application *app = NULL;
        if (!uuid_is_nil(items[i].application_id)) {
            e = application_any(call->rq, items[i].application_id, &app);
        }
        if (e == ERR_OK && app == NULL) {
            field_fault(&call->reader, "tenantManagerConfiguration.applicationConfigurations",
                "invalid", "Each id must be an application's.");
        }
    }
    return e;
}

const struct api_record api_manager = {
    .resource = {API_SINGLE_VERBS, .name = "tenantManagerConfiguration", .id_name = "",
        .updated = "tenant-manager.update"},
    .kind = &manager_kind,
    .type = "TenantManagerConfiguration",
    .check = check,
};

static struct api_resource
manager_resource(void)
{
    struct api_resource resource = api_manager.resource;

    resource.table = manager_kind.table;
    resource.load = load;
    return resource;
}

enum err
api_manager_retrieve(struct rq *rq)
{
    struct api_resource resource = manager_resource();

    return api_resource_retrieve(rq, &resource);
}

enum err
api_manager_change(struct rq *rq)
{
    struct api_resource resource = manager_resource();

    return api_resource_change(rq, &resource);
}

static enum err
read_type(struct rq *rq, enum manager_type *ret)
{
    for (int type = 0; type < MANAGER_TYPE_COUNT; type++) {
        if (str_eq(rq->segments[0], str_from(manager_types[type]))) {
            *ret = (enum manager_type)type;
            return ERR_OK;
        }
    }
    return api_refuse(rq, "type", "invalid", "Name OpenIDConnect or SAMLv2.");
}

static enum err
load_provider(struct api_call *call)
{
    enum manager_type type = MANAGER_OPENID_CONNECT;
    struct manager_provider *provider;
    enum err e;

    e = read_type(call->rq, &type);
    e = e ? e : api_single_load_id(call, manager_provider_id(type));
    if (e != ERR_OK) {
        return e;
    }
    provider = ARENA_NEW(call->rq->arena, struct manager_provider);
    if (provider == NULL) {
        return FAIL_SERVER(call->rq);
    }
    *provider = *(const struct manager_provider *)call->before;
    provider->type = (int)type;
    call->before = provider;
    return ERR_OK;
}

/* What was never made is not there, although it has defaults. */
static enum err
load_made_provider(struct api_call *call)
{
    enum err e = load_provider(call);

    if (e == ERR_OK && ((const struct record *)call->before)->insert_instant == 0) {
        call->before = NULL;
    }
    return e;
}

static enum err
place_provider(struct api_call *call)
{
    enum err e = load_provider(call);

    if (e == ERR_OK && ((const struct record *)call->before)->insert_instant != 0) {
        field_fault(&call->reader, "type", "duplicate", "This type is opened already: change it.");
    }
    call->before = NULL;
    return e;
}

static enum err
has_key(struct rq *rq, const struct form_page *form, str key, bool *ret)
{
    const struct form_step *steps = form->steps.items;
    struct uuid id;
    void *field;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && !*ret && i < form->steps.count; i++) {
        for (size_t j = 0; e == ERR_OK && j < steps[i].fields.count; j++) {
            field = NULL;
            e = uuid_parse(steps[i].fields.items[j], &id)
                    ? record_load(rq, &form_field_kind, id, &field)
                    : ERR_OK;
            *ret = *ret || (field && str_eq(((const struct form_field *)field)->key, key));
        }
    }
    return e;
}

static enum err
is_mapped(struct rq *rq, const struct form_page *form, str key, bool *ret)
{
    *ret = form == NULL;
    if (str_eq(key, S("user.password"))) {
        *ret = false;
        return ERR_OK;
    }
    return *ret ? ERR_OK : has_key(rq, form, key, ret);
}

static enum err
keep_mappings(struct rq *rq, const struct form_page *form, str *mappings)
{
    const struct json *json;
    struct json_out out;
    struct buf buf;
    bool is_kept;
    enum err e = ERR_OK;

    if (mappings->n == 0 || !json_parse(rq->arena, *mappings, &json, NULL)) {
        return e;
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    for (const struct json *m = json->first; e == ERR_OK && m != NULL; m = m->next) {
        e = is_mapped(rq, form, m->name, &is_kept);
        if (e == ERR_OK && is_kept) {
            json_put_str(&out, m->name, m->text);
        }
    }
    json_out_object_end(&out);
    return e == ERR_OK && !buf_done(&buf, mappings) ? FAIL_SERVER(rq) : e;
}

static enum err
check_provider(struct api_call *call)
{
    struct manager_provider *provider = call->after;
    enum manager_type type = MANAGER_OPENID_CONNECT;
    struct uuid form_id;
    void *manager, *form = NULL;
    enum err e = read_type(call->rq, &type);

    provider->head.id = call->id;
    provider->type = (int)type;
    e = e ? e : system_single(call->rq, &manager_kind, system_single_id(&manager_kind), &manager);
    if (e != ERR_OK) {
        return e;
    }
    form_id = ((const struct manager *)manager)->form_id;
    e = uuid_is_nil(form_id) ? ERR_OK : record_load(call->rq, &form_kind, form_id, &form);
    return e ? e : keep_mappings(call->rq, form, &provider->mappings);
}

static enum err
create_provider(struct api_call *call)
{
    return record_create(call->rq, &manager_provider_kind, NULL, call->after);
}

static enum err
remove_provider(struct api_call *call)
{
    record_delete(call->rq, &manager_provider_kind, call->before);
    return ERR_OK;
}

const struct api_record api_manager_provider = {
    .resource = {.name = "typeConfiguration",
        .id_name = "type",
        .id_at = API_SINGLE_NO_ID,
        .beside = &api_beside_table,
        .created = "tenant-manager.provider.create",
        .updated = "tenant-manager.provider.update",
        .deleted = "tenant-manager.provider.delete",
        .load = load_made_provider,
        .place = place_provider,
        .check = check_provider,
        .create = create_provider,
        .update = api_single_store,
        .remove = remove_provider},
    .kind = &manager_provider_kind,
    .type = "TenantManagerIdentityProviderTypeConfiguration",
};
