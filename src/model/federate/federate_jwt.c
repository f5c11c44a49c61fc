/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of others: RFC 8725 (the algorithm is the key's, never the token's choice), RFC 7519 s4.1. A token without
 * an end is refused; issuer and audience are judged where the provider is set up with them (oauth2.issuer,
 * oauth2.client_id). */
#include "codec/json.h"
#include "codec/jwt.h"
#include "model/federate/federate_internal.h"
#include "model/key/key.h"
#include "model/rq/rq.h"

enum { KEYS_MAX = 32, LEEWAY_S = 60 };

static bool
read_instant(const struct json *claims, str name, int64_t *ret)
{
    const struct json *v = json_get(claims, name);
    str number = v && v->type == JSON_NUMBER ? str_head(v->raw, str_find(v->raw, '.')) : NO_STR;

    *ret = 0;
    for (size_t i = 0; i < number.n; i++) {
        if (number.p[i] < '0' || number.p[i] > '9' || number.n > 12) {
            return false;
        }
        *ret = *ret * 10 + (number.p[i] - '0');
    }
    return number.n > 0;
}

bool
federate_in_time(const struct rq *rq, const struct json *claims)
{
    int64_t now_s = rq->now / SECOND_MS, at;

    if (!read_instant(claims, S("exp"), &at) || at + LEEWAY_S <= now_s) {
        return false;
    }
    if (json_get(claims, S("nbf")) != NULL
        && (!read_instant(claims, S("nbf"), &at) || at > now_s + LEEWAY_S)) {
        return false;
    }
    return json_get(claims, S("iat")) == NULL
           || (read_instant(claims, S("iat"), &at) && at <= now_s + LEEWAY_S);
}

/* RFC 7519 s4.1.3: one text, or a list of them. */
bool
federate_is_for(const struct json *claims, str audience)
{
    const struct json *aud = json_get(claims, S("aud"));
    str text;

    if (json_str(aud, &text)) {
        return str_eq(text, audience);
    }
    for (const struct json *m = aud && aud->type == JSON_ARRAY ? aud->first : NULL; m != NULL;
         m = m->next) {
        if (json_str(m, &text) && str_eq(text, audience)) {
            return true;
        }
    }
    return false;
}

static bool
claims_hold(const struct rq *rq, const struct idp *idp, const struct json *claims)
{
    str issuer;

    if (!federate_in_time(rq, claims)) {
        return false;
    }
    if (idp->oauth.issuer.n
        && !(json_str(json_get(claims, S("iss")), &issuer) && str_eq(issuer, idp->oauth.issuer))) {
        return false;
    }
    return idp->oauth.client_id.n == 0 || federate_is_for(claims, idp->oauth.client_id);
}

/* Every key of the provider's is trusted alike; the header only says which to try first, and a key that it names is
 * the only one that counts. */
static enum err
signature_holds(struct rq *rq, const struct idp *idp, const struct jwt *jwt, bool *ret)
{
    size_t count = MIN(idp->verification_keys.count, (size_t)KEYS_MAX);
    bool is_named = false;
    enum err e = ERR_OK;
    str named;

    *ret = false;
    if (!json_str(json_get(jwt->header, idp->header_key_parameter), &named)) {
        named = NO_STR;
    }
    for (size_t round = 0; round < 2 && !is_named; round++) {
        for (size_t i = 0; e == ERR_OK && !*ret && i < count; i++) {
            const struct key *key = NULL;
            struct uuid id;
            bool fits;
            e = uuid_parse(idp->verification_keys.items[i], &id) ? key_load(rq, id, &key) : ERR_OK;
            fits =
                e == ERR_OK && key != NULL && (round == 1 || (named.n && str_eq(key->kid, named)));
            is_named = is_named || (round == 0 && fits);
            *ret = fits && sign_check_jwt(key->sign, jwt);
        }
    }
    return e;
}

enum err
federate_jwt(struct rq *rq, const struct idp *idp, str token, struct federate_claims *ret,
    bool *ret_is_right)
{
    struct jwt jwt;
    enum err e;

    *ret_is_right = false;
    if (token.n > JWT_MAX_BYTES || !jwt_parse(rq->arena, token, &jwt)) {
        return ERR_OK;
    }
    e = signature_holds(rq, idp, &jwt, ret_is_right);
    *ret_is_right = e == ERR_OK && *ret_is_right && claims_hold(rq, idp, jwt.claims);
    if (*ret_is_right) {
        federate_read(idp, jwt.claims, ret);
    }
    return e;
}
