/* SPDX-License-Identifier: Apache-2.0 */
/* /api/messenger and /api/message/template. */
#include "flow/api/api_records.h"
#include "model/messagetemplate/messagetemplate.h"
#include "model/messenger/messenger.h"

const struct api_record api_messenger = {
    .resource = {API_RECORD_VERBS, .name = "messenger", .id_name = "messengerId",
        .beside = &api_beside_table, .created = "messenger.create", .updated = "messenger.update",
        .deleted = "messenger.delete"},
    .kind = &messenger_kind,
    .type = "Messenger",
    .plural = "messengers",
    .is_private = true,
};

const struct api_record api_message_template = {
    .resource = {API_RECORD_VERBS, .name = "messageTemplate", .id_name = "messageTemplateId",
        .beside = &api_beside_table, .created = "message-template.create",
        .updated = "message-template.update", .deleted = "message-template.delete"},
    .kind = &messagetemplate_kind,
    .type = "MessageTemplate",
    .plural = "messageTemplates",
};
