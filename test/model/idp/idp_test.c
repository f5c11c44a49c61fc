/* SPDX-License-Identifier: Apache-2.0 */
/* Identity providers: what each type needs, what is kept of them, whose domain is whose. */
#define UNIT idp
#include "idp_sample.h"

#define KEY1 "11111111-1111-4111-8111-111111111111"
#define KEY2 "22222222-2222-4222-8222-222222222222"

TEST(each_type_asks_for_what_it_cannot_work_without)
{
    static const struct {
        int line;
        const char *body, *faults;
    } rows[] = {
        {__LINE__, "{}", "[missing]idp.type"},
        {__LINE__, "{\"type\":\"Apple\",\"keyId\":\"" KEY1 "\",\"teamId\":\"t\"}",
            "[blank]idp.servicesId"},
        {__LINE__,
            "{\"type\":\"Apple\",\"keyId\":\"" KEY1 "\",\"teamId\":\"t\",\"bundleId\":\"b\"}", ""},
        {__LINE__, "{\"type\":\"ExternalJWT\",\"headerKeyParameter\":\"kid\"}",
            "[blank]idp.verificationKeyIds"},
        {__LINE__,
            "{\"type\":\"ExternalJWT\",\"headerKeyParameter\":\"kid\",\"defaultKeyId\":\"" KEY1
            "\"}",
            ""},
        {__LINE__,
            "{\"type\":\"OpenIDConnect\",\"buttonText\":\"b\",\"oauth2\":{\"client_id\":\"c\","
            "\"clientAuthenticationMethod\":\"none\",\"issuer\":\"https://x.example\"}}",
            ""},
        {__LINE__,
            "{\"type\":\"OpenIDConnect\",\"buttonText\":\"b\",\"oauth2\":{\"client_id\":\"c\","
            "\"issuer\":\"https://x.example\"}}",
            "[blank]idp.oauth2.client_secret"},
        {__LINE__,
            "{\"type\":\"SAMLv2IdPInitiated\",\"issuer\":\"i\",\"keyId\":\"" KEY1
            "\",\"useNameIdForEmail\":true,\"linkingStrategy\":\"LinkByUsername\"}",
            "[blank]idp.usernameClaim"},
        {__LINE__,
            "{\"type\":\"SAMLv2\",\"buttonText\":\"b\",\"idpEndpoint\":\"https://x.example\","
            "\"keyId\":\"" KEY1 "\",\"useNameIdForEmail\":true,\"signRequest\":true,"
            "\"postRequest\":true,\"idpInitiatedConfiguration\":{\"enabled\":true}}",
            "[blank]idp.idpInitiatedConfiguration.issuer [blank]idp.requestSigningKeyId "
            "[blank]idp.xmlSignatureC14nMethod"},
        {__LINE__,
            "{\"type\":\"Twitter\",\"buttonText\":\"b\",\"consumerKey\":\"k\",\"consumerSecret\":"
            "\"s\",\"linkingStrategy\":\"Unsupported\"}",
            "[invalid]idp.linkingStrategy"},
        {__LINE__,
            "{\"type\":\"Steam\",\"client_id\":\"c\",\"webAPIKey\":\"w\",\"attributeMappings\":"
            "{\"user.a\":\"b\"},\"lambdaConfiguration\":{\"reconcileId\":\"" KEY1 "\"}}",
            "[invalid]idp.attributeMappings"},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rq *rq = fixture_rq(fx);
        (void)idp_sample(rq, rows[i].body, rows[i].faults);
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(hypr_links_nobody_whatever_was_said)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    const struct idp *idp = idp_sample(rq,
        "{\"type\":\"HYPR\",\"relyingPartyApplicationId\":\"r\",\"relyingPartyURL\":"
        "\"https://x.example\",\"linkingStrategy\":\"LinkByEmail\"}",
        "");

    EXPECT(idp->linking == IDP_LINK_UNSUPPORTED);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(every_type_is_stored_and_read_back_as_it_was)
{
    struct fixture *fx = fixture_open();

    for (int type = 0; type < IDP_TYPE_COUNT; type++) {
        struct rq *rq = fixture_rq(fx);
        const struct field_table *table = idp_kind.variants[type];
        struct idp *idp = ARENA_NEW(rq->arena, struct idp);
        void *back;
        field_defaults(rq->arena, table, idp);
        idp->type = type;
        idp->name = str_from(idp_types[type]);
        idp->enabled = true;
        idp->head.id = fixture_id(fx);
        REQUIRE(record_create(rq, &idp_kind, type % 2 ? fx->tenant : NULL, idp) == ERR_OK);
        REQUIRE(fixture_commit(rq) == ERR_OK);
        REQUIRE(record_load(rq, &idp_kind, idp->head.id, &back) == ERR_OK && back != NULL);
        EXPECT(record_table(&idp_kind, back) == table);
        EXPECT(((struct idp *)back)->type == type && ((struct idp *)back)->enabled);
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(the_old_name_of_the_first_key_is_kept_beside_the_new_one)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct uuid key1, key2;
    struct idp *idp = idp_sample(rq,
        "{\"type\":\"ExternalJWT\",\"headerKeyParameter\":\"kid\",\"defaultKeyId\":\"" KEY1 "\"}",
        "");

    REQUIRE(uuid_parse(S(KEY1), &key1) && uuid_parse(S(KEY2), &key2));
    REQUIRE(idp->verification_keys.count == 1);
    EXPECT_STR(idp->verification_keys.items[0], S(KEY1));
    idp = idp_sample(rq,
        "{\"type\":\"ExternalJWT\",\"headerKeyParameter\":\"kid\",\"defaultKeyId\":\"" KEY1
        "\",\"verificationKeyIds\":[\"" KEY2 "\"]}",
        "");
    EXPECT(uuid_eq(idp->key_id, key2) && idp->verification_keys.count == 1);
    EXPECT(idp_names_key(idp, key2) && !idp_names_key(idp, key1));
    fixture_done(rq);
    fixture_close(fx);
}

TEST(fixed_ids_are_those_of_fusionauth)
{
    EXPECT(uuid_is_nil(idp_fixed_id(IDP_EXTERNAL_JWT)));
    EXPECT(uuid_is_nil(idp_fixed_id(IDP_SAML)));
    EXPECT(!uuid_is_nil(idp_fixed_id(IDP_GOOGLE)));
    for (int a = 0; a < IDP_TYPE_COUNT; a++) {
        for (int b = 0; b < a; b++) {
            struct uuid id = idp_fixed_id((enum idp_type)a);
            EXPECT(uuid_is_nil(id) || !uuid_eq(id, idp_fixed_id((enum idp_type)b)));
        }
    }
}

static struct uuid
manager(struct fixture *fx, struct uuid tenant_id, const char *domain)
{
    struct rq *rq = fixture_rq(fx);
    struct uuid id;

    REQUIRE(idp_of_domain(rq, tenant_id, str_from(domain), &id) == ERR_OK);
    fixture_done(rq);
    return id;
}

#define MANAGES(domains)                                                                           \
    "{\"type\":\"ExternalJWT\",\"headerKeyParameter\":\"kid\",\"defaultKeyId\":\"" KEY1            \
    "\",\"domains\":" domains "}"

TEST(a_domain_is_its_tenants_before_it_is_the_houses)
{
    struct fixture *fx = fixture_open();
    struct uuid house = {{0}}, a = fx->tenant->id, b = fx->other->id;
    struct idp *all = idp_stored(fx, NULL, MANAGES("[\"X.Example\",\"x.example\",\"y.example\"]"));
    struct idp *own = idp_stored(fx, fx->tenant, MANAGES("[\"x.example\"]"));
    struct rq *rq;

    EXPECT(uuid_eq(manager(fx, a, "X.EXAMPLE"), own->head.id));
    EXPECT(uuid_eq(manager(fx, b, "x.example"), all->head.id));
    EXPECT(uuid_eq(manager(fx, house, "x.example"), all->head.id));
    EXPECT(uuid_eq(manager(fx, a, "y.example"), all->head.id));
    EXPECT(uuid_is_nil(manager(fx, a, "z.example")));
    rq = fixture_rq(fx);
    idp_keep_domains(rq, all, NULL); /* it had none, as far as this copy says: nothing ends */
    fixture_finish(rq);
    EXPECT(uuid_eq(manager(fx, b, "x.example"), all->head.id));
    fixture_end_tenant(fx, fx->tenant);
    EXPECT(uuid_eq(manager(fx, a, "x.example"), all->head.id));
    fixture_close(fx);
}

TEST(a_domain_that_is_taken_meanwhile_runs_the_handler_again)
{
    struct fixture *fx = fixture_open();
    struct rq *one = fixture_rq(fx), *two = fixture_rq(fx);
    struct idp *a = idp_sample(one, MANAGES("[\"x.example\"]"), "");
    struct idp *b = idp_sample(two, MANAGES("[\"x.example\"]"), "");

    a->head.id = fixture_id(fx);
    b->head.id = fixture_id(fx);
    idp_keep_domains(one, NULL, a);
    idp_keep_domains(two, NULL, b);
    EXPECT(fixture_commit(one) == ERR_OK);
    EXPECT(fixture_commit(two) == ERR_AGAIN);
    fixture_done(one);
    fixture_done(two);
    fixture_close(fx);
}

TEST(another_tenants_provider_is_not_there)
{
    struct fixture *fx = fixture_open();
    struct idp *idp = idp_stored(fx, fx->tenant, MANAGES("[]"));
    struct rq *rq = fixture_rq(fx);
    const struct idp *got;

    REQUIRE(idp_load(rq, fx->tenant, idp->head.id, &got) == ERR_OK);
    EXPECT(got != NULL);
    REQUIRE(idp_load(rq, fx->other, idp->head.id, &got) == ERR_OK);
    EXPECT(got == NULL);
    REQUIRE(idp_load(rq, fx->tenant, fixture_id(fx), &got) == ERR_OK);
    EXPECT(got == NULL);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_provider_is_on_for_an_application_when_both_say_so)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct uuid on, off, none = fixture_id(fx);
    struct idp *idp = idp_sample(rq,
        "{\"type\":\"ExternalJWT\",\"headerKeyParameter\":\"kid\",\"defaultKeyId\":\"" KEY1
        "\",\"enabled\":true,\"applicationConfiguration\":{\"" KEY2 "\":{},\"" KEY1
        "\":{\"enabled\":true}},\"tenantConfiguration\":{\"" KEY2
        "\":{\"limitUserLinkCount\":{\"enabled\":true,\"maximumLinks\":3}}}}",
        "");

    REQUIRE(uuid_parse(S(KEY1), &on) && uuid_parse(S(KEY2), &off));
    EXPECT(idp_is_on(idp, on) && !idp_is_on(idp, off) && !idp_is_on(idp, none));
    REQUIRE(idp_app(idp, off) != NULL && idp_tenant(idp, off) != NULL);
    EXPECT(idp_app(idp, off)->creates_registration && idp_app(idp, none) == NULL);
    EXPECT(idp_tenant(idp, off)->limit.max_links == 3 && idp_tenant(idp, on) == NULL);
    idp->enabled = false;
    EXPECT(!idp_is_on(idp, on));
    fixture_done(rq);
    fixture_close(fx);
}
