/* SPDX-License-Identifier: Apache-2.0 */
/* grant_type=client_credentials (RFC 6749 s4.4) of an entity, for scopes target-entity:ID[:PERMISSION,...]: what it was granted
 * on each entity, or that part of it that is asked for. Nothing is stored. The token's typ is JWT, as FusionAuth writes it:
 * it speaks of no person and no application, and no endpoint of ours believes it (RFC 8725 s3.11). */
#include "flow/oauth/oauth.h"
#include "flow/oauth/token/token_internal.h"
#include "model/entity/entity.h"
#include "model/key/key.h"
#include "model/tenant/tenant.h"

enum { TARGETS_MAX = 16, CLAIMS_MAX = 16 * 1024 };

struct target { /* of one word of the scope */
    struct uuid id;
    struct field_texts granted;
    str asked; /* with commas; empty: all */
};
struct wish {
    struct target targets[TARGETS_MAX];
    size_t count;
};

static enum err
refuse_scope(struct rq *rq)
{
    return FAIL(rq, ERR_INVALID_SCOPE, "scope", "has a value that this entity may not ask for");
}

/* target-entity:ID or target-entity:ID:read,write; each entity once. */
static bool
read_target(str word, struct wish *wish)
{
    static const char prefix[] = "target-entity:";
    struct target *target = &wish->targets[wish->count];
    str rest = str_skip(word, sizeof prefix - 1);
    size_t colon = str_find(rest, ':');

    if (wish->count == TARGETS_MAX || !str_starts(word, str_from(prefix))
        || !uuid_parse(str_head(rest, colon), &target->id)
        || colon + 1 == rest.n) { /* a colon, and nothing asked for behind it */
        return false;
    }
    for (size_t i = 0; i < wish->count; i++) {
        if (uuid_eq(wish->targets[i].id, target->id)) {
            return false;
        }
    }
    target->asked = str_skip(rest, MIN(colon + 1, rest.n));
    wish->count++;
    return true;
}

static bool
has_granted(const struct target *target, str permission)
{
    for (size_t i = 0; i < target->granted.count; i++) {
        if (str_eq(target->granted.items[i], permission)) {
            return true;
        }
    }
    return false;
}

/* All of what is asked for must be granted: FusionAuth's rule. */
static enum err
check_target(struct rq *rq, const struct entity *entity, struct target *target)
{
    struct entity_grant grant;
    str rest = target->asked, permission;
    bool is_found;
    enum err e = entity_grant_load(rq, rq->tenant, target->id, entity->head.id, &grant, &is_found);

    if (e != ERR_OK || !is_found) {
        return e ? e : refuse_scope(rq);
    }
    target->granted = grant.permissions;
    while (target->asked.n && str_cut(&rest, ',', &permission)) {
        if (!has_granted(target, permission)) {
            return refuse_scope(rq);
        }
    }
    return ERR_OK;
}

static enum err
read_scope(struct rq *rq, const struct entity *entity, str scope, struct wish *ret)
{
    enum err e = ERR_OK;
    str word;

    ret->count = 0;
    while (str_cut(&scope, ' ', &word)) {
        if (word.n && !read_target(word, ret)) {
            return refuse_scope(rq);
        }
    }
    for (size_t i = 0; e == ERR_OK && i < ret->count; i++) {
        e = check_target(rq, entity, &ret->targets[i]);
    }
    return e;
}

/* One audience is a text, more are a list (RFC 7519 s4.1.3). */
static void
put_audience(struct rq *rq, const struct wish *wish, struct json_out *out)
{
    if (wish->count == 0) {
        return;
    }
    json_out_name(out, S("aud"));
    if (wish->count > 1) {
        json_out_array(out);
    }
    for (size_t i = 0; i < wish->count; i++) {
        json_out_str(out, uuid_text(rq->arena, wish->targets[i].id));
    }
    if (wish->count > 1) {
        json_out_array_end(out);
    }
}

