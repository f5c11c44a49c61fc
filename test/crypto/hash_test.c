/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT hash
#include "crypto_unit.h"

#include <sodium.h>

#include "crypto/crypto_internal.h"

TestSuite(hash, .init = crypto_unit_start);

TEST(fips180_4_sha256_known_answers)
{
    static const struct {
        int line;
        const char *text, *digest;
    } cases[] = {
        {__LINE__, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {__LINE__, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {__LINE__, "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };

    for (size_t round = 0; round < 2; round++) { /* the kept context is clean the second time */
        for (size_t i = 0; i < COUNT(cases); i++) {
            struct digest d = sha256(str_bytes(str_from(cases[i].text)));
            CHECK_AT(cases[i].line, ct_eq(digest_bytes(&d), hex(cases[i].digest)));
        }
    }
}

/* RFC 4231 s4: key, data, HMAC-SHA-256, -384, -512. */
static const struct {
    int line;
    const char *key, *data, *mac[3];
} rfc4231[] = {
    {__LINE__, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
        {"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
            "faea9ea9076ede7f4af152e8b2fa9cb6",
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
            "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"}},
    {__LINE__, "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        {"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
            "8e2240ca5e69e2c78b3239ecfab21649",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"}},
    {__LINE__, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
        "dddddddddddddddddddddddddddddddd",
        {"773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b"
            "2a5ab39dc13814b94e3ab6e101a34f27",
            "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39"
            "bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb"}},
    {__LINE__, "0102030405060708090a0b0c0d0e0f10111213141516171819",
        "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
        "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
        {"82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
            "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e"
            "6801dd23c4a7d679ccf8a386c674cffb",
            "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3db"
            "a91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd"}},
};

TEST(rfc4231_4_hmac_known_answers)
{
    for (size_t i = 0; i < COUNT(rfc4231); i++) {
        bytes data = hex(rfc4231[i].data);

        for (int md = CRYPTO_SHA256; md <= CRYPTO_SHA512; md++) {
            uint8_t got[CRYPTO_MD_BYTES];

            crypto_hmac((enum crypto_md)md, hex(rfc4231[i].key), &data, 1, got);
            CHECK_AT(rfc4231[i].line,
                ct_eq((bytes){got, crypto_md_bytes((enum crypto_md)md)}, hex(rfc4231[i].mac[md])));
        }
    }
}

TEST(rfc2202_3_hmac_sha1_known_answers)
{
    static const struct {
        int line;
        const char *key, *data, *mac;
    } cases[] = {
        {__LINE__, "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
        {__LINE__, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
            "b617318655057264e28bc0b6fb378c8ef146be00"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct sha1_mac got = hash_hmac_sha1(hex(cases[i].key), hex(cases[i].data));

        CHECK_AT(cases[i].line, ct_eq(BYTES_OF(got.b), hex(cases[i].mac)));
    }
}

TEST(hmac_agrees_with_libsodium_at_every_key_and_data_length)
{
    uint8_t key[200], data[200], want[32];
    struct unit_rng r = unit_rng_new(7);

    rng_fill(&r.rng, key, sizeof key);
    rng_fill(&r.rng, data, sizeof data);
    for (size_t n = 0; n <= sizeof key; n++) {
        crypto_auth_hmacsha256_state state;
        struct digest got = hmac_sha256((bytes){key, n}, (bytes){data, sizeof data - n});

        crypto_auth_hmacsha256_init(&state, key, n);
        crypto_auth_hmacsha256_update(&state, data, sizeof data - n);
        crypto_auth_hmacsha256_final(&state, want);
        EXPECT(ct_eq(digest_bytes(&got), BYTES_OF(want)));
    }
}

TEST(hmac_of_parts_tells_lists_apart)
{
    bytes key = hex("00"), a = hex("61"), b = hex("62"), ab = hex("6162"), none = {NULL, 0};
    bytes lists[][3] = {{a, b, none}, {ab, none, none}, {none, ab, none}, {a, none, b}};
    struct digest d[COUNT(lists) + 1];

    for (size_t i = 0; i < COUNT(lists); i++) {
        d[i] = hmac_sha256_parts(key, lists[i], 3);
    }
    d[COUNT(lists)] = hmac_sha256_parts(key, lists[0], 2);
    for (size_t i = 0; i < COUNT(d); i++) {
        for (size_t j = 0; j < i; j++) {
            EXPECT(!ct_eq(digest_bytes(&d[i]), digest_bytes(&d[j])));
        }
    }
}

TEST(hmac_of_parts_is_hmac_of_lengths_and_parts)
{
    bytes parts[] = {hex("6162"), hex("63")};
    struct digest got = hmac_sha256_parts(hex("6b"), parts, 2);
    struct digest want = hmac_sha256(hex("6b"), hex("0000000000000002616200000000000000"
                                                    "0163"));

    EXPECT(ct_eq(digest_bytes(&got), digest_bytes(&want)));
}

TEST(rfc5869_a_3_hkdf_with_empty_salt_and_info)
{
    struct key32 got = crypto_hkdf(hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), NULL, 0);

    EXPECT(ct_eq(key32_bytes(&got),
        hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d")));
}

TEST(derived_keys_differ_by_key_label_and_context)
{
    struct key32 k = {{1}}, other = {{2}};
    struct key32 d[] = {
        key_derive(&k, S("page"), hex("")),
        key_derive(&other, S("page"), hex("")),
        key_derive(&k, S("pag"), hex("65")),
        key_derive(&k, S("page"), hex("00")),
        key_derive(&k, S(""), str_bytes(S("page"))),
    };
    struct key32 again = key_derive(&k, S("page"), hex(""));

    EXPECT(ct_eq(key32_bytes(&d[0]), key32_bytes(&again)));
    for (size_t i = 0; i < COUNT(d); i++) {
        for (size_t j = 0; j < i; j++) {
            EXPECT(!ct_eq(key32_bytes(&d[i]), key32_bytes(&d[j])));
        }
    }
}

TEST(ct_eq_compares_length_and_every_byte)
{
    struct arena *arena = arena_new(KB(64));
    bytes a = hex("00112233445566778899aabbccddeeff");

    EXPECT(ct_eq(a, bytes_dup(arena, a)));
    EXPECT(ct_eq((bytes){NULL, 0}, (bytes){a.p, 0}));
    EXPECT(!ct_eq(a, (bytes){a.p, a.n - 1}));
    for (size_t bit = 0; bit < a.n * 8; bit++) {
        EXPECT(!ct_eq(a, flipped(arena, a, bit)));
    }
    arena_free(arena);
}

TEST(wiping_overwrites_all)
{
    struct key32 key = {{1, 2, 3}}, zero = {{0}};

    memset(key.b, 0xa5, sizeof key.b);
    key32_wipe(&key);
    EXPECT(ct_eq(key32_bytes(&key), key32_bytes(&zero)));
    secret_wipe(NULL, 0);
}

/* Keyed BLAKE2b of 16 bytes with a personalisation, cut to 64 bits: another label, key or text is another number. */
TEST(blind_numbers_depend_on_key_label_and_text)
{
    static const uint8_t key[32] = {1}, other[32] = {2};
    uint64_t n = hash_blind64(BYTES_OF(key), S("whole word"), str_bytes(S("ann")));

    EXPECT(n == hash_blind64(BYTES_OF(key), S("whole word"), str_bytes(S("ann"))));
    EXPECT(n != hash_blind64(BYTES_OF(other), S("whole word"), str_bytes(S("ann"))));
    EXPECT(n != hash_blind64(BYTES_OF(key), S("word prefix"), str_bytes(S("ann"))));
    EXPECT(n != hash_blind64(BYTES_OF(key), S("whole word"), str_bytes(S("anna"))));
    EXPECT(hash_blind64(BYTES_OF(key), S("whole word"), str_bytes(NO_STR)) != 0);
}
