/* SPDX-License-Identifier: Apache-2.0 */
/* What calls about people share. */
#pragma once
#include "flow/api/api_resource.h"
#include "model/user/user.h"

struct api_user_options { /* beside the user in a body (type UserRequest) */
    struct uuid application_id;
    const struct application *application; /* where the call knows it: its templates come first */
    str current_password, event_info;
    struct field_texts verification_ids;
    bool disable_domain_block, skip_verification, sends_set_password;
    int password_type, set_password_identity; /* the latter: enum api_user_mail_by */
};

/* The tenant of a user's id: the call's own, or the one that has such a user. *ret NULL when none
 * that the caller may see has; [TenantIdRequired] when two have. */
MUST_USE enum err api_user_tenant(struct rq *rq, struct uuid id, const struct tenant **ret);
/* The user with registrations, if the caller may see one of this id; *ret NULL otherwise. */
MUST_USE enum err api_user_find(
    struct rq *rq, struct uuid id, const struct tenant **ret_tenant, struct user **ret);

/* GET by the id in the path. */
MUST_USE enum err api_user_retrieve_one(struct rq *rq);
/* ?loginIdTypes=, which may be repeated; none: FusionAuth looks at email addresses and usernames. */
MUST_USE enum err api_user_id_types(struct rq *rq, struct field_texts *ret);
/* A login id that is a telephone number as people write it becomes the number, where types ask for numbers: with
 * usernames asked for first, only if it is nobody's username. */
MUST_USE enum err api_user_phone(
    struct rq *rq, const struct tenant *tenant, const struct field_texts *types, str *login_id);
/* Is the login id the user's identity of one of these types ("email", "username",
 * "phoneNumber")? */
bool api_user_has(
    struct rq *rq, const struct user *user, str login_id, const struct field_texts *types);

/* Rules for a new or changed user: identities that are taken, the password; options as given.
 * Collects faults. before is NULL for a new one. */
MUST_USE enum err api_user_check(struct rq *rq, const struct tenant *tenant,
    const struct user *before, struct user *after, const struct api_user_options *options);
/* Declares a user that was checked: hashes the password if there is one (only on the hash pool). */
MUST_USE enum err api_user_make(struct rq *rq, const struct tenant *tenant, struct user *user);
/* Declares that the account is out of use, or in use again; with its event. */
MUST_USE enum err api_user_set_active(
    struct rq *rq, const struct tenant *tenant, const struct user *user, bool is_active);
/* Declares the end of the account, with its event. */
MUST_USE enum err api_user_end(struct rq *rq, const struct tenant *tenant, const struct user *user);
