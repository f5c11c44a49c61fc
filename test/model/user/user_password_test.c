/* SPDX-License-Identifier: Apache-2.0 */
/* Password rules with FusionAuth's codes, hashing by the tenant's settings, hashes made elsewhere. */
#define UNIT user_password
#include "user_body.h"

#include "model/user/user_import.h"

enum { MIXED = 1, NON_ALPHA = 2, NUMBER = 4, NO_LOGIN_ID = 8 };

static void
set_rules(struct tenant *tenant, unsigned rules)
{
    tenant->password = (struct password_rules){.min_length = 8,
        .max_length = 12,
        .needs_mixed_case = rules & MIXED,
        .needs_non_alpha = rules & NON_ALPHA,
        .needs_number = rules & NUMBER,
        .refuses_login_id = rules & NO_LOGIN_ID};
}

TEST(each_rule_has_fusionauths_code)
{
    /* clang-format off */
    static const struct { int line; unsigned rules; const char *password, *faults; } cases[] = {
        {__LINE__, 0, "", "[blank]user.password"},
        {__LINE__, 0, "1234567", "[tooShort]user.password"},
        {__LINE__, 0, "12345678", ""},
        {__LINE__, 0, "123456789012", ""},
        {__LINE__, 0, "1234567890123", "[tooLong]user.password"},
        {__LINE__, 0, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", "[tooShort]user.password"},           /* 4 characters, 8 bytes */
        {__LINE__, 0, "\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xf0\x9f\x98\x80", ""},
        {__LINE__, MIXED, "abcdefgh", "[singleCase]user.password"},
        {__LINE__, MIXED, "ABCDEFGH", "[singleCase]user.password"},
        {__LINE__, MIXED, "abcdEfgh", ""},
        {__LINE__, MIXED, "\xc3\xa9\xc3\x89" "123456", ""},                                     /* e and E with acute */
        {__LINE__, NON_ALPHA, "abcdefgh", "[onlyAlpha]user.password"},
        {__LINE__, NON_ALPHA, "abcd efg", ""},
        {__LINE__, NON_ALPHA, "abcdefg1", ""},
        {__LINE__, NUMBER, "abcd efg", "[requireNumber]user.password"},
        {__LINE__, NUMBER, "abcdefg1", ""},
        {__LINE__, MIXED | NON_ALPHA | NUMBER, "abc", "[tooShort]user.password [singleCase]user.password"
            " [onlyAlpha]user.password [requireNumber]user.password"},
        {__LINE__, NO_LOGIN_ID, "xAnn.BZ1", ""},
        {__LINE__, NO_LOGIN_ID, "xANN@B.TEST", "[containsEmail]user.password"},
        {__LINE__, NO_LOGIN_ID, "1AnnBo23", "[containsUsername]user.password"},
        {__LINE__, NO_LOGIN_ID, "85512345678", "[containsPhoneNumber]user.password"},
        {__LINE__, 0, "xann@b.test", ""},
    };
    /* clang-format on */
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);
        struct field_faults faults = {0};
        struct field_reader reader = {rq->arena, &faults};
        struct user user = {.email = S("ann@b.test"),
            .username = S("AnnBo"),
            .phone_number = S("+855 12 345 678"),
            .password = str_from(cases[i].password)};
        str got;

        set_rules(fx->tenant, cases[i].rules);
        user_check_password(&reader, fx->tenant, &user, "user");
        got = body_faults(rq->arena, &faults);
        cr_expect(str_eq(got, str_from(cases[i].faults)), "row of line %d: " STRF, cases[i].line,
            STRV(got));
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(a_scheme_that_cannot_be_is_refused)
{
    /* clang-format off */
    static const struct { int line; const char *scheme; int64_t factor; const char *faults; } cases[] = {
        {__LINE__, "bcrypt", 10, ""},
        {__LINE__, "bcrypt", 0, ""},
        {__LINE__, "bcrypt", 40, "[invalid]user.factor"},
        {__LINE__, "rot13", 0, "[invalid]user.encryptionScheme"},
        {__LINE__, "", 10, "[invalid]user.factor"},
    };
    /* clang-format on */
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);
        struct field_faults faults = {0};
        struct field_reader reader = {rq->arena, &faults};
        struct user user = {.email = S("ann@b.test"),
            .password = S("abcdefgh"),
            .given_scheme = str_from(cases[i].scheme),
            .given_factor = cases[i].factor};
        str got;

        user_check_password(&reader, fx->tenant, &user, "user");
        got = body_faults(rq->arena, &faults);
        cr_expect(str_eq(got, str_from(cases[i].faults)), "row of line %d: " STRF, cases[i].line,
            STRV(got));
        fixture_done(rq);
    }
    fixture_close(fx);
}

