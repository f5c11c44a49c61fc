/* SPDX-License-Identifier: Apache-2.0 */
/* Message templates: what a short message or a call says, in each language. */
#pragma once
#include "model/record/record.h"

enum message_type { MESSAGE_SMS, MESSAGE_VOICE };
extern const char *const message_types[]; /* MessageType */

struct messagetemplate { /* types SMSMessageTemplate, VoiceMessageTemplate */
    struct record head;
    str name, data, text, localized_texts; /* JSON by locale */
    int type;
};
extern const struct record_kind messagetemplate_kind;
