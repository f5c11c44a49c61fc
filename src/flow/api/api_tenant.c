/* SPDX-License-Identifier: Apache-2.0 */
/* /api/tenant. Refused: the end of the default tenant. Deviation: a
 * tenant of more rows than a request removes is answered 202 without async=true, too. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_admin.h"
#include "flow/api/api_key_use.h"
#include "flow/api/api_removal.h"
#include "flow/api/api_resource.h"
#include "flow/api/api_tenant.h"
#include "model/key/key.h"
#include "model/record/record.h"
#include "model/user/user_unverified.h"
#include "model/webhook/webhook.h"

/* clang-format off */
struct tenant_beside {
    str event_info;
    struct uuid source_id;          /* whose settings a new one has */
    struct field_texts webhook_ids; /* that are told of this tenant's events, too */
};
static const struct field beside_fields[] = {
    {.name = "eventInfo",      .kind = FIELD_JSON, .offset = FIELD_AT(struct tenant_beside, event_info), .max = 8192},
    {.name = "sourceTenantId", .kind = FIELD_UUID, .offset = FIELD_AT(struct tenant_beside, source_id)},
    {.name = "webhookIds",     .kind = FIELD_UUIDS, .offset = FIELD_AT(struct tenant_beside, webhook_ids)},
};
static const struct field_table beside_table = FIELD_TABLE("TenantRequest", beside_fields, struct tenant_beside, NULL);
/* clang-format on */

static enum err
load(struct api_call *call)
{
    enum err e = ERR_OK;

    if (api_may_see(call->rq, call->id)) {
        e = tenant_load(call->rq, call->id, &call->tenant);
        call->before = call->tenant;
    }
    if (e == ERR_OK && call->before != NULL && call->rq->http->method != HTTP_GET) {
        e = api_admin_check_home(call->rq, call->id);
    }
    return e;
}

/* A tenant belongs to nobody but the house: a key of one tenant makes no other. */
static enum err
place(struct api_call *call)
{
    const struct tenant *taken = NULL;
    enum err e = ERR_OK;

    if (api_is_bound(call->rq)) {
        return FAIL(
            call->rq, ERR_UNAUTHENTICATED, NULL, "needs a key that is not bound to a tenant");
    }
    if (!uuid_is_nil(call->id)) {
        e = tenant_load(call->rq, call->id, &taken);
    }
    if (taken != NULL) {
        api_resource_taken(call);
    } else if (e == ERR_OK && !uuid_is_nil(call->id)) {
        e = api_check_removal(call, (struct removal){.tenant_id = call->id});
    }
    return e;
}

static const struct tenant_beside *
beside_of(const struct api_call *call)
{
    return (const void *)call->beside;
}

static const struct field_texts *
webhooks_of(const struct api_call *call)
{
    return &beside_of(call)->webhook_ids;
}

/* A key that is the source's own stays its own: the copy signs with the one that it is born with. */
static enum err
leave_own_key(struct rq *rq, struct uuid *id)
{
    const struct key *key = NULL;
    enum err e = uuid_is_nil(*id) ? ERR_OK : key_load(rq, *id, &key);

    if (e == ERR_OK && key != NULL && !uuid_is_nil(key->tenant_id)) {
        *id = (struct uuid){{0}};
    }
    return e;
}

static enum err
leave_own_keys(struct rq *rq, struct field_texts *ids)
{
    struct field_texts kept = {ARENA_ARRAY(rq->arena, MAX(ids->count, 1), str), 0};
    enum err e = ERR_OK;

    if (kept.items == NULL) {
        return FAIL_SERVER(rq);
    }
    for (size_t i = 0; e == ERR_OK && i < ids->count; i++) {
        struct uuid id = {{0}};

        e = uuid_parse(ids->items[i], &id) ? leave_own_key(rq, &id) : ERR_OK;
        if (!uuid_is_nil(id)) {
            kept.items[kept.count++] = ids->items[i];
        }
    }
    *ids = kept;
    return e;
}

/* Who may change the copy could have the mail server's password sent elsewhere. */
static enum err
leave_passwords(struct rq *rq, const struct tenant *source, struct tenant *copy)
{
    bool is_home = false;
    enum err e = api_is_super(rq) ? ERR_OK : api_admin_is_home(rq, source->id, &is_home);

    if (is_home) {
        copy->mail.password = copy->captcha.secret_key = NO_STR;
        copy->captcha.enabled = false; /* it has to have one */
    }
    return e;
}

