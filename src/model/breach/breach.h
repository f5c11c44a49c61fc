/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a password is on the list of those that got out elsewhere, asked of a range service; and what follows, for new
 * passwords and at sign-ins. */
#pragma once
#include "base/fault.h"
#include "base/id.h"
#include "base/str.h"

struct application;
struct breaches;
struct field_reader;
struct rq;
struct tenant;
struct user;

/* The service and the counts of this process; url is what a prefix is appended to, and outlives it. */
MUST_USE struct breaches *breaches_new(str url);
void breaches_free(struct breaches *breaches);

/* Judges user->password as a new one, where the tenant asks for it: a fault at path.password. May be ERR_MOVE. Call it when
 * everything else about the password is right. */
MUST_USE enum err breach_check_new(struct rq *rq, const struct tenant *tenant,
    struct field_reader *reader, const struct user *user, const char *path);
/* The password was right: declares what is to be known of it, as the tenant asks for, and tells the person. May be ERR_MOVE. */
MUST_USE enum err breach_check_login(struct rq *rq, const struct tenant *tenant,
    const struct application *application, struct user *user, str password);

struct breach_counts {
    int64_t checked, common, password, unchecked;
    bool is_out; /* the service went out of reach */
};
/* What was counted in this process for the tenant and is not in the tally yet. */
struct breach_counts breach_waiting(struct rq *rq, struct uuid tenant_id);
/* For the house, each node its own: declares the counts of at most max tenants. */
MUST_USE enum err breaches_write(struct rq *rq, size_t max, size_t *ret_count);
