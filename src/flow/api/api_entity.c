/* SPDX-License-Identifier: Apache-2.0 */
/* /api/entity. An entity keeps its type and its client id. */
#include "flow/api/api_entity.h"

#include "codec/base64.h"
#include "flow/api/api_endpoints.h"
#include "flow/api/api_records.h"
#include "model/entity/entity_word.h"

void
api_entity_write(struct rq *rq, const void *object, struct json_out *out)
{
    const struct entity *entity = object;
    void *type = NULL;

    json_out_object(out);
    field_write_members(&entity_shown_table, FIELD_FOR_API, entity, out);
    if (record_load(rq, &entity_type_kind, entity->type.id, &type) == ERR_OK && type != NULL) {
        json_out_name(out, S("type"));
        field_write(entity_type_kind.table, FIELD_FOR_API, type, out);
    }
    json_out_object_end(out);
}

enum err
api_entity_find(
    struct rq *rq, struct uuid id, const struct tenant **ret_tenant, const struct entity **ret)
{
    void *thing = NULL;
    enum err e = record_load(rq, &entity_kind, id, &thing);

    *ret = NULL;
    *ret_tenant = NULL;
    if (e != ERR_OK || thing == NULL
        || !api_may_see(rq, ((const struct entity *)thing)->head.tenant_id)) {
        return e;
    }
    *ret = thing;
    return tenant_load(rq, (*ret)->head.tenant_id, ret_tenant);
}

/* A secret of 256 bits where none is chosen, and the id as client id. */
static enum err
fill(struct api_call *call, struct entity *entity)
{
    uint8_t secret[32];

    if (entity->client_id.n == 0) {
        entity->client_id = uuid_text(call->rq->arena, call->id);
    }
    if (entity->client_secret.n == 0) {
        rng_fill(call->rq->rng, secret, sizeof secret);
        entity->client_secret = base64url_text(call->rq->arena, BYTES_OF(secret));
        secret_wipe(secret, sizeof secret);
    }
    return arena_failed(call->rq->arena) ? FAIL_SERVER(call->rq) : ERR_OK;
}

static enum err
check(struct api_call *call)
{
    const struct entity *before = call->before;
    struct entity *entity = call->after;

    if (before != NULL && !uuid_eq(before->type.id, entity->type.id)) {
        field_fault(&call->reader, "entity.type.id", "immutable",
            "An entity keeps its type: make another entity.");
    }
    if (uuid_eq(entity->parent_id, call->id)) {
        field_fault(
            &call->reader, "entity.parentId", "invalid", "An entity is not its own parent.");
    }
    return ERR_OK;
}

/* Before the name is looked at: it is the client id. */
static enum err
check_entity(struct api_call *call)
{
    enum err e = fill(call, call->after);

    return e ? e : api_record_check(call);
}

static enum err
store_new(struct api_call *call)
{
    enum err e = api_record_store_new(call);

    if (e == ERR_OK) {
        entity_word_add(call->rq, call->tenant, call->after);
    }
    return e;
}

static enum err
store(struct api_call *call)
{
    const struct entity *before = call->before, *after = call->after;
    enum err e = api_record_store(call);

    if (e == ERR_OK && !str_eq(before->name, after->name)) {
        entity_word_forget(call->rq, call->tenant, before);
        entity_word_add(call->rq, call->tenant, after);
    }
    return e;
}

static enum err
remove_entity(struct api_call *call)
{
    enum err e = api_record_remove(call);

    if (e == ERR_OK) {
        entity_word_forget(call->rq, call->tenant, call->before);
        entity_grant_forget(call->rq, call->tenant, call->id);
    }
    return e;
}

const struct api_record api_entity = {
    .resource = {.load = api_record_load,
        .place = api_record_place,
        .check = check_entity,
        .create = store_new,
        .update = store,
        .remove = remove_entity,
        .name = "entity",
        .id_name = "entityId",
        .beside = &api_beside_table,
        .created = "entity.create",
        .updated = "entity.update",
        .deleted = "entity.delete",
        .write = api_entity_write},
    .kind = &entity_kind,
    .type = "Entity",
    .plural = "entities",
    .name_member = "clientId",
    .check = check,
};
