/* SPDX-License-Identifier: Apache-2.0 */
/* /api/application/{applicationId}/scope: what third parties may ask people for (RFC 6749 s3.3). */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_admin.h"
#include "flow/api/api_part.h"

/* A scope's name goes in a space-separated list, so it is a scope-token (RFC 6749 s3.3). */
static bool
is_name_ok(str name)
{
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] <= ' ' || name.p[i] >= 0x7f || name.p[i] == '"' || name.p[i] == '\\') {
            return false;
        }
    }
    return true;
}

void
api_scope_check(struct api_call *call, const struct application *app)
{
    const struct app_scope *scopes = app->scopes.items;

    for (size_t i = 0; i < app->scopes.count; i++) {
        if (!is_name_ok(scopes[i].name)) {
            field_fault(&call->reader, "application.scopes", "invalid",
                "A scope's name must be visible ASCII without quotes and backslashes.");
        }
        for (size_t j = 0; j < i; j++) {
            if (str_eq(scopes[i].name, scopes[j].name)) {
                field_fault(&call->reader, "application.scopes", "duplicate",
                    "Give each scope a name of its own.");
            }
        }
    }
}

/* How administrators sign in is for those with every right. */
static enum err
check_home(struct api_call *call)
{
    return admin_is_application(call->application->id)
               ? api_admin_check_home(call->rq, call->tenant->id)
               : ERR_OK;
}

static enum err
load(struct api_call *call)
{
    enum err e = api_part_load(call);

    return e || call->rq->http->method == HTTP_GET ? e : check_home(call);
}

static enum err
place(struct api_call *call)
{
    enum err e = api_part_place(call);

    return e ? e : check_home(call);
}

static enum err
check(struct api_call *call)
{
    struct app_scope *scope = call->after;

    scope->application_id = call->application->id;
    if (!is_name_ok(scope->name)) {
        field_fault(&call->reader, "scope.name", "invalid",
            "A scope's name must be visible ASCII without quotes and backslashes.");
    }
    api_part_settle(call, scope->name, "scope.name",
        "The application has a scope of this name: choose another.");
    return ERR_OK;
}

static const struct api_resource resource = {
    .list = offsetof(struct application, scopes),
    .name = "scope",
    .id_name = "scopeId",
    .id_at = 1,
    .table = &app_scope_table,
    .beside = &api_beside_table,
    .created = "application.scope.create",
    .updated = "application.scope.update",
    .deleted = "application.scope.delete",
    .load = load,
    .place = place,
    .check = check,
    .create = api_part_write,
    .update = api_part_write,
    .remove = api_part_write,
};

enum err
api_scope_create(struct rq *rq)
{
    return api_resource_create(rq, &resource);
}

enum err
api_scope_retrieve(struct rq *rq)
{
    return api_resource_retrieve(rq, &resource);
}

enum err
api_scope_change(struct rq *rq)
{
    return api_resource_change(rq, &resource);
}

enum err
api_scope_delete(struct rq *rq)
{
    return api_resource_delete(rq, &resource);
}
