/* SPDX-License-Identifier: Apache-2.0 */
/* /api/form and /api/form/field. What is managed by the server keeps its own data type and control. */
#include "flow/api/api_records.h"
#include "model/form/form.h"

/* Whether a step before this one asks for what the key names. */
static enum err
is_asked_before(struct rq *rq, const struct form_page *form, size_t before, str key, bool *ret)
{
    const struct form_step *steps = form->steps.items;
    enum err e = ERR_OK;

    *ret = false;
    for (size_t i = 0; e == ERR_OK && i < before; i++) {
        for (size_t j = 0; e == ERR_OK && j < steps[i].fields.count; j++) {
            void *field = NULL;
            struct uuid id;
            if (uuid_parse(steps[i].fields.items[j], &id)) {
                e = record_load(rq, &form_field_kind, id, &field);
            }
            *ret |= field != NULL && str_eq(((const struct form_field *)field)->key, key);
        }
    }
    return e;
}

/* A password is asked for once it is known that somebody reads the address: the steps before are somebody else's until then. */
static enum err
check_verification(struct api_call *call, size_t at, str key)
{
    const struct form_page *form = call->after;
    bool has_password = false, has_value = false;
    enum err e = is_asked_before(call->rq, form, at, S("user.password"), &has_password);

    e = e ? e : is_asked_before(call->rq, form, at, key, &has_value);
    if (e == ERR_OK && form->type != FORM_REGISTRATION) {
        field_fault(&call->reader, "form.steps.type", "invalid",
            "Only forms that people register with verify an address or a number.");
    }
    if (e == ERR_OK && has_password) {
        field_fault(&call->reader, "form.steps", "invalid",
            "Ask for the password behind the last step that verifies.");
    }
    if (e == ERR_OK && !has_value) {
        field_fault(&call->reader, "form.steps", "invalid",
            "Ask for the address or the number in a step before it is verified.");
    }
    return e;
}

static enum err
check_steps(struct api_call *call)
{
    const struct form_page *form = call->after;
    const struct form_step *steps = form->steps.items;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < form->steps.count; i++) {
        if (steps[i].type != FORM_COLLECT_DATA) {
            e = check_verification(call, i,
                steps[i].type == FORM_VERIFY_EMAIL ? S("user.email") : S("user.phoneNumber"));
        }
    }
    return e;
}

const struct api_record api_form = {
    .resource = {API_RECORD_VERBS, .name = "form", .id_name = "formId", .beside = &api_beside_table,
        .created = "form.create", .updated = "form.update", .deleted = "form.delete"},
    .kind = &form_kind,
    .type = "Form",
    .plural = "forms",
    .check = check_steps,
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
