/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user. Refused: passwords given as hashes, which are imports. Creating a user gives a token of no application: it says
 * who it is, and opens nothing. */
#include "flow/api/api_user.h"

#include "flow/api/api_admin.h"
#include "flow/api/api_ahead.h"
#include "flow/api/api_application.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_token.h"
#include "flow/api/api_user_mail.h"
#include "model/group/group.h"

/* clang-format off */
static const char *const password_types[] = {"PLAINTEXT", NULL};

#define O(member) FIELD_AT(struct api_user_options, member)
static const struct field option_fields[] = {
    {.name = "applicationId",        .kind = FIELD_UUID,   .offset = O(application_id)}, /* whose name is in the links of mails */
    {.name = "currentPassword",      .kind = FIELD_SECRET, .offset = O(current_password), .max = PASSWORD_MAX_BYTES},
    {.name = "disableDomainBlock",   .kind = FIELD_BOOL,   .offset = O(disable_domain_block)},
    {.name = "eventInfo",            .kind = FIELD_JSON,   .offset = O(event_info), .max = 8192},
    {.name = "passwordFieldType",    .kind = FIELD_ENUM,   .offset = O(password_type), .more.names = password_types},
    {.name = "sendSetPasswordEmail", .kind = FIELD_BOOL,    .offset = O(sends_set_password)},
    {.name = "sendSetPasswordIdentityType", .kind = FIELD_ENUM, .offset = O(set_password_identity), .more.names = api_user_mail_ways},
    {.name = "skipVerification",     .kind = FIELD_BOOL,   .offset = O(skip_verification)},
    {.name = "verificationIds",      .kind = FIELD_TEXTS,  .offset = O(verification_ids), .min = 1, .max = 128}, /* api_ahead.h */
};
const struct field_table api_user_options_table = FIELD_TABLE("UserRequest", option_fields, struct api_user_options, NULL);
/* clang-format on */

static const struct api_user_options *
options_of(const struct api_call *call)
{
    return (const struct api_user_options *)(const void *)call->beside;
}

static enum err
load(struct api_call *call)
{
    struct user *user;
    enum err e = api_user_find(call->rq, call->id, &call->tenant, &user);

    call->before = user;
    return e;
}

static enum err
place(struct api_call *call)
{
    struct user *taken = NULL;
    enum err e = api_tenant(call->rq);

    call->tenant = call->rq->tenant;
    if (e == ERR_OK && !uuid_is_nil(call->id)) {
        e = user_load(call->rq, call->tenant, call->id, USER_PLAIN, &taken);
    }
    if (taken != NULL) {
        api_resource_taken(call);
    }
    return e ? e
             : api_ahead_fill(
                 call->rq, call->tenant, &options_of(call)->verification_ids, &call->value);
}

/* Whoever only assists leaves what people sign in with as it is. */
static void
check_assistance(struct api_call *call)
{
    const struct user *before = call->before;
    struct arena *arena = call->rq->arena;
    struct user *user = call->after;
    bool is_same = true;

    if (api_may_write(call->rq)) {
        return;
    }
    if (before != NULL) {
        is_same = str_eq(before->email, user->email) && str_eq(before->username, user->username)
                  && str_eq(before->phone_number, user->phone_number) && user->password.n == 0
                  && str_eq(user_address(arena, before), user_address(arena, user));
        user->two_factor = before->two_factor;
    } else {
        is_same = user->two_factor.methods.count == 0;
    }
    if (!is_same) {
        field_fault(&call->reader, "user", "notAllowed",
            "Somebody who may change what people sign in with has to do this.");
    }
}

static enum err
check(struct api_call *call)
{
    struct user *user = call->after;

    user->id = call->id;
    user->has_new_id = call->has_new_id;
    check_assistance(call);
    api_user_mail_check(call->rq, user,
        (enum api_user_mail_by)options_of(call)->set_password_identity,
        options_of(call)->sends_set_password);
    return api_user_check(call->rq, call->tenant, call->before, user, options_of(call));
}

struct beside { /* what the answer has beside the user */
    struct rq *rq;
    struct api_user_mails mails;
    struct api_tokens tokens;
};

static void
write_beside(const void *object, struct json_out *out)
{
    const struct beside *beside = object;

    api_token_write(&beside->tokens, out);
    api_user_mail_write(&beside->mails, out);
}

static bool
sends_set_password(const struct api_user_options *options)
{
    return options->sends_set_password || options->set_password_identity != API_MAIL_NONE;
}

static enum err
send_mails(struct api_call *call)
{
    const struct api_user_options *options = options_of(call);
    struct beside *beside = ARENA_NEW(call->rq->arena, struct beside);
    struct api_user_mails *mails = beside ? &beside->mails : NULL;
    const struct application *application = NULL;
    enum err e = beside ? ERR_OK : FAIL_SERVER(call->rq);

    if (e == ERR_OK && !uuid_is_nil(options->application_id)) {
        e = application_in(call->rq, options->application_id, call->tenant->id, &application);
    }
    if (e == ERR_OK) {
        *beside = (struct beside){.rq = call->rq, .mails.user = call->after};
        e = proof_account(
            call->rq, call->tenant, application, call->before, call->after, &mails->account);
    }
    if (e == ERR_OK && sends_set_password(options)) {
        e = api_user_mail_set_password(call->rq, call->tenant, application, call->after,
            (enum api_user_mail_by)options->set_password_identity);
    }
    call->write_more = write_beside;
    call->more = beside;
    return e;
}

