/* SPDX-License-Identifier: Apache-2.0 */
/* Token introspection (RFC 7662). FusionAuth's clients send only client_id for a public
 * application; a confidential one must prove itself. Entities ask about tokens of entities. */
#include "flow/oauth/introspect.h"

#include "flow/oauth/oauth.h"
#include "flow/oauth/oauth_internal.h"
#include "model/claims/claims.h"
#include "model/entity/entity.h"

static enum err
answer_inactive(struct rq *rq)
{
    struct json_out out;
    struct buf buf;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_bool(&out, S("active"), false);
    json_out_object_end(&out);
    return rq_answer_json(rq, 200, &buf);
}

/* The token's own claims, and active: RFC 7662 s2.2 lets all of them stand. */
static enum err
answer_active(struct rq *rq, str own)
{
    const struct json *claims;
    struct json_out out;
    struct buf buf;

    if (!json_parse(rq->arena, own, &claims, NULL)) {
        return FAIL_SERVER(rq);
    }
    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    json_put_bool(&out, S("active"), true);
    json_put_str(&out, S("token_type"), S("Bearer"));
    for (const struct json *c = claims->first; c != NULL; c = c->next) {
        json_put_raw(&out, c->name, c->raw);
    }
    json_out_object_end(&out);
    return rq_answer_json(rq, 200, &buf);
}

/* OA-37: a token is its own application's business; to all others it is not one. */
static enum err
answer_application(struct rq *rq, str token)
{
    struct access *access;
    enum err e = client_must_be_proven(rq, false);

    e = e ? e : claims_believe(rq, token, &access);
    if (e != ERR_OK) {
        return e;
    }
    return access != NULL && uuid_eq(access->tenant_id, rq->tenant->id)
                   && uuid_eq(access->application_id, rq->application->id)
               ? answer_active(rq, access->claims)
               : answer_inactive(rq);
}

/* Whether the request, where it names a tenant, names this one. */
static bool
is_named(struct rq *rq, struct uuid tenant_id)
{
    const struct form *form;
    struct uuid id;
    str text;

    if (!uuid_is_nil(rq->path_tenant) && !uuid_eq(rq->path_tenant, tenant_id)) {
        return false;
    }
    text = rq_form(rq, &form) == ERR_OK ? form_get(form, S("tenantId")) : NO_STR;
    return text.n == 0 || (uuid_parse(text, &id) && uuid_eq(id, tenant_id));
}

/* A token of an entity: to itself, to an entity that it is meant for, and to whoever holds it and says nothing of a client, as
 * FusionAuth's clients do: they learn whether it holds, and what they could read in it. */
static enum err
answer_entity(struct rq *rq, const struct entity *entity, str token)
{
    struct claims_entity access;
    bool is_good = false;
    enum err e = claims_believe_entity(rq, token, &access, &is_good);

    if (e != ERR_OK) {
        return e;
    }
    if (entity == NULL && access.entity == NULL) {
        return client_or_entity(rq, &entity); /* which says that there is no client */
    }
    is_good = is_good && is_named(rq, access.tenant->id);
    return is_good && (entity == NULL || claims_entity_is_for(rq, &access, entity->head.id))
               ? answer_active(rq, access.claims)
               : answer_inactive(rq);
}

enum err
introspect_endpoint(struct rq *rq)
{
    const struct entity *entity = NULL;
    const struct form *form;
    bool has_client;
    enum err e = rq_form(rq, &form);

    if (e != ERR_OK) {
        return e;
    }
    has_client = form_get(form, S("client_id")).n > 0 || form_has(form, S("client_secret"))
                 || rq_header(rq, S("authorization")).n > 0;
    e = has_client ? client_or_entity(rq, &entity) : ERR_OK;
    if (e != ERR_OK) {
        return e;
    }
    if (!form_has(form, S("token"))) {
        return FAIL(rq, ERR_INVALID_REQUEST, "token", "is required");
    }
    return rq->application != NULL ? answer_application(rq, form_get(form, S("token")))
                                   : answer_entity(rq, entity, form_get(form, S("token")));
}
