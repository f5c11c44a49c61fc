/* SPDX-License-Identifier: Apache-2.0 */
/* How every way in through the API ends. Deviation: the account an
 * administrator closed and the one locked after failures are both 423. */
#include "flow/api/api_login.h"

#include "flow/api/api_action.h"
#include "flow/api/api_info.h"
#include "flow/api/api_token.h"
#include "flow/api/api_two_factor.h"
#include "model/breach/breach.h"
#include "model/credential/credential.h"
#include "model/proof/proof.h"
#include "model/token/token.h"
#include "model/user/user.h"

/* clang-format off */
#define D(member) FIELD_AT(struct api_device, member)
static const struct field device_fields[] = {
    {.name = "description",         .kind = FIELD_TEXT,    .offset = D(description)},
    {.name = "lastAccessedAddress", .kind = FIELD_TEXT,    .offset = D(last_address), .flags = FIELD_READ_ONLY},
    {.name = "lastAccessedInstant", .kind = FIELD_INSTANT, .offset = D(last_instant), .flags = FIELD_READ_ONLY},
    {.name = "name",                .kind = FIELD_TEXT,    .offset = D(name)},
    {.name = "type",                .kind = FIELD_TEXT,    .offset = D(type)},
};
static const struct field_table device_table = FIELD_TABLE("DeviceInfo", device_fields, struct api_device, NULL);

#define M(member) FIELD_AT(struct api_metadata, member)
static const struct field metadata_fields[] = {
    {.name = "data",      .kind = FIELD_JSON,   .offset = M(data), .flags = FIELD_PERSONAL, .max = TOKEN_DATA_MAX},
    {.name = "device",    .kind = FIELD_OBJECT, .offset = M(device), .more.table = &device_table},
    {.name = "resources", .kind = FIELD_TEXTS,  .offset = M(resources), .flags = FIELD_READ_ONLY},
    {.name = "scopes",    .kind = FIELD_TEXTS,  .offset = M(scopes), .flags = FIELD_READ_ONLY},
};
const struct field_table api_metadata_table = FIELD_TABLE("MetaData", metadata_fields, struct api_metadata, NULL);
/* clang-format on */

/* With an id to change it by: no mail is needed, since the proof was right. */
static enum err
answer_change_password(struct rq *rq, const struct api_entry *entry, enum password_due due)
{
    struct proof_order order = {.kind = TICKET_CHANGE_PASSWORD,
        .application = entry->application,
        .user = entry->user,
        .state = entry->state};
    struct api_answer answer;
    struct proof_made made;
    enum err e = proof_start(rq, entry->tenant, &order, &made);

    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("changePasswordId"), made.text);
    json_put_str(&answer.out, S("changePasswordReason"), str_from(user_password_due_names[due]));
    return api_answer_send(rq, &answer, 203);
}

int
api_login_barrier(const struct rq *rq, const struct user *user)
{
    if (!user->active) {
        return 423;
    }
    return user->expiry && user->expiry <= rq->now ? 410 : 0;
}

static enum err
give_tokens(
    struct rq *rq, const struct api_entry *entry, bool is_registered, struct api_tokens *ret)
{
    struct api_token_wish wish = {
        .tenant = entry->tenant,
        .application = is_registered ? entry->application : NULL, /* as FusionAuth does */
        .user = entry->user,
        .authentication = entry->authentication,
        .wants_refresh = !entry->has_no_refresh,
    };

    return api_token_make(rq, &wish, ret);
}

static enum err
let_in(struct rq *rq, const struct api_entry *entry)
{
    struct api_tokens tokens = {.expires_at = 0};
    const struct application *app = entry->application;
    struct uuid app_id = app ? app->id : (struct uuid){{0}};
    bool is_registered = app != NULL && user_registration(entry->user, app_id) != NULL;
    struct api_answer answer;
    enum err e;

    e = credential_note_login(rq, entry->tenant, entry->user, app_id, entry->password);
    if (e == ERR_OK && entry->base->is_new_device) {
        e = proof_tell_device(rq, entry->tenant, app, entry->user, str_from(entry->authentication));
    }
    if (e == ERR_OK && !entry->base->no_jwt) {
        e = give_tokens(rq, entry, is_registered, &tokens);
    }
    if (e != ERR_OK) {
        return e;
    }
    if (tokens.access.n) {
        api_token_set_cookies(rq, &tokens);
    }
    api_answer_start(rq, &answer);
    if (entry->state.n) {
        json_put_raw(&answer.out, S("state"), entry->state);
    }
    api_token_write(&tokens, &answer.out);
    json_put_given(&answer.out, S("trustToken"), entry->trust_token);
    if (entry->given_trust.n) {
        factor_trust_keep(rq, entry->tenant, entry->application, entry->given_trust);
        json_put_str(&answer.out, S("twoFactorTrustId"), entry->given_trust);
    }
    json_out_name(&answer.out, S("user"));
    user_write(entry->user, &answer.out);
    return api_answer_send(rq, &answer, app == NULL || is_registered ? 200 : 202);
}

