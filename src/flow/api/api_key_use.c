/* SPDX-License-Identifier: Apache-2.0 */
/* Signing keys by who names them. A key that is named and not there would let tokens be signed by
 * another one in silence, so it can neither be named nor be taken away. */
#include "flow/api/api_key_use.h"

#include "model/apikey/apikey.h"
#include "model/connector/connector.h"
#include "model/entity/entity.h"
#include "model/idp/idp.h"
#include "model/key/key.h"
#include "model/webhook/webhook.h"

enum { APPLICATIONS_MAX = 10000, RECORDS_MAX = 10000 };

static bool
signs_with(const struct jwt_config *jwt, struct uuid id)
{
    return jwt != NULL
           && (uuid_eq(jwt->access_token_key_id, id) || uuid_eq(jwt->id_token_key_id, id));
}

bool
api_may_use_key(const struct rq *rq, const struct key *key, const struct jwt_config *tenant,
    const struct jwt_config *before)
{
    return rq->api_key == NULL || uuid_is_nil(rq->api_key->tenant_id)
           || !uuid_is_nil(key->tenant_id) || signs_with(tenant, key->id)
           || signs_with(before, key->id);
}

struct jwt_place {               /* whose settings name keys */
    const struct tenant *tenant; /* NULL: nobody's, or one that is being made */
    const struct jwt_config *before;
    struct uuid tenant_id;
    const char *path;
};

static enum err
check_key(struct api_call *call, const struct jwt_place *place, struct uuid id, const char *member)
{
    struct arena *arena = call->rq->arena;
    const struct key *key = NULL;
    const char *at;
    enum err e = uuid_is_nil(id) ? ERR_OK : key_load(call->rq, id, &key);

    if (e != ERR_OK || uuid_is_nil(id)) {
        return e;
    }
    if (key != NULL && key->has_private
        && (uuid_is_nil(key->tenant_id) || uuid_eq(key->tenant_id, place->tenant_id))
        && api_may_use_key(
            call->rq, key, place->tenant ? &place->tenant->jwt : NULL, place->before)) {
        key_hold(call->rq, id);
        return ERR_OK;
    }
    at = str_z(arena, str_fmt(arena, "%s.jwtConfiguration.%s", place->path, member));
    field_fault(&call->reader, at ? at : place->path, "invalid",
        "Name a key that exists, may be used by this tenant and has a private part.");
    return ERR_OK;
}

/* Whoever holds the private part of a listed key can say anything in the tenant's name, so a key of another tenant, or
 * one that is none, is refused by its place. A nil tenant: the house's keys alone. */
enum err
api_check_key_list(
    struct api_call *call, const struct field_texts *ids, struct uuid tenant_id, const char *path)
{
    enum err e = ERR_OK;

    for (size_t i = 0; e == ERR_OK && i < ids->count; i++) {
        const char *at = str_z(call->rq->arena, str_fmt(call->rq->arena, "%s[%zu]", path, i));
        const struct key *key = NULL;
        struct uuid id;

        e = uuid_parse(ids->items[i], &id) ? key_load(call->rq, id, &key) : ERR_OK;
        if (e != ERR_OK) {
            return e;
        }
        if (key != NULL && key->sign != NULL
            && (uuid_is_nil(key->tenant_id) || uuid_eq(key->tenant_id, tenant_id))) {
            key_hold(call->rq, id);
            continue;
        }
        field_fault(&call->reader, at ? at : path, "invalid",
            "Name a key that exists and may be used here to check what others signed.");
    }
    return e;
}

static enum err
check_list(struct api_call *call, const struct field_texts *ids, struct uuid tenant_id,
    const char *path, const char *member)
{
    struct arena *arena = call->rq->arena;
    const char *at = str_z(arena, str_fmt(arena, "%s.jwtConfiguration.%s", path, member));

    return api_check_key_list(call, ids, tenant_id, at ? at : path);
}

enum err
api_check_jwt_keys(struct api_call *call, const struct jwt_config *jwt,
    const struct jwt_config *before, struct uuid tenant_id, const char *path)
{
    struct jwt_place place = {.before = before, .tenant_id = tenant_id, .path = path};
    enum err e = tenant_load(call->rq, tenant_id, &place.tenant);

    e = e ? e : check_key(call, &place, jwt->access_token_key_id, "accessTokenKeyId");
    if (e == ERR_OK && key_client_alg(jwt->id_token_key_id) == SIGN_NONE) {
        e = check_key(call, &place, jwt->id_token_key_id, "idTokenKeyId");
    }
    e = e ? e
          : check_list(
              call, &jwt->access_check_key_ids, tenant_id, path, "accessTokenVerificationKeyIds");
    return e ? e
             : check_list(
                 call, &jwt->id_check_key_ids, tenant_id, path, "idTokenVerificationKeyIds");
}

enum err
api_check_key_named(struct api_call *call, struct uuid id, const char *path, bool has_to_sign)
{
    const struct key *key = NULL;
    enum err e = uuid_is_nil(id) ? ERR_OK : key_load(call->rq, id, &key);

    if (e != ERR_OK || uuid_is_nil(id)) {
        return e;
    }
    if (key == NULL || !uuid_is_nil(key->tenant_id) || (has_to_sign && !key->has_private)) {
        field_fault(&call->reader, path, "invalid",
            "Name a key that exists, is not one tenant's own and fits what it is for.");
    } else {
        key_hold(call->rq, id);
    }
    return ERR_OK;
}

