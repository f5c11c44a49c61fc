/* SPDX-License-Identifier: Apache-2.0 */
/* /api/entity/{entityId}/grant: which permissions a person (userId) or an entity (recipientEntityId) has on an
 * entity. POST makes the grant or replaces it. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_entity.h"
#include "flow/api/api_tables.h"
#include "model/user/user.h"

enum { GRANTS_MAX = 500 };

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

static enum err
write_grant(struct rq *rq, const struct entity_grant *grant, struct json_out *out)
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

static enum err
answer_list(struct rq *rq, const struct entity_grant *list, size_t count, const size_t *total)
{
    struct api_answer answer;
    enum err e = ERR_OK;

    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("grants"));
    json_out_array(&answer.out);
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        e = write_grant(rq, &list[i], &answer.out);
    }
    json_out_array_end(&answer.out);
    if (total != NULL) {
        json_put_i64(&answer.out, S("total"), (int64_t)*total);
    }
    return e ? e : api_answer_send(rq, &answer, 200);
}

/* The recipient's grant, or all of the entity. */
enum err
api_entity_grant_retrieve(struct rq *rq)
{
    struct entity_grant grant, *list = NULL;
    struct api_answer answer;
    struct uuid recipient;
    struct place place;
    size_t count = 0, total;
    bool found = false;
    enum err e = find_place(rq, &place);

    e = e ? e : recipient_of(rq, &recipient);
    if (e != ERR_OK) {
        return e;
    }
    if (uuid_is_nil(recipient)) {
        const struct entity_grant_query query = {
            .entity_id = place.entity->head.id, .rows = GRANTS_MAX};
        e = entity_grants(rq, place.tenant, &query, &list, &count, &total);
        return e ? e : answer_list(rq, list, count, NULL);
    }
    e = entity_grant_load(rq, place.tenant, place.entity->head.id, recipient, &grant, &found);
    if (e != ERR_OK || !found) {
        return e ? e : api_not_found(rq);
    }
    api_answer_start(rq, &answer);
    json_out_name(&answer.out, S("grant"));
    e = write_grant(rq, &grant, &answer.out);
    return e ? e : api_answer_send(rq, &answer, 200);
}

/* clang-format off */
struct grant_criteria {
    struct api_criteria base;
    struct uuid entity_id, user_id;
};
#define C(member) FIELD_AT(struct grant_criteria, member)
static const struct field criteria_fields[] = {
    API_CRITERIA_NAME,
    API_CRITERIA_FIELDS,
    {.name = "entityId", .kind = FIELD_UUID, .offset = C(entity_id)},
    {.name = "userId",   .kind = FIELD_UUID, .offset = C(user_id)},
};
const struct field_table api_entity_grant_criteria_table = FIELD_TABLE("EntityGrantSearchCriteria", criteria_fields, struct grant_criteria, NULL);
/* clang-format on */

/* Of a page what also fits the other member and the entity's name. */
static enum err
keep_fitting(struct rq *rq, const struct grant_criteria *criteria, struct entity_grant *list,
    size_t *count, size_t *total)
{
    size_t kept = 0;
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < *count; i++) {
        void *entity = NULL;
        bool fits =
            uuid_is_nil(criteria->entity_id) || uuid_eq(criteria->entity_id, list[i].entity_id);
        if (fits && criteria->base.name.n) {
            e = record_load(rq, &entity_kind, list[i].entity_id, &entity);
            fits = entity != NULL
                   && api_name_matches(criteria->base.name, ((const struct entity *)entity)->name);
        }
        if (fits) {
            list[kept++] = list[i];
        }
    }
    *total -= *count - kept;
    *count = kept;
    return e;
}

enum err
api_entity_grant_search(struct rq *rq)
{
    struct grant_criteria criteria;
    const struct entity *entity = NULL;
    const struct tenant *tenant = NULL;
    struct entity_grant *list = NULL;
    size_t count = 0, total = 0;
    enum err e = api_criteria_read(rq, &api_entity_grant_criteria_table, &criteria);

    if (e == ERR_OK && uuid_is_nil(criteria.entity_id) && uuid_is_nil(criteria.user_id)) {
        return api_refuse(
            rq, "search.entityId", "missing", "Search by entityId, by userId, or by both.");
    }
    if (e == ERR_OK && !uuid_is_nil(criteria.entity_id)) {
        e = api_entity_find(rq, criteria.entity_id, &tenant, &entity);
        if (e != ERR_OK || entity == NULL) {
            return e ? e : answer_list(rq, NULL, 0, &total);
        }
    } else if (e == ERR_OK) {
        e = api_tenant(rq);
        tenant = rq->tenant;
    }
    if (e == ERR_OK) {
        const struct entity_grant_query query = {
            criteria.entity_id, criteria.user_id, criteria.base.start, criteria.base.rows};
        e = entity_grants(rq, tenant, &query, &list, &count, &total);
    }
    e = e ? e : keep_fitting(rq, &criteria, list, &count, &total);
    return e ? e : answer_list(rq, list, count, &total);
}
