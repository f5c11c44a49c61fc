/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT seal
#include "../fixture.h"

#include "model/seal/seal.h"

TEST(a_sealed_value_opens_only_where_it_was_put)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct seal_place place = {"users", "profile", fx->tenant->id, fixture_id(fx)}, moved;
    bytes sealed = seal_put(rq, &fx->tenant->key, place, str_bytes(S("secret"))), plain;

    REQUIRE(sealed.n > 0);
    REQUIRE(seal_get(rq, &fx->tenant->key, place, sealed, &plain) == ERR_OK);
    EXPECT_STR(bytes_str(plain), S("secret"));
    moved = place;
    moved.column = "credentials";
    EXPECT(seal_get(rq, &fx->tenant->key, moved, sealed, &plain) == ERR_SERVER);
    moved = place;
    moved.id = fixture_id(fx);
    EXPECT(seal_get(rq, &fx->tenant->key, moved, sealed, &plain) == ERR_SERVER);
    moved = place;
    moved.tenant_id = fx->other->id;
    EXPECT(seal_get(rq, &fx->tenant->key, moved, sealed, &plain) == ERR_SERVER);
    EXPECT(seal_get(rq, &fx->other->key, place, sealed, &plain) == ERR_SERVER);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(an_erased_user_key_is_gone_also_from_the_files)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct uuid id = fixture_id(fx);
    struct key32 key, again;
    bool found;

    REQUIRE(seal_new_user_key(rq, fx->tenant, id, true, &key) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(seal_user_key(rq, fx->tenant, id, &again, &found) == ERR_OK && found);
    EXPECT(memcmp(key.b, again.b, sizeof key.b) == 0);
    EXPECT(seal_user_key(rq, fx->other, id, &again, &found) == ERR_OK && !found);
    seal_erase_user_key(rq, fx->tenant, id);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(seal_user_key(rq, fx->tenant, id, &again, &found) == ERR_OK);
    EXPECT(!found);
    seal_drop_erasure(rq, &(struct seal_erasure){fx->tenant->id, id});
    fixture_finish(rq);
    rq = fixture_rq(fx);
    EXPECT(fixture_search(fx, "keys", uuid_bytes(&id)) == 0);
    EXPECT(fixture_search(fx, "", key32_bytes(&key)) == 0);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(log_details_open_only_while_their_day_key_lives)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    str sealed = seal_for_log(rq, fx->tenant, S("ada@example.com"));
    size_t count;

    EXPECT(sealed.n > 0 && str_find_str(sealed, S("ada")) == sealed.n);
    rq->now += 400 * DAY_MS; /* no key of that day: nothing is written, and that is no fault */
    EXPECT(seal_for_log(rq, fx->tenant, S("ada@example.com")).n == 0);
    EXPECT(rq->fault.code == ERR_OK && rq->writes.count == 0);
    rq->now -= 400 * DAY_MS;
    REQUIRE(seal_sweep_day_keys(rq, rq->now + DAY_MS, 10, &count) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    EXPECT(seal_for_log(rq, fx->tenant, S("ada@example.com")).n == 0);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(blind_indexes_of_two_tenants_share_nothing)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    bytes a = seal_blind(rq, fx->tenant, S("ada@example.com")),
          b = seal_blind(rq, fx->other, S("ada@example.com"));
    bytes again = seal_blind(rq, fx->tenant, S("ada@example.com"));

    EXPECT(a.n == 32 && ct_eq(a, again) && !ct_eq(a, b));
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_request_that_opened_a_key_gives_it_again_and_never_for_another_user_or_tenant)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct uuid one = fixture_id(fx), two = fixture_id(fx);
    struct key32 keys[2], again;
    bool found;

    REQUIRE(seal_new_user_key(rq, fx->tenant, one, true, &keys[0]) == ERR_OK);
    REQUIRE(seal_new_user_key(rq, fx->tenant, two, true, &keys[1]) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    for (int i = 0; i < 4; i++) { /* one, one, two, two */
        REQUIRE(seal_user_key(rq, fx->tenant, i < 2 ? one : two, &again, &found) == ERR_OK);
        EXPECT(found && memcmp(again.b, keys[i / 2].b, sizeof again.b) == 0);
    }
    EXPECT(seal_user_key(rq, fx->other, two, &again, &found) == ERR_OK && !found);
    fixture_done(rq);
    fixture_close(fx);
}
