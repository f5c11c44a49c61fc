/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT factor
#include "factor_unit.h"

#include "codec/json.h"
#include "model/application/application.h"

TEST(methods_are_kept_with_their_user_and_found_nowhere_in_clear)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);
    struct factor mail = {.method = FACTOR_EMAIL, .email = S("second-secret@example.com")};
    struct user *user;

    EXPECT(codes.count == FACTOR_RECOVERY_CODES);
    EXPECT(add_factor(fx, id, mail).count == 0); /* only the first brings codes */
    fixture_restart(fx);
    user = fixture_load(fx, id);
    REQUIRE(user != NULL && factor_count(user) == 2);
    EXPECT(user->two_factor.recovery.count == FACTOR_RECOVERY_CODES);
    EXPECT(fixture_search(fx, "", str_bytes(mail.email)) == 0);
    EXPECT(fixture_search(fx, "", str_bytes(app_factor(fx).secret)) == 0);
    EXPECT(fixture_search(fx, "", str_bytes(codes.items[0])) == 0);
    fixture_close(fx);
}

TEST(what_is_written_out_has_no_secret_and_no_recovery_code)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);
    struct rq *rq = fixture_rq(fx);
    struct user *user = fixture_load(fx, id);
    struct json_out out;
    struct buf buf;
    str text;

    rq_json_out(rq, &buf, &out);
    user_write(user, &out);
    REQUIRE(buf_done(&buf, &text));
    EXPECT(str_find_str(text, S("\"algorithm\":\"HmacSHA1\",\"codeLength\":6,\"timeStep\":30"))
           < text.n);
    EXPECT(str_find_str(text, S("\"recoveryCodes\":[]")) < text.n);
    EXPECT(str_find_str(text, app_factor(fx).secret) == text.n);
    EXPECT(str_find_str(text, S("secret")) == text.n);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(policies_of_application_and_tenant)
{
    enum { NONE = FACTOR_NEED_NONE, CODE = FACTOR_NEED_CODE, SETUP = FACTOR_NEED_SETUP };
    static const struct {
        int line, tenant, application; /* -2: no application */
        int with, without;             /* a method */
    } cases[] = {
        {__LINE__, FACTOR_DISABLED, -2, NONE, NONE},
        {__LINE__, FACTOR_ENABLED, -2, CODE, NONE},
        {__LINE__, FACTOR_REQUIRED, -2, CODE, SETUP},
        {__LINE__, FACTOR_ON_HIGH_RISK, -2, CODE, NONE},
        {__LINE__, FACTOR_REQUIRED, -1, CODE, SETUP},
        {__LINE__, FACTOR_REQUIRED, FACTOR_DISABLED, NONE, NONE},
        {__LINE__, FACTOR_DISABLED, FACTOR_ENABLED, CODE, NONE},
        {__LINE__, FACTOR_DISABLED, FACTOR_REQUIRED, CODE, SETUP},
    };
    struct factor factor = {.method = FACTOR_EMAIL};

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct user with = {.two_factor = {.methods = {&factor, 1}}}, without = {0};
        struct application app = {.factor = {.policy = cases[i].application}};
        const struct application *named = cases[i].application == -2 ? NULL : &app;
        struct tenant tenant = {.factor = {.policy = cases[i].tenant}};
        CHECK_AT(cases[i].line, (int)factor_needed(&tenant, named, &with) == cases[i].with);
        CHECK_AT(cases[i].line, (int)factor_needed(&tenant, named, &without) == cases[i].without);
    }
}

TEST(with_the_last_method_the_recovery_codes_go)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);
    struct rq *rq = fixture_rq(fx);
    struct user *user, before;

    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &user) == ERR_OK);
    before = *user;
    REQUIRE(factor_remove(rq, user, user->two_factor.methods.items) == ERR_OK);
    EXPECT(factor_count(&before) == 1 && factor_count(user) == 0);
    EXPECT(user->two_factor.recovery.count == 0);
    REQUIRE(user_update(rq, fx->tenant, &before, user) == ERR_OK);
    fixture_finish(rq);
    EXPECT(factor_count(fixture_load(fx, id)) == 0);
    fixture_close(fx);
}
