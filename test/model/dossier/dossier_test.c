/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept about people: sealed, of one version, gone with the person. */
#define UNIT dossier
#include "../fixture.h"

#include "model/comment/comment.h"
#include "model/family/family.h"
#include "model/seal/seal.h"
#include "model/statements.h"

static struct comment
add(struct fixture *fx, struct uuid user_id, str text)
{
    struct rq *rq = fixture_rq(fx);
    struct comment comment = {.head.user_id = user_id, .commenter_id = user_id, .text = text};

    REQUIRE(dossier_add(rq, fx->tenant, &comment_kind, &comment) == ERR_OK);
    fixture_finish(rq);
    return comment;
}

/* On the fixture's arena. */
static struct comment *
load(struct fixture *fx, struct uuid id)
{
    struct rq *rq = fixture_rq(fx);
    struct arena *arena = rq->arena;
    void *thing;

    rq->arena = fx->arena;
    REQUIRE(dossier_load(rq, &comment_kind, id, &thing) == ERR_OK);
    rq->arena = arena;
    fixture_done(rq);
    return thing;
}

TEST(what_is_added_is_found_sealed_by_id_person_and_tenant)
{
    struct fixture *fx = fixture_open();
    struct uuid user = fixture_user(fx, S("a@x.test"), NO_STR);
    struct comment one = add(fx, user, S("quite remarkable")), two = add(fx, user, S("two"));
    struct rq *rq = fixture_rq(fx);
    struct dossier_list list;

    EXPECT_STR(load(fx, one.head.id)->text, S("quite remarkable"));
    EXPECT(uuid_eq(load(fx, one.head.id)->head.user_id, user));
    EXPECT(uuid_is_nil(load(fx, one.head.id)->head.only));
    EXPECT(load(fx, fixture_id(fx)) == NULL);
    EXPECT(
        dossier_of_user(rq, fx->tenant, &comment_kind, user, &list) == ERR_OK && list.count == 2);
    EXPECT(dossier_of_user(rq, fx->other, &comment_kind, user, &list) == ERR_OK && list.count == 0);
    EXPECT(dossier_of_user(rq, fx->tenant, &family_kind, user, &list) == ERR_OK && list.count == 0);
    EXPECT(dossier_of_tenant(rq, fx->tenant, &comment_kind, one.head.id, &list) == ERR_OK);
    REQUIRE(list.count == 1);
    EXPECT(uuid_eq(((struct dossier *)list.items[0])->id, two.head.id));
    fixture_done(rq);
    EXPECT(fixture_search(fx, "", str_bytes(S("quite remarkable"))) == 0);
    fixture_close(fx);
}

TEST(of_two_changes_at_once_one_is_run_again)
{
    struct fixture *fx = fixture_open();
    struct comment one = add(fx, fixture_user(fx, S("a@x.test"), NO_STR), S("one"));
    struct comment left = *load(fx, one.head.id), right = left;
    struct rq *rq = fixture_rq(fx);

    left.text = S("left");
    right.text = S("right");
    EXPECT(dossier_change(rq, fx->tenant, &comment_kind, &left) == ERR_OK);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    EXPECT(dossier_change(rq, fx->tenant, &comment_kind, &right) == ERR_OK);
    EXPECT(fixture_commit(rq) == ERR_AGAIN);
    fixture_done(rq);
    rq = fixture_rq(fx);
    dossier_remove(rq, &comment_kind, &one);
    EXPECT(fixture_commit(rq) == ERR_AGAIN);
    fixture_done(rq);
    rq = fixture_rq(fx);
    dossier_hold(rq, &comment_kind, &one);
    EXPECT(fixture_commit(rq) == ERR_AGAIN);
    fixture_done(rq);
    EXPECT_STR(load(fx, one.head.id)->text, S("left"));
    rq = fixture_rq(fx);
    dossier_remove(rq, &comment_kind, &left);
    fixture_finish(rq);
    EXPECT(load(fx, one.head.id) == NULL);
    fixture_close(fx);
}

