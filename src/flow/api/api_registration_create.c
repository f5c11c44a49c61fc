/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/user/registration: a membership made, with the person or of one who is there already. */
#include "flow/api/api_admin.h"
#include "flow/api/api_ahead.h"
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_registration.h"
#include "flow/api/api_token.h"
#include "flow/api/api_user_mail.h"

/* clang-format off */
#define O(member) FIELD_AT(struct api_registration_options, member)
static const struct field option_fields[] = {
    {.name = "disableDomainBlock",   .kind = FIELD_BOOL, .offset = O(disable_domain_block)},
    {.name = "eventInfo",            .kind = FIELD_JSON, .offset = O(event_info), .max = 8192},
    {.name = "generateAuthenticationToken", .kind = FIELD_BOOL, .offset = O(generates_token)},
    {.name = "roles",                .kind = FIELD_TEXTS, .offset = O(roles)},
    {.name = "sendSetPasswordEmail", .kind = FIELD_BOOL, .offset = O(sends_set_password)},
    {.name = "sendSetPasswordIdentityType", .kind = FIELD_ENUM, .offset = O(set_password_identity), .more.names = api_user_mail_ways},
    {.name = "skipRegistrationVerification", .kind = FIELD_BOOL, .offset = O(skip_registration_verification)},
    {.name = "skipVerification",     .kind = FIELD_BOOL, .offset = O(skip_verification)},
    {.name = "verificationIds",      .kind = FIELD_TEXTS, .offset = O(verification_ids), .min = 1, .max = 128}, /* api_ahead.h */
};
const struct field_table api_registration_options_table = FIELD_TABLE("RegistrationRequest", option_fields, struct api_registration_options, NULL);
/* clang-format on */

struct making {
    struct rq *rq;
    const struct tenant *tenant;
    const struct application *application;
    struct api_registration_options options;
    struct uuid user_id;
    const struct json *user_value, *registration_value;
    struct user *user; /* who is registered, with the registration at the end */
    bool is_new;       /* the person is made, too */
    struct registration registration;
    struct api_user_mails mails;
};

/* An application in the path goes before that of the body, as FusionAuth has it. */
static enum err
take_path(struct making *m)
{
    struct field_reader reader = api_reader(m->rq);
    struct uuid named;
    enum err e = rq_segment_id(m->rq, 1, "applicationId", &named);

    if (e == ERR_OK && !uuid_is_nil(named)) {
        m->registration.application_id = named;
    }
    if (m->registration_value != NULL && uuid_is_nil(m->registration.application_id)) {
        field_fault(&reader, "registration.applicationId", "missing", "Name the application.");
    }
    return e;
}

