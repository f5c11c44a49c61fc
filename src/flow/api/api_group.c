/* SPDX-License-Identifier: Apache-2.0 */
/* /api/group. roleIds beside the group name roles of the tenant's applications; the answer shows each as it is
 * now, by application. A PUT without roleIds takes all roles away, a PATCH without leaves them. */
#include "flow/api/api_records.h"
#include "flow/api/api_admin.h"
#include "model/group/group.h"

enum { MAX_APPLICATIONS = 10000 };

/* clang-format off */
struct group_beside {
    struct field_texts role_ids;
    str event_info;
};
#define B(member) FIELD_AT(struct group_beside, member)
static const struct field beside_fields[] = {
    {.name = "eventInfo", .kind = FIELD_JSON,  .offset = B(event_info), .max = 8192},
    {.name = "roleIds",   .kind = FIELD_UUIDS, .offset = B(role_ids)},
};
static const struct field_table beside_table = FIELD_TABLE("GroupRequest", beside_fields, struct group_beside, NULL);
/* clang-format on */

static bool
find_role(const struct application *application, struct uuid id, struct group_role *ret)
{
    const struct role *roles = application->roles.items;

    for (size_t i = 0; i < application->roles.count; i++) {
        if (uuid_eq(roles[i].id, id)) {
            *ret = (struct group_role){application->id, id};
            return true;
        }
    }
    return false;
}

/* Which application of the tenant has each role. */
static enum err
find_roles(struct api_call *call, const struct uuid *ids, size_t count, struct group_role *ret)
{
    struct rq *rq = call->rq;
    struct uuid *applications;
    size_t n;
    enum err e = application_ids_in(rq, call->tenant->id, MAX_APPLICATIONS, &applications, &n);

    for (size_t i = 0; e == ERR_OK && i < n; i++) {
        const struct application *application = NULL;
        e = application_in(rq, applications[i], call->tenant->id, &application);
        for (size_t j = 0; application != NULL && j < count; j++) {
            (void)(uuid_is_nil(ret[j].role_id) && find_role(application, ids[j], &ret[j]));
        }
    }
    return e;
}

/* Members have the roles of their group: who changes a group may give what it gave and what it gives. */
static enum err
check_given(struct api_call *call, const struct group *group)
{
    struct admin what;
    enum err e = group ? group_admin(call->rq, group, &what) : ERR_OK;

    if (e == ERR_OK && group != NULL && !api_admin_may_give(call->rq, &what)) {
        field_fault(&call->reader, "roleIds", "notAllowed",
            "Nobody gives a role that permits more than they may.");
    }
    return e;
}

static enum err
check(struct api_call *call)
{
    const struct group_beside *beside = (const struct group_beside *)(const void *)call->beside;
    struct group *group = call->after;
    struct group_role *roles;
    struct uuid *ids;
    size_t count;
    enum err e = api_read_ids(call->rq, &beside->role_ids, "roleIds", &ids, &count);

    e = e ? e : check_given(call, call->before);
    if (e != ERR_OK || (count == 0 && call->rq->http->method == HTTP_PATCH)) {
        return e;
    }
    roles = ARENA_ARRAY(call->rq->arena, MAX(count, 1), struct group_role);
    e = roles ? find_roles(call, ids, count, roles) : FAIL_SERVER(call->rq);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        if (uuid_is_nil(roles[i].role_id)) {
            field_fault(&call->reader, "roleIds", "invalid",
                "Each id must be that of a role of one of the tenant's applications.");
            break;
        }
    }
    group->roles = (struct field_list){roles, count};
    return e || call->rq->faults.count ? e : check_given(call, group);
}

static bool
is_first_of(const struct field_list *roles, size_t i)
{
    const struct group_role *list = roles->items;

    for (size_t j = 0; j < i; j++) {
        if (uuid_eq(list[j].application_id, list[i].application_id)) {
            return false;
        }
    }
    return true;
}

static bool
is_given(const struct field_list *roles, struct uuid id)
{
    const struct group_role *list = roles->items;

    for (size_t i = 0; i < roles->count; i++) {
        if (uuid_eq(list[i].role_id, id)) {
            return true;
        }
    }
    return false;
}

/* An application none of whose roles is left is not among them. */
static void
write_application_roles(
    const struct application *application, const struct field_list *roles, struct json_out *out)
{
    const struct role *of = application->roles.items;
    char text[UUID_TEXT];
    bool is_open = false;

    for (size_t i = 0; i < application->roles.count; i++) {
        if (!is_given(roles, of[i].id)) {
            continue;
        }
        if (!is_open) {
            uuid_write(application->id, text);
            json_out_name(out, (str){text, sizeof text});
            json_out_array(out);
            is_open = true;
        }
        field_write(&role_table, FIELD_FOR_API, &of[i], out);
    }
    if (is_open) {
        json_out_array_end(out);
    }
}

/* {"<application>": [role, ...]}; what was deleted since is no role of the group. */
static void
write_roles(struct rq *rq, const struct field_list *roles, struct json_out *out)
{
    const struct group_role *list = roles->items;

    json_out_name(out, S("roles"));
    json_out_object(out);
    for (size_t i = 0; i < roles->count; i++) {
        const struct application *application;
        if (!is_first_of(roles, i)
            || application_any(rq, list[i].application_id, &application) != ERR_OK
            || application == NULL) {
            continue;
        }
        write_application_roles(application, roles, out);
    }
    json_out_object_end(out);
}

static void
write_group(struct rq *rq, const void *object, struct json_out *out)
{
    const struct group *group = object;

    json_out_object(out);
    field_write_members(&group_table, FIELD_FOR_API, group, out);
    write_roles(rq, &group->roles, out);
    json_out_object_end(out);
}

/* The members' rows go with their group, and what it gave them. */
static enum err
remove_group(struct api_call *call)
{
    enum err e = check_given(call, call->before);

    e = e ? e : api_faults(call->rq);
    e = e ? e : api_record_remove(call);
    if (e == ERR_OK) {
        group_forget(call->rq, call->tenant, call->id);
    }
    return e;
}

/* clang-format off */
struct group_criteria {
    struct api_criteria base;
    struct uuid tenant_id;
};
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
    {.name = "tenantId", .kind = FIELD_UUID, .offset = FIELD_AT(struct group_criteria, tenant_id)},
};
static const struct field_table criteria_table = FIELD_TABLE("GroupSearchCriteria", criteria_fields, struct group_criteria, NULL);
/* clang-format on */

static bool
matches(struct rq *rq, const void *thing, const void *criteria)
{
    struct uuid tenant_id = ((const struct group_criteria *)criteria)->tenant_id;

    (void)rq;
    return uuid_is_nil(tenant_id)
           || uuid_eq(tenant_id, ((const struct group *)thing)->head.tenant_id);
}

const struct api_record api_group = {
    .resource = {.load = api_record_load,
        .place = api_record_place,
        .check = api_record_check,
        .create = api_record_store_new,
        .update = api_record_store,
        .remove = remove_group,
        .name = "group",
        .id_name = "groupId",
        .table = &group_table,
        .beside = &beside_table,
        .created = "group.create",
        .updated = "group.update",
        .deleted = "group.delete",
        .write = write_group},
    .kind = &group_kind,
    .type = "Group",
    .plural = "groups",
    .criteria = &criteria_table,
    .matches = matches,
    .check = check,
};
