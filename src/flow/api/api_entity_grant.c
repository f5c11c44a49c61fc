/* SPDX-License-Identifier: Apache-2.0 */
/* /api/entity/{entityId}/grant: which permissions a person (userId) or an entity (recipientEntityId) has on an
 * entity. POST makes the grant or replaces it. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_entity.h"
#include "model/user/user.h"

enum { AT_ONCE = 20, PAGE_ARENA = MB(64), ANSWER_ARENA = MB(24) };

struct place { /* of a call */
    const struct tenant *tenant;
    const struct entity *entity;
};

static enum err
find_place(struct rq *rq, struct place *ret)
{
    struct uuid id;
    enum err e = rq_segment_id(rq, 0, "entityId", &id);

    e = e ? e : api_entity_find(rq, id, &ret->tenant, &ret->entity);
    return e == ERR_OK && ret->entity == NULL ? api_not_found(rq) : e;
}

/* Who has it: exactly one, and of the entity's tenant. */
static enum err
check_recipient(struct rq *rq, const struct place *place, const struct entity_grant *grant)
{
    struct field_reader reader = api_reader(rq);
    const struct entity *recipient;
    const struct tenant *tenant;
    struct user *user = NULL;
    enum err e;

    if (uuid_is_nil(grant->user_id) == uuid_is_nil(grant->recipient_id)) {
        return api_refuse(rq, "grant.userId", "invalid",
            "Name who has the grant: either userId or recipientEntityId.");
    }
    if (!uuid_is_nil(grant->user_id)) {
        e = user_load(rq, place->tenant, grant->user_id, USER_PLAIN, &user);
        if (e == ERR_OK && user == NULL) {
            field_fault(&reader, "grant.userId", "invalid",
                "There is no user with this id in the entity's tenant.");
        }
        return e;
    }
    e = api_entity_find(rq, grant->recipient_id, &tenant, &recipient);
    if (e == ERR_OK && (recipient == NULL || !uuid_eq(tenant->id, place->tenant->id))) {
        field_fault(&reader, "grant.recipientEntityId", "invalid",
            "There is no entity with this id in the entity's tenant.");
    }
    return e;
}

static enum err
check_permissions(struct rq *rq, const struct place *place, const struct entity_grant *grant)
{
    struct field_reader reader = api_reader(rq);
    void *type = NULL;
    enum err e = record_load(rq, &entity_type_kind, place->entity->type.id, &type);

    for (size_t i = 0; e == ERR_OK && type != NULL && i < grant->permissions.count; i++) {
        if (entity_permission_by_name(type, grant->permissions.items[i]) == NULL) {
            field_fault(&reader, "grant.permissions", "invalid",
                "Each permission must be one of the entity's type.");
            break;
        }
    }
    return e;
}

static enum err
declare(struct rq *rq, const struct place *place, struct entity_grant *grant)
{
    struct api_change change = {
        .kind = "entity.grant", .id = place->entity->head.id, .user_id = grant->user_id};
    struct uuid recipient = uuid_is_nil(grant->user_id) ? grant->recipient_id : grant->user_id;
    struct entity_grant before;
    bool found;
    enum err e =
        entity_grant_load(rq, place->tenant, place->entity->head.id, recipient, &before, &found);

    grant->id = found ? before.id : rq_new_id(rq);
    e = e ? e : entity_grant_put(rq, place->tenant, grant);
    return e ? e : api_audit(rq, place->tenant, &change);
}

