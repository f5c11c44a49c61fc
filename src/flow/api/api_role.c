/* SPDX-License-Identifier: Apache-2.0 */
/* /api/application/{applicationId}/role. Deviation: a role keeps its name, because registrations
 * hold roles by name, each sealed under its person's key. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_admin.h"
#include "flow/api/api_part.h"

/* clang-format off */
struct role_beside {
    str event_info;
};
static const struct field beside_fields[] = {
    {.name = "application",         .kind = FIELD_LATER, .more.like = "Application"},
    {.name = "eventInfo",           .kind = FIELD_JSON, .offset = FIELD_AT(struct role_beside, event_info), .max = 8192},
    {.name = "sourceApplicationId", .kind = FIELD_LATER, .more.like = "uuid"},
};
static const struct field_table beside_table = FIELD_TABLE("RoleRequest", beside_fields, struct role_beside, NULL);
/* clang-format on */

/* In the administrators' application: what is built in stays, and who changes another may give it. */
static enum err
check_administrators(struct api_call *call, str name)
{
    struct field_texts names = {&name, 1};

    if (!admin_is_application(call->application->id)) {
        return ERR_OK;
    }
    if (call->before != NULL && admin_is_built_in(name)) {
        return api_refuse(call->rq, "roleId", "notAllowed",
            "This role is built in and stays as it is: make one of your own.");
    }
    call->reader = api_reader(call->rq);
    return api_admin_check_roles(
        call->rq, &call->reader, call->application->id, &names, "role.name");
}

static enum err
check(struct api_call *call)
{
    const struct role *before = call->before, *role = call->after;

    if (before != NULL && role->name.n && !str_eq(before->name, role->name)) {
        field_fault(&call->reader, "role.name", "immutable",
            "A role keeps its name: make another role and give it to the users.");
    }
    api_part_settle(call, before ? NO_STR : role->name, "role.name",
        "The application has a role of this name: choose another.");
    return check_administrators(call, before ? before->name : role->name);
}

/* With what it permits, in the administrators' application. */
static enum err
remove_role(struct api_call *call)
{
    enum err e = check_administrators(call, ((const struct role *)call->before)->name);
    void *thing = NULL;

    e = e ? e : api_faults(call->rq);
    if (e == ERR_OK && admin_is_application(call->application->id)) {
        e = record_load(call->rq, &admin_role_kind, call->id, &thing);
    }
    if (thing != NULL) {
        record_delete(call->rq, &admin_role_kind, thing);
    }
    return e ? e : api_part_write(call);
}

static const struct api_resource resource = {
    .list = offsetof(struct application, roles),
    .name = "role",
    .id_name = "roleId",
    .id_at = 1,
    .table = &role_table,
    .beside = &beside_table,
    .created = "application.role.create",
    .updated = "application.role.update",
    .deleted = "application.role.delete",
    .load = api_part_load,
    .place = api_part_place,
    .check = check,
    .create = api_part_write,
    .update = api_part_write,
    .remove = remove_role,
};

enum err
api_role_create(struct rq *rq)
{
    return api_resource_create(rq, &resource);
}

enum err
api_role_change(struct rq *rq)
{
    return api_resource_change(rq, &resource);
}

/* DELETE .../role?name= : FusionAuth finds it by name, too. */
static enum err
load_by_name(struct api_call *call)
{
    str name = rq_query_get(call->rq, S("name"));
    const struct role *roles;
    enum err e = api_part_load(call);

    if (e != ERR_OK || name.n == 0) {
        return e;
    }
    roles = call->application->roles.items;
    for (size_t i = 0; roles != NULL && i < call->application->roles.count; i++) {
        if (str_eq(roles[i].name, name)) {
            call->id = roles[i].id;
            call->before = &roles[i];
        }
    }
    return e;
}

enum err
api_role_delete(struct rq *rq)
{
    struct api_resource by_name = resource;

    by_name.load = load_by_name;
    return api_resource_delete(rq, rq->segments[1].n ? &resource : &by_name);
}
