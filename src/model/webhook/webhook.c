/* SPDX-License-Identifier: Apache-2.0 */
/* The table of webhooks. */
#include "model/webhook/webhook.h"

#include "base/arena.h"
#include "model/rule/rule.h"

enum { TIMEOUT_MAX_MS = 60000, CERTIFICATE_BYTES = KB(32) };

static void
check_signature(struct field_check *check)
{
    const struct webhook_signature *signature = check->object;

    if (signature->enabled && uuid_is_nil(signature->key_id)) {
        field_check_fault(
            check, "signingKeyId", "missing", "Name the key that signs, or switch signing off.");
    }
}

static void
check_certificate(struct field_check *check)
{
    const struct webhook *webhook = check->object;

    if (webhook->certificate.n && !uuid_is_nil(webhook->certificate_key_id)) {
        field_check_fault(check, "sslCertificate", "notAllowed",
            "Give either a certificate or the key that holds it.");
    }
}

/* Headers and options may hold what opens a door: FIELD_PERSONAL keeps them out of the audit log. */
/* clang-format off */
static const struct field signature_fields[] = {
    {.name = "enabled",      .kind = FIELD_BOOL, .offset = FIELD_AT(struct webhook_signature, enabled)},
    {.name = "signingKeyId", .kind = FIELD_UUID, .offset = FIELD_AT(struct webhook_signature, key_id)},
};
static const struct field_table signature_table = FIELD_TABLE("WebhookSignatureConfiguration", signature_fields, struct webhook_signature, check_signature);

#define W(member) FIELD_AT(struct webhook, member)
static const struct field fields[] = {
    RECORD_ID_FIELD,
    {.name = "url",                        .kind = FIELD_URI,      .offset = W(url), .flags = FIELD_REQUIRED},
    {.name = "description",                .kind = FIELD_TEXT,     .offset = W(description)},
    {.name = "data",                       .kind = FIELD_JSON,     .offset = W(data)},
    {.name = "global",                     .kind = FIELD_BOOL,     .offset = W(is_global)},
    {.name = "tenantIds",                  .kind = FIELD_UUIDS,    .offset = W(tenant_ids)},
    {.name = "eventsEnabled",              .kind = FIELD_JSON,     .offset = W(events), .rule = rule_events},
    {.name = "connectTimeout",             .kind = FIELD_INT,      .offset = W(connect_timeout_ms), .flags = FIELD_REQUIRED, .min = 1, .max = TIMEOUT_MAX_MS},
    {.name = "readTimeout",                .kind = FIELD_INT,      .offset = W(read_timeout_ms), .flags = FIELD_REQUIRED, .min = 1, .max = TIMEOUT_MAX_MS},
    {.name = "headers",                    .kind = FIELD_TEXT_MAP, .offset = W(headers), .flags = FIELD_PERSONAL, .rule = rule_headers},
    {.name = "httpAuthenticationUsername", .kind = FIELD_TEXT,     .offset = W(username)},
    {.name = "httpAuthenticationPassword", .kind = FIELD_SECRET,   .offset = W(password), .flags = FIELD_SHOWN},
    {.name = "signatureConfiguration",     .kind = FIELD_OBJECT,   .offset = W(signature), .more.table = &signature_table},
    {.name = "sslCertificate",             .kind = FIELD_TEXT,     .offset = W(certificate), .max = CERTIFICATE_BYTES},
    {.name = "sslCertificateKeyId",        .kind = FIELD_UUID,     .offset = W(certificate_key_id)},
    RECORD_INSTANT_FIELDS,
};
static const struct field_table table = FIELD_TABLE("Webhook", fields, struct webhook, check_certificate);
/* clang-format on */

const struct record_kind webhook_kind = {
    .number = RECORD_WEBHOOK,
    .name = "webhook",
    .table = &table,
};

static bool
names_tenant(const struct webhook *webhook, struct uuid tenant_id)
{
    struct uuid id;

    for (size_t i = 0; i < webhook->tenant_ids.count; i++) {
        if (uuid_parse(webhook->tenant_ids.items[i], &id) && uuid_eq(id, tenant_id)) {
            return true;
        }
    }
    return false;
}

bool
webhook_is_of(const struct webhook *webhook, struct uuid tenant_id)
{
    return webhook->is_global || names_tenant(webhook, tenant_id);
}

bool
webhook_add_tenant(struct arena *arena, struct webhook *webhook, struct uuid tenant_id)
{
    struct field_texts ids = {ARENA_ARRAY(arena, webhook->tenant_ids.count + 1, str), 0};

    if (ids.items == NULL || names_tenant(webhook, tenant_id)) {
        return false;
    }
    for (; ids.count < webhook->tenant_ids.count; ids.count++) {
        ids.items[ids.count] = webhook->tenant_ids.items[ids.count];
    }
    ids.items[ids.count++] = uuid_text(arena, tenant_id);
    webhook->tenant_ids = ids;
    return true;
}