/* All settings of the source but its name; of the administrators' tenant for some no passwords. */
static enum err
copy_source(struct api_call *call)
{
    struct tenant *tenant = call->after;
    const struct tenant *source = NULL;
    str name = tenant->name;
    struct uuid id = beside_of(call)->source_id;
    enum err e = api_may_see(call->rq, id) ? tenant_load(call->rq, id, &source) : ERR_OK;

    if (e == ERR_OK && source == NULL) {
        field_fault(&call->reader, "sourceTenantId", "invalid",
            "There is no tenant with this id that could be copied.");
    }
    if (e != ERR_OK || source == NULL) {
        return e;
    }
    *tenant = *source;
    tenant->name = name;
    tenant->made_issuer = NO_STR;
    e = leave_passwords(call->rq, source, tenant);
    e = e ? e : leave_own_key(call->rq, &tenant->jwt.access_token_key_id);
    e = e ? e : leave_own_key(call->rq, &tenant->jwt.id_token_key_id);
    e = e ? e : leave_own_keys(call->rq, &tenant->jwt.access_check_key_ids);
    return e ? e : leave_own_keys(call->rq, &tenant->jwt.id_check_key_ids);
}

/* The webhook of that id; NULL when there is none, or the call's key may not change it. */
static enum err
load_webhook(struct api_call *call, str text, struct webhook **ret)
{
    struct rq *rq = call->rq;
    bool is_bound = rq->api_key != NULL && !uuid_is_nil(rq->api_key->tenant_id);
    struct uuid id;
    void *thing = NULL;
    enum err e =
        uuid_parse(text, &id) && !is_bound ? record_load(rq, &webhook_kind, id, &thing) : ERR_OK;

    *ret = thing;
    return e;
}

static enum err
check_webhooks(struct api_call *call)
{
    const struct field_texts *ids = webhooks_of(call);
    struct webhook *webhook;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < ids->count; i++) {
        e = load_webhook(call, ids->items[i], &webhook);
        if (e == ERR_OK && webhook == NULL) {
            field_fault(
                &call->reader, "webhookIds", "invalid", "Each id must be that of a webhook.");
        }
    }
    return e;
}

static bool
is_repeated(const struct field_texts *ids, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (str_eq(ids->items[i], ids->items[at])) {
            return true;
        }
    }
    return false;
}

static enum err
add_to_webhooks(struct api_call *call)
{
    const struct field_texts *ids = webhooks_of(call);
    struct webhook *webhook;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < ids->count; i++) {
        e = load_webhook(call, ids->items[i], &webhook);
        if (e == ERR_OK && webhook != NULL && !is_repeated(ids, i)
            && webhook_add_tenant(call->rq->arena, webhook, call->id)) {
            e = record_update(call->rq, &webhook_kind, NULL, webhook);
        }
    }
    return e;
}

/* When the end of unverified people was switched on: whoever was there before stays. */
static void
note_start(const struct api_call *call, struct tenant *tenant)
{
    const struct tenant *before = call->before;

    user_unverified_start(before ? &before->kept.user_delete.unverified : NULL,
        &tenant->kept.user_delete.unverified, call->rq->now);
}

static enum err
check(struct api_call *call)
{
    const struct tenant *before = call->before;
    struct tenant *tenant = call->after;
    bool is_taken = false;
    enum err e = ERR_OK;

    if (before == NULL && !uuid_is_nil(beside_of(call)->source_id)) {
        e = copy_source(call);
    }
    tenant_settle(tenant);
    note_start(call, tenant);
    if (e == ERR_OK && tenant->name.n) {
        e = tenant_name_taken(call->rq, tenant->name, call->id, &is_taken);
    }
    if (is_taken) {
        field_fault(&call->reader, "tenant.name", "duplicate",
            "A tenant with this name exists already: choose another.");
    }
    e = e ? e
          : record_check_rows(
              call->rq, &call->reader, &tenant_table, tenant, S("tenant"), call->id);
    e = e ? e : check_webhooks(call);
    return e ? e
             : api_check_jwt_keys(
                 call, &tenant->jwt, before ? &before->jwt : NULL, call->id, "tenant");
}

