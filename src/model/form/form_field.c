/* SPDX-License-Identifier: Apache-2.0 */
/* The table of form fields. A key is the path of what is asked in the user or the registration. */
#include "model/agreement/agreement.h"
#include "model/form/form.h"

static const char *const types[] = {
    "bool", "consent", "date", "email", "number", "phoneNumber", "string", NULL};
static const char *const controls[] = {
    "checkbox", "number", "password", "radio", "select", "textarea", "text", NULL};

/* What is known of the members of users and registrations; anything else is below their data, or a consent. */
static const struct {
    const char *key;
    enum form_data_type type;
    enum form_control control;
} managed[] = {
    {"registration.preferredLanguages", FORM_STRING, FORM_SELECT},
    {"registration.roles", FORM_STRING, FORM_CHECKBOX},
    {"registration.timezone", FORM_STRING, FORM_SELECT},
    {"registration.username", FORM_STRING, FORM_TEXT},
    {"user.birthDate", FORM_DATE, FORM_TEXT},
    {"user.email", FORM_EMAIL, FORM_TEXT},
    {"user.firstName", FORM_STRING, FORM_TEXT},
    {"user.fullName", FORM_STRING, FORM_TEXT},
    {"user.imageUrl", FORM_STRING, FORM_TEXT},
    {"user.lastName", FORM_STRING, FORM_TEXT},
    {"user.middleName", FORM_STRING, FORM_TEXT},
    {"user.mobilePhone", FORM_STRING, FORM_TEXT},
    {"user.parentEmail", FORM_EMAIL, FORM_TEXT},
    {"user.password", FORM_STRING, FORM_PASSWORD},
    {"user.phoneNumber", FORM_PHONE, FORM_TEXT},
    {"user.preferredLanguages", FORM_STRING, FORM_SELECT},
    {"user.timezone", FORM_STRING, FORM_SELECT},
    {"user.username", FORM_STRING, FORM_TEXT},
};

static bool
is_managed(str key, size_t *ret)
{
    for (size_t i = 0; i < COUNT(managed); i++) {
        if (str_eq(key, str_from(managed[i].key))) {
            *ret = i;
            return true;
        }
    }
    return false;
}

/* path = ( "user.data." / "registration.data." / "consents[" ) 1*( ALPHA / DIGIT / "." / "_" / "-" / "[" / "]" / "'" ) */
static bool
is_path(str key)
{
    static const char *const starts[] = {"user.data.", "registration.data.", "consents["};
    bool is_known = false;

    for (size_t i = 0; i < COUNT(starts); i++) {
        str start = str_from(starts[i]);
        is_known = is_known || (key.n > start.n && str_starts(key, start));
    }
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && memchr("._-[]'", c, 6) == NULL) {
            return false;
        }
    }
    return is_known;
}

static void
check_key(struct field_check *check)
{
    str key = *(const str *)(const void *)((const char *)check->object + check->field->offset);
    size_t i;

    if (!is_managed(key, &i) && !is_path(key)) {
        field_check_fault(check, NULL, "invalid",
            "Name a member of the user or the registration, or a path below user.data or "
            "registration.data.");
    }
}

/* What can be chosen has to be a value of the field. */
static bool
is_option(int type, str option)
{
    if (type == FORM_BOOL) {
        return str_eq(option, S("true")) || str_eq(option, S("false"));
    }
    if (type != FORM_NUMBER) {
        return true;
    }
    for (size_t i = 0; i < option.n; i++) {
        char c = option.p[i];
        if ((c < '0' || c > '9') && !(c == '-' && i == 0) && !(c == '.' && i > 0)) {
            return false;
        }
    }
    return option.n > 0 && option.p[option.n - 1] != '-';
}

static void
check_options(struct field_check *check)
{
    const struct form_field *field = check->object;

    for (size_t i = 0; i < field->options.count; i++) {
        if (!is_option(field->type, field->options.items[i])) {
            field_check_fault(check, "options", "invalid",
                "Each option must be a value of the field's type: a number, or true or false.");
            return;
        }
    }
}

static void
check_field(struct field_check *check)
{
    const struct form_field *field = check->object;

    if (field->type == FORM_CONSENT && uuid_is_nil(field->consent_id)) {
        field_check_fault(check, "consentId", "missing", "Say which consent is asked for.");
    }
    if (field->validator.enabled && field->validator.expression.n == 0) {
        field_check_fault(
            check, "validator.expression", "blank", "Give the expression that values must fit.");
    }
    check_options(check);
}

/* clang-format off */
#define V(member) FIELD_AT(struct form_validator, member)
static const struct field validator_fields[] = {
    {.name = "enabled",    .kind = FIELD_BOOL, .offset = V(enabled)},
    {.name = "expression", .kind = FIELD_TEXT, .offset = V(expression), .max = 2048},
};
static const struct field_table validator_table = FIELD_TABLE("FormFieldValidator", validator_fields, struct form_validator, NULL);

#define F(member) FIELD_AT(struct form_field, member)
static const struct field fields[] = {
    {.name = "confirm",           .kind = FIELD_BOOL,    .offset = F(confirm)},
    {.name = "consentId",         .kind = FIELD_UUID,    .offset = F(consent_id), .more.kind = &agreement_kind},
    {.name = "control",           .kind = FIELD_ENUM,    .offset = F(control), .flags = FIELD_KEEP_ON_PUT, .default_int = -1, .more.names = controls},
    {.name = "data",              .kind = FIELD_JSON,    .offset = F(data), .max = 65536},
    {.name = "description",       .kind = FIELD_TEXT,    .offset = F(description), .max = 2048},
    RECORD_ID_FIELD,
    {.name = "insertInstant",     .kind = FIELD_INSTANT, .offset = F(head.insert_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "key",               .kind = FIELD_TEXT,    .offset = F(key), .flags = FIELD_REQUIRED | FIELD_KEEP_ON_PUT, .max = 255, .rule = check_key},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = F(head.last_update_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "name",              .kind = FIELD_TEXT,    .offset = F(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "options",           .kind = FIELD_TEXTS,   .offset = F(options)},
    {.name = "required",          .kind = FIELD_BOOL,    .offset = F(required)},
    {.name = "type",              .kind = FIELD_ENUM,    .offset = F(type), .flags = FIELD_KEEP_ON_PUT, .default_int = -1, .more.names = types},
    {.name = "validator",         .kind = FIELD_OBJECT,  .offset = F(validator), .more.table = &validator_table},
};
static const struct field_table table = FIELD_TABLE("FormField", fields, struct form_field, check_field);
/* clang-format on */

const struct record_kind form_field_kind = {
    .number = RECORD_FORM_FIELD,
    .name = "formField",
    .table = &table,
    .name_at = F(name),
    .is_name_unique = true,
};

void
form_field_settle(struct form_field *field)
{
    size_t i;
    bool is_ours = is_managed(field->key, &i);

    if (field->type < 0 || is_ours) {
        field->type = is_ours ? (int)managed[i].type : FORM_STRING;
    }
    if (field->control < 0 || is_ours) {
        field->control = is_ours ? (int)managed[i].control : FORM_TEXT;
    }
}
