/* SPDX-License-Identifier: Apache-2.0 */
/* The table of email templates. Its parts are compiled when a mail is made (model/compose), as FusionAuth does: a
 * template may be stored before it is right. */
#include "model/emailtemplate/emailtemplate.h"

#include "model/rule/rule.h"

enum { PART_BYTES = KB(100), SUBJECT_BYTES = 1000 };

/* clang-format off */
#define T(member) FIELD_AT(struct emailtemplate, member)
static const struct field fields[] = {
    RECORD_ID_FIELD,
    {.name = "name",                   .kind = FIELD_TEXT,     .offset = T(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "fromEmail",              .kind = FIELD_EMAIL,    .offset = T(from_email)},
    {.name = "defaultFromName",        .kind = FIELD_TEXT,     .offset = T(from_name)},
    {.name = "defaultSubject",         .kind = FIELD_TEXT,     .offset = T(subject), .flags = FIELD_REQUIRED, .max = SUBJECT_BYTES},
    {.name = "defaultHtmlTemplate",    .kind = FIELD_TEXT,     .offset = T(html), .flags = FIELD_REQUIRED, .max = PART_BYTES},
    {.name = "defaultTextTemplate",    .kind = FIELD_TEXT,     .offset = T(text), .flags = FIELD_REQUIRED, .max = PART_BYTES},
    {.name = "localizedFromNames",     .kind = FIELD_TEXT_MAP, .offset = T(localized_from_names), .rule = rule_locales},
    {.name = "localizedSubjects",      .kind = FIELD_TEXT_MAP, .offset = T(localized_subjects), .rule = rule_locales},
    {.name = "localizedHtmlTemplates", .kind = FIELD_TEXT_MAP, .offset = T(localized_html), .max = 2 * PART_BYTES, .rule = rule_locales},
    {.name = "localizedTextTemplates", .kind = FIELD_TEXT_MAP, .offset = T(localized_text), .max = 2 * PART_BYTES, .rule = rule_locales},
    RECORD_INSTANT_FIELDS,
};
static const struct field_table table = FIELD_TABLE("EmailTemplate", fields, struct emailtemplate, NULL);
/* clang-format on */

const struct record_kind emailtemplate_kind = {
    .number = RECORD_EMAIL_TEMPLATE,
    .name = "emailTemplate",
    .table = &table,
    .name_at = T(name),
    .is_name_unique = true,
};