/* Of the path and the body alone; faults are collected. */
static enum err
read_making(struct rq *rq, struct making *m)
{
    static const char *const objects[] = {"registration", "user", NULL};
    struct field_reader reader = api_reader(rq);
    const struct json *body;
    enum err e = rq_segment_id(rq, 0, "userId", &m->user_id);

    *m = (struct making){.rq = rq, .user_id = m->user_id};
    e = e ? e : api_body(rq, objects, &api_registration_options_table, &m->options, &body);
    if (e != ERR_OK) {
        return e;
    }
    m->registration_value = json_get(body, S("registration"));
    m->user_value = json_get(body, S("user"));
    m->is_new = (m->user_value != NULL && m->user_value->type != JSON_NULL)
                || m->options.verification_ids.count > 0;
    if (!field_read(&reader, &registration_table, FIELD_CREATE, m->registration_value,
            S("registration"), &m->registration)
        && arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    return take_path(m);
}

static enum err
give_default_roles(struct making *m)
{
    const struct role *roles = m->application->roles.items;
    size_t count = m->application->roles.count;

    if (m->registration.roles.count) {
        return ERR_OK;
    }
    m->registration.roles.items = ARENA_ARRAY(m->rq->arena, count, str);
    for (size_t i = 0; m->registration.roles.items != NULL && i < count; i++) {
        if (roles[i].is_default) {
            m->registration.roles.items[m->registration.roles.count++] = roles[i].name;
        }
    }
    return m->registration.roles.items ? ERR_OK : FAIL_SERVER(m->rq);
}

/* The application says whose call it is. */
static enum err
find_application(struct making *m)
{
    struct field_reader reader = api_reader(m->rq);
    enum err e;

    if (uuid_is_nil(m->registration.application_id)) {
        return api_faults(m->rq);
    }
    e = api_application_find(m->rq, m->registration.application_id, &m->tenant, &m->application);
    if (e != ERR_OK) {
        return e;
    }
    if (m->application == NULL || !m->application->active) {
        field_fault(&reader, "registration.applicationId", "invalid",
            "Name an application that exists and is active.");
        return api_faults(m->rq);
    }
    api_registration_check_roles(m->rq, m->application, &m->registration);
    api_registration_check_assistance(
        m->rq, &(struct field_texts){NULL, 0}, &m->registration.roles);
    e = api_registration_set_token(m->rq, &m->options, &m->registration);
    e = e ? e : give_default_roles(m);
    return e ? e
             : api_admin_check_roles(
                 m->rq, &reader, m->application->id, &m->registration.roles, "registration.roles");
}

static enum err
read_new_user(struct making *m)
{
    struct field_reader reader = api_reader(m->rq);
    struct api_user_options options = {.skip_verification = m->options.skip_verification,
        .disable_domain_block = m->options.disable_domain_block,
        .verification_ids = m->options.verification_ids,
        .application = m->application};
    struct user *taken = NULL;
    enum err e = api_ahead_fill(m->rq, m->tenant, &options.verification_ids, &m->user_value);

    m->user = ARENA_NEW(m->rq->arena, struct user);
    if (e != ERR_OK) {
        return e;
    }
    if (m->user == NULL
        || (!field_read(&reader, &user_table, FIELD_CREATE, m->user_value, S("user"), m->user)
            && arena_failed(m->rq->arena))) {
        return FAIL_SERVER(m->rq);
    }
    if (!uuid_is_nil(m->user_id)) {
        e = user_load(m->rq, m->tenant, m->user_id, USER_PLAIN, &taken);
    }
    if (taken != NULL) {
        field_fault(&reader, "userId", "duplicate",
            "A user with this id exists already: choose another, or leave it out.");
    }
    m->user->has_new_id = uuid_is_nil(m->user_id);
    m->user->id = m->user->has_new_id ? rq_new_id(m->rq) : m->user_id;
    api_user_mail_check(m->rq, m->user, (enum api_user_mail_by)m->options.set_password_identity,
        m->options.sends_set_password);
    return e ? e : api_user_check(m->rq, m->tenant, NULL, m->user, &options);
}

static enum err
find_old_user(struct making *m)
{
    struct field_reader reader = api_reader(m->rq);
    enum err e;

    if (uuid_is_nil(m->user_id)) {
        return api_refuse(
            m->rq, "user", "missing", "Send the user to make, or name one that exists in the URL.");
    }
    e = user_load(m->rq, m->tenant, m->user_id, USER_REGISTRATIONS, &m->user);
    if (e == ERR_OK && m->user == NULL) {
        e = api_not_found(m->rq);
    }
    if (e == ERR_OK && user_registration(m->user, m->application->id) != NULL) {
        field_fault(&reader, "registration", "duplicate",
            "The user is registered for this application already.");
    }
    return e;
}

/* So that the answer and the token show the person as they are after the call. */
static enum err
append_registration(struct making *m)
{
    struct field_list *old = &m->user->registrations;
    struct registration *items = ARENA_ARRAY(m->rq->arena, old->count + 1, struct registration);

    if (items == NULL) {
        return FAIL_SERVER(m->rq);
    }
    if (old->count) {
        memcpy(items, old->items, old->count * sizeof *items);
    }
    items[old->count] = m->registration;
    items[old->count].shown_token = NO_STR;
    *old = (struct field_list){items, old->count + 1};
    return ERR_OK;
}

static enum err
note(struct making *m, const char *kind, const struct application *application)
{
    struct api_change change = {.kind = kind, .id = m->user->id, .user_id = m->user->id};

    if (application != NULL) {
        change.application_id = application->id;
    }
    return api_audit(m->rq, m->tenant, &change);
}

static bool
sends_set_password(const struct making *m)
{
    return m->options.sends_set_password || m->options.set_password_identity != API_MAIL_NONE;
}

static enum err
send_mails(struct making *m)
{
    enum err e = ERR_OK;

    m->mails.user = m->user;
    if (m->is_new) {
        e = proof_account(m->rq, m->tenant, m->application, NULL, m->user, &m->mails.account);
    }
    if (e == ERR_OK && m->is_new && sends_set_password(m)) {
        e = api_user_mail_set_password(m->rq, m->tenant, m->application, m->user,
            (enum api_user_mail_by)m->options.set_password_identity);
    }
    return e ? e
             : proof_registration(m->rq, m->tenant, m->application, m->user, &m->registration,
                 &m->mails.registration);
}

static enum err
declare(struct making *m)
{
    enum err e = ERR_OK;

    m->registration.verified =
        !m->application->verifies_registration || m->options.skip_registration_verification;
    m->registration.verified_instant = m->registration.verified ? m->rq->now : 0;
    if (m->is_new) {
        e = api_user_make(m->rq, m->tenant, m->user);
        e = e ? e : note(m, "user.create", NULL);
    }
    e = e ? e : registration_create(m->rq, m->tenant, m->user, &m->registration);
    e = e ? e : append_registration(m);
    e = e ? e : note(m, "user.registration.create", m->application);
    return e ? e : send_mails(m);
}

static enum err
answer(struct making *m, const struct api_tokens *tokens)
{
    struct api_answer out;

    api_answer_start(m->rq, &out);
    json_out_name(&out.out, S("registration"));
    field_write(&registration_table, FIELD_FOR_API, &m->registration, &out.out);
    if (tokens != NULL) {
        api_token_write(tokens, &out.out);
    }
    api_user_mail_write_registration(&m->mails, &out.out);
    if (m->is_new) {
        json_out_name(&out.out, S("user"));
        user_write(m->user, &out.out);
    }
    return api_answer_send(m->rq, &out, 200);
}

enum err
api_registration_create(struct rq *rq)
{
    struct making m;
    struct api_tokens tokens;
    struct api_token_wish wish;
    enum err e = read_making(rq, &m);

    e = e ? e : find_application(&m);
    if (e != ERR_OK) {
        return e;
    }
    e = m.is_new ? read_new_user(&m) : find_old_user(&m);
    e = e ? e : api_faults(rq);
    e = e ? e : declare(&m);
    if (e != ERR_OK || (m.is_new && sends_set_password(&m))
        || !api_token_may_greet(m.tenant, m.application, m.user, rq->now)) {
        return e ? e : answer(&m, NULL);
    }
    wish = (struct api_token_wish){.tenant = m.tenant,
        .application = m.application,
        .user = m.user,
        .authentication = "REGISTRATION",
        .wants_refresh = true};
    e = api_token_make(rq, &wish, &tokens);
    return e ? e : answer(&m, &tokens);
}
