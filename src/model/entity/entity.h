/* SPDX-License-Identifier: Apache-2.0 */
/* Entities: things that are no people but have permissions and credentials of their own (devices, services,
 * companies). A type says which permissions there are; a grant gives a person or an entity some of them. */
#pragma once
#include "model/record/record.h"

struct entity_permission { /* type EntityTypePermission */
    struct uuid id;
    str name, description, data;
    bool is_default;
    int64_t insert_instant, last_update_instant;
};
struct entity_jwt { /* type EntityJWTConfiguration */
    bool enabled;
    struct uuid access_token_key_id;
    struct field_texts verification_key_ids;
    int64_t ttl_s;
};
struct entity_type { /* type EntityType */
    struct record head;
    str name, data;
    struct entity_jwt jwt;
    struct field_list permissions; /* struct entity_permission */
};
extern const struct record_kind entity_type_kind;
extern const struct field_table entity_permission_table;

struct entity_of { /* the type, as requests name it; what comes beside its id is never kept */
    struct uuid id;
    str name, data, jwt;
    struct field_list permissions;
    int64_t insert_instant, last_update_instant;
};
struct entity { /* type Entity */
    struct record head;
    str name, client_id, client_secret, data;
    struct uuid parent_id;
    struct entity_of type;
};
extern const struct record_kind entity_kind;
extern const struct field_table entity_shown_table; /* what clients see, without the type */

/* The permission of a type by id, by name; NULL when it has none. */
const struct entity_permission *entity_permission_by_id(
    const struct entity_type *type, struct uuid id);
const struct entity_permission *entity_permission_by_name(const struct entity_type *type, str name);
/* The entity of that client id, in a tenant (nil: found by an id that is a UUID alone); *ret NULL when there is
 * none. */
MUST_USE enum err entity_by_client(
    struct rq *rq, str client_id, struct uuid tenant_id, const struct entity **ret);
/* Compared in constant time. */
bool entity_secret_ok(const struct entity *entity, str secret);

struct entity_grant {                                 /* type EntityGrant */
    struct uuid id, entity_id, user_id, recipient_id; /* one of the last two is nil */
    int64_t insert_instant, last_update_instant;
    struct field_texts permissions;
    str data;
};
extern const struct field_table
    entity_grant_table; /* as clients send and see it, but for the entity */

/* The grant of an entity to a recipient (a user's or an entity's id); found false when there is none or its person
 * was erased. */
MUST_USE enum err entity_grant_load(struct rq *rq, const struct tenant *tenant,
    struct uuid entity_id, struct uuid recipient_id, struct entity_grant *ret, bool *ret_found);
struct entity_grant_query {
    struct uuid entity_id, recipient_id; /* by the recipient, unless it is nil */
    int64_t start, rows;
    struct uuid after_entity, after_recipient; /* entity_grant_rows */
};
/* A page of the grants of an entity, or of a recipient; *ret_total: all of them. */
MUST_USE enum err entity_grants(struct rq *rq, const struct tenant *tenant,
    const struct entity_grant_query *query, struct entity_grant **ret, size_t *ret_count,
    size_t *ret_total);
struct entity_grant_row { /* what is known of a grant without opening it */
    struct uuid entity_id, recipient_id;
    bool is_user;
    int64_t insert_instant;
};
/* The grants of an entity, of a recipient or, with neither, of the tenant behind query->after, by ids: at most
 * query->rows into ret. */
MUST_USE enum err entity_grant_rows(struct rq *rq, const struct tenant *tenant,
    const struct entity_grant_query *query, struct entity_grant_row *ret, size_t *ret_count);
/* Those of a recipient. */
MUST_USE enum err entity_grant_count(
    struct rq *rq, const struct tenant *tenant, struct uuid recipient_id, int64_t *ret);
/* Declares the grant, new or in place of the one that is there; the entity, and the entity that is given it, must
 * be there at the commit. ERR_NOT_FOUND for a person who was erased. */
MUST_USE enum err entity_grant_put(
    struct rq *rq, const struct tenant *tenant, const struct entity_grant *grant);
void entity_grant_remove(
    struct rq *rq, const struct tenant *tenant, struct uuid entity_id, struct uuid recipient_id);
/* Declare the end of all grants of and to an entity, to a user. */
void entity_grant_forget(struct rq *rq, const struct tenant *tenant, struct uuid entity_id);
void entity_grant_forget_user(struct rq *rq, const struct tenant *tenant, struct uuid user_id);
