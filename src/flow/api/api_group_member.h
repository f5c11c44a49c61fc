/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of memberships, collected and then declared person by person. */
#pragma once
#include "flow/api/api.h"
#include "model/group/group.h"

struct api_group_change { /* of one person and one group */
    struct membership member;
    bool is_end;
};
struct api_group_changes {
    struct rq *rq;
    const struct tenant *tenant;
    struct api_group_change *list;
    size_t count;
};

/* Reads the body: its members named in objects are left to the caller, all others go to beside. */
MUST_USE enum err api_group_member_begin(struct rq *rq, struct api_group_changes *ret,
    const char *const *objects, const struct field_table *table, void *beside,
    const struct json **ret_body);
/* The group of this id; all must be of one tenant, which the first says, and give no more than the caller may. */
MUST_USE enum err api_group_member_group(
    struct api_group_changes *changes, str text, struct uuid *ret);
/* False when there are API_LIST_MAX already: then answer api_group_member_too_many. */
MUST_USE bool api_group_member_add(
    struct api_group_changes *to, const struct membership *member, bool is_end);
enum err api_group_member_too_many(struct rq *rq);
/* Declares the changes, person by person; nothing when something was refused. */
MUST_USE enum err api_group_member_declare(struct api_group_changes *changes);
/* Declares an event for each. */
MUST_USE enum err api_group_member_note(struct api_group_changes *changes, const char *kind);
