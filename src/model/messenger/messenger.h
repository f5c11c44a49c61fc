/* SPDX-License-Identifier: Apache-2.0 */
/* Messengers: who carries short messages and calls. */
#pragma once
#include "model/record/record.h"

enum messenger_type { MESSENGER_GENERIC, MESSENGER_KAFKA, MESSENGER_TWILIO };

struct messenger { /* types Generic-, Kafka- and TwilioMessengerConfiguration */
    struct record head;
    str name, data, transport;
    struct field_texts message_types;
    int type;
    bool debug;
    /* Generic; url: Twilio's, too */
    str url, headers, username, password, certificate;
    int64_t connect_timeout_ms, read_timeout_ms;
    /* Kafka */
    str topic, producer;
    /* Twilio */
    str account_sid, auth_token, from_phone, service_sid;
};
extern const struct record_kind messenger_kind;
