/* SPDX-License-Identifier: Apache-2.0 */
/* By what people are sorted. */
#define UNIT search_sort
#include "../fixture.h"
#include "model/search/search.h"

TEST(keys_compare_as_what_they_stand_for)
{
    static const struct user less = {.email = S_INIT("ann@x.test"),
        .insert_instant = -5,
        .data = S_INIT("{\"n\":-3,\"o\":{\"t\":\"a\"}}")};
    static const struct user more = {.email = S_INIT("Bob@x.test"),
        .active = true,
        .insert_instant = 1714557600000,
        .data = S_INIT("{\"n\":10.5,\"o\":{\"t\":\"B\"}}")};
    static const char *const names[] = {
        "email", "login", "active", "insertInstant", "data.n", "data.o.t"};
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(names); i++) {
        str name = str_from(names[i]);
        cr_expect(search_sort_ok(&search_people, name), "%s", names[i]);
        cr_expect(
            str_cmp(search_sort_key(arena, &less, name), search_sort_key(arena, &more, name)) < 0,
            "%s", names[i]);
    }
    EXPECT(search_sort_key(arena, &less, S("lastName")).n == 0);
    EXPECT(search_sort_key(arena, &less, S("lastLoginInstant")).n == 0);
    EXPECT(!search_sort_ok(&search_people, S("password"))
           && !search_sort_ok(&search_people, S("registrations.roles")));
}
