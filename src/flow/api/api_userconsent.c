/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/consent: what somebody consented to. One gives it for oneself from the consent's age on, or an adult of the
 * family gives it. Who has no birth date is taken to be old enough. A person has each consent once: what is revoked is
 * made active again, not given anew. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_people.h"
#include "model/agreement/agreement.h"
#include "model/family/family.h"

static enum err
show_agreement(struct rq *rq, struct agreement_given *given, bool *ret_found)
{
    void *thing = NULL;
    enum err e = record_load(rq, &agreement_kind, given->head.subject_id, &thing);

    *ret_found = thing != NULL;
    if (thing != NULL) {
        given->agreement = *(const struct agreement *)thing;
    }
    return e;
}

static enum err
load(struct api_call *call)
{
    struct agreement_given *given;
    bool found = false;
    void *thing;
    enum err e = dossier_load(call->rq, &agreement_given_kind, call->id, &thing);

    given = thing;
    if (e != ERR_OK || given == NULL || !api_may_see(call->rq, given->head.tenant_id)) {
        return e;
    }
    e = show_agreement(call->rq, given, &found);
    e = e ? e : tenant_load(call->rq, given->head.tenant_id, &call->tenant);
    if (e == ERR_OK && found && call->tenant != NULL) {
        call->before = given;
        call->user_id = given->head.user_id;
    }
    return e;
}

/* The tenant is that of the person in the body. */
static enum err
place(struct api_call *call)
{
    struct user *user;
    void *taken = NULL;
    str text;
    enum err e = ERR_OK;

    if (json_str(json_get(call->value, S("userId")), &text) && uuid_parse(text, &call->user_id)) {
        e = api_people_find(call->rq, call->user_id, "userConsent.userId", &call->tenant, &user);
    }
    if (e == ERR_OK && !uuid_is_nil(call->id)) {
        e = dossier_load(call->rq, &agreement_given_kind, call->id, &taken);
    }
    if (taken != NULL) {
        api_resource_taken(call);
    }
    return e;
}

static void
fault(struct api_call *call, const char *path, const char *code, const char *message)
{
    field_fault(&call->reader, path, code, message);
}

static enum err
check_self(struct api_call *call, const struct agreement_given *given)
{
    struct user *user;
    int64_t age;
    enum err e = user_load(call->rq, call->tenant, given->head.user_id, USER_PLAIN, &user);

    if (e != ERR_OK || user == NULL) {
        return e;
    }
    age = user_age(user, call->rq->now);
    if (age >= 0 && age < agreement_age(call->rq, &given->agreement, user)) {
        fault(call, "userConsent.giverUserId", "tooYoung",
            "This person is too young to consent alone: an adult of the family can.");
    }
    return e;
}

static enum err
check_giver(struct api_call *call, const struct agreement_given *given)
{
    bool is_guardian = false;
    enum err e;

    if (uuid_is_nil(given->giver_id)) {
        return ERR_OK; /* a fault already */
    }
    if (uuid_eq(given->giver_id, given->head.user_id)) {
        return check_self(call, given);
    }
    e = family_has_guardian(
        call->rq, call->tenant, given->head.user_id, given->giver_id, &is_guardian);
    if (e == ERR_OK && !is_guardian) {
        fault(call, "userConsent.giverUserId", "invalid",
            "The giver must be the person, or an adult of the person's family.");
    }
    return e;
}

static enum err
check_new(struct api_call *call, struct agreement_given *given)
{
    struct dossier_list list = {NULL, 0};
    enum err e = ERR_OK;

    given->head.only = given->head.subject_id;
    if (call->tenant == NULL || uuid_is_nil(given->head.user_id)) {
        return e;
    }
    e = dossier_of_user(call->rq, call->tenant, &agreement_given_kind, given->head.user_id, &list);
    for (size_t i = 0; e == ERR_OK && i < list.count; i++) {
        const struct dossier *other = list.items[i];
        if (uuid_eq(other->subject_id, given->head.subject_id)) {
            fault(call, "userConsent.consentId", "duplicate",
                "This person has the consent already: change that one.");
        }
    }
    return e ? e : check_giver(call, given);
}

static enum err
check(struct api_call *call)
{
    struct agreement_given *given = call->after;
    bool found = true;
    enum err e = ERR_OK;

    given->head.id = call->id;
    if (!uuid_is_nil(given->head.subject_id)) {
        e = show_agreement(call->rq, given, &found);
    }
    if (e == ERR_OK && !found) {
        fault(call, "userConsent.consentId", "invalid", "There is no consent of this id.");
    }
    if (e == ERR_OK && found) {
        agreement_check_values(&call->reader, &given->agreement, &given->values);
    }
    return e || call->before != NULL ? e : check_new(call, given);
}

static enum err
create(struct api_call *call)
{
    struct agreement_given *given = call->after;
    enum err e;

    agreement_plan_notice(call->rq, given);
    record_hold(call->rq, &agreement_kind, given->head.subject_id);
    e = dossier_add(call->rq, call->tenant, &agreement_given_kind, given);
    return e ? e : agreement_tell(call->rq, call->tenant, given, given->agreement.template_id);
}

static enum err
update(struct api_call *call)
{
    const struct agreement_given *before = call->before;
    struct agreement_given *after = call->after;

    if (before->status != after->status) {
        agreement_plan_notice(call->rq, after);
    }
    return dossier_change(call->rq, call->tenant, &agreement_given_kind, after);
}

static const struct api_resource resource = {
    .name = "userConsent",
    .id_name = "userConsentId",
    .table = &agreement_given_table,
    .beside = &api_beside_table,
    .created = "user.consent.create",
    .updated = "user.consent.update",
    .deleted = "user.consent.revoke",
    .load = load,
    .place = place,
    .check = check,
    .create = create,
    .update = update,
};

enum err
api_userconsent_create(struct rq *rq)
{
    return api_resource_create(rq, &resource);
}

enum err
api_userconsent_change(struct rq *rq)
{
    return api_resource_change(rq, &resource);
}

/* What was given stays on record. */
enum err
api_userconsent_revoke(struct rq *rq)
{
    struct agreement_given after;
    struct api_call call;
    enum err e = api_resource_load(rq, &resource, &call);

    if (e != ERR_OK) {
        return e;
    }
    after = *(const struct agreement_given *)call.before;
    after.status = AGREEMENT_REVOKED;
    call.after = &after;
    e = update(&call);
    e = e ? e : api_resource_audit(&call, resource.deleted);
    return e ? e : rq_answer_empty(rq, 200);
}

static enum err
retrieve_all(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    struct dossier_list list;
    struct api_answer answer;
    bool found;
    enum err e = dossier_of_user(rq, tenant, &agreement_given_kind, user_id, &list);

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("userConsents"));
    json_out_array(&answer.out);
    for (size_t i = 0; e == ERR_OK && i < list.count; i++) {
        e = show_agreement(rq, list.items[i], &found);
        if (e == ERR_OK && found) {
            field_write(&agreement_given_table, FIELD_FOR_API, list.items[i], &answer.out);
        }
    }
    json_out_array_end(&answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}

enum err
api_userconsent_retrieve(struct rq *rq)
{
    const struct tenant *tenant;
    struct user *user;
    struct uuid id;
    enum err e;

    if (rq->segments[0].n) {
        return api_resource_retrieve(rq, &resource);
    }
    e = api_people_of_query(rq, &id, &tenant, &user);
    return e ? e : retrieve_all(rq, tenant, id);
}
