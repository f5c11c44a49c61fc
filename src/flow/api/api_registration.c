/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/registration: one membership of an application shown, changed, ended (made: api_registration_create.c).
 * Authentication tokens, which are taken in place of a password, are shown by the calls of
 * one registration only, and not to who merely assists. */
#include "flow/api/api_registration.h"

#include "flow/api/api_admin.h"
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_user_mail.h"

/* clang-format off */
#define O(member) FIELD_AT(struct api_registration_options, member)
/* A change has no person in it: "user" beside it must ask for nothing. */
static const struct field change_fields[] = {
    {.name = "disableDomainBlock",   .kind = FIELD_BOOL, .offset = O(disable_domain_block)},
    {.name = "eventInfo",            .kind = FIELD_JSON, .offset = O(event_info), .max = 8192},
    {.name = "generateAuthenticationToken", .kind = FIELD_BOOL, .offset = O(generates_token)},
    {.name = "sendSetPasswordEmail", .kind = FIELD_LATER, .more.like = "boolean"},
    {.name = "sendSetPasswordIdentityType", .kind = FIELD_ENUM, .offset = O(set_password_identity), .more.names = api_user_mail_ways},
    {.name = "skipRegistrationVerification", .kind = FIELD_BOOL, .offset = O(skip_registration_verification)},
    {.name = "skipVerification",     .kind = FIELD_BOOL, .offset = O(skip_verification)},
    {.name = "user",                 .kind = FIELD_LATER, .more.like = "User"},
    {.name = "verificationIds",      .kind = FIELD_LATER, .more.like = "string[]"},
};
static const struct field_table change_table = FIELD_TABLE("RegistrationRequest", change_fields, struct api_registration_options, NULL);
/* clang-format on */

void
api_registration_check_roles(
    struct rq *rq, const struct application *app, const struct registration *registration)
{
    struct field_reader reader = api_reader(rq);

    for (size_t i = 0; i < registration->roles.count; i++) {
        if (!application_has_role(app, registration->roles.items[i])) {
            field_fault(&reader, "registration.roles", "invalid",
                "Each role must be one of the application's.");
            return;
        }
    }
}

/* ---- of one registration that is there ---- */

/* From the path, or from the body as before FusionAuth 1.25. */
static enum err
application_id_of(struct rq *rq, struct uuid *ret)
{
    const struct json *body;
    str text;
    enum err e = rq_segment_id(rq, 1, "applicationId", ret);

    if (e != ERR_OK || !uuid_is_nil(*ret)) {
        return e;
    }
    e = rq_json(rq, &body);
    if (e != ERR_OK) {
        return e;
    }
    if (!json_str(json_get(json_get(body, S("registration")), S("applicationId")), &text)
        || !uuid_parse(text, ret)) {
        return api_refuse(rq, "registration.applicationId", "missing",
            "Name the application, in the URL or in the registration.");
    }
    return ERR_OK;
}

/* Read and written as shown_token, which is there only where it may be seen. */
static void
show_token(struct rq *rq, struct registration *registration)
{
    registration->shown_token = api_may_write(rq) ? registration->token : NO_STR;
}

/* A token that is made takes the place of one that is sent along, as in FusionAuth. */
enum err
api_registration_set_token(struct rq *rq, const struct api_registration_options *options,
    struct registration *registration)
{
    struct field_reader reader = api_reader(rq);

    if (!api_may_write(rq)) {
        if (options->generates_token || registration->shown_token.n) {
            field_fault(&reader, "registration.authenticationToken", "notAllowed",
                "Somebody who may change what people sign in with has to do this.");
        }
        return ERR_OK;
    }
    if (options->generates_token) {
        registration->shown_token = registration_make_token(rq);
    }
    registration->token = registration->shown_token;
    return arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;
}

static enum err
load(struct api_call *call)
{
    struct user *user = NULL;
    struct uuid id;
    enum err e = application_id_of(call->rq, &id);

    e = e ? e : api_user_find(call->rq, call->id, &call->tenant, &user);
    if (e == ERR_OK && user != NULL) {
        e = application_in(call->rq, id, call->tenant->id, &call->application);
    }
    if (e == ERR_OK && user != NULL && call->application != NULL) {
        const struct registration *found = user_registration(user, id);
        struct registration *before =
            found ? ARENA_NEW(call->rq->arena, struct registration) : NULL;
        if (found != NULL && before == NULL) {
            return FAIL_SERVER(call->rq);
        }
        if (before != NULL) {
            *before = *found;
            show_token(call->rq, before);
        }
        call->before = before;
    }
    return e;
}

static bool
are_same(const struct field_texts *a, const struct field_texts *b)
{
    for (size_t i = 0; i < a->count; i++) {
        size_t at = 0;
        while (at < b->count && !str_eq(a->items[i], b->items[at])) {
            at++;
        }
        if (at == b->count) {
            return false;
        }
    }
    return a->count == b->count;
}

/* Whoever only assists gives no roles and takes none. */
void
api_registration_check_assistance(
    struct rq *rq, const struct field_texts *before, const struct field_texts *after)
{
    struct field_reader reader = api_reader(rq);

    if (!api_may_write(rq) && !are_same(before, after)) {
        field_fault(&reader, "registration.roles", "notAllowed",
            "Somebody who may give roles has to do this.");
    }
}

static enum err
check(struct api_call *call)
{
    const struct api_registration_options *options =
        (const struct api_registration_options *)(const void *)call->beside;
    const struct registration *before = call->before;
    struct registration *registration = call->after;
    enum err e = api_registration_set_token(call->rq, options, registration);

    if (options->skip_registration_verification && !registration->verified) {
        registration->verified = true;
        registration->verified_instant = call->rq->now;
    }
    api_registration_check_roles(call->rq, call->application, registration);
    api_registration_check_assistance(call->rq, &before->roles, &registration->roles);
    return e ? e
             : api_admin_check_roles(call->rq, &call->reader, call->application->id,
                 &registration->roles, "registration.roles");
}

/* The room of people wants the person a registration is of. */
static enum err
load_user(struct api_call *call, struct user **ret)
{
    enum err e = user_load(call->rq, call->tenant, call->id, USER_REGISTRATIONS, ret);

    return e == ERR_OK && *ret == NULL ? api_not_found(call->rq) : e;
}

static enum err
update(struct api_call *call)
{
    struct user *user;
    enum err e = load_user(call, &user);

    return e ? e : registration_update(call->rq, call->tenant, user, call->after);
}

static enum err
remove_registration(struct api_call *call)
{
    struct user *user;
    enum err e = load_user(call, &user);

    return e ? e : registration_delete(call->rq, call->tenant, user, call->application->id);
}

static const struct api_resource resource = {
    .name = "registration",
    .id_name = "userId",
    .table = &registration_table,
    .beside = &change_table,
    .updated = "user.registration.update",
    .deleted = "user.registration.delete",
    .load = load,
    .check = check,
    .update = update,
    .remove = remove_registration,
};

enum err
api_registration_retrieve(struct rq *rq)
{
    return api_resource_retrieve(rq, &resource);
}

enum err
api_registration_change(struct rq *rq)
{
    return api_resource_change(rq, &resource);
}

enum err
api_registration_delete(struct rq *rq)
{
    return api_resource_delete(rq, &resource);
}
