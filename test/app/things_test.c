/* SPDX-License-Identifier: Apache-2.0 */
/* Things are found by id and by name beside their siblings, however many there are. */
#define UNIT things
#include "unit.h"

#include "app/managed.h"
#include "base/arena.h"

enum { MANY = 5000, NAMESAKES = 1000 };

static struct thing *
add(struct things *things, const char *kind, str id, str name, const struct thing *parent)
{
    const struct managed *of = managed_find(str_from(kind));
    struct thing *t = things_add(things, of ? of : managed_part(str_from(kind)), parent, NULL);

    REQUIRE(t != NULL);
    t->id = id;
    t->name = name;
    t->tenant = parent ? NO_STR : S("t1");
    REQUIRE(things_note(things, t));
    return t;
}

TEST(each_of_many_is_found_by_id_and_by_name)
{
    struct arena *arena = arena_new(MB(64));
    struct things things = {.arena = arena};

    for (int i = 0; i < MANY; i++) {
        (void)add(&things, "entities", str_fmt(arena, "id%d", i), str_fmt(arena, "n%d", i), NULL);
    }
    for (int i = 0; i < MANY; i++) {
        struct thing *t =
            things_by_id(&things, managed_find(S("entities")), str_fmt(arena, "id%d", i));
        CHECK_AT(i, t == things.items[i]);
        CHECK_AT(i, things_by_name(&things, things.items[i]) == t && !things_has_namesake(t));
    }
    EXPECT(things_by_id(&things, managed_find(S("entities")), S("id5000")) == NULL);
    EXPECT(things_by_id(&things, managed_find(S("groups")), S("id1")) == NULL);
    arena_free(arena);
}

TEST(the_first_of_a_name_stays_the_first_while_the_index_grows)
{
    struct arena *arena = arena_new(MB(64));
    struct things things = {.arena = arena};
    struct thing *first = add(&things, "entities", S("first"), S("same"), NULL);

    EXPECT(!things_has_namesake(first));
    for (int i = 0; i < NAMESAKES; i++) {
        struct thing *t = add(&things, "entities", str_fmt(arena, "id%d", i), S("same"), NULL);
        CHECK_AT(i, things_by_name(&things, t) == first && things_has_namesake(first));
    }
    arena_free(arena);
}

TEST(a_name_is_of_its_kind_its_tenant_and_its_parent)
{
    struct arena *arena = arena_new(MB(1));
    struct things things = {.arena = arena};
    struct thing *a = add(&things, "applications", S("a"), S("same"), NULL);
    struct thing *b = add(&things, "applications", S("b"), S("other"), NULL);
    struct thing *in_a = add(&things, "roles", S("ra"), S("role"), a);
    struct thing *in_b = add(&things, "roles", S("rb"), S("role"), b);
    struct thing group = {.kind = managed_find(S("groups")), .name = S("same"), .tenant = S("t1")};
    struct thing foreign = *a;

    foreign.tenant = S("t2");
    EXPECT(things_by_name(&things, in_a) == in_a && things_by_name(&things, in_b) == in_b);
    EXPECT(!things_has_namesake(in_a) && !things_has_namesake(in_b));
    EXPECT(things_by_name(&things, &group) == NULL && things_by_name(&things, &foreign) == NULL);
    EXPECT(things_by_name(&things, a) == a);
    arena_free(arena);
}
