/* SPDX-License-Identifier: Apache-2.0 */
/* Why an address or a number counts as its person's, and when it does not any more. */
#define UNIT user_verified
#include "user_body.h"

#include "model/user/user_verified.h"

TEST(what_is_new_is_not_verified_and_says_whether_somebody_asked)
{
    static const struct {
        int line;
        bool verifies, verifies_changed, phone_verifies;
        const char *before, *body, *email, *phone;
    } cases[] = {
        {__LINE__, false, false, false, "", "{\"email\":\"a@x.test\"}", "Disabled", "Pending"},
        {__LINE__, true, false, false, "",
            "{\"email\":\"a@x.test\",\"phoneNumber\":\"+85512345678\"}", "Pending", "Disabled"},
        {__LINE__, true, false, true, "",
            "{\"email\":\"a@x.test\",\"phoneNumber\":\"+85512345678\"}", "Pending", "Pending"},
        {__LINE__, true, true, false, "{\"email\":\"a@x.test\"}", "{\"email\":\"A@X.test\"}",
            "Trusted", "Pending"},
        {__LINE__, true, true, false, "{\"email\":\"a@x.test\"}", "{\"email\":\"b@x.test\"}",
            "Pending", "Pending"},
        {__LINE__, true, false, false, "{\"email\":\"a@x.test\"}", "{\"email\":\"b@x.test\"}",
            "Disabled", "Pending"},
    };
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);
        bool is_change = cases[i].before[0] != 0;
        struct user before, user;
        str why;
        fx->tenant->mail.verifies = cases[i].verifies;
        fx->tenant->mail.verifies_changed = cases[i].verifies_changed;
        fx->tenant->phone.verifies = cases[i].phone_verifies;
        if (is_change) {
            REQUIRE(body_read(rq, FIELD_CREATE, cases[i].before, &before, &why));
            user_verify(&before, USER_EMAIL, USER_VERIFIED_TRUSTED, rq->now);
            user = before;
        }
        REQUIRE(
            body_read(rq, is_change ? FIELD_REPLACE : FIELD_CREATE, cases[i].body, &user, &why));
        user_settle_verified(rq->arena, fx->tenant, is_change ? &before : NULL, &user);
        CHECK_AT(cases[i].line,
            str_eq(user_verified_reason(&user, USER_EMAIL), str_from(cases[i].email)));
        CHECK_AT(cases[i].line,
            str_eq(user_verified_reason(&user, USER_PHONE), str_from(cases[i].phone)));
        CHECK_AT(cases[i].line, user.verified == str_eq(S("Trusted"), str_from(cases[i].email)));
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(the_first_reason_stays_and_one_that_was_not_kept_is_completed)
{
    struct user user = {.verified = true};

    EXPECT_STR(user_verified_reason(&user, USER_EMAIL), S("Completed"));
    user_verify(&user, USER_EMAIL, USER_VERIFIED_SKIPPED, 7);
    EXPECT_STR(user_verified_reason(&user, USER_EMAIL), S("Completed"));
    user = (struct user){.verified_reason = USER_VERIFIED_DISABLED};
    user_verify(&user, USER_EMAIL, USER_VERIFIED_SKIPPED, 7);
    user_verify(&user, USER_EMAIL, USER_VERIFIED_COMPLETED, 8);
    EXPECT_STR(user_verified_reason(&user, USER_EMAIL), S("Skipped"));
    EXPECT(user.verified && user.verified_instant == 7 && !user.phone_verified);
    user_verify(&user, USER_PHONE, USER_VERIFIED_IMPLICIT, 9);
    EXPECT_STR(user_verified_reason(&user, USER_PHONE), S("Implicit"));
}
