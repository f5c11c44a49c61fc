/* SPDX-License-Identifier: Apache-2.0 */
/* /api/messenger and /api/message/template, with its preview. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_records.h"
#include "flow/api/api_compose.h"
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

struct preview_beside {
    str locale, event_info;
};
/* clang-format off */
static const struct field preview_fields[] = {
    {.name = "eventInfo", .kind = FIELD_JSON,   .offset = FIELD_AT(struct preview_beside, event_info), .max = 8192},
    {.name = "locale",    .kind = FIELD_LOCALE, .offset = FIELD_AT(struct preview_beside, locale)},
};
/* clang-format on */
static const struct field_table preview_table =
    FIELD_TABLE("PreviewMessageTemplateRequest", preview_fields, struct preview_beside, NULL);

static void
put_message(struct json_out *out, const char *name, const struct messagetemplate *template,
    str text, str locale)
{
    bool is_voice = template->type == MESSAGE_VOICE;

    json_out_name(out, str_from(name));
    json_out_object(out);
    json_put_given(out, S("locale"), locale);
    json_put_str(out, is_voice ? S("message") : S("textMessage"), text);
    if (template->type >= 0) {
        json_put_str(out, S("type"), str_from(message_types[template->type]));
    }
    json_out_object_end(out);
}

enum err
api_message_preview(struct rq *rq)
{
    static const char *const objects[] = {"messageTemplate", NULL};
    struct messagetemplate template;
    struct preview_beside beside;
    struct compose_about about;
    struct composed made;
    struct api_answer answer;
    struct field_texts languages;
    struct view view;
    const struct json *body;
    enum err e = api_body(rq, objects, &preview_table, &beside, &body);

    e = e ? e : api_compose_template(rq, body, "messageTemplate", &messagetemplate_kind, &template);
    e = e ? e : api_compose_sample(rq, &about);
    if (e != ERR_OK || !json_parse(rq->arena, S("{\"code\":\"123456\"}"), &about.data, NULL)) {
        return e ? e : FAIL_SERVER(rq);
    }
    e = compose_view(rq, &about, &view);
    if (e != ERR_OK) {
        return e;
    }
    languages = (struct field_texts){&beside.locale, beside.locale.n > 0};
    compose_message(rq->arena, &template, &languages, &view, &made);
    api_answer_start(rq, &answer);
    if (made.fault_count > 0) {
        api_compose_errors(rq, &made, "messageTemplate", &answer.out);
    } else {
        put_message(&answer.out, "message", &template, made.text, NO_STR);
        put_message(&answer.out, "previewMessage", &template, made.text, beside.locale);
    }
    return api_answer_send(rq, &answer, 200);
}
