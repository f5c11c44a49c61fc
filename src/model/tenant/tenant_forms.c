/* SPDX-License-Identifier: Apache-2.0 */
/* Tables of which forms tenants and applications show. */
#include "model/tenant/tenant_forms.h"

#include "model/form/form.h"

/* clang-format off */
static const struct field tenant_fields[] = {
    {.name = "adminUserFormId", .kind = FIELD_UUID, .offset = FIELD_AT(struct tenant_forms, admin_user_id), .more.kind = &form_kind},
};
const struct field_table tenant_forms_table = FIELD_TABLE("TenantFormConfiguration", tenant_fields, struct tenant_forms, NULL);

static const struct field self_service_fields[] = {
    {.name = "requireCurrentPasswordOnPasswordChange", .kind = FIELD_BOOL, .offset = 0},
};
static const struct field_table self_service_table = FIELD_TABLE("SelfServiceFormConfiguration", self_service_fields, struct app_self_service, NULL);

#define A(member) FIELD_AT(struct app_forms, member)
static const struct field app_fields[] = {
    {.name = "adminRegistrationFormId",      .kind = FIELD_UUID,   .offset = A(admin_registration_id), .more.kind = &form_kind},
    {.name = "selfServiceFormConfiguration", .kind = FIELD_OBJECT, .offset = A(self_service), .more.table = &self_service_table},
    {.name = "selfServiceFormId",            .kind = FIELD_UUID,   .offset = A(self_service_id), .more.kind = &form_kind},
};
const struct field_table app_forms_table = FIELD_TABLE("ApplicationFormConfiguration", app_fields, struct app_forms, NULL);
/* clang-format on */
