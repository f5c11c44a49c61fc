/* SPDX-License-Identifier: Apache-2.0 */
/* envelope.c: RSAES-OAEP over texts that the openssl command sealed, AES over vectors of NIST. */
#define UNIT envelope
#include "crypto_unit.h"

#include "crypto/envelope.h"
#include "crypto/sign.h"
#include "sign_key_pem.h"

/* clang-format off */
static const struct { int line; size_t digest, mask; const char *sealed; } keys[] = {
    { __LINE__, 20, 20,
        "332cb3977c198d9b091f76118a941758e30a9035ee53d1aae9ecb62ebb4126406e202a0166d5edc477300f86"
        "74379116af8a4b7ee06019307039a7d83f50a8c029517bdf2bbe3c719edb99546c23389d6a5e47d80fa97854"
        "ed967023ec290bc48a433a6312e3c5fbb1b88bab89725c2b9278705c0b88adf0ceb36bca25b7554b1861a973"
        "d76a31a6fdae5416c40c9f33990b3d82e47405f111f84ac0ead69476edfba10fa6c0fb48b610926b0d53b35f"
        "4debfaefab2c3ddce59013f68a19d46508e92f7e0ca49c9c51bc8ec2523882e5b61474278a74fbf296e05b1b"
        "40fef1954731b57c6d01e1739e2a0c59145429c5caa4da76af5bad85fbea0c24a63814c6" },
    { __LINE__, 32, 20,
        "30b87ef1c8a6ae471dfb6daae4093c2337b322242d44bedea4a8e7009daf7dc9cfdfbfa58d026e3f15b52c79"
        "51f867ac3e9e2c81e7aeda33cc82f1774659c6e756da8dd0be11cf964efd1989fdca7c3ec7227eaa731c12d9"
        "0e3920c067e9d402f465d2aa710c540979c712caa612823979a3911fca8a9e54bfb5ecc9676b762264eac24f"
        "c9b7813fadedc917d6d210b62895085c2fda7c305fe1ef8432313c738df6d20657a3bb151c1c1a84cf3fc9d1"
        "bea0b7ecb8eb77030ebd7d22c11e90031a439f694cf8be143eeebf4461c167df6e0d3405f3937a02992b987c"
        "beb7bb8f140d87c4926076009cc058c3762f64280e1e8e695ba68b8c5ca6f0fd675d775c" },
    { __LINE__, 64, 48,
        "26281becc038d8afa5d56fd08bc40dc5c6b43aba8fd09d1b0417d39161f77b94db31b16d7347ca1abcf91c2d"
        "7ce8ee3ff4d0a5d5d7a8924431f25d5b9df65f5b9e15b235792f3b1b66ee06edbde2d1e2ce38619d8cd8e38a"
        "b70d2a5ad58c8608a0c590dec9747ac2ba0c65a45872bb40a04e9ea95ae173f0df05b11c9b212d269348dbcb"
        "5e1eec9ae4f8ef575c4b3987ded49abe86774c5ad79595d0c70052945e9afadc378fda8d3f2ba63a0b92daa5"
        "db2ec11e5b724ab608f62baa1f410ebcaac3a3b43a5d00809c61ad4d61b19d8d6930f311299e9dfc2ac9b184"
        "0d76d29f7b3737af860b3cde1731fddc17b3421d480fb5151d17bc84ef83d08bec9d916b" },
};
static const char too_long[] = /* 33 bytes */
        "45295e59b5b2a7c0e98c6c6e9f6f4a5ef2e1bb6eef3d48f95a03cc616014cdf43de1dc07a83a8139251a9011"
        "6350f41e4c4f50810d10e1a0a6fd6e0a77dc5c816ecb6b513e9b939148750f5bf62a3f8d96e036e1ab159dec"
        "a657b410a2249db8fff6c49175e76377598b2d8c07f56e4e081db2000b212e31d35284d5a6c8357282beb521"
        "f37b3e5b39f480cb7158d481b1fe9c62f59b3eb2cd7c8270309cc0d330cdb7222f98ec0039298c0dfb5b65a8"
        "9c614c151d68ee9baa7381493070ea808118881ba89208b6a95d1f07da9b621da15328beaa808d977a536d1e"
        "6d0ac57f053059c34ed92cccd134a611a828f5423c5b66dcb7139eff696ee62c21768af7";
static const char pkcs1_v1_5[] =
        "2b18280ea022f173b812fdf05b5c69ff3eacf60209dba7f8a206bd1e0e3c52a08db6d18a234bce96c328298e"
        "83ae2a87a6ef334b852bdbec189dcd318d021acf2720adfbc73ea874cb6dc178c63cd5cd5345d69bcaa5aed6"
        "410f92531c22b1c0ec4246cf288ecf3187502f7452a87473e01a658c66078c89d6c300948299183eb17a5fc1"
        "9f0f6082914b113e7c8ec39dd2b3e1dd415cab3f4c6e2a354a05c87a651b3111f409533a8e1277bc805f5b0a"
        "922503c6fd5fa30bf69b5303868ab113c9cc0a63d2a08ff426cd535b496c2aa81ce9086020bc18a534f12b5d"
        "5a5c90bf3ea4685fbfd9b20513e9d5ffa57ac698733b0c70401781b5594d8d4677b99f0f";
/* clang-format on */

