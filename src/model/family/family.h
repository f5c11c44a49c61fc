/* SPDX-License-Identifier: Apache-2.0 */
/* Families: who belongs to which, in what role. A family is its members (dossiers, each sealed under the member's key)
 * and ends with the last. An adult is of one family, a child or teen may be of several. */
#pragma once
#include "model/dossier/dossier.h"

struct family_config;
struct user;

enum family_role { FAMILY_CHILD, FAMILY_TEEN, FAMILY_ADULT };

struct family_member { /* type FamilyMember; head.subject_id: the family */
    struct dossier head;
    int role;
    bool owner;
    str data;
};
extern const struct field_table family_member_table;
extern const struct dossier_kind family_kind;

/* Sets what makes an adult's membership the only one. */
void family_settle(struct family_member *member);
/* The member of that user, or NULL. */
struct family_member *family_find(const struct dossier_list *members, struct uuid user_id);
/* An owner other than that user, or NULL. */
const struct family_member *family_other_owner(
    const struct dossier_list *members, struct uuid user_id);
/* Is the adult an adult in a family that the user is of, too? */
MUST_USE enum err family_has_guardian(struct rq *rq, const struct tenant *tenant,
    struct uuid user_id, struct uuid adult_id, bool *ret);

/* Keep the table by which children are found who name a parent: declares what a new, a changed (both given) user
 * changes there. */
MUST_USE enum err family_note_parent(
    struct rq *rq, const struct tenant *tenant, struct uuid user_id, str before, str after);
/* The users who name this address as their parent's and are of no family: at most DOSSIER_MAX. */
MUST_USE enum err family_pending(struct rq *rq, const struct tenant *tenant, str parent_email,
    struct user ***ret, size_t *ret_count);
/* Declares the end of what there is of a user in that table. */
void family_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
