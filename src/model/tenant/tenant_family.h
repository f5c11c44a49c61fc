/* SPDX-License-Identifier: Apache-2.0 */
/* What a tenant says of families. */
#pragma once
#include "model/field/field.h"

struct family_config { /* type FamilyConfiguration */
    bool enabled, allow_child_registrations, delete_orphans, parent_email_required;
    int64_t delete_orphans_days, maximum_child_age, minimum_owner_age;
    struct uuid confirm_child_template_id, request_template_id, parent_registration_template_id;
};
extern const struct field_table family_config_table;
