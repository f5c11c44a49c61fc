/* SPDX-License-Identifier: Apache-2.0 */
/* What bodies of users are taken and refused. */
#define UNIT user_table
#include "user_body.h"

/* clang-format off */
static const struct body_case {
    int line;
    const char *json, *faults;
} bodies[] = {
    {__LINE__, "{}", "[blank]user.email [blank]user.username"},
    {__LINE__, "{\"email\":\"\",\"username\":null}", "[blank]user.email [blank]user.username"},
    {__LINE__, "{\"firstName\":\"x\"}", "[blank]user.email [blank]user.username"},
    {__LINE__, "{\"email\":\"a@b.test\"}", ""},
    {__LINE__, "{\"username\":\"a\"}", ""},
    {__LINE__, "{\"phoneNumber\":\"+85512345678\"}", ""},
    {__LINE__, "{\"username\":\"a\",\"phoneNumber\":\"012345678\"}", "[invalid]user.phoneNumber"},
    {__LINE__, "{\"username\":\"a\",\"phoneNumber\":\"+1 555 CALL\"}", "[invalid]user.phoneNumber"},
    {__LINE__, "{\"username\":\"a\",\"phoneNumber\":\"+0123456789\"}", "[invalid]user.phoneNumber"},
    {__LINE__, "{\"username\":\"a\",\"phoneNumber\":\"+1234567890123456\"}", "[invalid]user.phoneNumber"},
    {__LINE__, "{\"username\":\"a\\nb\"}", "[invalid]user.username"},
    {__LINE__, "{\"username\":\"\\u200d\"}", "[invalid]user.username"},
    {__LINE__, "{\"username\":\"a\",\"timezone\":\"America/Denver\"}", ""},
    {__LINE__, "{\"username\":\"a\",\"timezone\":\"<script>\"}", "[invalid]user.timezone"},
    {__LINE__, "{\"username\":\"a\",\"nickname\":\"b\"}", "[unknown]user.nickname"},
    {__LINE__, "{\"username\":\"a\",\"imageUrl\":\"\",\"usernameStatus\":\"ACTIVE\"}", ""},
    {__LINE__, "{\"username\":\"a\",\"imageUrl\":\"javascript:alert(1)\"}", "[invalidURL]user.imageUrl"},
    {__LINE__, "{\"username\":\"a\",\"id\":\"00000000-0000-0000-0000-000000000001\",\"verified\":true,\"active\":false,"
               "\"insertInstant\":5,\"lastLoginInstant\":6,\"tenantId\":\"00000000-0000-0000-0000-000000000002\","
               "\"identities\":[{\"type\":\"email\",\"value\":\"z@z.test\"}],\"registrations\":[{\"roles\":[\"x\"]}]}", ""},
    {__LINE__, "{\"username\":\"a\",\"twoFactor\":{\"methods\":[],\"recoveryCodes\":[]},\"memberships\":[]}", ""},
    {__LINE__, "{\"username\":\"a\",\"twoFactor\":{\"methods\":[{\"method\":\"pigeon\"}]}}", "[invalid]user.twoFactor.methods[0].method"},
    {__LINE__, "{\"username\":\"a\",\"memberships\":[{\"groupId\":\"00000000-0000-0000-0000-000000000001\"}]}", ""},
    {__LINE__, "{\"username\":\"a\",\"encryptionScheme\":\"salted-sha256\",\"factor\":24000,\"password\":\"12345678\"}", ""},
};
/* clang-format on */

TEST(bodies_are_judged)
{
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(bodies); i++) {
        struct rq *rq = fixture_rq(fx);
        struct user user;
        str faults;
        bool ok = body_read(rq, FIELD_CREATE, bodies[i].json, &user, &faults);
        cr_expect(str_eq(faults, str_from(bodies[i].faults)) && ok == (faults.n == 0),
            "row of line %d: " STRF, bodies[i].line, STRV(faults));
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(what_only_the_server_sets_is_ignored)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct user user;
    str faults;

    REQUIRE(body_read(rq, FIELD_CREATE, bodies[17].json, &user, &faults));
    EXPECT(!user.verified && user.active && uuid_is_nil(user.id) && uuid_is_nil(user.tenant_id));
    EXPECT(user.insert_instant == 0 && user.last_login_instant == 0);
    EXPECT(user.registrations.count == 0);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_patch_changes_what_it_names)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct user user = {.email = S("a@b.test"),
        .first_name = S("Ann"),
        .scheme = S("bcrypt"),
        .hash = S("h"),
        .verified = true};
    str faults;

    REQUIRE(body_read(rq, FIELD_PATCH, "{\"lastName\":\"Bo\",\"encryptionScheme\":\"salted-md5\"}",
        &user, &faults));
    EXPECT_STR(user.first_name, S("Ann"));
    EXPECT_STR(user.last_name, S("Bo"));
    EXPECT_STR(user.scheme, S("bcrypt")); /* a scheme without a password changes no hash */
    EXPECT_STR(user.hash, S("h"));
    EXPECT(user.verified);
    EXPECT(!body_read(rq, FIELD_PATCH, "{\"email\":null}", &user, &faults));
    EXPECT_STR(faults, S("[blank]user.email [blank]user.username"));
    fixture_done(rq);
    fixture_close(fx);
}
