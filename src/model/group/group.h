/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of a tenant and their members. A member who is registered for an application has, beside the roles of the
 * registration, those that the group gives there. */
#pragma once
#include "model/record/record.h"

struct user;

struct group_role { /* what the group gives */
    struct uuid application_id, role_id;
};
struct group { /* type Group */
    struct record head;
    str name, data;
    struct field_list roles; /* struct group_role */
    str shown_roles;         /* how clients send roles back: not read */
};
struct membership { /* type GroupMember */
    struct uuid id, group_id, user_id;
    int64_t insert_instant;
    str data;
};
extern const struct record_kind group_kind;
extern const struct field_table
    group_table; /* as clients see it; group_kind.table is how it is stored */
extern const struct field_table membership_table;        /* as clients see it */
extern const struct field_table membership_stored_table; /* as it stands in a profile */

/* Leaves only memberships of groups that are, and fills the registrations' group_roles. For user_load. A group
 * made anew with the id of one that was deleted has none of its members. */
MUST_USE enum err group_apply(struct rq *rq, const struct tenant *tenant, struct user *user);

/* Declare the row of a membership, whose group must be there at the commit (ERR_AGAIN), or its end. The person's
 * profile is the caller's to change in the same set. */
void group_member_put(struct rq *rq, const struct tenant *tenant, const struct membership *member);
void group_member_remove(
    struct rq *rq, const struct tenant *tenant, struct uuid group_id, struct uuid user_id);
/* Declare the end of all rows of a group, a user. */
void group_forget(struct rq *rq, const struct tenant *tenant, struct uuid group_id);
void group_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);

struct group_query { /* nil: any */
    struct uuid group_id, user_id;
    int64_t start, rows;
};
/* Members by group and user, without their data; *ret_total: all that fit. */
MUST_USE enum err group_members(struct rq *rq, const struct tenant *tenant,
    const struct group_query *query, struct membership **ret, size_t *ret_count, size_t *ret_total);
/* The membership of that id, without its data; found false when there is none. */
MUST_USE enum err group_member_by_id(struct rq *rq, const struct tenant *tenant, struct uuid id,
    struct membership *ret, bool *ret_found);