static bool
is_password(const struct user *user, str text)
{
    struct password_hash hash = {user->scheme, user->factor, user->salt, user->hash};

    return password_check(&hash, text);
}

TEST(a_password_is_hashed_as_asked_or_as_the_tenant_does)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct user user = {.password = S("correct horse"), .password_instant = rq->now + 5};

    REQUIRE(user_set_password(rq, fx->tenant, &user) == ERR_OK);
    EXPECT_STR(user.scheme, fx->tenant->encryption.scheme);
    EXPECT(user.factor == fx->tenant->encryption.factor);
    EXPECT(user.password_instant == rq->now + 6); /* later than the last one in any case */
    EXPECT(is_password(&user, S("correct horse")) && !is_password(&user, S("correct horsf")));

    user.given_scheme = S("salted-sha256");
    user.given_factor = 1000;
    REQUIRE(user_set_password(rq, fx->tenant, &user) == ERR_OK);
    EXPECT_STR(user.scheme, S("salted-sha256"));
    EXPECT(user.factor == 1000 && is_password(&user, S("correct horse")));

    rq->place = RQ_INLINE;
    EXPECT(user_set_password(rq, fx->tenant, &user) == ERR_MOVE);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_hash_made_elsewhere_is_kept_as_it_is)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct field_faults faults = {0};
    struct field_reader reader = {rq->arena, &faults};
    struct user other = {
        .password = S("correct horse"), .given_scheme = S("salted-sha256"), .given_factor = 24000};
    struct user user = {0};

    REQUIRE(user_set_password(rq, fx->tenant, &other) == ERR_OK);
    user.given_scheme = other.scheme;
    user.given_factor = other.factor;
    user.given_salt = other.salt;
    user.password = other.hash;
    EXPECT(user_import_password(rq, &reader, &user, "user"));
    EXPECT(faults.count == 0 && user.password_instant == rq->now);
    EXPECT(is_password(&user, S("correct horse")));
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_hash_that_could_not_be_checked_is_refused)
{
    /* clang-format off */
    static const struct { int line; const char *scheme; int64_t factor; const char *salt, *hash, *faults; } cases[] = {
        {__LINE__, "", 0, "c2FsdA==", "aGFzaA==", "[blank]user.encryptionScheme"},
        {__LINE__, "rot13", 1, "c2FsdA==", "aGFzaA==", "[invalid]user.encryptionScheme"},
        {__LINE__, "bcrypt", 31, "c2FsdA==", "aGFzaA==", "[invalid]user.factor"},
        {__LINE__, "bcrypt", 10, "not base 64", "aGFzaA==", "[invalid]user.salt"},
        {__LINE__, "bcrypt", 10, "c2FsdA==", "", "[invalid]user.password"},
        {__LINE__, "bcrypt", 10, "c2FsdA==", "$2a$10$x", "[invalid]user.password"},
    };
    /* clang-format on */
    struct fixture *fx = fixture_open();

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq = fixture_rq(fx);
        struct field_faults faults = {0};
        struct field_reader reader = {rq->arena, &faults};
        struct user user = {.given_scheme = str_from(cases[i].scheme),
            .given_factor = cases[i].factor,
            .given_salt = str_from(cases[i].salt),
            .password = str_from(cases[i].hash)};
        bool ok = user_import_password(rq, &reader, &user, "user");
        str got = body_faults(rq->arena, &faults);
        cr_expect(!ok && user.hash.n == 0 && str_eq(got, str_from(cases[i].faults)),
            "row of line %d: " STRF, cases[i].line, STRV(got));
        fixture_done(rq);
    }
    fixture_close(fx);
}