TEST(an_adult_is_added_to_one_family_only)
{
    static const struct {
        int line, role;
        enum err second;
    } cases[] = {
        {__LINE__, FAMILY_ADULT, ERR_AGAIN},
        {__LINE__, FAMILY_TEEN, ERR_OK},
        {__LINE__, FAMILY_CHILD, ERR_OK},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct uuid user = fixture_user(fx, str_fmt(fx->arena, "user%zu@x.test", i), NO_STR);
        enum err results[2];
        for (size_t n = 0; n < COUNT(results); n++) {
            struct rq *rq = fixture_rq(fx);
            struct family_member member = {
                .head = {.user_id = user, .subject_id = fixture_id(fx)}, .role = cases[i].role};
            family_settle(&member);
            REQUIRE(dossier_add(rq, fx->tenant, &family_kind, &member) == ERR_OK);
            results[n] = fixture_commit(rq);
            fixture_done(rq);
        }
        CHECK_AT(cases[i].line, results[0] == ERR_OK && results[1] == cases[i].second);
    }
    fixture_close(fx);
}

TEST(what_is_about_a_person_goes_with_the_person)
{
    struct fixture *fx = fixture_open();
    struct uuid user = fixture_user(fx, S("a@x.test"), NO_STR);
    struct user *loaded = fixture_load(fx, user);
    struct comment one = add(fx, user, S("one"));
    struct comment late = {.head.user_id = user, .text = S("late")};
    struct rq *rq = fixture_rq(fx), *slow = fixture_rq(fx);

    EXPECT(dossier_add(slow, fx->tenant, &comment_kind, &late) == ERR_OK);
    EXPECT(user_delete(rq, fx->tenant, loaded) == ERR_OK);
    fixture_finish(rq);
    EXPECT(fixture_commit(slow) == ERR_AGAIN); /* nothing is left by who is erased meanwhile */
    fixture_done(slow);
    EXPECT(load(fx, one.head.id) == NULL);
    EXPECT(fixture_count(fx, "dossier") == 0);
    fixture_close(fx);
}

/* A crash between the erasure of a key and the end of the rows. */
TEST(what_an_erased_key_sealed_counts_as_absent)
{
    struct fixture *fx = fixture_open();
    struct uuid user = fixture_user(fx, S("a@x.test"), NO_STR);
    struct comment one = add(fx, user, S("one"));
    struct rq *rq = fixture_rq(fx);
    struct dossier_list list;

    seal_erase_user_key(rq, fx->tenant, user);
    fixture_finish(rq);
    EXPECT(load(fx, one.head.id) == NULL);
    rq = fixture_rq(fx);
    EXPECT(
        dossier_of_user(rq, fx->tenant, &comment_kind, user, &list) == ERR_OK && list.count == 0);
    EXPECT(dossier_add(rq, fx->tenant, &comment_kind, &one) == ERR_NOT_FOUND);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_subject_ends_with_all_that_belongs_to_it)
{
    struct fixture *fx = fixture_open();
    struct uuid family = fixture_id(fx), other = fixture_id(fx);
    struct dossier_list list;
    struct rq *rq;

    for (int i = 0; i < 3; i++) {
        struct family_member member = {.head.subject_id = i == 2 ? other : family,
            .head.user_id = fixture_user(fx, str_fmt(fx->arena, "u%d@x.test", i), NO_STR),
            .role = FAMILY_TEEN};
        rq = fixture_rq(fx);
        family_settle(&member);
        REQUIRE(dossier_add(rq, fx->tenant, &family_kind, &member) == ERR_OK);
        fixture_finish(rq);
    }
    rq = fixture_rq(fx);
    EXPECT(dossier_of_subject(rq, &family_kind, family, &list) == ERR_OK && list.count == 2);
    dossier_forget_subject(rq, &family_kind, family);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    EXPECT(dossier_of_subject(rq, &family_kind, family, &list) == ERR_OK && list.count == 0);
    EXPECT(dossier_of_subject(rq, &family_kind, other, &list) == ERR_OK && list.count == 1);
    fixture_done(rq);
    fixture_close(fx);
}

