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
        cr_expect(str_cmp(search_sort_key(arena, &less, name, false),
                      search_sort_key(arena, &more, name, false))
                      < 0,
            "%s", names[i]);
    }
    EXPECT(search_sort_key(arena, &less, S("lastName"), false).n == 0);
    EXPECT(search_sort_key(arena, &less, S("lastLoginInstant"), false).n == 0);
    EXPECT(!search_sort_ok(&search_people, S("password"))
           && !search_sort_ok(&search_people, S("registrations.verified")));
}

TEST(of_many_registrations_the_first_in_the_order_counts)
{
    static str roles[][2] = {{S_INIT("Clerk"), S_INIT("admin")}, {S_INIT("user")}};
    static struct registration items[] = {
        {.id = {{2}}, .application_id = {{7}}, .insert_instant = 20, .roles = {roles[0], 2}},
        {.id = {{1}},
            .application_id = {{9}},
            .insert_instant = 10,
            .last_login_instant = 30,
            .roles = {roles[1], 1}},
    };
    static const struct user user = {.registrations = {items, COUNT(items)}}, nobody;
    static const struct {
        int line;
        const char *name, *up, *down;
    } rows[] = {
        {__LINE__, "registrations.id", "01000000-0000-0000-0000-000000000000",
            "02000000-0000-0000-0000-000000000000"},
        {__LINE__, "registrations.applicationId", "07000000-0000-0000-0000-000000000000",
            "09000000-0000-0000-0000-000000000000"},
        {__LINE__, "registrations.insertInstant", "000000000000000000010", "000000000000000000020"},
        {__LINE__, "registrations.lastLoginInstant", "000000000000000000030",
            "000000000000000000030"},
        {__LINE__, "registrations.roles", "admin", "user"},
    };
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));

    for (size_t i = 0; i < COUNT(rows); i++) {
        str name = str_from(rows[i].name);
        CHECK_AT(rows[i].line, search_sort_ok(&search_people, name));
        CHECK_AT(
            rows[i].line, str_eq(search_sort_key(arena, &user, name, false), str_from(rows[i].up)));
        CHECK_AT(rows[i].line,
            str_eq(search_sort_key(arena, &user, name, true), str_from(rows[i].down)));
        CHECK_AT(rows[i].line, search_sort_key(arena, &nobody, name, false).n == 0);
    }
}