/* By the id of the entity they are on; those it was granted, in their order. */
static void
put_permissions(struct rq *rq, const struct wish *wish, struct json_out *out)
{
    if (wish->count == 0) {
        return;
    }
    json_out_name(out, S("permissions"));
    json_out_object(out);
    for (size_t i = 0; i < wish->count; i++) {
        const struct target *target = &wish->targets[i];
        json_out_name(out, uuid_text(rq->arena, target->id));
        json_out_array(out);
        for (size_t j = 0; j < target->granted.count; j++) {
            str rest = target->asked, one;
            bool is_asked = target->asked.n == 0;
            while (!is_asked && str_cut(&rest, ',', &one)) {
                is_asked = str_eq(one, target->granted.items[j]);
            }
            if (is_asked) {
                json_out_str(out, target->granted.items[j]);
            }
        }
        json_out_array_end(out);
    }
    json_out_object_end(out);
}

/* As the entity's type says, where it says something; else as the tenant does. */
static enum err
find_signer(struct rq *rq, const struct entity *entity, const struct key **ret, int64_t *ret_ttl_s)
{
    struct uuid id = rq->tenant->jwt.access_token_key_id;
    const struct entity_type *type;
    void *thing = NULL;
    enum err e = record_load(rq, &entity_type_kind, entity->type.id, &thing);

    *ret = NULL;
    *ret_ttl_s = rq->tenant->jwt.ttl_s;
    type = thing;
    if (e == ERR_OK && type != NULL && type->jwt.enabled) {
        *ret_ttl_s = type->jwt.ttl_s;
        id = uuid_is_nil(type->jwt.access_token_key_id) ? id : type->jwt.access_token_key_id;
    }
    if (e == ERR_OK && !uuid_is_nil(id)) {
        e = key_load(rq, id, ret);
    }
    if (e == ERR_OK && *ret == NULL) {
        e = key_of_tenant(rq, rq->tenant, ret);
    }
    if (e == ERR_OK
        && (*ret == NULL || !(*ret)->has_private
            || (!uuid_is_nil((*ret)->tenant_id) && !uuid_eq((*ret)->tenant_id, rq->tenant->id)))) {
        e = FAIL_SERVER(rq);
    }
    return e;
}

static str
write_claims(
    struct rq *rq, const struct entity *entity, const struct wish *wish, str scope, int64_t ttl_s)
{
    struct json_out out;
    struct buf buf;
    str text;

    buf_init(&buf, rq->arena, CLAIMS_MAX);
    json_out_init(&out, &buf);
    json_out_object(&out);
    put_audience(rq, wish, &out);
    json_put_i64(&out, S("exp"), rq->now / SECOND_MS + ttl_s);
    json_put_i64(&out, S("iat"), rq->now / SECOND_MS);
    json_put_str(&out, S("iss"), tenant_issuer(rq->tenant));
    json_put_id(&out, S("jti"), rq_new_id(rq));
    put_permissions(rq, wish, &out);
    json_put_given(&out, S("scope"), scope);
    json_put_id(&out, S("sub"), entity->head.id);
    json_put_id(&out, S("tid"), rq->tenant->id);
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

enum err
token_grant_entity(
    struct rq *rq, const struct entity *entity, const struct form *form, struct token_reply *ret)
{
    str scope = form_get(form, S("scope")), claims;
    const struct key *key = NULL;
    struct wish wish;
    enum err e = read_scope(rq, entity, scope, &wish);

    e = e ? e : find_signer(rq, entity, &key, &ret->expires_s);
    if (e != ERR_OK) {
        return e;
    }
    claims = write_claims(rq, entity, &wish, scope, ret->expires_s);
    if (claims.n == 0) { /* more was granted than a token can carry: ask for less */
        return arena_failed(rq->arena) ? FAIL_SERVER(rq) : refuse_scope(rq);
    }
    ret->scope = scope;
    rq_count(rq, RQ_ACCESS_TOKEN);
    ret->access_token = sign_jwt(rq->arena, key->sign, S("JWT"), key->kid, claims);
    return ret->access_token.n ? ERR_OK : FAIL_SERVER(rq);
}
