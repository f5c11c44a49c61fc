/* SPDX-License-Identifier: Apache-2.0 */
/* Which signing keys a tenant or an application may name, and which are named. */
#pragma once
#include "flow/api/api_resource.h"

struct key;

/* Whether the caller may have the key sign or open something: whoever may with a key of the house can speak for every tenant
 * that uses it. An API key or an administrator of one tenant takes that tenant's own, or what the house named in its
 * settings (jwt, each may be NULL). */
bool api_may_use_key(const struct rq *rq, const struct key *key, const struct jwt_config *tenant,
    const struct jwt_config *before);
/* Adds [invalid] faults at path.jwtConfiguration.* for keys that are not there, that the tenant or the caller may not
 * use, or that cannot sign. before: the settings as they were, or NULL. */
MUST_USE enum err api_check_jwt_keys(struct api_call *call, const struct jwt_config *jwt,
    const struct jwt_config *before, struct uuid tenant_id, const char *path);
/* Adds an [invalid] fault at path[i] for a key to check tokens by that is not there or is another tenant's. */
MUST_USE enum err api_check_key_list(
    struct api_call *call, const struct field_texts *ids, struct uuid tenant_id, const char *path);
/* Adds an [invalid] fault at path when a house's thing names a key that is not there, is one tenant's own, or
 * has no private part though it has to sign. */
MUST_USE enum err api_check_key_named(
    struct api_call *call, struct uuid id, const char *path, bool has_to_sign);
/* The key that access tokens under these settings are signed with: the one they name, else the tenant's
 * own. */
MUST_USE enum err api_key_of(struct rq *rq, const struct tenant *tenant,
    const struct jwt_config *jwt, const struct key **ret);
/* Does any tenant, application, webhook, connector or entity type that may use the key name it? */
MUST_USE enum err api_key_in_use(struct rq *rq, const struct key *key, bool *ret);