static struct comment
add_due(struct fixture *fx, struct uuid user_id, int64_t due)
{
    struct rq *rq = fixture_rq(fx);
    struct comment comment = {.head = {.user_id = user_id, .due_instant = due},
        .commenter_id = user_id,
        .text = S("due")};

    REQUIRE(dossier_add(rq, fx->tenant, &comment_kind, &comment) == ERR_OK);
    fixture_finish(rq);
    return comment;
}

TEST(what_is_due_comes_the_longest_due_first_until_it_is_settled)
{
    struct fixture *fx = fixture_open();
    struct uuid user = fixture_user(fx, S("a@x.test"), NO_STR);
    struct comment late = add_due(fx, user, fx->now + 2), early = add_due(fx, user, fx->now + 1);
    struct dossier_list list;
    struct rq *rq;
    size_t looked;

    (void)add_due(fx, user, 0);
    (void)add_due(fx, user, fx->now + 3);
    fx->now += 2;
    rq = fixture_rq(fx);
    REQUIRE(dossier_due(rq, &family_kind, 10, &list, &looked) == ERR_OK && looked == 0);
    REQUIRE(dossier_due(rq, &comment_kind, 10, &list, &looked) == ERR_OK);
    REQUIRE(list.count == 2 && looked == 2);
    EXPECT(uuid_eq(((struct dossier *)list.items[0])->id, early.head.id));
    dossier_settle(rq, &comment_kind, list.items[0], 0);
    dossier_settle(rq, &comment_kind, list.items[1], fx->now + 5);
    fixture_finish(rq);
    rq = fixture_rq(fx);
    REQUIRE(dossier_due(rq, &comment_kind, 10, &list, &looked) == ERR_OK && looked == 0);
    dossier_settle(rq, &comment_kind, &late, 0);
    EXPECT(fixture_commit(rq) == ERR_AGAIN); /* settled meanwhile */
    fixture_done(rq);
    fx->now += 5;
    rq = fixture_rq(fx);
    REQUIRE(dossier_due(rq, &comment_kind, 10, &list, &looked) == ERR_OK && list.count == 2);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(what_is_due_and_cannot_be_opened_holds_up_nobody)
{
    struct fixture *fx = fixture_open();
    struct uuid user = fixture_user(fx, S("a@x.test"), NO_STR);
    struct comment broken = add_due(fx, user, fx->now), whole = add_due(fx, user, fx->now + 1);
    struct rq *rq = fixture_rq(fx);
    struct dossier_list list;
    size_t looked;

    rq_write(rq, DOSSIER_UPDATE, DB_ONE, ERR_AGAIN,
        DB_VALUES(DB_ID(&fx->tenant->id), DB_I64(comment_kind.number), DB_ID(&broken.head.id),
            DB_ID(&broken.head.id), DB_I64(fx->now), DB_I64(0), DB_I64(fx->now),
            DB_BYTES(BYTES_OF("rotten to the core, and not sealed at all")),
            DB_I64(broken.head.last_update_instant)));
    fixture_finish(rq);
    fx->now += 1;
    for (int round = 0; round < 2; round++) {
        rq = fixture_rq(fx);
        REQUIRE(dossier_due(rq, &comment_kind, 10, &list, &looked) == ERR_OK);
        EXPECT(looked == (round ? 1u : 2u));
        REQUIRE(list.count == 1);
        EXPECT(uuid_eq(((struct dossier *)list.items[0])->id, whole.head.id));
        fixture_finish(rq);
    }
    fixture_close(fx);
}
