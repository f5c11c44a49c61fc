/* SPDX-License-Identifier: Apache-2.0 */
/* /api/webhook. Searches look at a webhook's address, description and tenants: it has no name. */
#include "flow/api/api_key_use.h"
#include "flow/api/api_records.h"
#include "model/webhook/webhook.h"

struct webhook_criteria {
    struct api_criteria base;
    str description, url;
    struct uuid tenant_id;
};
/* clang-format off */
static const struct field criteria_fields[] = {
    API_CRITERIA_FIELDS,
    {.name = "description", .kind = FIELD_TEXT, .offset = FIELD_AT(struct webhook_criteria, description)},
    {.name = "tenantId",    .kind = FIELD_UUID, .offset = FIELD_AT(struct webhook_criteria, tenant_id)},
    {.name = "url",         .kind = FIELD_TEXT, .offset = FIELD_AT(struct webhook_criteria, url), .max = 2048},
};
static const struct field_table criteria_table = FIELD_TABLE("WebhookSearchCriteria", criteria_fields, struct webhook_criteria, NULL);
/* clang-format on */

static bool
matches(struct rq *rq, const void *thing, const void *asked)
{
    const struct webhook_criteria *criteria = asked;
    const struct webhook *webhook = thing;

    (void)rq;
    return (criteria->description.n == 0
               || api_name_matches(criteria->description, webhook->description))
           && (criteria->url.n == 0 || api_name_matches(criteria->url, webhook->url))
           && (uuid_is_nil(criteria->tenant_id) || webhook_is_of(webhook, criteria->tenant_id));
}

static bool
was_named(const struct webhook *before, str id)
{
    for (size_t i = 0; before != NULL && i < before->tenant_ids.count; i++) {
        if (str_eq(before->tenant_ids.items[i], id)) {
            return true;
        }
    }
    return false;
}

/* A tenant that ended after it was named is no fault of this change. */
static enum err
check_tenants(struct api_call *call, const struct webhook *webhook)
{
    const struct tenant *tenant;
    struct uuid *ids;
    size_t count = 0;
    enum err e = api_read_ids(call->rq, &webhook->tenant_ids, "webhook.tenantIds", &ids, &count);

    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = tenant_load(call->rq, ids[i], &tenant);
        if (e == ERR_OK && tenant == NULL
            && !was_named(call->before, webhook->tenant_ids.items[i])) {
            field_fault(
                &call->reader, "webhook.tenantIds", "invalid", "Each id must be that of a tenant.");
            break;
        }
    }
    return e;
}

/* "true", as FusionAuth's examples have it, is kept as true. */
static void
settle_events(struct api_call *call, struct webhook *webhook)
{
    const struct json *events;
    struct json_out out;
    struct buf buf;
    str text;

    if (!json_parse(call->rq->arena, webhook->events, &events, NULL)) {
        return;
    }
    rq_json_out(call->rq, &buf, &out);
    json_out_object(&out);
    for (const struct json *m = events->first; m != NULL; m = m->next) {
        json_put_bool(&out, m->name, m->type == JSON_TRUE || str_eq(m->text, S("true")));
    }
    json_out_object_end(&out);
    if (buf_done(&buf, &text)) {
        webhook->events = text;
    }
}

static enum err
check(struct api_call *call)
{
    struct webhook *webhook = call->after;
    enum err e = check_tenants(call, webhook);

    settle_events(call, webhook);

    e = e ? e
          : api_check_key_named(
              call, webhook->signature.key_id, "webhook.signatureConfiguration.signingKeyId", true);
    return e ? e
             : api_check_key_named(
                 call, webhook->certificate_key_id, "webhook.sslCertificateKeyId", false);
}

const struct api_record api_webhook = {
    .resource = {API_RECORD_VERBS, .name = "webhook", .id_name = "webhookId",
        .beside = &api_beside_table, .created = "webhook.create", .updated = "webhook.update",
        .deleted = "webhook.delete"},
    .kind = &webhook_kind,
    .type = "Webhook",
    .plural = "webhooks",
    .criteria = &criteria_table,
    .matches = matches,
    .check = check,
    .is_private = true,
};
