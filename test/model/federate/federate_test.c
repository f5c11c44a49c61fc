/* SPDX-License-Identifier: Apache-2.0 */
/* What providers say: which claims are whose, and which tokens are believed. The rules of linking are tested end to
 * end, api_federate_test.mjs. */
#define UNIT federate
#include "../idp/idp_sample.h"

#include "codec/form.h"
#include "crypto/sign.h"
#include "model/federate/federate_internal.h"
#include "model/key/key.h"

static const struct json *
json_of(struct rq *rq, const char *text)
{
    const struct json *v;

    cr_assert(json_parse(rq->arena, str_from(text), &v, NULL));
    return v;
}

TEST(claims_are_read_by_the_names_the_provider_is_set_up_with)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct idp *idp = idp_sample(rq,
        "{\"type\":\"OpenIDConnect\",\"buttonText\":\"b\",\"oauth2\":{\"client_id\":\"c\","
        "\"client_secret\":\"s\",\"issuer\":\"https://x.example\",\"emailClaim\":\"mail\","
        "\"uniqueIdClaim\":\"id\",\"usernameClaim\":\"login\",\"emailVerifiedClaim\":\"ok\"}}",
        "");
    struct federate_claims claims;

    federate_read(idp,
        json_of(rq, "{\"sub\":\"no\",\"id\":4711,\"mail\":\" a@x.test \",\"login\":\"ann\","
                    "\"ok\":\"true\",\"email\":\"no\"}"),
        &claims);
    EXPECT_STR(claims.subject, S("4711"));
    EXPECT_STR(claims.email, S("a@x.test"));
    EXPECT_STR(claims.username, S("ann"));
    EXPECT_STR(claims.display_name, S("a@x.test"));
    EXPECT(claims.says_verified && claims.is_verified);
    federate_read(idp, json_of(rq, "{\"id\":{},\"mail\":7,\"ok\":\"no\"}"), &claims);
    EXPECT(claims.subject.n == 0 && claims.email.n == 0 && claims.username.n == 0);
    EXPECT(claims.says_verified && !claims.is_verified);
    federate_read(idp, json_of(rq, "{\"id\":\"x\",\"ok\":null,\"name\":\"Ann\"}"), &claims);
    EXPECT(!claims.says_verified && !claims.is_verified);
    EXPECT_STR(claims.display_name, S("Ann"));
    fixture_done(rq);
    fixture_close(fx);
}

/* The example of RFC 5849 s3.4.1.1 has a query and a body, which are parameters as any other. */
TEST(rfc5849_3_4_oauth1_signatures)
{
    static struct form_pair pairs[] = {
        {S_INIT("file"), S_INIT("vacation.jpg")},
        {S_INIT("oauth_consumer_key"), S_INIT("dpf43f3p2l4k3l03")},
        {S_INIT("oauth_nonce"), S_INIT("chapoH")},
        {S_INIT("oauth_signature_method"), S_INIT("HMAC-SHA1")},
        {S_INIT("oauth_timestamp"), S_INIT("137131202")},
        {S_INIT("oauth_token"), S_INIT("nnch734d00sl2jdk")},
        {S_INIT("size"), S_INIT("original")},
    };
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    EXPECT_STR(federate_oauth1_signature(rq->arena, S("GET"), S("http://photos.example.net/photos"),
                   &(struct form){pairs, COUNT(pairs)}, S("kd94hf93k423kf44&pfkkdhi9sl3r4s00")),
        S("MdpQcU8iPSUjWoN/UDMsK2sui9I="));
    fixture_done(rq);
    fixture_close(fx);
}

