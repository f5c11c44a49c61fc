/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a query means. */
#define UNIT search_match
#include "../fixture.h"
#include "model/search/search.h"

static str roles[] = {S_INIT("admin"), S_INIT("user")};
static struct registration registrations[] = {
    {.application_id = {{1}}, .roles = {roles, 2}, .verified = true, .insert_instant = 1000},
    {.application_id = {{2}}, .data = S_INIT("{\"plan\":\"gold\"}")},
};
static const struct user ann = {.id = {{9}},
    .email = S_INIT("Ann.Smith@Example.com"),
    .username = S_INIT("ann_42"),
    .first_name = S_INIT("Ann"),
    .last_name = S_INIT("Smith Jones"),
    .mobile_phone = S_INIT("+855 12 345"),
    .active = true,
    .insert_instant = 1714557600000, /* 2024-05-01T10:00:00Z */
    .data = S_INIT("{\"color\":\"Deep Blue\",\"age\":42,\"list\":[{\"a\":true}]}"),
    .registrations = {registrations, 2}};

static bool
is_meant(struct arena *arena, const char *query, const struct user *user)
{
    const struct search_node *tree = NULL;
    const char *why = NULL;

    REQUIRE(search_parse(arena, &search_people, str_from(query), &tree, &why));
    return search_matches(arena, tree, user, 1714557600000 + DAY_MS);
}

TEST(a_person_is_meant_by_what_is_known_of_them)
{
    static const char *const yes[] = {"*", "ann", "ANN", "smith", "\"smith jones\"",
        "\"ann smith\"", "ann.smith@example.com", "example.com", "@example.com", "*@example.com",
        "jo*", "j?nes", "*mit*", "+8551*", "\\+8551*", "ann AND jones", "bob OR ann", "ann -bob",
        "42", "ann_42", "email:ann.smith@EXAMPLE.com", "email:ann*", "email:*@example.com",
        "username:ann_42", "lastName:jones", "lastName:\"smith jones\"", "lastName:jo*",
        "active:true", "insertInstant:[2024-05-01 TO 2024-05-01]", "insertInstant:2024-05-01",
        "insertInstant:[now-1d TO now]", "insertInstant:>=1714557600000",
        "insertInstant:[2024-05-01T10:00:00Z TO *]", "data.color:blue", "data.color:\"deep blue\"",
        "data.age:42", "data.age:[40 TO 50}", "data.age:>41.5", "data.list.a:true",
        "_exists_:data.color", "registrations.roles:admin", "registrations.data.plan:gold",
        "registrations.applicationId:01000000-0000-0000-0000-000000000000",
        "id:09000000-0000-0000-0000-000000000000", "NOT bob", "-_exists_:lastLoginInstant",
        "firstName:(bob OR ann)", "mobilePhone:\"+855 12 345\""};
    static const char *const no[] = {"bob", "an", "\"jones smith\"", "smith@example.com",
        "email:ann", "email:smith@example.com", "email:*@example.org", "username:ann", "example",
        "-ann", "active:false", "insertInstant:{2024-05-01 TO 2024-05-02}",
        "insertInstant:{1714557600000 TO *]", "insertInstant:<2024-05-01", "lastLoginInstant:>0",
        "data.color:deeper", "data.age:[43 TO 50]", "data.list.b:true", "_exists_:data.size",
        "registrations.roles:adm", "tenantId:09000000-0000-0000-0000-000000000000", "+ann +bob"};
    AUTO(arena_end) struct arena *arena = arena_new(MB(4));

    for (size_t i = 0; i < COUNT(yes); i++) {
        cr_expect(is_meant(arena, yes[i], &ann), "%s", yes[i]);
    }
    for (size_t i = 0; i < COUNT(no); i++) {
        cr_expect(!is_meant(arena, no[i], &ann), "%s", no[i]);
    }
}
