/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT password
#include "crypto_unit.h"

#include <sodium.h>
#include <threads.h>

#include "base/clock.h"
#include "codec/base64.h"
#include "crypto/password.h"
#include "crypto/password_internal.h"

static struct arena *arena;
static struct unit_rng seeded;

static void
start(void)
{
    crypto_unit_start();
    arena = arena_new(MB(1));
    seeded = unit_rng_new(21);
}
static void
end(void)
{
    arena_free(arena);
}
TestSuite(password, .init = start, .fini = end);

#define PBKDF2_256 S_INIT("salted-pbkdf2-hmac-sha256")
#define PBKDF2_256_512 S_INIT("salted-pbkdf2-hmac-sha256-512")
#define PBKDF2_512 S_INIT("salted-pbkdf2-hmac-sha512-512")
#define UTF8_PASSWORD S_INIT("p\xc3\xa4ssword")
#define A_SALT S_INIT("ZjFuZDFuZ24zbTA=")

/* clang-format off */
static const struct {
    int line;
    struct password_hash record;
    str text;
} known[] = {
    /* RFC 7914 s11: PBKDF2-HMAC-SHA-256 */
    { __LINE__, { PBKDF2_256_512, 1, S_INIT("c2FsdA=="),
        S_INIT("VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd+8xfHG4RbHjC9UJESBB06GXgw==") },
        S_INIT("passwd") },
    { __LINE__, { PBKDF2_256_512, 80000, S_INIT("TmFDbA=="),
        S_INIT("TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih2s0q1ah1CWhIlgzVJrbhBtRybMXaicr3ruh0HhHj2Kzl/M8jQ==") },
        S_INIT("Password") },
    /* the inputs of RFC 6070 under SHA-512 */
    { __LINE__, { PBKDF2_512, 1, S_INIT("c2FsdA=="),
        S_INIT("hn9wzxreAs/zdSWZo6U9xK80x6ZpgVrl1RNVThyM8lLALUcKKFoFAbrZmb/pQ8CPBQI119aLHaVeY/c7YKV/zg==") },
        S_INIT("password") },
    { __LINE__, { PBKDF2_512, 4096, S_INIT("c2FsdA=="),
        S_INIT("0Zexsz2wFD4BixLz0dFHnmzevcyXxcD4f2kC4HL0V7UUPzBgJkGz1VzTNZiMs2uEN2Bg7NUy4Dm3QqI5Q0ry1Q==") },
        S_INIT("password") },
    { __LINE__, { PBKDF2_256, 10000, S_INIT("wJuJqLoUFsdXa8k3sFhRlA=="),
        S_INIT("2waKCbPhZzL+RjWMQqvA1jpb+j56jTAXcNmRD9UTekU=") }, S_INIT("Test@123") },
    { __LINE__, { PBKDF2_256, 2, S_INIT("c2FsdA=="),
        S_INIT("YjhEZiZNqtxBRAGMa9hkZIJys02omA0xUh/8zpKuADs=") }, S_INIT("") },
    /* FusionAuth's iterated digests, computed with another implementation */
    { __LINE__, { S_INIT("salted-sha256"), 1, A_SALT, S_INIT("mW/SS7WmkYiZ3/AavZB0Ywlhi7xtJ9/0kDsU0tUQixs=") }, UTF8_PASSWORD },
    { __LINE__, { S_INIT("salted-sha256"), 20000, A_SALT, S_INIT("J10yzS8Bynlm9t0dqoKQGpGQG2pBTBT2WJzYPCh+wd4=") }, UTF8_PASSWORD },
    { __LINE__, { S_INIT("salted-md5"), 1, A_SALT, S_INIT("c5bl6KdkVbYdYnIbBByqKg==") }, UTF8_PASSWORD },
    { __LINE__, { S_INIT("salted-md5"), 20000, A_SALT, S_INIT("7xiZXiIX7KgnEPAlrMjYyA==") }, UTF8_PASSWORD },
    { __LINE__, { S_INIT("salted-hmac-sha256"), 0, A_SALT, S_INIT("nS9tl+htsj2q2PGQp4ob5tPTrS9axBM0LkyiwE8PA1M=") }, S_INIT("password") },
    /* published bcrypt vectors, $2a$06$ there */
    { __LINE__, { S_INIT("bcrypt"), 6, S_INIT("DCq7YPn5Rq63x1Lad4cll."), S_INIT("TV4S6ytwfsfvkgY8jIucDrjc8deX1s.") }, S_INIT("") },
    { __LINE__, { S_INIT("bcrypt"), 6, S_INIT("m0CrhHm10qJ3lXRY.5zDGO"), S_INIT("3rS2KdeeWLuGmsfGlMfOxih58VYVfxe") }, S_INIT("a") },
    { __LINE__, { S_INIT("bcrypt"), 6, S_INIT("If6bvum7DFjUnE9p2uDeDu"), S_INIT("0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i") }, S_INIT("abc") },
    /* RFC 7914 s12: N 16384, r 8, p 1 */
    { __LINE__, { S_INIT("scrypt"), 14, S_INIT("U29kaXVtQ2hsb3JpZGU="),
        S_INIT("cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw==") },
        S_INIT("pleaseletmein") },
    /* hashes of WordPress, Drupal 7's form computed with another implementation, and phpass's digest in base64 */
    { __LINE__, { S_INIT("phpass-md5"), 2048, S_INIT("IQRaTwmf"), S_INIT("eRo7ud9Fh4E2PdI0S3r.L0") }, S_INIT("test12345") },
    { __LINE__, { S_INIT("phpass-md5"), 8192, S_INIT("VaXtDXwf"), S_INIT("/ceSVp8VpLKx8bS2Y4O5F/") }, S_INIT("123456") },
    { __LINE__, { S_INIT("phpass-md5"), 2048, S_INIT("IQRaTwmf"), S_INIT("akcnerpErQERW0oJXnEDlw==") }, S_INIT("test12345") },
    { __LINE__, { S_INIT("phpass-sha512"), 32768, S_INIT("aB3.xY9/"), S_INIT("1xs.VHSWmCr9MNummgQQDw8/vFL/yHwTEW4IWAWcugT") }, S_INIT("correct horse") },
    { __LINE__, { S_INIT("phppass-sha512"), 32768, S_INIT("aB3.xY9/"), S_INIT("Q48D4eSJsnMvWKbLMstxD68Ee3QF/sR/kGhQIiOiOvv") }, S_INIT("correct horse") },
    { __LINE__, { S_INIT("salted-sha512"), 2, A_SALT, S_INIT("iCrCkENv00Vlewt22Mua+7au9CsxNz/7EyYMCauHjyxsiRq5q8mon31IWGjTXImOR1xbHY8T7C2n25/Zp0QLMQ==") }, UTF8_PASSWORD },
    /* RFC 6070 gives the first 20 bytes */
    { __LINE__, { S_INIT("salted-pbkdf2-hmac-sha1"), 4096, S_INIT("c2FsdA=="), S_INIT("SwB5AbdlSJq+rUnZJvch0GWkKcEuRj9sTNeUAQhbA9s=") }, S_INIT("password") },
    /* published with Firebase's own code, and an example of another migration */
    { __LINE__, { S_INIT("firebase-scrypt"), 8,
        S_INIT("42xEC+ixf3L2lw==:Bw==:jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==:14"),
        S_INIT("lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==") },
        S_INIT("user1password") },
    { __LINE__, { S_INIT("firebase-scrypt"), 8,
        S_INIT("KK9U4hSXPLgBSw==:Bw==:GhlZmw+EylyJl3fhsIOa+bmAEP1sYSHfZargl1unu/5mCp7pi818imxZOdSjM1558T+XU3cBflyr5HDghZqv7Q=="),
        S_INIT("2Z/xOyVm3l0i4k9WNgMubOXKG6yBYj6U/wiSlvTK6w3Cgx47a4BvGAZUKFTubO43nheb8teCp0vDoIH6KPWyXQ==") },
        S_INIT("fusionauth123") },
    /* base64 of the other alphabet, without padding */
    { __LINE__, { PBKDF2_256, 10000, S_INIT("wJuJqLoUFsdXa8k3sFhRlA"), S_INIT("2waKCbPhZzL-RjWMQqvA1jpb-j56jTAXcNmRD9UTekU") }, S_INIT("Test@123") },
    /* computed with the reference implementation, libargon2: t 2, p 1 */
    { __LINE__, { S_INIT("argon2id"), 8192, S_INIT("AAECAwQFBgcICQoLDA0ODw=="), S_INIT("XW/reP7JYvn+RGURlgW2Sl286KzenorgyLPUwvUYyaQ=") }, S_INIT("correct horse") },
    { __LINE__, { S_INIT("argon2id"), 19456, S_INIT("AAECAwQFBgcICQoLDA0ODw=="), S_INIT("0AuQxA+RjPiJeA19Op7DwrFxnfh9xeTU2T6mFj2wThc=") }, S_INIT("correct horse") },
};
/* clang-format on */