/* A new tenant's change is in its own events, made with the key it brings. */
static enum err
create(struct api_call *call)
{
    struct tenant *tenant = call->after;
    enum err e;

    tenant->id = call->id;
    call->tenant = tenant;
    e = tenant_create(call->rq, tenant);
    return e ? e : add_to_webhooks(call);
}

static enum err
update(struct api_call *call)
{
    enum err e = tenant_update(call->rq, call->after);

    return e ? e : add_to_webhooks(call);
}

static enum err
remove_tenant(struct api_call *call)
{
    const struct tenant *tenant = call->tenant;
    struct uuid first;
    enum err e = tenant_default_id(call->rq, &first);

    if (e != ERR_OK) {
        return e;
    }
    if (uuid_eq(first, tenant->id)) {
        return api_refuse(call->rq, "tenantId", "invalid", "The default tenant cannot be deleted.");
    }
    e = tenant_delete(call->rq, tenant);
    if (e == ERR_OK) {
        api_removal_begin(call->rq, (struct removal){.tenant_id = tenant->id});
    }
    /* Nothing of the tenant stays, so its end stands in the default tenant's events. */
    return e ? e : tenant_load(call->rq, first, &call->tenant);
}

void
api_tenant_write(struct rq *rq, const void *object, struct json_out *out)
{
    struct tenant shown = *(const struct tenant *)object;

    if (!rq->is_operator && (rq->api_key == NULL || !uuid_is_nil(rq->api_key->tenant_id))) {
        shown.mail.password = NO_STR;
    }
    field_write(&tenant_table, api_audience(rq), &shown, out);
}

static const struct api_resource resource = {
    .name = "tenant",
    .id_name = "tenantId",
    .table = &tenant_table,
    .beside = &beside_table,
    .created = "tenant.create",
    .updated = "tenant.update",
    .deleted = "tenant.delete",
    .load = load,
    .place = place,
    .check = check,
    .create = create,
    .update = update,
    .remove = remove_tenant,
    .write = api_tenant_write,
};

enum err
api_tenant_create(struct rq *rq)
{
    return api_resource_create(rq, &resource);
}

enum err
api_tenant_change(struct rq *rq)
{
    return api_resource_change(rq, &resource);
}

struct delete_beside {
    bool is_async;
    str event_info;
};
/* clang-format off */
static const struct field delete_fields[] = {
    {.name = "async",     .kind = FIELD_BOOL, .offset = FIELD_AT(struct delete_beside, is_async)},
    {.name = "eventInfo", .kind = FIELD_JSON, .offset = FIELD_AT(struct delete_beside, event_info), .max = 8192},
};
static const struct field_table delete_table = FIELD_TABLE("TenantDeleteRequest", delete_fields, struct delete_beside, NULL);
/* clang-format on */

enum err
api_tenant_delete(struct rq *rq)
{
    const struct json *body;
    struct delete_beside beside;
    enum err e;

    if (rq->is_going_on) {
        return api_removal_go_on(rq);
    }
    e = api_body(rq, NULL, &delete_table, &beside, &body);
    e = e ? e : api_faults(rq);
    e = e ? e : api_resource_delete(rq, &resource);
    if (e == ERR_OK && (beside.is_async || api_flag(rq, "async"))) {
        rq->is_unfinished = false;
        rq->answer->status = 202;
    }
    return e;
}

enum err
api_tenant_retrieve(struct rq *rq)
{
    return rq->segments[0].n ? api_resource_retrieve(rq, &resource) : api_tenant_list(rq);
}

/* Shown to anybody: a sign-up page says beforehand what a password needs. */
enum err
api_tenant_password_rules(struct rq *rq)
{
    const struct tenant *tenant = NULL;
    const struct field *row = api_field(&tenant_table, "passwordValidationRules");
    struct api_answer answer;
    struct uuid id;
    enum err e = rq_segment_id(rq, 0, "tenantId", &id);

    if (e == ERR_OK && uuid_is_nil(id)) {
        e = api_tenant(rq);
        tenant = rq->tenant;
    } else if (e == ERR_OK && api_may_see(rq, id)) {
        e = tenant_load(rq, id, &tenant);
    }
    if (e != ERR_OK || tenant == NULL) {
        return e ? e : api_not_found(rq);
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, str_from(row->name));
    field_write(row->more.table, FIELD_FOR_API, &tenant->password, &answer.out);
    return api_answer_send(rq, &answer, 200);
}
