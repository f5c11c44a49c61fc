/* SPDX-License-Identifier: Apache-2.0 */
/* SAML 2.0 providers: with what keys, addresses and names their answers are judged (model/saml judges), and what is taken
 * of them. The service provider is us: base URL/samlv2/sp/{provider} unless the provider names another (issuer); answers
 * to requests go to base URL/samlv2/acs, others to base URL/samlv2/acs/{provider}/{application}, so that nobody takes
 * one to another application. A transient name links nobody. */
#include "base/clock.h"
#include "model/application/application.h"
#include "model/federate/federate_internal.h"
#include "model/key/key.h"
#include "model/rq/rq.h"
#include "model/saml/saml.h"

enum { KEYS_MAX = 32, ALTERNATES_MAX = 32, FOR_REQUESTS = 0, FOR_OTHERS = 1, OWN_ADDRESSES = 2 };
enum { POLICY_ENABLED, POLICY_DISABLED, POLICY_ALTERNATES }; /* SAMLv2DestinationAssertionPolicy */

struct setting { /* what the rules point to */
    struct sign_key *keys[KEYS_MAX];
    str addresses[OWN_ADDRESSES + ALTERNATES_MAX];
};

static enum err
load_keys(struct rq *rq, const struct idp *idp, struct setting *setting, struct saml_rules *rules)
{
    size_t count = MIN(idp->verification_keys.count, (size_t)KEYS_MAX);
    enum err e = ERR_OK;

    rules->keys = setting->keys;
    for (size_t i = 0; e == ERR_OK && i < count; i++) {
        const struct key *key = NULL;
        struct uuid id;
        e = uuid_parse(idp->verification_keys.items[i], &id) ? key_load(rq, id, &key) : ERR_OK;
        if (e == ERR_OK && key != NULL && key->sign != NULL
            && !sign_alg_is_symmetric(sign_key_alg(key->sign))) {
            setting->keys[rules->key_count++] = key->sign;
        }
    }
    return e;
}

/* The key that assertions have to be encrypted for, if they have to be. */
static enum err
load_opener(struct rq *rq, const struct idp *idp, struct saml_rules *rules)
{
    const struct key *key = NULL;
    enum err e = idp->saml.is_encrypted ? key_load(rq, idp->saml.decryption_key_id, &key) : ERR_OK;

    if (e == ERR_OK && key != NULL && key->sign != NULL && sign_key_has_private(key->sign)) {
        rules->decrypts = key->sign;
    }
    return e;
}

static void
set_addresses(const struct federate_order *order, str base, struct arena *arena,
    struct setting *setting, struct saml_rules *rules)
{
    const struct idp_saml *saml = &order->idp->saml;
    str idp = uuid_text(arena, order->idp->head.id);
    str application = uuid_text(arena, order->application->id);
    size_t count = MIN(saml->alternates.count, (size_t)ALTERNATES_MAX);

    rules->addresses = setting->addresses;
    if (order->idp->type == IDP_SAML && saml->destination_policy == POLICY_DISABLED) {
        return;
    }
    setting->addresses[FOR_REQUESTS] = str_fmt(arena, STRF "/samlv2/acs", STRV(base));
    setting->addresses[FOR_OTHERS] =
        str_fmt(arena, STRF "/samlv2/acs/" STRF "/" STRF, STRV(base), STRV(idp), STRV(application));
    rules->address_count = OWN_ADDRESSES;
    if (order->idp->type != IDP_SAML || saml->destination_policy != POLICY_ALTERNATES) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        setting->addresses[rules->address_count++] = saml->alternates.items[i];
    }
}

