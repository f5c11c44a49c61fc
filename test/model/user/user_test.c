/* SPDX-License-Identifier: Apache-2.0 */
/* Questions about a user, and the shape FusionAuth's clients are answered with. */
#define UNIT user
#include "user_body.h"

TEST(a_display_name_is_the_best_there_is)
{
    /* clang-format off */
    static const struct { int line; struct user user; const char *name, *login_id; } cases[] = {
        {__LINE__, {.full_name = S_INIT("Ann B"), .first_name = S_INIT("x"), .email = S_INIT("a@b.test")}, "Ann B", "a@b.test"},
        {__LINE__, {.first_name = S_INIT("Ann"), .last_name = S_INIT("Bo"), .username = S_INIT("ab")}, "Ann Bo", "ab"},
        {__LINE__, {.first_name = S_INIT("Ann"), .phone_number = S_INIT("+8551")}, "Ann", "+8551"},
        {__LINE__, {.last_name = S_INIT("Bo"), .username = S_INIT("ab"), .email = S_INIT("a@b.test")}, "Bo", "a@b.test"},
        {__LINE__, {.username = S_INIT("ab"), .phone_number = S_INIT("+8551")}, "ab", "ab"},
        {__LINE__, {.email = S_INIT("a@b.test")}, "a@b.test", "a@b.test"},
    };
    /* clang-format on */
    struct arena *arena = arena_new(KB(64));

    for (size_t i = 0; i < COUNT(cases); i++) {
        str name = user_display_name(arena, &cases[i].user);
        CHECK_AT(cases[i].line, str_eq(name, str_from(cases[i].name)));
        CHECK_AT(cases[i].line, str_eq(user_login_id(&cases[i].user), str_from(cases[i].login_id)));
    }
    arena_free(arena);
}

TEST(an_inactive_or_expired_account_may_not_sign_in)
{
    struct user user = {.active = true};

    EXPECT(user_may_sign_in(&user, 100));
    user.expiry = 101;
    EXPECT(user_may_sign_in(&user, 100));
    user.expiry = 100;
    EXPECT(!user_may_sign_in(&user, 100));
    user.expiry = 0;
    user.active = false;
    EXPECT(!user_may_sign_in(&user, 100));
}

static const char full[] =
    "{\"email\":\"Ann@X.test\",\"username\":\"ann\",\"phoneNumber\":\"+855 12 345 678\","
    "\"firstName\":\"Ann\",\"middleName\":\"M\",\"lastName\":\"Bo\",\"fullName\":\"Ann M Bo\","
    "\"birthDate\":\"1990-05-30\",\"imageUrl\":\"https://x.test/"
    "a.png\",\"mobilePhone\":\"555-1234\","
    "\"parentEmail\":\"mum@x.test\",\"timezone\":\"America/Denver\","
    "\"preferredLanguages\":[\"en\",\"km_KH\"],\"data\":{\"a\":[1,{\"b\":null}]},"
    "\"passwordChangeRequired\":true,\"expiry\":1900000000000,\"password\":\"correct horse\"}";

static const struct json *
parsed(struct rq *rq, str text)
{
    const struct json *json;

    REQUIRE(json_parse(rq->arena, text, &json, NULL));
    return json;
}

static void
expect_text(const struct json *object, const char *name, const char *want)
{
    str got = NO_STR;

    cr_expect(json_str(json_get(object, str_from(name)), &got) && str_eq(got, str_from(want)),
        "%s: \"" STRF "\", want \"%s\"", name, STRV(got), want);
}

TEST(a_user_is_written_as_fusionauth_writes_it)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct user user;
    const struct json *out, *identity;
    str why, text;
    bool flag;

    cr_assert(body_read(rq, FIELD_CREATE, full, &user, &why), STRF, STRV(why));
    REQUIRE(user_create(rq, fx->tenant, &user) == ERR_OK);
    text = body_written(rq, &user);
    out = parsed(rq, text);
    expect_text(out, "email", "Ann@X.test");
    expect_text(out, "birthDate", "1990-05-30");
    expect_text(out, "usernameStatus", "ACTIVE");
    expect_text(out, "id", uuid_text(rq->arena, user.id).p);
    EXPECT(json_bool(json_get(out, S("active")), &flag) && flag);
    EXPECT(json_bool(json_get(out, S("verified")), &flag) && !flag);
    EXPECT(json_bool(json_get(out, S("passwordChangeRequired")), &flag) && flag);
    EXPECT(json_get(out, S("registrations"))->count == 0);
    EXPECT(json_get(out, S("memberships"))->count == 0);
    EXPECT(json_get(out, S("preferredLanguages"))->count == 2);
    EXPECT(json_get(json_get(out, S("twoFactor")), S("methods"))->type == JSON_ARRAY);
    EXPECT(json_get(out, S("identities"))->count == 3);
    identity = json_get(out, S("identities"))->first;
    expect_text(identity, "type", "email");
    expect_text(identity, "value", "ann@x.test");
    expect_text(identity, "displayValue", "Ann@X.test");
    expect_text(identity, "verifiedReason", "Pending");
    expect_text(identity->next, "type", "phoneNumber");
    expect_text(identity->next, "value", "+85512345678");
    expect_text(identity->next->next, "verifiedReason", "Unverifiable");
    fixture_done(rq);
    fixture_close(fx);
}

TEST(no_secret_is_written_out)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    static const char *const never[] = {
        "password\"", "salt", "hash", "factor\"", "encryptionScheme", "scheme", "correct horse"};
    struct user user;
    str why, text;

    REQUIRE(body_read(rq, FIELD_CREATE, full, &user, &why));
    REQUIRE(user_set_password(rq, fx->tenant, &user) == ERR_OK);
    EXPECT(user.hash.n > 0 && user.salt.n > 0);
    text = body_written(rq, &user);
    for (size_t i = 0; i < COUNT(never); i++) {
        cr_expect(str_find_str(text, str_from(never[i])) == text.n, "%s", never[i]);
    }
    EXPECT(str_find_str(text, user.hash) == text.n && str_find_str(text, user.salt) == text.n);
    fixture_done(rq);
    fixture_close(fx);
}

/* A client that gets a user, changes one member and puts it back changes that member alone. */
TEST(what_is_written_can_be_put_back)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct user user, again;
    str why, text;

    REQUIRE(body_read(rq, FIELD_CREATE, full, &user, &why));
    user.password = NO_STR;
    user.verified = true;
    REQUIRE(user_create(rq, fx->tenant, &user) == ERR_OK);
    text = body_written(rq, &user);
    again = user;
    cr_expect(body_read(rq, FIELD_REPLACE, str_z(rq->arena, text), &again, &why), STRF, STRV(why));
    EXPECT_STR(body_written(rq, &again), text);
    EXPECT(again.verified && uuid_eq(again.id, user.id));
    fixture_done(rq);
    fixture_close(fx);
}