TEST(records_made_elsewhere_are_known_again)
{
    for (size_t i = 0; i < COUNT(known); i++) {
        const struct password_hash *r = &known[i].record;

        CHECK_AT(known[i].line, password_check(r, known[i].text));
        CHECK_AT(known[i].line, password_check(r, known[i].text)); /* nothing is left over */
        CHECK_AT(known[i].line, !password_check(r, str_fmt(arena, STRF "x", STRV(known[i].text))));
    }
}

TEST(a_changed_hash_salt_or_factor_is_refused)
{
    for (size_t i = 0; i < COUNT(known); i++) {
        struct password_hash hash = known[i].record, salt = hash, cut = hash, factor = hash;

        hash.hash = bytes_str(flipped(arena, str_bytes(hash.hash), 0));
        salt.salt = bytes_str(flipped(arena, str_bytes(salt.salt), 0));
        cut.hash = str_head(cut.hash, cut.hash.n - 4);
        factor.factor++;
        CHECK_AT(known[i].line, !password_check(&hash, known[i].text));
        CHECK_AT(known[i].line, !password_check(&salt, known[i].text));
        CHECK_AT(known[i].line, !password_check(&cut, known[i].text));
        if (!str_eq(hash.scheme, S("salted-hmac-sha256"))) { /* this one does not use it */
            CHECK_AT(known[i].line, !password_check(&factor, known[i].text));
        }
    }
}

