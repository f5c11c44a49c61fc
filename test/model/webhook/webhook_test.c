/* SPDX-License-Identifier: Apache-2.0 */
/* webhook.c: whose events a webhook is for. */
#define UNIT webhook
#include "../../unit.h"

#include "base/arena.h"
#include "model/webhook/webhook.h"

TEST(a_webhook_is_of_the_tenants_it_names_or_of_all)
{
    str ids[] = {
        S("11111111-1111-4111-8111-111111111111"), S("22222222-2222-4222-8222-222222222222")};
    struct webhook webhook = {.tenant_ids = {ids, COUNT(ids)}};
    struct uuid first, second, third;

    REQUIRE(uuid_parse(ids[0], &first) && uuid_parse(ids[1], &second));
    REQUIRE(uuid_parse(S("33333333-3333-4333-8333-333333333333"), &third));
    EXPECT(webhook_is_of(&webhook, first));
    EXPECT(webhook_is_of(&webhook, second));
    EXPECT(!webhook_is_of(&webhook, third));
    webhook.is_global = true;
    EXPECT(webhook_is_of(&webhook, third));
    webhook = (struct webhook){.is_global = false};
    EXPECT(!webhook_is_of(&webhook, first));
}

TEST(a_tenant_is_named_once)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(16));
    struct webhook webhook = {.is_global = false};
    struct uuid id;

    REQUIRE(uuid_parse(S("11111111-1111-4111-8111-111111111111"), &id));
    EXPECT(webhook_add_tenant(a, &webhook, id));
    EXPECT(!webhook_add_tenant(a, &webhook, id));
    EXPECT(webhook.tenant_ids.count == 1);
    EXPECT(webhook_is_of(&webhook, id));
}
