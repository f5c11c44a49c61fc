/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/identity-provider/lookup: who signs people of a domain in. Shown to anybody, with a key or
 * without: nothing of it is secret, and a page that people sign in on asks. A tenant's own provider comes before the house's. */
#include "flow/api/api.h"
#include "flow/api/api_endpoints.h"
#include "model/idp/idp.h"

static void
write_applications(const struct idp *idp, struct json_out *out)
{
    const struct idp_app *apps = idp->apps.items;
    char text[UUID_TEXT];

    json_out_name(out, S("applicationIds"));
    json_out_array(out);
    for (size_t i = 0; i < idp->apps.count; i++) {
        if (apps[i].enabled) {
            uuid_write(apps[i].application_id, text);
            json_out_str(out, (str){text, sizeof text});
        }
    }
    json_out_array_end(out);
}

/* Type IdentityProviderDetails. */
static enum err
answer(struct rq *rq, const struct idp *idp)
{
    struct api_answer answer;
    struct json_out *out = &answer.out;

    api_answer_start(rq, &answer);
    json_out_name(out, S("identityProvider"));
    json_out_object(out);
    write_applications(idp, out);
    json_put_given_id(out, S("id"), idp->head.id);
    json_put_given(out, S("idpEndpoint"), idp->saml.endpoint);
    json_put_i64(out, S("insertInstant"), idp->head.insert_instant);
    json_put_i64(out, S("lastUpdateInstant"), idp->head.last_update_instant);
    json_put_str(out, S("name"), idp->name);
    if (idp->type == IDP_EXTERNAL_JWT || idp->type == IDP_OPENID_CONNECT) {
        json_out_name(out, S("oauth2"));
        json_out_object(out);
        json_put_given(out, S("authorization_endpoint"), idp->oauth.authorization_endpoint);
        json_put_given(out, S("token_endpoint"), idp->oauth.token_endpoint);
        json_out_object_end(out);
    }
    json_put_given_id(out, S("tenantId"), idp->head.tenant_id);
    json_put_str(out, S("type"), str_from(idp_types[idp->type]));
    json_out_object_end(out);
    return api_answer_send(rq, &answer, 200);
}

/* Whose domains are asked for: of a bound call that tenant's. */
static enum err
read_tenant(struct rq *rq, struct uuid *ret)
{
    enum err e = api_query_id(rq, "tenantId", ret);

    if (e == ERR_OK && api_is_bound(rq)) {
        e = api_tenant(rq);
        if (e == ERR_OK && !uuid_is_nil(*ret) && !uuid_eq(*ret, rq->tenant->id)) {
            return api_not_found(rq);
        }
        *ret = e ? *ret : rq->tenant->id;
    }
    return e;
}

/* An address counts as its domain. */
static str
domain_of(str text)
{
    size_t at = text.n;

    while (at > 0 && text.p[at - 1] != '@') {
        at--;
    }
    return str_trim(str_skip(text, at));
}

enum err
api_idp_lookup(struct rq *rq)
{
    str domain = domain_of(rq_query_get(rq, S("domain")));
    struct uuid tenant_id, id = {{0}};
    void *idp = NULL;
    enum err e = read_tenant(rq, &tenant_id);

    if (e == ERR_OK && domain.n == 0) {
        return api_refuse(rq, "domain", "blank", "Say which domain, such as example.com.");
    }
    e = e ? e : idp_of_domain(rq, tenant_id, domain, &id);
    e = e || uuid_is_nil(id) ? e : record_load(rq, &idp_kind, id, &idp);
    if (e != ERR_OK) {
        return e;
    }
    return idp != NULL && ((struct idp *)idp)->enabled ? answer(rq, idp) : api_not_found(rq);
}
