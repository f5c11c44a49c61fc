/* SPDX-License-Identifier: Apache-2.0 */
/* /api/application. Roles and scopes are set when an application is made and changed by their own
 * calls only, as in FusionAuth. */
#include "flow/api/api_application.h"

#include "flow/api/api_admin.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_key_use.h"
#include "flow/api/api_removal.h"
#include "model/record/record.h"
#include "model/user/user_unverified.h"

/* clang-format off */
struct application_beside {
    str event_info;
    struct uuid source_id; /* whose settings a new one has */
};
static const struct field beside_fields[] = {
    {.name = "eventInfo",           .kind = FIELD_JSON, .offset = FIELD_AT(struct application_beside, event_info), .max = 8192},
    {.name = "role",                .kind = FIELD_LATER, .more.like = "ApplicationRole"}, /* of the role calls; clients send it empty */
    {.name = "sourceApplicationId", .kind = FIELD_UUID, .offset = FIELD_AT(struct application_beside, source_id)},
};
static const struct field_table beside_table = FIELD_TABLE("ApplicationRequest", beside_fields, struct application_beside, NULL);
/* clang-format on */

/* One of a tenant that the call may see. */
static enum err
find_own(struct rq *rq, const struct application *app, const struct tenant **ret_tenant,
    const struct application **ret)
{
    if (!api_may_see(rq, app->tenant_id)) {
        return ERR_OK;
    }
    *ret = app;
    return tenant_load(rq, app->tenant_id, ret_tenant);
}

enum err
api_application_find(
    struct rq *rq, struct uuid id, const struct tenant **ret_tenant, const struct application **ret)
{
    const struct application *app;
    enum err e = application_any(rq, id, &app);

    *ret = NULL;
    if (e != ERR_OK || app == NULL) {
        return e;
    }
    if (!app->universal.is) {
        return find_own(rq, app, ret_tenant, ret);
    }
    e = api_tenant(rq); /* it does not say whose call it is */
    if (e != ERR_OK) {
        return e;
    }
    *ret_tenant = rq->tenant;
    return application_in(rq, id, rq->tenant->id, ret);
}

enum err
api_application_of(
    struct rq *rq, struct uuid id, const struct tenant **ret_tenant, const struct application **ret)
{
    const struct application *app;
    enum err e = application_any(rq, id, &app);

    *ret = NULL;
    if (e != ERR_OK || app == NULL) {
        return e;
    }
    if (!app->universal.is) {
        return find_own(rq, app, ret_tenant, ret);
    }
    if (api_is_bound(rq)) { /* a change would be seen in other tenants */
        return ERR_OK;
    }
    *ret = app;
    return tenant_or_default(rq, (struct uuid){{0}}, ret_tenant);
}

enum err
api_application_refuse(struct rq *rq)
{
    return api_refuse(rq, "applicationId", "invalid", "Name an active application of this tenant.");
}

static enum err
load(struct api_call *call)
{
    enum err e = api_application_of(call->rq, call->id, &call->tenant, &call->application);

    call->before = call->application;
    if (e == ERR_OK && call->rq->http->method != HTTP_GET && call->before != NULL
        && admin_is_application(call->id)) {
        e = api_admin_check_home(call->rq, call->tenant->id);
    }
    return e;
}

static bool
wants_universal(const struct api_call *call)
{
    const struct json *config = json_get(call->value, S("universalConfiguration"));
    const struct json *said = json_get(config, S("universal"));
    bool is = false;
    str text;

    return (json_bool(said, &is) && is)
           || (json_str(said, &text) && str_eq(text, S("true"))); /* as the field is read */
}

static void
refuse_universal(struct api_call *call)
{
    struct field_reader reader = api_reader(call->rq);

    field_fault(&reader, "application.universalConfiguration.universal", "notAllowed",
        "It would be there in every tenant: make it with a key of no tenant, without the "
        "X-FusionAuth-TenantId header.");
}

/* The tenant of a new one; for a universal one, in whose events its changes stand. */
static enum err
place_in(struct api_call *call)
{
    enum err e;

    if (!wants_universal(call)) {
        e = api_tenant(call->rq);
        call->tenant = call->rq->tenant;
        return e;
    }
    if (api_is_bound(call->rq)) {
        refuse_universal(call);
        return api_faults(call->rq);
    }
    return tenant_or_default(call->rq, (struct uuid){{0}}, &call->tenant);
}

