/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of entity types and entities. */
#include "model/entity/entity.h"

#include "crypto/hash.h"
#include "model/rq/rq.h"

/* FusionAuth's client for Java sends a new type with a time of 0, which is none, and without effect
 * while it is not enabled. */
static void
check_jwt(struct field_check *check)
{
    const struct entity_jwt *jwt = check->object;

    if (jwt->enabled && jwt->ttl_s < 1) {
        field_check_fault(check, "timeToLiveInSeconds", "invalid",
            "Say how many seconds a token lives: 1 at least.");
    }
}

/* clang-format off */
enum { RO = FIELD_READ_ONLY | FIELD_NOT_STORED };

#define P(member) FIELD_AT(struct entity_permission, member)
static const struct field permission_fields[] = {
    {.name = "id",                .kind = FIELD_UUID,    .offset = P(id)},
    {.name = "name",              .kind = FIELD_TEXT,    .offset = P(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "description",       .kind = FIELD_TEXT,    .offset = P(description)},
    {.name = "isDefault",         .kind = FIELD_BOOL,    .offset = P(is_default)},
    {.name = "data",              .kind = FIELD_JSON,    .offset = P(data)},
    {.name = "insertInstant",     .kind = FIELD_INSTANT, .offset = P(insert_instant)},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = P(last_update_instant)},
};
const struct field_table entity_permission_table = FIELD_TABLE("EntityTypePermission", permission_fields, struct entity_permission, NULL);

#define J(member) FIELD_AT(struct entity_jwt, member)
static const struct field jwt_fields[] = {
    {.name = "enabled",                       .kind = FIELD_BOOL,  .offset = J(enabled)},
    {.name = "accessTokenKeyId",              .kind = FIELD_UUID,  .offset = J(access_token_key_id)},
    {.name = "accessTokenVerificationKeyIds", .kind = FIELD_UUIDS, .offset = J(verification_key_ids)},
    {.name = "timeToLiveInSeconds",           .kind = FIELD_INT,   .offset = J(ttl_s), .max = INT32_MAX, .default_int = 60},
};
static const struct field_table jwt_table = FIELD_TABLE("EntityJWTConfiguration", jwt_fields, struct entity_jwt, check_jwt);

#define T(member) FIELD_AT(struct entity_type, member)
static const struct field type_fields[] = {
    {.name = "id",                .kind = FIELD_UUID,    .offset = T(head.id), .flags = RO},
    {.name = "name",              .kind = FIELD_TEXT,    .offset = T(name), .flags = FIELD_REQUIRED, .max = 191},
    {.name = "data",              .kind = FIELD_JSON,    .offset = T(data)},
    {.name = "jwtConfiguration",  .kind = FIELD_OBJECT,  .offset = T(jwt), .more.table = &jwt_table},
    {.name = "permissions",       .kind = FIELD_OBJECTS, .offset = T(permissions), .flags = FIELD_KEEP_ON_PUT, .more.table = &entity_permission_table},
    {.name = "insertInstant",     .kind = FIELD_INSTANT, .offset = T(head.insert_instant), .flags = RO},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = T(head.last_update_instant), .flags = RO},
};
static const struct field_table type_table = FIELD_TABLE("EntityType", type_fields, struct entity_type, NULL);

/* In an entity only the id of the type counts; clients may send back the whole. */
#define O(member) FIELD_AT(struct entity_of, member)
static const struct field of_fields[] = {
    {.name = "id",                .kind = FIELD_UUID,    .flags = FIELD_REQUIRED},
    {.name = "name",              .kind = FIELD_TEXT,    .offset = O(name), .flags = RO},
    {.name = "data",              .kind = FIELD_JSON,    .offset = O(data), .flags = RO},
    {.name = "jwtConfiguration",  .kind = FIELD_JSON,    .offset = O(jwt), .flags = RO},
    {.name = "permissions",       .kind = FIELD_OBJECTS, .offset = O(permissions), .flags = RO, .more.table = &entity_permission_table},
    {.name = "insertInstant",     .kind = FIELD_INSTANT, .offset = O(insert_instant), .flags = RO},
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = O(last_update_instant), .flags = RO},
};
static const struct field_table of_table = FIELD_TABLE("EntityTypeOfEntity", of_fields, struct entity_of, NULL);

