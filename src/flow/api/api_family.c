/* SPDX-License-Identifier: Apache-2.0 */
/* /api/user/family: a family begins with its first adult, who owns it, and ends with its last member. Ages are judged
 * where the birth date is known. As long as there are members one of them owns the family. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_people.h"
#include "model/family/family.h"
#include "model/outbox/outbox.h"

struct call { /* one call on its way */
    struct rq *rq;
    const struct tenant *tenant;
    struct uuid family_id;
    struct dossier_list members;
    struct family_member wanted;
    struct user *user; /* whom it is about */
};

static void
fault(struct call *call, const char *path, const char *code, const char *message)
{
    struct field_reader reader = api_reader(call->rq);

    field_fault(&reader, path, code, message);
}

/* The family of the path, if the caller may see it. */
static enum err
load_family(struct call *call)
{
    const struct dossier *first;
    enum err e = rq_segment_id(call->rq, 0, "familyId", &call->family_id);

    e = e ? e : dossier_of_subject(call->rq, &family_kind, call->family_id, &call->members);
    if (e != ERR_OK) {
        return e;
    }
    first = call->members.count ? call->members.items[0] : NULL;
    if (first == NULL || !api_may_see(call->rq, first->tenant_id)) {
        return api_not_found(call->rq);
    }
    e = tenant_load(call->rq, first->tenant_id, &call->tenant);
    return e == ERR_OK && call->tenant == NULL ? api_not_found(call->rq) : e;
}

static void
check_ages(struct call *call)
{
    const struct family_config *config = &call->tenant->family;
    int64_t age = user_age(call->user, call->rq->now);

    if (age < 0) {
        return;
    }
    if (call->wanted.role == FAMILY_CHILD && age > config->maximum_child_age) {
        fault(call, "familyMember.role", "tooOld",
            "This person is older than the tenant lets a child be.");
    }
    if (call->wanted.role == FAMILY_ADULT && age <= config->maximum_child_age) {
        fault(call, "familyMember.role", "tooYoung", "This person is a child.");
    }
    if (call->wanted.owner && age < config->minimum_owner_age) {
        fault(call, "familyMember.owner", "tooYoung",
            "This person is younger than the tenant lets an owner be.");
    }
}

static bool
is_adult_in(const struct dossier_list *own, struct uuid other_than)
{
    for (size_t i = 0; i < own->count; i++) {
        const struct family_member *member = own->items[i];
        if (member->role == FAMILY_ADULT && !uuid_eq(member->head.subject_id, other_than)) {
            return true;
        }
    }
    return false;
}

/* An adult is of one family only; who is an adult in one is nobody's child or teen in another. */
static enum err
check_other_families(struct call *call)
{
    struct dossier_list own;
    size_t elsewhere;
    enum err e =
        dossier_of_user(call->rq, call->tenant, &family_kind, call->wanted.head.user_id, &own);

    if (e != ERR_OK) {
        return e;
    }
    elsewhere = own.count - (family_find(&call->members, call->wanted.head.user_id) != NULL);
    if (is_adult_in(&own, call->family_id)
        || (call->wanted.role == FAMILY_ADULT && elsewhere > 0)) {
        fault(call, "familyMember.userId", "duplicate",
            "An adult is of one family only: this person is of another.");
    }
    return e;
}

static enum err
check_member(struct call *call)
{
    struct family_member *wanted = &call->wanted;
    const struct tenant *tenant = call->tenant;
    enum err e = ERR_OK;

    wanted->head.subject_id = call->family_id;
    family_settle(wanted);
    if (!uuid_is_nil(wanted->head.user_id)) {
        e = api_people_find(
            call->rq, wanted->head.user_id, "familyMember.userId", &call->tenant, &call->user);
    }
    if (e != ERR_OK || call->user == NULL) {
        return e ? e : api_faults(call->rq);
    }
    if (tenant != NULL && !uuid_eq(tenant->id, call->tenant->id)) {
        return api_refuse(call->rq, "familyMember.userId", "invalid",
            "A family is of one tenant: this user is of another.");
    }
    check_ages(call);
    e = check_other_families(call);
    return e ? e : api_faults(call->rq);
}

static enum err
answer_family(struct call *call, struct json_out *out)
{
    const struct family_member *first = NULL;
    int64_t changed = 0;

    json_out_object(out);
    json_put_id(out, S("id"), call->family_id);
    json_out_name(out, S("members"));
    json_out_array(out);
    for (size_t i = 0; i < call->members.count; i++) {
        const struct family_member *member = call->members.items[i];
        field_write(&family_member_table, FIELD_FOR_API, member, out);
        changed = MAX(changed, member->head.last_update_instant);
        if (first == NULL || member->head.insert_instant < first->head.insert_instant) {
            first = member;
        }
    }
    json_out_array_end(out);
    json_put_i64(out, S("insertInstant"), first ? first->head.insert_instant : 0);
    json_put_i64(out, S("lastUpdateInstant"), changed);
    json_out_object_end(out);
    return ERR_OK;
}

static enum err
answer_one(struct call *call)
{
    struct api_answer answer;
    enum err e;

    api_answer_start(call->rq, &answer);
    json_out_name(&answer.out, S("family"));
    e = answer_family(call, &answer.out);
    return e ? e : api_answer_send(call->rq, &answer, 200);
}

