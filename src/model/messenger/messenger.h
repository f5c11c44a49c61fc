/* SPDX-License-Identifier: Apache-2.0 */
/* Messengers: who carries short messages and calls. */
#pragma once
#include "model/record/record.h"

struct rq;

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

struct messenger_text { /* one message, or what a call says */
    struct uuid id;     /* of the outbox */
    struct uuid user_id;
    str phone, text, code; /* code: that stands in the text of a second factor; empty: none */
    bool is_voice;
};
enum messenger_verdict {
    MESSENGER_SENT,
    MESSENGER_REFUSED /* for good */,
    MESSENGER_FAILED /* try again */
};
/* Sends it, and waits: for jobs. *ret_what goes on after the messenger's name ("answered 400") and has nothing of the
 * message in it. */
MUST_USE enum messenger_verdict messenger_send(struct rq *rq, const struct messenger *messenger,
    const struct messenger_text *text, str *ret_what);
