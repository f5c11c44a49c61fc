/* SPDX-License-Identifier: Apache-2.0 */
/* Integrations with other services: one object of the house. */
#pragma once
#include "model/record/record.h"

/* clang-format off */
struct integration_moderation { /* type UsernameModeration */
    bool enabled;
    struct uuid application_id;
};
struct integration_cleanspeak { /* type CleanSpeakConfiguration */
    bool enabled;
    str api_key, url;
    struct field_texts application_ids;
    struct integration_moderation moderation;
};
struct integration_kafka {      /* type KafkaConfiguration */
    bool enabled;
    str default_topic, producer;
};
struct integration {            /* type Integrations */
    struct record head;
    struct integration_cleanspeak cleanspeak;
    struct integration_kafka kafka;
};
/* clang-format on */
extern const struct record_kind integration_kind;