/* Every scheme with its default and the bounds of its factor. */
static const struct {
    int line;
    str name;
    int64_t normal, least, most;
} bounds[] = {
    {__LINE__, S_INIT("argon2id"), 19456, 8192, 262144},
    {__LINE__, S_INIT("bcrypt"), 10, 4, 14},
    {__LINE__, S_INIT("scrypt"), 14, 4, 17},
    {__LINE__, S_INIT("salted-pbkdf2-hmac-sha256"), 24000, 1, 2000000},
    {__LINE__, S_INIT("salted-pbkdf2-hmac-sha256-512"), 24000, 1, 1000000},
    {__LINE__, S_INIT("salted-pbkdf2-hmac-sha512-512"), 24000, 1, 1000000},
    {__LINE__, S_INIT("phpass-md5"), 8192, 1, 1000000},
    {__LINE__, S_INIT("phpass-sha512"), 32768, 1, 1000000},
    {__LINE__, S_INIT("phppass-sha512"), 32768, 1, 1000000},
    {__LINE__, S_INIT("salted-pbkdf2-hmac-sha1"), 10000, 1, 1500000},
    {__LINE__, S_INIT("salted-sha512"), 1, 1, 1000000},
    {__LINE__, S_INIT("salted-hmac-sha256"), 1, 0, 1000000},
    {__LINE__, S_INIT("salted-sha256"), 20000, 1, 1000000},
    {__LINE__, S_INIT("salted-md5"), 20000, 1, 1000000},
};

TEST(factors_are_bounded_so_that_an_import_cannot_block_a_core)
{
    for (size_t i = 0; i < COUNT(bounds); i++) {
        struct password_hash made;
        int64_t normal = 0;

        CHECK_AT(bounds[i].line, password_scheme_known(bounds[i].name, &normal));
        CHECK_AT(bounds[i].line, normal == bounds[i].normal);
        CHECK_AT(bounds[i].line, password_factor_ok(bounds[i].name, bounds[i].least));
        CHECK_AT(bounds[i].line, password_factor_ok(bounds[i].name, bounds[i].most));
        CHECK_AT(bounds[i].line, !password_factor_ok(bounds[i].name, bounds[i].least - 1));
        CHECK_AT(bounds[i].line, !password_factor_ok(bounds[i].name, bounds[i].most + 1));
        CHECK_AT(bounds[i].line, !password_factor_ok(bounds[i].name, INT64_MAX));
        CHECK_AT(bounds[i].line,
            !password_make(arena, &seeded.rng, bounds[i].name, bounds[i].most + 1, S("x"), &made));
    }
}

TEST(unknown_schemes_are_refused)
{
    static const char *const names[] = {"", "ARGON2ID", "argon2i", "bcrypt ", "plain",
        "salted-sha1", "salted-pbkdf2-hmac-sha256-256"};

    for (size_t i = 0; i < COUNT(names); i++) {
        struct password_hash record = known[0].record, made;

        record.scheme = str_from(names[i]);
        EXPECT(!password_scheme_known(record.scheme, NULL));
        EXPECT(!password_factor_ok(record.scheme, 10));
        EXPECT(!password_check(&record, S("passwd")));
        EXPECT(!password_make(arena, &seeded.rng, record.scheme, 10, S("x"), &made));
    }
}

