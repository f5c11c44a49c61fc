/* SPDX-License-Identifier: Apache-2.0 */
/* The table of forms. */
#include "model/form/form.h"

static const char *const types[] = {
    "registration", "adminRegistration", "adminUser", "selfServiceUser", NULL};
static const char *const step_types[] = {"collectData", "verifyEmail", "verifyPhoneNumber", NULL};

static void
check_step(struct field_check *check)
{
    const struct form_step *step = check->object;

    if (step->type == FORM_COLLECT_DATA && step->fields.count == 0) {
        field_check_fault(check, "fields", "missing", "A step that collects data needs fields.");
    }
    if (step->type != FORM_COLLECT_DATA && step->fields.count) {
        field_check_fault(
            check, "fields", "notAllowed", "A step that verifies something has no fields.");
    }
}

/* clang-format off */
#define S_(member) FIELD_AT(struct form_step, member)
static const struct field step_fields[] = {
    {.name = "fields", .kind = FIELD_UUIDS, .offset = S_(fields)},
    {.name = "type",   .kind = FIELD_ENUM,  .offset = S_(type), .more.names = step_types},
};
static const struct field_table step_table = FIELD_TABLE("FormStep", step_fields, struct form_step, check_step);

#define F(member) FIELD_AT(struct form_page, member)
static const struct field fields[] = {
    {.name = "data",              .kind = FIELD_JSON,    .offset = F(data), .max = 65536},
    RECORD_ID_FIELD,
    RECORD_INSTANT_FIELDS,
    {.name = "name",              .kind = FIELD_TEXT,    .offset = F(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "steps",             .kind = FIELD_OBJECTS, .offset = F(steps), .flags = FIELD_REQUIRED, .min = 1, .max = 100, .more.table = &step_table},
    {.name = "type",              .kind = FIELD_ENUM,    .offset = F(type), .flags = FIELD_IMMUTABLE, .more.names = types},
};
static const struct field_table table = FIELD_TABLE("Form", fields, struct form_page, NULL);
/* clang-format on */

static void
refer(const void *thing, struct record_refs *refs)
{
    const struct form_page *form = thing;
    const struct form_step *steps = form->steps.items;
    struct uuid id;

    for (size_t i = 0; i < form->steps.count; i++) {
        for (size_t j = 0; j < steps[i].fields.count; j++) {
            if (uuid_parse(steps[i].fields.items[j], &id)) {
                record_refer(refs, &form_field_kind, id, "form.steps.fields");
            }
        }
    }
}

const struct record_kind form_kind = {
    .number = RECORD_FORM,
    .name = "form",
    .table = &table,
    .name_at = F(name),
    .is_name_unique = true,
    .refer = refer,
};
