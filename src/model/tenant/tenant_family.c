/* SPDX-License-Identifier: Apache-2.0 */
/* What a tenant says of families (type FamilyConfiguration). */
#include "model/tenant/tenant_family.h"

#include "model/emailtemplate/emailtemplate.h"

/* clang-format off */
#define F(member) FIELD_AT(struct family_config, member)
static const struct field fields[] = {
    {.name = "allowChildRegistrations",           .kind = FIELD_BOOL, .offset = F(allow_child_registrations), .default_int = true},
    {.name = "confirmChildEmailTemplateId",       .kind = FIELD_UUID, .offset = F(confirm_child_template_id), .more.kind = &emailtemplate_kind},
    {.name = "deleteOrphanedAccounts",            .kind = FIELD_BOOL, .offset = F(delete_orphans)},
    {.name = "deleteOrphanedAccountsDays",        .kind = FIELD_INT,  .offset = F(delete_orphans_days), .min = 1, .max = 3650, .default_int = 30},
    {.name = "enabled",                           .kind = FIELD_BOOL, .offset = F(enabled)},
    {.name = "familyRequestEmailTemplateId",      .kind = FIELD_UUID, .offset = F(request_template_id), .more.kind = &emailtemplate_kind},
    {.name = "maximumChildAge",                   .kind = FIELD_INT,  .offset = F(maximum_child_age), .min = 1, .max = 150, .default_int = 12},
    {.name = "minimumOwnerAge",                   .kind = FIELD_INT,  .offset = F(minimum_owner_age), .min = 1, .max = 150, .default_int = 21},
    {.name = "parentEmailRequired",               .kind = FIELD_BOOL, .offset = F(parent_email_required)},
    {.name = "parentRegistrationEmailTemplateId", .kind = FIELD_UUID, .offset = F(parent_registration_template_id), .more.kind = &emailtemplate_kind},
};
const struct field_table family_config_table = FIELD_TABLE("FamilyConfiguration", fields, struct family_config, NULL);
/* clang-format on */
