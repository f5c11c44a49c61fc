/* SPDX-License-Identifier: Apache-2.0 */
/* /api/entity/type and its permissions, which are changed one at a time beneath it. A permission keeps its name,
 * because grants hold permissions by name. */
#include "flow/api/api_entity.h"

#include "flow/api/api_endpoints.h"
#include "flow/api/api_key_use.h"
#include "flow/api/api_records.h"

/* A type is the house's: so are the keys that it names. */
static enum err
check_keys(struct api_call *call)
{
    const struct entity_type *before = call->before, *type = call->after;
    enum err e = ERR_OK;

    if (before == NULL
        || !uuid_eq(before->jwt.access_token_key_id, type->jwt.access_token_key_id)) {
        e = api_check_key_named(call, type->jwt.access_token_key_id,
            "entityType.jwtConfiguration.accessTokenKeyId", true);
    }
    return e ? e
             : api_check_key_list(call, &type->jwt.verification_key_ids, (struct uuid){{0}},
                 "entityType.jwtConfiguration.accessTokenVerificationKeyIds");
}

/* Permissions that came without an id get one; instants say when each was first seen. */
static enum err
check_type(struct api_call *call)
{
    struct entity_type *type = call->after;
    struct entity_permission *list = type->permissions.items;

    for (size_t i = 0; i < type->permissions.count; i++) {
        list[i].id = uuid_is_nil(list[i].id) ? rq_new_id(call->rq) : list[i].id;
        list[i].insert_instant = list[i].insert_instant ? list[i].insert_instant : call->rq->now;
        list[i].last_update_instant =
            list[i].last_update_instant ? list[i].last_update_instant : call->rq->now;
        if (entity_permission_by_name(type, list[i].name) != &list[i]) {
            field_fault(&call->reader, "entityType.permissions.name", "duplicate",
                "Each permission needs a name of its own.");
        }
    }
    return check_keys(call);
}

/* clang-format off */
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
};
static const struct field_table criteria_table = FIELD_TABLE("EntityTypeSearchCriteria", criteria_fields, struct api_criteria, NULL);
/* clang-format on */

const struct api_record api_entity_type = {
    .resource = {API_RECORD_VERBS, .name = "entityType", .id_name = "entityTypeId",
        .beside = &api_beside_table, .created = "entity-type.create",
        .updated = "entity-type.update", .deleted = "entity-type.delete"},
    .kind = &entity_type_kind,
    .type = "EntityType",
    .plural = "entityTypes",
    .criteria = &criteria_table,
    .check = check_type,
};

/* A permission: the item of the type that the first segment names. call->beside keeps nothing of it, so the type is
 * loaded again where it is written; its version tells two changes apart. */
static enum err
find_type(struct api_call *call, struct entity_type **ret)
{
    struct rq *rq = call->rq;
    struct uuid id;
    void *thing = NULL;
    enum err e = rq_segment_id(rq, 0, "entityTypeId", &id);

    e = e ? e : record_load(rq, &entity_type_kind, id, &thing);
    e = e ? e : api_resource_tenant(call, (struct uuid){{0}});
    *ret = thing;
    if (e == ERR_OK && rq->http->method != HTTP_GET && rq->api_key != NULL
        && !uuid_is_nil(rq->api_key->tenant_id)) {
        return api_not_found(rq); /* of the house: a key of one tenant does not change it */
    }
    return e == ERR_OK && thing == NULL ? api_not_found(rq) : e;
}

static enum err
load_permission(struct api_call *call)
{
    struct entity_type *type;
    enum err e = find_type(call, &type);

    if (e == ERR_OK) {
        call->before = entity_permission_by_id(type, call->id);
    }
    return e;
}

/* DELETE .../permission?name= : FusionAuth finds it by name, too. */
static enum err
load_by_name(struct api_call *call)
{
    str name = rq_query_get(call->rq, S("name"));
    const struct entity_permission *found;
    struct entity_type *type;
    enum err e = find_type(call, &type);

    if (e != ERR_OK || name.n == 0) {
        return e;
    }
    found = entity_permission_by_name(type, name);
    call->before = found;
    call->id = found ? found->id : call->id;
    return e;
}

static enum err
place_permission(struct api_call *call)
{
    struct entity_type *type;
    enum err e = find_type(call, &type);

    if (e == ERR_OK && !uuid_is_nil(call->id) && entity_permission_by_id(type, call->id) != NULL) {
        api_resource_taken(call);
    }
    return e;
}

static enum err
check_permission(struct api_call *call)
{
    const struct entity_permission *before = call->before, *taken;
    struct entity_permission *permission = call->after;
    struct entity_type *type;
    enum err e = find_type(call, &type);

    if (e != ERR_OK) {
        return e;
    }
    permission->id = call->id;
    permission->insert_instant = before ? before->insert_instant : call->rq->now;
    permission->last_update_instant = call->rq->now;
    taken = entity_permission_by_name(type, permission->name);
    if (before != NULL && permission->name.n && !str_eq(before->name, permission->name)) {
        field_fault(&call->reader, "permission.name", "immutable",
            "A permission keeps its name: make another one and grant that.");
    } else if (taken != NULL && !uuid_eq(taken->id, call->id)) {
        field_fault(&call->reader, "permission.name", "duplicate",
            "The type has a permission of this name: choose another.");
    }
    return ERR_OK;
}

static enum err
write_permission(struct api_call *call)
{
    const struct entity_permission *after = call->after;
    struct entity_permission *list, *old;
    struct entity_type *type;
    size_t kept = 0;
    enum err e = find_type(call, &type);

    if (e != ERR_OK) {
        return e;
    }
    old = type->permissions.items;
    list = ARENA_ARRAY(call->rq->arena, type->permissions.count + 1, struct entity_permission);
    if (list == NULL) {
        return FAIL_SERVER(call->rq);
    }
    for (size_t i = 0; i < type->permissions.count; i++) {
        if (!uuid_eq(old[i].id, call->id)) {
            list[kept++] = old[i];
        } else if (after != NULL) {
            list[kept++] = *after;
        }
    }
    if (call->before == NULL && after != NULL) {
        list[kept++] = *after;
    }
    type->permissions = (struct field_list){list, kept};
    return record_update(call->rq, &entity_type_kind, NULL, type);
}

static const struct api_resource permission = {
    .name = "permission",
    .id_name = "permissionId",
    .id_at = 1,
    .table = &entity_permission_table,
    .beside = &api_beside_table,
    .created = "entity-type.permission.create",
    .updated = "entity-type.permission.update",
    .deleted = "entity-type.permission.delete",
    .load = load_permission,
    .place = place_permission,
    .check = check_permission,
    .create = write_permission,
    .update = write_permission,
    .remove = write_permission,
};

enum err
api_entity_permission_create(struct rq *rq)
{
    return api_resource_create(rq, &permission);
}

enum err
api_entity_permission_change(struct rq *rq)
{
    return api_resource_change(rq, &permission);
}

enum err
api_entity_permission_delete(struct rq *rq)
{
    struct api_resource by_name = permission;

    by_name.load = load_by_name;
    return api_resource_delete(rq, rq->segments[1].n ? &permission : &by_name);
}
