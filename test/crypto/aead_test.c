/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT aead
#include "crypto_unit.h"

#include "crypto/aead.h"
#include "crypto/crypto_internal.h"

static struct arena *arena;

static void
start(void)
{
    crypto_unit_start();
    arena = arena_new(MB(16));
}
static void
end(void)
{
    arena_free(arena);
}
TestSuite(aead, .init = start, .fini = end);

/* Hands out a fixed nonce, to meet published vectors. */
struct nonce_rng {
    struct rng rng;
    bytes nonce;
};
static void
give_nonce(struct rng *rng, uint8_t *to, size_t n)
{
    struct nonce_rng *r = (struct nonce_rng *)(void *)rng;

    cr_assert(n == r->nonce.n);
    memcpy(to, r->nonce.p, n);
}

/* By OpenSSL, and by libsodium where the processor can. */
static void
both_ways(void (*try)(void))
{
    bool has_aes = crypto_algs.has_aes;

    crypto_algs.has_aes = false;
    try();
    crypto_algs.has_aes = has_aes;
    try();
}

static struct key32
key_of(const char *text)
{
    struct key32 k;

    cr_assert(strlen(text) == 64);
    memcpy(k.b, hex(text).p, sizeof k.b);
    return k;
}

/* The GCM specification's (McGrew and Viega) test cases 13 to 16 for 256-bit keys and 96-bit
 * nonces. */
static const struct {
    int line;
    const char *key, *nonce, *aad, *plain, *cipher, *tag;
} vectors[] = {
    {__LINE__, "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000", "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {__LINE__, "0000000000000000000000000000000000000000000000000000000000000000",
        "000000000000000000000000", "", "00000000000000000000000000000000",
        "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
    {__LINE__, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888", "",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
        "b094dac5d93471bdec1a502270e3cc6c"},
    {__LINE__, "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
        "76fc6ece0f4e1768cddf8853bb2d551b"},
};

static void
try_vectors(void)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        struct key32 key = key_of(vectors[i].key);
        struct nonce_rng r = {{give_nonce}, hex(vectors[i].nonce)};
        str want = str_fmt(arena, "01%s%s%s", vectors[i].nonce, vectors[i].cipher, vectors[i].tag);
        bytes sealed = aead_seal(arena, &r.rng, &key, hex(vectors[i].aad), hex(vectors[i].plain));
        bytes plain;

        CHECK_AT(vectors[i].line, str_eq(str_hex(arena, sealed), want));
        CHECK_AT(vectors[i].line, aead_open(arena, &key, hex(vectors[i].aad), sealed, &plain));
        CHECK_AT(vectors[i].line, ct_eq(plain, hex(vectors[i].plain)));
    }
}
TEST(sp800_38d_known_answers_both_ways)
{
    both_ways(try_vectors);
}

static void
try_lengths(void)
{
    struct unit_rng r = unit_rng_new(3);
    struct key32 key;
    uint8_t text[100];

    rng_fill(&r.rng, key.b, sizeof key.b);
    rng_fill(&r.rng, text, sizeof text);
    for (size_t n = 0; n <= sizeof text; n++) {
        bytes aad = {text, sizeof text - n}, plain = {text, n}, got;
        bytes sealed = aead_seal(arena, &r.rng, &key, aad, plain);

        EXPECT(sealed.n == n + AEAD_OVERHEAD);
        REQUIRE(aead_open(arena, &key, aad, sealed, &got));
        EXPECT(ct_eq(got, plain));
    }
}
TEST(what_is_sealed_opens_at_every_length)
{
    both_ways(try_lengths);
}

static void
try_flips(void)
{
    struct unit_rng r = unit_rng_new(4);
    struct key32 key = {{7}};
    bytes aad = str_bytes(S("user|tenant|id|profile")), plain = str_bytes(S("ada@example.com"));
    bytes sealed = aead_seal(arena, &r.rng, &key, aad, plain), got = {NULL, 0};

    for (size_t bit = 0; bit < sealed.n * 8; bit++) {
        EXPECT(!aead_open(arena, &key, aad, flipped(arena, sealed, bit), &got));
    }
    for (size_t bit = 0; bit < aad.n * 8; bit++) {
        EXPECT(!aead_open(arena, &key, flipped(arena, aad, bit), sealed, &got));
    }
    for (size_t bit = 0; bit < sizeof key.b * 8; bit++) {
        struct key32 wrong = key;
        wrong.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        EXPECT(!aead_open(arena, &wrong, aad, sealed, &got));
    }
    EXPECT(got.p == NULL);                             /* the output is written on success only */
    EXPECT(aead_open(arena, &key, aad, sealed, &got)); /* refusals leave the contexts whole */
}
TEST(a_single_flipped_bit_anywhere_is_refused)
{
    both_ways(try_flips);
}

static void
try_cuts(void)
{
    struct unit_rng r = unit_rng_new(5);
    struct key32 key = {{7}};
    bytes none = {NULL, 0}, got;
    bytes sealed = aead_seal(arena, &r.rng, &key, none, str_bytes(S("0123456789")));
    bytes longer = str_bytes(str_fmt(arena, STRF "x", STRV(bytes_str(sealed))));

    for (size_t n = 0; n < sealed.n; n++) {
        EXPECT(!aead_open(arena, &key, none, (bytes){sealed.p, n}, &got));
    }
    EXPECT(!aead_open(arena, &key, none, longer, &got));
    EXPECT(!aead_open(arena, &key, none, none, &got));
}
TEST(cut_or_lengthened_text_is_refused)
{
    both_ways(try_cuts);
}

TEST(what_one_library_sealed_the_other_opens)
{
    bool has_aes = crypto_algs.has_aes;
    struct unit_rng r = unit_rng_new(7);
    struct key32 key = {{9}};
    bytes aad = str_bytes(S("person")), plain = str_bytes(S("ada@example.com")), got;

    for (int way = 0; way < 2; way++) {
        bytes sealed;

        crypto_algs.has_aes = has_aes && way == 0;
        sealed = aead_seal(arena, &r.rng, &key, aad, plain);
        crypto_algs.has_aes = has_aes && way == 1;
        REQUIRE(aead_open(arena, &key, aad, sealed, &got));
        EXPECT(ct_eq(got, plain));
    }
    crypto_algs.has_aes = has_aes;
}

TEST(the_same_text_never_seals_alike)
{
    struct unit_rng r = unit_rng_new(6);
    struct key32 key = {{7}};
    bytes none = {NULL, 0}, plain = str_bytes(S("same"));
    bytes a = aead_seal(arena, &r.rng, &key, none, plain);
    bytes b = aead_seal(arena, &r.rng, &key, none, plain);

    EXPECT(!ct_eq(a, b));
}

TEST(a_full_arena_gives_the_empty_slice)
{
    struct arena *tiny = arena_new(16);
    struct unit_rng r = unit_rng_new(6);
    struct key32 key = {{7}};
    bytes none = {NULL, 0}, got;
    bytes sealed = aead_seal(arena, &r.rng, &key, none, str_bytes(S("0123456789abcdefg")));

    EXPECT(aead_seal(tiny, &r.rng, &key, none, none).n == 0);
    EXPECT(!aead_open(tiny, &key, none, sealed, &got));
    arena_free(tiny);
}
