/* SPDX-License-Identifier: Apache-2.0 */
/* Groups: their table, and what being a member gives. */
#include "model/group/group.h"

#include "model/admin/admin.h"
#include "model/application/application.h"
#include "model/rq/rq.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

/* clang-format off */
#define R(member) FIELD_AT(struct group_role, member)
static const struct field role_fields[] = {
    {.name = "applicationId", .kind = FIELD_UUID, .offset = R(application_id)},
    {.name = "roleId",        .kind = FIELD_UUID, .offset = R(role_id)},
};
static const struct field_table stored_role_table = FIELD_TABLE("GroupRole", role_fields, struct group_role, NULL);

#define G(member) FIELD_AT(struct group, member)
static const struct field group_fields[] = {
    {.name = "id",                .kind = FIELD_UUID,    .offset = G(head.id),             .flags = FIELD_READ_ONLY},
    {.name = "tenantId",          .kind = FIELD_UUID,    .offset = G(head.tenant_id),      .flags = FIELD_READ_ONLY},
    {.name = "name",              .kind = FIELD_TEXT,    .offset = G(name),                .flags = FIELD_REQUIRED, .max = 191},
    {.name = "data",              .kind = FIELD_JSON,    .offset = G(data)},
    {.name = "roles",             .kind = FIELD_JSON,    .offset = G(shown_roles),         .flags = FIELD_READ_ONLY | FIELD_NULLABLE},
    {.name = "insertInstant",     .kind = FIELD_INSTANT, .offset = G(head.insert_instant), .flags = FIELD_READ_ONLY},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = G(head.last_update_instant), .flags = FIELD_READ_ONLY},
};
const struct field_table group_table = FIELD_TABLE("Group", group_fields, struct group, NULL);

static const struct field stored_group_fields[] = {
    {.name = "name",              .kind = FIELD_TEXT,    .offset = G(name)},
    {.name = "data",              .kind = FIELD_JSON,    .offset = G(data)},
    {.name = "roles",             .kind = FIELD_OBJECTS, .offset = G(roles), .more.table = &stored_role_table},
};
static const struct field_table stored_group_table = FIELD_TABLE("StoredGroup", stored_group_fields, struct group, NULL);

#define M(member) FIELD_AT(struct membership, member)
static const struct field membership_fields[] = {
    {.name = "id",            .kind = FIELD_UUID,    .offset = M(id)},
    {.name = "groupId",       .kind = FIELD_UUID,    .offset = M(group_id)}, /* said by one side, the other is given */
    {.name = "userId",        .kind = FIELD_UUID,    .offset = M(user_id)},
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = M(insert_instant), .flags = FIELD_READ_ONLY},
    {.name = "data",          .kind = FIELD_JSON,    .offset = M(data),           .flags = FIELD_PERSONAL},
};
const struct field_table membership_table = FIELD_TABLE("GroupMember", membership_fields, struct membership, NULL);

static const struct field stored_fields[] = {
    {.name = "id",            .kind = FIELD_UUID,    .offset = M(id)},
    {.name = "groupId",       .kind = FIELD_UUID,    .offset = M(group_id)},
    {.name = "insertInstant", .kind = FIELD_INSTANT, .offset = M(insert_instant)},
    {.name = "data",          .kind = FIELD_JSON,    .offset = M(data)},
};
const struct field_table membership_stored_table = FIELD_TABLE("StoredMembership", stored_fields, struct membership, NULL);
/* clang-format on */

const struct record_kind group_kind = {
    .number = RECORD_GROUP,
    .name = "group",
    .table = &stored_group_table,
    .name_at = G(name),
    .is_name_unique = true,
    .is_of_tenant = true,
};

static const struct role *
role_of(const struct application *application, struct uuid id)
{
    const struct role *roles = application->roles.items;

    for (size_t i = 0; i < application->roles.count; i++) {
        if (uuid_eq(roles[i].id, id)) {
            return &roles[i];
        }
    }
    return NULL;
}

static enum err
add_role(struct rq *rq, struct registration *registration, str name)
{
    struct field_texts *list = &registration->group_roles;
    str *items = ARENA_ARRAY(rq->arena, list->count + 1, str);

    if (items == NULL) {
        return FAIL_SERVER(rq);
    }
    for (size_t i = 0; i < list->count; i++) {
        items[i] = list->items[i];
    }
    items[list->count++] = name;
    list->items = items;
    return ERR_OK;
}

static enum err
give_roles(struct rq *rq, const struct group *group, struct user *user)
{
    const struct group_role *given = group->roles.items;
    struct registration *registrations = user->registrations.items;
    enum err e = ERR_OK;

    for (size_t i = 0; i < group->roles.count; i++) {
        for (size_t j = 0; e == ERR_OK && j < user->registrations.count; j++) {
            const struct application *application = NULL;
            const struct role *role = NULL;
            if (!uuid_eq(registrations[j].application_id, given[i].application_id)) {
                continue;
            }
            e = application_in(rq, given[i].application_id, user->tenant_id, &application);
            if (e == ERR_OK && application != NULL) {
                role = role_of(application, given[i].role_id);
            }
            e = role ? add_role(rq, &registrations[j], role->name) : e;
        }
    }
    return e;
}

enum err
group_apply(struct rq *rq, const struct tenant *tenant, struct user *user)
{
    struct membership *list = user->memberships.items;
    size_t kept = 0;

    for (size_t i = 0; i < user->memberships.count; i++) {
        void *thing;
        const struct group *group;
        enum err e = record_load(rq, &group_kind, list[i].group_id, &thing);
        if (e != ERR_OK) {
            return e;
        }
        group = thing;
        if (group == NULL || !uuid_eq(group->head.tenant_id, tenant->id)
            || group->head.insert_instant > list[i].insert_instant) {
            continue;
        }
        list[i].user_id = user->id;
        list[kept++] = list[i];
        e = give_roles(rq, group, user);
        if (e != ERR_OK) {
            return e;
        }
    }
    user->memberships.count = kept;
    return ERR_OK;
}

enum err
group_admin(struct rq *rq, const struct group *group, struct admin *ret)
{
    const struct group_role *given = group->roles.items;
    const struct application *application;
    struct field_texts names = {ARENA_ARRAY(rq->arena, group->roles.count + 1, str), 0};
    enum err e = application_load(rq, admin_application_id(), &application);

    if (e != ERR_OK || names.items == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (size_t i = 0; application != NULL && i < group->roles.count; i++) {
        const struct role *role = admin_is_application(given[i].application_id)
                                      ? role_of(application, given[i].role_id)
                                      : NULL;
        if (role != NULL) {
            names.items[names.count++] = role->name;
        }
    }
    return admin_of_roles(rq, &names, ret);
}
