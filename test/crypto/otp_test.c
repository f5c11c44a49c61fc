/* SPDX-License-Identifier: Apache-2.0 */
/* otp.c against RFC 4226 and RFC 6238. */
#define UNIT otp
#include "vectors.h"

#include "base/clock.h"
#include "crypto/otp.h"

TestSuite(otp, .init = crypto_unit_start);

static const char *const names[OTP_ALGORITHM_COUNT] = {"HmacSHA1", "HmacSHA256", "HmacSHA512"};

static bytes
secret_of(struct arena *arena, const struct json *v, const char *name)
{
    return hex(str_z(arena, vectors_text(v, name)));
}

static str
code_of(struct arena *arena, const struct otp *otp, int64_t counter)
{
    char text[OTP_DIGITS_MAX];

    otp_code(otp, (uint64_t)counter, text);
    return str_dup(arena, (str){text, (size_t)otp->digits});
}

TEST(rfc4226_d_codes)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(8));
    const struct json *hotp = json_get(vectors_json(a, "rfc/otp.json"), S("hotp"));
    struct otp otp = {secret_of(a, hotp, "secret"), OTP_SHA1, 6, 30};
    int64_t counter = 0;

    for (const struct json *c = json_get(hotp, S("codes"))->first; c != NULL; c = c->next) {
        str code;
        REQUIRE(json_str(c, &code));
        EXPECT_STR(code_of(a, &otp, counter), code);
        counter++;
    }
    EXPECT(counter == 10);
}

TEST(rfc6238_b_codes_of_all_algorithms)
{
    AUTO(arena_end) struct arena *a = arena_new(MB(8));
    const struct json *totp = json_get(vectors_json(a, "rfc/otp.json"), S("totp"));
    size_t count = 0;

    for (const struct json *c = json_get(totp, S("cases"))->first; c != NULL; c = c->next) {
        int64_t time_s;
        REQUIRE(json_i64(json_get(c, S("time")), &time_s));
        for (int i = 0; i < OTP_ALGORITHM_COUNT; i++, count++) {
            bytes secret = secret_of(a, json_get(totp, S("secrets")), names[i]);
            struct otp otp = {secret, (enum otp_algorithm)i, 8, 30};
            str code = vectors_text(c, names[i]);
            EXPECT_STR(code_of(a, &otp, otp_step(&otp, time_s * SECOND_MS)), code);
            EXPECT(otp_find(&otp, time_s * SECOND_MS, -1, code) == time_s / 30);
        }
    }
    EXPECT(count == 18);
}

TEST(rfc6238_5_2_one_step_before_and_after_and_no_more)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    struct otp otp = {str_bytes(S("12345678901234567890")), OTP_SHA1, 6, 30};
    const int64_t step = 37037037, now = step * 30 * SECOND_MS + 29999;
    static const struct {
        int line;
        int64_t off;
        bool good;
    } cases[] = {{__LINE__, -2, false}, {__LINE__, -1, true}, {__LINE__, 0, true},
        {__LINE__, 1, true}, {__LINE__, 2, false}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        str code = code_of(a, &otp, step + cases[i].off);
        CHECK_AT(cases[i].line,
            otp_find(&otp, now, -1, code) == (cases[i].good ? step + cases[i].off : -1));
    }
}

TEST(rfc6238_5_2_a_step_that_was_used_is_not_taken_again_nor_one_before_it)
{
    AUTO(arena_end) struct arena *a = arena_new(KB(64));
    struct otp otp = {str_bytes(S("12345678901234567890")), OTP_SHA1, 6, 30};
    const int64_t step = 37037037, now = step * 30 * SECOND_MS;

    EXPECT(otp_find(&otp, now, step, code_of(a, &otp, step)) == -1);
    EXPECT(otp_find(&otp, now, step, code_of(a, &otp, step - 1)) == -1);
    EXPECT(otp_find(&otp, now, step, code_of(a, &otp, step + 1)) == step + 1);
    EXPECT(otp_find(&otp, now, step - 1, code_of(a, &otp, step)) == step);
}

TEST(codes_of_another_length_or_alphabet_are_none)
{
    struct otp otp = {str_bytes(S("12345678901234567890")), OTP_SHA1, 6, 30};
    const str bad[] = {S_INIT(""), S_INIT("75522"), S_INIT("7552244"), S_INIT("75522a"),
        S_INIT("+75522"), S_INIT(" 75522"), S_INIT("755\00022")};

    for (size_t i = 0; i < COUNT(bad); i++) {
        EXPECT(otp_find(&otp, 0, -1, bad[i]) == -1);
    }
    EXPECT(otp_find(&otp, 0, -1, S("755224")) == 0); /* the first step of all has none before it */
}
