/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT sign_key
#include "crypto_unit.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include "base/mem.h"
#include "codec/base64.h"
#include "codec/jwk.h"
#include "codec/json.h"
#include "crypto/crypto_internal.h"
#include "crypto/sign_internal.h"
#include "sign_key_pem.h"

static struct arena *arena;
static struct unit_rng seeded;

static void
start(void)
{
    crypto_unit_start();
    arena = arena_new(MB(16));
    seeded = unit_rng_new(31);
}
static void
end(void)
{
    arena_free(arena);
}
TestSuite(sign_key, .init = start, .fini = end);

static bool
same_public(const struct sign_key *a, const struct sign_key *b)
{
    str pem_a, pem_b;

    return sign_key_export_public(arena, a, &pem_a) && sign_key_export_public(arena, b, &pem_b)
           && str_eq(pem_a, pem_b);
}

TEST(rfc7468_pem_forms_that_users_bring_are_read)
{
    static const struct {
        int line;
        enum sign_alg alg;
        const char *pem;
        bool has_private;
    } cases[] = {
        {__LINE__, SIGN_RS256, pem_rsa_pkcs1, true},
        {__LINE__, SIGN_RS512, pem_rsa_pkcs8, true},
        {__LINE__, SIGN_PS256, pem_rsa_pkcs8, true},
        {__LINE__, SIGN_RS256, pem_rsa_spki, false},
        {__LINE__, SIGN_RS256, pem_rsa_pkcs1_public, false},
        {__LINE__, SIGN_RS256, pem_rsa_exponent_3, false},
        {__LINE__, SIGN_ES256, pem_ec_sec1, true},
        {__LINE__, SIGN_ES256, pem_ec_pkcs8, true},
        {__LINE__, SIGN_ES256, pem_ec_spki, false},
        {__LINE__, SIGN_ES256, pem_ec_certificate, false},
        {__LINE__, SIGN_EdDSA, pem_ed25519_pkcs8, true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sign_key *key = sign_key_from_pem(cases[i].alg, str_from(cases[i].pem));

        CHECK_AT(cases[i].line, key != NULL);
        if (key != NULL) {
            CHECK_AT(cases[i].line, sign_key_has_private(key) == cases[i].has_private);
            CHECK_AT(cases[i].line, sign_key_alg(key) == cases[i].alg);
        }
        sign_key_unref(key);
    }
}

/* A library of Criterion's uses OpenSSL as soon as it is loaded: this comes first. */
__attribute__((section(".preinit_array"), used)) static void (*const watch_early)(
    void) = crypto_watch_memory;

static const struct {
    enum sign_alg alg;
    const char *pem;
} of_each_kind[] = {{SIGN_RS256, pem_rsa_spki}, {SIGN_ES256, pem_ec_pkcs8},
    {SIGN_ES256, pem_ec_certificate}, {SIGN_EdDSA, pem_ed25519_pkcs8}};

static bool
is_read(enum sign_alg alg, str pem)
{
    struct sign_key *key = sign_key_from_pem(alg, pem);

    sign_key_unref(key);
    return key != NULL;
}

/* How often reading fails before it has what it needs; each time memory is named as the reason. */
static long
shortages(enum sign_alg alg, str pem, long step)
{
    bool was_read = false;
    long n;

    for (n = 0; !was_read && n < 5000; n += step) {
        (void)mem_ran_short();
        mem_fail_watched_after(n);
        was_read = is_read(alg, pem);
        mem_fail_watched_after(-1);
        cr_assert(was_read || mem_ran_short(), "allocation %ld", n);
    }
    return n;
}

TEST(a_key_that_there_is_no_memory_to_read_is_told_from_a_bad_one)
{
    for (size_t i = 0; i < COUNT(of_each_kind); i++) {
        str pem = str_from(of_each_kind[i].pem);

        REQUIRE(is_read(of_each_kind[i].alg, pem));
        EXPECT(shortages(of_each_kind[i].alg, pem, 1) > 5);
        EXPECT(is_read(of_each_kind[i].alg, pem));
        (void)mem_ran_short();
        EXPECT(!is_read(of_each_kind[i].alg, str_head(pem, pem.n / 2)) && !mem_ran_short());
    }
}

/* OpenSSL's tables of decoders may stay without the one that it had no memory to add. */
TEST(after_a_shortage_at_the_first_key_of_its_kind_no_key_is_called_bad)
{
    for (size_t i = 0; i < COUNT(of_each_kind); i++) {
        str pem = str_from(of_each_kind[i].pem);
        long n = shortages(of_each_kind[i].alg, pem, 40);

        (void)mem_ran_short();
        EXPECT(n == 5000 || is_read(of_each_kind[i].alg, pem) || mem_ran_short());
    }
}

TEST(one_key_in_all_its_forms_is_one_key)
{
    static const char *const rsa[] = {
        pem_rsa_pkcs1, pem_rsa_pkcs8, pem_rsa_spki, pem_rsa_pkcs1_public};
    static const char *const ec[2][2] = {
        {pem_ec_sec1, pem_ec_spki}, {pem_ec_pkcs8, pem_ec_certificate}};
    struct sign_key *first = sign_key_from_pem(SIGN_RS256, str_from(rsa[0]));

    REQUIRE(first != NULL && sign_key_bits(first) == 2048);
    for (size_t i = 1; i < COUNT(rsa); i++) {
        struct sign_key *other = sign_key_from_pem(SIGN_RS256, str_from(rsa[i]));
        EXPECT(other != NULL && same_public(first, other));
        sign_key_unref(other);
    }
    sign_key_unref(first);
    for (size_t i = 0; i < COUNT(ec); i++) {
        struct sign_key *private = sign_key_from_pem(SIGN_ES256, str_from(ec[i][0]));
        struct sign_key *public = sign_key_from_pem(SIGN_ES256, str_from(ec[i][1]));
        EXPECT(private != NULL && public != NULL && same_public(private, public));
        sign_key_unref(private);
        sign_key_unref(public);
    }
}

TEST(oa_67_weak_or_foreign_pem_is_refused)
{
    static const struct {
        int line;
        enum sign_alg alg;
        const char *pem;
    } cases[] = {
        {__LINE__, SIGN_RS256, pem_rsa_1024},
        {__LINE__, SIGN_PS256, pem_rsa_pss_only},
        {__LINE__, SIGN_ES256, pem_rsa_spki},
        {__LINE__, SIGN_RS256, pem_ec_spki},
        {__LINE__, SIGN_ES384, pem_ec_sec1}, /* P-256 */
        {__LINE__, SIGN_ES512, pem_ec_spki},
        {__LINE__, SIGN_ES256, pem_secp256k1},
        {__LINE__, SIGN_ES256, pem_ec_explicit},
        {__LINE__, SIGN_ES256, pem_ec_encrypted},
        {__LINE__, SIGN_ES256, pem_ec_encrypted_old},
        {__LINE__, SIGN_EdDSA, pem_x25519},
        {__LINE__, SIGN_EdDSA, pem_ec_sec1},
        {__LINE__, SIGN_HS256, pem_rsa_spki}, /* OA-66: a PEM is never an HMAC secret */
        {__LINE__, SIGN_NONE, pem_rsa_spki},
        {__LINE__, SIGN_ALG_COUNT, pem_rsa_spki},
        {__LINE__, SIGN_ES256, ""},
        {__LINE__, SIGN_ES256, "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"},
        {__LINE__, SIGN_ES256, "-----BEGIN PUBLIC KEY-----"},
        {__LINE__, SIGN_ES256, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        CHECK_AT(cases[i].line, sign_key_from_pem(cases[i].alg, str_from(cases[i].pem)) == NULL);
    }
}

TEST(a_damaged_pem_is_refused_or_another_whole_key)
{
    str whole = str_from(pem_ec_spki);

    for (size_t n = 0; n < whole.n - 2; n++) { /* without its last line end it is whole */
        struct sign_key *key = sign_key_from_pem(SIGN_ES256, str_head(whole, n));
        EXPECT(key == NULL);
        sign_key_unref(key);
    }
    for (size_t bit = 0; bit < whole.n * 8; bit += 3) {
        str damaged = bytes_str(flipped(arena, str_bytes(whole), bit));
        struct sign_key *key = sign_key_from_pem(SIGN_ES256, damaged);
        EXPECT(
            key == NULL || sign_key_bits(key) == 256); /* ASan and the curve check have the word */
        sign_key_unref(key);
    }
}

static void
parse_jwk(str text, struct jwk *ret)
{
    const struct json *v;

    cr_assert(json_parse(arena, text, &v, NULL) && jwk_read(arena, v, ret));
}

TEST(rfc7517_keys_go_through_jwk_and_back)
{
    for (int alg = SIGN_NONE + 1; alg < SIGN_HS256; alg++) {
        struct sign_key *key = sign_key_generate((enum sign_alg)alg, 0, &seeded.rng), *back;
        struct jwk jwk, read;
        struct buf buf;
        struct json_out out;
        str text;

        REQUIRE(key != NULL && sign_key_to_jwk(arena, key, &jwk));
        EXPECT(jwk.kid.n == 0 && jwk.alg.n == 0 && jwk.use.n == 0 && jwk.d.n == 0);
        buf_init(&buf, arena, KB(8));
        json_out_init(&out, &buf);
        REQUIRE(jwk_write_public(&out, &jwk) && buf_done(&buf, &text));
        parse_jwk(text, &read);
        back = sign_key_from_jwk((enum sign_alg)alg, &read);
        EXPECT(back != NULL && same_public(key, back) && !sign_key_has_private(back));
        sign_key_unref(back);
        sign_key_unref(key);
    }
}

TEST(private_keys_survive_their_export)
{
    for (int alg = SIGN_NONE + 1; alg < SIGN_ALG_COUNT; alg++) {
        struct sign_key *key = sign_key_generate((enum sign_alg)alg, 0, &seeded.rng), *back;
        bytes input = str_bytes(S("input")), signature;
        str private, public;

        REQUIRE(key != NULL && sign_key_has_private(key));
        REQUIRE(sign_key_export_private(arena, key, &private));
        back = sign_alg_is_symmetric((enum sign_alg)alg)
                   ? sign_key_from_secret((enum sign_alg)alg, str_bytes(private))
                   : sign_key_from_pem((enum sign_alg)alg, private);
        REQUIRE(back != NULL && sign_make(arena, back, input, &signature));
        EXPECT(sign_check(key, input, signature));
        EXPECT(sign_key_export_public(arena, key, &public)
               == !sign_alg_is_symmetric((enum sign_alg)alg));
        sign_key_unref(back);
        sign_key_unref(key);
    }
}

TEST(rfc5480_a_public_key_is_written_as_openssl_writes_it)
{
    static const struct {
        int line;
        enum sign_alg alg;
        const char *curve;
    } cases[] = {
        {__LINE__, SIGN_ES256, "P-256"},
        {__LINE__, SIGN_ES384, "P-384"},
        {__LINE__, SIGN_ES512, "P-521"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        EVP_PKEY *pkey = EVP_EC_gen(cases[i].curve);
        BIO *private = BIO_new(BIO_s_mem()), *public = BIO_new(BIO_s_mem());
        struct sign_key *key;
        char *p;
        str text, got;

        REQUIRE(PEM_write_bio_PKCS8PrivateKey(private, pkey, NULL, NULL, 0, NULL, NULL) == 1);
        REQUIRE(PEM_write_bio_PUBKEY(public, pkey) == 1);
        text.n = (size_t)BIO_get_mem_data(private, &p);
        text.p = p;
        key = sign_key_from_pem(cases[i].alg, text);
        REQUIRE(key != NULL && sign_key_export_public(arena, key, &got));
        text.n = (size_t)BIO_get_mem_data(public, &p);
        text.p = p;
        CHECK_AT(cases[i].line, str_eq(got, text));
        sign_key_unref(key);
        BIO_free(private);
        BIO_free(public);
        EVP_PKEY_free(pkey);
    }
}

TEST(generated_keys_have_the_size_asked_for)
{
    static const struct {
        int line;
        enum sign_alg alg;
        int bits, got;
    } cases[] = {
        {__LINE__, SIGN_RS256, 0, 2048},
        {__LINE__, SIGN_PS512, 3072, 3072},
        {__LINE__, SIGN_RS256, 1024, 0},
        {__LINE__, SIGN_RS256, 2047, 0},
        {__LINE__, SIGN_RS256, 65536, 0},
        {__LINE__, SIGN_ES256, 0, 256},
        {__LINE__, SIGN_ES384, 0, 384},
        {__LINE__, SIGN_ES512, 0, 521},
        {__LINE__, SIGN_EdDSA, 0, 256},
        {__LINE__, SIGN_HS256, 0, 256},
        {__LINE__, SIGN_HS512, 0, 512},
        {__LINE__, SIGN_NONE, 0, 0},
        {__LINE__, SIGN_ALG_COUNT, 0, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sign_key *key = sign_key_generate(cases[i].alg, cases[i].bits, &seeded.rng);
        CHECK_AT(cases[i].line, (key ? sign_key_bits(key) : 0) == cases[i].got);
        sign_key_unref(key);
    }
}

TEST(oa_71_an_hmac_secret_is_at_least_as_long_as_its_hash)
{
    static const struct {
        int line;
        enum sign_alg alg;
        size_t n;
        bool ok;
    } cases[] = {
        {__LINE__, SIGN_HS256, 0, false},
        {__LINE__, SIGN_HS256, 31, false},
        {__LINE__, SIGN_HS256, 32, true},
        {__LINE__, SIGN_HS384, 47, false},
        {__LINE__, SIGN_HS384, 48, true},
        {__LINE__, SIGN_HS512, 63, false},
        {__LINE__, SIGN_HS512, 64, true},
        {__LINE__, SIGN_HS512, 4096, true},
        {__LINE__, SIGN_HS512, 4097, false},
        {__LINE__, SIGN_ES256, 64, false},
    };
    static uint8_t secret[5000];

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sign_key *key = sign_key_from_secret(cases[i].alg, (bytes){secret, cases[i].n});
        CHECK_AT(cases[i].line, (key != NULL) == cases[i].ok);
        sign_key_unref(key);
    }
}

/* The JWK of an RSA public key with this modulus and exponent. */
static struct sign_key *
rsa_public(bytes n, const char *e)
{
    struct jwk jwk = {.type = JWK_RSA, .n = n, .e = hex(e)};

    return sign_key_from_jwk(SIGN_RS256, &jwk);
}

static bytes
good_modulus(void)
{
    struct sign_key *key = sign_key_from_pem(SIGN_RS256, str_from(pem_rsa_spki));
    struct jwk jwk;

    cr_assert(key != NULL && sign_key_to_jwk(arena, key, &jwk));
    sign_key_unref(key);
    return jwk.n;
}

TEST(oa_67_rsa_exponents_and_moduli_are_judged)
{
    static const struct {
        int line;
        const char *e;
        bool ok;
    } cases[] = {
        {__LINE__, "01", false},
        {__LINE__, "02", false},
        {__LINE__, "03", true},
        {__LINE__, "04", false},
        {__LINE__, "010000", false},
        {__LINE__, "010001", true},
        {__LINE__, "ffffffffffffffff", true},
        {__LINE__, "01ffffffffffffffff", false},
    };
    bytes n = good_modulus(), even = flipped(arena, n, 8 * (n.n - 1)), wide;
    uint8_t *huge = arena_alloc(arena, 1025);

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sign_key *key = rsa_public(n, cases[i].e);
        CHECK_AT(cases[i].line, (key != NULL) == cases[i].ok);
        sign_key_unref(key);
    }
    EXPECT(rsa_public(even, "010001") == NULL);
    EXPECT(rsa_public((bytes){n.p, 255}, "010001") == NULL);
    memset(huge, 0xff, 1025);
    wide = (bytes){huge, 1025};
    EXPECT(rsa_public(wide, "010001") == NULL);
}

TEST(oa_67_the_roca_family_is_refused)
{
    static const int primes[] = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61,
        67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163,
        167};
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *product = BN_new(), *power = BN_new(), *base = BN_new(), *exponent = BN_new(),
           *n = BN_new();
    uint8_t raw[256];
    struct sign_key *key;

    BN_one(product);
    for (size_t i = 0; i < COUNT(primes); i++) {
        BN_mul_word(product, (BN_ULONG)primes[i]);
    }
    BN_set_word(base, 65537);
    BN_set_word(exponent, 12345);
    BN_mod_exp(power, base, exponent, product, ctx);
    BN_set_bit(n, 2047); /* n = the next number above 2^2047 that is the power modulo the product */
    BN_mod(exponent, n, product, ctx);
    BN_sub(n, n, exponent);
    BN_add(n, n, product);
    BN_add(n, n, power);
    if (!BN_is_odd(n)) {
        BN_add(n, n, product);
    }
    REQUIRE(BN_num_bits(n) == 2048 && BN_bn2bin(n, raw) == sizeof raw);
    EXPECT(rsa_public(BYTES_OF(raw), "010001") == NULL);
    BN_add_word(n, 2); /* its neighbour has no such structure */
    REQUIRE(BN_bn2bin(n, raw) == sizeof raw);
    key = rsa_public(BYTES_OF(raw), "010001");
    EXPECT(key != NULL);
    sign_key_unref(key);
    BN_free(product);
    BN_free(power);
    BN_free(base);
    BN_free(exponent);
    BN_free(n);
    BN_CTX_free(ctx);
}

/* RFC 7517 A.2: the private P-256 key. */
#define EC_X "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
#define EC_Y "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\","
#define EC_D "\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\""
#define EC_JWK "{\"kty\":\"EC\",\"crv\":\"P-256\"," EC_X EC_Y EC_D

TEST(oa_70_private_parts_must_fit_the_public_ones)
{
    struct jwk good, bad;
    struct sign_key *key;

    parse_jwk(S(EC_JWK "}"), &good);
    key = sign_key_from_jwk(SIGN_ES256, &good);
    EXPECT(key != NULL && sign_key_has_private(key));
    sign_key_unref(key);

    bad = good;
    bad.y = flipped(arena, good.y, 3); /* off the curve */
    EXPECT(sign_key_from_jwk(SIGN_ES256, &bad) == NULL);
    bad.d = (bytes){NULL, 0};
    EXPECT(sign_key_from_jwk(SIGN_ES256, &bad) == NULL);
    bad = good;
    bad.d = flipped(arena, good.d, 250); /* another private key */
    EXPECT(sign_key_from_jwk(SIGN_ES256, &bad) == NULL);
    bad = good;
    bad.x = bad.y = hex("0000000000000000000000000000000000000000000000000000000000000000");
    EXPECT(sign_key_from_jwk(SIGN_ES256, &bad) == NULL);
    bad = good;
    bad.d = (bytes){sign_rule_of(SIGN_ES256)->curve->order, 32};
    EXPECT(sign_key_from_jwk(SIGN_ES256, &bad) == NULL);
}

TEST(oa_66_a_jwk_that_names_another_algorithm_or_use_is_refused)
{
    static const struct {
        int line;
        str members;
        enum sign_alg alg;
        bool ok;
    } cases[] = {
        {__LINE__, S_INIT(""), SIGN_ES256, true},
        {__LINE__, S_INIT(",\"alg\":\"ES256\",\"use\":\"sig\",\"kid\":\"1\""), SIGN_ES256, true},
        {__LINE__, S_INIT(",\"alg\":\"ES384\""), SIGN_ES256, false},
        {__LINE__, S_INIT(",\"alg\":\"es256\""), SIGN_ES256, false},
        {__LINE__, S_INIT(",\"alg\":\"ECDH-ES\""), SIGN_ES256, false},
        {__LINE__, S_INIT(",\"use\":\"enc\""), SIGN_ES256, false},
        {__LINE__, S_INIT(""), SIGN_ES384, false},
        {__LINE__, S_INIT(""), SIGN_EdDSA, false},
        {__LINE__, S_INIT(""), SIGN_RS256, false},
        {__LINE__, S_INIT(""), SIGN_HS256, false},
        {__LINE__, S_INIT(""), SIGN_NONE, false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sign_key *key;
        struct jwk jwk;

        parse_jwk(str_fmt(arena, EC_JWK STRF "}", STRV(cases[i].members)), &jwk);
        key = sign_key_from_jwk(cases[i].alg, &jwk);
        CHECK_AT(cases[i].line, (key != NULL) == cases[i].ok);
        sign_key_unref(key);
    }
}

TEST(rfc8037_2_an_ed25519_key_is_a_point_of_prime_order)
{
    static const struct {
        int line;
        const char *x;
        bool ok;
    } cases[] = {
        {__LINE__, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", true},
        {__LINE__, "0100000000000000000000000000000000000000000000000000000000000000", false},
        {__LINE__, "0000000000000000000000000000000000000000000000000000000000000000", false},
        {__LINE__, "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", false},
        {__LINE__, "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", false},
        {__LINE__, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct jwk jwk = {.type = JWK_OKP, .crv = S("Ed25519"), .x = hex(cases[i].x)};
        struct sign_key *key = sign_key_from_jwk(SIGN_EdDSA, &jwk);
        CHECK_AT(cases[i].line, (key != NULL) == cases[i].ok);
        sign_key_unref(key);
    }
}

TEST(references_keep_a_key_alive)
{
    struct sign_key *key = sign_key_generate(SIGN_HS256, 0, &seeded.rng);
    bytes signature;

    REQUIRE(key != NULL);
    EXPECT(sign_key_ref(key) == key);
    sign_key_unref(key);
    EXPECT(sign_make(arena, key, str_bytes(S("x")), &signature));
    sign_key_unref(key);
    sign_key_unref(NULL);
}

TEST(memory_that_fails_gives_no_key_and_leaks_nothing)
{
    str pem = str_from(pem_ec_sec1), out;
    struct sign_key *whole = sign_key_from_pem(SIGN_ES256, pem);
    bytes signature;

    REQUIRE(whole != NULL);
    arena_fail_after(0);
    EXPECT(sign_key_from_pem(SIGN_ES256, pem) == NULL);
    EXPECT(sign_key_generate(SIGN_HS256, 0, &seeded.rng) == NULL);
    EXPECT(sign_key_generate(SIGN_EdDSA, 0, &seeded.rng) == NULL);
    EXPECT(!sign_make(arena, whole, str_bytes(S("x")), &signature));
    EXPECT(!sign_key_export_private(arena, whole, &out));
    EXPECT(sign_jwt(arena, whole, NO_STR, NO_STR, S("{}")).n == 0);
    arena_fail_after(1); /* the body of the key, not its secret */
    EXPECT(sign_key_generate(SIGN_HS256, 0, &seeded.rng) == NULL);
    arena_fail_after(-1);
    sign_key_unref(whole);
}