TEST(rfc7519_4_1_times_and_audiences)
{
    static const struct {
        int line;
        const char *claims;
        bool is_in_time;
    } times[] = {
        {__LINE__, "{\"exp\":%lld}", true},
        {__LINE__, "{\"exp\":%lld,\"nbf\":\"soon\"}", false},
        {__LINE__, "{\"exp\":%lld,\"iat\":-1}", false},
        {__LINE__, "{\"exp\":%lld,\"nbf\":1.5,\"iat\":2}", true},
        {__LINE__, "{\"exp\":%lld,\"nbf\":99999999999}", false},
        {__LINE__, "{\"iat\":%lld}", false},
        {__LINE__, "{\"exp\":\"%lld\"}", false},
        {__LINE__, "{\"exp\":1e10,\"x\":%lld}", false},
    };
    static const struct {
        int line;
        const char *claims;
        bool is_ours;
    } audiences[] = {
        {__LINE__, "{\"aud\":\"us\"}", true},
        {__LINE__, "{\"aud\":[\"them\",\"us\"]}", true},
        {__LINE__, "{\"aud\":[\"them\",7]}", false},
        {__LINE__, "{\"aud\":\"us \"}", false},
        {__LINE__, "{\"aud\":{\"us\":\"us\"}}", false},
        {__LINE__, "{}", false},
    };
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    for (size_t i = 0; i < COUNT(times); i++) {
        str text = str_fmt(rq->arena, times[i].claims, (long long)(rq->now / 1000 + 10));
        CHECK_AT(times[i].line,
            federate_in_time(rq, json_of(rq, str_z(rq->arena, text))) == times[i].is_in_time);
    }
    for (size_t i = 0; i < COUNT(audiences); i++) {
        CHECK_AT(audiences[i].line,
            federate_is_for(json_of(rq, audiences[i].claims), S("us")) == audiences[i].is_ours);
    }
    fixture_done(rq);
    fixture_close(fx);
}

/* A minute of grace for clocks that differ, and no more. */
TEST(rfc7519_4_1_4_the_end_has_a_minute_of_grace)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    for (int late = 58; late <= 61; late++) {
        str text = str_fmt(rq->arena, "{\"exp\":%lld}", (long long)(rq->now / 1000 - late));
        EXPECT(federate_in_time(rq, json_of(rq, str_z(rq->arena, text))) == (late < 60));
    }
    fixture_done(rq);
    fixture_close(fx);
}

static struct key *
new_key(struct fixture *fx, const char *algorithm, const char *kid)
{
    struct rq *rq = fixture_rq(fx);
    struct key *key = ARENA_NEW(fx->arena, struct key);
    const struct key *back;

    *key = (struct key){.id = fixture_id(fx), .name = str_from(kid), .kid = str_from(kid)};
    key->algorithm = str_from(algorithm);
    REQUIRE(key_generate(rq, key) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(key_load(rq, key->id, &back) == ERR_OK && back != NULL);
    key->sign = sign_key_ref(back->sign);
    key->kid = str_dup(fx->arena, back->kid);
    fixture_done(rq);
    return key;
}

static bool
is_believed(struct fixture *fx, const struct idp *idp, const struct key *key, str kid, str claims)
{
    struct rq *rq = fixture_rq(fx);
    struct federate_claims got;
    bool is_right;

    REQUIRE(federate_jwt(
                rq, idp, sign_jwt(rq->arena, key->sign, S("JWT"), kid, claims), &got, &is_right)
            == ERR_OK);
    fixture_done(rq);
    return is_right;
}

TEST(rfc8725_3_1_a_token_is_believed_when_one_of_the_providers_keys_signed_it)
{
    struct fixture *fx = fixture_open();
    struct key *one = new_key(fx, "ES256", "one"), *two = new_key(fx, "HS256", "two");
    struct key *strange = new_key(fx, "ES256", "strange");
    struct rq *rq = fixture_rq(fx);
    str claims =
        str_fmt(fx->arena, "{\"sub\":\"s\",\"exp\":%lld}", (long long)(rq->now / 1000 + 9));
    struct idp *idp = idp_sample(rq,
        str_z(rq->arena,
            str_fmt(rq->arena,
                "{\"type\":\"ExternalJWT\",\"headerKeyParameter\":\"kid\","
                "\"verificationKeyIds\":[\"" STRF "\",\"" STRF "\"]}",
                STRV(uuid_text(rq->arena, one->id)), STRV(uuid_text(rq->arena, two->id)))),
        "");

    EXPECT(is_believed(fx, idp, one, one->kid, claims));
    EXPECT(is_believed(fx, idp, two, two->kid, claims));
    EXPECT(is_believed(fx, idp, one, NO_STR, claims));
    EXPECT(is_believed(fx, idp, two, S("unknown"), claims));
    EXPECT(!is_believed(fx, idp, one, two->kid, claims)); /* the key that is named counts */
    EXPECT(!is_believed(fx, idp, strange, one->kid, claims));
    EXPECT(!is_believed(fx, idp, strange, NO_STR, claims));
    EXPECT(!is_believed(fx, idp, one, one->kid, S("{\"sub\":\"s\"}")));
    idp->oauth.issuer = S("https://them.example");
    EXPECT(!is_believed(fx, idp, one, one->kid, claims));
    fixture_done(rq);
    sign_key_unref(one->sign);
    sign_key_unref(two->sign);
    sign_key_unref(strange->sign);
    fixture_close(fx);
}
