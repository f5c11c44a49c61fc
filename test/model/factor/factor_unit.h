/* SPDX-License-Identifier: Apache-2.0 */
/* A person with an authenticator app, for the tests of this room. */
#pragma once
#include "../fixture.h"

#include "codec/base64.h"
#include "crypto/otp.h"
#include "model/factor/factor.h"

#define FACTOR_UNIT_SECRET "12345678901234567890"

/* The code of the app, some steps from now. */
static inline str
app_code(struct fixture *fx, int64_t steps)
{
    struct otp otp = {str_bytes(S(FACTOR_UNIT_SECRET)), OTP_SHA1, 6, 30};
    char text[OTP_DIGITS_MAX];

    otp_code(&otp, (uint64_t)(otp_step(&otp, fx->now) + steps), text);
    return str_dup(fx->arena, (str){text, 6});
}

static inline struct factor
app_factor(struct fixture *fx)
{
    return (struct factor){.method = FACTOR_AUTHENTICATOR,
        .authenticator = {OTP_SHA1, 6, 30},
        .secret = base64_text(fx->arena, str_bytes(S(FACTOR_UNIT_SECRET)))};
}

/* Adds the method to the stored user; codes are empty unless it is the first. */
static inline struct field_texts
add_factor(struct fixture *fx, struct uuid id, struct factor factor)
{
    struct rq *rq = fixture_rq(fx);
    struct field_texts codes = {0}, kept;
    struct user *user, before;
    struct factor *added;

    REQUIRE(user_load(rq, fx->tenant, id, USER_PLAIN, &user) == ERR_OK && user != NULL);
    before = *user;
    REQUIRE(factor_add(rq, fx->tenant, user, &factor, &added, &codes) == ERR_OK);
    REQUIRE(user_update(rq, fx->tenant, &before, user) == ERR_OK);
    kept = (struct field_texts){ARENA_ARRAY(fx->arena, codes.count + 1, str), codes.count};
    for (size_t i = 0; i < codes.count; i++) {
        kept.items[i] = str_dup(fx->arena, codes.items[i]);
    }
    fixture_finish(rq);
    return kept;
}

static inline struct uuid
person_with_app(struct fixture *fx, struct field_texts *ret_codes)
{
    struct uuid id = fixture_user(fx, S("ada@example.com"), NO_STR);

    *ret_codes = add_factor(fx, id, app_factor(fx));
    return id;
}
