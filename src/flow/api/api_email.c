/* SPDX-License-Identifier: Apache-2.0 */
/* /api/email/template. */
#include "flow/api/api_records.h"
#include "model/emailtemplate/emailtemplate.h"

/* clang-format off */
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
};
static const struct field_table criteria_table = FIELD_TABLE("EmailTemplateSearchCriteria", criteria_fields, struct api_criteria, NULL);
/* clang-format on */

const struct api_record api_email_template = {
    .resource = {API_RECORD_VERBS, .name = "emailTemplate", .id_name = "emailTemplateId",
        .beside = &api_beside_table, .created = "email-template.create",
        .updated = "email-template.update", .deleted = "email-template.delete"},
    .kind = &emailtemplate_kind,
    .type = "EmailTemplate",
    .plural = "emailTemplates",
    .criteria = &criteria_table,
};
