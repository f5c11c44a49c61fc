/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT tenant
#include "../fixture.h"

#include "codec/json.h"
#include "model/key/key.h"

static bool
reads(struct fixture *fx, const char *text, struct tenant *ret)
{
    struct field_faults faults = {NULL, NULL, 0};
    struct field_reader reader = {fx->arena, &faults};
    const struct json *json;

    REQUIRE(json_parse(fx->arena, str_from(text), &json, NULL));
    field_defaults(fx->arena, &tenant_table, ret);
    return field_read(&reader, &tenant_table, FIELD_CREATE, json, S("tenant"), ret);
}

TEST(settings_that_would_promise_what_is_not_done_are_refused)
{
    static const struct {
        int line;
        const char *text;
        bool ok;
    } cases[] = {
        {__LINE__, "{\"name\":\"A\"}", true},
        {__LINE__, "{}", false},
        {__LINE__, "{\"name\":\"A\",\"captchaConfiguration\":{\"enabled\":false}}", true},
        {__LINE__, "{\"name\":\"A\",\"captchaConfiguration\":{\"enabled\":true}}", false},
        {__LINE__, "{\"name\":\"A\",\"passwordValidationRules\":{\"minLength\":300}}", false},
        {__LINE__,
            "{\"name\":\"A\",\"passwordValidationRules\":{\"minLength\":20,\"maxLength\":10}}",
            false},
        {__LINE__,
            "{\"name\":\"A\",\"passwordEncryptionConfiguration\":{\"encryptionScheme\":\"rot13\"}}",
            false},
        {__LINE__,
            "{\"name\":\"A\",\"passwordEncryptionConfiguration\":{\"encryptionScheme\":\"bcrypt\","
            "\"encryptionSchemeFactor\":10}}",
            true},
        {__LINE__,
            "{\"name\":\"A\",\"externalIdentifierConfiguration\":{"
            "\"authorizationGrantIdTimeToLiveInSeconds\":601}}",
            false},
        {__LINE__, "{\"name\":\"A\",\"nonsense\":1}", false},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct tenant t;
        CHECK_AT(cases[i].line, reads(fx, cases[i].text, &t) == cases[i].ok);
    }
    fixture_close(fx);
}

TEST(a_tenant_comes_back_as_it_was_put_and_its_secrets_are_not_in_the_files)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    const struct tenant *got;
    const struct key *key;
    struct tenant t;

    REQUIRE(reads(fx,
        "{\"name\":\"Third\",\"issuer\":\"https://"
        "third.example\",\"emailConfiguration\":{\"host\":\"mail.third.example\",\"password\":"
        "\"smtp-secret-of-third\"},\"jwtConfiguration\":{\"timeToLiveInSeconds\":77}}",
        &t));
    t.id = fixture_id(fx);
    REQUIRE(tenant_create(rq, &t) == ERR_OK);
    fixture_finish(rq);
    fixture_restart(fx);
    rq = fixture_rq(fx);
    REQUIRE(tenant_load(rq, t.id, &got) == ERR_OK && got != NULL);
    EXPECT_STR(got->name, S("Third"));
    EXPECT_STR(tenant_issuer(got), S("https://third.example"));
    EXPECT_STR(got->mail.password, S("smtp-secret-of-third"));
    EXPECT(got->jwt.ttl_s == 77 && got->jwt.refresh_usage == REFRESH_ONE_TIME);
    EXPECT(memcmp(got->key.b, t.key.b, sizeof t.key.b) == 0);
    REQUIRE(key_of_tenant(rq, got, &key) == ERR_OK);
    EXPECT(sign_key_alg(key->sign) == SIGN_ES256 && uuid_eq(key->tenant_id, t.id));
    EXPECT(fixture_search(fx, "", str_bytes(S("smtp-secret-of-third"))) == 0);
    EXPECT(fixture_search(fx, "", key32_bytes(&t.key)) == 0);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_change_is_seen_by_the_next_request)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    const struct tenant *got;
    struct tenant copy;

    REQUIRE(tenant_load(rq, fx->tenant->id, &got) == ERR_OK);
    copy = *got;
    copy.session_idle_s = 61;
    REQUIRE(tenant_update(rq, &copy) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(tenant_load(rq, fx->tenant->id, &got) == ERR_OK);
    EXPECT(got->session_idle_s == 61);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(another_default_tenant_moves_the_issuers_at_once)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct tenant t = {.name = S("Second")};
    struct uuid first, now;
    const struct tenant *got;
    str base = fx->house.base_url;

    field_defaults(rq->arena, &tenant_table, &t);
    t.id = rq_new_id(rq);
    t.name = S("Second");
    REQUIRE(tenant_create(rq, &t) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(tenant_default_id(rq, &first) == ERR_OK && !uuid_eq(first, t.id));
    REQUIRE(tenant_load(rq, t.id, &got) == ERR_OK && !str_eq(tenant_issuer(got), base));
    tenant_set_default(rq, t.id);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(tenant_default_id(rq, &now) == ERR_OK);
    EXPECT(uuid_eq(now, t.id));
    REQUIRE(tenant_load(rq, t.id, &got) == ERR_OK);
    EXPECT_STR(tenant_issuer(got), base);
    fixture_done(rq);
    fixture_close(fx);
}
