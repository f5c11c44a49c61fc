/* SPDX-License-Identifier: Apache-2.0 */
/* Webhooks: who is told of events. */
#pragma once
#include "model/record/record.h"

struct arena;
struct webhook { /* type Webhook */
    struct record head;
    str url, description, data, events, headers, username, password, certificate;
    struct field_texts tenant_ids;
    int64_t connect_timeout_ms, read_timeout_ms;
    bool is_global;
    struct uuid certificate_key_id;
    struct webhook_signature { /* type WebhookSignatureConfiguration */
        bool enabled;
        struct uuid key_id;
    } signature;
};
extern const struct record_kind webhook_kind;
/* Names the tenant among those it is for; false when that was so, or memory is short. */
bool webhook_add_tenant(struct arena *arena, struct webhook *webhook, struct uuid tenant_id);
/* Is it told of this tenant's events? */
bool webhook_is_of(const struct webhook *webhook, struct uuid tenant_id);
