/* SPDX-License-Identifier: Apache-2.0 */
/* API keys: the raw value goes in Authorization. Found by a blind index of the value, so that
 * only digests are stored; permissions by endpoint and method, optionally for one tenant only. */
#pragma once
#include "crypto/hash.h"
#include "model/field/field.h"

struct rq;

struct api_key {                 /* type APIKey */
    struct uuid id, tenant_id;   /* nil tenant: all */
    struct uuid ip_list_id;      /* from where it may be used; nil: from everywhere */
    str name, key;               /* key: only when just made or chosen, never read back */
    struct api_key_permissions { /* APIKeyPermissions */
        str endpoints;           /* JSON: {"/api/user": ["GET", "POST"]}; empty: everything */
    } permissions;
    struct api_key_meta { /* APIKeyMetaData */
        str attributes;   /* JSON */
    } meta;
    bool is_key_manager, is_retrievable;
    int64_t insert_instant, last_update_instant, expiration_instant;
    struct digest lookup; /* blind index of the value; of a key that was loaded */
};
extern const struct field_table api_key_table;

/* The key behind an Authorization value; *ret NULL when unknown or expired. Where all writes are this
 * process's own (SQLite) no row is read for a key that was used before; elsewhere one is, so that a
 * deleted key ends at once on every node. */
MUST_USE enum err apikey_find(struct rq *rq, str value, const struct api_key **ret);
MUST_USE enum err apikey_load(struct rq *rq, struct uuid id, const struct api_key **ret);
/* The ids behind this one, of all tenants' keys, at most max. */
MUST_USE enum err apikey_after(
    struct rq *rq, struct uuid after, size_t max, struct uuid **ret, size_t *ret_count);
/* May the key call method on the endpoint? endpoint is the route's path up to the first
 * parameter: "/api/user". */
bool apikey_may(struct rq *rq, const struct api_key *key, str endpoint, str method);
/* May it be used from the request's address? */
MUST_USE enum err apikey_is_let_in(struct rq *rq, const struct api_key *key, bool *ret);
/* Declares a key; makes key->key (id + 256 bits) unless one was chosen. */
MUST_USE enum err apikey_create(struct rq *rq, struct api_key *key);
MUST_USE enum err apikey_update(struct rq *rq, struct api_key *key);
void apikey_delete(struct rq *rq, const struct api_key *key);
void apikey_write(const struct api_key *key, bool with_secret, struct json_out *out);
