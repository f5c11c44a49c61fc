/* SPDX-License-Identifier: Apache-2.0 */
#define UNIT sign_ecdsa
#include "crypto_unit.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>

#include "crypto/sign_internal.h"

TestSuite(sign_ecdsa, .init = crypto_unit_start);

static const enum sign_alg algs[] = {SIGN_ES256, SIGN_ES384, SIGN_ES512};

TEST(fips186_4_d_1_2_orders_are_openssls)
{
    for (size_t i = 0; i < COUNT(algs); i++) {
        const struct sign_curve *curve = sign_rule_of(algs[i])->curve;
        EC_GROUP *group = EC_GROUP_new_by_curve_name(OBJ_sn2nid(curve->group));
        uint8_t order[SIGN_FIELD_MAX_BYTES];

        REQUIRE(group != NULL);
        REQUIRE(BN_bn2binpad(EC_GROUP_get0_order(group), order, (int)curve->bytes) > 0);
        EXPECT(ct_eq((bytes){order, curve->bytes}, (bytes){curve->order, curve->bytes}));
        EC_GROUP_free(group);
    }
}

/* What OpenSSL's own encoder makes of the same numbers. */
static bytes
openssl_der(const uint8_t *raw, size_t n, uint8_t *to)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    int der_n;

    cr_assert(
        ECDSA_SIG_set0(sig, BN_bin2bn(raw, (int)n, NULL), BN_bin2bn(raw + n, (int)n, NULL)) == 1);
    der_n = i2d_ECDSA_SIG(sig, &(uint8_t *){to});
    ECDSA_SIG_free(sig);
    return (bytes){to, (size_t)der_n};
}

TEST(rfc7518_3_4_raw_and_der_agree_with_openssl_at_every_width)
{
    struct unit_rng r = unit_rng_new(41);

    for (size_t i = 0; i < COUNT(algs); i++) {
        const struct sign_curve *curve = sign_rule_of(algs[i])->curve;
        size_t n = curve->bytes;

        for (size_t zeros = 0; zeros < 2 * n; zeros++) { /* r and s with leading zero bytes */
            uint8_t raw[2 * SIGN_FIELD_MAX_BYTES], back[2 * SIGN_FIELD_MAX_BYTES];
            uint8_t der[SIGN_DER_MAX_BYTES], want[SIGN_DER_MAX_BYTES + 8];
            size_t der_n;

            rng_fill(&r.rng, raw, 2 * n);
            raw[0] &= n == 66 ? 0 : 0x7f;
            raw[n] &= n == 66 ? 0 : 0x7f;
            memset(raw, 0, zeros / 2);
            memset(raw + n, 0, (zeros + 1) / 2 % n);
            raw[n - 1] |= 1;
            raw[2 * n - 1] |= 1;
            der_n = sign_ecdsa_to_der(curve, (bytes){raw, 2 * n}, der);
            EXPECT(ct_eq((bytes){der, der_n}, openssl_der(raw, n, want)));
            EXPECT(sign_ecdsa_from_der(curve, (bytes){der, der_n}, back) == 2 * n);
            EXPECT(ct_eq((bytes){raw, 2 * n}, (bytes){back, 2 * n}));
        }
    }
}

TEST(der_that_is_not_canonical_is_refused)
{
    static const struct {
        int line;
        const char *der;
        bool ok;
    } cases[] = {
        {__LINE__, "3006020101020101", true}, {__LINE__, "", false}, {__LINE__, "30", false},
        {__LINE__, "3000", false}, {__LINE__, "3106020101020101", false},     /* not a SEQUENCE */
        {__LINE__, "300602010102010100", false},                              /* bytes behind it */
        {__LINE__, "3007020101020101", false},                                /* too short */
        {__LINE__, "30060201010201", false}, {__LINE__, "3003020101", false}, /* no s */
        {__LINE__, "30080201010201010500", false},                            /* a third member */
        {__LINE__, "308106020101020101", false}, /* long form for a short length */
        {__LINE__, "3080020101020101", false},   /* indefinite length */
        {__LINE__, "30070202000102010100", false},
        {__LINE__, "300702020001020101", false}, /* leading zero */
        {__LINE__, "3006020100020101", false},   /* r = 0 */
        {__LINE__, "3006020101020100", false},   /* s = 0 */
        {__LINE__, "3006020181020101", false},   /* negative */
        {__LINE__, "3005020002010101", false},   /* empty INTEGER */
        {__LINE__, "3006030101020101", false},   /* not an INTEGER */
        {__LINE__, "3006027f01020101", false},   /* length beyond the end */
        {__LINE__,
            "3027022200ff00000000000000000000000000000000000000000000000000000000000000"
            "0000020101",
            false}, /* 33 bytes of value */
        {__LINE__,
            "3026022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
            "020101",
            false}, /* the order itself */
        {__LINE__,
            "3026022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"
            "020101",
            true}, /* one less */
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        uint8_t raw[64];
        size_t n = sign_ecdsa_from_der(sign_rule_of(SIGN_ES256)->curve, hex(cases[i].der), raw);
        CHECK_AT(cases[i].line, n == (cases[i].ok ? 64 : 0));
    }
}
