/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of consents, and their rules. */
#include "model/agreement/agreement.h"

#include "codec/json.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/rq/rq.h"
#include "model/user/user.h"

static const char *const states[] = {"Active", "Revoked", NULL};
enum { AGE_MAX = 150 };

/* {"de": 16}: by locale or country. */
static void
check_ages(struct field_check *check)
{
    str text = *(const str *)(const void *)((const char *)check->object + check->field->offset);
    const struct json *json;
    int64_t age;

    if (!json_parse(check->reader->arena, text, &json, NULL)) {
        return;
    }
    for (const struct json *m = json->first; m != NULL; m = m->next) {
        if (m->name.n == 0 || !json_i64(m, &age) || age < 0 || age > AGE_MAX) {
            field_check_fault(check, NULL, "invalid",
                "Give each locale an age in whole years, such as {\"de\": 16}.");
            return;
        }
    }
}

static void
check_plus(struct field_check *check)
{
    const struct agreement_plus *plus = check->object;

    if (plus->enabled && uuid_is_nil(plus->template_id)) {
        field_check_fault(
            check, "emailTemplateId", "missing", "Say which template the second notice has.");
    }
    if (plus->min_hours > plus->max_hours) {
        field_check_fault(check, "minimumTimeToSendEmailInHours", "invalid",
            "The minimum must not exceed the maximum.");
    }
}

/* clang-format off */
#define P(member) FIELD_AT(struct agreement_plus, member)
static const struct field plus_fields[] = {
    {.name = "emailTemplateId",               .kind = FIELD_UUID, .offset = P(template_id), .more.kind = &emailtemplate_kind},
    {.name = "enabled",                       .kind = FIELD_BOOL, .offset = P(enabled)},
    {.name = "maximumTimeToSendEmailInHours", .kind = FIELD_INT,  .offset = P(max_hours), .min = 1, .max = 8760, .default_int = 48},
    {.name = "minimumTimeToSendEmailInHours", .kind = FIELD_INT,  .offset = P(min_hours), .min = 1, .max = 8760, .default_int = 24},
};
static const struct field_table plus_table = FIELD_TABLE("EmailPlus", plus_fields, struct agreement_plus, check_plus);

#define A(member) FIELD_AT(struct agreement, member)
static const struct field fields[] = {
    {.name = "consentEmailTemplateId",           .kind = FIELD_UUID,    .offset = A(template_id), .more.kind = &emailtemplate_kind},
    {.name = "countryMinimumAgeForSelfConsent",  .kind = FIELD_JSON,    .offset = A(country_ages), .rule = check_ages},
    {.name = "data",                             .kind = FIELD_JSON,    .offset = A(data), .max = 65536},
    {.name = "defaultMinimumAgeForSelfConsent",  .kind = FIELD_INT,     .offset = A(minimum_age), .flags = FIELD_REQUIRED, .min = 0, .max = AGE_MAX},
    {.name = "emailPlus",                        .kind = FIELD_OBJECT,  .offset = A(plus), .more.table = &plus_table},
    {.name = "id",                               .kind = FIELD_UUID,    .offset = A(head.id), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "insertInstant",                    .kind = FIELD_INSTANT, .offset = A(head.insert_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "lastUpdateInstant",                .kind = FIELD_INSTANT, .offset = A(head.last_update_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "multipleValuesAllowed",            .kind = FIELD_BOOL,    .offset = A(has_multiple_values)},
    {.name = "name",                             .kind = FIELD_TEXT,    .offset = A(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "values",                           .kind = FIELD_TEXTS,   .offset = A(values)},
};
const struct field_table agreement_table = FIELD_TABLE("Consent", fields, struct agreement, NULL);

#define G(member) FIELD_AT(struct agreement_given, member)
static const struct field given_fields[] = {
    {.name = "consent",           .kind = FIELD_OBJECT,  .offset = G(agreement), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED, .more.table = &agreement_table},
    {.name = "consentId",         .kind = FIELD_UUID,    .offset = G(head.subject_id), .flags = FIELD_REQUIRED | FIELD_IMMUTABLE | FIELD_NOT_STORED},
    {.name = "data",              .kind = FIELD_JSON,    .offset = G(data), .flags = FIELD_PERSONAL, .max = 16384},
    {.name = "giverUserId",       .kind = FIELD_UUID,    .offset = G(giver_id), .flags = FIELD_REQUIRED | FIELD_IMMUTABLE | FIELD_PERSONAL},
    {.name = "id",                .kind = FIELD_UUID,    .offset = G(head.id), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "insertInstant",     .kind = FIELD_INSTANT, .offset = G(head.insert_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = G(head.last_update_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "status",            .kind = FIELD_ENUM,    .offset = G(status), .flags = FIELD_KEEP_ON_PUT, .more.names = states},
    {.name = "userId",            .kind = FIELD_UUID,    .offset = G(head.user_id), .flags = FIELD_REQUIRED | FIELD_IMMUTABLE | FIELD_NOT_STORED},
    {.name = "values",            .kind = FIELD_TEXTS,   .offset = G(values), .flags = FIELD_PERSONAL},
};
const struct field_table agreement_given_table = FIELD_TABLE("UserConsent", given_fields, struct agreement_given, NULL);
/* clang-format on */

const struct record_kind agreement_kind = {
    .number = RECORD_CONSENT,
    .name = "consent",
    .table = &agreement_table,
    .name_at = A(name),
    .is_name_unique = true,
};
const struct dossier_kind agreement_given_kind = {
    DOSSIER_CONSENT, "consent", &agreement_given_table};

int64_t
agreement_age(struct rq *rq, const struct agreement *agreement, const struct user *user)
{
    const struct json *json;
    int64_t age;

    if (agreement->country_ages.n == 0
        || !json_parse(rq->arena, agreement->country_ages, &json, NULL)) {
        return agreement->minimum_age;
    }
    for (size_t i = 0; i < user->languages.count; i++) {
        str locale = user->languages.items[i], country = str_skip(locale, str_find(locale, '_'));
        if (json_i64(json_get(json, locale), &age)
            || json_i64(json_get(json, str_skip(country, 1)), &age)
            || json_i64(json_get(json, str_head(locale, str_find(locale, '_'))), &age)) {
            return age;
        }
    }
    return agreement->minimum_age;
}

static bool
is_offered(const struct agreement *agreement, str value)
{
    for (size_t i = 0; i < agreement->values.count; i++) {
        if (str_eq(agreement->values.items[i], value)) {
            return true;
        }
    }
    return false;
}

void
agreement_check_values(struct field_reader *reader, const struct agreement *agreement,
    const struct field_texts *values)
{
    if (values->count > 1 && agreement->values.count && !agreement->has_multiple_values) {
        field_fault(reader, "userConsent.values", "notAllowed", "This consent takes one value.");
    }
    for (size_t i = 0; i < values->count; i++) {
        if (!is_offered(agreement, values->items[i])) {
            field_fault(reader, "userConsent.values", "invalid",
                "Each value must be one that the consent offers.");
            return;
        }
    }
}
