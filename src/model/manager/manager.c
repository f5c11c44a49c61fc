/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of the tenant manager. */
#include "model/manager/manager.h"

#include "model/form/form.h"

const char *const manager_types[] = {"OpenIDConnect", "SAMLv2", NULL};
static const char *const linkings[] = {"LinkByEmail", "LinkByEmailForExistingUser",
    "LinkByUsername", "LinkByUsernameForExistingUser", NULL};

/* clang-format off */
static const struct field application_fields[] = {
    {.name = "applicationId", .kind = FIELD_UUID, .offset = 0, .flags = FIELD_REQUIRED},
};
static const struct field_table application_table = FIELD_TABLE("TenantManagerApplicationConfiguration", application_fields, struct manager_application, NULL);

#define M(member) FIELD_AT(struct manager, member)
static const struct field fields[] = {
    {.name = "applicationConfigurations",          .kind = FIELD_OBJECTS, .offset = M(applications), .max = 100, .more.table = &application_table},
    {.name = "attributeFormId",                    .kind = FIELD_UUID,    .offset = M(form_id), .more.kind = &form_kind},
    {.name = "brandName",                          .kind = FIELD_TEXT,    .offset = M(brand_name), .max = 191},
    {.name = "identityProviderTypeConfigurations", .kind = FIELD_JSON,    .offset = M(types), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    RECORD_INSTANT_FIELDS,
};
static const struct field_table table = FIELD_TABLE("TenantManagerConfiguration", fields, struct manager, NULL);

#define P(member) FIELD_AT(struct manager_provider, member)
static const struct field provider_fields[] = {
    {.name = "defaultAttributeMappings", .kind = FIELD_TEXT_MAP, .offset = P(mappings)},
    {.name = "enabled",                  .kind = FIELD_BOOL,     .offset = P(enabled), .default_int = true},
    RECORD_INSTANT_FIELDS,
    {.name = "linkingStrategy",          .kind = FIELD_ENUM,     .offset = P(linking), .flags = FIELD_REQUIRED, .default_int = -1, .more.names = linkings},
    {.name = "type",                     .kind = FIELD_ENUM,     .offset = P(type), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED, .more.names = manager_types},
};
static const struct field_table provider_table = FIELD_TABLE("TenantManagerIdentityProviderTypeConfiguration", provider_fields, struct manager_provider, NULL);
/* clang-format on */

const struct record_kind manager_kind = {
    .number = RECORD_TENANT_MANAGER,
    .name = "tenantManager",
    .table = &table,
};
const struct record_kind manager_provider_kind = {
    .number = RECORD_TENANT_MANAGER_PROVIDER,
    .name = "tenantManagerProvider",
    .table = &provider_table,
};

struct uuid
manager_provider_id(enum manager_type type)
{
    return (struct uuid){
        {[0] = 0x51, [14] = (uint8_t)type, [15] = (uint8_t)RECORD_TENANT_MANAGER_PROVIDER}};
}
