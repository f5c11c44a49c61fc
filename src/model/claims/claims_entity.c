/* SPDX-License-Identifier: Apache-2.0 */
/* Access tokens of entities believed again. Nothing of them is stored: what counts is the signature, the time, and that
 * the entity and those it is meant for are still there. Their typ is that of id tokens (FusionAuth's), which
 * are told apart by what only those have. */
#include "codec/jwt.h"
#include "model/claims/claims_internal.h"
#include "model/entity/entity.h"
#include "model/key/key.h"
#include "model/user/user.h"

static enum err
load_entity(struct rq *rq, struct uuid id, const struct entity **ret)
{
    void *thing = NULL;
    enum err e = record_load(rq, &entity_kind, id, &thing);

    *ret = thing;
    return e;
}

/* A key of the tenant or the house that settings only list, for tokens to be checked by. */
static bool
is_listed(const struct tenant *tenant, const struct entity_type *type, const struct key *key)
{
    const struct field_texts *ids = type != NULL && type->jwt.enabled
                                        ? &type->jwt.verification_key_ids
                                        : &tenant->jwt.access_check_key_ids;

    return (uuid_is_nil(key->tenant_id) || uuid_eq(key->tenant_id, tenant->id))
           && claims_lists_key(ids, key);
}

/* The tenant's own key, or the one that the tenant or the entity's type names, or lists. */
static enum err
find_key(struct rq *rq, const struct tenant *tenant, const struct entity *entity, str kid,
    const struct key **ret)
{
    const struct entity_type *type;
    const struct key *key = NULL;
    void *thing = NULL;
    enum err e = key_find_kid(rq, kid, &key);

    *ret = NULL;
    e = e ? e : record_load(rq, &entity_type_kind, entity->type.id, &thing);
    type = thing;
    if (e == ERR_OK && key != NULL
        && (uuid_eq(key->tenant_id, tenant->id) || uuid_eq(key->id, tenant->jwt.access_token_key_id)
            || (type != NULL && type->jwt.enabled
                && uuid_eq(key->id, type->jwt.access_token_key_id))
            || is_listed(tenant, type, key))) {
        *ret = key;
    }
    return e;
}

/* One of those the token is meant for: an entity of its tenant. */
static enum err
check_target(struct rq *rq, const struct tenant *tenant, const struct json *value, bool *ret_ok)
{
    const struct entity *target = NULL;
    struct uuid id;
    str text;
    enum err e = ERR_OK;

    if (json_str(value, &text) && uuid_parse(text, &id)) {
        e = load_entity(rq, id, &target);
    }
    *ret_ok = e == ERR_OK && target != NULL && uuid_eq(target->head.tenant_id, tenant->id);
    return e;
}

static enum err
check_audience(struct rq *rq, const struct tenant *tenant, const struct json *aud, bool *ret_ok)
{
    enum err e = ERR_OK;

    *ret_ok = true;
    if (aud != NULL && aud->type == JSON_ARRAY) {
        for (const struct json *one = aud->first; e == ERR_OK && *ret_ok && one; one = one->next) {
            e = check_target(rq, tenant, one, ret_ok);
        }
        return e;
    }
    return aud != NULL ? check_target(rq, tenant, aud, ret_ok) : ERR_OK;
}

static bool
is_in_time(const struct json *claims, int64_t now)
{
    int64_t issued_s, expires_s;

    return json_i64(json_get(claims, S("exp")), &expires_s) && expires_s > now / SECOND_MS
           && json_i64(json_get(claims, S("iat")), &issued_s)
           && issued_s <= (now + CLOCK_SKEW_MS) / SECOND_MS;
}

static enum err
check(struct rq *rq, const struct jwt *jwt, const struct claims_entity *access, bool *ret_ok)
{
    const struct key *key = NULL;
    str issuer;
    enum err e = find_key(rq, access->tenant, access->entity, jwt->kid, &key);

    if (e != ERR_OK || key == NULL || !sign_check_jwt(key->sign, jwt)
        || !json_str(json_get(jwt->claims, S("iss")), &issuer)
        || !str_eq(issuer, tenant_issuer(access->tenant))) {
        return e;
    }
    return check_audience(rq, access->tenant, json_get(jwt->claims, S("aud")), ret_ok);
}

enum err
claims_believe_entity(struct rq *rq, str token, struct claims_entity *ret, bool *ret_ok)
{
    struct uuid subject, tenant_id;
    bool is_person = false;
    struct jwt jwt;
    enum err e;

    *ret_ok = false;
    *ret = (struct claims_entity){.entity = NULL}; /* stays NULL for what is no entity's token */
    if (token.n == 0 || token.n > JWT_MAX_BYTES || !jwt_parse(rq->arena, token, &jwt)
        || !str_eq(jwt.typ, S("JWT")) || !claims_id(jwt.claims, S("sub"), &subject)
        || !claims_id(jwt.claims, S("tid"), &tenant_id)
        || json_get(jwt.claims, S("applicationId")) != NULL
        || json_get(jwt.claims, S("auth_time")) != NULL || !is_in_time(jwt.claims, rq->now)) {
        return ERR_OK;
    }
    ret->claims = jwt.claims->raw;
    e = load_entity(rq, subject, &ret->entity);
    if (e != ERR_OK || ret->entity == NULL || !uuid_eq(ret->entity->head.tenant_id, tenant_id)) {
        return e;
    }
    e = tenant_load(rq, tenant_id, &ret->tenant);
    if (e != ERR_OK || ret->tenant == NULL) {
        return e;
    }
    /* OA-47: who trusts sub to be a person must not be given an entity that was made with a person's id. */
    e = user_exists(rq, ret->tenant, subject, &is_person);
    return e != ERR_OK || is_person ? e : check(rq, &jwt, ret, ret_ok);
}

bool
claims_entity_is_for(struct rq *rq, const struct claims_entity *access, struct uuid id)
{
    str text = uuid_text(rq->arena, id), value;
    const struct json *claims, *aud;

    if (uuid_eq(access->entity->head.id, id)) {
        return true;
    }
    if (!json_parse(rq->arena, access->claims, &claims, NULL)) {
        return false;
    }
    aud = json_get(claims, S("aud"));
    for (const struct json *one = aud && aud->type == JSON_ARRAY ? aud->first : NULL; one != NULL;
         one = one->next) {
        if (json_str(one, &value) && str_eq(value, text)) {
            return true;
        }
    }
    return json_str(aud, &value) && str_eq(value, text);
}
