/* SPDX-License-Identifier: Apache-2.0 */
/* /api/email/template and its preview. */
#include "flow/api/api_compose.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_records.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/user/user.h"

/* clang-format off */
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
};
static const struct field_table criteria_table = FIELD_TABLE("EmailTemplateSearchCriteria", criteria_fields, struct api_criteria, NULL);

struct preview_beside {
    str locale, event_info;
};
static const struct field preview_fields[] = {
    {.name = "eventInfo", .kind = FIELD_JSON,   .offset = FIELD_AT(struct preview_beside, event_info), .max = 8192},
    {.name = "locale",    .kind = FIELD_LOCALE, .offset = FIELD_AT(struct preview_beside, locale)},
};
static const struct field_table preview_table = FIELD_TABLE("PreviewRequest", preview_fields, struct preview_beside, NULL);

static const struct { const char *part, *member; } parts[] = {
    {"from", "defaultFromName"}, {"html", "defaultHtmlTemplate"}, {"message", "defaultTemplate"},
    {"subject", "defaultSubject"}, {"text", "defaultTextTemplate"},
};
/* clang-format on */

const struct api_record api_email_template = {
    .resource = {API_RECORD_VERBS, .name = "emailTemplate", .id_name = "emailTemplateId",
        .beside = &api_beside_table, .created = "email-template.create",
        .updated = "email-template.update", .deleted = "email-template.delete"},
    .kind = &emailtemplate_kind,
    .type = "EmailTemplate",
    .plural = "emailTemplates",
    .criteria = &criteria_table,
};

static const char *
member_of(const char *part)
{
    size_t i = 0;

    while (!str_eq(str_from(parts[i].part), str_from(part))) {
        i++;
        CHECK(i < COUNT(parts));
    }
    return parts[i].member;
}

void
api_compose_errors(
    struct rq *rq, const struct composed *made, const char *name, struct json_out *out)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {rq->arena, &faults};

    for (size_t i = 0; i < made->fault_count; i++) {
        const struct compose_fault *fault = &made->faults[i];
        const char *path =
            str_z(rq->arena, str_fmt(rq->arena, "%s.%s", name, member_of(fault->part)));
        field_fault(&reader, path ? path : name, "invalid", fault->why);
    }
    json_out_name(out, S("errors"));
    field_faults_json(&faults, out);
}

enum err
api_compose_template(struct rq *rq, const struct json *body, const char *name,
    const struct record_kind *kind, void *ret)
{
    const struct json *value = json_get(body, str_from(name));
    const struct field_table *table = record_table_of(kind, value);
    struct field_reader reader = api_reader(rq);

    field_defaults(rq->arena, table, ret);
    if (!field_read(&reader, table, FIELD_PATCH, value, str_from(name), ret)
        && arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    return api_faults(rq);
}

enum err
api_compose_sample(struct rq *rq, struct compose_about *ret)
{
    static const struct user somebody = {.email = S("user@example.com"),
        .first_name = S("Ada"),
        .last_name = S("Lovelace"),
        .full_name = S("Ada Lovelace")};
    *ret = (struct compose_about){.user = &somebody};
    return tenant_or_default(rq, (struct uuid){{0}}, &ret->tenant);
}

static enum err
sample_view(struct rq *rq, struct view *ret)
{
    struct compose_about about;
    enum err e = api_compose_sample(rq, &about);

    return e ? e : compose_view(rq, &about, ret);
}

static void
put_email(const struct emailtemplate *template, const struct composed *made, struct json_out *out)
{
    json_out_name(out, S("email"));
    json_out_object(out);
    json_out_name(out, S("from"));
    json_out_object(out);
    json_put_given(out, S("address"), template->from_email);
    json_put_given(out, S("display"), made->from_name);
    json_out_object_end(out);
    json_put_str(out, S("html"), made->html);
    json_put_str(out, S("subject"), made->subject);
    json_put_str(out, S("text"), made->text);
    json_out_object_end(out);
}

enum err
api_email_preview(struct rq *rq)
{
    static const char *const objects[] = {"emailTemplate", NULL};
    struct emailtemplate template;
    struct preview_beside beside;
    struct composed made;
    struct api_answer answer;
    struct field_texts languages;
    struct view view;
    const struct json *body;
    enum err e = api_body(rq, objects, &preview_table, &beside, &body);

    e = e ? e : api_compose_template(rq, body, "emailTemplate", &emailtemplate_kind, &template);
    e = e ? e : sample_view(rq, &view);
    if (e != ERR_OK) {
        return e;
    }
    languages = (struct field_texts){&beside.locale, beside.locale.n > 0};
    compose_mail(rq->arena, &template, &languages, &view, &made);
    api_answer_start(rq, &answer);
    put_email(&template, &made, &answer.out);
    if (made.fault_count > 0) {
        api_compose_errors(rq, &made, "emailTemplate", &answer.out);
    }
    return api_answer_send(rq, &answer, 200);
}