static enum err
place(struct api_call *call)
{
    const struct application *taken = NULL;
    enum err e = place_in(call);

    if (e == ERR_OK && !uuid_is_nil(call->id)) {
        e = application_any(call->rq, call->id, &taken); /* ids are unique over all tenants */
    }
    if (taken != NULL) {
        api_resource_taken(call);
    } else if (e == ERR_OK && !uuid_is_nil(call->id)) {
        struct uuid of = wants_universal(call) ? (struct uuid){{0}} : call->tenant->id;
        e = api_check_removal(call, (struct removal){of, call->id});
    }
    return e;
}

/* requireClientAuthentication is the older word for clientAuthenticationPolicy: it counts when that
 * is not there. */
static void
apply_older_word(const struct api_call *call, struct application *app)
{
    const struct json *oauth = json_get(call->value, S("oauthConfiguration"));
    bool is_required;

    if (json_get(oauth, S("clientAuthenticationPolicy")) == NULL
        && json_bool(json_get(oauth, S("requireClientAuthentication")), &is_required)) {
        app->oauth.client_auth =
            is_required ? CLIENT_AUTH_REQUIRED : CLIENT_AUTH_NOT_REQUIRED_WITH_PKCE;
    }
}

/* When a role or scope was made is for us to say, not for the body. */
static void
forget_instants(struct application *app)
{
    struct app_scope *scopes = app->scopes.items;
    struct role *roles = app->roles.items;

    for (size_t i = 0; i < app->roles.count; i++) {
        roles[i].insert_instant = roles[i].last_update_instant = 0;
    }
    for (size_t i = 0; i < app->scopes.count; i++) {
        scopes[i].insert_instant = scopes[i].last_update_instant = 0;
    }
}

/* Names, texts and flags are the same; each role and scope is one of its own. False without memory. */
static bool
copy_items(struct arena *arena, struct application *app)
{
    struct role *roles = ARENA_ARRAY(arena, MAX(app->roles.count, 1), struct role);
    struct app_scope *scopes = ARENA_ARRAY(arena, MAX(app->scopes.count, 1), struct app_scope);

    if (roles == NULL || scopes == NULL) {
        return false;
    }
    for (size_t i = 0; i < app->roles.count; i++) {
        roles[i] = ((const struct role *)app->roles.items)[i];
        roles[i].id = (struct uuid){{0}};
    }
    for (size_t i = 0; i < app->scopes.count; i++) {
        scopes[i] = ((const struct app_scope *)app->scopes.items)[i];
        scopes[i].id = (struct uuid){{0}};
    }
    app->roles.items = roles;
    app->scopes.items = scopes;
    return true;
}

/* Whose it is: nobody's, if it is universal. */
static struct uuid
owner_of(const struct api_call *call, const struct application *app)
{
    return app->universal.is ? (struct uuid){{0}} : call->tenant->id;
}

/* All settings of the source but its name and its secret, which stays between two. */
static enum err
copy_source(struct api_call *call, struct uuid id)
{
    struct application *app = call->after, own = *app;
    const struct application *source = NULL;
    enum err e = application_any(call->rq, id, &source);

    if (e == ERR_OK && (source == NULL || !uuid_eq(source->tenant_id, owner_of(call, app)))) {
        field_fault(&call->reader, "sourceApplicationId", "invalid",
            "There is no application of this tenant with this id that could be copied.");
        return ERR_OK;
    }
    if (e != ERR_OK) {
        return e;
    }
    *app = *source;
    app->name = own.name;
    app->oauth.client_secret = own.oauth.client_secret;
    app->universal = own.universal;
    return copy_items(call->rq->arena, app) ? ERR_OK : FAIL_SERVER(call->rq);
}

static struct uuid
source_of(const struct api_call *call)
{
    return ((const struct application_beside *)(const void *)call->beside)->source_id;
}

/* Whose registrations, tokens and keys it has would be another thing. */
static void
check_stays(struct api_call *call, const struct application *before, const struct application *app)
{
    if (before->universal.is != app->universal.is) {
        field_fault(&call->reader, "application.universalConfiguration.universal", "immutable",
            "Whether an application is universal is said when it is made.");
    }
}

/* The settings that named keys already: its own, or those it was copied from. */
static const struct jwt_config *
had_keys(const struct api_call *call)
{
    const struct application *before = call->before, *after = call->after;

    if (before != NULL) {
        return &before->jwt;
    }
    return uuid_is_nil(source_of(call)) ? NULL : &after->jwt;
}