TEST(hashes_that_need_the_key_of_another_server_are_only_known_again)
{
    struct password_hash made;

    EXPECT(password_scheme_known(S("firebase-scrypt"), NULL));
    EXPECT(!password_scheme_made(S("firebase-scrypt")) && password_scheme_made(S("phpass-md5")));
    EXPECT(!password_scheme_made(S("none")));
    EXPECT(!password_make(arena, &seeded.rng, S("firebase-scrypt"), 8, S("x"), &made));
}

TEST(what_is_made_is_known_again_and_salted_freshly)
{
    for (size_t i = 0; i < COUNT(bounds); i++) {
        int64_t factor = MAX(bounds[i].least, (int64_t)1);
        struct password_hash one, two;

        REQUIRE(password_make(arena, &seeded.rng, bounds[i].name, factor, S("secret"), &one));
        REQUIRE(password_make(arena, &seeded.rng, bounds[i].name, factor, S("secret"), &two));
        CHECK_AT(bounds[i].line, password_check(&one, S("secret")));
        CHECK_AT(bounds[i].line, password_check(&two, S("secret")));
        CHECK_AT(bounds[i].line, !password_check(&one, S("Secret")));
        CHECK_AT(bounds[i].line, !password_check(&one, S("")));
        CHECK_AT(bounds[i].line, !str_eq(one.salt, two.salt) && !str_eq(one.hash, two.hash));
        CHECK_AT(bounds[i].line, !password_is_stale(&one, bounds[i].name, factor));
        CHECK_AT(bounds[i].line, password_is_stale(&one, bounds[i].name, factor + 1));
        CHECK_AT(bounds[i].line, password_is_stale(&one, S("other"), factor));
    }
}

TEST(argon2id_agrees_with_libsodiums_own_strings)
{
    struct password_hash made;
    bytes salt, hash;
    str phc;

    REQUIRE(password_make(arena, &seeded.rng, S("argon2id"), 19456, S("secret"), &made));
    REQUIRE(base64_decode(arena, made.salt, &salt) && base64_decode(arena, made.hash, &hash));
    EXPECT(salt.n == 16 && hash.n == 32);
    phc = str_fmt(arena, "$argon2id$v=19$m=19456,t=2,p=1$" STRF "$" STRF,
        STRV(str_head(made.salt, 22)), STRV(str_head(made.hash, 43)));
    EXPECT(crypto_pwhash_str_verify(str_z(arena, phc), "secret", 6) == 0);
}

TEST(bcrypt_refuses_what_it_could_not_hash_whole)
{
    static const char long_text[] =
        "0123456789012345678901234567890123456789012345678901234567890123456789012";
    struct password_hash made;
    str fits = {long_text, 72}, over = {long_text, 73};

    REQUIRE(password_make(arena, &seeded.rng, S("bcrypt"), 4, fits, &made));
    EXPECT(password_check(&made, fits));
    EXPECT(!password_check(&made, str_head(fits, 71)));
    EXPECT(!password_check(&made, over)); /* truncation would let it in */
    EXPECT(!password_make(arena, &seeded.rng, S("bcrypt"), 4, over, &made));
    EXPECT(!password_make(arena, &seeded.rng, S("bcrypt"), 4, S("a\0b"), &made));
}

TEST(malformed_records_are_refused)
{
    /* clang-format off */
    static const struct {
        int line;
        struct password_hash record;
    } cases[] = {
        { __LINE__, { S_INIT("argon2id"), 8192, S_INIT("AAECAwQFBgcICQoLDA0O"), S_INIT("XW/reP7JYvn+RGURlgW2Sl286KzenorgyLPUwvUYyaQ=") } },
        { __LINE__, { S_INIT("argon2id"), 8192, S_INIT("AAECAwQFBgcICQoLDA0ODw=="), S_INIT("") } },
        { __LINE__, { S_INIT("argon2id"), 8192, S_INIT("not base64!!"), S_INIT("XW/reP7JYvn+RGURlgW2Sl286KzenorgyLPUwvUYyaQ=") } },
        { __LINE__, { S_INIT("firebase-scrypt"), 8, S_INIT("c2FsdA==:Bw=="), S_INIT("lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==") } },
        { __LINE__, { S_INIT("firebase-scrypt"), 8, S_INIT("c2FsdA==:Bw==:c2hvcnQ="), S_INIT("lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==") } },
        { __LINE__, { S_INIT("phpass-md5"), 1, S_INIT("IQRaTwmf"), S_INIT("") } },
        { __LINE__, { S_INIT("bcrypt"), 6, S_INIT("short"), S_INIT("3rS2KdeeWLuGmsfGlMfOxih58VYVfxe") } },
        { __LINE__, { S_INIT("bcrypt"), 6, S_INIT("m0CrhHm10qJ3lXRY.5zD$$"), S_INIT("3rS2KdeeWLuGmsfGlMfOxih58VYVfxe") } },
        { __LINE__, { S_INIT("bcrypt"), 99, S_INIT("m0CrhHm10qJ3lXRY.5zDGO"), S_INIT("3rS2KdeeWLuGmsfGlMfOxih58VYVfxe") } },
        { __LINE__, { S_INIT("salted-sha256"), 1, S_INIT("ZjFuZDFuZ24zbTA="), S_INIT("====") } },
    };
    /* clang-format on */

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line, !password_check(&cases[i].record, S("correct horse")));
        CHECK_AT(cases[i].line, !password_check(&cases[i].record, S("a")));
    }
}

