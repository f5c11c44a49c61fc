/* SPDX-License-Identifier: Apache-2.0 */
/* The normal form of what finds a user, and that nobody takes another's. */
#define UNIT identity
#include "user_body.h"

#include "codec/utf8.h"
#include "crypto/hash.h"

static str
normal(struct arena *arena, const char *value)
{
    return identity_normal(arena, str_from(value));
}

TEST(identities_that_look_alike_are_one)
{
    /* clang-format off */
    static const struct { int line; const char *value, *want; } cases[] = {
        {__LINE__, "a@b.test", "a@b.test"},
        {__LINE__, "  A@B.Test\t", "a@b.test"},
        {__LINE__, "Stra\xc3\x9f" "e", "strasse"},                  /* sharp s folds to ss */
        {__LINE__, "\xe1\xba\x9e", "ss"},                           /* capital sharp s */
        {__LINE__, "\xef\xbc\xa1\xef\xbd\x82\xef\xbc\x83", "ab#"},  /* full width A b # */
        {__LINE__, "o\xcc\x88", "\xc3\xb6"},                        /* o and diaeresis: composed */
        {__LINE__, "\xce\xa3\xcf\x82", "\xcf\x83\xcf\x83"},         /* sigma in all its forms */
        {__LINE__, "\xef\xac\x81", "fi"},                           /* ligature */
        {__LINE__, "a\xe2\x80\x8d" "b\xc2\xad", "ab"},              /* joiner and soft hyphen vanish */
        {__LINE__, "\xc2\xa0x\xe3\x80\x80", "x"},                   /* no-break and ideographic space */
        {__LINE__, "x y", "x y"},
        {__LINE__, "+855 (12) 345-678", "+85512345678"},
        {__LINE__, "+855.12/345 678", "+85512345678"},
        {__LINE__, "\xef\xbc\x8b\xef\xbc\x91\xef\xbc\x92", "+12"},  /* full width +12 */
        {__LINE__, "+tag@b.test", "+tag@b.test"},
        {__LINE__, "+", "+"},
        {__LINE__, "", ""},
        {__LINE__, " \t ", ""},
        {__LINE__, "\xe2\x80\x8d", ""},
        {__LINE__, "a\xff", ""},                                    /* no UTF-8 */
        {__LINE__, "\xed\xa0\x80", ""},                             /* a surrogate */
        {__LINE__, "\xc3", ""},
    };
    /* clang-format on */
    struct arena *arena = arena_new(MB(16));

    for (size_t i = 0; i < COUNT(cases); i++) {
        str got = normal(arena, cases[i].value);
        cr_expect(str_eq(got, str_from(cases[i].want)), "row of line %d: \"" STRF "\"",
            cases[i].line, STRV(got));
    }
    arena_free(arena);
}

TEST(numbers_are_read_as_people_write_them_without_plus_as_north_american_ones)
{
    /* clang-format off */
    static const struct { int line; const char *value, *want; } cases[] = {
        {__LINE__, "+855 (12) 345-678", "+85512345678"},
        {__LINE__, " 303-555-0101 ", "+13035550101"},
        {__LINE__, "(303) 555.0101", "+13035550101"},
        {__LINE__, "1 303 555 0101", "+13035550101"},
        {__LINE__, "\xef\xbc\x93\xef\xbc\x90\xef\xbc\x93-555-0101", "+13035550101"}, /* full width 303 */
        {__LINE__, "2 303 555 0101", ""},
        {__LINE__, "103-555-0101", ""},
        {__LINE__, "303-155-0101", ""},
        {__LINE__, "555-0101", ""},
        {__LINE__, "303-555-01011", ""},
        {__LINE__, "+0 303 555 0101", ""},
        {__LINE__, "+123456", ""},
        {__LINE__, "+1234567890123456", ""},
        {__LINE__, "303-555-010x", ""},
        {__LINE__, "a@b.test", ""},
        {__LINE__, "--", ""},
        {__LINE__, "+", ""},
        {__LINE__, "", ""},
        {__LINE__, "a\xff", ""},
    };
    /* clang-format on */
    struct arena *arena = arena_new(MB(16));

    for (size_t i = 0; i < COUNT(cases); i++) {
        str got = identity_phone(arena, str_from(cases[i].value));
        cr_expect(str_eq(got, str_from(cases[i].want)), "row of line %d: \"" STRF "\"",
            cases[i].line, STRV(got));
    }
    arena_free(arena);
}

