/* SPDX-License-Identifier: Apache-2.0 */
/* The table of integrations. */
#include "model/integration/integration.h"

static void
check_moderation(struct field_check *check)
{
    const struct integration_moderation *moderation = check->object;

    if (moderation->enabled && uuid_is_nil(moderation->application_id)) {
        field_check_fault(check, "applicationId", "missing", "Say where usernames are judged.");
    }
}

static void
check_cleanspeak(struct field_check *check)
{
    const struct integration_cleanspeak *cleanspeak = check->object;

    if (cleanspeak->enabled && cleanspeak->url.n == 0) {
        field_check_fault(check, "url", "blank", "Say where the service is.");
    }
}

static void
check_kafka(struct field_check *check)
{
    const struct integration_kafka *kafka = check->object;

    if (kafka->enabled && kafka->default_topic.n == 0) {
        field_check_fault(check, "defaultTopic", "blank", "Name the topic of events.");
    }
    if (kafka->enabled && kafka->producer.n == 0) {
        field_check_fault(check, "producer", "blank", "Give the settings of the producer.");
    }
}

/* clang-format off */
#define M(member) FIELD_AT(struct integration_moderation, member)
static const struct field moderation_fields[] = {
    {.name = "applicationId", .kind = FIELD_UUID, .offset = M(application_id)},
    {.name = "enabled",       .kind = FIELD_BOOL, .offset = M(enabled)},
};
static const struct field_table moderation_table = FIELD_TABLE("UsernameModeration", moderation_fields, struct integration_moderation, check_moderation);

#define C(member) FIELD_AT(struct integration_cleanspeak, member)
static const struct field cleanspeak_fields[] = {
    {.name = "apiKey",             .kind = FIELD_SECRET, .offset = C(api_key), .flags = FIELD_SHOWN | FIELD_KEEP_ON_PUT},
    {.name = "applicationIds",     .kind = FIELD_UUIDS,  .offset = C(application_ids)},
    {.name = "enabled",            .kind = FIELD_BOOL,   .offset = C(enabled)},
    {.name = "url",                .kind = FIELD_URI,    .offset = C(url)},
    {.name = "usernameModeration", .kind = FIELD_OBJECT, .offset = C(moderation), .more.table = &moderation_table},
};
static const struct field_table cleanspeak_table = FIELD_TABLE("CleanSpeakConfiguration", cleanspeak_fields, struct integration_cleanspeak, check_cleanspeak);

#define K(member) FIELD_AT(struct integration_kafka, member)
static const struct field kafka_fields[] = {
    {.name = "defaultTopic", .kind = FIELD_TEXT,     .offset = K(default_topic)},
    {.name = "enabled",      .kind = FIELD_BOOL,     .offset = K(enabled)},
    {.name = "producer",     .kind = FIELD_TEXT_MAP, .offset = K(producer), .flags = FIELD_PERSONAL},
};
static const struct field_table kafka_table = FIELD_TABLE("KafkaConfiguration", kafka_fields, struct integration_kafka, check_kafka);

#define I(member) FIELD_AT(struct integration, member)
static const struct field fields[] = {
    {.name = "cleanspeak", .kind = FIELD_OBJECT, .offset = I(cleanspeak), .more.table = &cleanspeak_table},
    {.name = "kafka",      .kind = FIELD_OBJECT, .offset = I(kafka), .more.table = &kafka_table},
};
static const struct field_table table = FIELD_TABLE("Integrations", fields, struct integration, NULL);
/* clang-format on */

const struct record_kind integration_kind = {
    .number = RECORD_INTEGRATION,
    .name = "integrations",
    .table = &table,
};
