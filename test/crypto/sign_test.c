/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT sign
#include "crypto_unit.h"

#include <threads.h>

#include "codec/base64.h"
#include "codec/jwk.h"
#include "codec/json.h"
#include "codec/jwt.h"
#include "crypto/sign_internal.h"
#include "sign_key_pem.h"

static struct arena *arena;
static struct unit_rng seeded;
static struct sign_key *keys[SIGN_ALG_COUNT];

static void
start(void)
{
    crypto_unit_start();
    arena = arena_new(MB(64));
    seeded = unit_rng_new(11);
    for (int i = SIGN_NONE + 1; i < SIGN_ALG_COUNT; i++) {
        keys[i] = i < SIGN_ES256 /* one RSA key for all six: only their names keep them apart */
                      ? sign_key_from_pem((enum sign_alg)i, str_from(pem_rsa_pkcs8))
                      : sign_key_generate((enum sign_alg)i, 0, &seeded.rng);
        cr_assert(keys[i] != NULL);
    }
}
static void
end(void)
{
    for (int i = SIGN_NONE + 1; i < SIGN_ALG_COUNT; i++) {
        sign_key_unref(keys[i]);
    }
    arena_free(arena);
}
TestSuite(sign, .init = start, .fini = end);

static str
token_of(enum sign_alg alg)
{
    return sign_jwt(arena, keys[alg], S("JWT"), S("k1"), S("{\"sub\":\"ada\",\"n\":12}"));
}

static bool
holds(const struct sign_key *key, str token)
{
    struct jwt jwt;

    return jwt_parse(arena, token, &jwt) && sign_check_jwt(key, &jwt);
}

/* The token's payload and signature under another header. */
static str
with_header(str token, str header)
{
    str rest = str_skip(token, str_find(token, '.'));

    return str_fmt(arena, STRF STRF, STRV(base64url_text(arena, str_bytes(header))), STRV(rest));
}

TEST(rfc7518_3_every_algorithm_signs_what_its_key_accepts)
{
    for (int i = SIGN_NONE + 1; i < SIGN_ALG_COUNT; i++) {
        str token = token_of((enum sign_alg)i);
        struct jwt jwt;

        EXPECT(token.n != 0);
        REQUIRE(jwt_parse(arena, token, &jwt));
        EXPECT_STR(jwt.alg, sign_alg_name((enum sign_alg)i));
        EXPECT_STR(jwt.typ, S("JWT"));
        EXPECT_STR(jwt.kid, S("k1"));
        EXPECT(sign_check_jwt(keys[i], &jwt));
        EXPECT(sign_check_jwt(keys[i], &jwt)); /* the kept context serves again */
    }
}

TEST(rfc7518_3_4_ecdsa_signatures_have_the_length_of_their_curve)
{
    static const struct {
        int line;
        enum sign_alg alg;
        size_t n;
    } cases[] = {
        {__LINE__, SIGN_ES256, 64},
        {__LINE__, SIGN_ES384, 96},
        {__LINE__, SIGN_ES512, 132},
        {__LINE__, SIGN_EdDSA, 64},
        {__LINE__, SIGN_HS384, 48},
        {__LINE__, SIGN_RS256, 256},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        bytes signature;
        for (int round = 0; round < 50; round++) { /* short r and s come up and are padded */
            bytes input = str_bytes(str_fmt(arena, "message %d", round));
            REQUIRE(sign_make(arena, keys[cases[i].alg], input, &signature));
            CHECK_AT(cases[i].line, signature.n == cases[i].n);
            CHECK_AT(cases[i].line, sign_check(keys[cases[i].alg], input, signature));
        }
    }
}

TEST(oa_66_a_key_accepts_only_tokens_of_its_own_algorithm)
{
    for (int t = SIGN_NONE + 1; t < SIGN_ALG_COUNT; t++) {
        str token = token_of((enum sign_alg)t);
        for (int k = SIGN_NONE + 1; k < SIGN_ALG_COUNT; k++) {
            EXPECT(holds(keys[k], token) == (k == t));
        }
    }
}

