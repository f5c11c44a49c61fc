/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and numbers that were proven before the account was made: verificationIds of a body. */
#pragma once
#include "flow/api/api_user.h"

/* The user of a body with the address and the number that these ids prove, where it leaves them out. Says nothing about ids
 * that prove nothing: api_ahead_apply does. */
MUST_USE enum err api_ahead_fill(struct rq *rq, const struct tenant *tenant,
    const struct field_texts *ids, const struct json **value);
/* Marks what they prove of the user as verified, declares their use and the events: [invalid]verificationIds for one that proves
 * nothing, or something else; [duplicate] for two that prove the same. */
MUST_USE enum err api_ahead_apply(
    struct rq *rq, const struct tenant *tenant, const struct field_texts *ids, struct user *user);
