/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT key
#include "../fixture.h"

#include "model/key/key.h"

TEST(keys_of_every_algorithm_come_back_and_sign)
{
    static const char *const algorithms[] = {
        "ES256", "ES384", "ES512", "RS256", "PS256", "EdDSA", "HS256", "HS512"};
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(algorithms); i++) {
        struct key key = {.id = fixture_id(fx),
            .name = str_from(algorithms[i]),
            .algorithm = str_from(algorithms[i])};
        struct rq *rq = fixture_rq(fx);
        const struct key *got;
        bytes signature;
        REQUIRE(key_generate(rq, &key) == ERR_OK);
        fixture_finish(rq);
        rq = fixture_rq(fx);
        REQUIRE(key_load(rq, key.id, &got) == ERR_OK && got != NULL);
        CHECK_AT((int)i, got->has_private && got->kid.n > 0 && got->length > 0);
        CHECK_AT((int)i, sign_make(rq->arena, got->sign, str_bytes(S("text")), &signature));
        CHECK_AT((int)i, sign_check(got->sign, str_bytes(S("text")), signature));
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(an_imported_secret_is_used_and_is_not_in_the_files)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct field_reader reader = {rq->arena, &rq->faults};
    struct key key = {.id = fixture_id(fx),
        .name = S("imported"),
        .algorithm = S("HS256"),
        .secret = S("a-secret-of-thirty-two-characters")};

    REQUIRE(key_import(rq, &key, &reader) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_search(fx, "", str_bytes(S("a-secret-of-thirty-two-characters"))) == 0);
    rq = fixture_rq(fx);
    reader = (struct field_reader){rq->arena, &rq->faults};
    key = (struct key){
        .id = fixture_id(fx), .name = S("weak"), .algorithm = S("HS256"), .secret = S("short")};
    EXPECT(key_import(rq, &key, &reader) == ERR_FIELDS && rq->faults.count == 1);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(oa_64_a_tenant_sees_its_own_keys_and_those_of_all)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct key shared = {.id = fixture_id(fx), .name = S("shared"), .algorithm = S("ES256")};
    const struct key **keys;
    size_t count;

    REQUIRE(key_generate(rq, &shared) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(key_list(rq, fx->tenant->id, &keys, &count) == ERR_OK);
    EXPECT(count == 2);
    for (size_t i = 0; i < count; i++) {
        EXPECT(!uuid_eq(keys[i]->tenant_id, fx->other->id));
    }
    REQUIRE(key_list(rq, (struct uuid){{0}}, &keys, &count) == ERR_OK);
    EXPECT(count == 3);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_tenant_signs_with_the_key_that_was_made_its_own_and_with_no_foreign_one)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct key key = {.id = fixture_id(fx),
        .tenant_id = fx->tenant->id,
        .name = S("Next"),
        .algorithm = S("ES256")};
    struct uuid before, foreign;
    const struct key *own;

    REQUIRE(key_of_tenant(rq, fx->other, &own) == ERR_OK && own != NULL);
    foreign = own->id;
    REQUIRE(key_of_tenant(rq, fx->tenant, &own) == ERR_OK && own != NULL);
    before = own->id;
    REQUIRE(key_generate(rq, &key) == ERR_OK && key_make_own(rq, fx->tenant, key.id) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(key_of_tenant(rq, fx->tenant, &own) == ERR_OK && own != NULL);
    EXPECT(uuid_eq(own->id, key.id) && own->is_default);
    REQUIRE(key_load(rq, before, &own) == ERR_OK && own != NULL);
    EXPECT(!own->is_default);
    REQUIRE(key_make_own(rq, fx->tenant, foreign) == ERR_OK);
    EXPECT(fixture_commit(rq) == ERR_NOT_FOUND);
    fixture_done(rq);
    rq = fixture_rq(fx);
    REQUIRE(key_of_tenant(rq, fx->tenant, &own) == ERR_OK && own != NULL);
    EXPECT(uuid_eq(own->id, key.id));
    fixture_done(rq);
    fixture_close(fx);
}

TEST(oidc_core_10_1_three_ids_stand_for_the_secret_of_the_client)
{
    static const struct {
        const char *id;
        enum sign_alg alg;
    } rows[] = {
        {"092dbedc-30af-4149-9c61-b578f2c72f59", SIGN_HS256},
        {"4b8f1c06-518e-45bd-9ac5-d549686ae02a", SIGN_HS384},
        {"c753a44d-7f2e-48d3-bc4e-c2c16488a23b", SIGN_HS512},
        {"c753a44d-7f2e-48d3-bc4e-c2c16488a23c", SIGN_NONE},
    };
    char secret[64];

    memset(secret, 'x', sizeof secret);
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t least = rows[i].alg == SIGN_HS256 ? 32 : rows[i].alg == SIGN_HS384 ? 48 : 64;
        struct sign_key *key;
        struct uuid id;
        REQUIRE(uuid_parse(str_from(rows[i].id), &id));
        CHECK_AT((int)i, key_client_alg(id) == rows[i].alg);
        key = key_of_client(id, (str){secret, least});
        CHECK_AT((int)i, (key != NULL) == (rows[i].alg != SIGN_NONE));
        CHECK_AT((int)i, key == NULL || sign_key_alg(key) == rows[i].alg);
        sign_key_unref(key);
        CHECK_AT((int)i, key_of_client(id, (str){secret, least - 1}) == NULL);
    }
}
