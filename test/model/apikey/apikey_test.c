/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT apikey
#include "../fixture.h"

#include "model/apikey/apikey.h"

TEST(permissions_go_by_the_longest_listed_endpoint_and_its_methods)
{
    static const struct {
        int line;
        const char *endpoints, *endpoint, *method;
        bool ok;
    } cases[] = {
        {__LINE__, "", "/api/user", "GET", true},
        {__LINE__, "{}", "/api/user", "DELETE", true},
        {__LINE__, "{\"/api/user\":[\"GET\"]}", "/api/user", "GET", true},
        {__LINE__, "{\"/api/user\":[\"GET\"]}", "/api/user", "POST", false},
        {__LINE__, "{\"/api/user\":[]}", "/api/user", "POST", true},
        {__LINE__, "{\"/api/user\":[\"GET\"]}", "/api/user/registration", "GET", true},
        {__LINE__, "{\"/api/user\":[\"GET\"]}", "/api/user-action", "GET", false},
        {__LINE__, "{\"/api/user\":[\"GET\"],\"/api/user/registration\":[\"POST\"]}",
            "/api/user/registration", "GET", false},
        {__LINE__, "{\"/api/user\":[\"GET\"],\"/api/user/registration\":[\"POST\"]}",
            "/api/user/registration", "POST", true},
        {__LINE__, "{\"/api/tenant\":[\"GET\"]}", "/api/user", "GET", false},
        {__LINE__, "not json", "/api/user", "GET", false},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);
        struct api_key key = {.permissions = {str_from(cases[i].endpoints)}};
        CHECK_AT(cases[i].line,
            apikey_may(rq, &key, str_from(cases[i].endpoint), str_from(cases[i].method))
                == cases[i].ok);
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(oa_39_a_key_is_found_by_its_value_which_is_not_in_the_files)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct api_key key = {.id = fixture_id(fx), .name = S("made")};
    const struct api_key *got;

    REQUIRE(apikey_create(rq, &key) == ERR_OK && key.key.n == 43);
    str value = str_dup(fx->arena, key.key);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(apikey_find(rq, value, &got) == ERR_OK && got != NULL);
    EXPECT(uuid_eq(got->id, key.id) && got->key.n == 0);
    EXPECT(apikey_find(rq, str_head(value, 42), &got) == ERR_OK && got == NULL);
    EXPECT(apikey_find(rq, S(""), &got) == ERR_OK && got == NULL);
    EXPECT(fixture_search(fx, "", str_bytes(value)) == 0);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(an_expired_or_deleted_key_opens_nothing)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct api_key key = {.id = fixture_id(fx),
        .key = S("a-chosen-api-key-value"),
        .expiration_instant = rq->now + 1000};
    const struct api_key *got;

    REQUIRE(apikey_create(rq, &key) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    EXPECT(apikey_find(rq, S("a-chosen-api-key-value"), &got) == ERR_OK && got != NULL);
    rq->now += 1000;
    EXPECT(apikey_find(rq, S("a-chosen-api-key-value"), &got) == ERR_OK && got == NULL);
    rq->now -= 1000;
    apikey_delete(rq, &key);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    EXPECT(apikey_find(rq, S("a-chosen-api-key-value"), &got) == ERR_OK && got == NULL);
    fixture_done(rq);
    fixture_close(fx);
}

/* That a value was seen is remembered by its digest: it must not open what has come in its place. */
TEST(the_value_of_a_key_that_was_made_anew_under_its_id_opens_nothing)
{
    struct fixture *fx = fixture_open();
    struct api_key key = {.id = fixture_id(fx), .key = S("the-value-of-the-first-key")};
    const struct api_key *got;
    struct rq *rq = fixture_rq(fx);

    REQUIRE(apikey_create(rq, &key) == ERR_OK);
    fixture_finish(rq);
    for (int i = 0; i < 2; i++) { /* read, and remembered */
        rq = fixture_rq(fx);
        EXPECT(apikey_find(rq, S("the-value-of-the-first-key"), &got) == ERR_OK && got != NULL);
        fixture_done(rq);
    }
    rq = fixture_rq(fx);
    apikey_delete(rq, &key);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    key.key = S("the-value-of-the-second-key");
    REQUIRE(apikey_create(rq, &key) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    EXPECT(apikey_find(rq, S("the-value-of-the-first-key"), &got) == ERR_OK && got == NULL);
    EXPECT(apikey_find(rq, S("the-value-of-the-second-key"), &got) == ERR_OK && got != NULL);
    fixture_done(rq);
    fixture_close(fx);
}
