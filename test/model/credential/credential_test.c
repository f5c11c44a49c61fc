/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT credential
#include "../fixture.h"

#include "model/credential/credential.h"

static enum credential_verdict
try(struct fixture *fx, str login_id, str password, struct rq **ret_rq)
{
    enum credential_verdict verdict = CREDENTIAL_LOCKED;
    struct user *user;

    *ret_rq = fixture_rq(fx);
    (*ret_rq)->place = RQ_HASH;
    REQUIRE(credential_check(*ret_rq, fx->tenant, login_id, password, &verdict, &user) == ERR_OK);
    EXPECT((user != NULL) == (verdict == CREDENTIAL_RIGHT));
    return verdict;
}

TEST(only_the_hash_pool_tests_passwords)
{
    struct fixture *fx = fixture_open();
    struct rq *rq = fixture_rq(fx);
    enum credential_verdict verdict;
    struct user *user;

    rq->place = RQ_INLINE;
    EXPECT(credential_check(rq, fx->tenant, S("a@b.test"), S("x"), &verdict, &user) == ERR_MOVE);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(right_wrong_and_unknown_and_none_of_them_writes)
{
    static const struct {
        int line;
        const char *login_id, *password;
        enum credential_verdict want;
    } cases[] = {
        {__LINE__, "ada@example.com", "correct horse battery", CREDENTIAL_RIGHT},
        {__LINE__, " ADA@Example.com", "correct horse battery", CREDENTIAL_RIGHT},
        {__LINE__, "ada@example.com", "correct horse batterY", CREDENTIAL_WRONG},
        {__LINE__, "ada@example.com", "correct horse battery ", CREDENTIAL_WRONG},
        {__LINE__, "ada@example.com", "", CREDENTIAL_WRONG},
        {__LINE__, "nobody@example.com", "correct horse battery", CREDENTIAL_WRONG},
    };
    struct fixture *fx = fixture_open();

    fixture_user(fx, S("ada@example.com"), S("correct horse battery"));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct rq *rq;
        CHECK_AT(
            cases[i].line, try(fx, str_from(cases[i].login_id), str_from(cases[i].password), &rq)
                               == cases[i].want);
        CHECK_AT(cases[i].line, rq->writes.count == 0);
        fixture_done(rq);
    }
    fixture_close(fx);
}

TEST(five_failures_lock_known_and_unknown_ids_alike)
{
    static const char *const ids[] = {"ada@example.com", "nobody@example.com"};
    struct fixture *fx = fixture_open();
    struct rq *rq;

    fixture_user(fx, S("ada@example.com"), S("correct horse battery"));
    for (size_t i = 0; i < COUNT(ids); i++) {
        for (int n = 0; n < 5; n++) {
            EXPECT(try(fx, str_from(ids[i]), S("wrong"), &rq) == CREDENTIAL_WRONG);
            fixture_done(rq);
        }
        EXPECT(try(fx, str_from(ids[i]), S("correct horse battery"), &rq) == CREDENTIAL_LOCKED);
        fixture_done(rq);
    }
    fx->now += 4 * MINUTE_MS;
    EXPECT(try(fx, S("ada@example.com"), S("correct horse battery"), &rq) == CREDENTIAL_RIGHT);
    fixture_done(rq);
    fixture_close(fx);
}

TEST(a_sign_in_makes_the_hash_anew_when_the_scheme_changed)
{
    struct fixture *fx = fixture_open();
    struct uuid id = fixture_user(fx, S("ada@example.com"), S("correct horse battery"));
    struct user *user = fixture_load(fx, id), *found;
    struct rq *rq = fixture_rq(fx);
    enum credential_verdict verdict;
    int64_t password_instant = user->password_instant;

    fx->tenant->encryption.scheme = S("bcrypt");
    fx->tenant->encryption.factor = 4;
    rq->place = RQ_HASH;
    REQUIRE(credential_check(
                rq, fx->tenant, S("ada@example.com"), S("correct horse battery"), &verdict, &found)
            == ERR_OK);
    REQUIRE(verdict == CREDENTIAL_RIGHT);
    REQUIRE(
        credential_note_login(rq, fx->tenant, found, (struct uuid){{0}}, S("correct horse battery"))
        == ERR_OK);
    fixture_finish(rq);
    user = fixture_load(fx, id);
    EXPECT_STR(user->scheme, S("bcrypt"));
    EXPECT(user->last_login_instant > 0 && user->password_instant == password_instant);
    EXPECT(try(fx, S("ada@example.com"), S("correct horse battery"), &rq) == CREDENTIAL_RIGHT);
    fixture_done(rq);
    fixture_close(fx);
}