/* A code that was right is used up, also where its sign-in gets no further. */
static enum err
keep_factors(struct rq *rq, const struct api_entry *entry)
{
    struct user before = *entry->user;

    return before.two_factor.is_changed ? user_update(rq, entry->tenant, &before, entry->user)
                                        : ERR_OK;
}

struct unverified {
    int status, strategy;       /* enum verification_strategy */
    str value;                  /* where a code goes */
    const char *id_name, *also; /* of the id in the answer */
};

static enum ticket_kind
wanted(struct rq *rq, const struct api_entry *entry)
{
    return proof_wanted(entry->tenant, entry->application, entry->user,
        entry->is_by_phone ? PROOF_PHONE : proof_identity_of(rq, entry->user, NO_STR));
}

/* What is written of an unverified person, and whose settings say how they are verified. */
static struct unverified
unverified_of(const struct api_entry *entry, enum ticket_kind kind)
{
    const struct tenant *tenant = entry->tenant;

    switch (kind) {
    case TICKET_VERIFY_EMAIL:
        return (struct unverified){212, tenant->mail.strategy, entry->user->email,
            "emailVerificationId", "identityVerificationId"};
    case TICKET_VERIFY_IDENTITY:
        return (struct unverified){
            212, tenant->phone.strategy, entry->user->phone_number, "identityVerificationId", NULL};
    default:
        CHECK(entry->application != NULL); /* whose registration else? */
        return (struct unverified){213, entry->application->verification_strategy,
            entry->user->email, "registrationVerificationId", NULL};
    }
}

/* With a code to type the answer brings the id that goes with it, and a message the code; a link is in the one that
 * went out before. Trying to sign in fills nobody's mailbox. */
static enum err
answer_unverified(struct rq *rq, const struct api_entry *entry, enum ticket_kind kind)
{
    struct unverified as = unverified_of(entry, kind);
    struct proof_order order = {.kind = kind,
        .application = entry->application,
        .user = entry->user,
        .value = as.value,
        .has_code = true,
        .is_sent = true};
    struct proof_made made = {NO_STR, NO_STR};
    struct api_answer answer;
    bool may_mail = false;
    enum err e = keep_factors(rq, entry);

    if (e == ERR_OK && as.strategy == VERIFY_BY_CODE) {
        e = proof_may_mail(rq, entry->tenant, kind, entry->user->id, &may_mail);
    }
    if (e == ERR_OK && may_mail) {
        e = proof_start(rq, entry->tenant, &order, &made);
    }
    if (e != ERR_OK) {
        return e;
    }
    api_answer_start(rq, &answer);
    json_put_given(&answer.out, str_from(as.id_name), made.text);
    if (made.text.n && as.also != NULL) {
        json_put_str(&answer.out, str_from(as.also), made.text);
    }
    json_out_name(&answer.out, S("user"));
    user_write(entry->user, &answer.out);
    return api_answer_send(rq, &answer, as.status);
}

/* FusionAuth's order: the second factor comes before a password that has to be changed. */
static enum err
pass_factor(struct rq *rq, const struct api_entry *entry)
{
    bool is_by_password = str_eq(str_from(entry->authentication), S("PASSWORD"));
    enum password_due due;
    enum ticket_kind kind;
    bool is_asked;
    enum err e =
        breach_check_login(rq, entry->tenant, entry->application, entry->user, entry->password);

    e = e ? e : api_two_factor_ask(rq, entry, &is_asked);
    if (e != ERR_OK || is_asked) {
        return e;
    }
    due = user_password_due(rq, entry->tenant, entry->user, is_by_password, entry->password);
    if (due == PASSWORD_FINE) {
        kind = wanted(rq, entry);
        return kind == TICKET_NONE ? let_in(rq, entry) : answer_unverified(rq, entry, kind);
    }
    e = keep_factors(rq, entry);
    return e ? e : answer_change_password(rq, entry, due);
}

static void
note_failure(struct rq *rq, const struct api_entry *entry, enum attempt_reason reason)
{
    credential_note_failure(rq, entry->tenant, entry->user->id, reason, user_login_id(entry->user));
}

enum err
api_login_finish(struct rq *rq, const struct api_entry *entry)
{
    int barrier = api_login_barrier(rq, entry->user);
    struct uuid app_id = entry->application ? entry->application->id : (struct uuid){{0}};
    struct dossier_list actions;
    enum err e;

    api_info_take_login(rq, entry->base);
    rq->login_application = app_id;
    if (barrier) {
        note_failure(rq, entry, barrier == 410 ? ATTEMPT_EXPIRED : ATTEMPT_CLOSED);
        return rq_answer_empty(rq, barrier);
    }
    e = action_prevents(rq, entry->tenant, entry->user, app_id, &actions);
    if (e == ERR_OK && actions.count) {
        note_failure(rq, entry, ATTEMPT_PREVENTED);
    }
    if (e != ERR_OK || actions.count) {
        e = e ? e : keep_factors(rq, entry);
        return e ? e : api_action_answer_prevented(rq, &actions);
    }
    return pass_factor(rq, entry);
}
