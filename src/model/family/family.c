/* SPDX-License-Identifier: Apache-2.0 */
/* Members of families, and children who wait for a parent. */
#include "model/family/family.h"

#include "model/rq/rq.h"
#include "model/seal/seal.h"
#include "model/statements.h"
#include "model/tenant/tenant.h"
#include "model/user/user.h"

static const char *const roles[] = {"Child", "Teen", "Adult", NULL};

/* clang-format off */
#define M(member) FIELD_AT(struct family_member, member)
static const struct field fields[] = {
    {.name = "data",              .kind = FIELD_JSON,    .offset = M(data), .flags = FIELD_PERSONAL, .max = 16384},
    {.name = "insertInstant",     .kind = FIELD_INSTANT, .offset = M(head.insert_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = M(head.last_update_instant), .flags = FIELD_READ_ONLY | FIELD_NOT_STORED},
    {.name = "owner",             .kind = FIELD_BOOL,    .offset = M(owner)},
    {.name = "role",              .kind = FIELD_ENUM,    .offset = M(role), .flags = FIELD_REQUIRED, .default_int = -1, .more.names = roles},
    {.name = "userId",            .kind = FIELD_UUID,    .offset = M(head.user_id), .flags = FIELD_REQUIRED | FIELD_NOT_STORED},
};
const struct field_table family_member_table = FIELD_TABLE("FamilyMember", fields, struct family_member, NULL);
/* clang-format on */

const struct dossier_kind family_kind = {DOSSIER_FAMILY, "family", &family_member_table};

void
family_settle(struct family_member *member)
{
    static const struct uuid as_adult = {{1}};

    member->head.only = member->role == FAMILY_ADULT ? as_adult : member->head.subject_id;
    member->owner = member->owner && member->role == FAMILY_ADULT;
}

struct family_member *
family_find(const struct dossier_list *members, struct uuid user_id)
{
    for (size_t i = 0; i < members->count; i++) {
        struct family_member *member = members->items[i];
        if (uuid_eq(member->head.user_id, user_id)) {
            return member;
        }
    }
    return NULL;
}

const struct family_member *
family_other_owner(const struct dossier_list *members, struct uuid user_id)
{
    for (size_t i = 0; i < members->count; i++) {
        const struct family_member *member = members->items[i];
        if (member->owner && !uuid_eq(member->head.user_id, user_id)) {
            return member;
        }
    }
    return NULL;
}

enum err
family_has_guardian(struct rq *rq, const struct tenant *tenant, struct uuid user_id,
    struct uuid adult_id, bool *ret)
{
    struct dossier_list own, members;
    enum err e = dossier_of_user(rq, tenant, &family_kind, user_id, &own);

    *ret = false;
    for (size_t i = 0; e == ERR_OK && i < own.count; i++) {
        const struct family_member *member = own.items[i], *adult;
        e = dossier_of_subject(rq, &family_kind, member->head.subject_id, &members);
        adult = e == ERR_OK ? family_find(&members, adult_id) : NULL;
        *ret = *ret || (adult != NULL && adult->role == FAMILY_ADULT);
    }
    return e;
}

static str
normal_email(struct rq *rq, str email)
{
    return identity_normal(rq->arena, email);
}

enum err
family_note_parent(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, str before, str after)
{
    bytes blind;

    if (str_eq(normal_email(rq, before), normal_email(rq, after))) {
        return ERR_OK;
    }
    if (before.n) {
        family_forget_user(rq, tenant, user_id);
    }
    if (after.n == 0) {
        return ERR_OK;
    }
    blind = seal_blind(rq, tenant, normal_email(rq, after));
    if (arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    rq_write(rq, PARENT_ADD, DB_ANY, ERR_OK,
        DB_VALUES(DB_ID(&tenant->id), DB_BYTES(blind), DB_ID(&user_id)));
    return ERR_OK;
}

/* *ret stays NULL for who is of a family already, or erased. */
static enum err
load_waiting(struct rq *rq, const struct tenant *tenant, struct uuid id, struct user **ret)
{
    struct dossier_list own;
    enum err e = dossier_of_user(rq, tenant, &family_kind, id, &own);

    *ret = NULL;
    return e != ERR_OK || own.count ? e : user_load(rq, tenant, id, USER_REGISTRATIONS, ret);
}

enum err
family_pending(struct rq *rq, const struct tenant *tenant, str parent_email, struct user ***ret,
    size_t *ret_count)
{
    bytes blind = seal_blind(rq, tenant, normal_email(rq, parent_email));
    struct db_row *rows = NULL;
    struct uuid *ids;
    size_t count;
    enum err e = arena_failed(rq->arena) ? FAIL_SERVER(rq) : ERR_OK;

    *ret_count = 0;
    e = e ? e
          : rq_read_all(rq, PARENT_CHILDREN, DOSSIER_MAX, &rows,
              DB_VALUES(DB_ID(&tenant->id), DB_BYTES(blind)));
    e = e ? e : rq_ids(rq, rows, &ids, &count);
    *ret = e ? NULL : ARENA_ARRAY(rq->arena, MAX(count, 1), struct user *);
    if (e != ERR_OK || *ret == NULL) {
        return e ? e : FAIL_SERVER(rq);
    }
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = load_waiting(rq, tenant, ids[i], &(*ret)[*ret_count]);
        *ret_count += (*ret)[*ret_count] != NULL;
    }
    return e;
}

void
family_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id)
{
    rq_write(
        rq, PARENT_FORGET_USER, DB_ANY, ERR_OK, DB_VALUES(DB_ID(&tenant->id), DB_ID(&user_id)));
}
