/* SPDX-License-Identifier: Apache-2.0 */
/* OA-81: Wycheproof on HKDF-SHA256, the cases with an empty salt, up to the one block we make. */
#define UNIT hash_wycheproof
#include "vectors.h"

#include "crypto/crypto_internal.h"

TestSuite(hash_wycheproof, .init = crypto_unit_start);

TEST(oa_81_hkdf_sha256)
{
    struct arena *arena = arena_new(MB(32));
    str text = vectors_read(arena, "wycheproof/hkdf_sha256.txt"), line;
    size_t count = 0;

    while (str_cut(&text, '\n', &line) && line.n != 0) {
        bytes secret, info, want;
        struct key32 got;
        str id;

        if (!str_eq(vectors_word(&line), S("case"))) {
            continue;
        }
        id = vectors_word(&line);
        REQUIRE(str_eq(vectors_word(&line), S("valid")));
        secret = vectors_hex(arena, &line);
        info = vectors_hex(arena, &line);
        want = vectors_hex(arena, &line);
        got = crypto_hkdf(secret, &info, 1);
        cr_expect(ct_eq((bytes){got.b, want.n}, want), "case " STRF, STRV(id));
        count++;
    }
    EXPECT(count == 23);
    arena_free(arena);
}
