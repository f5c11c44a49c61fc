/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/email/send/{emailTemplateId}: a mail for each user and each address, queued in one set. Who cannot get one
 * is told apart in the answer, as FusionAuth does; ids of nobody refuse the whole call. */
#include "flow/api/api_compose.h"
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_user.h"
#include "model/emailtemplate/emailtemplate.h"
#include "model/event/event.h"
#include "model/outbox/outbox.h"

enum { RECIPIENTS_MAX = 100, COPIES_MAX = 50, MEMORY_MAX = MB(6) };

struct address { /* type EmailAddress */
    str address, display;
};
struct request { /* type SendRequest */
    struct uuid application_id;
    struct field_texts bcc, cc, languages, user_ids;
    struct field_list to; /* struct address */
    str data, event_info;
};

static void
check_addresses(struct field_check *check)
{
    const struct field_texts *list =
        (const struct field_texts *)(const void *)((const char *)check->object
                                                   + check->field->offset);

    for (size_t i = 0; i < list->count; i++) {
        if (!field_email_ok(list->items[i])) {
            field_check_fault(check, NULL, "notEmail", "Each address must be one plain mailbox.");
            return;
        }
    }
}

/* clang-format off */
static const struct field address_fields[] = {
    {.name = "address", .kind = FIELD_EMAIL, .offset = FIELD_AT(struct address, address), .flags = FIELD_REQUIRED},
    {.name = "display", .kind = FIELD_TEXT,  .offset = FIELD_AT(struct address, display)},
};
const struct field_table api_email_address_table = FIELD_TABLE("EmailAddress", address_fields, struct address, NULL);

#define R(member) FIELD_AT(struct request, member)
static const struct field request_fields[] = {
    {.name = "applicationId",      .kind = FIELD_UUID,    .offset = R(application_id)},
    {.name = "bccAddresses",       .kind = FIELD_TEXTS,   .offset = R(bcc), .rule = check_addresses},
    {.name = "ccAddresses",        .kind = FIELD_TEXTS,   .offset = R(cc), .rule = check_addresses},
    {.name = "eventInfo",          .kind = FIELD_JSON,    .offset = R(event_info), .max = 8192},
    {.name = "preferredLanguages", .kind = FIELD_LOCALES, .offset = R(languages)},
    {.name = "requestData",        .kind = FIELD_JSON,    .offset = R(data)},
    {.name = "toAddresses",        .kind = FIELD_OBJECTS, .offset = R(to), .more.table = &api_email_address_table},
    {.name = "userIds",            .kind = FIELD_UUIDS,   .offset = R(user_ids)},
};
const struct field_table api_email_send_table = FIELD_TABLE("SendRequest", request_fields, struct request, NULL);
/* clang-format on */

struct sending {
    struct rq *rq;
    const struct emailtemplate *template;
    const struct request *request;
    const struct application *application;
    const struct json *data;
    struct json_out *out; /* the results of those that failed */
    bool has_failures;    /* an object was begun for them */
};

struct recipient {
    const struct tenant *tenant;
    const struct user *user;    /* NULL: an address */
    str address, display, name; /* name: in the results */
    const struct field_texts *languages;
};

static void
put_errors(struct json_out *out, const char *name, const struct composed *made, bool is_syntax)
{
    json_out_name(out, str_from(name));
    json_out_object(out);
    for (size_t i = 0; i < made->fault_count; i++) {
        if (made->faults[i].is_syntax == is_syntax) {
            json_put_str(out, str_from(made->faults[i].part), str_from(made->faults[i].why));
        }
    }
    json_out_object_end(out);
}

static void
put_failure(struct sending *s, const struct recipient *to, const struct composed *made)
{
    if (!s->has_failures) {
        json_out_name(s->out, to->user ? S("results") : S("anonymousResults"));
        json_out_object(s->out);
        s->has_failures = true;
    }
    json_out_name(s->out, to->name);
    json_out_object(s->out);
    put_errors(s->out, "parseErrors", made, true);
    put_errors(s->out, "renderErrors", made, false);
    json_out_object_end(s->out);
}

static void
end_failures(struct sending *s)
{
    if (s->has_failures) {
        json_out_object_end(s->out);
    }
    s->has_failures = false;
}

/* The mail, and the event that it was asked for, in the set of the call. */
static enum err
queue(struct sending *s, const struct recipient *to, const struct composed *made)
{
    const struct outbox_mail mail = {
        .user_id = to->user ? to->user->id : (struct uuid){{0}},
        .to = to->address,
        .to_name = to->display,
        .from_email = s->template->from_email,
        .from_name = made->from_name,
        .cc = s->request->cc,
        .bcc = s->request->bcc,
        .subject = made->subject,
        .text = made->text,
        .html = made->html,
    };
    struct event event = {"email.send", mail.user_id, s->request->application_id,
        str_fmt(s->rq->arena, "{\"id\":\"" STRF "\"}",
            STRV(uuid_text(s->rq->arena, s->template->head.id)))};
    enum err e = outbox_put(s->rq, to->tenant, &mail);

    return e ? e : event_add(s->rq, to->tenant, &event);
}