enum err
api_entity_grant_put(struct rq *rq)
{
    static const char *const objects[] = {"grant", NULL};
    struct field_reader reader = api_reader(rq);
    struct entity_grant grant;
    struct api_beside beside;
    const struct json *body;
    struct place place;
    enum err e = find_place(rq, &place);

    e = e ? e : api_body(rq, objects, &api_beside_table, &beside, &body);
    if (e != ERR_OK) {
        return e;
    }
    if (!field_read(&reader, &entity_grant_table, FIELD_CREATE, json_get(body, S("grant")),
            S("grant"), &grant)
        && arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    e = api_faults(rq);
    grant.entity_id = place.entity->head.id;
    e = e ? e : check_recipient(rq, &place, &grant);
    e = e ? e : check_permissions(rq, &place, &grant);
    e = e ? e : api_faults(rq);
    e = e ? e : declare(rq, &place, &grant);
    return e ? e : rq_answer_empty(rq, 200);
}

/* ?userId= or ?recipientEntityId=; nil when neither. */
static enum err
recipient_of(struct rq *rq, struct uuid *ret)
{
    struct uuid entity;
    enum err e = api_query_id(rq, "userId", ret);

    e = e ? e : api_query_id(rq, "recipientEntityId", &entity);
    if (e == ERR_OK && uuid_is_nil(*ret)) {
        *ret = entity;
    }
    return e;
}

enum err
api_entity_grant_delete(struct rq *rq)
{
    struct api_change change = {.kind = "entity.revoke"};
    struct entity_grant grant;
    struct uuid recipient;
    struct place place;
    bool found = false;
    enum err e = find_place(rq, &place);

    e = e ? e : recipient_of(rq, &recipient);
    if (e == ERR_OK && uuid_is_nil(recipient)) {
        return api_refuse(
            rq, "userId", "missing", "Name whose grant ends: userId or recipientEntityId.");
    }
    e = e ? e
          : entity_grant_load(rq, place.tenant, place.entity->head.id, recipient, &grant, &found);
    if (e != ERR_OK || !found) {
        return e ? e : api_not_found(rq);
    }
    entity_grant_remove(rq, place.tenant, place.entity->head.id, recipient);
    change.id = place.entity->head.id;
    change.user_id = grant.user_id;
    e = api_audit(rq, place.tenant, &change);
    return e ? e : rq_answer_empty(rq, 200);
}

enum err
api_entity_grant_write(struct rq *rq, const struct entity_grant *grant, struct json_out *out)
{
    struct entity_grant bare = *grant;
    void *entity = NULL;
    enum err e = record_load(rq, &entity_kind, grant->entity_id, &entity);

    bare.entity_id = (struct uuid){{0}}; /* shown whole */
    json_out_object(out);
    field_write_members(&entity_grant_table, FIELD_FOR_API, &bare, out);
    if (e == ERR_OK && entity != NULL) {
        json_out_name(out, S("entity"));
        api_entity_write(rq, entity, out);
    }
    json_out_object_end(out);
    return e;
}

/* Page by page, on memory that is given back. */
static enum err
put_all(struct rq *rq, const struct place *place, struct json_out *out)
{
    struct entity_grant_query query = {.entity_id = place->entity->head.id, .rows = AT_ONCE};
    struct api_scratch scratch;
    struct entity_grant *list = NULL;
    size_t count = 0, total = 0;
    enum err e = ERR_OK;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    do {
        arena_allow(
            rq->arena, PAGE_ARENA); /* each may hold 64 KB, and takes ten times that as a tree */
        e = entity_grants(rq, place->tenant, &query, &list, &count, &total);
        for (size_t i = 0; e == ERR_OK && !out->buf->failed && i < count; i++) {
            e = api_entity_grant_write(rq, &list[i], out);
        }
        query.start += AT_ONCE;
        api_scratch_again(rq);
    } while (e == ERR_OK && !out->buf->failed && (size_t)query.start < total);
    api_scratch_end(rq, &scratch);
    return e;
}

static enum err
answer_all(struct rq *rq, const struct place *place)
{
    struct api_answer answer;
    enum err e;

    arena_allow(rq->arena, ANSWER_ARENA);
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("grants"));
    json_out_array(&answer.out);
    e = put_all(rq, place, &answer.out);
    json_out_array_end(&answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}

/* The recipient's grant, or all of the entity. */
enum err
api_entity_grant_retrieve(struct rq *rq)
{
    struct entity_grant grant;
    struct api_answer answer;
    struct uuid recipient;
    struct place place;
    bool found = false;
    enum err e = find_place(rq, &place);

    e = e ? e : recipient_of(rq, &recipient);
    if (e != ERR_OK) {
        return e;
    }
    if (uuid_is_nil(recipient)) {
        return answer_all(rq, &place);
    }
    e = entity_grant_load(rq, place.tenant, place.entity->head.id, recipient, &grant, &found);
    if (e != ERR_OK || !found) {
        return e ? e : api_not_found(rq);
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("grant"));
    e = api_entity_grant_write(rq, &grant, &answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}
