/* SPDX-License-Identifier: Apache-2.0 */
/* POST /api/jwt/vend: a token of the caller's own claims. Its typ is JWT, so it is no access token of
 * ours (RFC 8725 s3.11). Deviations: exp, iat and amr are refused, not ignored; iss and tid are added when they are
 * not there, and a call that is bound to a tenant cannot speak as another, not even as one that has its key and its issuer:
 * whatever we believe of a token, we believe of the tenant that tid names. */
#include "flow/api/api_endpoints.h"
#include "flow/api/api_key_use.h"
#include "model/event/event.h"
#include "model/key/key.h"

struct vend { /* type JWTVendRequest */
    struct uuid key_id;
    str claims;
    int64_t ttl_s;
};
/* clang-format off */
#define V(member) FIELD_AT(struct vend, member)
static const struct field vend_fields[] = {
    {.name = "claims",              .kind = FIELD_JSON, .offset = V(claims), .max = 16384},
    {.name = "keyId",               .kind = FIELD_UUID, .offset = V(key_id)},
    {.name = "timeToLiveInSeconds", .kind = FIELD_INT,  .offset = V(ttl_s), .max = INT32_MAX},
};
const struct field_table api_jwt_vend_table = FIELD_TABLE("JWTVendRequest", vend_fields, struct vend, NULL);
/* clang-format on */

static enum err
find_key(struct rq *rq, struct uuid id, const struct key **ret)
{
    enum err e;

    if (uuid_is_nil(id)) {
        return api_key_of(rq, rq->tenant, &rq->tenant->jwt, ret);
    }
    e = key_load(rq, id, ret);
    if (e != ERR_OK) {
        return e;
    }
    if (*ret == NULL || !(*ret)->has_private
        || !(uuid_is_nil((*ret)->tenant_id) || uuid_eq((*ret)->tenant_id, rq->tenant->id))
        || !api_may_use_key(rq, *ret, &rq->tenant->jwt, NULL)) {
        return api_refuse(rq, "keyId", "invalid",
            "Name a key that exists, may be used by this tenant and has a private part.");
    }
    return ERR_OK;
}

static enum err
check_claims(struct rq *rq, const struct json *claims)
{
    struct uuid tenant_id;
    str text;

    if (json_get(claims, S("exp")) != NULL || json_get(claims, S("iat")) != NULL
        || json_get(claims, S("amr")) != NULL) {
        return api_refuse(rq, "claims", "reserved",
            "The claims exp and iat are set here (ask for a timeToLiveInSeconds); amr is "
            "reserved.");
    }
    if (json_get(claims, S("iss")) != NULL && api_is_bound(rq)
        && !(json_str(json_get(claims, S("iss")), &text)
             && str_eq(text, tenant_issuer(rq->tenant)))) {
        return api_refuse(rq, "claims.iss", "invalid", "The issuer must be this tenant's.");
    }
    if (json_get(claims, S("tid")) != NULL && api_is_bound(rq)
        && !(json_str(json_get(claims, S("tid")), &text) && uuid_parse(text, &tenant_id)
             && uuid_eq(tenant_id, rq->tenant->id))) {
        return api_refuse(rq, "claims.tid", "invalid", "The tenant must be this one.");
    }
    return ERR_OK;
}

static str
write_claims(struct rq *rq, const struct json *claims, int64_t ttl_s)
{
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    json_out_object(&out);
    for (const struct json *c = claims ? claims->first : NULL; c != NULL; c = c->next) {
        json_put_raw(&out, c->name, c->raw);
    }
    if (json_get(claims, S("iss")) == NULL) {
        json_put_str(&out, S("iss"), tenant_issuer(rq->tenant));
    }
    if (json_get(claims, S("tid")) == NULL) {
        json_put_id(&out, S("tid"), rq->tenant->id);
    }
    json_put_i64(&out, S("iat"), rq->now / SECOND_MS);
    json_put_i64(&out, S("exp"), rq->now / SECOND_MS + ttl_s);
    json_out_object_end(&out);
    return buf_done(&buf, &text) ? text : NO_STR;
}

static enum err
note(struct rq *rq, const struct key *key)
{
    struct event event = {.kind = "jwt.vend"};

    event.detail =
        str_fmt(rq->arena, "{\"keyId\":\"" STRF "\"}", STRV(uuid_text(rq->arena, key->id)));
    return event_add(rq, rq->tenant, &event);
}

static enum err
sign(struct rq *rq, const struct key *key, str claims)
{
    struct api_answer answer;
    str token;
    enum err e = note(rq, key);

    arena_keep_secret(rq->arena);
    rq_count(rq, RQ_VENDED_TOKEN);
    token = claims.n ? sign_jwt(rq->arena, key->sign, S("JWT"), key->kid, claims) : NO_STR;
    if (e != ERR_OK || token.n == 0) {
        return e ? e : FAIL_SERVER(rq);
    }
    api_answer_start(rq, &answer);
    json_put_str(&answer.out, S("token"), token);
    return api_answer_send(rq, &answer, 200);
}

enum err
api_jwt_vend(struct rq *rq)
{
    const struct json *body, *claims = NULL;
    const struct key *key = NULL;
    struct vend vend;
    enum err e = api_body(rq, NULL, &api_jwt_vend_table, &vend, &body);

    e = e ? e : api_faults(rq);
    e = e ? e : api_tenant(rq);
    e = e ? e : find_key(rq, vend.key_id, &key);
    if (e != ERR_OK) {
        return e;
    }
    if (vend.claims.n && !json_parse(rq->arena, vend.claims, &claims, NULL)) {
        return FAIL_SERVER(rq);
    }
    e = check_claims(rq, claims);
    if (e != ERR_OK) {
        return e;
    }
    return sign(rq, key, write_claims(rq, claims, vend.ttl_s ? vend.ttl_s : rq->tenant->jwt.ttl_s));
}