TEST(oa_66_the_same_rsa_key_under_another_header_is_refused)
{
    str token = token_of(SIGN_RS256), renamed = with_header(token, S("{\"alg\":\"PS256\"}"));

    EXPECT(!holds(keys[SIGN_PS256], token)); /* the very key, bound to PS256 */
    EXPECT(!holds(keys[SIGN_PS256], renamed));
    EXPECT(!holds(keys[SIGN_RS256], renamed));
}

TEST(oa_66_a_public_key_as_hmac_secret_is_refused)
{
    static const enum sign_alg victims[] = {SIGN_RS256, SIGN_ES256, SIGN_EdDSA, SIGN_PS512};

    for (size_t i = 0; i < COUNT(victims); i++) {
        struct sign_key *forger;
        str pem, token;

        REQUIRE(sign_key_export_public(arena, keys[victims[i]], &pem));
        forger = sign_key_from_secret(SIGN_HS256, str_bytes(pem));
        REQUIRE(forger != NULL);
        token = sign_jwt(arena, forger, NO_STR, NO_STR, S("{\"sub\":\"root\"}"));
        EXPECT(holds(forger, token)); /* the forgery itself is well made */
        EXPECT(!holds(keys[victims[i]], token));
        EXPECT(!holds(keys[victims[i]], with_header(token, str_fmt(arena, "{\"alg\":\"" STRF "\"}",
                                                               STRV(sign_alg_name(victims[i]))))));
        sign_key_unref(forger);
    }
}

TEST(oa_65_alg_is_case_sensitive_and_exact)
{
    static const char *const headers[] = {"{\"alg\":\"es256\"}", "{\"alg\":\"Es256\"}",
        "{\"alg\":\"ES256 \"}", "{\"alg\":\" ES256\"}", "{\"alg\":\"ES256\\u0000\"}",
        "{\"alg\":\"none\"}", "{\"alg\":\"None\"}", "{\"alg\":\"noNE\"}", "{\"alg\":\"NONE\"}",
        "{\"alg\":\" none\"}", "{\"alg\":\"\"}", "{\"alg\":256}", "{\"alg\":null}",
        "{\"alg\":[\"ES256\"]}", "{\"ALG\":\"ES256\"}", "{}", "{\"alg\":\"ES256K\"}",
        "{\"alg\":\"ES384\"}", "{\"alg\":\"HS256\"}"};

    for (size_t i = 0; i < COUNT(headers); i++) {
        for (int k = SIGN_NONE + 1; k < SIGN_ALG_COUNT; k++) {
            if (k == SIGN_ES384 || k == SIGN_HS256) {
                continue; /* those two really are the algorithm of a header above */
            }
            EXPECT(!holds(keys[k], with_header(token_of((enum sign_alg)k), str_from(headers[i]))));
        }
    }
    EXPECT(sign_alg_by_name(S("ES256")) == SIGN_ES256);
    EXPECT(sign_alg_by_name(S("Ed25519")) == SIGN_EdDSA);
    EXPECT(sign_alg_by_name(S("none")) == SIGN_NONE);
    EXPECT(sign_alg_by_name(NO_STR) == SIGN_NONE);
}

TEST(oa_65_none_with_an_empty_signature_is_refused_by_every_key)
{
    str token = str_fmt(arena, STRF "." STRF ".",
        STRV(base64url_text(arena, str_bytes(S("{\"alg\":\"none\"}")))),
        STRV(base64url_text(arena, str_bytes(S("{\"sub\":\"root\"}")))));
    struct jwt jwt;

    REQUIRE(jwt_parse(arena, token, &jwt)); /* it is well formed; nothing vouches for it */
    for (int k = SIGN_NONE + 1; k < SIGN_ALG_COUNT; k++) {
        EXPECT(!sign_check_jwt(keys[k], &jwt));
        EXPECT(!sign_check(keys[k], str_bytes(jwt.signing_input), jwt.signature));
    }
}

