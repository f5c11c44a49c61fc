/* SPDX-License-Identifier: Apache-2.0 */
/* /api/form and /api/form/field. What is managed by the server keeps its own data type and control. */
#include "flow/api/api_records.h"
#include "model/form/form.h"

const struct api_record api_form = {
    .resource = {API_RECORD_VERBS, .name = "form", .id_name = "formId", .beside = &api_beside_table,
        .created = "form.create", .updated = "form.update", .deleted = "form.delete"},
    .kind = &form_kind,
    .type = "Form",
    .plural = "forms",
};

/* clang-format off */
static const struct field beside_fields[] = {
    {.name = "eventInfo", .kind = FIELD_JSON, .offset = FIELD_AT(struct api_beside, event_info), .max = 8192},
    {.name = "fields",    .kind = FIELD_LATER, .more.like = "FormField[]"}, /* of answers: clients send it empty */
};
static const struct field_table beside_table = FIELD_TABLE("FormFieldRequest", beside_fields, struct api_beside, NULL);
/* clang-format on */

static enum err
check(struct api_call *call)
{
    form_field_settle(call->after);
    return ERR_OK;
}

const struct api_record api_form_field = {
    .resource = {API_RECORD_VERBS, .name = "field", .id_name = "fieldId", .beside = &beside_table,
        .created = "form-field.create", .updated = "form-field.update",
        .deleted = "form-field.delete"},
    .kind = &form_field_kind,
    .type = "FormField",
    .plural = "fields",
    .check = check,
};
