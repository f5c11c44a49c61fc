/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT claims
#include "../fixture.h"

#include "codec/jwt.h"
#include "model/claims/claims.h"
#include "model/key/key.h"
#include "model/token/token.h"

struct scene {
    struct fixture *fx;
    struct application app;
    struct user *user;
    struct token grant;
    const struct tenant *tenant;
};

static struct scene
scene_open(void)
{
    struct scene s = {.fx = fixture_open()};
    struct rq *rq = fixture_rq(s.fx);
    struct uuid user = fixture_user(s.fx, S("ada@example.com"), S(""));
    str refresh;

    field_defaults(s.fx->arena, &application_table, &s.app);
    s.app.id = fixture_id(s.fx);
    s.app.name = S("Shop");
    REQUIRE(application_create(rq, s.fx->tenant, &s.app) == ERR_OK);
    s.grant = (struct token){.application_id = s.app.id,
        .user_id = user,
        .tenant_id = s.fx->tenant->id,
        .scope = S("openid email")};
    REQUIRE(token_create(rq, s.fx->tenant, &s.grant, false, &refresh) == ERR_OK);
    s.app.oauth.client_secret = str_dup(s.fx->arena, s.app.oauth.client_secret);
    fixture_finish(rq);
    s.user = fixture_load(s.fx, user);
    return s;
}

static str
make_token(struct scene *s)
{
    struct rq *rq = fixture_rq(s->fx);
    struct claims_subject subject = {.tenant = s->fx->tenant,
        .application = &s->app,
        .user = s->user,
        .grant = &s->grant,
        .scope = S("openid email"),
        .authentication_type = S("PASSWORD"),
        .auth_instant = rq->now};
    int64_t ttl_s;
    str token, kept;

    REQUIRE(claims_access_token(rq, &subject, &token, &ttl_s) == ERR_OK && ttl_s == 3600);
    kept = str_dup(s->fx->arena, token);
    fixture_done(rq);
    return kept;
}

static bool
is_believed(struct scene *s, str token)
{
    struct rq *rq = fixture_rq(s->fx);
    struct access *access, *again;
    struct user *user;

    REQUIRE(claims_believe(rq, token, &access) == ERR_OK);
    REQUIRE(claims_believe_person(rq, token, &again, &user) == ERR_OK);
    EXPECT((access == NULL) == (again == NULL));
    EXPECT(again == NULL || (user != NULL && uuid_eq(user->id, again->user_id)));
    fixture_done(rq);
    return access != NULL;
}

TEST(rfc9068_2_an_access_token_says_whose_it_is_and_is_believed)
{
    struct scene s = scene_open();
    str token = make_token(&s), text;
    struct rq *rq = fixture_rq(s.fx);
    struct access *access;
    struct jwt jwt;

    REQUIRE(jwt_parse(rq->arena, token, &jwt));
    EXPECT_STR(jwt.typ, S("at+jwt"));
    EXPECT_STR(jwt.alg, S("ES256"));
    EXPECT(json_str(json_get(jwt.claims, S("email")), &text) && str_eq(text, S("ada@example.com")));
    for (int round = 0; round < 2; round++) { /* the second time from memory */
        REQUIRE(claims_believe(rq, token, &access) == ERR_OK && access != NULL);
        EXPECT(uuid_eq(access->user_id, s.user->id) && uuid_eq(access->grant_id, s.grant.id));
        EXPECT_STR(access->scope, S("openid email"));
    }
    fixture_done(rq);
    fixture_close(s.fx);
}

TEST(v9_1_1_a_changed_token_is_not_believed)
{
    struct scene s = scene_open();
    str token = make_token(&s);

    for (size_t at = 0; at < token.n; at += 7) {
        char *copy = (char *)str_dup(s.fx->arena, token).p;
        copy[at] = copy[at] == 'A' ? 'B' : 'A';
        CHECK_AT((int)at, !is_believed(&s, (str){copy, token.n}));
    }
    EXPECT(!is_believed(&s, S("")) && !is_believed(&s, S("a.b.c"))
           && !is_believed(&s, str_head(token, token.n - 1)));
    EXPECT(is_believed(&s, token));
    fixture_close(s.fx);
}

TEST(oa_38_an_id_token_is_no_access_token)
{
    struct scene s = scene_open();
    struct rq *rq = fixture_rq(s.fx);
    struct claims_subject subject = {.tenant = s.fx->tenant,
        .application = &s.app,
        .user = s.user,
        .grant = &s.grant,
        .scope = S("openid")};
    struct access *access;
    struct uuid user, app;
    bool ok;
    str id_token;

    REQUIRE(claims_id_token(rq, &subject, NO_STR, &id_token) == ERR_OK);
    REQUIRE(claims_believe(rq, id_token, &access) == ERR_OK);
    EXPECT(access == NULL);
    REQUIRE(claims_hint(rq, s.fx->tenant, id_token, &user, &app, &ok) == ERR_OK);
    EXPECT(ok && uuid_eq(user, s.user->id) && uuid_eq(app, s.app.id));
    REQUIRE(claims_hint(rq, s.fx->other, id_token, &user, &app, &ok) == ERR_OK);
    EXPECT(!ok);
    REQUIRE(claims_hint(rq, s.fx->tenant, make_token(&s), &user, &app, &ok) == ERR_OK);
    EXPECT(!ok);
    fixture_done(rq);
    fixture_close(s.fx);
}