TEST(rfc8017_7_1_2_a_content_key_is_opened_by_the_digests_it_was_sealed_with)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    struct sign_key *key, *other;
    bytes got = {NULL, 0};

    crypto_unit_start();
    key = sign_key_from_pem(SIGN_RS256, str_from(pem_rsa_pkcs1));
    other = sign_key_from_pem(SIGN_RS256, str_from(pem_rsa_spki));
    REQUIRE(key != NULL && other != NULL);
    for (size_t i = 0; i < COUNT(keys); i++) {
        for (size_t j = 0; j < COUNT(keys); j++) {
            bool is_own = i == j;
            CHECK_AT(keys[i].line, envelope_open_key(arena, key, keys[j].digest, keys[j].mask,
                                       hex(keys[i].sealed), &got)
                                       == is_own);
        }
        CHECK_AT(keys[i].line, ct_eq(got, hex("000102030405060708090a0b0c0d0e0f")));
        CHECK_AT(keys[i].line, !envelope_open_key(arena, other, keys[i].digest, keys[i].mask,
                                   hex(keys[i].sealed), &got));
        CHECK_AT(keys[i].line, !envelope_open_key(arena, key, keys[i].digest, keys[i].mask,
                                   flipped(arena, hex(keys[i].sealed), 77), &got));
    }
    EXPECT(!envelope_open_key(arena, key, 20, 20, hex(too_long), &got));
    EXPECT(!envelope_open_key(arena, key, 20, 20, hex(pkcs1_v1_5), &got));
    EXPECT(!envelope_open_key(arena, key, 20, 20, hex("00"), &got));
    EXPECT(!envelope_open_key(arena, key, 16, 20, hex(keys[0].sealed), &got));
    EXPECT(!envelope_open_key(arena, key, 20, 0, hex(keys[0].sealed), &got));
    sign_key_unref(key);
    sign_key_unref(other);
}

TEST(a_key_of_another_kind_opens_nothing)
{
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    struct unit_rng rng = unit_rng_new(7);
    static const enum sign_alg algs[] = {SIGN_ES256, SIGN_EdDSA, SIGN_HS256};

    crypto_unit_start();
    for (size_t i = 0; i < COUNT(algs); i++) {
        struct sign_key *key = sign_key_generate(algs[i], 0, &rng.rng);
        bytes got;
        REQUIRE(key != NULL);
        EXPECT(!envelope_open_key(arena, key, 20, 20, hex(keys[0].sealed), &got));
        sign_key_unref(key);
    }
}

/* The AES-GCM specification (McGrew, Viega), test cases 2, 8 and 14. */
TEST(sp800_38d_content_opens_whole_or_not_at_all)
{
    static const struct {
        int line;
        size_t key;
        const char *sealed;
    } cases[] = {
        {__LINE__, 16,
            "000000000000000000000000"
            "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf"},
        {__LINE__, 24,
            "000000000000000000000000"
            "98e7247c07f0fe411c267e4384b0f6002ff58d80033927ab8ef4d4587514f0fb"},
        {__LINE__, 32,
            "000000000000000000000000"
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    };
    static const uint8_t zeros[ENVELOPE_MAX_KEY];
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    bytes got;

    crypto_unit_start();
    for (size_t i = 0; i < COUNT(cases); i++) {
        bytes key = {zeros, cases[i].key}, sealed = hex(cases[i].sealed);
        CHECK_AT(cases[i].line,
            envelope_open_gcm(arena, key, sealed, &got) && ct_eq(got, (bytes){zeros, 16}));
        for (size_t bit = 0; bit < sealed.n * 8; bit++) {
            CHECK_AT(
                cases[i].line, !envelope_open_gcm(arena, key, flipped(arena, sealed, bit), &got));
        }
        CHECK_AT(cases[i].line, !envelope_open_gcm(arena, (bytes){zeros, 15}, sealed, &got));
        CHECK_AT(cases[i].line, !envelope_open_gcm(arena, key, (bytes){sealed.p, 27}, &got));
    }
}

/* SP 800-38A F.2.1, whose last plain byte, 0x10, is a whole block of padding. */
TEST(xmlenc_5_2_3_the_last_byte_counts_the_padding)
{
    static const char nist[] = "000102030405060708090a0b0c0d0e0f7649abac8119b246cee98e9b12e9197d"
                               "5086cb9b507219ee95db113a917678b273bed6b8e3c1743b7116e69e22229516"
                               "3ff1caa1681fac09120eca307586e1a7";
    AUTO(arena_end) struct arena *arena = arena_new(MB(1));
    bytes key = hex("2b7e151628aed2a6abf7158809cf4f3c"), sealed = hex(nist), got;

    crypto_unit_start();
    REQUIRE(envelope_open_cbc(arena, key, sealed, &got));
    EXPECT(ct_eq(got, hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
                          "30c81c46a35ce411e5fbc1191a0a52ef")));
    EXPECT(!envelope_open_cbc(arena, key, (bytes){sealed.p, 32}, &got)); /* 0x2a */
    EXPECT(!envelope_open_cbc(arena, key, (bytes){sealed.p, 16}, &got));
    EXPECT(!envelope_open_cbc(arena, key, (bytes){sealed.p, 79}, &got));
    EXPECT(!envelope_open_cbc(arena, (bytes){key.p, 8}, sealed, &got));
}