static enum err
make_rules(struct rq *rq, const struct federate_order *order, struct saml_rules *rules)
{
    const struct idp *idp = order->idp;
    struct setting *setting = ARENA_NEW(rq->arena, struct setting);
    str base = order->tenant->base_url.n ? order->tenant->base_url : rq->house->base_url;
    bool is_named = idp->type == IDP_SAML && idp->saml.issuer.n > 0;
    enum err e;

    *rules = (struct saml_rules){.now_ms = rq->now};
    if (setting == NULL) {
        return FAIL_SERVER(rq);
    }
    while (base.n && base.p[base.n - 1] == '/') {
        base = str_head(base, base.n - 1);
    }
    set_addresses(order, base, rq->arena, setting, rules);
    if (idp->type == IDP_SAML_INITIATED || idp->saml.has_initiated) { /* then its name is known */
        rules->issuer =
            idp->type == IDP_SAML_INITIATED ? idp->saml.issuer : idp->saml.initiated_issuer;
    }
    rules->audience = is_named ? idp->saml.issuer
                               : str_fmt(rq->arena, STRF "/samlv2/sp/" STRF, STRV(base),
                                   STRV(uuid_text(rq->arena, idp->head.id)));
    e = load_keys(rq, idp, setting, rules);
    return e ? e : load_opener(rq, idp, rules);
}

/* Whether the provider may answer this way: asked or not asked, and at the address for that. */
static bool
may_come(const struct idp *idp, const struct saml_answer *answer, bool is_judged)
{
    size_t wrong = answer->request.n ? FOR_OTHERS : FOR_REQUESTS;

    if (is_judged && answer->address == wrong) {
        return false;
    }
    if (answer->request.n) {
        return idp->type == IDP_SAML;
    }
    return idp->type == IDP_SAML_INITIATED || idp->saml.has_initiated;
}

/* One value of it, the first. */
static str
attribute(const struct json *all, str name)
{
    const struct json *v = name.n ? json_get(all, name) : NULL;
    str text;

    v = v && v->type == JSON_ARRAY ? v->first : v;
    return json_str(v, &text) ? text : NO_STR;
}

static str
first_of(str a, str b)
{
    return a.n ? a : b;
}

static void
read_claims(const struct idp *idp, const struct saml_answer *answer, struct federate_claims *ret)
{
    bool is_passing =
        str_eq(answer->name_id_format, S("urn:oasis:names:tc:SAML:2.0:nameid-format:transient"));
    str lasting = is_passing ? NO_STR : answer->name_id;

    *ret = (struct federate_claims){.all = answer->attributes};
    ret->email = idp->saml.uses_name_id ? lasting : attribute(ret->all, idp->email_claim);
    ret->username = first_of(attribute(ret->all, idp->username_claim), lasting);
    ret->subject = idp->unique_id_claim.n ? attribute(ret->all, idp->unique_id_claim)
                                          : first_of(ret->email, lasting);
    ret->display_name = first_of(ret->email, ret->username);
    ret->is_authority = true; /* whoever set the provider up trusts it for its people's addresses */
}

static bool
note(struct federate_trace *trace, const char *title, bool is_right, str detail)
{
    trace->steps[trace->count++] = (struct federate_step){title, detail, is_right};
    trace->reach = is_right ? FEDERATE_REACHED : FEDERATE_REFUSED;
    return is_right;
}

enum err
federate_saml(struct rq *rq, const struct federate_order *order, str response,
    struct federate_trace *trace, struct federate_claims *ret, struct federate_saml *ret_saml)
{
    struct saml_rules rules;
    struct saml_answer answer;
    enum saml_fault fault;
    enum err e = make_rules(rq, order, &rules);

    if (e != ERR_OK) {
        return e;
    }
    if (order->idp->saml.is_encrypted && rules.decrypts == NULL) {
        (void)note(trace, "Find the key that opens assertions", false, NO_STR);
        return ERR_OK;
    }
    arena_keep_secret(rq->arena);
    fault = saml_read(rq->arena, &rules, response, &answer);
    if (fault == SAML_FAILED || arena_failed(rq->arena)) {
        return FAIL_SERVER(rq);
    }
    if (!note(trace, "Judge the response", fault == SAML_FINE, saml_fault_text(fault))
        || !note(trace, "Judge how it came", may_come(order->idp, &answer, rules.address_count > 0),
            answer.request.n ? S("It answers a request.") : S("Nobody asked for it."))) {
        return ERR_OK;
    }
    read_claims(order->idp, &answer, ret);
    *ret_saml = (struct federate_saml){answer.id, answer.request, answer.ends_ms};
    return ERR_OK;
}