static enum err
add_member(struct call *call)
{
    struct rq *rq = call->rq;
    void **items = ARENA_ARRAY(rq->arena, call->members.count + 1, void *);
    enum err e;

    if (items == NULL) {
        return FAIL_SERVER(rq);
    }
    if (call->members.count) { /* somebody of it must still be there, or it has ended */
        memcpy(items, call->members.items, call->members.count * sizeof *items);
        dossier_hold(rq, &family_kind, items[0]);
    }
    e = dossier_add(rq, call->tenant, &family_kind, &call->wanted);
    e = e ? e
          : api_people_note(rq, call->tenant, "user.family.add", &family_kind, NULL, &call->wanted);
    items[call->members.count] = &call->wanted;
    call->members = (struct dossier_list){items, call->members.count + 1};
    return e;
}

enum err
api_family_create(struct rq *rq)
{
    struct call call = {.rq = rq};
    enum err e = rq_segment_id(rq, 0, "familyId", &call.family_id);

    if (e == ERR_OK && uuid_is_nil(call.family_id)) {
        call.family_id = rq_new_id(rq);
    } else if (e == ERR_OK) {
        e = dossier_of_subject(rq, &family_kind, call.family_id, &call.members);
    }
    e = e ? e : api_people_read(rq, "familyMember", &family_member_table, &call.wanted);
    if (e != ERR_OK) {
        return e;
    }
    if (call.members.count) {
        call.members.count = 0;
        fault(&call, "familyId", "duplicate", "A family with this id exists already.");
    }
    if (call.wanted.role >= 0 && call.wanted.role != FAMILY_ADULT) {
        fault(&call, "familyMember.role", "invalid", "The first of a family must be an adult.");
    }
    call.wanted.owner = true;
    e = check_member(&call);
    e = e ? e : add_member(&call);
    return e ? e : answer_one(&call);
}

/* Who steps back, or goes, needs another owner, who must be one at the commit, too. */
static bool
leaves_an_owner(struct call *call, struct uuid user_id)
{
    const struct family_member *other = family_other_owner(&call->members, user_id);

    if (other != NULL) {
        dossier_hold(call->rq, &family_kind, other);
    }
    return other != NULL;
}

static enum err
change_member(struct call *call, struct family_member *member)
{
    struct family_member before = *member;
    enum err e;

    if (before.owner && !call->wanted.owner && !leaves_an_owner(call, member->head.user_id)) {
        return api_refuse(call->rq, "familyMember.owner", "lastOwner",
            "A family needs an owner: make somebody else one first.");
    }
    member->role = call->wanted.role;
    member->owner = call->wanted.owner;
    member->data = call->wanted.data.n ? call->wanted.data : member->data;
    family_settle(member);
    e = dossier_change(call->rq, call->tenant, &family_kind, member);
    return e ? e
             : api_people_note(
                 call->rq, call->tenant, "user.family.update", &family_kind, &before, member);
}

enum err
api_family_change(struct rq *rq)
{
    struct call call = {.rq = rq};
    struct family_member *member;
    enum err e = load_family(&call);

    e = e ? e : api_people_read(rq, "familyMember", &family_member_table, &call.wanted);
    e = e ? e : check_member(&call);
    if (e != ERR_OK) {
        return e;
    }
    member = family_find(&call.members, call.wanted.head.user_id);
    e = member ? change_member(&call, member) : add_member(&call);
    return e ? e : answer_one(&call);
}

enum err
api_family_remove(struct rq *rq)
{
    struct call call = {.rq = rq};
    struct family_member *member;
    struct uuid user_id;
    enum err e = load_family(&call);

    e = e ? e : rq_segment_id(rq, 1, "userId", &user_id);
    if (e != ERR_OK) {
        return e;
    }
    member = family_find(&call.members, user_id);
    if (member == NULL) {
        return api_not_found(rq);
    }
    if (member->owner && call.members.count > 1 && !leaves_an_owner(&call, user_id)) {
        return api_refuse(
            rq, "userId", "lastOwner", "A family needs an owner: make somebody else one first.");
    }
    dossier_remove(rq, &family_kind, member);
    e = api_people_note(rq, call.tenant, "user.family.remove", &family_kind, member, NULL);
    return e ? e : rq_answer_empty(rq, 200);
}

static enum err
retrieve_all(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    struct call call = {.rq = rq, .tenant = tenant};
    struct dossier_list own;
    struct api_answer answer;
    enum err e = dossier_of_user(rq, tenant, &family_kind, user_id, &own);

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("families"));
    json_out_array(&answer.out);
    for (size_t i = 0; e == ERR_OK && i < own.count; i++) {
        call.family_id = ((const struct dossier *)own.items[i])->subject_id;
        e = dossier_of_subject(rq, &family_kind, call.family_id, &call.members);
        e = e ? e : answer_family(&call, &answer.out);
    }
    json_out_array_end(&answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}

enum err
api_family_retrieve(struct rq *rq)
{
    struct call call = {.rq = rq};
    struct uuid user_id;
    enum err e;

    if (rq->segments[0].n) {
        e = load_family(&call);
        return e ? e : answer_one(&call);
    }
    e = api_people_of_query(rq, &user_id, &call.tenant, &call.user);
    return e ? e : retrieve_all(rq, call.tenant, user_id);
}