/* For somebody who could sign in now, unless a mail asks them to choose a password first. */
static enum err
give_token(struct api_call *call)
{
    struct rq *rq = call->rq;
    const struct user *user = call->after;
    struct beside *beside = (struct beside *)call->more;
    struct api_token_wish wish = {
        .tenant = call->tenant, .user = user, .authentication = "USER_CREATE"};

    if (rq->is_operator || sends_set_password(options_of(call))
        || !api_token_may_greet(call->tenant, NULL, user, rq->now)) {
        return ERR_OK;
    }
    return api_token_make(rq, &wish, &beside->tokens);
}

static enum err
create(struct api_call *call)
{
    enum err e = api_user_make(call->rq, call->tenant, call->after);

    e = e ? e : send_mails(call);
    return e ? e : give_token(call);
}

static enum err
update(struct api_call *call)
{
    struct user *user = call->after;
    enum err e = ERR_OK;

    if (user->password.n) {
        e = user_change_password(call->rq, call->tenant, call->before, user);
    }

    e = e ? e : user_update(call->rq, call->tenant, call->before, user);
    if (e == ERR_OK) {
        group_put_given(call->rq, call->tenant, call->before, user);
    }
    if (e == ERR_OK && user->password.n) {
        proof_end_opened(call->rq, call->tenant, call->id);
    }
    return e ? e : send_mails(call);
}

static enum err
remove_user(struct api_call *call)
{
    return user_delete(call->rq, call->tenant, call->before);
}

static void
write_user(struct rq *rq, const void *object, struct json_out *out)
{
    (void)rq;
    user_write(object, out);
}

static const struct api_resource resource = {
    .name = "user",
    .id_name = "userId",
    .table = &user_table,
    .beside = &api_user_options_table,
    .created = "user.create",
    .updated = "user.update",
    .deleted = "user.delete",
    .load = load,
    .place = place,
    .check = check,
    .create = create,
    .update = update,
    .remove = remove_user,
    .write = write_user,
};

/* A password is hashed on the hash pool, where the handler starts anew: it goes there before anything is read. What the word
 * stands for is looked at there; a user without a password stays here. */
enum err
api_user_create(struct rq *rq)
{
    str body = rq->http->body;
    bool has_password = str_find_str(body, S("\"password\"")) < body.n;
    enum err e = has_password ? rq_needs_hash(rq) : ERR_OK;

    return e ? e : api_resource_create(rq, &resource);
}

enum err
api_user_change(struct rq *rq)
{
    const struct tenant *tenant;
    struct api_call call;
    enum err e;

    if (rq->http->method != HTTP_PUT || !api_flag(rq, "reactivate")) {
        return api_resource_change(rq, &resource);
    }
    e = api_resource_load(rq, &resource, &call);
    tenant = call.tenant;
    if (e == ERR_OK) {
        struct user shown = *(const struct user *)call.before;
        e = api_user_set_active(rq, tenant, call.before, true);
        shown.active = true;
        return e ? e : api_resource_answer(&call, &shown);
    }
    return e;
}

struct delete_beside {
    bool hard;
    str event_info;
};
/* clang-format off */
static const struct field delete_fields[] = {
    {.name = "eventInfo",  .kind = FIELD_JSON, .offset = FIELD_AT(struct delete_beside, event_info), .max = 8192},
    {.name = "hardDelete", .kind = FIELD_BOOL, .offset = FIELD_AT(struct delete_beside, hard)},
};
const struct field_table api_user_delete_table = FIELD_TABLE("UserDeleteSingleRequest", delete_fields, struct delete_beside, NULL);
/* clang-format on */

/* Asked again after a refusal that came between the erasure of the key and the deletion of the rows:
 * nobody can be read any more, but their tokens still stand (OA-63). The rows are ended here, not
 * only by the chore. */
static enum err
end_remains(struct api_call *call)
{
    const struct user who = {.id = call->id};
    bool has_remains = false;
    enum err e = ERR_OK;

    if (call->tenant != NULL) {
        e = user_has_remains(call->rq, call->tenant, call->id, &has_remains);
    }
    if (e != ERR_OK || !has_remains) {
        return e ? e : api_not_found(call->rq);
    }
    return api_user_end(call->rq, call->tenant, &who);
}

static enum err
refuse_end(struct rq *rq)
{
    return FAIL(rq, ERR_UNAUTHENTICATED, NULL, "needs an administrator who may delete users");
}

enum err
api_user_delete(struct rq *rq)
{
    struct delete_beside beside;
    const struct json *body;
    struct api_call call;
    enum err e = api_body(rq, NULL, &api_user_delete_table, &beside, &body);

    e = e ? e : api_faults(rq);
    e = e ? e : api_resource_start(rq, &resource, &call);
    e = e ? e : load(&call);
    if (e == ERR_OK && call.before == NULL) {
        e = end_remains(&call);
    } else if (e == ERR_OK && (beside.hard || api_flag(rq, "hardDelete"))) {
        e = api_may_delete(rq) ? api_user_end(rq, call.tenant, call.before) : refuse_end(rq);
    } else if (e == ERR_OK) {
        e = api_user_set_active(rq, call.tenant, call.before, false);
    }
    return e ? e : rq_answer_empty(rq, 200);
}

static void
write_retrieved(struct rq *rq, const void *object, struct json_out *out)
{
    (void)rq;
    user_write_retrieved(object, out);
}

enum err
api_user_retrieve_one(struct rq *rq)
{
    struct api_resource retrieved = resource;

    retrieved.write = write_retrieved;
    return api_resource_retrieve(rq, &retrieved);
}
