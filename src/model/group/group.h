/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of a tenant and their members. A member who is registered for an application has, beside the roles of the
 * registration, those that the group gives there. */
#pragma once
#include "model/record/record.h"

struct admin;
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
/* What its roles permit its members as administrators: mostly nothing. */
MUST_USE enum err group_admin(struct rq *rq, const struct group *group, struct admin *ret);

/* Declare the row of a membership, whose group must be there at the commit (ERR_AGAIN), or its end. The person's
 * profile is the caller's to change in the same set. */
void group_member_put(struct rq *rq, const struct tenant *tenant, const struct membership *member);
void group_member_remove(
    struct rq *rq, const struct tenant *tenant, struct uuid group_id, struct uuid user_id);
/* Declare the end of all rows of a group, a user. */
void group_forget(struct rq *rq, const struct tenant *tenant, struct uuid group_id);
void group_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
/* Of memberships that came with a person, in a body: of groups of the tenant, each once (the last one counts), completed
 * from those the person had (before, or NULL). Faults at path.memberships[0].groupId, .id. */
MUST_USE enum err group_check_given(struct rq *rq, const struct tenant *tenant,
    struct field_reader *reader, const struct user *before, struct user *user, const char *path);
/* Declares the rows of memberships that before (or NULL) has not, and ends those that only before has. */
void group_put_given(
    struct rq *rq, const struct tenant *tenant, const struct user *before, struct user *user);
/* Declares the row alone, of a group that is held by the caller (record_hold). */
void group_member_put_held(
    struct rq *rq, const struct tenant *tenant, const struct membership *member);

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
struct group_page {
    struct uuid group_id, before_id;
    size_t max;
};
/* Users in the group by id, greatest first, behind before_id; how many, counting to max. For searches. */
MUST_USE enum err group_users(struct rq *rq, const struct tenant *tenant,
    const struct group_page *page, struct uuid *ret, size_t *ret_count);
MUST_USE enum err group_users_count(
    struct rq *rq, const struct tenant *tenant, struct uuid group_id, int64_t max, int64_t *ret);
