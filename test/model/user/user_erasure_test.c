/* SPDX-License-Identifier: Apache-2.0 */
/* Erasures that a crash has cut between the commit of the keys and that of the rows. */
#define UNIT user_erasure
#include "test/model/fixture.h"

#include "model/seal/seal.h"

/* What a crash between the two commits of an erasure leaves: the key is gone, the rows are there. */
static void
cut_erasure(struct fixture *fx, struct uuid id)
{
    struct rq *rq = fixture_rq(fx);

    seal_erase_user_key(rq, fx->tenant, id);
    fixture_finish(rq);
}

static size_t
erasures(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);
    struct seal_erasure *list;
    size_t count;

    REQUIRE(seal_erasures(rq, 10, &list, &count) == ERR_OK);
    fixture_done(rq);
    return count;
}

static size_t
finish_erasures(struct fixture *fx)
{
    struct rq *rq = fixture_rq(fx);
    size_t count;

    REQUIRE(tenant_finish_erasures(rq, 10, &count) == ERR_OK);
    fixture_finish(rq);
    return count;
}

TEST(an_erasure_cut_by_a_crash_is_finished)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), S("correct horse"));
    struct uuid bo = fixture_user(fx, S("bo@x.test"), NO_STR);

    cut_erasure(fx, id);
    EXPECT(fixture_count(fx, "users") == 2 && erasures(fx) == 1);
    EXPECT(finish_erasures(fx) == 1); /* the rows */
    EXPECT(fixture_count(fx, "users") == 1 && fixture_count(fx, "identity") == 1);
    EXPECT(erasures(fx) == 1); /* keys come first: the note outlives the rows */
    EXPECT(finish_erasures(fx) == 1);
    EXPECT(erasures(fx) == 0);
    EXPECT(finish_erasures(fx) == 0);
    EXPECT(fixture_load(fx, bo) != NULL);
    fixture_close(fx);
}

TEST(a_user_made_anew_with_the_id_of_an_erased_one_stays)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ann@x.test"), NO_STR);
    struct user user = {.id = id, .active = true, .email = S("ann@x.test")};
    struct rq *rq;

    rq = fixture_rq(fx);
    REQUIRE(user_delete(rq, fx->tenant, fixture_load(fx, id)) == ERR_OK);
    fixture_finish(rq);
    EXPECT(erasures(fx) == 1);
    rq = fixture_rq(fx);
    REQUIRE(user_create(rq, fx->tenant, &user) == ERR_OK);
    fixture_finish(rq);
    EXPECT(erasures(fx) == 0 && finish_erasures(fx) == 0);
    EXPECT(fixture_load(fx, id) != NULL);
    fixture_close(fx);
}

TEST(the_end_of_a_tenant_cut_by_a_crash_is_finished)
{
    struct fixture *fx = fixture_open();
    int64_t tenants = fixture_count(fx, "tenant");
    struct rq *rq;

    fixture_user(fx, S("ann@x.test"), NO_STR);
    rq = fixture_rq(fx);
    seal_erase_tenant_keys(rq, fx->tenant);
    fixture_finish(rq);
    EXPECT(fixture_count(fx, "tenant") == tenants);
    EXPECT(finish_erasures(fx) == 1 && finish_erasures(fx) == 0);
    EXPECT(fixture_count(fx, "tenant") == tenants - 1 && fixture_count(fx, "users") == 1);
    fixture_remove_ended(fx);
    EXPECT(fixture_count(fx, "users") == 0 && fixture_count(fx, "erasure") == 0);
    fixture_close(fx);
}