TEST(one_flipped_bit_of_a_token_never_verifies)
{
    for (int k = SIGN_NONE + 1; k < SIGN_ALG_COUNT; k++) {
        bytes token = str_bytes(token_of((enum sign_alg)k));
        size_t step = k == SIGN_ES256 || k == SIGN_HS256 || k == SIGN_EdDSA ? 1 : 13;

        for (size_t bit = 0; bit < token.n * 8; bit += step) {
            struct arena *scratch = arena_new(MB(1));
            struct jwt jwt;

            EXPECT(!(jwt_parse(scratch, bytes_str(flipped(scratch, token, bit)), &jwt)
                     && sign_check_jwt(keys[k], &jwt)));
            arena_free(scratch);
        }
    }
}

TEST(oa_78_psychic_and_out_of_range_signatures_are_refused)
{
    static const enum sign_alg algs[] = {SIGN_ES256, SIGN_ES384, SIGN_ES512};
    bytes input = str_bytes(S("input"));

    for (size_t i = 0; i < COUNT(algs); i++) {
        const struct sign_curve *curve = sign_rule_of(algs[i])->curve;
        size_t n = curve->bytes;
        uint8_t good[2 * SIGN_FIELD_MAX_BYTES], raw[2 * SIGN_FIELD_MAX_BYTES + 1] = {0};
        const uint8_t *bad[] = {raw, curve->order}; /* zero; the order itself */
        bytes made;

        REQUIRE(sign_make(arena, keys[algs[i]], input, &made));
        memcpy(good, made.p, 2 * n);
        EXPECT(!sign_check(keys[algs[i]], input, (bytes){raw, 2 * n}));
        for (size_t b = 0; b < COUNT(bad); b++) {
            for (size_t half = 0; half < 2; half++) {
                uint8_t signature[2 * SIGN_FIELD_MAX_BYTES];
                memcpy(signature, good, 2 * n);
                memcpy(signature + half * n, bad[b], n);
                EXPECT(!sign_check(keys[algs[i]], input, (bytes){signature, 2 * n}));
            }
        }
        memcpy(raw, good, 2 * n);
        EXPECT(sign_check(keys[algs[i]], input, (bytes){raw, 2 * n}));
        EXPECT(!sign_check(keys[algs[i]], input, (bytes){raw, 2 * n - 1}));
        EXPECT(!sign_check(keys[algs[i]], input, (bytes){raw, 2 * n + 1}));
        EXPECT(!sign_check(keys[algs[i]], input, (bytes){raw, 0}));
    }
}

TEST(rfc7515_4_1_9_typ_and_kid_are_left_out_when_empty)
{
    str token = sign_jwt(arena, keys[SIGN_ES256], NO_STR, NO_STR, S("{}"));
    bytes header;

    REQUIRE(base64url_decode(arena, str_head(token, str_find(token, '.')), &header));
    EXPECT_STR(bytes_str(header), S("{\"alg\":\"ES256\"}"));
}

TEST(a_kid_with_quotes_stays_one_string)
{
    str kid = S("a\",\"alg\":\"none");
    str token = sign_jwt(arena, keys[SIGN_ES256], NO_STR, kid, S("{}"));
    struct jwt jwt;

    REQUIRE(jwt_parse(arena, token, &jwt));
    EXPECT_STR(jwt.kid, kid);
    EXPECT_STR(jwt.alg, S("ES256"));
}

TEST(a_token_we_would_not_read_is_not_made)
{
    static char claims[JWT_MAX_BYTES];

    memset(claims, 'a', sizeof claims);
    EXPECT(sign_jwt(arena, keys[SIGN_ES256], NO_STR, NO_STR, (str){claims, sizeof claims}).n == 0);
}

TEST(a_public_key_does_not_sign)
{
    for (int i = SIGN_NONE + 1; i < SIGN_HS256; i++) {
        struct sign_key *public;
        str pem;
        bytes signature;

        REQUIRE(sign_key_export_public(arena, keys[i], &pem));
        public = sign_key_from_pem((enum sign_alg)i, pem);
        REQUIRE(public != NULL);
        EXPECT(!sign_key_has_private(public));
        EXPECT(!sign_make(arena, public, str_bytes(S("x")), &signature));
        EXPECT(sign_jwt(arena, public, NO_STR, NO_STR, S("{}")).n == 0);
        EXPECT(!sign_key_export_private(arena, public, &pem));
        EXPECT(holds(public, token_of((enum sign_alg)i)));
        sign_key_unref(public);
    }
}

