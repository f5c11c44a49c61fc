/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of messengers, one a type over the same struct. */
#include "model/messenger/messenger.h"

#include "model/messagetemplate/messagetemplate.h"
#include "model/rule/rule.h"

static const char *const types[] = {"Generic", "Kafka", "Twilio", NULL};

enum { TIMEOUT_MAX_MS = 60000, CERTIFICATE_BYTES = KB(32) };

/* Headers and options may hold what opens a door: FIELD_PERSONAL keeps them out of the audit log. */
/* clang-format off */
#define M(member) FIELD_AT(struct messenger, member)
#define COMMON                                                                                                                                                   \
    RECORD_ID_FIELD,                                      \
    {.name = "name",              .kind = FIELD_TEXT,    .offset = M(name), .flags = FIELD_REQUIRED, .max = 191},                                                \
    {.name = "type",              .kind = FIELD_ENUM,    .offset = M(type), .flags = FIELD_REQUIRED | FIELD_IMMUTABLE, .default_int = -1, .more.names = types},  \
    {.name = "data",              .kind = FIELD_JSON,    .offset = M(data)},                                                                                     \
    {.name = "debug",             .kind = FIELD_BOOL,    .offset = M(debug)},                                                                                    \
    {.name = "transport",         .kind = FIELD_TEXT,    .offset = M(transport)},                                                                                \
    {.name = "messageTypes",      .kind = FIELD_ENUMS,   .offset = M(message_types), .min = 1, .default_text = "SMS", .more.names = message_types},              \
    RECORD_INSTANT_FIELDS

static const struct field common_fields[] = {COMMON};
static const struct field generic_fields[] = {
    COMMON,
    {.name = "url",                        .kind = FIELD_URI,      .offset = M(url), .flags = FIELD_REQUIRED},
    {.name = "connectTimeout",             .kind = FIELD_INT,      .offset = M(connect_timeout_ms), .flags = FIELD_REQUIRED, .min = 1, .max = TIMEOUT_MAX_MS},
    {.name = "readTimeout",                .kind = FIELD_INT,      .offset = M(read_timeout_ms), .flags = FIELD_REQUIRED, .min = 1, .max = TIMEOUT_MAX_MS},
    {.name = "headers",                    .kind = FIELD_TEXT_MAP, .offset = M(headers), .flags = FIELD_PERSONAL, .rule = rule_headers},
    {.name = "httpAuthenticationUsername", .kind = FIELD_TEXT,     .offset = M(username)},
    {.name = "httpAuthenticationPassword", .kind = FIELD_SECRET,   .offset = M(password), .flags = FIELD_SHOWN},
    {.name = "sslCertificate",             .kind = FIELD_TEXT,     .offset = M(certificate), .max = CERTIFICATE_BYTES},
};
static const struct field kafka_fields[] = {
    COMMON,
    {.name = "defaultTopic", .kind = FIELD_TEXT,     .offset = M(topic), .flags = FIELD_REQUIRED},
    {.name = "producer",     .kind = FIELD_TEXT_MAP, .offset = M(producer), .flags = FIELD_PERSONAL},
};
static const struct field twilio_fields[] = {
    COMMON,
    {.name = "url",                 .kind = FIELD_URI,    .offset = M(url), .flags = FIELD_REQUIRED},
    {.name = "accountSID",          .kind = FIELD_TEXT,   .offset = M(account_sid), .flags = FIELD_REQUIRED},
    {.name = "authToken",           .kind = FIELD_SECRET, .offset = M(auth_token), .flags = FIELD_SHOWN},
    {.name = "fromPhoneNumber",     .kind = FIELD_TEXT,   .offset = M(from_phone)},
    {.name = "messagingServiceSid", .kind = FIELD_TEXT,   .offset = M(service_sid)},
};

/* Twilio sends from a number or from a service. */
static void
check_twilio(struct field_check *check)
{
    const struct messenger *m = check->object;

    if (m->from_phone.n == 0 && m->service_sid.n == 0) {
        field_check_fault(check, "fromPhoneNumber", "blank", "Give a phone number or a messaging service to send from.");
    }
}

static const struct field_table table = FIELD_TABLE("BaseMessengerConfiguration", common_fields, struct messenger, NULL);
static const struct field_table generic_table = FIELD_TABLE("GenericMessengerConfiguration", generic_fields, struct messenger, NULL);
static const struct field_table kafka_table = FIELD_TABLE("KafkaMessengerConfiguration", kafka_fields, struct messenger, NULL);
static const struct field_table twilio_table = FIELD_TABLE("TwilioMessengerConfiguration", twilio_fields, struct messenger, check_twilio);
/* clang-format on */

static const struct field_table *const variants[] = {&generic_table, &kafka_table, &twilio_table};

const struct record_kind messenger_kind = {
    .number = RECORD_MESSENGER,
    .name = "messenger",
    .table = &table,
    .name_at = M(name),
    .is_name_unique = true,
    .type_at = M(type),
    .types = types,
    .variants = variants,
};
