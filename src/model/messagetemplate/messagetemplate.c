/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of message templates: both types hold the same. */
#include "model/messagetemplate/messagetemplate.h"

#include "model/rule/rule.h"

const char *const message_types[] = {"SMS", "Voice", NULL};

enum { MESSAGE_BYTES = KB(10) };

/* clang-format off */
#define T(member) FIELD_AT(struct messagetemplate, member)
static const struct field fields[] = {
    RECORD_ID_FIELD,
    {.name = "name",               .kind = FIELD_TEXT,     .offset = T(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "type",               .kind = FIELD_ENUM,     .offset = T(type), .flags = FIELD_REQUIRED | FIELD_IMMUTABLE, .default_int = -1, .more.names = message_types},
    {.name = "data",               .kind = FIELD_JSON,     .offset = T(data)},
    {.name = "defaultTemplate",    .kind = FIELD_TEXT,     .offset = T(text), .flags = FIELD_REQUIRED, .max = MESSAGE_BYTES},
    {.name = "localizedTemplates", .kind = FIELD_TEXT_MAP, .offset = T(localized_texts), .max = 10 * MESSAGE_BYTES, .rule = rule_locales},
    RECORD_INSTANT_FIELDS,
};
static const struct field_table table = FIELD_TABLE("MessageTemplate", fields, struct messagetemplate, NULL);
static const struct field_table sms_table = FIELD_TABLE("SMSMessageTemplate", fields, struct messagetemplate, NULL);
static const struct field_table voice_table = FIELD_TABLE("VoiceMessageTemplate", fields, struct messagetemplate, NULL);
/* clang-format on */

static const struct field_table *const variants[] = {&sms_table, &voice_table};

const struct record_kind messagetemplate_kind = {
    .number = RECORD_MESSAGE_TEMPLATE,
    .name = "messageTemplate",
    .table = &table,
    .name_at = T(name),
    .is_name_unique = true,
    .type_at = T(type),
    .types = message_types,
    .variants = variants,
};
