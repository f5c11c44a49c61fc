/* SPDX-License-Identifier: Apache-2.0 */
/* The algorithms of RFC 7518 s3.1 and RFC 8037 s3.1, a row each. */
#include "crypto/sign_internal.h"

/* FIPS 186-4 D.1.2: the orders bound r and s. */
/* clang-format off */
static const struct sign_curve p256 = { "prime256v1", "P-256", 32, {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 } };
static const struct sign_curve p384 = { "secp384r1", "P-384", 48, {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73 } };
static const struct sign_curve p521 = { "secp521r1", "P-521", 66, {
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09,
    0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38,
    0x64, 0x09 } };

/* The JWK name of the one Edwards curve; the rest of its row is libsodium's business. */
static const struct sign_curve ed25519 = { "ED25519", "Ed25519", SIGN_ED_BYTES, { 0 } };

static const struct sign_rule rules[SIGN_ALG_COUNT] = {
/*                 name                kind            digest          bits  curve */
    [SIGN_RS256] = { S_INIT("RS256"), SIGN_KIND_RSA,  CRYPTO_SHA256,  2048, NULL     },
    [SIGN_RS384] = { S_INIT("RS384"), SIGN_KIND_RSA,  CRYPTO_SHA384,  2048, NULL     },
    [SIGN_RS512] = { S_INIT("RS512"), SIGN_KIND_RSA,  CRYPTO_SHA512,  2048, NULL     },
    [SIGN_PS256] = { S_INIT("PS256"), SIGN_KIND_PSS,  CRYPTO_SHA256,  2048, NULL     },
    [SIGN_PS384] = { S_INIT("PS384"), SIGN_KIND_PSS,  CRYPTO_SHA384,  2048, NULL     },
    [SIGN_PS512] = { S_INIT("PS512"), SIGN_KIND_PSS,  CRYPTO_SHA512,  2048, NULL     },
    [SIGN_ES256] = { S_INIT("ES256"), SIGN_KIND_EC,   CRYPTO_SHA256,  256,  &p256    },
    [SIGN_ES384] = { S_INIT("ES384"), SIGN_KIND_EC,   CRYPTO_SHA384,  384,  &p384    },
    [SIGN_ES512] = { S_INIT("ES512"), SIGN_KIND_EC,   CRYPTO_SHA512,  521,  &p521    },
    [SIGN_EdDSA] = { S_INIT("EdDSA"), SIGN_KIND_ED,   CRYPTO_SHA512,  256,  &ed25519 },
    [SIGN_HS256] = { S_INIT("HS256"), SIGN_KIND_HMAC, CRYPTO_SHA256,  256,  NULL     },
    [SIGN_HS384] = { S_INIT("HS384"), SIGN_KIND_HMAC, CRYPTO_SHA384,  384,  NULL     },
    [SIGN_HS512] = { S_INIT("HS512"), SIGN_KIND_HMAC, CRYPTO_SHA512,  512,  NULL     },
};
/* clang-format on */

const struct sign_rule *
sign_rule_of(enum sign_alg alg)
{
    return alg > SIGN_NONE && alg < SIGN_ALG_COUNT ? &rules[alg] : NULL;
}

enum sign_alg
sign_alg_by_name(str name)
{
    for (int i = SIGN_NONE + 1; i < SIGN_ALG_COUNT; i++) {
        if (str_eq(name, rules[i].name)) {
            return (enum sign_alg)i;
        }
    }
    return str_eq(name, S("Ed25519")) ? SIGN_EdDSA : SIGN_NONE;
}

str
sign_alg_name(enum sign_alg alg)
{
    const struct sign_rule *rule = sign_rule_of(alg);

    return rule ? rule->name : NO_STR;
}

bool
sign_alg_is_symmetric(enum sign_alg alg)
{
    const struct sign_rule *rule = sign_rule_of(alg);

    return rule != NULL && rule->kind == SIGN_KIND_HMAC;
}