static enum err
check(struct api_call *call)
{
    const struct application *before = call->before;
    struct application *app = call->after;
    bool is_taken = false;
    enum err e = ERR_OK;

    apply_older_word(call, app);
    if (before != NULL) {
        app->roles = before->roles;
        app->scopes = before->scopes;
        check_stays(call, before, app);
    } else {
        e = uuid_is_nil(source_of(call)) ? ERR_OK : copy_source(call, source_of(call));
        forget_instants(app);
        if (app->universal.is && api_is_bound(call->rq)) { /* whatever the body looked like */
            refuse_universal(call);
        }
    }
    user_unverified_start(before ? &before->registration_delete.unverified : NULL,
        &app->registration_delete.unverified, call->rq->now);
    api_scope_check(call, app);
    if (e == ERR_OK && app->name.n) {
        e = application_name_taken(call->rq, owner_of(call, app), app->name, call->id, &is_taken);
    }
    if (is_taken) {
        field_fault(&call->reader, "application.name", "duplicate",
            "An application with this name exists already: choose another.");
    }
    e = e ? e
          : record_check_rows(call->rq, &call->reader, &application_table, app, S("application"),
              owner_of(call, app));
    return e ? e
             : api_check_jwt_keys(
                 call, &app->jwt, had_keys(call), owner_of(call, app), "application");
}

static enum err
create(struct api_call *call)
{
    struct application *app = call->after;

    app->id = call->id;
    call->application = app;
    return application_create(call->rq, call->tenant, app);
}

static enum err
update(struct api_call *call)
{
    return application_update(call->rq, call->after);
}

static enum err
remove_application(struct api_call *call)
{
    enum err e = application_delete(call->rq, call->application);

    if (e == ERR_OK) {
        api_removal_begin(
            call->rq, (struct removal){owner_of(call, call->application), call->application->id});
    }
    return e;
}

static const struct api_resource resource = {
    .name = "application",
    .id_name = "applicationId",
    .table = &application_table,
    .beside = &beside_table,
    .created = "application.create",
    .updated = "application.update",
    .deleted = "application.delete",
    .load = load,
    .place = place,
    .check = check,
    .create = create,
    .update = update,
    .remove = remove_application,
};

enum err
api_application_create(struct rq *rq)
{
    return api_resource_create(rq, &resource);
}

/* Takes the application out of use or back into it. Out of use none of its tokens is believed. */
static enum err
set_active(struct rq *rq, bool is_active, struct api_call *call)
{
    struct application *app = ARENA_NEW(rq->arena, struct application);
    enum err e = api_resource_load(rq, &resource, call);

    if (e != ERR_OK || app == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    *app = *call->application;
    app->active = is_active;
    call->after = app;
    e = application_update(rq, app);
    return e ? e
             : api_resource_audit(
                 call, is_active ? "application.reactivate" : "application.deactivate");
}

enum err
api_application_change(struct rq *rq)
{
    struct api_call call;
    enum err e;

    if (rq->http->method != HTTP_PUT || !api_flag(rq, "reactivate")) {
        return api_resource_change(rq, &resource);
    }
    e = set_active(rq, true, &call);
    return e ? e : api_resource_answer(&call, call.after);
}

/* Without the administrators' application nobody could sign in to put anything right. */
static enum err
check_end(struct rq *rq)
{
    struct uuid id;
    enum err e = rq_segment_id(rq, 0, "applicationId", &id);

    if (e == ERR_OK && admin_is_application(id)) {
        e = api_refuse(rq, "applicationId", "notAllowed",
            "Administrators sign in to this application: it stays.");
    }
    return e;
}

enum err
api_application_delete(struct rq *rq)
{
    struct api_call call;
    enum err e;

    if (rq->is_going_on) {
        return api_removal_go_on(rq);
    }
    e = check_end(rq);
    if (e != ERR_OK) {
        return e;
    }
    if (api_flag(rq, "hardDelete")) {
        return api_resource_delete(rq, &resource);
    }
    e = set_active(rq, false, &call);
    return e ? e : rq_answer_empty(rq, 200);
}

enum err
api_application_retrieve(struct rq *rq)
{
    return rq->segments[0].n ? api_resource_retrieve(rq, &resource) : api_application_list(rq);
}

/* Without an API key the client secret stays out. */
enum err
api_application_oauth(struct rq *rq)
{
    const struct field *row = api_field(&application_table, "oauthConfiguration");
    struct oauth_config shown;
    struct api_answer answer;
    struct api_call call;
    enum err e = api_resource_load(rq, &resource, &call);

    if (e != ERR_OK) {
        return e;
    }
    shown = call.application->oauth;
    if (rq->api_key == NULL) {
        shown.client_secret = NO_STR;
    }
    api_answer_start(rq, &answer);
    json_put_i64(&answer.out, S("httpSessionMaxInactiveInterval"), call.tenant->session_idle_s);
    json_put_given(&answer.out, S("logoutURL"), shown.logout_url);
    json_out_name(&answer.out, str_from(row->name));
    field_write(row->more.table, FIELD_FOR_API, &shown, &answer.out);
    return api_answer_send(rq, &answer, 200);
}