struct crowd {
    atomic_int waiting, failures;
    atomic_bool go;
};

static int
sign_in_crowd(void *p)
{
    struct crowd *crowd = p;
    struct arena *own = arena_new(MB(1));
    bytes input = str_bytes(S("input")), signature;

    (void)crypto_thread_here(); /* takes a slot, if one is left */
    atomic_fetch_add(&crowd->waiting, 1);
    while (!atomic_load(&crowd->go)) {
        thrd_yield();
    }
    for (int i = SIGN_NONE + 1; i < SIGN_ALG_COUNT; i++) {
        if (i < SIGN_ES256) {
            continue; /* RSA is slow under sanitizers and takes the same path as EC */
        }
        if (!sign_make(own, keys[i], input, &signature) || !sign_check(keys[i], input, signature)) {
            atomic_fetch_add(&crowd->failures, 1);
        }
    }
    arena_free(own);
    return 0;
}

TEST(more_threads_than_slots_share_a_key)
{
    enum { THREADS = CRYPTO_SLOTS + 8 };
    struct crowd crowd = {0};
    thrd_t threads[THREADS];

    for (int round = 0; round < 2; round++) { /* the second crowd inherits the slots of the first */
        atomic_store(&crowd.waiting, 0);
        atomic_store(&crowd.go, false);
        for (int i = 0; i < THREADS; i++) {
            REQUIRE(thrd_create(&threads[i], sign_in_crowd, &crowd) == thrd_success);
        }
        while (atomic_load(&crowd.waiting) < THREADS) {
            thrd_yield();
        }
        atomic_store(&crowd.go, true);
        for (int i = 0; i < THREADS; i++) {
            REQUIRE(thrd_join(threads[i], NULL) == thrd_success);
        }
    }
    EXPECT(atomic_load(&crowd.failures) == 0);
}

TEST(a_key_made_where_another_died_does_not_meet_its_contexts)
{
    bytes input = str_bytes(S("input")), a, b;

    for (int round = 0; round < 20; round++) { /* the heap hands the same address out again */
        struct sign_key *one = sign_key_generate(SIGN_ES256, 0, &seeded.rng);
        struct sign_key *two;

        REQUIRE(one != NULL && sign_make(arena, one, input, &a) && sign_check(one, input, a));
        sign_key_unref(one);
        two = sign_key_generate(SIGN_ES256, 0, &seeded.rng);
        REQUIRE(two != NULL && sign_make(arena, two, input, &b));
        EXPECT(sign_check(two, input, b));
        EXPECT(!sign_check(two, input, a));
        sign_key_unref(two);
    }
}

TEST(memory_that_fails_anywhere_gives_a_whole_token_or_none)
{
    for (long n = 0; n < 40; n++) {
        struct arena *scratch = arena_new(MB(1));
        str token;

        arena_fail_after(n);
        token = sign_jwt(scratch, keys[SIGN_ES256], S("JWT"), S("k1"), S("{\"sub\":\"ada\"}"));
        arena_fail_after(-1);
        EXPECT(token.n == 0 || holds(keys[SIGN_ES256], token));
        arena_free(scratch);
    }
}

TEST(memory_that_fails_anywhere_never_lets_a_forgery_pass)
{
    str forged = bytes_str(flipped(arena, str_bytes(token_of(SIGN_ES256)), 200));

    for (long n = 0; n < 40; n++) {
        struct arena *scratch = arena_new(MB(1));
        struct jwt jwt;
        bool ok;

        arena_fail_after(n);
        ok = jwt_parse(scratch, forged, &jwt) && sign_check_jwt(keys[SIGN_ES256], &jwt);
        arena_fail_after(-1);
        EXPECT(!ok);
        arena_free(scratch);
    }
}
