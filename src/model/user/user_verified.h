/* SPDX-License-Identifier: Apache-2.0 */
/* On whose word an address or a number counts as its person's. */
#pragma once
#include "model/user/user.h"

enum user_contact { USER_EMAIL, USER_PHONE };
/* Why an address or a number counts as verified: FusionAuth's IdentityVerifiedReason. */
#define USER_VERIFIED_COMPLETED S("Completed")
#define USER_VERIFIED_IMPLICIT S("Implicit") /* they read another mail of ours */
#define USER_VERIFIED_SKIPPED S("Skipped")
#define USER_VERIFIED_TRUSTED S("Trusted")
#define USER_VERIFIED_BY_ADMIN S("Administrative")
#define USER_VERIFIED_IMPORT S("Import")
#define USER_VERIFIED_DISABLED S("Disabled") /* it is not: nobody asked */
/* Marks it, unless it is verified already; declares nothing. */
void user_verify(struct user *user, enum user_contact which, str reason, int64_t now);
/* A new user (before NULL) or a changed one: what is another than before is not verified; why not, as the tenant says now. */
void user_settle_verified(
    struct arena *arena, const struct tenant *tenant, const struct user *before, struct user *user);
str user_verified_reason(const struct user *user, enum user_contact which);
