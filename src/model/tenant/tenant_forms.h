/* SPDX-License-Identifier: Apache-2.0 */
/* Which forms tenants and applications show. */
#pragma once
#include "model/field/field.h"

struct tenant_forms { /* type TenantFormConfiguration */
    struct uuid admin_user_id;
};
struct app_forms { /* type ApplicationFormConfiguration */
    struct uuid admin_registration_id, self_service_id;
    struct app_self_service { /* SelfServiceFormConfiguration */
        bool needs_current_password;
    } self_service;
};
extern const struct field_table tenant_forms_table, app_forms_table;