TEST(v6_2_8_long_passwords_differ_in_their_last_byte)
{
    static char text[PASSWORD_MAX_BYTES + 1];
    struct password_hash made;

    memset(text, 'a', sizeof text);
    REQUIRE(password_make(
        arena, &seeded.rng, S("argon2id"), 8192, (str){text, PASSWORD_MAX_BYTES}, &made));
    EXPECT(password_check(&made, (str){text, PASSWORD_MAX_BYTES}));
    EXPECT(!password_check(&made, (str){text, PASSWORD_MAX_BYTES - 1}));
    EXPECT(!password_check(&made, (str){text, PASSWORD_MAX_BYTES + 1}));
    text[PASSWORD_MAX_BYTES - 1] = 'b';
    EXPECT(!password_check(&made, (str){text, PASSWORD_MAX_BYTES}));
}

static int64_t
time_of(const struct password_hash *record)
{
    int64_t from = clock_steady_ns();

    EXPECT(!(record ? password_check(record, S("wrong")) : password_check_nobody(S("wrong"))));
    return clock_steady_ns() - from;
}

static bool
is_alike(int64_t a, int64_t b)
{
    return a > b * 6 / 10 && a < b * 16 / 10;
}

/* The least of some runs, taken in turns: noise only ever adds, and to both; of more runs where the machine is busy. */
TEST(an_unknown_user_costs_as_much_as_a_wrong_password)
{
    int64_t nobody = INT64_MAX, somebody = INT64_MAX;

    for (int i = 0; i < 10 || (i < 60 && !is_alike(nobody, somebody)); i++) {
        nobody = MIN(nobody, time_of(NULL));
        somebody = MIN(somebody, time_of(&known[COUNT(known) - 1].record));
    }
    EXPECT(is_alike(nobody, somebody));
}

static int
hash_and_end(void *unused)
{
    (void)unused;
    for (int i = 0; i < 3; i++) {
        if (!password_check(&known[COUNT(known) - 1].record, S("correct horse"))) {
            return 1;
        }
    }
    return 0;
}

TEST(kept_memory_serves_again_gives_back_and_ends_with_its_thread)
{
    const struct password_hash *small = &known[COUNT(known) - 2].record;
    thrd_t thread;
    int verdict = 1;

    EXPECT(password_check(&known[COUNT(known) - 1].record, S("correct horse")));
    EXPECT(password_check(small, S("correct horse"))); /* less than is kept */
    password_idle();
    password_idle();
    EXPECT(password_check(small, S("correct horse")));
    EXPECT(password_check(&known[COUNT(known) - 1].record, S("correct horse"))); /* more */
    EXPECT(password_memory_uses() == 0 || password_memory_uses() == 4);
    REQUIRE(thrd_create(&thread, hash_and_end, NULL) == thrd_success);
    REQUIRE(thrd_join(thread, &verdict) == thrd_success);
    EXPECT(verdict == 0);
}

TEST(memory_that_fails_anywhere_refuses_or_makes_a_whole_record)
{
    for (size_t i = 0; i < COUNT(bounds); i++) {
        for (long n = 0; n < 12; n++) {
            struct arena *scratch = arena_new(MB(1));
            struct password_hash made;
            bool ok;

            arena_fail_after(n);
            ok = password_make(scratch, &seeded.rng, bounds[i].name,
                MAX(bounds[i].least, (int64_t)1), S("secret"), &made);
            arena_fail_after(-1);
            CHECK_AT(bounds[i].line, !ok || password_check(&made, S("secret")));
            if (ok) {
                arena_fail_after(n);
                ok = password_check(&made, S("wrong"));
                arena_fail_after(-1);
                CHECK_AT(bounds[i].line, !ok);
            }
            arena_free(scratch);
        }
    }
}
