/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT factor_code
#include "factor_unit.h"

/* Signs in with a code, as far as the writes; *ret_rq waits to be committed. */
static enum factor_proof
bring(struct fixture *fx, struct uuid id, str code, struct rq **ret_rq)
{
    const struct factor *factor;
    enum factor_proof proof;
    struct user *user;

    *ret_rq = fixture_rq(fx);
    REQUIRE(user_load(*ret_rq, fx->tenant, id, USER_PLAIN, &user) == ERR_OK && user != NULL);
    REQUIRE(factor_try(*ret_rq, fx->tenant, user, code, &proof, &factor) == ERR_OK);
    EXPECT((factor != NULL) == (proof == FACTOR_RIGHT));
    if (proof != FACTOR_WRONG) {
        REQUIRE(user_note_login(*ret_rq, fx->tenant, user, false) == ERR_OK);
    }
    return proof;
}

static enum factor_proof
bring_and_commit(struct fixture *fx, struct uuid id, str code)
{
    struct rq *rq;
    enum factor_proof proof = bring(fx, id, code, &rq);

    fixture_finish(rq);
    return proof;
}

TEST(rfc6238_5_2_a_code_is_taken_once_and_none_before_it_afterwards)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);

    EXPECT(bring_and_commit(fx, id, app_code(fx, -2)) == FACTOR_WRONG);
    EXPECT(bring_and_commit(fx, id, app_code(fx, 0)) == FACTOR_RIGHT);
    EXPECT(bring_and_commit(fx, id, app_code(fx, 0)) == FACTOR_WRONG);
    EXPECT(bring_and_commit(fx, id, app_code(fx, -1)) == FACTOR_WRONG);
    EXPECT(bring_and_commit(fx, id, app_code(fx, 1)) == FACTOR_RIGHT);
    EXPECT(bring_and_commit(fx, id, app_code(fx, 1)) == FACTOR_WRONG);
    fixture_close(fx);
}

TEST(of_two_sign_ins_with_one_code_at_once_one_is_let_in)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);
    const str brought[] = {app_code(fx, 0), codes.items[3]};

    for (size_t i = 0; i < COUNT(brought); i++) {
        struct rq *a, *b;
        EXPECT(bring(fx, id, brought[i], &a) != FACTOR_WRONG);
        EXPECT(bring(fx, id, brought[i], &b) != FACTOR_WRONG);
        fixture_finish(a);
        EXPECT(fixture_commit(b) == ERR_AGAIN);
        fixture_done(b);
        EXPECT(bring_and_commit(fx, id, brought[i]) == FACTOR_WRONG);
    }
    fixture_close(fx);
}

/* Else a code could be used again after a change that was prepared before its use. */
TEST(a_change_of_the_account_prepared_before_a_code_was_used_runs_again)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);
    struct rq *rq = fixture_rq(fx);
    struct user *user, before;

    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &user) == ERR_OK);
    before = *user;
    user->first_name = S("Ada");
    REQUIRE(user_update(rq, fx->tenant, &before, user) == ERR_OK);
    EXPECT(bring_and_commit(fx, id, app_code(fx, 0)) == FACTOR_RIGHT);
    EXPECT(fixture_commit(rq) == ERR_AGAIN);
    fixture_done(rq);
    EXPECT(bring_and_commit(fx, id, app_code(fx, 0)) == FACTOR_WRONG);
    fixture_close(fx);
}

TEST(recovery_codes_work_once_each_as_people_type_them)
{
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);
    str plain = str_fmt(fx->arena, " " STRF STRF, STRV(str_head(codes.items[1], 5)),
        STRV(str_skip(codes.items[1], 6)));

    EXPECT(codes.items[0].n == 11 && codes.items[0].p[5] == '-');
    EXPECT(bring_and_commit(fx, id, codes.items[0]) == FACTOR_RECOVERY);
    EXPECT(bring_and_commit(fx, id, codes.items[0]) == FACTOR_WRONG);
    EXPECT(bring_and_commit(fx, id, str_lower(fx->arena, plain)) == FACTOR_RECOVERY);
    EXPECT(bring_and_commit(fx, id, plain) == FACTOR_WRONG);
    EXPECT(fixture_load(fx, id)->two_factor.recovery.count == FACTOR_RECOVERY_CODES - 2);
    fixture_close(fx);
}

TEST(what_is_no_code_is_none)
{
    const str bad[] = {S_INIT(""), S_INIT("-"), S_INIT("      "), S_INIT("12345"),
        S_INIT("1234567"), S_INIT("AAAAA-AAAAA"),
        S_INIT("111111111111111111111111111111111111111111111111111111111111111111111111")};
    struct fixture *fx = fixture_open();
    struct field_texts codes;
    struct uuid id = person_with_app(fx, &codes);

    for (size_t i = 0; i < COUNT(bad); i++) {
        EXPECT(bring_and_commit(fx, id, bad[i]) == FACTOR_WRONG);
    }
    fixture_close(fx);
}

TEST(phone_numbers_are_as_people_write_them)
{
    static const struct {
        int line;
        const char *text;
        bool good;
    } cases[] = {{__LINE__, "+13035551212", true}, {__LINE__, "+1 (303) 555-1212", true},
        {__LINE__, "3035551212", true}, {__LINE__, "+1303", false}, {__LINE__, "", false},
        {__LINE__, "+1234567890123456", false}, {__LINE__, "+1303555121a", false}};
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line, factor_phone_ok(rq, str_from(cases[i].text)) == cases[i].good);
    }
    fixture_done(rq);
    fixture_close(fx);
}
