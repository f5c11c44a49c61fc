/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of a tenant's settings that are kept without effect, of domains that may not sign up, and of usernames. */
#include "model/tenant/tenant_kept.h"

#include "model/lambda/lambda.h"
#include "model/tenant/tenant.h"

static const char *const strategies[] = {"Always", "OnCollision", NULL};

/* clang-format off */
#define D(member) FIELD_AT(struct delete_policy, member)
static const struct field delete_fields[] = {
    {.name = "enabled",              .kind = FIELD_BOOL,    .offset = D(enabled)},
    {.name = "enabledInstant",       .kind = FIELD_INSTANT, .offset = D(enabled_instant), .flags = FIELD_READ_ONLY | FIELD_KEEP_ON_PUT},
    {.name = "numberOfDaysToRetain", .kind = FIELD_INT,     .offset = D(days), .min = 1, .max = 36500, .default_int = 120},
};
static const struct field_table delete_table = FIELD_TABLE("TimeBasedDeletePolicy", delete_fields, struct delete_policy, NULL);
static const struct field unverified_fields[] = {
    {.name = "unverified", .kind = FIELD_OBJECT, .offset = FIELD_AT(struct delete_config, unverified), .more.table = &delete_table},
};
const struct field_table tenant_delete_table = FIELD_TABLE("TenantUserDeletePolicy", unverified_fields, struct delete_config, NULL);
const struct field_table app_delete_table = FIELD_TABLE("ApplicationRegistrationDeletePolicy", unverified_fields, struct delete_config, NULL);

static void
check_domains(struct field_check *check)
{
    const struct tenant_sign_up *config = check->object;

    for (size_t i = 0; i < config->blocked_domains.count; i++) {
        str domain = config->blocked_domains.items[i];
        if (str_find(domain, '@') < domain.n || str_find(domain, ' ') < domain.n) {
            field_check_fault(check, NULL, "invalid", "Each domain must be what stands behind the @ of addresses.");
            return;
        }
    }
}
static const struct field sign_up_fields[] = {
    {.name = "blockedDomains", .kind = FIELD_TEXTS, .offset = FIELD_AT(struct tenant_sign_up, blocked_domains), .min = 1, .max = 253, .rule = check_domains},
};
const struct field_table tenant_sign_up_table = FIELD_TABLE("TenantRegistrationConfiguration", sign_up_fields, struct tenant_sign_up, NULL);

static void
check_scim(struct field_check *check)
{
    const struct tenant_scim *scim = check->object;

    if (scim->enabled && uuid_is_nil(scim->client_type_id)) {
        field_check_fault(check, "clientEntityTypeId", "missing", "Name the type of the entities that are clients.");
    }
    if (scim->enabled && uuid_is_nil(scim->server_type_id)) {
        field_check_fault(check, "serverEntityTypeId", "missing", "Name the type of the entities that are servers.");
    }
}
#define S2(member) FIELD_AT(struct tenant_scim, member)
static const struct field scim_fields[] = {
    {.name = "enabled",            .kind = FIELD_BOOL, .offset = S2(enabled)},
    {.name = "clientEntityTypeId", .kind = FIELD_UUID, .offset = S2(client_type_id)},
    {.name = "schemas",            .kind = FIELD_JSON, .offset = S2(schemas), .max = 65536},
    {.name = "serverEntityTypeId", .kind = FIELD_UUID, .offset = S2(server_type_id)},
};
const struct field_table tenant_scim_table = FIELD_TABLE("TenantSCIMServerConfiguration", scim_fields, struct tenant_scim, check_scim);

static void
check_separator(struct field_check *check)
{
    str s = ((const struct unique_username *)check->object)->separator;
    char c = s.n ? s.p[0] : 0;
    bool is_word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

    if (s.n != 1 || is_word || c <= ' ' || c > '~') {
        field_check_fault(check, NULL, "invalid", "Give one ASCII sign that is no letter, digit or space.");
    }
}
#define U(member) FIELD_AT(struct unique_username, member)
static const struct field unique_fields[] = {
    {.name = "enabled",        .kind = FIELD_BOOL, .offset = U(enabled)},
    {.name = "numberOfDigits", .kind = FIELD_INT,  .offset = U(digits), .min = 3, .max = 10, .default_int = 5},
    {.name = "separator",      .kind = FIELD_TEXT, .offset = U(separator), .max = 4, .default_text = "#", .rule = check_separator},
    {.name = "strategy",       .kind = FIELD_ENUM, .offset = U(strategy), .default_int = 1, .more.names = strategies},
};
static const struct field_table unique_table = FIELD_TABLE("UniqueUsernameConfiguration", unique_fields, struct unique_username, NULL);
static const struct field usernames_fields[] = {
    {.name = "unique", .kind = FIELD_OBJECT, .offset = FIELD_AT(struct tenant_usernames, unique), .more.table = &unique_table},
};
const struct field_table tenant_usernames_table = FIELD_TABLE("TenantUsernameConfiguration", usernames_fields, struct tenant_usernames, NULL);

static const struct field oauth_fields[] = {
    {.name = "clientCredentialsAccessTokenPopulateLambdaId", .kind = FIELD_UUID, .offset = FIELD_AT(struct tenant_oauth, client_credentials_lambda_id), .more.kind = &lambda_kind},
};
const struct field_table tenant_oauth_table = FIELD_TABLE("TenantOAuth2Configuration", oauth_fields, struct tenant_oauth, NULL);
/* clang-format on */

bool
tenant_blocks_email(const struct tenant *tenant, str email)
{
    const struct field_texts *blocked = &tenant->sign_up.blocked_domains;
    size_t at = email.n;

    while (at > 0 && email.p[at - 1] != '@') {
        at--;
    }
    for (size_t i = 0; at > 0 && i < blocked->count; i++) {
        if (str_ieq(str_skip(email, at), blocked->items[i])) {
            return true;
        }
    }
    return false;
}