TEST(a_normal_form_is_at_most_255_bytes)
{
    struct arena *arena = arena_new(MB(16));
    char text[4096];

    memset(text, 'a', sizeof text);
    EXPECT(identity_normal(arena, (str){text, 255}).n == 255);
    EXPECT(identity_normal(arena, (str){text, 256}).n == 0);
    EXPECT(identity_normal(arena, (str){text, sizeof text}).n == 0);
    /* U+FDFA is 3 bytes and becomes 33: 8 of them are 264. */
    for (size_t i = 0; i < 8; i++) {
        memcpy(text + 3 * i, "\xef\xb7\xba", 3);
    }
    EXPECT(identity_normal(arena, (str){text, 21}).n == 231);
    EXPECT(identity_normal(arena, (str){text, 24}).n == 0);
    EXPECT(!arena_failed(arena));
    arena_free(arena);
}

/* A normal form that had another normal form would let two accounts share one look. */
TEST(every_character_has_a_stable_normal_form)
{
    struct arena *arena = arena_new(MB(16));
    size_t bad = 0;

    for (uint32_t code = 1; code <= 0x10ffff; code++) {
        char text[8] = "x";
        str once, twice;
        if (code >= 0xd800 && code <= 0xdfff) {
            continue;
        }
        once = identity_normal(arena, (str){text, 1 + utf8_write(code, text + 1)});
        twice = identity_normal(arena, once);
        bad += !str_eq(once, twice) || once.n == 0;
        if (code % 512 == 0) {
            arena_reset(arena);
        }
    }
    EXPECT(bad == 0);
    arena_free(arena);
}

static enum err
try_create(struct fixture *fx, const char *json, str *ret_faults)
{
    struct rq *rq = fixture_rq(fx);
    struct field_faults faults = {0};
    struct field_reader reader = {rq->arena, &faults};
    struct user user;
    str why;
    enum err e;

    cr_assert(body_read(rq, FIELD_CREATE, json, &user, &why), STRF, STRV(why));
    REQUIRE(user_check_taken(rq, fx->tenant, NULL, &user, &reader, "user") == ERR_OK);
    *ret_faults = str_dup(fx->arena, body_faults(rq->arena, &faults));
    REQUIRE(user_create(rq, fx->tenant, &user) == ERR_OK);
    e = fixture_commit(rq);
    fixture_done(rq);
    return e;
}

TEST(emails_usernames_and_numbers_share_one_namespace)
{
    /* clang-format off */
    static const struct { int line; const char *json, *faults; } cases[] = {
        {__LINE__, "{\"email\":\"ANN@x.test\"}", "[duplicate]user.email"},
        {__LINE__, "{\"username\":\" ann@X.test\"}", "[duplicate]user.username"},
        {__LINE__, "{\"username\":\"+855 12 345 678\"}", "[duplicate]user.username"},
        {__LINE__, "{\"phoneNumber\":\"+855-12-345-678\"}", "[duplicate]user.phoneNumber"},
        {__LINE__, "{\"username\":\"\\uFF21nn\",\"email\":\"ann@x.test\"}", "[duplicate]user.email [duplicate]user.username"},
    };
    /* clang-format on */
    struct fixture *fx = fixture_open();
    str faults;

    REQUIRE(try_create(fx,
                "{\"email\":\"ann@x.test\",\"username\":\"Ann\",\"phoneNumber\":\"+85512345678\"}",
                &faults)
            == ERR_OK);
    EXPECT(faults.n == 0);
    for (size_t i = 0; i < COUNT(cases); i++) {
        enum err e = try_create(fx, cases[i].json, &faults);
        cr_expect(str_eq(faults, str_from(cases[i].faults)), "row of line %d: " STRF, cases[i].line,
            STRV(faults));
        /* Without looking first, the unique index decides. */
        CHECK_AT(cases[i].line, e == ERR_AGAIN);
    }
    EXPECT(fixture_count(fx, "users") == 1 && fixture_count(fx, "identity") == 3);
    EXPECT(fixture_count(fx, "user_key") == 1);
    fixture_close(fx);
}

TEST(a_username_may_be_the_users_own_email)
{
    struct fixture *fx = fixture_open();
    str faults;

    EXPECT(try_create(fx, "{\"email\":\"ann@x.test\",\"username\":\"Ann@x.test\"}", &faults)
           == ERR_OK);
    EXPECT(faults.n == 0);
    EXPECT(fixture_count(fx, "identity") == 1);
    fixture_close(fx);
}

TEST(another_tenant_has_a_namespace_of_its_own)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    struct field_faults faults = {0};
    struct field_reader reader = {rq->arena, &faults};
    struct user user = {.email = S("ann@x.test")};
    struct user *found;

    fixture_user(fx, S("ann@x.test"), NO_STR);
    REQUIRE(user_check_taken(rq, fx->other, NULL, &user, &reader, "user") == ERR_OK);
    EXPECT(faults.count == 0);
    REQUIRE(user_find(rq, fx->other, S("ann@x.test"), USER_PLAIN, &found) == ERR_OK);
    EXPECT(found == NULL);
    REQUIRE(user_create(rq, fx->other, &user) == ERR_OK);
    fixture_finish(rq);
    fixture_close(fx);
}