#define E(member) FIELD_AT(struct entity, member)
#define ENTITY_ROWS \
    {.name = "id",                .kind = FIELD_UUID,    .offset = E(head.id), .flags = RO}, \
    {.name = "tenantId",          .kind = FIELD_UUID,    .offset = E(head.tenant_id), .flags = RO}, \
    {.name = "name",              .kind = FIELD_TEXT,    .offset = E(name), .flags = FIELD_REQUIRED, .max = 191}, \
    {.name = "clientId",          .kind = FIELD_TEXT,    .offset = E(client_id), .flags = FIELD_IMMUTABLE | FIELD_KEEP_ON_PUT, .max = 191}, \
    {.name = "clientSecret",      .kind = FIELD_SECRET,  .offset = E(client_secret), .flags = FIELD_SHOWN | FIELD_KEEP_ON_PUT, .max = 255}, \
    {.name = "data",              .kind = FIELD_JSON,    .offset = E(data)}, \
    {.name = "parentId",          .kind = FIELD_UUID,    .offset = E(parent_id)}, \
    {.name = "insertInstant",     .kind = FIELD_INSTANT, .offset = E(head.insert_instant), .flags = RO}, \
    {.name = "lastUpdateInstant", .kind = FIELD_INSTANT, .offset = E(head.last_update_instant), .flags = RO}
static const struct field entity_fields[] = {
    ENTITY_ROWS,
    {.name = "type",              .kind = FIELD_OBJECT,  .offset = E(type), .flags = FIELD_REQUIRED, .more.table = &of_table},
};
static const struct field_table entity_table = FIELD_TABLE("Entity", entity_fields, struct entity, NULL);
static const struct field shown_fields[] = {ENTITY_ROWS};
const struct field_table entity_shown_table = FIELD_TABLE("EntityShown", shown_fields, struct entity, NULL);
/* clang-format on */

const struct record_kind entity_type_kind = {
    .number = RECORD_ENTITY_TYPE,
    .name = "entityType",
    .table = &type_table,
    .name_at = T(name),
    .is_name_unique = true,
};

static void
refer(const void *thing, struct record_refs *refs)
{
    const struct entity *entity = thing;

    record_refer(refs, &entity_type_kind, entity->type.id, "entity.type.id");
    record_refer(refs, &entity_kind, entity->parent_id, "entity.parentId");
}

/* What has to be unique is the client id. */
const struct record_kind entity_kind = {
    .number = RECORD_ENTITY,
    .name = "entity",
    .table = &entity_table,
    .name_at = E(client_id),
    .is_name_unique = true,
    .is_of_tenant = true,
    .refer = refer,
};

const struct entity_permission *
entity_permission_by_id(const struct entity_type *type, struct uuid id)
{
    const struct entity_permission *list = type->permissions.items;

    for (size_t i = 0; i < type->permissions.count; i++) {
        if (uuid_eq(list[i].id, id)) {
            return &list[i];
        }
    }
    return NULL;
}

const struct entity_permission *
entity_permission_by_name(const struct entity_type *type, str name)
{
    const struct entity_permission *list = type->permissions.items;

    for (size_t i = 0; i < type->permissions.count; i++) {
        if (str_eq(list[i].name, name)) {
            return &list[i];
        }
    }
    return NULL;
}

enum err
entity_by_client(struct rq *rq, str client_id, struct uuid tenant_id, const struct entity **ret)
{
    struct uuid id = {{0}};
    void *thing = NULL;
    enum err e = ERR_OK;

    *ret = NULL;
    if (!uuid_parse(client_id, &id) && !uuid_is_nil(tenant_id)) {
        e = record_find(rq, &entity_kind, tenant_id, client_id, &id);
    }
    if (e == ERR_OK && !uuid_is_nil(id)) {
        e = record_load(rq, &entity_kind, id, &thing);
    }
    if (thing != NULL && str_eq(((const struct entity *)thing)->client_id, client_id)) {
        *ret = thing;
    }
    return e;
}

bool
entity_secret_ok(const struct entity *entity, str secret)
{
    struct digest want = sha256(str_bytes(entity->client_secret));
    struct digest got = sha256(str_bytes(secret));

    return ct_eq(digest_bytes(&want), digest_bytes(&got)) && entity->client_secret.n > 0;
}
