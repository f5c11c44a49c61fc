/* SPDX-License-Identifier: Apache-2.0 */
/* admin.c: who has more than whom. */
#define UNIT admin
#include "../fixture.h"

#include "model/admin/admin.h"

/* clang-format off */
static const struct {
    int line;
    const char *who, *who_there, *what, *what_there; /* in all tenants, and in one */
    bool covers;
} cases[] = {
    { __LINE__, "",            "",        "",         "",            true },
    { __LINE__, "",            "",        "user:R",   "",            false },
    { __LINE__, "user:RW",     "",        "user:R",   "",            true },
    { __LINE__, "user:R",      "",        "user:RW",  "",            false },
    { __LINE__, "user:R",      "",        "tenant:R", "",            false },
    { __LINE__, "user:RW",     "",        "",         "user:RW",     true },
    { __LINE__, "",            "user:RW", "",         "user:R",      true },
    { __LINE__, "",            "user:RW", "user:R",   "",            false },
    { __LINE__, "user:R",      "user:W",  "",         "user:RW",     true },
    { __LINE__, "user:R",      "user:W",  "user:RW",  "",            false },
    { __LINE__, "user:W",      "",        "user:A",   "",            true },  /* who writes may assist */
    { __LINE__, "user:A",      "",        "user:W",   "",            false },
    { __LINE__, "*:RWD",       "",        "*:RWDA",   "",            true },
    { __LINE__, "*:RWDA",      "",        "*:RWDA",   "*:RWDA",      true },
};
/* clang-format on */

static const struct uuid there = {{7}};

static struct admin
admin_with(struct admin_scope scopes[2], const char *everywhere, const char *in_one)
{
    memset(scopes, 0, 2 * sizeof *scopes);
    scopes[1].tenant_id = there;
    REQUIRE(admin_add_grants(str_from(everywhere), scopes[0].verbs));
    REQUIRE(admin_add_grants(str_from(in_one), scopes[1].verbs));
    return (struct admin){.scopes = scopes, .count = 2};
}

TEST(whoever_lacks_one_verb_in_one_tenant_does_not_cover_it)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct admin_scope scopes[2], others[2];
        struct admin who = admin_with(scopes, cases[i].who, cases[i].who_there);
        struct admin what = admin_with(others, cases[i].what, cases[i].what_there);
        CHECK_AT(cases[i].line, admin_covers(&who, &what) == cases[i].covers);
        CHECK_AT(cases[i].line, admin_covers(&what, &what));
    }
}

TEST(nobody_covers_nothing_but_nothing)
{
    struct admin_scope scopes[2];
    struct admin what = admin_with(scopes, "", "");

    EXPECT(admin_covers(NULL, &what));
    what = admin_with(scopes, "", "report:R");
    EXPECT(!admin_covers(NULL, &what));
}

TEST(another_role_takes_nothing_away)
{
    size_t count;
    const struct admin_role_row *rows = admin_role_rows(&count);

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            struct admin_scope both[2], one[2];
            struct admin sum = admin_with(both, rows[i].grants, "");
            struct admin part = admin_with(one, rows[i].grants, "");
            REQUIRE(admin_add_grants(str_from(rows[j].grants), both[0].verbs));
            EXPECT(admin_covers(&sum, &part));
        }
    }
}

TEST(every_right_everywhere_is_admin_alone)
{
    size_t count;
    const struct admin_role_row *rows = admin_role_rows(&count);
    struct admin_scope all[2], scopes[2];
    struct admin in_one = admin_with(scopes, "", "*:RWDA"), rest = admin_with(all, "", "");

    EXPECT(!admin_is_super(&in_one));
    for (size_t i = 0; i < count; i++) {
        struct admin one = admin_with(scopes, rows[i].grants, "");
        EXPECT(admin_is_super(&one) == (i == 0));
        REQUIRE(i == 0 || admin_add_grants(str_from(rows[i].grants), all[0].verbs));
    }
    EXPECT(!admin_is_super(&rest)); /* not even all the others together */
}