TEST(oa_63_time_revocation_and_deactivation_count_at_once)
{
    struct scene s = scene_open();
    str token = make_token(&s);
    struct rq *rq;
    struct user changed;

    EXPECT(is_believed(&s, token));
    s.fx->now += 3601 * SECOND_MS;
    EXPECT(!is_believed(&s, token));
    s.fx->now -= 3601 * SECOND_MS;
    EXPECT(is_believed(&s, token));
    rq = fixture_rq(s.fx);
    changed = *s.user;
    changed.active = false;
    REQUIRE(user_update(rq, s.fx->tenant, s.user, &changed) == ERR_OK);
    fixture_finish(rq);
    EXPECT(!is_believed(&s, token));
    fixture_close(s.fx);
    s = scene_open();
    token = make_token(&s);
    EXPECT(is_believed(&s, token));
    rq = fixture_rq(s.fx);
    token_revoke(rq, s.fx->tenant, s.grant.id);
    fixture_finish(rq);
    EXPECT(!is_believed(&s, token));
    fixture_close(s.fx);
}

TEST(oa_66_a_key_shared_by_tenants_proves_nothing_for_a_tenant_that_does_not_use_it)
{
    struct scene s = scene_open();
    struct rq *rq = fixture_rq(s.fx);
    struct field_reader reader = {rq->arena, &rq->faults};
    struct key shared = {.id = fixture_id(s.fx),
        .name = S("known to an outsider"),
        .algorithm = S("HS256"),
        .secret = S("a-secret-of-thirty-two-characters")};
    const struct key *key;
    struct jwt jwt;
    str forged;

    REQUIRE(key_import(rq, &shared, &reader) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(s.fx);
    REQUIRE(key_load(rq, shared.id, &key) == ERR_OK && key != NULL);
    REQUIRE(jwt_parse(rq->arena, make_token(&s), &jwt));
    forged = sign_jwt(
        s.fx->arena, key->sign, S("at+jwt"), key->kid, str_dup(rq->arena, jwt.claims->raw));
    fixture_done(rq);
    EXPECT(forged.n > 0 && !is_believed(&s, forged));
    fixture_close(s.fx);
}

TEST(a_token_of_no_application_says_who_somebody_is_and_no_more)
{
    struct scene s = scene_open();
    struct rq *rq = fixture_rq(s.fx);
    struct claims_subject subject = {
        .tenant = s.fx->tenant, .user = s.user, .ttl_s = 60, .by_api = true};
    struct access *access;
    struct jwt jwt;
    int64_t ttl_s;
    str token;

    REQUIRE(claims_access_token(rq, &subject, &token, &ttl_s) == ERR_OK && ttl_s == 60);
    REQUIRE(jwt_parse(rq->arena, token, &jwt));
    EXPECT(json_get(jwt.claims, S("aud")) == NULL && json_get(jwt.claims, S("client_id")) == NULL
           && json_get(jwt.claims, S("roles")) == NULL
           && json_get(jwt.claims, S("applicationId")) == NULL);
    REQUIRE(claims_believe(rq, token, &access) == ERR_OK && access != NULL);
    EXPECT(uuid_is_nil(access->application_id) && uuid_eq(access->user_id, s.user->id));
    subject.ttl_s = 1000000; /* never longer than the settings say */
    REQUIRE(claims_access_token(rq, &subject, &token, &ttl_s) == ERR_OK);
    EXPECT(ttl_s == s.fx->tenant->jwt.ttl_s);
    fixture_done(rq);
    fixture_close(s.fx);
}

TEST(jwks_has_public_members_only_and_only_the_tenants)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    const struct json *json, *keys;
    str text;

    REQUIRE(claims_jwks(rq, fx->tenant, &text) == ERR_OK);
    REQUIRE(json_parse(rq->arena, text, &json, NULL));
    keys = json_get(json, S("keys"));
    REQUIRE(keys != NULL && keys->count == 1);
    EXPECT(json_get(keys->first, S("d")) == NULL && json_get(keys->first, S("k")) == NULL);
    EXPECT(json_get(keys->first, S("x")) != NULL && json_get(keys->first, S("kid")) != NULL);
    fixture_done(rq);
    fixture_close(fx);
}

static size_t
published_keys(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);
    const struct json *json, *keys;
    size_t count;
    str text;

    REQUIRE(claims_jwks(rq, fx->tenant, &text) == ERR_OK);
    REQUIRE(json_parse(rq->arena, text, &json, NULL));
    keys = json_get(json, S("keys"));
    REQUIRE(keys != NULL);
    count = keys->count;
    fixture_done(rq);
    return count;
}

TEST(jwks_has_a_new_key_as_soon_as_it_is_committed_and_a_deleted_one_no_more)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct key key = {.id = fixture_id(fx),
        .tenant_id = fx->tenant->id,
        .name = S("second"),
        .algorithm = S("ES256")};

    EXPECT(published_keys(fx) == 1);
    REQUIRE(key_generate(rq, &key) == ERR_OK);
    EXPECT(published_keys(fx) == 1);
    fixture_finish(rq);
    EXPECT(published_keys(fx) == 2);
    rq = fixture_rq(fx);
    key_delete(rq, &key, 0);
    fixture_finish(rq);
    EXPECT(published_keys(fx) == 1);
    fixture_close(fx);
}
