/* SPDX-License-Identifier: Apache-2.0 */
/* admin_roles.c: FusionAuth's roles. */
#define UNIT admin_roles
#include "../fixture.h"

#include "model/admin/admin.h"
#include "model/application/application.h"

TEST(there_are_38_each_with_a_name_and_an_id_of_its_own)
{
    size_t count;
    const struct admin_role_row *rows = admin_role_rows(&count);
    struct uuid id;

    EXPECT(count == 38);
    for (size_t i = 0; i < count; i++) {
        uint8_t verbs[ADMIN_FAMILY_COUNT] = {0};
        EXPECT(uuid_parse(str_from(rows[i].id), &id));
        EXPECT(admin_add_role(str_from(rows[i].name), verbs));
        for (size_t j = 0; j < i; j++) {
            EXPECT(!str_eq(str_from(rows[i].name), str_from(rows[j].name)));
            EXPECT(!str_eq(str_from(rows[i].id), str_from(rows[j].id)));
        }
    }
}

TEST(other_names_are_no_roles)
{
    static const char *const names[] = {"", "Admin", "admin ", "user_viewer", "*"};
    uint8_t verbs[ADMIN_FAMILY_COUNT] = {0};

    for (size_t i = 0; i < COUNT(names); i++) {
        EXPECT(!admin_add_role(str_from(names[i]), verbs));
        EXPECT(!admin_is_built_in(str_from(names[i])));
    }
    for (size_t f = 0; f < ADMIN_FAMILY_COUNT; f++) {
        EXPECT(verbs[f] == 0);
    }
}

TEST(grants_of_unknown_families_or_verbs_are_refused)
{
    static const char *const texts[] = {"user", "user:", "user:X", "users:R", ":R", "user:R:W"};
    uint8_t verbs[ADMIN_FAMILY_COUNT] = {0};

    for (size_t i = 0; i < COUNT(texts); i++) {
        EXPECT(!admin_add_grants(str_from(texts[i]), verbs));
    }
    EXPECT(admin_add_grants(S(" user:RW  theme:D"), verbs));
    EXPECT(verbs[ADMIN_USER] == (ADMIN_READ | ADMIN_WRITE) && verbs[ADMIN_THEME] == ADMIN_DELETE);
}

TEST(an_application_of_before_keeps_its_roles_and_gets_the_others)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct role old[] = {{.id = {{1}}, .name = S("admin")}, {.id = {{2}}, .name = S("mine")}};
    struct application app = {.roles = {old, COUNT(old)}};
    bool is_changed = false;

    REQUIRE(admin_complete_roles(rq, &app, &is_changed) == ERR_OK);
    EXPECT(is_changed && app.roles.count == 39);
    EXPECT(uuid_eq(((const struct role *)app.roles.items)[0].id, old[0].id));
    REQUIRE(admin_complete_roles(rq, &app, &is_changed) == ERR_OK);
    EXPECT(!is_changed && app.roles.count == 39);
    fixture_done(rq);
    fixture_close(fx);
}