enum err
api_key_of(struct rq *rq, const struct tenant *tenant, const struct jwt_config *jwt,
    const struct key **ret)
{
    struct uuid id = jwt->access_token_key_id;
    enum err e = uuid_is_nil(id) ? ERR_OK : key_load(rq, id, ret);

    if (e == ERR_OK && (uuid_is_nil(id) || *ret == NULL)) {
        e = key_of_tenant(rq, tenant, ret);
    }
    return e == ERR_OK && (*ret == NULL || !(*ret)->has_private) ? FAIL_SERVER(rq) : e;
}

static bool
lists_key(const struct field_texts *ids, struct uuid id)
{
    struct uuid one;

    for (size_t i = 0; i < ids->count; i++) {
        if (uuid_parse(ids->items[i], &one) && uuid_eq(one, id)) {
            return true;
        }
    }
    return false;
}

static bool
names_key(const struct jwt_config *jwt, struct uuid id)
{
    return uuid_eq(jwt->access_token_key_id, id) || uuid_eq(jwt->id_token_key_id, id)
           || lists_key(&jwt->access_check_key_ids, id) || lists_key(&jwt->id_check_key_ids, id);
}

static bool
entity_type_names(const void *thing, struct uuid id)
{
    const struct entity_type *type = thing;

    return uuid_eq(type->jwt.access_token_key_id, id)
           || lists_key(&type->jwt.verification_key_ids, id);
}

/* One tenant with its applications, or for a nil id the universal ones, on an arena of its own. */
static enum err
ask_tenant(struct rq *rq, struct uuid tenant_id, struct uuid key_id, bool *ret)
{
    const struct application *app;
    const struct tenant *tenant;
    struct api_scratch scratch;
    struct uuid *ids;
    size_t count = 0;
    enum err e;

    if (!api_scratch_begin(rq, &scratch)) {
        return FAIL_SERVER(rq);
    }
    e = tenant_load(rq, tenant_id, &tenant); /* none of a nil id */
    *ret = e == ERR_OK && tenant != NULL && names_key(&tenant->jwt, key_id);
    e = e ? e : application_ids(rq, tenant_id, APPLICATIONS_MAX, &ids, &count);
    for (size_t i = 0; e == ERR_OK && !*ret && i < count; i++) {
        struct api_scratch inner;
        if (!api_scratch_begin(rq, &inner)) {
            e = FAIL_SERVER(rq);
            break;
        }
        e = application_any(rq, ids[i], &app);
        *ret = e == ERR_OK && app != NULL && names_key(&app->jwt, key_id);
        api_scratch_end(rq, &inner);
    }
    api_scratch_end(rq, &scratch);
    return e;
}

static bool
webhook_names(const void *thing, struct uuid id)
{
    const struct webhook *webhook = thing;

    return uuid_eq(webhook->signature.key_id, id) || uuid_eq(webhook->certificate_key_id, id);
}

static bool
connector_names(const void *thing, struct uuid id)
{
    return uuid_eq(((const struct connector *)thing)->certificate_key_id, id);
}

static enum err
ask_records(struct rq *rq, const struct record_kind *kind,
    bool (*names)(const void *thing, struct uuid id), struct uuid key_id, bool *ret)
{
    struct record_name *list = NULL;
    struct api_scratch scratch;
    size_t count = 0;
    void *thing;
    enum err e = record_names(rq, kind, (struct uuid){{0}}, RECORDS_MAX, &list, &count);

    for (size_t i = 0; e == ERR_OK && !*ret && i < count; i++) {
        if (!api_scratch_begin(rq, &scratch)) {
            return FAIL_SERVER(rq);
        }
        e = record_load(rq, kind, list[i].id, &thing);
        *ret = e == ERR_OK && thing != NULL && names(thing, key_id);
        api_scratch_end(rq, &scratch);
    }
    return e;
}

enum err
api_key_in_use(struct rq *rq, const struct key *key, bool *ret)
{
    struct uuid *ids = NULL;
    size_t count = 0;
    enum err e;

    *ret = key->is_default;
    e = ask_records(rq, &idp_kind, idp_names_key, key->id, ret);
    if (!uuid_is_nil(key->tenant_id)) {
        return e || *ret ? e : ask_tenant(rq, key->tenant_id, key->id, ret);
    }
    e = e ? e : ask_records(rq, &webhook_kind, webhook_names, key->id, ret);
    e = e ? e : ask_records(rq, &entity_type_kind, entity_type_names, key->id, ret);
    e = e ? e : ask_records(rq, &connector_kind, connector_names, key->id, ret);
    e = e || *ret ? e : ask_tenant(rq, (struct uuid){{0}}, key->id, ret);
    e = e ? e : tenant_ids(rq, SIZE_MAX, &ids, &count);
    for (size_t i = 0; e == ERR_OK && !*ret && i < count; i++) {
        e = ask_tenant(rq, ids[i], key->id, ret);
    }
    return e;
}