static enum err
send_one(struct sending *s, const struct recipient *to)
{
    struct compose_about about = {.tenant = to->tenant,
        .application = s->application,
        .user = to->user,
        .address = to->address,
        .display = to->display,
        .data = s->data};
    struct composed made;
    struct view view;
    enum err e = compose_view(s->rq, &about, &view);

    if (e != ERR_OK) {
        return e;
    }
    compose_mail(s->rq->arena, s->template, to->languages, &view, &made);
    if (to->address.n == 0) {
        made.faults[0] = (struct compose_fault){"to", "the user has no email address", false};
        made.fault_count = 1;
    }
    if (made.fault_count > 0) {
        put_failure(s, to, &made);
        return ERR_OK;
    }
    if (arena_used(s->rq->arena) > MEMORY_MAX) {
        return api_refuse(s->rq, "", "tooMany",
            "These mails are too large for one call: send to fewer people at once.");
    }
    return queue(s, to, &made);
}

static enum err
send_to_user(struct sending *s, str text)
{
    struct recipient to = {.name = text};
    struct user *user = NULL;
    struct uuid id;
    enum err e = uuid_parse(text, &id) ? api_user_find(s->rq, id, &to.tenant, &user) : ERR_OK;

    if (e != ERR_OK || user == NULL) {
        return e ? e
                 : api_refuse(
                     s->rq, "userIds", "invalid", "Each id must be that of a user you may see.");
    }
    to.user = user;
    to.address = user_address(s->rq->arena, user);
    to.display = user->full_name;
    to.languages = user->languages.count ? &user->languages : &s->request->languages;
    return send_one(s, &to);
}

static enum err
send_to_users(struct sending *s)
{
    const struct field_texts *ids = &s->request->user_ids;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < ids->count; i++) {
        e = send_to_user(s, ids->items[i]);
    }
    end_failures(s);
    return e;
}

/* Addresses are nobody's here, so the application or the call has to say whose mails these are. */
static enum err
send_to_addresses(struct sending *s)
{
    const struct address *addresses = s->request->to.items;
    struct recipient to = {.languages = &s->request->languages};
    enum err e = ERR_OK;

    if (s->request->to.count > 0 && s->application != NULL) {
        e = tenant_load(s->rq, s->application->tenant_id, &to.tenant);
    } else if (s->request->to.count > 0) {
        e = api_tenant(s->rq);
        to.tenant = s->rq->tenant;
    }
    for (size_t i = 0; e == ERR_OK && i < s->request->to.count; i++) {
        to.address = to.name = addresses[i].address;
        to.display = addresses[i].display;
        e = send_one(s, &to);
    }
    end_failures(s);
    return e;
}

static enum err
check(struct sending *s)
{
    const struct request *r = s->request;
    struct field_reader reader = api_reader(s->rq);
    const struct tenant *tenant;
    enum err e = ERR_OK;

    if (r->user_ids.count + r->to.count == 0) {
        field_fault(&reader, "userIds", "missing", "Give ids of users, or addresses.");
    }
    if (r->user_ids.count + r->to.count > RECIPIENTS_MAX) {
        field_fault(&reader, "userIds", "tooMany", "Send to at most 100 people at once.");
    }
    if (r->cc.count + r->bcc.count > COPIES_MAX) {
        field_fault(&reader, "ccAddresses", "tooMany", "Send at most 50 copies of each mail.");
    }
    if (!uuid_is_nil(r->application_id)) {
        e = api_application_find(s->rq, r->application_id, &tenant, &s->application);
    }
    if (e == ERR_OK && !uuid_is_nil(r->application_id) && s->application == NULL) {
        field_fault(&reader, "applicationId", "invalid", "Name an application that exists.");
    }
    if (r->data.n && !json_parse(s->rq->arena, r->data, &s->data, NULL)) {
        return FAIL_SERVER(s->rq);
    }
    return e ? e : api_faults(s->rq);
}

enum err
api_email_send(struct rq *rq)
{
    struct request request;
    struct sending sending = {.rq = rq, .request = &request};
    struct api_answer answer;
    const struct json *body;
    void *template = NULL;
    struct uuid id;
    enum err e = rq_segment_id(rq, 0, "emailTemplateId", &id);

    e = e ? e : record_load(rq, &emailtemplate_kind, id, &template);
    if (e != ERR_OK || template == NULL) {
        return e ? e : api_not_found(rq);
    }
    sending.template = template;
    e = api_body(rq, NULL, &api_email_send_table, &request, &body);
    e = e ? e : check(&sending);
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    sending.out = &answer.out;
    e = send_to_users(&sending);
    e = e ? e : send_to_addresses(&sending);
    return e ? e : api_answer_send(rq, &answer, 202);
}
