/* SPDX-License-Identifier: Apache-2.0 */
/* /api/cardea/admin-role/{roleId}, of Cardea's own: what a role permits that somebody made in the administrators' application,
 * and in which tenant. Nobody makes one that permits more than they may, or changes one that does. */
#include "flow/api/api_admin.h"
#include "flow/api/api_records.h"
#include "model/application/application.h"

static enum err
check_given(struct api_call *call, const struct admin_role *role)
{
    struct admin what;
    enum err e = admin_of_custom(call->rq, role, &what);

    if (e == ERR_OK && !api_admin_may_give(call->rq, &what)) {
        field_fault(&call->reader, "adminRole.permissions", "notAllowed",
            "Nobody gives a role that permits more than they may.");
    }
    return e;
}

/* The role that it is about: one of the application's, and none that is built in. */
static enum err
find_role(struct api_call *call, struct admin_role *role)
{
    const struct application *application;
    const struct role *roles;
    enum err e = application_load(call->rq, admin_application_id(), &application);

    role->name = NO_STR;
    if (e != ERR_OK || application == NULL) {
        return e ? e : api_not_found(call->rq);
    }
    roles = application->roles.items;
    for (size_t i = 0; i < application->roles.count; i++) {
        if (uuid_eq(roles[i].id, call->id) && !admin_is_built_in(roles[i].name)) {
            role->name = roles[i].name;
        }
    }
    if (role->name.n == 0) {
        field_fault(&call->reader, "roleId", "invalid",
            "Name a role of the administrators' application that is not built in.");
    }
    return ERR_OK;
}

static enum err
check_scope(struct api_call *call, const struct admin_role *role)
{
    const struct tenant *tenant = NULL;
    enum err e =
        uuid_is_nil(role->scope_id) ? ERR_OK : tenant_load(call->rq, role->scope_id, &tenant);

    if (e == ERR_OK && !uuid_is_nil(role->scope_id) && tenant == NULL) {
        field_fault(
            &call->reader, "adminRole.tenantId", "invalid", "There is no tenant with this id.");
    }
    return e;
}

static enum err
check(struct api_call *call)
{
    struct admin_role *role = call->after;
    uint8_t verbs[ADMIN_FAMILY_COUNT] = {0};
    str at;
    enum err e = find_role(call, role);

    e = e ? e : check_scope(call, role);
    if (e != ERR_OK || role->permissions.n == 0) {
        return e; /* the table says that it is missing */
    }
    if (!admin_add_permissions(call->rq->arena, role->permissions, verbs, &at)) {
        field_fault(&call->reader, "adminRole.permissions", "invalid",
            "List verbs (read, write, delete, assist) of families: {\"user\": [\"read\"]}.");
        return ERR_OK;
    }
    e = call->before ? check_given(call, call->before) : ERR_OK;
    return e ? e : check_given(call, role);
}

static enum err
remove_role(struct api_call *call)
{
    enum err e = check_given(call, call->before);

    e = e ? e : api_faults(call->rq);
    return e ? e : api_record_remove(call);
}

const struct api_record api_admin_role = {
    .resource = {.load = api_record_load,
        .place = api_record_place,
        .check = api_record_check,
        .create = api_record_store_new,
        .update = api_record_store,
        .remove = remove_role,
        .name = "adminRole",
        .id_name = "roleId",
        .beside = &api_beside_table,
        .created = "admin-role.create",
        .updated = "admin-role.update",
        .deleted = "admin-role.delete"},
    .kind = &admin_role_kind,
    .type = "AdminRole",
    .plural = "adminRoles",
    .check = check,
    .is_private = true,
};
