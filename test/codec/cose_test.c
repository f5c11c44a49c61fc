/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT cose
#include "test/unit.h"

#include "codec/cbor.h"
#include "codec/cose.h"
#include "codec/jwk.h"
#include "test/codec/cbor_make.h"

static struct arena *arena;

static void
start(void)
{
    arena = arena_new(MB(1));
}
static void
end(void)
{
    arena_free(arena);
}
TestSuite(cose, .init = start, .fini = end);

enum { NONE = -100 };
struct part { /* a member: a number, or as many bytes of 0x5a */
    int64_t label, number;
    size_t length;
};

static bool
reads(const struct part *parts, size_t count, int64_t *ret_alg, struct jwk *ret)
{
    uint8_t filler[600];
    const struct cbor *v;
    struct buf buf;
    str text;

    memset(filler, 0x5a, sizeof filler);
    buf_init(&buf, arena, KB(8));
    cbor_put_map(&buf, count);
    for (size_t i = 0; i < count; i++) {
        cbor_put_int(&buf, parts[i].label);
        if (parts[i].length) {
            cbor_put_bytes(&buf, (bytes){filler, parts[i].length});
        } else {
            cbor_put_int(&buf, parts[i].number);
        }
    }
    cr_assert(buf_done(&buf, &text) && cbor_parse(arena, str_bytes(text), &v));
    return cose_read(v, ret_alg, ret);
}

TEST(webauthn_5_8_5_a_key_has_the_type_and_curve_of_its_algorithm)
{
    static const struct {
        int line;
        bool ok;
        const char *name;
        size_t count;
        struct part parts[6];
    } cases[] = {
        {__LINE__, true, "ES256", 5, {{1, 2, 0}, {3, -7, 0}, {-1, 1, 0}, {-2, 0, 32}, {-3, 0, 32}}},
        {__LINE__, true, "ES384", 5,
            {{1, 2, 0}, {3, -35, 0}, {-1, 2, 0}, {-2, 0, 48}, {-3, 0, 48}}},
        {__LINE__, true, "ES512", 5,
            {{1, 2, 0}, {3, -36, 0}, {-1, 3, 0}, {-2, 0, 66}, {-3, 0, 66}}},
        {__LINE__, true, "EdDSA", 4, {{1, 1, 0}, {3, -8, 0}, {-1, 6, 0}, {-2, 0, 32}}},
        {__LINE__, true, "RS256", 4, {{1, 3, 0}, {3, -257, 0}, {-1, 0, 256}, {-2, 0, 3}}},
        {__LINE__, true, "PS512", 4, {{1, 3, 0}, {3, -39, 0}, {-1, 0, 512}, {-2, 0, 3}}},
        /* the curve of another algorithm */
        {__LINE__, false, "", 5, {{1, 2, 0}, {3, -7, 0}, {-1, 2, 0}, {-2, 0, 32}, {-3, 0, 32}}},
        {__LINE__, false, "", 5, {{1, 2, 0}, {3, -7, 0}, {-1, 8, 0}, {-2, 0, 32}, {-3, 0, 32}}},
        /* the key type of another */
        {__LINE__, false, "", 4, {{1, 3, 0}, {3, -7, 0}, {-1, 0, 256}, {-2, 0, 3}}},
        {__LINE__, false, "", 4, {{1, 2, 0}, {3, -8, 0}, {-1, 6, 0}, {-2, 0, 32}}},
        /* coordinates too short, too long, compressed (a sign instead of y) */
        {__LINE__, false, "", 5, {{1, 2, 0}, {3, -7, 0}, {-1, 1, 0}, {-2, 0, 31}, {-3, 0, 32}}},
        {__LINE__, false, "", 5, {{1, 2, 0}, {3, -7, 0}, {-1, 1, 0}, {-2, 0, 32}, {-3, 0, 33}}},
        {__LINE__, false, "", 5, {{1, 2, 0}, {3, -7, 0}, {-1, 1, 0}, {-2, 0, 32}, {-3, 1, 0}}},
        {__LINE__, false, "", 4, {{1, 1, 0}, {3, -8, 0}, {-1, 6, 0}, {-2, 0, 33}}},
        /* a member missing, one too many (WebAuthn s6.5.1.1) */
        {__LINE__, false, "", 4, {{1, 2, 0}, {-1, 1, 0}, {-2, 0, 32}, {-3, 0, 32}}},
        {__LINE__, false, "", 4, {{1, 2, 0}, {3, -7, 0}, {-1, 1, 0}, {-2, 0, 32}}},
        {__LINE__, false, "", 6,
            {{1, 2, 0}, {3, -7, 0}, {4, 0, 1}, {-1, 1, 0}, {-2, 0, 32}, {-3, 0, 32}}},
        /* algorithms we do not know: secp256k1, HMAC, none */
        {__LINE__, false, "", 5, {{1, 2, 0}, {3, -47, 0}, {-1, 8, 0}, {-2, 0, 32}, {-3, 0, 32}}},
        {__LINE__, false, "", 3, {{1, 4, 0}, {3, 5, 0}, {-1, 0, 32}}},
        {__LINE__, false, "", 5, {{1, 2, 0}, {3, 0, 0}, {-1, 1, 0}, {-2, 0, 32}, {-3, 0, 32}}},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct jwk jwk = {.alg = S("before")};
        int64_t alg = NONE;
        bool ok = reads(cases[i].parts, cases[i].count, &alg, &jwk);
        CHECK_AT(cases[i].line, ok == cases[i].ok);
        CHECK_AT(cases[i].line, str_eq(jwk.alg, ok ? str_from(cases[i].name) : S("before")));
        CHECK_AT(cases[i].line, ok ? str_eq(cose_alg_name(alg), jwk.alg) : alg == NONE);
    }
}

TEST(rfc8230_4_numbers_have_no_leading_zero)
{
    const struct cbor *v;
    struct jwk jwk;
    struct buf buf;
    int64_t alg;
    str text;

    for (int zero = 0; zero < 2; zero++) {
        uint8_t n[256] = {0};
        n[0] = zero ? 0 : 1;
        buf_init(&buf, arena, KB(8));
        cbor_put_map(&buf, 4);
        cbor_put_int(&buf, 1), cbor_put_int(&buf, 3);
        cbor_put_int(&buf, 3), cbor_put_int(&buf, -257);
        cbor_put_int(&buf, -1), cbor_put_bytes(&buf, BYTES_OF(n));
        cbor_put_int(&buf, -2), cbor_put_bytes(&buf, str_bytes(S("\1\0\1")));
        REQUIRE(buf_done(&buf, &text) && cbor_parse(arena, str_bytes(text), &v));
        EXPECT(cose_read(v, &alg, &jwk) == !zero);
    }
}

TEST(the_table_is_listed_in_our_order)
{
    static const int64_t first[] = {-7, -8};
    size_t count = 0;

    while (cose_alg_at(count) != 0) {
        EXPECT(cose_alg_name(cose_alg_at(count)).n != 0);
        count++;
    }
    EXPECT(count == 10 && cose_alg_at(0) == first[0] && cose_alg_at(1) == first[1]);
    EXPECT(cose_alg_name(0).n == 0 && cose_alg_name(7).n == 0);
}
