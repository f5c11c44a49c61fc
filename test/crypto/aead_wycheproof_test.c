/* SPDX-License-Identifier: Apache-2.0 */
/* OA-81: Wycheproof's verdicts on AES-256-GCM with nonces of 96 bits. */
#define UNIT aead_wycheproof
#include "vectors.h"

#include "crypto/aead.h"
#include "crypto/crypto_internal.h"

TestSuite(aead_wycheproof, .init = crypto_unit_start);

/* line = ID VERDICT KEY NONCE AAD PLAIN CIPHER TAG */
static void
judge(struct arena *arena, str line)
{
    str id = vectors_word(&line);
    bool is_valid = str_eq(vectors_word(&line), S("valid"));
    bytes raw_key = vectors_hex(arena, &line), nonce = vectors_hex(arena, &line);
    bytes aad = vectors_hex(arena, &line), plain = vectors_hex(arena, &line);
    bytes cipher = vectors_hex(arena, &line), tag = vectors_hex(arena, &line), opened;
    uint8_t *made = arena_alloc(arena, plain.n + AEAD_OVERHEAD);
    struct key32 key;

    memcpy(key.b, raw_key.p, sizeof key.b);
    memcpy(made + 1, nonce.p, AEAD_NONCE_BYTES);
    cr_assert(crypto_aead_seal(&key, aad, plain, made));
    cr_expect(
        ct_eq((bytes){made + 1 + AEAD_NONCE_BYTES, cipher.n}, cipher) || !is_valid, STRF, STRV(id));
    cr_expect(ct_eq((bytes){made + 1 + AEAD_NONCE_BYTES + cipher.n, tag.n}, tag) == is_valid, STRF,
        STRV(id));
    memcpy(made + 1 + AEAD_NONCE_BYTES, cipher.n ? cipher.p : made, cipher.n);
    memcpy(made + 1 + AEAD_NONCE_BYTES + cipher.n, tag.p, tag.n);
    cr_expect(
        aead_open(arena, &key, aad, (bytes){made, plain.n + AEAD_OVERHEAD}, &opened) == is_valid,
        STRF, STRV(id));
    cr_expect(!is_valid || ct_eq(opened, plain), STRF, STRV(id));
}

TEST(oa_81_aes_256_gcm)
{
    struct arena *arena = arena_new(MB(32));
    str text = vectors_read(arena, "wycheproof/aes_256_gcm.txt"), line;
    size_t count = 0;

    while (str_cut(&text, '\n', &line) && line.n != 0) {
        if (str_eq(vectors_word(&line), S("case"))) {
            bool has_aes = crypto_algs.has_aes;

            crypto_algs.has_aes = false; /* by OpenSSL */
            judge(arena, line);
            crypto_algs.has_aes = has_aes; /* by libsodium, if the processor can */
            judge(arena, line);
            count++;
        }
    }
    EXPECT(count == 66);
    arena_free(arena);
}
