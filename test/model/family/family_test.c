/* SPDX-License-Identifier: Apache-2.0 */
/* Families: roles, owners, guardians, and children who wait for a parent. */
#define UNIT family
#include "../fixture.h"

#include "model/family/family.h"

static struct uuid
child_of(struct fixture *fx, const char *email, str parent_email)
{
    struct rq *rq = fixture_rq(fx);
    struct user user = {.email = str_from(email), .parent_email = parent_email};

    REQUIRE(user_create(rq, fx->tenant, &user) == ERR_OK);
    fixture_finish(rq);
    return user.id;
}

static void
join(struct fixture *fx, struct uuid family, struct uuid user, enum family_role role)
{
    struct rq *rq = fixture_rq(fx);
    struct family_member member = {
        .head = {.user_id = user, .subject_id = family}, .role = (int)role};

    family_settle(&member);
    REQUIRE(dossier_add(rq, fx->tenant, &family_kind, &member) == ERR_OK);
    fixture_finish(rq);
}

static bool
is_guarded(struct fixture *fx, struct uuid user, struct uuid adult)
{
    struct rq *rq = fixture_rq(fx);
    bool is_guarded;

    REQUIRE(family_has_guardian(rq, fx->tenant, user, adult, &is_guarded) == ERR_OK);
    fixture_done(rq);
    return is_guarded;
}

static size_t
count_pending(struct fixture *fx, const struct tenant *tenant, const char *parent_email)
{
    struct rq *rq = fixture_rq(fx);
    struct user **users;
    size_t count;

    REQUIRE(family_pending(rq, tenant, str_from(parent_email), &users, &count) == ERR_OK);
    fixture_done(rq);
    return count;
}

TEST(only_adults_own_and_are_of_one_family)
{
    static const struct {
        int line, role;
        bool owns;
    } cases[] = {
        {__LINE__, FAMILY_CHILD, false},
        {__LINE__, FAMILY_TEEN, false},
        {__LINE__, FAMILY_ADULT, true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct family_member a = {.head.subject_id = {{7}}, .role = cases[i].role, .owner = true};
        struct family_member b = {.head.subject_id = {{8}}, .role = cases[i].role};
        family_settle(&a);
        family_settle(&b);
        CHECK_AT(cases[i].line, a.owner == cases[i].owns && !b.owner);
        CHECK_AT(cases[i].line, uuid_eq(a.head.only, b.head.only) == cases[i].owns);
    }
}

TEST(another_owner_is_somebody_else)
{
    struct family_member one = {.head.user_id = {{1}}, .owner = true};
    struct family_member two = {.head.user_id = {{2}}};
    void *items[] = {&two, &one};
    struct dossier_list list = {items, COUNT(items)};

    EXPECT(family_other_owner(&list, two.head.user_id) == &one);
    EXPECT(family_other_owner(&list, one.head.user_id) == NULL);
    EXPECT(family_find(&list, two.head.user_id) == &two);
    EXPECT(family_find(&list, (struct uuid){{3}}) == NULL);
}

TEST(a_guardian_is_an_adult_of_the_same_family)
{
    struct fixture *fx = fixture_open();
    struct uuid family = fixture_id(fx), other = fixture_id(fx);
    struct uuid adult = fixture_user(fx, S("adult@x.test"), NO_STR);
    struct uuid teen = fixture_user(fx, S("teen@x.test"), NO_STR);
    struct uuid child = fixture_user(fx, S("child@x.test"), NO_STR);
    struct uuid stranger = fixture_user(fx, S("stranger@x.test"), NO_STR);

    join(fx, family, adult, FAMILY_ADULT);
    join(fx, family, teen, FAMILY_TEEN);
    join(fx, family, child, FAMILY_CHILD);
    join(fx, other, stranger, FAMILY_ADULT);
    EXPECT(is_guarded(fx, child, adult) && is_guarded(fx, teen, adult));
    EXPECT(!is_guarded(fx, child, teen) && !is_guarded(fx, child, stranger));
    EXPECT(!is_guarded(fx, adult, child) && !is_guarded(fx, stranger, adult));
    fixture_close(fx);
}

TEST(children_wait_until_they_are_of_a_family_or_name_another_parent)
{
    struct fixture *fx = fixture_open();
    struct uuid one = child_of(fx, "one@x.test", S("Parent@X.test"));
    struct uuid two = child_of(fx, "two@x.test", S("parent@x.test"));
    struct user *before = fixture_load(fx, two), after = *before;
    struct rq *rq;

    EXPECT(count_pending(fx, fx->tenant, "PARENT@x.test") == 2);
    EXPECT(count_pending(fx, fx->other, "parent@x.test") == 0);
    EXPECT(count_pending(fx, fx->tenant, "") == 0);
    join(fx, fixture_id(fx), one, FAMILY_CHILD);
    EXPECT(count_pending(fx, fx->tenant, "parent@x.test") == 1);
    rq = fixture_rq(fx);
    after.parent_email = S("other@x.test");
    REQUIRE(user_update(rq, fx->tenant, before, &after) == ERR_OK);
    fixture_finish(rq);
    EXPECT(count_pending(fx, fx->tenant, "parent@x.test") == 0);
    EXPECT(count_pending(fx, fx->tenant, "other@x.test") == 1);
    rq = fixture_rq(fx);
    REQUIRE(user_delete(rq, fx->tenant, fixture_load(fx, two)) == ERR_OK);
    fixture_finish(rq);
    EXPECT(count_pending(fx, fx->tenant, "other@x.test") == 0);
    EXPECT(fixture_count(fx, "family_parent") == 1);
    EXPECT(fixture_search(fx, "", str_bytes(S("parent@x.test"))) == 0);
    fixture_close(fx);
}
